"""Edits as a CloudFormation template of their own."""

import json
from typing import Any, get_args

import pytest

from pullproof.model import edits as e
from pullproof.model.addresses import of
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Condition, Statement
from pullproof.model.packets import ALL_TRAFFIC, ICMP, TCP, Service, tcp
from pullproof.model.text import anything, hole
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import ListRef
from pullproof.render.cloudformation.new import render_new
from tests.build import an_estate
from tests.unit.render import samples
from tests.unit.render.reading import get, read, ref, sub


def made(*edits: e.Edit, path: str = "fix.yaml") -> dict[str, Any]:
    """The template that edits come to, read back; none of them is refused."""
    rendered = render_new(edits, an_estate(), path=path)
    assert () == rendered.refusals
    return read(path, rendered.patches[0].after)  # type: ignore[no-any-return]


def properties(name: str, *edits: e.Edit) -> dict[str, Any]:
    """The properties of one resource of that template."""
    return made(*edits)["Resources"][name]["Properties"]  # type: ignore[no-any-return]


def tags(name: str) -> list[dict[str, str]]:
    """The tag with a name."""
    return [{"Key": "Name", "Value": name}]


@pytest.mark.parametrize("path", ["fix.yaml", "fix.json"])
def test_an_interface_endpoint_refers_to_what_exists_by_parameters(path: str) -> None:
    """What another tool made is a parameter of the fitting type, in YAML as in JSON."""
    found = made(samples.interface("ecr_api", groups=("aws_security_group.endpoints",)), path=path)

    assert {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {
            "VpcId": ref("MainVpcId"),
            "ServiceName": sub("com.amazonaws.${AWS::Region}.ecr.api"),
            "VpcEndpointType": "Interface",
            "SubnetIds": [ref("Private0SubnetId")],
            "SecurityGroupIds": [ref("EndpointsSecurityGroupId")],
            "PrivateDnsEnabled": True,
            "Tags": tags("ecr-api"),
        },
    } == found["Resources"]["EcrApiEndpoint"]
    assert {
        "MainVpcId": "AWS::EC2::VPC::Id",
        "Private0SubnetId": "AWS::EC2::Subnet::Id",
        "EndpointsSecurityGroupId": "AWS::EC2::SecurityGroup::Id",
    } == {name: value["Type"] for name, value in found["Parameters"].items()}


def test_ids_that_aws_gave_stand_as_they_are() -> None:
    """A live account needs no parameter."""
    found = made(
        samples.gateway(vpc="vpc-0123456789abcdef0", route_tables=("rtb-0123456789abcdef0",)),
    )

    assert "Parameters" not in found
    assert {
        "VpcId": "vpc-0123456789abcdef0",
        "ServiceName": sub("com.amazonaws.${AWS::Region}.s3"),
        "VpcEndpointType": "Gateway",
        "RouteTableIds": ["rtb-0123456789abcdef0"],
        "Tags": tags("s3"),
    } == found["Resources"]["S3Endpoint"]["Properties"]


def test_a_policy_of_an_endpoint_is_as_narrow_as_the_edit() -> None:
    """The statements of the edit and no others; an endpoint's policy says that it is about everybody."""
    found = properties("S3Endpoint", samples.gateway(policy=(samples.allow("s3:GetObject", samples.LAYERS),)))

    assert {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": samples.LAYERS}
        ],
    } == found["PolicyDocument"]


def test_a_new_group_lets_nothing_out_by_itself() -> None:
    """AWS adds "everything" to a group without egress, so a rule for nothing stands there."""
    found = properties(
        "EndpointsSecurityGroup",
        e.AddSecurityGroup(name="endpoints", vpc="vpc-0123456789abcdef0", description="Endpoints"),
        samples.https(e.new("endpoints"), GroupRef("sg-0123456789abcdef0"), egress=False),
    )

    assert ["127.0.0.1/32"] == [rule["CidrIp"] for rule in found["SecurityGroupEgress"]]
    assert [
        {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "SourceSecurityGroupId": "sg-0123456789abcdef0",
            "Description": "HTTPS",
        }
    ] == found["SecurityGroupIngress"]


def test_a_rule_of_a_new_group_takes_the_place_of_the_one_for_nothing() -> None:
    """With egress of its own a new group needs no stand-in."""
    found = properties(
        "TasksSecurityGroup",
        e.AddSecurityGroup(name="tasks", vpc="vpc-0123456789abcdef0", description="Tasks"),
        samples.https(e.new("tasks"), ListRef("pl-0123456789abcdef0")),
    )

    assert [{"pl": "pl-0123456789abcdef0"}] == [
        {"pl": rule["DestinationPrefixListId"]} for rule in found["SecurityGroupEgress"]
    ]


