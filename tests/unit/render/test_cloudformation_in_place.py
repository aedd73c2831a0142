"""Edits in the user's own template: what is there stays as it is, byte for byte."""

import difflib
import json
import re
from typing import Any

import pytest

from pullproof.errors import InputError
from pullproof.model import edits as e
from pullproof.model.addresses import cidr
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.text import hole
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import ListRef, Route, RouteTable, Target, TargetKind
from pullproof.render.base import Rendered
from pullproof.render.cloudformation.in_place import render_in_place
from tests.build import a_subnet, a_vpc, an_estate
from tests.unit.render import samples
from tests.unit.render.reading import get, read, ref

VPC = "  Vpc:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: 10.0.0.0/16\n"


def resource(text: str) -> str:
    """A template with a VPC and what is given, under `Resources`."""
    return "Resources:\n" + VPC + text


def rendered(text: str, *edits: e.Edit, estate: Estate | None = None, path: str = "t.yaml") -> Rendered:
    """What edits of one file come to."""
    return render_in_place(edits, estate or an_estate(), path=path, files={path: text.encode()})


def edited(text: str, *edits: e.Edit, estate: Estate | None = None, path: str = "t.yaml") -> str:
    """The file after the edits; none of them is refused, and nothing that was there is gone but what they replace."""
    found = rendered(text, *edits, estate=estate, path=path)
    assert () == found.refusals
    assert text.encode() == found.patches[0].before
    return found.patches[0].after.decode()


def added(text: str, *edits: e.Edit, estate: Estate | None = None) -> list[str]:
    """The lines that the edits add and, with "-" in front, those that they take away."""
    lines = difflib.ndiff(text.splitlines(), edited(text, *edits, estate=estate).splitlines())
    return [line[2:] if line[0] == "+" else line for line in lines if line[0] in "+-"]


def why(text: str, *edits: e.Edit, **more: Any) -> list[str]:
    """Why the edits are refused; nothing is written then."""
    found = rendered(text, *edits, **more)
    assert () == found.patches
    assert all(refusal.remedy for refusal in found.refusals)
    return [refusal.why for refusal in found.refusals]


HOSTNAMES = e.SetVpcAttribute(vpc="Vpc", attribute="enableDnsHostnames")


def test_a_property_is_added_after_the_others() -> None:
    """One line, in the indentation of its neighbours."""
    assert ["      EnableDnsHostnames: true"] == added(resource(""), HOSTNAMES)


@pytest.mark.parametrize("value", ["false", "'false'", '"false"', "no", "False   # why"])
def test_a_property_that_is_there_is_replaced_where_it_stands(value: str) -> None:
    """The value alone changes, not its comment."""
    text = "Resources:\n" + VPC.replace("10.0.0.0/16\n", f"10.0.0.0/16\n      EnableDnsHostnames: {value}\n")
    _, mark, comment = value.partition("   #")

    assert text.replace(value, f"true{mark}{comment}") == edited(text, HOSTNAMES)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{CidrBlock: 10.0.0.0/16}", "{CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}"),
        ("{CidrBlock: 10.0.0.0/16, }", "{CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, }"),
        ("{ CidrBlock: 10.0.0.0/16 }", "{ CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true }"),
        ("{} # none", "{EnableDnsHostnames: true} # none"),
        ("{}", "\n      EnableDnsHostnames: true"),
        ("", "\n      EnableDnsHostnames: true"),
        ("null", "{EnableDnsHostnames: true}"),
        (
            "{\n      CidrBlock: 10.0.0.0/16 # a, b\n    }",
            "{\n      CidrBlock: 10.0.0.0/16, # a, b\n      EnableDnsHostnames: true\n    }",
        ),
    ],
)
def test_brackets_stay_brackets(before: str, after: str) -> None:
    """A mapping in one line gains its key in that line, an empty one becomes a block."""
    head = "Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties:"
    space = " " if before else ""
    expected = f"{head}{after}\n" if after.startswith("\n") else f"{head} {after}\n"

    assert expected.replace("{}", "") == edited(f"{head}{space}{before}\n", HOSTNAMES).replace("{}", "")


GROUP = """  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
      VpcId: !Ref Vpc
"""
INLINE = """      SecurityGroupEgress:
      - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8} # old
      # and nothing else
"""


