"""Edits of every kind, about things that no template holds; and short builders for them."""

from pullproof.model import edits as e
from pullproof.model.addresses import cidr, of
from pullproof.model.endpoints import EndpointType
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Principals, Statement
from pullproof.model.packets import tcp
from pullproof.model.stores import Parameter
from pullproof.model.text import Text
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import ListRef, Target, TargetKind

REGION = "eu-west-1"
S3 = e.managed_list(f"com.amazonaws.{REGION}.s3")
LAYERS = f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/*"


def allow(action: str, *resources: Text, who: Principals | None = None) -> Statement:
    """A statement that allows one action."""
    return Statement(
        origin=Origin("edit"),
        allow=True,
        actions=Listing((action,)),
        resources=Listing(resources) if resources else None,
        principals=who,
    )


def role(*arns: Text) -> Principals:
    """Roles as principals."""
    return Principals(of=(("AWS", Listing(arns)),))


def interface(name: str, **changes: object) -> e.AddEndpoint:
    """An interface endpoint in one subnet."""
    known: dict[str, object] = {
        "name": name,
        "vpc": "aws_vpc.main",
        "service": f"com.amazonaws.{REGION}.{name.replace('_', '.')}",
        "type": EndpointType.INTERFACE,
        "subnets": ("aws_subnet.private[0]",),
        "groups": (e.new("endpoints"),),
        "private_dns": True,
    }
    return e.AddEndpoint(**(known | changes))  # type: ignore[arg-type]


def gateway(**changes: object) -> e.AddEndpoint:
    """The gateway endpoint of S3 on one route table."""
    known: dict[str, object] = {
        "name": "s3",
        "vpc": "aws_vpc.main",
        "service": f"com.amazonaws.{REGION}.s3",
        "type": EndpointType.GATEWAY,
        "route_tables": ("aws_route_table.private",),
    }
    return e.AddEndpoint(**(known | changes))  # type: ignore[arg-type]


def https(
    group: str, peer: GroupRef | ListRef, *, egress: bool = True, description: str = "HTTPS"
) -> e.AddGroupRule:
    """A rule for port 443."""
    return e.AddGroupRule(group=group, egress=egress, service=tcp(443), peer=peer, description=description)


def to_internet(table: str, gateway: str) -> e.SetRoute:
    """The default route of a table, to an internet gateway."""
    return e.SetRoute(
        table=table, destination=cidr("0.0.0.0/0"), target=Target(TargetKind.INTERNET_GATEWAY, gateway)
    )


def to_nat(table: str, gateway: str) -> e.SetRoute:
    """The default route of a table, to a NAT gateway."""
    return e.SetRoute(
        table=table, destination=cidr("0.0.0.0/0"), target=Target(TargetKind.NAT_GATEWAY, gateway)
    )


#: One of each kind that can stand in a template of its own.
NETWORK: tuple[e.Edit, ...] = (
    e.AddVpc(name="main", block=cidr("10.0.0.0/16")),
    e.AddSubnet(name="public_a", vpc=e.new("main"), block=cidr("10.0.0.0/24"), zone=f"{REGION}a"),
    e.AddSubnet(name="private_a", vpc=e.new("main"), block=cidr("10.0.1.0/24"), zone=f"{REGION}a"),
    e.AddInternetGateway(name="internet", vpc=e.new("main")),
    e.AddRouteTable(name="public", vpc=e.new("main"), subnets=(e.new("public_a"),)),
    e.AddRouteTable(name="private", vpc=e.new("main"), subnets=(e.new("private_a"),)),
    to_internet(e.new("public"), e.new("internet")),
    e.AddNatGateway(name="nat", subnet=e.new("public_a")),
    to_nat(e.new("private"), e.new("nat")),
)
BESIDE: tuple[e.Edit, ...] = (
    e.AddSecurityGroup(name="endpoints", vpc="aws_vpc.main", description="Endpoints for tasks on Fargate"),
    https(e.new("endpoints"), GroupRef("aws_security_group.app"), egress=False),
    https("aws_security_group.app", GroupRef(e.new("endpoints"))),
    https("aws_security_group.app", ListRef(S3), description="HTTPS to S3"),
    interface("ecr_api"),
    gateway(policy=(allow("s3:GetObject", LAYERS),)),
    e.AddAclEntry(
        acl="acl-0123456789abcdef0", egress=True, number=90, service=tcp(443), block=of("0.0.0.0/0")
    ),
    e.AddRecord(zone="aws_route53_zone.private", record=f"api.ecr.{REGION}.amazonaws.com", endpoint=e.new("ecr_api")),
    e.AddMountTarget(
        name="files", file_system="aws_efs_file_system.data", subnet="subnet-0123456789abcdef0",
        groups=("sg-0123456789abcdef0",),
    ),
    e.AddRole(name="execution", managed=("AmazonECSTaskExecutionRolePolicy",)),
    e.AddStatement(
        kind="roles", holder="arn:aws:iam::123456789012:role/team/app",
        statement=allow("ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/app/*"),
    ),
)  # fmt: skip
#: One of each kind that changes something that exists.
CHANGES: tuple[e.Edit, ...] = (
    e.AssociateRouteTable(endpoint="vpce-0123456789abcdef0", table="rtb-0123456789abcdef0"),
    e.AddEndpointSubnet(endpoint="vpce-0123456789abcdef0", subnet="subnet-0123456789abcdef0"),
    e.SetPrivateDns(endpoint="vpce-0123456789abcdef0"),
    e.SetVpcAttribute(vpc="vpc-0123456789abcdef0", attribute="enableDnsSupport"),
    e.AssignPublicIp(launch="aws_ecs_service.app"),
    e.SetPlatformVersion(launch="aws_ecs_service.app", version="1.4.0"),
    e.AddTrust(role="aws_iam_role.app"),
    e.SetExecutionRole(task_definition="aws_ecs_task_definition.app", role=e.new("execution")),
    e.AddStatement(
        kind="endpoints",
        holder="vpce-0123456789abcdef0",
        statement=allow("s3:GetObject", LAYERS),
    ),
)


def a_parameter(key: str, name: str) -> Parameter:
    """A parameter of Parameter Store."""
    return Parameter(key=key, origin=Origin(key), arn="", name=name, secure=False)
