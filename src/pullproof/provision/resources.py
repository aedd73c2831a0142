"""A project as resources of CloudFormation, which its template and its CDK stack both write."""

from collections.abc import Iterator

from msgspec.structs import replace

from pullproof.model import edits as e
from pullproof.model.addresses import Cidr
from pullproof.model.edits import Edit
from pullproof.model.text import OPEN, hole
from pullproof.model.value import Listing
from pullproof.model.vpc import ListRef, Target, TargetKind
from pullproof.provision import project as told
from pullproof.provision.build import Built
from pullproof.provision.seed import (
    CLUSTER,
    DEFINITION,
    EXECUTION,
    FILES,
    GATEWAY,
    LOGS,
    REPOSITORY,
    SERVICE,
    TASK,
    TASKS,
    Ground,
    arn,
    ground,
    reach_of,
)
from pullproof.provision.spec import Spec
from pullproof.render.cloudformation import plan
from pullproof.render.cloudformation.names import tail
from pullproof.render.cloudformation.new import Nowhere
from pullproof.render.cloudformation.planner import Planner
from pullproof.render.cloudformation.resolve import Parameter
from pullproof.render.cloudformation.statements import TRUST, VERSION, words
from pullproof.render.cloudformation.values import Link, Make, Value

EVERYWHERE = Cidr(4, 0, 0)
#: What people decide when they make the stack.
COUNT = Link("DesiredCount", "parameter")
TABLES = Link("RouteTableIds", "parameter")
#: The parameter for AWS's own prefix list of S3.
S3_LIST = "S3PrefixListId"

#: What a task needs at the moment when it starts, and no property of the service refers to.
FIRST = frozenset(
    {
        "AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EFS::MountTarget",
    }
)  # fmt: skip


def planned(built: Built) -> Planner:
    """Everything that the project makes; the service comes after all that lets its tasks start."""
    spec = built.spec
    planner = Planner(built.before, Nowhere())
    planner.makes.update({make.key: make for make in _seed(spec)})
    planner.plan(_referring(spec, edit) for edit in built.edits)
    for key, make in planner.makes.items():
        if spec.vpc and "RouteTableIds" in make.properties:
            make.properties["RouteTableIds"] = TABLES
        for policy in make.properties.get("Policies", ()):
            policy["PolicyName"] = tail(key)
    first = tuple(key for key, make in planner.makes.items() if make.type in FIRST)
    planner.makes[SERVICE] = replace(planner.makes[SERVICE], needs=first)
    return planner


def _referring(spec: Spec, edit: Edit) -> Edit:
    """A statement whose ARNs are those of what the project makes, in whichever account that is."""
    if not isinstance(edit, e.AddStatement) or edit.statement.resources is None:
        return edit
    known = {
        # The `Arn` of a log group ends in ":*" in CloudFormation.
        arn(spec, "logs", f"log-group:{told.log_group(spec)}:*"): hole(f"{LOGS}.arn"),
        arn(spec, "ecr", f"repository/{told.repository(spec)}"): hole(f"{REPOSITORY}.arn")
        if spec.repository
        else "",
    }
    texts = tuple(known.get(text) or text for text in edit.statement.resources.items)
    return replace(edit, statement=replace(edit.statement, resources=Listing(texts)))


def parameters(spec: Spec) -> Iterator[tuple[Link, Parameter]]:
    """What the stack asks for, beside what only AWS knows."""
    count = {"Type": "Number", "Default": told.COUNT, "MinValue": 0, "Description": "How many tasks run"}
    yield COUNT, Parameter(name=COUNT.key, value=count, key=COUNT.key)
    if not spec.vpc:
        return
    names = ground(spec)
    vpc = {"Type": "AWS::EC2::VPC::Id", "Default": spec.vpc, "Description": "Both DNS attributes are on"}
    yield Link(names.vpc, "vpc"), Parameter(name="VpcId", value=vpc, key=names.vpc)
    for number, (key, given) in enumerate(zip(names.subnets, spec.subnets, strict=True), 1):
        subnet = {"Type": "AWS::EC2::Subnet::Id", "Default": given, "Description": f"Subnet {number}"}
        yield Link(key, "subnet"), Parameter(name=f"Subnet{number}Id", value=subnet, key=key)
    tables = {"Type": "CommaDelimitedList", "Description": "The route tables of these subnets, each once"}
    yield TABLES, Parameter(name=TABLES.key, value=tables, key=TABLES.key)


def s3_list(spec: Spec) -> str:
    """What AWS calls its prefix list of S3."""
    return f"com.amazonaws.{spec.region}.s3"


def asks_for(built: Built) -> tuple[str, ...]:
    """The parameters that have no default."""
    rules = (edit.peer for edit in built.edits if isinstance(edit, e.AddGroupRule))
    listed = (S3_LIST,) if any(isinstance(peer, ListRef) for peer in rules) else ()
    return (*listed, *((TABLES.key,) if built.spec.vpc else ()))


