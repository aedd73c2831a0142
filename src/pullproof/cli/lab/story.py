"""The network of the story: private subnets, endpoints, two security groups, and a service on Fargate."""

import msgspec

from pullproof.model.addresses import EVERYWHERE, cidr, of
from pullproof.model.ecs import Container, Launch, LaunchKind, LogConfiguration, TaskDefinition
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRef, GroupRule, NetworkAcl, PrefixList, SecurityGroup
from pullproof.model.iam import Policy, Principals, Role, Statement
from pullproof.model.managed_policies import managed_policy
from pullproof.model.packets import ALL_TRAFFIC, tcp
from pullproof.model.stores import LogGroup, Repository
from pullproof.model.value import Listing, Maybe, Origin
from pullproof.model.vpc import ListRef, RouteTable, Subnet, Vpc

REGION, ACCOUNT = "eu-west-1", "123456789012"
ZONES = ("eu-west-1a", "eu-west-1b")
SUBNETS = ("private-a", "private-b")
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/orders:latest"
SERVICE = "orders"


def before() -> Estate:
    """What ran on platform version 1.3.0: Fargate logged in to ECR by an interface of its own."""
    estate = Estate()
    estate.region, estate.account = REGION, ACCOUNT
    _ground(estate)
    _filters(estate)
    estate.endpoints["s3"] = Endpoint(
        key="s3",
        origin=Origin("s3"),
        vpc="vpc",
        service=f"com.amazonaws.{REGION}.s3",
        type=EndpointType.GATEWAY,
        route_tables=Listing(("private",)),
    )
    for suffix in ("ecr.dkr", "logs"):
        estate.endpoints[suffix] = interface(suffix, "vpce")
    _task(estate)
    return estate


def with_login(estate: Estate) -> Estate:
    """The endpoint that platform version 1.4.0 needs, in a group of its own that the service is not let out to."""
    found = estate.copy()
    found.endpoints["ecr.api"] = interface("ecr.api", "vpce-login")
    rule = GroupRule(origin=Origin("vpce-login", "ingress[0]"), service=tcp(443), peer=GroupRef("service"))
    found.groups["vpce-login"] = SecurityGroup(
        key="vpce-login", origin=Origin("vpce-login"), vpc="vpc", ingress=Listing((rule,)), egress=Listing()
    )
    return found


def on(estate: Estate, version: str) -> Estate:
    """The same with the service on another platform version."""
    found = estate.copy()
    found.launches[SERVICE] = msgspec.structs.replace(found.launches[SERVICE], platform_version=version)
    return found


def interface(suffix: str, group: str) -> Endpoint:
    """An interface endpoint with private DNS in both subnets."""
    return Endpoint(
        key=suffix,
        origin=Origin(suffix),
        vpc="vpc",
        service=f"com.amazonaws.{REGION}.{suffix}",
        type=EndpointType.INTERFACE,
        subnets=Listing(SUBNETS),
        groups=Listing((group,)),
        private_dns=True,
    )


def _ground(estate: Estate) -> None:
    estate.vpcs["vpc"] = Vpc(
        key="vpc",
        origin=Origin("vpc"),
        blocks=of("10.0.0.0/16"),
        dns_support=True,
        dns_hostnames=True,
        main_route_table="private",
        default_acl="acl",
        default_group="default",
        region=REGION,
        account=ACCOUNT,
    )
    estate.route_tables["private"] = RouteTable(
        key="private", origin=Origin("private"), vpc="vpc", routes=Listing()
    )
    entry = AclEntry(origin=Origin("acl"), number=100, allow=True, service=ALL_TRAFFIC, block=EVERYWHERE)
    estate.acls["acl"] = NetworkAcl(
        key="acl", origin=Origin("acl"), vpc="vpc", ingress=Listing((entry,)), egress=Listing((entry,))
    )
    for number, (key, zone) in enumerate(zip(SUBNETS, ZONES, strict=True), 1):
        estate.subnets[key] = Subnet(
            key=key,
            origin=Origin(key),
            vpc="vpc",
            blocks=of(str(cidr(f"10.0.{number}.0/24"))),
            zone=zone,
            route_table="private",
            acl="acl",
        )


def _filters(estate: Estate) -> None:
    estate.prefix_lists["pl-s3"] = PrefixList(
        key="pl-s3", origin=Origin("pl-s3"), name=f"com.amazonaws.{REGION}.s3", entries=of("52.218.0.0/17")
    )
    to_s3 = GroupRule(origin=Origin("service", "egress[0]"), service=tcp(443), peer=ListRef("pl-s3"))
    to_vpce = GroupRule(origin=Origin("service", "egress[1]"), service=tcp(443), peer=GroupRef("vpce"))
    estate.groups["service"] = SecurityGroup(
        key="service",
        origin=Origin("service"),
        vpc="vpc",
        ingress=Listing(),
        egress=Listing((to_s3, to_vpce)),
    )
    from_service = GroupRule(origin=Origin("vpce", "ingress[0]"), service=tcp(443), peer=GroupRef("service"))
    estate.groups["vpce"] = SecurityGroup(
        key="vpce", origin=Origin("vpce"), vpc="vpc", ingress=Listing((from_service,)), egress=Listing()
    )


def _role(estate: Estate) -> None:
    managed = managed_policy("AmazonECSTaskExecutionRolePolicy")
    trust = Statement(
        origin=Origin("role", "trust"),
        allow=True,
        actions=Listing(("sts:AssumeRole",)),
        principals=Principals(of=(("Service", Listing(("ecs-tasks.amazonaws.com",))),)),
    )
    estate.roles["role"] = Role(
        key="role",
        origin=Origin("role"),
        arn=f"arn:aws:iam::{ACCOUNT}:role/orders",
        name="orders",
        trust=Policy(origin=Origin("role", "trust"), statements=Listing((trust,))),
        policies=Listing((managed,) if managed is not None else ()),
    )


def _task(estate: Estate) -> None:
    _role(estate)
    estate.repositories["repository"] = Repository(
        key="repository",
        origin=Origin("repository"),
        name="orders",
        arn=f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/orders",
        url=IMAGE.removesuffix(":latest"),
    )
    estate.log_groups["logs"] = LogGroup(
        key="logs",
        origin=Origin("logs"),
        name="/ecs/orders",
        arn=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/orders",
    )
    options: tuple[tuple[str, Maybe[str]], ...] = (
        ("awslogs-group", "/ecs/orders"),
        ("awslogs-region", REGION),
        ("awslogs-stream-prefix", "ecs"),
    )
    container = Container(
        origin=Origin("task", "containers[0]"),
        name="orders",
        image=IMAGE,
        log=LogConfiguration(origin=Origin("task", "containers[0]"), driver="awslogs", options=options),
    )
    estate.task_definitions["task"] = TaskDefinition(
        key="task",
        origin=Origin("task"),
        family="orders",
        arn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/orders:1",
        containers=Listing((container,)),
        execution_role="role",
        task_role="",
    )
    estate.launches[SERVICE] = Launch(
        key=SERVICE,
        origin=Origin(SERVICE),
        kind=LaunchKind.SERVICE,
        task_definition="task",
        subnets=Listing(SUBNETS),
        groups=Listing(("service",)),
        public_ip=False,
        platform_version="1.3.0",
        region=REGION,
        account=ACCOUNT,
    )
