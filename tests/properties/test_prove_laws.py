"""Laws of the whole proof, on small estates of every verdict."""

import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullproof.model.estate import Estate
from pullproof.model.value import Listing, Unknown
from pullproof.verdict import Verdict
from tests.rules.build import (
    REGION,
    UNKNOWN,
    allow,
    awslogs,
    change,
    container,
    efs,
    estate,
    launch,
    may_not,
    nat,
    proved,
    secrets,
    without,
)

OPPOSITE = {Verdict.WORKS: Verdict.FAILS, Verdict.FAILS: Verdict.WORKS}


def everything() -> Estate:
    """A task that uses every feature, behind a NAT gateway."""
    app = container(
        secrets=secrets(f"arn:aws:secretsmanager:{REGION}:111122223333:secret:db-AbCdEf", "/app/mode"),
        environment_files=Listing(("arn:aws:s3:::settings/app.env",)),
        log=awslogs(),
    )
    side_car = container("registry.example.com/side", repository_credentials="db")
    return launch(nat(estate(app, side_car, volumes=efs(iam=True))), exec_enabled=True)


def scoped() -> Estate:
    """An S3 endpoint with a policy for the layers."""
    made = estate()
    layers = f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/*"
    change(made.endpoints, "s3", policy=allow(["s3:GetObject"], layers, Principal="*"))
    return made


#: Estates that start, and estates that do not, each for another reason.
ESTATES: tuple[Callable[[], Estate], ...] = (
    everything,
    estate,
    scoped,
    lambda: without(everything(), "logs"),
    lambda: without(estate(), "ecr.api"),
    lambda: without(estate(), "s3"),
    lambda: launch(without(estate(), "ecr.api"), platform_version="1.3.0"),
    lambda: may_not(estate(), "ecr:BatchGetImage"),
    lambda: estate(container("nginx")),
    lambda: estate(execution_role=""),
    lambda: estate(os="WINDOWS_SERVER_2022_CORE"),
    lambda: estate(volumes=efs(), os="WINDOWS_SERVER_2022_CORE"),
)


@given(st.sampled_from(ESTATES), st.integers(1, 4), st.data())
def test_knowing_less_never_turns_a_verdict_round(
    build: Callable[[], Estate], times: int, data: st.DataObject
) -> None:
    """With any few values replaced by unknowns, the verdict stays or becomes unknown."""
    made, before = build(), proved(build()).verdict
    for _ in range(times):
        nouns = data.draw(st.sampled_from([held for held in vars(made).values() if _is_nouns(held)]))
        key = data.draw(st.sampled_from(sorted(nouns)))
        nouns[key] = data.draw(st.sampled_from([nouns[key], *less_known(nouns[key])]))

    after = proved(made).verdict
    assert OPPOSITE[before] is not after


def less_known(value: object) -> Iterator[Any]:
    """A value with one of its parts unknown, for each part that may be."""
    if isinstance(value, Listing):
        yield Listing((), (UNKNOWN,))
        yield Listing(value.items, (*value.open, UNKNOWN))
        for place, item in enumerate(value.items):
            before, after = value.items[:place], value.items[place + 1 :]
            yield Listing((*before, *after), (*value.open, UNKNOWN))
            yield from (Listing((*before, other, *after), value.open) for other in less_known(item))
    elif isinstance(value, msgspec.Struct) and not isinstance(value, Unknown):
        shapes = typing.get_type_hints(type(value))
        for name in value.__struct_fields__:
            part = getattr(value, name)
            others = [*less_known(part), *([UNKNOWN] if _may_be_unknown(shapes[name]) else [])]
            yield from (msgspec.structs.replace(value, **{name: other}) for other in others)


def _may_be_unknown(shape: Any) -> bool:
    union = typing.get_origin(shape) in (types.UnionType, typing.Union)
    return shape is Unknown or (union and any(map(_may_be_unknown, typing.get_args(shape))))


def _is_nouns(held: object) -> bool:
    """Whether an attribute of an estate holds nouns, and any."""
    return isinstance(held, dict) and any(isinstance(noun, msgspec.Struct) for noun in held.values())