def test_a_rule_joins_the_list_of_its_group() -> None:
    """A group that writes its rules inside keeps them there, and comments stay where they are."""
    assert [
        "      - IpProtocol: tcp",
        "        FromPort: 443",
        "        ToPort: 443",
        "        DestinationPrefixListId: pl-0123456789abcdef0",
        "        Description: HTTPS",
    ] == added(resource(GROUP + INLINE), samples.https("Group", ListRef("pl-0123456789abcdef0")))


def test_a_rule_of_a_group_without_a_list_is_a_resource_of_its_own() -> None:
    """It comes after the other resources, and refers to the group."""
    text = edited(resource(GROUP), samples.https("Group", ListRef("pl-0123456789abcdef0")))

    assert {
        "Type": "AWS::EC2::SecurityGroupEgress",
        "Properties": {
            "GroupId": get("Group", "GroupId"),
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "DestinationPrefixListId": "pl-0123456789abcdef0",
            "Description": "HTTPS",
        },
    } == read("t.yaml", text.encode())["Resources"]["GroupToPl0123456789abcdef0Port443Egress"]
    assert text.startswith(resource(GROUP))


def test_groups_that_would_wait_for_each_other_are_joined_by_a_resource() -> None:
    """Where the peer needs this group already, the rule cannot be inside it."""
    other = GROUP.replace("Group:", "Other:", 1) + (
        "      SecurityGroupIngress:\n"
        "      - {IpProtocol: tcp, FromPort: 1, ToPort: 1, SourceSecurityGroupId: !GetAtt Group.GroupId}\n"
    )
    text = edited(
        resource(GROUP + INLINE + other),
        samples.https("Group", GroupRef("Other")),
        samples.https("Other", GroupRef("Group"), egress=False),
    )
    found = read("t.yaml", text.encode())["Resources"]

    assert 1 == len(found["Group"]["Properties"]["SecurityGroupEgress"])
    assert 2 == len(found["Other"]["Properties"]["SecurityGroupIngress"])
    assert (
        get("Other", "GroupId")
        == found["GroupToOtherPort443Egress"]["Properties"]["DestinationSecurityGroupId"]
    )


def test_two_new_rules_do_not_close_a_circle() -> None:
    """Of two rules that would make groups wait for each other, one becomes a resource."""
    other = GROUP.replace("Group:", "Other:", 1) + "      SecurityGroupIngress: []\n"
    text = edited(
        resource(GROUP + INLINE + other),
        samples.https("Group", GroupRef("Other")),
        samples.https("Other", GroupRef("Group"), egress=False),
        samples.https("Group", GroupRef("Group")),
    )
    found = read("t.yaml", text.encode())["Resources"]

    assert ["Vpc", "Group", "Other", "OtherFromGroupPort443Ingress", "GroupToGroupPort443Egress"] == list(
        found
    )


ENDPOINT = """  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.eu-west-1.s3
"""
TABLE = "  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "RouteTableIds: [!Ref A]",
            ["-       RouteTableIds: [!Ref A]", "      RouteTableIds: [!Ref A, !Ref Table]"],
        ),
        ("RouteTableIds: []", ["-       RouteTableIds: []", "      RouteTableIds:", "        - !Ref Table"]),
        ("RouteTableIds:\n        - !Ref A", ["        - !Ref Table"]),
        ("RouteTableIds:\n      - !Ref A", ["      - !Ref Table"]),
        ("RouteTableIds:", ["        - !Ref Table"]),
        ("PrivateDnsEnabled: false", ["      RouteTableIds:", "        - !Ref Table"]),
    ],
)
def test_a_list_gains_an_item(before: str, after: list[str]) -> None:
    """In the style that the list has, or that the file has."""
    text = resource(TABLE + ENDPOINT + f"      {before}\n")

    assert after == added(text, e.AssociateRouteTable(endpoint="S3", table="Table"))


STATEMENT = e.AddStatement(
    kind="endpoints", holder="S3", statement=samples.allow("s3:GetObject", samples.LAYERS)
)
WRITTEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": samples.LAYERS}


