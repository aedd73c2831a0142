"""Several stacks: nested, exporting, importing; loops, transforms, and what leads back to itself."""

from pathlib import Path
from typing import Any

import pytest

from pullproof.errors import InputError, UsageError
from pullproof.sources.cloudformation.read import read_template, read_templates
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.cloudformation.stack import Stacks
from tests.unit.sources.cloudformation.reading import read, seen

NESTED = """\
Parameters:
  VpcId: {Type: 'AWS::EC2::VPC::Id'}
  Subnets: {Type: CommaDelimitedList}
  Public: {Type: String, AllowedValues: ['true', 'false']}
Conditions:
  IsPublic: !Equals [!Ref Public, 'true']
Resources:
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref VpcId, In: !Ref Subnets, First: !Select [0, !Ref Subnets]}}
  Open: {Type: T, Condition: IsPublic}
Outputs:
  Group: {Value: !GetAtt Group.GroupId}
  Open: {Value: !Ref Open, Condition: IsPublic}
"""
AROUND = """\
Parameters:
  Mode: {Type: String}
  Ids: {Type: 'List<AWS::EC2::Subnet::Id>'}
Conditions:
  IsPublic: !Equals [!Ref Mode, public]
Resources:
  Vpc: {Type: AWS::EC2::VPC}
  Sub: {Type: AWS::EC2::Subnet}
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./inner.yaml
      Parameters:
        VpcId: !Ref Vpc
        Subnets: !Join [',', [!Ref Sub, subnet-2]]
        Public: !If [IsPublic, 'true', 'false']
  Uses:
    Type: T
    Condition: IsPublic
    Properties: {G: !GetAtt Inner.Outputs.Group, O: !If [IsPublic, !GetAtt Inner.Outputs.Open, none]}
"""


def folder(tmp_path: Path, **texts: str) -> Stacks:
    """The template `outer.yaml` of a folder with others; what is called `x_yaml` is the file x.yaml."""
    for name, text in texts.items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    path = str(tmp_path / "outer.yaml")
    return read_template(texts["outer_yaml"].encode(), path)


def values(stacks: Stacks, address: str) -> Any:
    """The properties of a resource, as people see them."""
    return seen(stacks.items[address].properties)


def test_parameters_go_into_nested_stacks_and_outputs_come_out(tmp_path: Path) -> None:
    """References reach through the nested stack, and its conditions are those that the stack around it decides."""
    stacks = folder(tmp_path, outer_yaml=AROUND, inner_yaml=NESTED)

    assert {"VpcId": "${Vpc.Ref}", "In": ["${Sub.Ref}", "subnet-2"], "First": "${Sub.Ref}"} == values(
        stacks, "Inner.Group"
    )
    assert {"G": "${Inner.Group.GroupId}", "O": "${Inner.Open.Ref}"} == values(stacks, "Uses")
    assert "Inner.IsPublic" == stacks.items["Inner.Open"].guard
    assert ("Inner", "inner.yaml:8") == (
        stacks.items["Inner.Group"].stack,
        Path(stacks.locate("Inner.Group", "")).name,
    )
    assert ["", "Inner"] == list(stacks.stacks)


def test_lists_go_into_nested_stacks_by_name(tmp_path: Path) -> None:
    """A list that nobody gives stays that list inside: its first item is the same item."""
    text = AROUND.replace("[!Ref Sub, subnet-2]", "!Ref Ids")
    found = values(folder(tmp_path, outer_yaml=text, inner_yaml=NESTED), "Inner.Group")

    assert {"In": "?", "First": "${Ids[0]}"} == {key: found[key] for key in ("In", "First")}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://s3.amazonaws.com/b/inner.yaml", "its template is https://s3.amazonaws.com/b/inner.yaml"),
        ("none.yaml", "its template is none.yaml, and there is no such file"),
        ("!Sub '${Mode}.yaml'", "its template is ${Mode}.yaml"),
    ],
)
def test_a_nested_stack_that_is_elsewhere_leaves_all_open(url: str, says: str, tmp_path: Path) -> None:
    """What it makes may be anything, and its outputs are known by name."""
    stacks = folder(tmp_path, outer_yaml=AROUND.replace("./inner.yaml", url))

    assert [says] == [unknown.what.partition(": ")[2] for unknown in stacks.open]
    assert "${Inner.Outputs.Group}" == values(stacks, "Uses")["G"]
    assert "give its template as a local path" in stacks.settle["Inner.Outputs.Group"]


