"""A project in Terraform: what the estate began with, and its edits, in files that people would have written."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pullproof.model import edits as e
from pullproof.model.text import OPEN
from pullproof.provision import project as told
from pullproof.provision.build import Built, public_ip
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
    ground,
    reach_of,
)
from pullproof.provision.spec import VPC_ID, Spec
from pullproof.render.base import Patch
from pullproof.render.terraform import hcl, policies
from pullproof.render.terraform.hcl import Assign, Item, Nested
from pullproof.render.terraform.render import in_order, united
from pullproof.render.terraform.resources import make
from pullproof.render.terraform.writer import Fresh, Writer

HEADER = "# Written by `pullproof provision`; it is yours to change."

#: The file of each type of resource, by how the type begins; the first that fits.
FILES_BY_TYPE = (
    ("aws_vpc_endpoint", "endpoints.tf"),
    ("aws_security_group", "security.tf"),
    ("aws_default_security_group", "security.tf"),
    ("aws_vpc_security_group", "security.tf"),
    ("aws_iam_", "iam.tf"),
    ("aws_efs_", "storage.tf"),
    ("aws_ecs_", "service.tf"),
    ("aws_ecr_", "service.tf"),
    ("aws_cloudwatch_", "service.tf"),
    ("aws_", "network.tf"),
)
#: Versions of the provider that know everything that is written.
PROVIDER = ">= 5.40"


def project(built: Built) -> tuple[Patch, ...]:
    """The files of the project, without its README."""
    writer = Writer(built.before, None)
    blocks = [*_seed(built, writer)]
    for one in blocks:
        writer.names.free((), one.type, one.name)
    made = [
        one
        for unit in in_order(united(built.edits))
        if not isinstance(unit[0], e.AssignPublicIp)
        for one in make(writer, unit, ())
    ]
    every = [*blocks, *made]
    blocks = [_waiting(one, every) if one.address == SERVICE else one for one in every]
    texts: dict[str, list[str]] = {"versions.tf": [_versions(built.spec)]}
    for one in (*writer.asked.values(), *blocks):
        texts.setdefault(_file(one), []).append(one.text())
    texts["outputs.tf"] = [_outputs(built.spec)]
    return tuple(
        Patch(path=name, before=None, after=("\n\n".join([HEADER, *parts]) + "\n").encode())
        for name, parts in sorted(texts.items())
    )


#: What a task needs at the moment when it starts, and no argument of the service refers to.
FIRST = (
    *("aws_vpc_endpoint", "aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"),
    *("aws_iam_role_policy", "aws_route", "aws_route_table_association", "aws_efs_mount_target"),
)


def _waiting(service: Fresh, made: Sequence[Fresh]) -> Fresh:
    """The service, started after everything that lets its tasks start."""
    first = [one.address for one in made if one.type in FIRST]
    items = [item for item in service.items if isinstance(item, Assign)]
    nested = [item for item in service.items if not isinstance(item, Assign)]
    waits = Assign("depends_on", "[\n" + "".join(f"  {address},\n" for address in first) + "]")
    return replace(service, items=(*items, *nested, waits) if first else service.items)


def _file(one: Fresh) -> str:
    if one.type in ("aws_caller_identity", "aws_region", "aws_ec2_managed_prefix_list"):
        return "data.tf"
    return next(file for begin, file in FILES_BY_TYPE if one.type.startswith(begin))


def _versions(spec: Spec) -> str:
    source = Assign("aws", hcl.object_of([("source", '"hashicorp/aws"'), ("version", hcl.quoted(PROVIDER))]))
    settings = hcl.block(
        "terraform",
        (Assign("required_version", '">= 1.5"'), Nested("required_providers", (source,))),
    )
    if spec.vpc and not VPC_ID.fullmatch(spec.vpc):
        return settings  # the project that these files join has its provider
    tags = Nested("default_tags", (Assign("tags", hcl.object_of([("Project", hcl.quoted(spec.name))])),))
    provider = hcl.block('provider "aws"', (Assign("region", hcl.quoted(spec.region)), tags))
    return f"{settings}\n\n{provider}"


def _outputs(spec: Spec) -> str:
    rows = [(name, f"{address}.{attribute}") for name, address, attribute in told.outputs(spec)]
    return "\n\n".join(hcl.block(f'output "{name}"', (Assign("value", value),)) for name, value in rows)


def _resource(address: str, *items: Item) -> Fresh:
    data = address.startswith("data.")
    kind, _, name = address.removeprefix("data.").partition(".")
    return Fresh((), kind, name, items, data)


def _seed(built: Built, writer: Writer) -> Iterator[Fresh]:
    spec = built.spec
    yield from _network(spec) if not spec.vpc else _existing(spec)
    yield _resource(
        TASKS,
        Assign("name_prefix", hcl.quoted(f"{spec.name}-tasks-")),
        Assign("description", hcl.quoted(told.about_tasks(spec))),
        Assign("vpc_id", f"{ground(spec).vpc}.id"),
        Nested("lifecycle", (Assign("create_before_destroy", "true"),)),
    )
    trust = policies.document([policies.written(writer, policies.ecs_tasks(), ())])
    for address in (EXECUTION, TASK):
        name = f"{spec.name}-{address.rpartition('.')[2]}"
        yield _resource(address, Assign("name", hcl.quoted(name)), Assign("assume_role_policy", trust))
    if spec.efs:
        yield _resource(FILES, Assign("encrypted", "true"))
    yield from _service(built, writer)


def _network(spec: Spec) -> Iterator[Fresh]:
    yield _resource(
        "aws_vpc.this",
        Assign("cidr_block", hcl.quoted(str(spec.block))),
        Assign("enable_dns_support", "true"),
        Assign("enable_dns_hostnames", "true"),
        Assign("tags", _tags(spec.name)),
    )
    # Without a rule: what is made without a group of its own gets this one.
    yield _resource("aws_default_security_group.this", Assign("vpc_id", "aws_vpc.this.id"))
    blocks = hcl.object_of([(zone, hcl.quoted(str(block))) for zone, block in spec.private])
    reach = reach_of(spec)
    yield _resource(
        f"aws_subnet.{reach}",
        Assign("for_each", blocks),
        Assign("vpc_id", "aws_vpc.this.id"),
        Assign("availability_zone", "each.key"),
        Assign("cidr_block", "each.value"),
        Assign("tags", f'{{ Name = "{hcl.escaped(spec.name)}-{reach}-${{each.key}}" }}'),
    )
    yield _resource(
        f"aws_route_table.{reach}",
        Assign("vpc_id", "aws_vpc.this.id"),
        Assign("tags", _tags(f"{spec.name}-{reach}")),
    )
    yield _resource(
        f"aws_route_table_association.{reach}",
        Assign("for_each", f"aws_subnet.{reach}"),
        Assign("subnet_id", "each.value.id"),
        Assign("route_table_id", f"aws_route_table.{reach}.id"),
    )
    if reach == "public":
        yield _resource(GATEWAY, Assign("vpc_id", "aws_vpc.this.id"))
        yield _resource(
            "aws_route.internet",
            Assign("route_table_id", f"aws_route_table.{reach}.id"),
            Assign("destination_cidr_block", '"0.0.0.0/0"'),
            Assign("gateway_id", f"{GATEWAY}.id"),
        )


def _existing(spec: Spec) -> Iterator[Fresh]:
    """The network that is there, looked up, and what is taken for granted about it."""
    names = ground(spec)
    by_id = bool(VPC_ID.fullmatch(spec.vpc))
    if by_id:
        condition = "self.enable_dns_support && self.enable_dns_hostnames"
        message = "Names of VPC endpoints need both DNS attributes of the VPC switched on."
        check = Nested(
            "postcondition", (Assign("condition", condition), Assign("error_message", hcl.quoted(message)))
        )
        yield _resource(
            "data.aws_vpc.this", Assign("id", hcl.quoted(spec.vpc)), Nested("lifecycle", (check,))
        )
        yield _resource(
            "data.aws_subnet.private",
            Assign("count", str(len(spec.subnets))),
            Assign("vpc_id", "data.aws_vpc.this.id"),
            Assign("id", f"{hcl.listed([hcl.quoted(key) for key in spec.subnets])}[count.index]"),
        )
    ids = "data.aws_subnet.private[count.index].id"
    if not by_id:
        ids = f"{hcl.listed([f'{key}.id' for key in names.subnets])}[count.index]"
    yield _resource(
        "data.aws_route_table.private", Assign("count", str(len(names.subnets))), Assign("subnet_id", ids)
    )


def _tags(name: str) -> str:
    return f"{{ Name = {hcl.quoted(name)} }}"


def _service(built: Built, writer: Writer) -> Iterator[Fresh]:
    spec = built.spec
    if spec.repository:
        scan = Nested("image_scanning_configuration", (Assign("scan_on_push", "true"),))
        yield _resource(
            REPOSITORY,
            Assign("name", hcl.quoted(told.repository(spec))),
            Assign("image_tag_mutability", '"IMMUTABLE"'),
            scan,
        )
    if spec.logs:
        yield _resource(
            LOGS,
            Assign("name", hcl.quoted(told.log_group(spec))),
            Assign("retention_in_days", str(told.KEPT)),
        )
    yield _resource(CLUSTER, Assign("name", hcl.quoted(spec.name)))
    yield _definition(spec, writer)
    where = ground(spec)
    subnets = f"values(aws_subnet.{reach_of(spec)})[*].id" if not spec.vpc else _subnets(where.subnets)
    network: list[Item] = [Assign("subnets", subnets), Assign("security_groups", f"[{TASKS}.id]")]
    if public_ip(built):
        network.append(Assign("assign_public_ip", "true"))
    yield _resource(
        SERVICE,
        Assign("name", hcl.quoted(spec.name)),
        Assign("cluster", f"{CLUSTER}.id"),
        Assign("task_definition", f"{DEFINITION}.arn"),
        Assign("desired_count", str(told.COUNT)),
        Assign("launch_type", '"FARGATE"'),
        Assign("platform_version", hcl.quoted(spec.platform)),
        *([Assign("enable_execute_command", "true")] if spec.exec else ()),
        Nested("network_configuration", tuple(network)),
    )


def _subnets(keys: Sequence[str]) -> str:
    if keys[0].startswith("data.aws_subnet.private["):
        return "data.aws_subnet.private[*].id"
    return hcl.listed([f"{key}.id" for key in keys])


def _definition(spec: Spec, writer: Writer) -> Fresh:
    containers = hcl.objects([_told(writer, told.container(spec))])
    items: list[Item] = [
        Assign("family", hcl.quoted(spec.name)),
        Assign("requires_compatibilities", '["FARGATE"]'),
        Assign("network_mode", '"awsvpc"'),
        Assign("cpu", str(told.CPU)),
        Assign("memory", str(told.MEMORY)),
        Assign("execution_role_arn", f"{EXECUTION}.arn"),
        Assign("task_role_arn", f"{TASK}.arn"),
        Assign("container_definitions", f"jsonencode({containers})"),
    ]
    if spec.efs:
        storage = Nested(
            "efs_volume_configuration",
            (Assign("file_system_id", f"{FILES}.id"), Assign("transit_encryption", '"ENABLED"')),
        )
        items.append(Nested("volume", (Assign("name", hcl.quoted(told.VOLUME)), storage)))
    return _resource(DEFINITION, *items)


def _told(writer: Writer, value: told.Told, name: str = "") -> str:
    """A value as an expression."""
    if isinstance(value, dict):
        rows = [(part, _told(writer, item, part)) for part, item in value.items()]
        if name == "valueFrom":  # many short rows read best below each other
            return f"{{ {', '.join(f'{hcl.key(part)} = {item}' for part, item in rows)} }}"
        return hcl.object_of(rows)
    if isinstance(value, list):
        inner = "valueFrom" if name == "secrets" else ""
        return hcl.objects([_told(writer, item, inner) for item in value])
    if isinstance(value, bool):
        return "true" if value else "false"
    return writer.text(value, ()) if OPEN in value else hcl.quoted(value)