@pytest.mark.parametrize(
    "statement",
    [
        "Statement:\n          - Effect: Allow\n            Action: x\n",
        "Statement:\n        - Effect: Allow\n          Action: x\n",
        "Statement:\n          Effect: Allow\n          Action: x\n",
        "Statement: {Effect: Allow, Action: x}\n",
        "Statement: [{Effect: Allow, Action: x}]\n",
        "Statement: [\n          {Effect: Allow, Action: x}, # the last, so far\n        ]\n",
        "Statement:\n        -   Effect: Allow\n            Action: x\n",
    ],
)
def test_a_statement_joins_the_policy(statement: str) -> None:
    """A statement that stands alone becomes the first of a list."""
    text = resource(ENDPOINT + f"      PolicyDocument:\n        {statement}")
    found = read("t.yaml", edited(text, STATEMENT).encode())["Resources"]["S3"]["Properties"]

    assert [{"Effect": "Allow", "Action": "x"}, WRITTEN] == found["PolicyDocument"]["Statement"]


def test_an_endpoint_without_a_policy_gains_none() -> None:
    """AWS's default allows everything; a policy of one statement would take that away."""
    assert [
        "S3 has no PolicyDocument, and one with a single statement would take away what AWS allows without one"
    ] == (why(resource(ENDPOINT), STATEMENT))


ROLE = """  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
        - Effect: Allow
          Principal: { Service: lambda.amazonaws.com }
          Action: sts:AssumeRole
"""


def test_a_role_gains_one_policy_for_all_statements_and_a_trust() -> None:
    """Trust beside the trust that is there, statements in a policy of their own."""
    first = samples.allow("ssm:GetParameters", hole("Parameter.arn"))
    estate = an_estate()
    estate.parameters["Parameter"] = samples.a_parameter("Parameter", "/app/x")
    text = resource(
        ROLE
        + "  Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /app/x, Type: String, Value: a}}\n"
    )
    found = edited(
        text,
        e.AddTrust(role="Role"),
        e.AddStatement(kind="roles", holder="Role", statement=first),
        e.AddStatement(kind="roles", holder="Role", statement=samples.allow("kms:Decrypt", hole("Key.Arn"))),
        estate=estate,
    )
    role = read("t.yaml", found.encode())["Resources"]["Role"]["Properties"]

    assert ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com"] == [
        one["Principal"]["Service"] for one in role["AssumeRolePolicyDocument"]["Statement"]
    ]
    assert ["pullproof"] == [one["PolicyName"] for one in role["Policies"]]
    assert [
        {"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Parameter}"},
        ref("KeyArn"),
    ] == [one["Resource"] for one in role["Policies"][0]["PolicyDocument"]["Statement"]]


def test_a_policy_of_a_role_has_a_name_of_its_own() -> None:
    """Names differ within a role; a second fix does not take the name of the first."""
    statement = samples.allow("ssm:GetParameters", "*")
    text = resource(ROLE + "      Policies:\n        - PolicyName: old\n          PolicyDocument: {}\n")
    once = edited(text, e.AddStatement(kind="roles", holder="Role", statement=statement))
    twice = edited(once, e.AddStatement(kind="roles", holder="Role", statement=statement))
    policies = read("t.yaml", twice.encode())["Resources"]["Role"]["Properties"]["Policies"]

    assert ["old", "pullproof", "pullproof-2"] == [one["PolicyName"] for one in policies]


def test_a_function_over_several_lines_is_replaced_as_a_whole() -> None:
    """Where the value itself is what the edit is about, it may be a block."""
    text = resource(
        "  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ExecutionRoleArn:\n"
        "        Fn::GetAtt:\n          - Old\n          - Arn\n      Family: a\n"
    )
    found = edited(text, e.SetExecutionRole(task_definition="Task", role="arn:aws:iam::123456789012:role/x"))

    assert {"ExecutionRoleArn": "arn:aws:iam::123456789012:role/x", "Family": "a"} == (
        read("t.yaml", found.encode())["Resources"]["Task"]["Properties"]
    )


