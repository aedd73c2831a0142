"""The estate before anything leads anywhere: a network, a service, and roles that may do nothing.

Its keys are the addresses that the project will give these things. Everything a task needs beside is found by
the same search that mends what people wrote.
"""

import msgspec

from pullproof.model.addresses import EVERY_V4, EVERY_V6, Cidr, of_cidr
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
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, NetworkAcl, SecurityGroup
from pullproof.model.gateways import InternetGateway
from pullproof.model.iam import Policy, Principals, Role, Statement
from pullproof.model.packets import ALL_TRAFFIC
from pullproof.model.stores import FileSystem, LogGroup, Parameter, Repository, Secret
from pullproof.model.text import Text, hole
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import Route, RouteTable, Subnet, Target, TargetKind, Vpc
from pullproof.provision.spec import VPC_ID, Spec, variable

TASKS = "aws_security_group.tasks"
SERVICE = "aws_ecs_service.this"
DEFINITION = "aws_ecs_task_definition.this"
CLUSTER = "aws_ecs_cluster.this"
LOGS = "aws_cloudwatch_log_group.this"
REPOSITORY = "aws_ecr_repository.this"
FILES = "aws_efs_file_system.this"
EXECUTION, TASK = "aws_iam_role.execution", "aws_iam_role.task"


GATEWAY = "aws_internet_gateway.this"


def reach_of(spec: Spec) -> str:
    """What the subnets of a new network are called: tasks with public addresses are in public ones."""
    return "public" if spec.via == "public-ip" else "private"


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What the network is called: the VPC, the subnets, and the route table of each."""

    vpc: str
    subnets: tuple[str, ...]
    tables: tuple[str, ...]


def ground(spec: Spec) -> Ground:
    """The addresses of the network."""
    if not spec.vpc:
        subnets = tuple(f'aws_subnet.{reach_of(spec)}["{zone}"]' for zone in spec.zones)
        tables = (f"aws_route_table.{reach_of(spec)}",) * len(subnets)
        return Ground(vpc="aws_vpc.this", subnets=subnets, tables=tables)
    tables = tuple(f"data.aws_route_table.private[{at}]" for at in range(len(spec.subnets)))
    if not VPC_ID.fullmatch(spec.vpc):
        return Ground(vpc=spec.vpc, subnets=spec.subnets, tables=tables)
    subnets = tuple(f"data.aws_subnet.private[{at}]" for at in range(len(spec.subnets)))
    return Ground(vpc="data.aws_vpc.this", subnets=subnets, tables=tables)


def seed(spec: Spec) -> Estate:
    """The estate."""
    estate = Estate()
    estate.region = spec.region
    estate.partition = _partition(spec.region)
    estate.account = account(spec)
    _network(estate, spec)
    _roles(estate, spec)
    _stores(estate, spec)
    _service(estate, spec)
    return estate


def _partition(region: str) -> str:
    for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
        if region.startswith(prefix):
            return partition
    return "aws"


def account(spec: Spec) -> Text:
    """The account: that of the image or of a secret, where they name one; it is taken for the task's own."""
    named = [spec.ecr[0]] if spec.ecr else []
    named += [secret.split(":")[4] for secret in spec.secrets]
    return named[0] if named else hole("account")


def arn(spec: Spec, service: str, rest: Text) -> Text:
    """An ARN in the account that the project will be applied in."""
    return f"arn:{_partition(spec.region)}:{service}:{spec.region}:{account(spec)}:{rest}"


def _network(estate: Estate, spec: Spec) -> None:
    names = ground(spec)
    key = names.vpc
    acl = f"{key}.default_network_acl_id"
    main = f"{key}.main_route_table_id"
    estate.vpcs[key] = Vpc(
        key=key,
        origin=Origin(key),
        blocks=of_cidr(spec.block),
        dns_support=True,
        dns_hostnames=True,
        main_route_table=main,
        default_acl=acl,
        default_group=f"{key}.default_security_group_id",
        region=spec.region,
        account=account(spec),
        id=hole(f"{key}.id"),
    )
    everything = tuple(
        AclEntry(origin=Origin(acl), number=number, allow=True, service=ALL_TRAFFIC, block=block)
        for number, block in ((100, EVERY_V4), (101, EVERY_V6))
    )
    estate.acls[acl] = NetworkAcl(
        key=acl, origin=Origin(key), vpc=key, ingress=Listing(everything), egress=Listing(everything)
    )
    routes: Listing[Route] = Listing()
    if spec.via == "public-ip":
        estate.internet_gateways[GATEWAY] = InternetGateway(key=GATEWAY, origin=Origin(GATEWAY), vpc=key)
        target = Target(TargetKind.INTERNET_GATEWAY, GATEWAY)
        routes = Listing((Route(origin=Origin(key), destination=Cidr(4, 0, 0), target=target),))
    estate.route_tables[main] = RouteTable(key=main, origin=Origin(main), vpc=key, routes=Listing())
    for table in names.tables:
        estate.route_tables[table] = RouteTable(key=table, origin=Origin(table), vpc=key, routes=routes)
    private = spec.private or tuple(
        (f"{spec.region}{'abcdef'[at % 6]}", spec.block) for at in range(len(spec.subnets))
    )
    for subnet, table, (zone, block) in zip(names.subnets, names.tables, private, strict=True):
        estate.subnets[subnet] = Subnet(
            key=subnet,
            origin=Origin(subnet),
            vpc=key,
            blocks=of_cidr(block),
            zone=zone,
            route_table=table,
            acl=acl,
        )
    estate.groups[TASKS] = SecurityGroup(
        key=TASKS, origin=Origin(TASKS), vpc=key, ingress=Listing(), egress=Listing()
    )