def _seed(spec: Spec) -> Iterator[Make]:
    names = ground(spec)
    if not spec.vpc:
        yield from _network(spec, names)
    yield Make(
        key=TASKS,
        type="AWS::EC2::SecurityGroup",
        properties={
            "GroupDescription": plan.describing(told.about_tasks(spec)),
            "VpcId": Link(names.vpc, "vpc"),
            "SecurityGroupEgress": [plan.NOTHING_OUT],
            "Tags": plan.named(f"{spec.name}-tasks"),
        },
    )
    for key in (EXECUTION, TASK):
        trust = {"Version": VERSION, "Statement": [dict(TRUST)]}
        yield Make(key=key, type="AWS::IAM::Role", properties={"AssumeRolePolicyDocument": trust})
    if spec.efs:
        yield Make(key=FILES, type="AWS::EFS::FileSystem", properties={"Encrypted": True}, name="data")
    yield from _stores(spec)
    yield _made(CLUSTER, "AWS::ECS::Cluster", {"ClusterName": spec.name})
    yield _definition(spec)
    yield _service(spec, names)


def _made(key: str, kind: str, properties: dict[str, Value], name: str = "") -> Make:
    return Make(key=key, type=kind, properties=properties, name=name or kind.rpartition(":")[2])


def _network(spec: Spec, names: Ground) -> Iterator[Make]:
    reach = reach_of(spec)
    here = Link(names.vpc, "vpc")
    properties: dict[str, Value] = {
        "CidrBlock": str(spec.block),
        "EnableDnsSupport": True,
        "EnableDnsHostnames": True,
        "Tags": plan.named(spec.name),
    }
    vpc = _made(names.vpc, "AWS::EC2::VPC", properties, "Vpc")
    yield replace(vpc, says="Private names of endpoints need both DNS attributes")
    for key, (zone, block) in zip(names.subnets, spec.private, strict=True):
        properties = {
            "VpcId": here,
            "CidrBlock": str(block),
            "AvailabilityZone": Link(zone, "availability_zone", "name"),
            "Tags": plan.named(f"{spec.name}-{reach}-{zone}"),
        }
        yield _made(key, "AWS::EC2::Subnet", properties, f"{reach}_{zone[-1]}")
    table = names.tables[0]
    properties = {"VpcId": here, "Tags": plan.named(f"{spec.name}-{reach}")}
    yield _made(table, "AWS::EC2::RouteTable", properties, reach)
    for key, (zone, _) in zip(names.subnets, spec.private, strict=True):
        yield replace(plan.association(table, key), name=f"{reach}_{zone[-1]}")
    if reach == "public":
        gateway: dict[str, Value] = {"Tags": plan.named(spec.name)}
        yield _made(GATEWAY, "AWS::EC2::InternetGateway", gateway)
        attached: dict[str, Value] = {"VpcId": here, "InternetGatewayId": Link(GATEWAY, "internet_gateway")}
        yield _made(plan.attachment(GATEWAY), "AWS::EC2::VPCGatewayAttachment", attached, "Internet")
        target = Target(TargetKind.INTERNET_GATEWAY, GATEWAY)
        route = plan.route(
            e.SetRoute(table=table, destination=EVERYWHERE, target=target), (plan.attachment(GATEWAY),)
        )
        yield replace(route, name="internet")


def _stores(spec: Spec) -> Iterator[Make]:
    if spec.repository:
        properties: dict[str, Value] = {
            "RepositoryName": told.repository(spec),
            "ImageTagMutability": "IMMUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": True},
        }
        yield _made(REPOSITORY, "AWS::ECR::Repository", properties)
    if spec.logs:
        properties = {"LogGroupName": told.log_group(spec), "RetentionInDays": told.KEPT}
        yield _made(LOGS, "AWS::Logs::LogGroup", properties)


def _definition(spec: Spec) -> Make:
    properties: dict[str, Value] = {
        "Family": spec.name,
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": str(told.CPU),
        "Memory": str(told.MEMORY),
        "ExecutionRoleArn": Link(EXECUTION, "role", "arn"),
        "TaskRoleArn": Link(TASK, "role", "arn"),
        "ContainerDefinitions": [_spelt(told.container(spec))],
    }
    if spec.efs:
        storage = {"FilesystemId": Link(FILES, "file_system"), "TransitEncryption": "ENABLED"}
        properties["Volumes"] = [{"Name": told.VOLUME, "EFSVolumeConfiguration": storage}]
    return _made(DEFINITION, "AWS::ECS::TaskDefinition", properties)


def _spelt(value: told.Told) -> Value:
    """What ECS spells `logDriver`, CloudFormation spells `LogDriver`; options keep their names."""
    if isinstance(value, dict):
        return {
            name[:1].upper() + name[1:]: _texts(item) if name == "options" else _spelt(item)
            for name, item in value.items()
        }
    return [_spelt(item) for item in value] if isinstance(value, list) else _texts(value)


def _texts(value: told.Told) -> Value:
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    return words(value) if isinstance(value, str) and OPEN in value else value


def _service(spec: Spec, names: Ground) -> Make:
    network: dict[str, Value] = {
        "Subnets": [Link(key, "subnet") for key in names.subnets],
        "SecurityGroups": [Link(TASKS, "group")],
        "AssignPublicIp": "DISABLED",
    }
    properties: dict[str, Value] = {
        "ServiceName": spec.name,
        "Cluster": Link(CLUSTER, "cluster", "name"),
        "TaskDefinition": Link(DEFINITION, "task_definition", "arn"),
        "DesiredCount": COUNT,
        "LaunchType": "FARGATE",
        "PlatformVersion": spec.platform,
        **({"EnableExecuteCommand": True} if spec.exec else {}),
        "NetworkConfiguration": {"AwsvpcConfiguration": network},
    }
    return replace(_made(SERVICE, "AWS::ECS::Service", properties), says="Waits for all that its tasks need")
