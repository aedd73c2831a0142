"""Edits in words: what each does, as a person would say it, and the address that it changes."""

from pullproof.model import edits as e
from pullproof.model.addresses import EVERY_V4, Addresses
from pullproof.model.edits import Edit, new
from pullproof.model.endpoints import EndpointType
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Statement
from pullproof.model.text import Text, shown
from pullproof.model.value import Maybe, Unknown
from pullproof.model.vpc import ListRef


def resource(edit: Edit) -> str:
    """The address of what an edit changes; of what is new, where it goes."""
    for field in (
        "endpoint", "group", "acl", "table", "zone", "launch", "holder", "role", "task_definition",
        "file_system", "subnet", "vpc",
    ):  # fmt: skip
        if isinstance(held := getattr(edit, field, None), str) and not isinstance(edit, _NEW):
            return held
    where = (getattr(edit, field, "") for field in ("vpc", "file_system", "subnet"))
    return next(filter(None, where), new(getattr(edit, "name", "")))


_NEW = (
    e.AddEndpoint,
    e.AddSecurityGroup,
    e.AddRouteTable,
    e.AddInternetGateway,
    e.AddNatGateway,
    e.AddMountTarget,
    e.AddRole,
    e.AddVpc,
    e.AddSubnet,
)


def says(edit: Edit) -> str:
    """One edit as a sentence without a full stop."""
    match edit:
        case e.AddGroupRule() | e.AddAclEntry() | e.AddSecurityGroup():
            return _filter(edit)
        case e.AddEndpoint() | e.AssociateRouteTable() | e.AddEndpointSubnet() | e.SetPrivateDns():
            return _endpoint(edit)
        case e.AddStatement() | e.AddTrust() | e.AddRole() | e.SetExecutionRole():
            return _access(edit)
        case e.SetVpcAttribute():
            return f"switch {edit.attribute} on for {edit.vpc}"
        case e.AddRecord():
            return f"add a record for {shown(edit.record)} to {edit.zone}, an alias of {edit.endpoint}"
        case e.AssignPublicIp():
            return f"give the tasks of {edit.launch} public IP addresses"
        case e.SetPlatformVersion():
            return f"run {edit.launch} on platform version {edit.version}"
        case e.AddMountTarget():
            return f"add a mount target of {edit.file_system} in {edit.subnet}, in {_and(edit.groups)}"
        case _:
            return _ground(edit)


def _filter(edit: e.AddGroupRule | e.AddAclEntry | e.AddSecurityGroup) -> str:
    if isinstance(edit, e.AddSecurityGroup):
        return f"add the security group {new(edit.name)} to {edit.vpc}, for {_lower(edit.description)}"
    way = "out to" if edit.egress else "in from"
    if isinstance(edit, e.AddAclEntry):
        return f"let {edit.service} {way} {edit.block} in {edit.acl}, as entry {edit.number}"
    return f"let {edit.service} {way} {peer(edit.peer)} in {edit.group}"


def peer(other: GroupRef | ListRef | Addresses) -> str:
    """Whom a rule is about."""
    if isinstance(other, Addresses):
        return "any address (0.0.0.0/0)" if other == EVERY_V4 else str(other)
    ref = _known(other.ref)
    if isinstance(other, GroupRef):
        return ref
    return f"AWS's prefix list {ref.removeprefix(e.MANAGED)}" if ref.startswith(e.MANAGED) else ref


def _endpoint(edit: e.AddEndpoint | e.AssociateRouteTable | e.AddEndpointSubnet | e.SetPrivateDns) -> str:
    match edit:
        case e.AssociateRouteTable():
            return f"associate {edit.endpoint} with {edit.table}"
        case e.AddEndpointSubnet():
            return f"put {edit.endpoint} in {edit.subnet} too"
        case e.SetPrivateDns():
            return f"switch private DNS on for {edit.endpoint}"
        case _:
            where = _and(edit.route_tables) if edit.type is EndpointType.GATEWAY else _and(edit.subnets)
            kind = "a gateway" if edit.type is EndpointType.GATEWAY else "an interface"
            word = "on" if edit.type is EndpointType.GATEWAY else "in"
            groups = f", with {_and(edit.groups)}" if edit.groups else ""
            policy = "".join(f"; its policy allows {_statement(one)}" for one in edit.policy)
            dns = ", private DNS on" if edit.private_dns else ""
            return f"add {kind} endpoint for {shown(edit.service)} {word} {where}{groups}{dns}{policy}"


def _access(edit: e.AddStatement | e.AddTrust | e.AddRole | e.SetExecutionRole) -> str:
    match edit:
        case e.AddTrust():
            return f"let ecs-tasks.amazonaws.com assume {edit.role}"
        case e.SetExecutionRole():
            return f"give {edit.task_definition} the execution role {edit.role}"
        case e.AddRole():
            allows = "; ".join(_statement(one) for one in edit.statements)
            carries = f", with {_and(edit.managed)}" if edit.managed else ""
            return f"add the role {new(edit.name)} for ECS tasks{carries}" + (
                f", which may: {allows}" if allows else ""
            )
        case _:
            if edit.kind == "roles":
                return f"allow {edit.holder} {_statement(edit.statement)}"
            return f"allow {_statement(edit.statement)} in the policy of {edit.holder}"


def _statement(statement: Statement) -> str:
    resources = "" if statement.resources is None else f" on {_and(map_shown(statement.resources.items))}"
    through = "".join(
        f" through {_and(map_shown(one.values.items))}"
        for one in statement.conditions.items
        if one.key == "kms:ViaService"
    )
    return f"{_and(statement.actions.items)}{resources}{through}"


def map_shown(texts: tuple[Text, ...]) -> tuple[str, ...]:
    """Texts for people."""
    return tuple(shown(text) for text in texts)


def _ground(edit: Edit) -> str:
    match edit:
        case e.SetRoute():
            where = edit.destination if not isinstance(edit.destination, ListRef) else peer(edit.destination)
            return f"route {where} to {_known(edit.target.ref)} in {edit.table}"
        case e.AddRouteTable():
            serves = f" for {_and(edit.subnets)}" if edit.subnets else ""
            return f"add the route table {new(edit.name)} to {edit.vpc}{serves}"
        case e.AddInternetGateway():
            return f"attach the internet gateway {new(edit.name)} to {edit.vpc}"
        case e.AddNatGateway():
            return f"add the NAT gateway {new(edit.name)}, with an address of its own, in {edit.subnet}"
        case e.AddVpc():
            return f"add the VPC {new(edit.name)}, {edit.block}"
        case e.AddSubnet():
            return f"add the subnet {new(edit.name)}, {edit.block} in {shown(edit.zone)}, to {edit.vpc}"
        case _:
            raise TypeError(f"an edit that nobody has words for: {edit}")


def _known(ref: Maybe[str]) -> str:
    return ref.what if isinstance(ref, Unknown) else ref


def _and(words: tuple[str, ...]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