@pytest.mark.parametrize(
    ("outer", "inner", "says"),
    [
        (AROUND.replace("./inner.yaml", "outer.yaml"), NESTED, "nests itself"),
        (AROUND.replace("Outputs.Group", "Outputs.Grup"), NESTED, "has no output Grup"),
        (
            AROUND.replace("subnet-2", "!GetAtt Inner.Outputs.Group"),
            NESTED,
            "needs its own outputs before it is made",
        ),
        (AROUND, NESTED + "  Loop: {Value: !Ref Nothing}\n", ""),
        (AROUND, "Resources: [", "this is not YAML"),
        (
            AROUND,
            NESTED.replace("['true', 'false']", "[a]").replace("'true']", "a]"),
            "is not allowed for the parameter Public",
        ),
    ],
)
def test_a_nested_stack_that_cannot_be_is_an_error(outer: str, inner: str, says: str, tmp_path: Path) -> None:
    """The error names the template that is at fault."""
    if not says:
        assert "Inner" in folder(tmp_path, outer_yaml=outer, inner_yaml=inner).items
        return
    outer = outer.replace("!If [IsPublic, 'true', 'false']", "'true'")
    with pytest.raises(InputError, match=says):
        folder(tmp_path, outer_yaml=outer, inner_yaml=inner)


NET = "Resources:\n  Vpc: {Type: AWS::EC2::VPC}\nOutputs:\n  V: {Value: !Ref Vpc, Export: {Name: NAME}}\n"
APP = "Parameters: {Net: {Type: String, Default: net}}\nResources:\n  A: {Type: T, Properties: {V: !ImportValue NAME}}\n"


@pytest.mark.parametrize(
    ("export", "wanted", "expected"),
    [
        ("net-vpc", "net-vpc", "${net.Vpc.Ref}"),
        ("!Sub '${AWS::StackName}-vpc'", "net-vpc", "${net.Vpc.Ref}"),
        ("!Sub '${AWS::StackName}-vpc'", "{'Fn::Sub': '${Net}-vpc'}", "${net.Vpc.Ref}"),
        ("!Sub '${AWS::StackName}-vpc'", "net-subnet", "${import:net-subnet}"),
        ("!Sub '${AWS::StackName}-vpc'", "-vpc", "${import:-vpc}"),
        ("other", "net-vpc", "${import:net-vpc}"),
        ("!Sub '${AWS::StackName}'", "net-vpc", "${import:net-vpc}"),
    ],
)
def test_an_import_finds_the_export(export: str, wanted: str, expected: str) -> None:
    """By its name, and where the name of a stack is not told by the rest of it, if only one can be meant."""
    stacks = read_templates(
        [
            (APP.replace("NAME", wanted).encode(), "app.yaml"),
            (NET.replace("NAME", export).encode(), "net.yaml"),
        ]
    )

    assert {"V": expected} == values(stacks, "app.A")
    assert (expected == "${net.Vpc.Ref}" and "Sub" in export) == any(
        "taken to import" in note for note in stacks.notes
    )


def test_two_exports_that_may_be_meant_are_none() -> None:
    """Where two stacks export such a name it is not guessed which is meant."""
    net = NET.replace("NAME", "!Sub '${AWS::StackName}-vpc'").encode()
    stacks = read_templates(
        [(APP.replace("NAME", "x-vpc").encode(), "app.yaml"), (net, "a/net.yaml"), (net, "b/net.yaml")]
    )

    assert {"V": "${import:x-vpc}"} == values(stacks, "app.A")
    assert {"net.Vpc", "net-2.Vpc", "app.A"} == set(stacks.items)


def test_an_import_can_be_given() -> None:
    """`--import` stands for the stack that is not in the input."""
    given = Given(imports={"net-vpc": "vpc-1"})

    assert {"V": "vpc-1"} == values(
        read_template(APP.replace("NAME", "net-vpc").encode(), "a.yaml", given), "A"
    )
    with pytest.raises(UsageError, match="no template imports net-vpc"):
        read_template(b"Resources: {A: {Type: T}}", "a.yaml", given)


def test_exports_are_listed() -> None:
    """Name, value and stack of each."""
    stacks = read(NET.replace("NAME", "net-vpc"))

    assert [("net-vpc", "${Vpc.Ref}", "")] == [
        (one.name, seen(one.value), one.stack) for one in stacks.exports
    ]