def test_two_new_groups_do_not_wait_for_each_other() -> None:
    """Rules between groups of one template are resources of their own: lists inside would be a circle."""
    found = made(
        e.AddSecurityGroup(name="tasks", vpc="vpc-0123456789abcdef0", description="Tasks"),
        e.AddSecurityGroup(name="endpoints", vpc="vpc-0123456789abcdef0", description="Endpoints"),
        samples.https(e.new("tasks"), GroupRef(e.new("endpoints"))),
        samples.https(e.new("endpoints"), GroupRef(e.new("tasks")), egress=False),
    )["Resources"]

    assert {
        "GroupId": get("TasksSecurityGroup", "GroupId"),
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "DestinationSecurityGroupId": get("EndpointsSecurityGroup", "GroupId"),
        "Description": "HTTPS",
    } == found["TasksToEndpointsPort443Egress"]["Properties"]
    assert (
        get("TasksSecurityGroup", "GroupId")
        == (found["EndpointsFromTasksPort443Ingress"]["Properties"]["SourceSecurityGroupId"])
    )


@pytest.mark.parametrize(
    ("service", "peer", "expected"),
    [
        (ALL_TRAFFIC, of("10.0.0.0/8"), [{"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}]),
        (
            Service(TCP, ((443, 443), (2049, 2050))),
            of("10.0.0.0/8"),
            [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"},
                {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2050, "CidrIp": "10.0.0.0/8"},
            ],
        ),
        (
            Service(ICMP, ((0, 65535),)),
            of("10.0.0.0/9", "fd00::/8"),
            [
                {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "10.0.0.0/9"},
                {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIpv6": "fd00::/8"},
            ],
        ),
        (Service(50, ((0, 65535),)), of("10.0.0.1/32"), [{"IpProtocol": "50", "CidrIp": "10.0.0.1/32"}]),
    ],
)
def test_a_rule_is_one_for_each_peer_and_range(
    service: Service, peer: Any, expected: list[dict[str, Any]]
) -> None:
    """Several blocks or ranges of ports are several rules; only some protocols have ports."""
    rule = e.AddGroupRule(group="sg-0123456789abcdef0", egress=True, service=service, peer=peer)

    found = [resource["Properties"] for resource in made(rule)["Resources"].values()]
    for one in found:
        assert "sg-0123456789abcdef0" == one.pop("GroupId")

    assert expected == found


def test_the_prefix_list_of_aws_is_asked_for() -> None:
    """No function gives its id, so a parameter says how to find it."""
    found = made(samples.https("sg-0123456789abcdef0", ListRef(samples.S3)))
    rule = found["Resources"]["Sg0123456789abcdef0ToS3Port443Egress"]["Properties"]

    assert ref("S3PrefixListId") == rule["DestinationPrefixListId"]
    assert "describe-managed-prefix-lists" in found["Parameters"]["S3PrefixListId"]["Description"]


def test_entries_of_an_acl_are_numbered_on() -> None:
    """Several blocks need several numbers; ports stand for TCP only."""
    entry = e.AddAclEntry(
        acl="aws_network_acl.a", egress=False, number=90, service=tcp(443), block=of("10.0.0.0/9", "fd00::/8")
    )
    found = made(entry)["Resources"]

    common = {
        "NetworkAclId": ref("ANetworkAclId"),
        "Egress": False,
        "Protocol": 6,
        "RuleAction": "allow",
        "PortRange": {"From": 443, "To": 443},
    }
    assert {
        "AIngress90Entry": common | {"RuleNumber": 90, "CidrBlock": "10.0.0.0/9"},
        "AIngress91Entry": common | {"RuleNumber": 91, "Ipv6CidrBlock": "fd00::/8"},
    } == {name: value["Properties"] for name, value in found.items()}


def test_a_whole_network_is_complete() -> None:
    """VPC, subnets, gateways and routes, in the order in which they are built, and what waits for what."""
    found = made(*samples.NETWORK)
    resources = found["Resources"]

    assert [
        "MainVpc", "PublicASubnet", "PrivateASubnet", "InternetGateway", "InternetAttachment", "NatAddress",
        "NatGateway", "PublicRouteTable", "PrivateRouteTable", "PublicToInternetRoute", "PrivateToNatRoute",
        "PublicARouteTableAssociation", "PrivateARouteTableAssociation",
    ] == list(resources)  # fmt: skip
    assert {"EnableDnsSupport": True, "EnableDnsHostnames": True, "CidrBlock": "10.0.0.0/16"}.items() <= (
        resources["MainVpc"]["Properties"].items()
    )
    assert "InternetAttachment" == resources["PublicToInternetRoute"]["DependsOn"]
    assert "InternetAttachment" == resources["NatAddress"]["DependsOn"]
    assert {"RouteTableId": ref("PrivateRouteTable"), "SubnetId": ref("PrivateASubnet")} == (
        resources["PrivateARouteTableAssociation"]["Properties"]
    )
    assert {
        "RouteTableId": ref("PrivateRouteTable"),
        "DestinationCidrBlock": "0.0.0.0/0",
        "NatGatewayId": ref("NatGateway"),
    } == resources["PrivateToNatRoute"]["Properties"]
    assert {"AllocationId": get("NatAddress", "AllocationId"), "SubnetId": ref("PublicASubnet")}.items() <= (
        resources["NatGateway"]["Properties"].items()
    )
    assert ref("ZoneA") == resources["PublicASubnet"]["Properties"]["AvailabilityZone"]
    assert {"ZoneA": {"Type": "AWS::EC2::AvailabilityZone::Name", "Default": "eu-west-1a"}} == found[
        "Parameters"
    ]
    assert ["MainVpc", "PublicASubnet", "PrivateASubnet"] == list(found["Outputs"])


def test_a_role_and_a_policy_for_one_that_exists() -> None:
    """A new role trusts ECS tasks; a role that exists gains one policy for all of its statements."""
    first = samples.allow("ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/a")
    second = samples.allow("kms:Decrypt", hole("aws_kms_key.k.arn"))
    found = made(
        e.AddRole(name="execution", managed=("AmazonECSTaskExecutionRolePolicy",), statements=(first,)),
        *(e.AddStatement(kind="roles", holder="aws_iam_role.app", statement=one) for one in (first, second)),
    )["Resources"]

    assert {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        "ManagedPolicyArns": [
            sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")
        ],
        "Policies": [
            {
                "PolicyName": "execution",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "ssm:GetParameters",
                            "Resource": "arn:aws:ssm:eu-west-1:123456789012:parameter/a",
                        }
                    ],
                },
            }
        ],
    } == found["ExecutionRole"]["Properties"]
    policy = found["AppPolicy"]["Properties"]
    assert [ref("AppRoleName")] == policy["Roles"]
    assert ["arn:aws:ssm:eu-west-1:123456789012:parameter/a", ref("KArn")] == [
        one["Resource"] for one in policy["PolicyDocument"]["Statement"]
    ]


def test_an_alias_record_leads_to_the_endpoint() -> None:
    """`DnsEntries` are "ZONE:NAME", and an alias wants the two apart."""
    edits = (samples.interface("ecr_api", groups=("sg-0123456789abcdef0",)), samples.BESIDE[7])
    entry = {"Fn::Select": [0, get("EcrApiEndpoint", "DnsEntries")]}

    assert {
        "HostedZoneId": ref("PrivateHostedZoneId"),
        "Name": "api.ecr.eu-west-1.amazonaws.com",
        "Type": "A",
        "AliasTarget": {
            "DNSName": {"Fn::Select": [1, {"Fn::Split": [":", entry]}]},
            "HostedZoneId": {"Fn::Select": [0, {"Fn::Split": [":", entry]}]},
        },
    } == properties("PrivateApiEcrEuWest1AmazonawsComRecord", *edits)


def test_a_mount_target() -> None:
    """File system, subnet and groups."""
    assert {
        "FileSystemId": ref("DataFileSystemId"),
        "SubnetId": "subnet-0123456789abcdef0",
        "SecurityGroups": ["sg-0123456789abcdef0"],
    } == properties("FilesMountTarget", samples.BESIDE[8])


@pytest.mark.parametrize("edit", samples.CHANGES, ids=lambda edit: type(edit).__name__)
def test_what_would_have_to_change_is_refused_with_the_way_to_do_it(edit: e.Edit) -> None:
    """A new template cannot change what it does not make: nothing is written, and the remedy says how."""
    rendered = render_new([edit], an_estate())

    assert () == rendered.patches
    assert [True] == [bool(refusal.remedy) for refusal in rendered.refusals]
    assert rendered.refusals[0].edit.startswith(type(edit).__name__)


def test_what_needs_something_refused_is_refused_too() -> None:
    """No reference is left that leads nowhere."""
    unknown = samples.allow("s3:GetObject", anything("a bucket"))
    rendered = render_new(
        [
            samples.interface("ecr_api", groups=("sg-0123456789abcdef0",), policy=(unknown,)),
            samples.BESIDE[7],
        ],
        an_estate(),
    )

    assert () == rendered.patches
    assert ["AddEndpoint", "AddRecord"] == [refusal.edit.split()[0] for refusal in rendered.refusals]


def test_conditions_and_sids_are_kept() -> None:
    """A statement says all that the edit says."""
    statement = e.AddStatement(
        kind="buckets",
        holder="aws_s3_bucket.b",
        statement=Statement(
            origin=Origin("x"),
            sid="One",
            allow=True,
            actions=Listing(("s3:GetObject", "s3:ListBucket")),
            resources=Listing((hole("aws_s3_bucket.b.arn"), hole("aws_s3_bucket.b.arn") + "/*")),
            principals=samples.role(hole("aws_iam_role.app.arn")),
            conditions=Listing(
                (Condition(operator="StringEquals", key="aws:SourceVpc", values=Listing(("vpc-1",))),)
            ),
        ),
    )

    assert {
        "Bucket": ref("BBucketName"),
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "One",
                    "Effect": "Allow",
                    "Principal": {"AWS": ref("AppArn")},
                    "Action": ["s3:GetObject", "s3:ListBucket"],
                    "Resource": [ref("BArn"), sub("${BArn}/*")],
                    "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
                }
            ],
        },
    } == properties("BBucketPolicy", statement)