def test_policies_of_resources_are_made_or_joined() -> None:
    """A bucket's policy is a resource of its own, a repository's a property, a key must have one already."""
    text = resource(
        "  Bucket: {Type: AWS::S3::Bucket}\n"
        "  Repository:\n    Type: AWS::ECR::Repository\n    Properties: {RepositoryName: app}\n"
        "  Secret: {Type: AWS::SecretsManager::Secret}\n"
        "  SecretPolicy:\n    Type: AWS::SecretsManager::ResourcePolicy\n    Properties:\n"
        "      SecretId: !Ref Secret\n      ResourcePolicy: {Statement: []}\n"
        "  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy:\n        Statement:\n"
        "          - {Effect: Deny}\n"
    )
    who = samples.role(hole("Role.Arn"))
    kinds = {"buckets": "Bucket", "repositories": "Repository", "secrets": "Secret", "keys": "Key"}
    edits = [
        e.AddStatement(kind=kind, holder=key, statement=samples.allow("a:B", "*", who=who))
        for kind, key in kinds.items()
    ]
    found = read("t.yaml", edited(text, *edits).encode())["Resources"]
    expected = {"Effect": "Allow", "Principal": {"AWS": ref("RoleArn")}, "Action": "a:B", "Resource": "*"}

    assert {
        "Bucket": ref("Bucket"),
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [expected]},
    } == (found["BucketPolicy"]["Properties"])
    assert [expected] == found["Repository"]["Properties"]["RepositoryPolicyText"]["Statement"]
    assert [expected] == found["SecretPolicy"]["Properties"]["ResourcePolicy"]["Statement"]
    assert [{"Effect": "Deny"}, expected] == found["Key"]["Properties"]["KeyPolicy"]["Statement"]


SERVICE = """  Service:
    Type: AWS::ECS::Service
    Properties:
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: [!Ref Subnet]
"""


def test_what_runs_a_task_is_changed_in_place() -> None:
    """Public address and platform version, at the place where each type has them."""
    rule = (
        "  Rule:\n    Type: AWS::Events::Rule\n    Properties:\n      Targets:\n"
        "        - {Arn: a, Id: lambda}\n"
        "        - Id: task\n          EcsParameters:\n            TaskDefinitionArn: x\n"
    )
    schedule = (
        "  Schedule:\n    Type: AWS::Scheduler::Schedule\n    Properties:\n      Target:\n        Arn: x\n"
    )
    text = edited(
        resource(SERVICE + rule + schedule),
        *(e.AssignPublicIp(launch=key) for key in ("Service", "Rule.Targets[1]", "Schedule")),
        *(e.SetPlatformVersion(launch=key, version="1.4.0") for key in ("Service", "Rule", "Schedule")),
    )
    found = read("t.yaml", text.encode())["Resources"]

    on = {"AssignPublicIp": "ENABLED"}
    assert {
        "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [ref("Subnet")]} | on},
        "PlatformVersion": "1.4.0",
    } == (found["Service"]["Properties"])
    assert {
        "TaskDefinitionArn": "x",
        "NetworkConfiguration": {"AwsVpcConfiguration": on},
        "PlatformVersion": "1.4.0",
    } == found["Rule"]["Properties"]["Targets"][1]["EcsParameters"]
    assert {"NetworkConfiguration": {"AwsvpcConfiguration": on}, "PlatformVersion": "1.4.0"} == (
        found["Schedule"]["Properties"]["Target"]["EcsParameters"]
    )


def test_the_role_of_a_task_definition_is_replaced() -> None:
    """Also where it is a reference: another role is what the edit is about."""
    text = resource(
        "  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ExecutionRoleArn: !Ref Old\n"
    )
    found = edited(
        text, e.AddRole(name="execution"), e.SetExecutionRole(task_definition="Task", role=e.new("execution"))
    )

    assert (
        get("ExecutionRole", "Arn")
        == (read("t.yaml", found.encode())["Resources"]["Task"]["Properties"]["ExecutionRoleArn"])
    )


ROUTE = """  Default:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Internet # oops
"""


def test_a_route_is_led_elsewhere() -> None:
    """Another kind of target takes the place of the old one, key and value."""
    estate = an_estate()
    estate.route_tables["Table"] = RouteTable(
        key="Table",
        origin=Origin("Table"),
        vpc="Vpc",
        routes=Listing(
            (
                Route(
                    origin=Origin("Default"),
                    destination=cidr("0.0.0.0/0"),
                    target=Target(TargetKind.INTERNET_GATEWAY, "Internet"),
                ),
            )
        ),
    )
    nat = "  Nat: {Type: AWS::EC2::NatGateway}\n"

    assert ["-       GatewayId: !Ref Internet # oops", "      NatGatewayId: !Ref Nat # oops"] == (
        added(resource(TABLE + nat + ROUTE), samples.to_nat("Table", "Nat"), estate=estate)
    )