def _roles(estate: Estate, spec: Spec) -> None:
    for key in (EXECUTION, TASK):
        statement = Statement(
            origin=Origin(key, "assume_role_policy"),
            allow=True,
            actions=Listing(("sts:AssumeRole",)),
            principals=Principals(of=(("Service", Listing(("ecs-tasks.amazonaws.com",))),)),
        )
        name = f"{spec.name}-{key.rpartition('.')[2]}"
        estate.roles[key] = Role(
            key=key,
            origin=Origin(key),
            arn=f"arn:{estate.partition}:iam::{account(spec)}:role/{name}",
            name=name,
            trust=Policy(origin=Origin(key, "assume_role_policy"), statements=Listing((statement,))),
            policies=Listing(),
        )


def image(spec: Spec) -> Text:
    """The image, as the task definition names it."""
    if not spec.repository:
        return spec.image
    name, _, tag = spec.image.partition(":")
    return f"{account(spec)}.dkr.ecr.{spec.region}.{_suffix(spec)}/{name}:{tag or 'latest'}"


def _suffix(spec: Spec) -> str:
    return "amazonaws.com.cn" if spec.region.startswith("cn-") else "amazonaws.com"


def parameter_arn(spec: Spec, name: str) -> Text:
    """The ARN of a parameter."""
    return arn(spec, "ssm", f"parameter/{name.removeprefix('/')}")


def _stores(estate: Estate, spec: Spec) -> None:
    for secret in spec.secrets:
        name = secret.rpartition(":secret:")[2]
        estate.secrets[secret] = Secret(key=secret, origin=Origin(secret), arn=secret, name=name)
    for name in spec.parameters:
        key = parameter_arn(spec, name)
        estate.parameters[key] = Parameter(key=key, origin=Origin(name), arn=key, name=name, secure=True)
    if spec.logs:
        name = f"/ecs/{spec.name}"
        estate.log_groups[LOGS] = LogGroup(
            key=LOGS, origin=Origin(LOGS), name=name, arn=arn(spec, "logs", f"log-group:{name}")
        )
    if spec.repository:
        name = spec.image.partition(":")[0]
        estate.repositories[REPOSITORY] = Repository(
            key=REPOSITORY,
            origin=Origin(REPOSITORY),
            name=name,
            arn=arn(spec, "ecr", f"repository/{name}"),
            url=image(spec).rpartition(":")[0],
        )
    if spec.efs:
        estate.file_systems[FILES] = FileSystem(
            key=FILES,
            origin=Origin(FILES),
            id=hole(f"{FILES}.id"),
            arn=arn(spec, "elasticfilesystem", f"file-system/{hole(f'{FILES}.id')}"),
        )


def _container(spec: Spec) -> Container:
    at = Origin(DEFINITION, "container_definitions")
    options = {
        "awslogs-group": f"/ecs/{spec.name}",
        "awslogs-region": spec.region,
        "awslogs-stream-prefix": spec.name,
    }
    secrets = tuple(
        SecretRef(
            origin=at,
            name=variable(name),
            value_from=name if name.startswith("arn:") else parameter_arn(spec, name),
        )
        for name in (*spec.secrets, *spec.parameters)
    )
    log = LogConfiguration(origin=at, driver="awslogs", options=tuple(options.items()))
    return Container(
        origin=at,
        name=spec.name,
        image=image(spec),
        secrets=Listing(secrets),
        log=log if spec.logs else None,
    )


def _service(estate: Estate, spec: Spec) -> None:
    volume = EfsVolume(
        origin=Origin(DEFINITION, "volume"),
        name="data",
        file_system=hole(f"{FILES}.id"),
        transit_encryption=True,
    )
    estate.clusters[CLUSTER] = Cluster(
        key=CLUSTER, origin=Origin(CLUSTER), name=spec.name, arn=arn(spec, "ecs", f"cluster/{spec.name}")
    )
    estate.task_definitions[DEFINITION] = TaskDefinition(
        key=DEFINITION,
        origin=Origin(DEFINITION),
        family=spec.name,
        arn=hole(f"{DEFINITION}.arn"),
        containers=Listing((_container(spec),)),
        execution_role=EXECUTION,
        task_role=TASK,
        volumes=Listing((volume,) if spec.efs else ()),
        compatibilities=Listing(("FARGATE",)),
    )
    estate.launches[SERVICE] = Launch(
        key=SERVICE,
        origin=Origin(SERVICE),
        kind=LaunchKind.SERVICE,
        task_definition=DEFINITION,
        subnets=Listing(ground(spec).subnets),
        groups=Listing((TASKS,)),
        public_ip=False,
        platform_version=spec.platform,
        cluster=CLUSTER,
        exec_enabled=spec.exec,
        region=spec.region,
        account=account(spec),
    )