def test_the_arn_of_a_secret_is_one_reference() -> None:
    """The six characters that AWS appends are part of what the reference gives."""
    arn = f"arn:aws:secretsmanager:eu-west-1:{hole('account')}:secret:db-{hole('aws_secretsmanager_secret.db.suffix')}"
    edit = e.AddStatement(
        kind="roles",
        holder="arn:aws:iam::1:role/r",
        statement=samples.allow("secretsmanager:GetSecretValue", arn),
    )

    statement = properties("RPolicy", edit)["PolicyDocument"]["Statement"][0]
    assert ref("DbArn") == statement["Resource"]


HOSTILE = [
    "a: b", "a #b", "- a", "'", '"', "!Ref X", "&a", "*", "%", "@", "`", "{a}", "[a]", "${AWS::Region}", "${!x}",
    "a\nInjected: true", "a\r\nb", "\t", "\u2028", "\x85", "\x00", "é", "日本", "😀", "yes", "null", "1e3", "0x1",
    "2012-10-17", "~", "", " a ", "a:", "\\", "a\\nb", "<<", "=", "?",
]  # fmt: skip


@pytest.mark.parametrize("path", ["fix.yaml", "fix.json"])
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_stay_text(name: str, path: str) -> None:
    """Whatever a name is made of, it is read back as itself and makes nothing beside it."""
    statement = samples.allow("s3:GetObject", f"arn:aws:s3:::{name}", hole("aws_s3_bucket.b.arn") + name)
    found = made(
        samples.gateway(
            vpc="vpc-0123456789abcdef0", name=f"s3{name}", route_tables=(f"aws_route_table.{name}",)
        ),
        e.AddStatement(kind="roles", holder="arn:aws:iam::1:role/r", statement=statement),
        path=path,
    )

    assert {"AWSTemplateFormatVersion", "Description", "Parameters", "Resources"} == set(found)
    assert ["AWS::EC2::VPCEndpoint", "AWS::IAM::Policy"] == [
        one["Type"] for one in found["Resources"].values()
    ]
    policy = found["Resources"]["RPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]["Resource"]
    last = sub("${BArn}" + name.replace("${", "${!")) if name else ref("BArn")
    assert [f"arn:aws:s3:::{name}", last] == policy
    assert [f"The route table aws_route_table.{name}: its id"] == [
        value["Description"] for key, value in found["Parameters"].items() if key != "BArn"
    ]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_descriptions_hold_what_ec2_takes(name: str) -> None:
    """Characters that EC2 refuses in a description become spaces."""
    found = properties(
        "EndpointsSecurityGroup",
        e.AddSecurityGroup(name="endpoints", vpc="vpc-0123456789abcdef0", description=f"for {name}"),
    )

    assert [] == [one for one in found["GroupDescription"] if not one.isascii() or not one.isprintable()]


def test_the_text_is_the_same_each_time() -> None:
    """Equal edits give equal bytes."""
    edits = (*samples.NETWORK, *samples.BESIDE)

    assert render_new(edits, an_estate()) == render_new(edits, an_estate())


def test_json_is_plain_json() -> None:
    """The JSON form says the same as the YAML form."""
    edits = (*samples.NETWORK, *samples.BESIDE)
    rendered = render_new(edits, an_estate(), path="fix.json")

    assert made(*edits) == json.loads(rendered.patches[0].after)


def test_every_kind_of_edit_is_among_the_samples() -> None:
    """A kind that is added to the list is rendered or refused here, or this fails."""
    shown = {type(edit) for edit in (*samples.NETWORK, *samples.BESIDE, *samples.CHANGES)}

    assert set(get_args(e.Edit)) == shown
