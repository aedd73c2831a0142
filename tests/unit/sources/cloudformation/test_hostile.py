"""Templates as nobody should write them: read, or refused with an error of ours, whatever is in them."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.errors import PullproofError
from pullproof.sources.cloudformation.given import parameters_of
from pullproof.sources.cloudformation.read import read_template
from pullproof.sources.detect import detect
from tests.unit.sources.cloudformation.reading import AROUND

WHOLE = (
    AROUND
    + "!Sub ['${Size}-${X}', {X: !If [IsProd, a, !Ref AWS::NoValue]}]\n"
    + "Outputs:\n  O: {Value: !GetAtt It.Arn, Export: {Name: !Sub '${AWS::StackName}-o'}, Condition: IsProd}\n"
    + "  Fn::ForEach::L: [N, !Ref Names, {'O${N}': {Value: !Select [0, !Split [',', !ImportValue x]]}}]\n"
).encode()
PIECES = st.sampled_from(
    [
        b"!Ref ",
        b"!If [",
        b"]",
        b"{",
        b"}",
        b": ",
        b"- ",
        b"\n",
        b"  ",
        b"&a ",
        b"*a",
        b"<<: ",
        b"~",
        b"'",
        b"!GetAtt ",
        b"${",
        b"Fn::ForEach::X",
        b"Fn::Transform: ",
        b"Condition: ",
        b"\xff",
        b"\x00",
        b"\t",
        b"7",
        b"AWS::NoValue",
        b"? ",
    ]
)
NAMES = st.sampled_from(
    ["A", "B", "C", "Ref", "Type", "P", "Fn::If", "AWS::Region", "AWS::NoValue", "1", "-1", ""]
)
KEYS = st.sampled_from(
    [
        "Ref",
        "Fn::GetAtt",
        "Fn::Sub",
        "Fn::Join",
        "Fn::Select",
        "Fn::Split",
        "Fn::If",
        "Fn::Cidr",
        "Fn::FindInMap",
        "Fn::ImportValue",
        "Fn::ForEach::L",
        "Fn::Transform",
        "Fn::Length",
        "Fn::ToJsonString",
        "Fn::Base64",
        "A",
        "Fn::GetAZs",
        "Fn::And",
        "Fn::Not",
        "Fn::Equals",
        "Condition",
        "Type",
        "Properties",
        "Value",
        "Export",
        "Name",
        "Fn::GetStackOutput",
        "StackName",
        "Default",
        "AllowedValues",
        "DependsOn",
        "Metadata",
        "TemplateURL",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 300) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
SECTIONS = ["Resources", "Parameters", "Conditions", "Mappings", "Outputs", "Transform", "Other"]


def survives(data: bytes) -> None:
    """Read it; only errors of ours may come out."""
    with contextlib.suppress(PullproofError):
        detect(data, "t.yaml")
    with contextlib.suppress(PullproofError):
        stacks = read_template(data, "t.yaml")
        for address in stacks.items:
            stacks.locate(address, "Value[0].A")
    with contextlib.suppress(PullproofError):
        parameters_of(data, "p.json")


@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 12), PIECES), min_size=1, max_size=6))
def test_a_template_with_pieces_put_in_and_taken_out_is_no_crash(cuts: list[tuple[int, int, bytes]]) -> None:
    """A good template, cut and filled at a few places."""
    data = WHOLE
    for start, length, piece in cuts:
        data = data[:start] + piece + data[start + length :]
    survives(data)


@given(
    st.dictionaries(
        st.sampled_from(SECTIONS), st.dictionaries(NAMES | KEYS, ANYTHING, max_size=3) | ANYTHING, max_size=5
    )
)
def test_sections_of_anything_are_no_crash(said: dict[str, object]) -> None:
    """Sections, resources and functions with anything where something else is wanted."""
    resources = {name: {"Type": "T", "Properties": one} for name, one in enumerate([said])}
    survives(json.dumps(said).encode())
    survives(json.dumps({**said, "Resources": resources}).encode())
    survives(json.dumps({**said, "Resources": {"A": {"Type": "T", "Properties": {"X": said}}}}).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"Resources: {A: {Type: T, Condition: [C]}}",
        b"Resources: {A: {Type: T, DependsOn: {a: b}}}",
        b"Resources: {A: {Type: T, Metadata: [1]}}",
        b"Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: [a]}}}",
        b"Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: '', Parameters: [a]}}}",
        b"Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: '/dev/zero'}}}",
        b'Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "a\\0b"}}}',
        b"Transform: [{Name: [a]}, 7]\nResources: {A: {Type: T}}",
        b"Mappings: [a]\nResources: {A: {Type: T, Properties: {X: !FindInMap [a, b, c]}}}",
        b"Mappings: {M: a}\nResources: {A: {Type: T, Properties: {X: !FindInMap [M, b, c]}}}",
        b"Parameters: {P: {Type: [a], AllowedValues: a, Default: [1, [2]]}}\nResources: {A: {Type: T, Properties: {X: !Ref P}}}",
        b"Outputs: {O: {Export: a}}\nResources: {A: {Type: T}}",
        b"Outputs: {O: {Export: {Name: {a: b}}}}\nResources: {A: {Type: T}}",
        b"Conditions: {C: {a: b}, D: [1], E: 7}\nResources: {A: {Type: T, Condition: C}, B: {Type: T, Condition: E}}",
    ],
)
def test_what_stands_where_something_else_is_wanted_is_no_crash(data: bytes) -> None:
    """One fault each."""
    survives(data)