LOOPS = """\
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b-1'}, Open: {Type: CommaDelimitedList}}
Conditions:
  Fn::ForEach::Conditions: [N, [x, y], {'Is${N}': !Equals [!Ref 'AWS::Region', !Ref N]}]
Resources:
  Fn::ForEach::Outer:
    - N
    - !Ref Names
    - Topic&{N}: {Type: T, Properties: {Name: !Sub 'n-${N}', Raw: !Ref N, Is: !If [Isx, 1, 1]}}
      Fn::ForEach::Inner: [M, [p, q], {'Deep&{N}${M}': {Type: U, Properties: {'Fn::ForEach::P': [K, [k, l], {'Key${K}': '${N}${M}${K}'}]}}}]
OPEN
Outputs:
  Fn::ForEach::O: [N, [a], {'Out${N}': {Value: !GetAtt [!Sub 'Topic${N}', Arn], Export: {Name: !Sub 'e-${N}'}}}]
"""


def test_loops_are_carried_out() -> None:
    """In resources, conditions, outputs and properties, one in another; `&{}` keeps letters and digits."""
    stacks = read(LOOPS.replace("OPEN\n", ""))

    assert ["Topica", "Deepap", "Deepaq", "Topicb1", "Deepb1p", "Deepb1q"] == list(stacks.items)
    assert {"Name": "n-b-1", "Raw": "b-1", "Is": 1} == values(stacks, "Topicb1")
    assert {"Keyk": "b-1qk", "Keyl": "b-1ql"} == values(stacks, "Deepb1q")
    assert ["e-a"] == [one.name for one in stacks.exports]
    assert "t.yaml:6" == stacks.locate("Topica", "")


def test_a_loop_over_what_is_not_known_leaves_all_open() -> None:
    """It may make anything; the remedy names the parameter."""
    stacks = read(LOOPS.replace("OPEN\n", "  Fn::ForEach::More: [N, !Ref Open, {'More${N}': {Type: T}}]\n"))

    assert ["pass --parameter Open=VALUE"] == [unknown.settle_by for unknown in stacks.open]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "Resources:\n  Fn::ForEach::A: [N, [a]]\n",
            "Fn::ForEach::A takes an identifier, a list and a mapping",
        ),
        ("Resources:\n  Fn::ForEach::A: [N, [a, a], {'X${N}': {Type: T}}]\n", "Xa is made twice"),
        (
            "Resources:\n  A: {Type: T, Properties: {X: !GetAtt A.Arn}}\n",
            "resources wait for each other: A -> A",
        ),
        ("Outputs: {O: {Value: !Ref B}}\nResources:\n  A: {Type: T}\n", ""),
    ],
)
def test_what_cannot_be_made_is_an_error(text: str, says: str) -> None:
    """Names that are made twice, and resources that wait for themselves."""
    if not says:
        assert {"A"} == set(read(text).items)
        return
    with pytest.raises(InputError, match=says):
        read(text)


def test_resources_of_different_branches_may_refer_to_each_other() -> None:
    """A circle that closes only in a branch which may not be taken is none."""
    text = (
        "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}\nResources:\n"
        "  A: {Type: T, Properties: {X: !If [C, !Ref B, none]}}\n  B: {Type: T, Properties: {X: !If [C, none, !Ref A]}}\n"
    )

    assert {"A", "B"} == set(read(text).items)


def test_a_macro_may_make_anything() -> None:
    """A transform that nobody knows leaves nothing certain, and the remedy is the processed template."""
    stacks = read(
        "Transform: [AWS::LanguageExtensions, MyMacro]\nResources:\n  A: {Type: T, Properties: {X: !Ref Made}}\n"
    )
    condition = stacks.items["A"].condition

    assert condition is not None
    assert "what the macro MyMacro makes of t.yaml" in condition.what
    assert "--template-stage Processed" in stacks.open[0].settle_by
    assert {"X": "${Made.Ref}"} == values(stacks, "A")


def test_sam_makes_resources_of_its_own() -> None:
    """What SAM makes can be referred to, and the rest of the template is as it is written."""
    text = "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: T, Properties: {X: !GetAtt FunctionRole.Arn, Y: !Ref Vpc}}\n  Vpc: {Type: AWS::EC2::VPC}\n"
    stacks = read(text)

    assert {"X": "${FunctionRole.Arn}", "Y": "${Vpc.Ref}"} == values(stacks, "A")
    assert stacks.items["A"].condition is None


def test_pieces_are_included(tmp_path: Path) -> None:
    """A local piece is read where it is included; one in a bucket leaves open what it may hold."""
    outer = (
        "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./inner.yaml}}\n"
        "  B: {Type: T, Properties: {X: 1, Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/k'}}}}\n"
    )
    stacks = folder(tmp_path, outer_yaml=outer, inner_yaml="A: {Type: U, Properties: {Y: !Ref B}}\n")

    assert {"Y": "${B.Ref}"} == values(stacks, "A")
    assert stacks.items["B"].condition is not None
    assert "s3://b/k" in stacks.items["B"].condition.what
