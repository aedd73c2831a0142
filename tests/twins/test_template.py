"""A plan and the same estate as a CloudFormation template get the same answer."""

import json
from pathlib import Path
from random import Random

import pytest

from pullproof.prove import report
from pullproof.report.json_v1 import document
from tests.scenarios.judge import answer, expected, plan_of
from tests.scenarios.recipe import Case, Variant, every_variant, name, write
from tests.twins.as_template import CannotSay, Writer, renamed, tree_of
from tests.twins.as_template_more import EVERY
from tests.twins.loaded import loaded

#: `Fn::GetAtt` gives neither the main route table of a VPC nor the prefix list of an endpoint.
MAIN_TABLE = "a template has no name for the main route table of a VPC"
PREFIX_LIST = "an endpoint of CloudFormation does not tell its prefix list"
#: What a template cannot say, and why.
CANNOT = {
    "E05-gateway-not-associated/broken-other-table": MAIN_TABLE,
    "E05-gateway-not-associated/near-miss-main-table": MAIN_TABLE,
    "E06-task-egress/broken-default-group-emptied": "there is nothing like aws_default_security_group",
    "E06-task-egress/near-miss": PREFIX_LIST,
    "E07-prefix-list-egress/near-miss": PREFIX_LIST,
    "E36-shared-endpoints/near-miss-hub": MAIN_TABLE,
}

#: Cases in the wild whose answer hangs on something that a template does not have.
OTHERWISE = {
    "W36-platform-versions/broken-judged-as-new": "the command line chooses the version",
    "W40-nothing-runs-it/near-miss-placed-public": "the command line gives the address",
    "W53-role-references/near-miss-caller": "Terraform has looked the account up",
    "W61-written-twice/unknown-group": "only Terraform's rules exclude each other",
    "W61-written-twice/unknown-table": "only Terraform's routes exclude each other",
    "W61-written-twice/unknown-list": "only Terraform's entries exclude each other",
    "W67-regions-of-things/broken-secret": "a template makes everything in one region",
    "W67-regions-of-things/broken-repository": "a template makes everything in one region",
}
WILD = [(case, variant) for case, variant in every_variant() if case.id.startswith("W")]

VARIANTS = [(case, variant) for case, variant in every_variant() if case.id.startswith("E")]
NAMES = [name(case, variant) for case, variant in VARIANTS]


def judged(case: Case, variant: Variant, folder: Path) -> dict[str, object]:
    """What is said of a variant's template."""
    write(variant, folder)
    template = Writer(tree_of(plan_of(case, variant).read_bytes(), folder)).template()
    told = loaded(json.dumps(template).encode(), variant)
    return answer(document(report(told)), renamed(variant.task))


def wanted(variant: Variant) -> dict[str, object]:
    """What the case says, with the template's names."""
    said = expected(variant)
    said["blockers"] = sorted((step, code, renamed(at)) for step, code, at in said["blockers"])
    said["warnings"] = sorted((code, renamed(at)) for code, at in said["warnings"])
    return said


@pytest.mark.parametrize(("case", "variant"), VARIANTS, ids=NAMES)
def test_the_template_says_what_the_plan_says(case: Case, variant: Variant, tmp_path: Path) -> None:
    """Written as a template, a variant gets the verdict, the steps and the codes of its case."""
    if reason := CANNOT.get(name(case, variant)):
        with pytest.raises(CannotSay, match=reason):
            judged(case, variant, tmp_path)
        return

    assert wanted(variant) == judged(case, variant, tmp_path)


def test_cases_in_the_wild_are_mostly_expressible_and_agree(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Of the other cases, a third in each run, most variants can be written as templates, and get the same answer."""
    seed = pytestconfig.getoption("--hypothesis-seed") or Random().randrange(3)
    share = WILD[int(seed) % 3 :: 3]
    agreed = 0
    for number, (case, variant) in enumerate(share):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            found = judged(case, variant, folder)
        except CannotSay:
            continue
        agreed += wanted(variant) == found

        assert (wanted(variant) == found) is (name(case, variant) not in OTHERWISE), name(case, variant)
    assert agreed > len(share) // 2


def test_what_has_no_writer_is_listed() -> None:
    """The only reason of a kind is the one for which there is no such type."""
    assert "aws_default_security_group" not in EVERY