def test_a_subnet_moves_to_another_table() -> None:
    """An association that is there is changed: a subnet has only one."""
    association = (
        "  Association:\n    Type: AWS::EC2::SubnetRouteTableAssociation\n    Properties:\n"
        "      SubnetId: !Ref Subnet\n      RouteTableId: !Ref Table\n"
    )
    subnet = "  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}\n"
    text = edited(
        resource(TABLE + subnet + association),
        e.AddRouteTable(name="private", vpc="Vpc", subnets=("Subnet",)),
    )
    found = read("t.yaml", text.encode())["Resources"]

    assert ["Vpc", "Table", "Subnet", "Association", "PrivateRouteTable"] == list(found)
    assert ref("PrivateRouteTable") == found["Association"]["Properties"]["RouteTableId"]


def test_a_subnet_that_is_associated_elsewhere_is_not_associated_again() -> None:
    """Where its association is nowhere to be seen, a second one would be refused by AWS."""
    known = an_estate()
    a_vpc(known, "Vpc")
    a_subnet(known, "Subnet", vpc="Vpc", table="Table")
    subnet = "  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}\n"
    table = e.AddRouteTable(name="private", vpc="Vpc", subnets=("Subnet",))

    assert ["Subnet is associated with a route table already, by nothing that can be changed here"] == (
        [one.why for one in rendered(resource(TABLE + subnet), table, estate=known).refusals]
    )


def test_new_names_never_collide() -> None:
    """Neither with resources nor with parameters that are there."""
    text = "Parameters:\n  S3PrefixListId: {Type: String}\n" + resource(
        GROUP + "  EcrApiEndpoint: {Type: AWS::SNS::Topic}\n"
    )
    found = edited(
        text,
        samples.interface("ecr_api", vpc="Vpc", subnets=("subnet-0123456789abcdef0",), groups=("Group",)),
        samples.https("Group", ListRef(samples.S3)),
    )
    template = read("t.yaml", found.encode())

    assert "AWS::SNS::Topic" == template["Resources"]["EcrApiEndpoint"]["Type"]
    assert "AWS::EC2::VPCEndpoint" == template["Resources"]["EcrApiEndpoint2"]["Type"]
    assert {"S3PrefixListId", "S3PrefixListId2"} == set(template["Parameters"])


def test_what_a_vpc_makes_by_itself_is_referred_to() -> None:
    """Its default group has an attribute; its main route table has none."""
    found = edited(
        resource(""), samples.https("Vpc.default_security_group_id", ListRef("pl-0123456789abcdef0"))
    )
    rule = read("t.yaml", found.encode())["Resources"][
        "VpcDefaultSecurityGroupIdToPl0123456789abcdef0Port443Egress"
    ]

    assert get("Vpc", "DefaultSecurityGroup") == rule["Properties"]["GroupId"]
    assert ["CloudFormation has no way to refer to the main route table of Vpc"] == why(
        resource(""), samples.gateway(vpc="Vpc", route_tables=("Vpc.main_route_table_id",))
    )


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        (
            "Resources:\n" + VPC + "      EnableDnsHostnames: !If [A, true, false]\n",
            HOSTNAMES,
            "line 6 of t.yaml is Fn::If, whose value is decided when the stack is made",
        ),
        (
            "Resources:\n" + VPC + "      EnableDnsHostnames: {Ref: Hostnames}\n",
            HOSTNAMES,
            "line 6 of t.yaml is Ref, whose value is decided when the stack is made",
        ),
        (
            resource(ENDPOINT + "      RouteTableIds: !Ref Tables\n" + TABLE),
            e.AssociateRouteTable(endpoint="S3", table="Table"),
            "line 11 of t.yaml is Ref, whose value is decided when the stack is made",
        ),
        (
            resource(ENDPOINT + "      RouteTableIds: one\n" + TABLE),
            e.AssociateRouteTable(endpoint="S3", table="Table"),
            "line 11 of t.yaml has no list where one is known",
        ),
        (
            ("Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties: &p\n      CidrBlock: 10.0.0.0/16\n"
            "  Other: {Type: AWS::EC2::VPC, Properties: *p}\n"),
            HOSTNAMES,
            "line 4 of t.yaml is shared by an anchor, so that an edit would change more than one place",
        ),
        (
            ("X: &p {CidrBlock: 10.0.0.0/16}\nResources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties:\n"
            "      <<: *p\n"),
            HOSTNAMES,
            "line 6 of t.yaml takes keys from an anchor, EnableDnsHostnames perhaps among them",
        ),
        (
            "Resources:\n" + VPC + "      EnableDnsHostnames: |\n        false\n",
            HOSTNAMES,
            "the value at line 6 of t.yaml is written over several lines",
        ),
        (
            resource("  Machine: {Type: AWS::StepFunctions::StateMachine}\n"),
            e.AssignPublicIp(launch="Machine"),
            "Machine is of type AWS::StepFunctions::StateMachine, whose network configuration cannot be edited here",
        ),
        (resource(""), e.SetPrivateDns(endpoint="vpce-0123456789abcdef0"), "vpce-0123456789abcdef0 is in none of the templates"),
    ],
)  # fmt: skip
def test_what_cannot_be_edited_safely_is_refused(text: str, edit: e.Edit, expected: str) -> None:
    """The place, the reason, and a remedy; not one byte is changed."""
    assert [expected] == why(text, edit)


