"""Each function of CloudFormation by itself."""

from typing import Any

import pytest

from pullproof.errors import InputError
from tests.unit.sources.cloudformation.reading import AROUND, read, unknown, value

DEV = {"parameters": {"Env": "dev"}}
HERE = {"region": "eu-west-1", "account": "123456789012"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Ref
        ("!Ref Size", 3),
        ("{Ref: Names}", ["a", "b", "c"]),
        ("!Ref VpcId", "${VpcId}"),
        ("!Ref Subnets", "?"),
        ("!Ref Stored", "${Stored}"),
        ("!Ref Secret", "${Secret}"),
        ("!Ref Vpc", "${Vpc.Ref}"),
        ("!Ref AWS::NoValue", None),
        ("!Ref AWS::Region", "${region}"),
        ("!Ref AWS::AccountId", "${account}"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref AWS::StackName", "${AWS::StackName}"),
        ("!Ref AWS::StackId", "${AWS::StackId}"),
        ("!Ref AWS::NotificationARNs", "?"),
        ("!Ref Gone", "?"),
        # GetAtt
        ("!GetAtt Repo.Arn", "${Repo.Arn}"),
        ("!GetAtt [Repo, Arn]", "${Repo.Arn}"),
        ("{'Fn::GetAtt': [Vpc, CidrBlock]}", "10.0.0.0/16"),
        ("!GetAtt Gone.TopicName", "?"),
        # Sub
        ("!Sub 'a-${Size}-${Vpc}-${Repo.Arn}'", "a-3-${Vpc.Ref}-${Repo.Arn}"),
        ("!Sub ['${Env}-${X}${!Y}', {X: !Ref Size}]", "${Env}-3${Y}"),
        ("{'Fn::Sub': '${AWS::Partition}'}", "aws"),
        ("!Sub 'x-${Subnets}'", "x-${Subnets}"),
        ("!Sub '${ Size }'", "3"),
        ("!Sub 'no names'", "no names"),
        # Join
        ("!Join ['-', [a, !Ref Size, true]]", "a-3-true"),
        ("!Join [',', !Ref Names]", "a,b,c"),
        ("!Join [',', !Ref Subnets]", "${Subnets}"),
        ("!Join ['-', !Ref Subnets]", "(unknown)"),
        ("!Join ['', []]", ""),
        ("!Join [',', [!Ref Vpc, !If [IsProd, x, !Ref AWS::NoValue]]]", "${Vpc.Ref},(unknown)"),
        # Split and Select
        ("!Split [',', 'a,b']", ["a", "b"]),
        ("!Split [',', !Join [',', !Ref Subnets]]", "?"),
        ("!Split ['/', !Ref Zone]", ["?"]),
        ("!Split [',', !Sub '${Vpc},x,${Zone}']", ["${Vpc.Ref}", "x", "?"]),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['1', !Ref Names]", "b"),
        ("!Select [0, !Ref Subnets]", "${Subnets[0]}"),
        ("!Select [4, !Split [':', !GetAtt Repo.Arn]]", "${account}"),
        ("!Select [5, !Split [':', !GetAtt Repo.Arn]]", "repository/${Repo.Ref}"),
        ("!Select [0, !GetAtt Vpc.CidrBlockAssociations]", "${Vpc.CidrBlockAssociations[0]}"),
        ("!Select [7, [a, b]]", "?"),
        ("!Select [1, [a, !If [IsProd, b, !Ref AWS::NoValue], c]]", "?"),
        ("!Select [0, [a, !If [IsProd, b, !Ref AWS::NoValue], c]]", "a"),
        # Cidr
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Cidr [10.0.0.0/16, '2', '5']", ["10.0.0.0/27", "10.0.0.32/27"]),
        ("!Cidr ['2001:db8::/56', 2, 64]", ["2001:db8::/64", "2001:db8:0:1::/64"]),
        ("!Cidr [10.0.0.0/24, 2]", "?"),
        ("!Select [0, !Cidr [!Ref Zone, 2, 8]]", "(unknown)"),
        ("!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]", "10.0.1.0/24"),
        # Zones
        ("!GetAZs ''", "?"),
        ("!GetAZs eu-west-1", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ("!Select [0, !GetAZs '']", "${zones[0]}"),
        # Maps
        ("!FindInMap [Table, dev, Cpu]", 256),
        ("!FindInMap [Table, !Ref Env, Cpu]", "?"),
        ("!FindInMap [Table, !Ref Env, Kind]", "fargate"),
        ("!FindInMap [Table, none, Cpu]", "?"),
        ("!FindInMap [Table, none, Cpu, {DefaultValue: 128}]", 128),
        ("!FindInMap [Table, dev, Cpu, {DefaultValue: 128}]", 256),
        # Text
        ("!Base64 abc", "YWJj"),
        ("!Base64 {'Fn::Sub': '${Zone}'}", "(unknown)"),
        ("!ToJsonString {a: [1, !Ref Vpc], b: true}", '{"a":[1,"${Vpc.Ref}"],"b":true}'),
        ("!Length [a, b]", 2),
        ("!Length {Ref: Names}", 3),
        ("!Length {Ref: Subnets}", "?"),
        # Elsewhere
        ("!ImportValue net-vpc", "${import:net-vpc}"),
        ("!ImportValue {'Fn::Sub': '${Zone}-vpc'}", "${import:${Zone}-vpc}"),
        ("!GetStackOutput {StackName: net, OutputName: Vpc}", "${output:net.Vpc}"),
        ("'{{resolve:ssm:/a/b:1}}'", "${resolve:ssm:/a/b:1}"),
        (
            "!Sub 'x{{resolve:secretsmanager:${Size}:SecretString:k}}'",
            "x${resolve:secretsmanager:3:SecretString:k}",
        ),
        # Choices
        ("!If [Always, yes, no]", True),
        ("!If [Never, a, b]", "b"),
        ("!If [Never, a, !Ref AWS::NoValue]", None),
        ("!If [IsProd, a, a]", "a"),
        ("!If [IsProd, a, b]", "?"),
        ("!If [IsProd, [a], [b, c]]", {"one or more of": ["a", "b", "c"]}),
        ("!If [IsProd, [a, b], [a]]", ["a", "?"]),
        ("!If [IsProd, [a], []]", ["?"]),
        ("!If [IsProd, {A: 1, B: 2}, {A: 1, C: 3}]", {"A": 1, "B": "?", "C": "?"}),
        ("!If [IsProd, !If [IsProd, a, b], !If [IsProd, c, a]]", "a"),
        ("!If [IsProd, !Ref Env, prod]", "prod"),
        ("[a, !If [IsProd, b, !Ref AWS::NoValue]]", ["a", "?"]),
        # What is no function
        (
            "{Condition: {StringEquals: {a: b}}, Ref: x}",
            {"Condition": {"StringEquals": {"a": "b"}}, "Ref": "x"},
        ),
        ("", "?"),
    ],
)
def test_a_function_gives_what_cloudformation_gives(expression: str, expected: Any) -> None:
    """What is certain is worked out, what AWS names later is a hole, the rest is unknown."""
    assert expected == value(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref AWS::Region", "eu-west-1"),
        (
            "!Sub '${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}'",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        ),
        ("!GetAZs ''", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ("!Select [3, !Split [':', !GetAtt Repo.Arn]]", "eu-west-1"),
    ],
)
def test_what_is_told_of_the_place_is_used(expression: str, expected: Any) -> None:
    """Region and account that are given stand where the template asks for them."""
    assert expected == value(expression, **HERE)


@pytest.mark.parametrize(
    ("region", "expected"),
    [("cn-north-1", "aws-cn/amazonaws.com.cn"), ("us-gov-west-1", "aws-us-gov/amazonaws.com")],
)
def test_a_partition_follows_from_the_region(region: str, expected: str) -> None:
    """The names of partitions and their domains are those of the region."""
    assert expected == value("!Sub '${AWS::Partition}/${AWS::URLSuffix}'", region=region)


def test_a_map_is_looked_up_by_a_parameter() -> None:
    """With a value the entry is certain."""
    assert 256 == value("!FindInMap [Table, !Ref Env, Cpu]", **DEV)


@pytest.mark.parametrize(
    ("expression", "settle"),
    [
        ("!Ref Subnets", "pass --parameter Subnets=VALUE"),
        ("!If [IsProd, a, b]", "pass --parameter Env=VALUE, one of dev, prod"),
        ("!FindInMap [Table, !Ref Env, Cpu]", "pass --parameter Env=VALUE, one of dev, prod"),
        ("!GetAZs ''", "a template does not tell the region: pass --region"),
        ("", "write a value: CloudFormation takes no null"),
        ("012345670123", "write it in quotes: '012345670123'"),
    ],
)
def test_what_is_unknown_says_how_to_settle_it(expression: str, settle: str) -> None:
    """The sentence names the option that would settle it."""
    assert settle == unknown(expression).settle_by


@pytest.mark.parametrize(
    ("hole", "settle"),
    [
        ("Zone", "pass --parameter Zone=VALUE"),
        ("import:net-vpc", "pass the template that exports it too, or --import net-vpc=VALUE"),
        ("resolve:ssm:/a", "CloudFormation looks it up when it deploys: check the account itself afterwards"),
        ("region", "a template does not tell the region: pass --region"),
    ],
)
def test_holes_say_how_to_settle_them(hole: str, settle: str) -> None:
    """Text that is known by name only can be asked for."""
    stacks = read(
        AROUND + "!Sub ['${Zone}${I}${AWS::Region}{{resolve:ssm:/a}}', {I: !ImportValue net-vpc}]\n"
    )

    assert settle == stacks.settle[hole]
    assert settle == stacks.unknown(f"\ue000{hole}\ue001", "Value", "It").settle_by


def test_what_aws_chooses_is_settled_by_the_account() -> None:
    """A name that AWS gives is known after the deployment."""
    found = read(AROUND + "1\n").unknown("\ue000Vpc.Ref\ue001", "VpcId", "It")

    assert "VpcId of It (${Vpc.Ref})" == found.what
    assert "check the account itself" in found.settle_by


@pytest.mark.parametrize(
    ("expression", "says", "remedy"),
    [
        ("!Ref Envv", "nothing in the template is called Envv (It)", "did you mean: Env"),
        ("!Sub '${Vcp}'", "nothing in the template is called Vcp (It)", "did you mean: Vpc"),
        ("!GetAtt Rebo.Arn", "there is no resource Rebo (It)", "did you mean: Repo"),
        ("!GetAtt Repo", "not Repo alone", "Repo.Arn"),
        ("!GetAtt {a: b}", "Fn::GetAtt takes a resource and an attribute", ""),
        ("!If [IsPord, a, b]", "there is no condition IsPord", "did you mean: IsProd"),
        ("!If [IsProd, a]", "Fn::If takes a list of 3", ""),
        ("!If [[IsProd], a, b]", "Fn::If takes the name of a condition", ""),
        ("!FindInMap [Tabel, a, b]", "there is no map Tabel", "did you mean: Table"),
        ("!Foo a", "CloudFormation has no function !Foo", ""),
        ("!Iff [a]", "CloudFormation has no function !Iff", "did you mean: !If"),
        ("{'Fn::Joyn': [a]}", "CloudFormation has no function Fn::Joyn", "did you mean: Fn::Join"),
        (
            "!Rain::Embed x",
            "CloudFormation has no function !Rain::Embed",
            "rain pkg FILE > packaged.yaml, and pass that",
        ),
        ("!RefAll x", "!RefAll can be used in Rules only", ""),
        ("{'Fn::Sub': a, Other: b}", "Fn::Sub is not the only key", ""),
        ("!Join [a]", "Fn::Join takes a list of 2", ""),
        ("!Join ['-', {a: b}]", "Fn::Join takes a separator and a list", ""),
        ("!Sub [a]", "Fn::Sub takes a text", ""),
        ("!Split [',', [a]]", "Fn::Split takes a separator and a text", ""),
        ("!Select [0, {a: b}]", "Fn::Select takes a number and a list", ""),
        ("!Cidr [10.0.0.0/16, 0, 8]", "Fn::Cidr takes a block", ""),
        ("!Ref [a]", "Ref takes a name", ""),
        ("!GetStackOutput a", "Fn::GetStackOutput takes a mapping", ""),
    ],
)
def test_a_call_that_cannot_be_is_an_error(expression: str, says: str, remedy: str) -> None:
    """The error names the line, and the nearest name that there is."""
    with pytest.raises(InputError) as caught:
        value(expression)

    assert says in caught.value.problem
    assert caught.value.remedy.endswith(remedy)
    assert "t.yaml:27" == caught.value.place
