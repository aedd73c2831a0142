"""Plans that no Terraform wrote: an error that names the fault, or an estate, and nothing else."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.errors import PullproofError
from pullproof.model.value import Unknown
from pullproof.sources.base import Options
from pullproof.sources.terraform.load import load_plan, load_state

WIDE = (Path(__file__).parent / "plans" / "wide" / "plan.json").read_bytes().strip()
ALONE = Options(use_source=False)

Path_ = tuple[str | int, ...]


def _paths(tree: Any, path: Path_ = ()) -> list[Path_]:
    """Every place in the values and expressions of a plan."""
    if isinstance(tree, dict):
        below = [each for key, value in tree.items() for each in _paths(value, (*path, key))]
    elif isinstance(tree, list):
        below = [each for index, value in enumerate(tree) for each in _paths(value, (*path, index))]
    else:
        below = []
    return [path, *below]


DOCUMENT = json.loads(WIDE)
PLACES = [
    path
    for path in _paths(DOCUMENT)
    if {"after", "after_unknown", "expressions", "change", "provider_config"} & set(path)
]
JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(
        [
            "",
            "x",
            "0.0.0.0/0",
            "sg-0aaaaaaaa",
            "\ue000aws_vpc.main.id\ue001",
            "arn:aws:iam::1:role/x",
            "\x00",
            "${x}",
        ]
    ),
    st.sampled_from(
        [[], {}, [None], [[]], [{}], [True], {"references": ["a.b"]}, {"references": [1]}, {"": ""}]
    ),
)


@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=12))
def test_nonsense_anywhere_gives_an_error_or_an_estate(changes: list[tuple[Path_, Any]]) -> None:
    """Values replaced by junk are refused with a message or read as far as they make sense."""
    document = json.loads(WIDE)
    for path, junk in changes:
        at = document
        try:
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue

    _survives(json.dumps(document).encode())


@given(st.integers(min_value=0, max_value=len(WIDE.rstrip()) - 1))
def test_a_plan_cut_anywhere_gives_an_error(length: int) -> None:
    """Every truncation is noticed."""
    with pytest.raises(PullproofError):
        load_plan(WIDE[:length], "plan.json", ALONE)


@given(st.binary(max_size=200), st.integers(min_value=0, max_value=len(WIDE)))
def test_bytes_in_the_middle_give_an_error_or_an_estate(noise: bytes, at: int) -> None:
    """Noise in a file is no crash."""
    _survives(WIDE[:at] + noise + WIDE[at + len(noise) :])


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(["values", "root_module", "resources", "format_version", "type"]), inner
            ),
        ),
    )
)
def test_any_json_is_a_state_or_an_error(tree: Any) -> None:
    """Whatever JSON there is, the state's reader says what it is not."""
    with contextlib.suppress(PullproofError):
        load_state(json.dumps(tree).encode(), "state.json", ALONE)


def _survives(data: bytes) -> None:
    """Anything but an error of our own escapes and fails the test."""
    with contextlib.suppress(PullproofError):
        found = load_plan(data, "plan.json", ALONE)
        for launch in found.estate.launches.values():
            assert isinstance(launch.fargate, bool | Unknown)
