"""Parameters and imports from the command line and from files, and what a template makes of them."""

from pathlib import Path
from typing import Any

import pytest

from pullproof.errors import InputError, UsageError
from pullproof.sources.cloudformation.given import given_of, parameters_of
from tests.unit.sources.cloudformation.reading import read, seen


@pytest.mark.parametrize(
    "text",
    [
        '[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "ParameterValue": "true"}, {"ParameterKey": "C", "UsePreviousValue": true}]',
        '["A=1", "B=true"]',
        '{"Parameters": {"A": "1", "B": true}, "Tags": {"x": "y"}}',
        '{"A": 1, "B": true}',
        "A: 1\nB: true\n",
        "Parameters:\n  A: '1'\n  B: true\n",
        "- ParameterKey: A\n  ParameterValue: 1\n- ParameterKey: B\n  ParameterValue: yes\n",
    ],
)
def test_files_of_parameters_come_in_shapes(text: str) -> None:
    """The AWS CLI's lists, CodePipeline's configuration and a plain mapping, in JSON and YAML."""
    assert {"A": "1", "B": "true"} == parameters_of(text.encode(), "p")


@pytest.mark.parametrize(
    "text", ['"a"', "[1]", "a", '{"A": {"b": 1}}', '{"A": null}', "[", "{", "- [a]", '[{"Key": "A"}]']
)
def test_other_files_are_refused(text: str) -> None:
    """With the place, and never otherwise."""
    with pytest.raises(InputError) as caught:
        parameters_of(text.encode(), "p.json")

    assert caught.value.place.startswith("p.json")


def test_what_is_typed_beats_files_and_later_files_beat_earlier(tmp_path: Path) -> None:
    """`file://` is taken too, and the region is that of the environment where it is not typed."""
    for name, text in {"a.json": '{"A": "1", "B": "1", "C": "1"}', "b.json": '{"B": "2", "C": "2"}'}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = given_of(
        parameters=["C=3=x", "ParameterKey=D,ParameterValue=a,b"],
        files=[str(tmp_path / "a.json"), f"file://{tmp_path / 'b.json'}"],
        imports=["n=v"],
        environ={"AWS_DEFAULT_REGION": "eu-west-1"},
    )

    assert {"A": "1", "B": "2", "C": "3=x", "D": "a,b"} == found.parameters
    assert ({"n": "v"}, "eu-west-1", {"A", "B"}) == (found.imports, found.region, set(found.filed))
    assert ("the region is eu-west-1, as AWS_DEFAULT_REGION says",) == found.notes


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("String", {}, "${P}"),
        ("String", {"P": "x"}, "x"),
        ("String, Default: x", {}, "x"),
        ("String, Default: x", {"P": ""}, ""),
        ("String, Default: yes", {}, "true"),
        ("String, Default: 010", {}, "?"),
        ("Number, Default: 5", {}, 5),
        ("Number", {"P": "5"}, 5),
        ("Number", {"P": "0.5"}, "0.5"),
        ("Number", {}, "${P}"),
        ("CommaDelimitedList", {"P": "a, b"}, ["a", "b"]),
        ("CommaDelimitedList", {"P": ""}, []),
        ("CommaDelimitedList", {"P": ["a", "b"]}, ["a", "b"]),
        ("CommaDelimitedList", {}, "?"),
        ("'List<Number>', Default: '1,2'", {}, ["1", "2"]),
        ("'List<AWS::EC2::Subnet::Id>'", {"P": "subnet-1,subnet-2"}, ["subnet-1", "subnet-2"]),
        ("'AWS::SSM::Parameter::Value<List<String>>', Default: /a", {}, "?"),
        ("'AWS::SSM::Parameter::Value<String>'", {"P": "/a"}, "${P}"),
        ("'AWS::SSM::Parameter::Name', Default: /a", {}, "/a"),
        ("String, NoEcho: true, Default: secret", {}, "${P}"),
        ("String, NoEcho: true", {"P": "secret"}, "${P}"),
        ("String, NoEcho: true, Default: ''", {}, ""),
        ("String, AllowedValues: [yes, no]", {"P": "yes"}, "true"),
        ("CommaDelimitedList, AllowedValues: [a, b]", {"P": "a,b"}, ["a", "b"]),
    ],
)
def test_a_parameter_is_what_its_type_makes_of_it(kind: str, given: dict[str, Any], expected: Any) -> None:
    """Lists are cut at commas, secrets and what Parameter Store holds are known by name only."""
    text = f"Parameters:\n  P: {{Type: {kind}}}\nResources: {{A: {{Type: T, Properties: {{X: !Ref P}}}}}}\n"

    assert {"X": expected} == seen(read(text, parameters=given).items["A"].properties)


@pytest.mark.parametrize(
    ("kind", "settle"),
    [
        ("String, AllowedValues: [a, b]", "pass --parameter P=VALUE, one of a, b"),
        ("String, NoEcho: true, Default: x", "the template hides its value (NoEcho)"),
        (
            "'AWS::SSM::Parameter::Value<String>', Default: /a",
            (
                "Parameter Store has it /a, and that is not read: give P a type without"
                " AWS::SSM::Parameter::Value and pass --parameter P=VALUE"
            ),
        ),
    ],
)
def test_a_parameter_without_a_value_says_how_to_give_it(kind: str, settle: str) -> None:
    """The option, or why there is none."""
    text = f"Parameters:\n  P: {{Type: {kind}}}\nResources: {{A: {{Type: T}}}}\n"

    assert settle == read(text).settle["P"]


@pytest.mark.parametrize(
    ("kind", "given", "error", "says"),
    [
        ("String, AllowedValues: [a, b]", {"P": "c"}, UsageError, "'c' is not allowed for the parameter P"),
        ("CommaDelimitedList, AllowedValues: [a]", {"P": "a,c"}, UsageError, "'a,c' is not allowed"),
        ("String, Default: {a: b}", {}, InputError, "the default of the parameter P is no text"),
        ("String", {"Q": "c"}, UsageError, "t.yaml declares no parameter Q"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    kind: str, given: dict[str, str], error: type[Exception], says: str
) -> None:
    """On the command line it is wrong usage, in the template the template is wrong."""
    text = f"Parameters:\n  P: {{Type: {kind}}}\nResources: {{A: {{Type: T}}}}\n"
    with pytest.raises(error, match=says):
        read(text, parameters=given)


def test_files_may_serve_other_templates_too() -> None:
    """What a file says beyond the template is passed over; what is typed is not."""
    text = "Resources: {A: {Type: T}}"

    assert {"A"} == set(read(text, parameters={"Q": "c"}, filed=frozenset("Q")).items)