def test_the_rest_is_written_and_every_refusal_told() -> None:
    """One edit that cannot be written keeps no other from being written."""
    text = "Resources:\n" + VPC + "      EnableDnsHostnames: !Ref A\n"
    found = rendered(
        text, HOSTNAMES, e.SetVpcAttribute(vpc="Vpc", attribute="enableDnsSupport"), e.AddTrust(role="X")
    )

    assert text + "      EnableDnsSupport: true\n" == found.patches[0].after.decode()
    assert ["AddTrust X", "SetVpcAttribute Vpc enableDnsHostnames"] == sorted(
        one.edit for one in found.refusals
    )


@pytest.mark.parametrize("ending", ["\n", ""])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_stay_as_they_are(newline: str, ending: str) -> None:
    """CRLF stays CRLF, and a file without a last newline gains none."""
    text = (resource(GROUP + INLINE).rstrip("\n") + ending).replace("\n", newline)
    found = edited(
        text, HOSTNAMES, samples.https("Group", ListRef("pl-0123456789abcdef0")), e.AddRole(name="a")
    )

    assert 0 == found.replace("\r\n", "").count("\n" if newline == "\r\n" else "\r")
    assert text.endswith("\n") == found.endswith("\n")


def test_a_mark_at_the_beginning_stays() -> None:
    """A byte order mark is none of the template's text."""
    text = "\ufeff" + resource("")

    assert text + "      EnableDnsHostnames: true\n" == edited(text, HOSTNAMES)


def test_resources_are_set_apart_as_the_others_are() -> None:
    """A blank line where the file has blank lines, and its own indentation."""
    wide = resource(GROUP).replace("  ", "    ").replace("    Group:", "\n    Group:")

    assert [
        "",
        "    # A role for ECS tasks",
        "    ARole:",
        "        Type: AWS::IAM::Role",
        "        Properties:",
    ] == (added(wide, e.AddRole(name="a"))[:5])
    assert ["  # A role for ECS tasks", "  ARole:"] == added(resource(GROUP), e.AddRole(name="a"))[:2]


JSON = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "SecurityGroupEgress": [],
                "GroupDescription": "é \U0001f600 \\/",
            },
        },
    }
}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2, 4, "\t", "tight"])
def test_json_keeps_its_form(indent: Any, ascii_only: bool) -> None:
    """JSON in one line stays in one line, JSON over many gains lines of the same indentation."""
    form: dict[str, Any] = {"separators": (",", ":")} if indent == "tight" else {"indent": indent}
    text = json.dumps(JSON, ensure_ascii=ascii_only, **form)
    found = edited(
        text,
        HOSTNAMES,
        samples.https("Group", ListRef("pl-0123456789abcdef0")),
        e.AddRole(name="a"),
        path="t.json",
    )
    meant = json.loads(found)
    rule = meant["Resources"]["Group"]["Properties"]["SecurityGroupEgress"]

    assert ["pl-0123456789abcdef0"] == [one["DestinationPrefixListId"] for one in rule]
    assert ["Vpc", "Group", "ARole"] == list(meant["Resources"])
    assert True is meant["Resources"]["Vpc"]["Properties"]["EnableDnsHostnames"]
    if indent in (None, "tight"):
        assert json.dumps(meant, ensure_ascii=ascii_only, **form) == found


