"""A small estate in which a task starts, and ways to change one thing in it.

One VPC without internet, two private subnets, an endpoint for every service, one service "service" on the
task definition "task", whose execution role "execution" and task role "app" may do what is needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from pullproof.finding import TaskReport
from pullproof.model import addresses
from pullproof.model.ecs import (
    Cluster,
    Container,
    EfsVolume,
    Launch,
    LaunchKind,
    LogConfiguration,
    SecretRef,
    TaskDefinition,
)
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRule, NetworkAcl, SecurityGroup
from pullproof.model.gateways import InternetGateway, NatGateway
from pullproof.model.iam import Policy, Role
from pullproof.model.packets import ALL_TRAFFIC, tcp
from pullproof.model.policy_json import policy_of
from pullproof.model.stores import (
    Bucket,
    FileSystem,
    Key,
    LogGroup,
    MountTarget,
    Parameter,
    Repository,
    Secret,
)
from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.model.vpc import Route, RouteTable, Subnet, Target, TargetKind, Vpc
from pullproof.prove import prove
from pullproof.verdict import Verdict

ACCOUNT = "111122223333"
REGION = "eu-west-1"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/app/mode"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"
UNKNOWN = Unknown(Why.AFTER_APPLY, "a value", "somewhere", "apply first")

#: What the execution role of the working estate may do, one statement each.
EXECUTION = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameters",
    "kms:Decrypt",
    "s3:GetObject",
    "s3:GetBucketLocation",
)
TASK = ("ssmmessages:*", "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "kms:Decrypt")
SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages", "kms")


def at(key: str) -> Origin:
    """Where a noun of that key was written."""
    return Origin(key)


def allow(actions: Iterable[str], resource: str = "*", **more: object) -> Policy:
    """An identity policy with one statement for each action."""
    return document(
        [{"Effect": "Allow", "Action": action, "Resource": resource, **more} for action in actions]
    )


def document(statements: Sequence[Mapping[str, object]], key: str = "policy") -> Policy:
    """A policy of those statements."""
    found = policy_of(
        {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}, at(key)
    )
    assert isinstance(found, Policy)
    return found


def trusting(*services: str) -> Policy:
    """A trust policy."""
    return document(
        [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": list(services)}}], "trust"
    )


def role(key: str, actions: Iterable[str]) -> Role:
    """A role that ECS tasks may assume and that may do those actions on anything."""
    return Role(
        key=key,
        origin=at(key),
        arn=f"arn:aws:iam::{ACCOUNT}:role/{key}",
        name=key,
        trust=trusting("ecs-tasks.amazonaws.com"),
        policies=Listing((allow(actions),)),
    )


def container(image: Maybe[Text] = f"{REGISTRY}/app:1", **more: Any) -> Container:
    """A container; by default its image is the repository "app" of this account."""
    return Container(origin=at("task"), name="app", image=image, **more)


def awslogs(driver: Maybe[str] = "awslogs", **options: Maybe[Text]) -> LogConfiguration:
    """A log configuration; options are written with underscores."""
    written = {"awslogs_group": "/ecs/app", "awslogs_region": REGION, **options}
    return LogConfiguration(
        origin=at("task"),
        driver=driver,
        options=tuple((name.replace("_", "-"), value) for name, value in written.items()),
    )


def secrets(*values: Maybe[Text]) -> Listing[SecretRef]:
    """Entries of `secrets` that read from those ARNs or names."""
    return Listing(
        tuple(SecretRef(origin=at("task"), name=f"S{n}", value_from=value) for n, value in enumerate(values))
    )


def estate(*containers: Container, **definition: Any) -> Estate:
    """The working estate; the task has those containers (by default one), and more as given."""
    made = Estate()
    made.region, made.account = REGION, ACCOUNT
    _network(made)
    _endpoints(made)
    _stores(made)
    made.roles |= {"execution": role("execution", EXECUTION), "app": role("app", TASK)}
    made.clusters["cluster"] = Cluster(key="cluster", origin=at("cluster"), name="c", arn="arn:cluster")
    made.task_definitions["task"] = msgspec.structs.replace(
        TaskDefinition(
            key="task",
            origin=at("task"),
            family="task",
            arn="arn:task",
            containers=Listing(containers or (container(),)),
            execution_role="execution",
            task_role="app",
        ),
        **definition,
    )
    made.launches["service"] = Launch(
        key="service",
        origin=at("service"),
        kind=LaunchKind.SERVICE,
        task_definition="task",
        subnets=Listing(("subnet-a", "subnet-b")),
        groups=Listing(("sg-task",)),
        public_ip=False,
        cluster="cluster",
    )
    return made


def change(nouns: dict[str, Any], key: str, **changes: object) -> None:
    """Replace fields of one noun."""
    nouns[key] = msgspec.structs.replace(nouns[key], **changes)


def launch(made: Estate, **changes: object) -> Estate:
    """The estate with its launch changed."""
    change(made.launches, "service", **changes)
    return made


def may(made: Estate, key: str, actions: Iterable[str]) -> Estate:
    """The estate with a role that may do those actions and no other."""
    change(made.roles, key, policies=Listing((allow(actions),)))
    return made


def may_not(made: Estate, action: str, key: str = "execution") -> Estate:
    """The estate with a role that lacks one action."""
    has = EXECUTION if key == "execution" else TASK
    return may(made, key, [other for other in has if other != action])


def without(made: Estate, service: str) -> Estate:
    """The estate without the endpoint of a service."""
    del made.endpoints[service]
    return made


def nat(made: Estate) -> Estate:
    """The estate with a NAT gateway as another way out."""
    made.internet_gateways["igw"] = InternetGateway(key="igw", origin=at("igw"), vpc="vpc")
    made.nat_gateways["nat"] = NatGateway(key="nat", origin=at("nat"), subnet="subnet-public", public=True)
    made.route_tables["rtb-public"] = _table("rtb-public", _default(TargetKind.INTERNET_GATEWAY, "igw"))
    made.subnets["subnet-public"] = _subnet("subnet-public", "10.0.9.0/24", "eu-west-1a", "rtb-public")
    made.route_tables["rtb"] = _table("rtb", _default(TargetKind.NAT_GATEWAY, "nat"))
    return made


def efs(**more: Any) -> Listing[EfsVolume]:
    """One EFS volume."""
    return Listing(
        (msgspec.structs.replace(EfsVolume(origin=at("task"), name="data", file_system="fs-1"), **more),)
    )


def _network(made: Estate) -> None:
    made.vpcs["vpc"] = Vpc(
        key="vpc",
        origin=at("vpc"),
        blocks=addresses.of("10.0.0.0/16"),
        dns_support=True,
        dns_hostnames=True,
        main_route_table="rtb",
        default_acl="acl",
        default_group="sg-default",
    )
    made.route_tables["rtb"] = _table("rtb")
    everything = Listing(
        (AclEntry(origin=at("acl"), number=100, allow=True, service=ALL_TRAFFIC, block=addresses.EVERYWHERE),)
    )
    made.acls["acl"] = NetworkAcl(
        key="acl", origin=at("acl"), vpc="vpc", ingress=everything, egress=everything
    )
    made.subnets["subnet-a"] = _subnet("subnet-a", "10.0.1.0/24", "eu-west-1a")
    made.subnets["subnet-b"] = _subnet("subnet-b", "10.0.2.0/24", "eu-west-1b")
    for key, ingress, egress in (
        ("sg-default", None, ALL_TRAFFIC),
        ("sg-task", None, ALL_TRAFFIC),
        ("sg-endpoints", tcp(443), None),
        ("sg-files", tcp(2049), None),
    ):
        made.groups[key] = SecurityGroup(
            key=key,
            origin=at(key),
            vpc="vpc",
            ingress=Listing(_rules(key, ingress, addresses.of("10.0.0.0/16"))),
            egress=Listing(_rules(key, egress, addresses.EVERYWHERE)),
        )


def _rules(key: str, service: Any, peer: addresses.Addresses) -> tuple[GroupRule, ...]:
    return (GroupRule(origin=at(key), service=service, peer=peer),) if service else ()


def _subnet(key: str, block: str, zone: str, table: str = "rtb") -> Subnet:
    return Subnet(
        key=key,
        origin=at(key),
        vpc="vpc",
        blocks=addresses.of(block),
        zone=zone,
        route_table=table,
        acl="acl",
    )


def _table(key: str, *routes: Route) -> RouteTable:
    return RouteTable(key=key, origin=at(key), vpc="vpc", routes=Listing(routes))


def _default(kind: TargetKind, key: str) -> Route:
    return Route(origin=at(key), destination=addresses.cidr("0.0.0.0/0"), target=Target(kind, key))


def _endpoints(made: Estate) -> None:
    for service in SERVICES:
        made.endpoints[service] = Endpoint(
            key=service,
            origin=at(service),
            vpc="vpc",
            service=f"com.amazonaws.{REGION}.{service}",
            type=EndpointType.INTERFACE,
            subnets=Listing(("subnet-a", "subnet-b")),
            groups=Listing(("sg-endpoints",)),
            private_dns=True,
            id=f"vpce-{service.replace('.', '')}",
        )
    made.endpoints["s3"] = Endpoint(
        key="s3",
        origin=at("s3"),
        vpc="vpc",
        service=f"com.amazonaws.{REGION}.s3",
        type=EndpointType.GATEWAY,
        route_tables=Listing(("rtb",)),
        id="vpce-s3",
    )


def _stores(made: Estate) -> None:
    made.repositories["repository"] = Repository(
        key="repository",
        origin=at("repository"),
        name="app",
        arn=f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app",
        url=f"{REGISTRY}/app",
    )
    made.secrets["secret"] = Secret(key="secret", origin=at("secret"), arn=SECRET, name="db")
    made.parameters["parameter"] = Parameter(
        key="parameter", origin=at("parameter"), arn=PARAMETER, name="/app/mode", secure=False
    )
    made.keys["key"] = Key(key="key", origin=at("key"), arn=KEY, id="1234", aliases=("alias/app",))
    made.log_groups["group"] = LogGroup(
        key="group",
        origin=at("group"),
        name="/ecs/app",
        arn=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/app",
    )
    made.buckets["bucket"] = Bucket(
        key="bucket", origin=at("bucket"), name="settings", arn="arn:aws:s3:::settings"
    )
    made.file_systems["files"] = FileSystem(
        key="files",
        origin=at("files"),
        id="fs-1",
        arn=f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-1",
    )
    for subnet in ("subnet-a", "subnet-b"):
        made.mount_targets[f"target-{subnet}"] = MountTarget(
            key=f"target-{subnet}",
            origin=at("files"),
            file_system="files",
            subnet=subnet,
            groups=Listing(("sg-files",)),
        )


def proved(made: Estate, platform_version: str | None = None) -> TaskReport:
    """The report on the only task of an estate."""
    (report,) = prove(made, platform_version=platform_version)
    return report


def said(report: TaskReport, rule: str) -> tuple[str, ...]:
    """What the report says of a rule: "works", "unknown", or the code and resource of each blocker."""
    found: dict[str, None] = {}
    for step in report.steps:
        if step.rule.id == rule:
            if step.verdict is Verdict.FAILS:
                found |= {f"{blocker.code} {blocker.resource}": None for blocker in step.blockers}
            else:
                found[step.verdict.value] = None
    return tuple(found)


def warned(report: TaskReport) -> set[tuple[str, str]]:
    """Code and resource of each warning."""
    return {(notice.code, notice.resource) for notice in report.warnings}
