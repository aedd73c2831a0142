"""Templates as text: YAML 1.1's traps, JSON, hostile files."""

import json
from typing import Any

import pytest

from pullproof.errors import InputError
from tests.unit.sources.cloudformation.reading import read, seen, unknown, value

ONE = "Resources:\n  A:\n    Type: T\n    Properties:\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("443", 443),
        ("'443'", "443"),
        ("-1", -1),
        ("0", 0),
        ("012345678901", "012345678901"),
        ("012345670123", "?"),
        ("0x1F", "?"),
        ("1_000", "?"),
        ("22:22", "?"),
        ("+5", 5),
        ("1.5", 1.5),
        ("1.10", "1.10"),
        (".inf", ".inf"),
        ("1.4.0", "1.4.0"),
        ("2012-10-17", "2012-10-17"),
        ("yes", True),
        ("Off", False),
        ("'yes'", "yes"),
        ("~", "?"),
        ("=", "="),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("!!str 443", "443"),
        ("!!binary aGk=", "aGk="),
        ('"a\\ue000b"', "a\ufffdb"),
        ("{7: a, true: b, 2012-10-17: c}", {"7": "a", "true": "b", "2012-10-17": "c"}),
        ("{a: 1, a: 1}", {"a": 1}),
        ("{a: 1, a: 2}", {"a": "?"}),
        (
            "[&x {a: 1}, *x, {<<: *x, b: 2}, {<<: [*x, {a: 5, c: 3}], a: 9}]",
            [{"a": 1}, {"a": 1}, {"a": 1, "b": 2}, {"a": 9, "c": 3}],
        ),
    ],
)
def test_a_scalar_is_what_yaml_1_1_says(written: str, expected: Any) -> None:
    """Numbers that YAML reads as other numbers are not guessed, dates are text, a key that is written twice is a conflict."""
    assert expected == value(written)


def test_a_number_that_is_none_says_where() -> None:
    """The unknown names the line and the remedy."""
    found = unknown("012345670123")

    assert "012345670123, which YAML 1.1 reads as another number (t.yaml:27)" == found.what
    assert "It" == found.resource


def test_json_is_read_with_its_lines() -> None:
    """A template in JSON has the same values and lines; emoji come as two halves."""
    said = {
        "Resources": {
            "A": {"Type": "T", "Properties": {"P": {"Fn::Sub": "x\U0001f600"}, "Q": {"Ref": "A2"}}},
            "A2": {"Type": "T"},
        }
    }
    stacks = read(json.dumps(said, indent=1))

    assert {"P": "x\ufffd\ufffd", "Q": "${A2.Ref}"} == seen(stacks.items["A"].properties)
    assert ["t.yaml:3", "t.yaml:6", "t.yaml:14"] == [
        stacks.locate("A", ""),
        stacks.locate("A", "P"),
        stacks.locate("A2", ""),
    ]


def test_properties_have_places() -> None:
    """The place of a property is its line; what a condition hides is at the nearest thing that is written."""
    text = (
        "Conditions: {C: !Equals [!Ref P, a]}\nParameters: {P: {Type: String}}\n"
        + ONE
        + "      Rules:\n        - Port: 1\n        - Port: 2\n          To: 3\n"
        "      Other:\n        Fn::If: [C, {X: 1}, {X: 2}]\n      List:\n        - !If [C, a, b]\n        - c\n"
    )
    stacks = read(text)
    paths = ("", "Rules", "Rules[1]", "Rules[1].To", "Rules[7]", "Other.X", "List[1]", "None.X")

    assert [4, 7, 9, 10, 7, 11, 13, 6] == [int(stacks.locate("A", path).rpartition(":")[2]) for path in paths]
    assert "" == stacks.locate("B", "")


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("Resources: [", "t.yaml:2:1", "this is not YAML: did not find expected node content"),
        (
            "Resources:\n\tA: 1\n",
            "t.yaml:2:1",
            "this is not YAML: found character that cannot start any token",
        ),
        ("Resources: {A: *b}", "t.yaml:1:16", "this is not YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", "t.yaml:2:1", "this is not YAML: but found another document"),
        ("a: \x01", "t.yaml", "this is not YAML: "),
        ("# only a comment", "t.yaml", "there is nothing in this file but comments"),
        ("- a", "t.yaml:1", "a template is a mapping, and this is none"),
        ("Resources: a", "t.yaml:1", "here a mapping of names is wanted"),
        ("Resources:\n  A: 1", "t.yaml:2", "A in Resources is no mapping"),
        ("Resources:\n  A: {}", "t.yaml:2", "the resource A has no Type"),
        ("Resources:\n  A: {Type: T}\n  A: {Type: T}", "t.yaml:3", "A is written twice, in line 2 too"),
        ("Resources:\n  A: {Type: T, Properties: [a]}", "t.yaml:2", "the properties of A are no mapping"),
        ("Resources:\n  [a]: {Type: T}", "t.yaml:2", "a name is a text"),
        (ONE + "      {a: b}: c", "t.yaml:5", "a key is a text"),
        (ONE + "      X: {<<: a}", "t.yaml:5", "<< takes a mapping"),
        (ONE + "      X: &x [*x]", "t.yaml:5", "an anchor holds an alias of itself"),
        (ONE + "      X: " + "[" * 150 + "]" * 150, "t.yaml:5", "this nests deeper than 100 levels"),
        (ONE + "      X: " + "[" * 100_000, "t.yaml:5", "this nests deeper than 100 levels"),
        (ONE + "      " + "- " * 100_000 + "a", "t.yaml:5", "this nests deeper than 100 levels"),
        (ONE + "      " + "? " * 100_000 + "a", "t.yaml:5", "this nests deeper than 100 levels"),
        ('{"Resources":' * 100_000, "t.yaml:1", "this nests deeper than 100 levels"),
    ],
)
def test_a_text_that_is_no_template_has_its_place(text: str, place: str, says: str) -> None:
    """The error names line and column, and never is a crash of the reader."""
    with pytest.raises(InputError) as caught:
        read(text)

    assert (place, says) == (caught.value.place, caught.value.problem[: len(says)])


def test_an_alias_bomb_does_not_go_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Aliases are not multiplied: ten levels of ten are refused, not written out."""
    monkeypatch.setattr("pullproof.sources.cloudformation.run.MOST", 20_000)
    levels = "".join(f"  L{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 10))
    text = "Metadata:\n  L0: &l0 [a, b]\n" + levels + ONE + "      X: *l9\n"

    with pytest.raises(InputError, match="the template multiplies itself beyond all measure"):
        read(text)


def test_sections_without_anything_in_them_are_empty() -> None:
    """`Parameters:` with nothing behind it is how people leave sections empty."""
    assert {"A"} == set(
        read("Parameters:\nConditions:\nMappings:\nOutputs:\nResources:\n  A: {Type: T}\n").items
    )