@pytest.mark.parametrize(("before", "after"), [("7", "NaN"), ("7", "1e999"), ("7}", "7,}")])
@pytest.mark.parametrize("indent", [None, 2])
def test_what_is_almost_json_stays_so(indent: Any, before: str, after: str) -> None:
    """A number that no reader of JSON takes, or a comma too many, does not make other lines YAML."""
    whole = {**JSON, "Metadata": {"It": 7}}
    text = json.dumps(whole, indent=indent, ensure_ascii=False).replace(f'"It": {before}', f'"It": {after}')
    text = text.replace('"It": 7\n', '"It": 7,\n') if after == "7,}" else text
    group = samples.https("Group", ListRef("pl-0123456789abcdef0"))
    found = edited(text, HOSTNAMES, group, e.AddRole(name="a"), path="t.json")
    mended = re.sub(r",(\s*})", r"\1", found).replace("1e999", "0")

    assert after.strip("}7") in found
    assert ["Vpc", "Group", "ARole"] == list(json.loads(mended)["Resources"])


ROOT = """Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./network.yaml
  App:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: app.yaml
      Parameters:
        VpcId: !GetAtt Network.Outputs.VpcId
"""
NETWORK = resource("") + "Outputs:\n  VpcId: {Value: !Ref Vpc}\n"
APP = "Parameters:\n  VpcId: {Type: String}\nResources:\n  Topic: {Type: AWS::SNS::Topic}\n"
FILES = {"s/root.yaml": ROOT.encode(), "s/network.yaml": NETWORK.encode(), "s/app.yaml": APP.encode()}


def nested(*edits: e.Edit) -> Rendered:
    """What edits of nested templates come to."""
    return render_in_place(edits, an_estate(), path="s/root.yaml", files=FILES)


def test_an_edit_goes_into_the_file_that_holds_the_resource() -> None:
    """Keys of nested stacks begin with the stack."""
    found = nested(e.SetVpcAttribute(vpc="Network.Vpc", attribute="enableDnsSupport"))

    assert ["s/network.yaml"] == [patch.path for patch in found.patches]
    assert NETWORK.replace("/16\n", "/16\n      EnableDnsSupport: true\n") == found.patches[0].after.decode()


def test_another_template_is_reached_by_what_leads_there() -> None:
    """A parameter that is given the resource already stands for it; where nothing does, the remedy says what to add."""
    app = FILES | {"s/app.yaml": APP.encode() + GROUP.encode().replace(b"!Ref Vpc", b"!Ref VpcId")}
    group = samples.https("App.Group", ListRef("pl-0123456789abcdef0"))
    works = render_in_place(
        [e.AddSecurityGroup(name="more", vpc="Network.Vpc", description="x"), group],
        an_estate(), path="s/root.yaml", files=app,
    )  # fmt: skip
    refused = nested(
        samples.interface(
            "ecr_api", vpc="Network.Vpc", subnets=("App.Topic",), groups=("sg-0123456789abcdef0",)
        )
    )

    assert () == works.refusals
    assert {"s/network.yaml", "s/app.yaml"} == {patch.path for patch in works.patches}
    assert [
        "s/network.yaml would have to refer to Topic of s/app.yaml, and nothing leads from one to the other"
    ] == [one.why for one in refused.refusals]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "t.yaml: this is empty"),
        (b"- a", "t.yaml: this is not a template"),
        (b"a: [", "t.yaml: this is not YAML"),
        (b"\xff\xfe", "t.yaml: this is not UTF-8"),
        (b"Resources: []", "t.yaml: `Resources` is no mapping"),
        (b"Parameters: {}", "t.yaml: `Resources` is no mapping"),
        (b"[" * 100_000, "t.yaml: this is not YAML"),
    ],
)
def test_what_is_no_template_is_told(text: bytes, expected: str) -> None:
    """An error that names the file."""
    with pytest.raises(InputError) as error:
        render_in_place([HOSTNAMES], an_estate(), path="t.yaml", files={"t.yaml": text})

    assert str(error.value).startswith(expected)
