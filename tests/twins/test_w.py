"""Every field cause as an account shows it after the apply: the same verdict, steps, codes and resources."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.scenarios.judge import answer, check_json, expected, plan_of
from tests.scenarios.recipe import Case, Variant, every_variant, name, write
from tests.twins import as_snapshot_services
from tests.twins.applied import applied, keys

FIELD = [(case, variant) for case, variant in every_variant() if case.id.startswith("W")]


@pytest.mark.parametrize(("case", "variant"), FIELD, ids=[name(*each) for each in FIELD])
def test_a_snapshot_says_what_the_plan_says(case: Case, variant: Variant, tmp_path: Path) -> None:
    """What AWS would answer after the apply gets the case's verdict, blockers and warnings, by its ids."""
    write(variant, tmp_path)
    account = variant.options[variant.options.index("--account") + 1] if variant.options else ""
    found = applied(plan_of(case, variant), tmp_path, account)
    as_snapshot_services.write(found, tmp_path / "snapshot")

    service = found.arn(found.tree.resources[variant.task]).partition("service/")[2]
    told = answer(check_json(tmp_path, "snapshot", _bare(variant)), service)

    called = keys(found)

    assert _in_ids(expected(variant), called) == _in_ids(told, called)


def _bare(variant: Variant) -> Variant:
    """The same without options: a snapshot knows whose it is."""
    return msgspec.structs.replace(variant, options=[])


def _in_ids(told: dict[str, Any], called: dict[str, str]) -> dict[str, Any]:
    """An answer with what AWS calls the resources."""
    return told | {
        part: sorted((*words, called.get(resource, resource)) for *words, resource in told[part])
        for part in ("blockers", "warnings")
    }
