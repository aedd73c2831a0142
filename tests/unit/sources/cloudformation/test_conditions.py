"""Conditions: decided where they can be, kept as they are where not, and never tried out."""

import time

import pytest

from pullproof.model.value import Unknown
from tests.unit.sources.cloudformation.reading import read, seen

HEAD = """\
Parameters:
  Env: {Type: String, AllowedValues: [dev, stage, prod]}
  Flag: {Type: String, AllowedValues: ['true', 'false']}
  Free: {Type: String}
  VpcId: {Type: 'AWS::EC2::VPC::Id'}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Equals [dev, !Ref Env]
  IsStage: !Equals [!Ref Env, stage]
  Lit: !Equals [!Ref Flag, 'true']
  Dark: !Equals [!Ref Flag, 'false']
  Not: !Not [{Condition: IsProd}]
  Both: !And [!Condition IsProd, !Condition Lit]
  Either: !Or [!Condition IsProd, !Condition Lit]
  Given: !Not [!Equals [!Ref VpcId, '']]
  Some: !Not [!Equals [!Join ['', !Ref Subnets], '']]
  Same: !Equals [!Ref Free, !Ref Free]
  Other: !Equals [!Ref Free, !Ref Env]
  Never: !Equals [!Ref Env, none]
  Literal: true
"""


@pytest.mark.parametrize(
    ("under", "condition", "expected"),
    [
        ("IsProd", "IsProd", "yes"),
        ("IsProd", "IsDev", "no"),
        ("IsProd", "Not", "no"),
        ("IsProd", "Both", "?"),
        ("IsProd", "Either", "yes"),
        ("Not", "IsProd", "no"),
        ("Not", "IsDev", "?"),
        ("Not", "Both", "no"),
        ("Not", "Either", "?"),
        ("Both", "Lit", "yes"),
        ("Both", "Dark", "no"),
        ("Lit", "Dark", "no"),
        ("Dark", "Lit", "no"),
        ("Other", "Other", "yes"),
        ("IsProd", "Given", "yes"),
        ("IsProd", "Same", "yes"),
        ("IsProd", "Never", "no"),
        ("IsProd", "Literal", "yes"),
        ("IsProd", "Lit", "?"),
        ("Lit", "Some", "?"),
    ],
)
def test_what_a_resource_needs_holds_inside_it(under: str, condition: str, expected: str) -> None:
    """A resource that is there only under a condition is worked out as if it held, with what follows from it."""
    body = f"Resources:\n  A:\n    Type: T\n    Condition: {under}\n    Properties: {{X: !If [{condition}, 'yes', 'no']}}\n"

    assert {"X": expected} == seen(read(HEAD + body).items["A"].properties)


def test_a_condition_that_is_false_leaves_both_sides_false() -> None:
    """Where neither of two may hold, each is known not to; the last value that is left is the value."""
    body = (
        "Resources:\n  A:\n    Type: T\n    Properties:\n"
        "      X: !If [Either, a, !If [IsProd, b, !If [Lit, c, d]]]\n"
        "      Y: !If [IsProd, a, !If [IsDev, b, !Ref Env]]\n"
    )
    found = read(HEAD + body).items["A"].properties

    assert "what the condition Either chooses in A: 'a' or 'd'" == found["X"].what
    assert "what the condition IsProd chooses in A: 'a' or something unknown" == found["Y"].what


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"A": "IsProd", "B": "Not", "C": "", "E": "Given"} | {"D": "Both"}),
        ({"Env": "prod"}, {"A": "", "C": "", "D": "Both", "E": ""}),
        ({"Env": "prod", "Flag": "false"}, {"A": "", "C": "", "E": ""}),
        ({"Env": "dev"}, {"B": "", "C": "", "E": ""}),
    ],
)
def test_resources_are_there_certainly_perhaps_or_not(
    given: dict[str, str], expected: dict[str, str]
) -> None:
    """What certainly is not there is no item, what may not be there says so, and names what decides it."""
    body = "Resources:\n" + "".join(
        f"  {name}: {{Type: T, Condition: {condition}}}\n"
        for name, condition in (("A", "IsProd"), ("B", "Not"), ("D", "Both"), ("E", "Given"))
    )
    items = read(HEAD + body + "  C: {Type: T}\n", parameters=given).items

    assert expected | {"E": ""} == {name: item.guard for name, item in items.items()}
    assert all((item.condition is None) is (item.guard == "") for item in items.values())


def test_an_open_condition_says_what_decides_it() -> None:
    """The unknown names the resource, the condition and the parameter."""
    found = read(HEAD + "Resources:\n  A: {Type: T, Condition: IsProd}\n").items["A"].condition

    assert isinstance(found, Unknown)
    assert ("whether A is made: IsProd", "pass --parameter Env=VALUE, one of dev, stage, prod") == (
        found.what,
        found.settle_by,
    )


def test_an_attribute_is_compared_by_the_choice_behind_it() -> None:
    """What a condition chose in one place is known in another: the condition is the same."""
    nested = "Outputs:\n  Mode: {Value: !If [Lit, a, b]}\n"
    body = (
        "  ModeIsA: !Equals [!FindInMap [M, !If [Lit, x, y], z], a]\nMappings:\n  M: {x: {z: a}, y: {z: b}}\n"
    )
    text = (
        HEAD
        + body
        + "Resources:\n  A: {Type: T, Condition: Lit, Properties: {X: !If [ModeIsA, 'yes', 'no']}}\n"
        + nested
    )

    assert {"X": "?"} == seen(read(text).items["A"].properties)
    direct = HEAD + "  Direct: !Equals [!If [Lit, a, b], a]\n"
    text = direct + "Resources:\n  A: {Type: T, Condition: Lit, Properties: {X: !If [Direct, 'yes', 'no']}}\n"
    assert {"X": "yes"} == seen(read(text).items["A"].properties)


def test_conditions_are_not_enumerated() -> None:
    """Sixty independent conditions, chained and nested, take no time at all."""
    count = 60
    names = range(count)
    text = (
        "Parameters:\n"
        + "".join(f"  P{n}: {{Type: String}}\n" for n in names)
        + "Conditions:\n  C0: !Equals [!Ref P0, a]\n"
        + "".join(
            f"  C{n}: !Or [!And [!Condition C{n - 1}, !Equals [!Ref P{n}, a]], !Not [!Condition C{n - 1}]]\n"
            for n in names
            if n
        )
        + "Resources:\n"
        + "".join(
            f"  R{n}: {{Type: T, Condition: C{n}, Properties: {{X: !If [C{(n + 7) % count}, a, b]}}}}\n"
            for n in names
        )
    )
    started = time.process_time()

    assert count == len(read(text).items)
    assert time.process_time() - started < 2
