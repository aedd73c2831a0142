"""What AWS interrupts, limits or takes long for when edits are made: worth knowing before they are."""

from collections.abc import Iterable, Iterator

from pullproof.model import edits as e
from pullproof.model.addresses import Addresses
from pullproof.model.edits import Edit
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.text import shown
from pullproof.model.value import Unknown
from pullproof.model.vpc import TargetKind
from pullproof.repair.filters import MOST_RULES, weight
from pullproof.repair.scene import leads

#: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
MOST_ENTRIES = 20


def warnings(edits: Iterable[Edit], before: Estate, after: Estate) -> tuple[str, ...]:
    """Every warning once, in the order of the edits."""
    every = tuple(edits)
    found = [text for edit in every for text in _of(edit, before, after)]
    return tuple(dict.fromkeys((*found, *_full(every, after), *_blocks_let_in(every, after))))


def _of(edit: Edit, before: Estate, after: Estate) -> Iterator[str]:
    match edit:
        case e.AddEndpoint(type=EndpointType.GATEWAY) | e.AssociateRouteTable():
            yield from _gateway(edit)
        case e.AddEndpoint() | e.SetPrivateDns():
            yield from _shadows(edit, before, after)
        case e.AssignPublicIp():
            yield f"the network configuration of {edit.launch} changes: ECS deploys it anew"
        case e.SetPlatformVersion() | e.SetExecutionRole():
            what = getattr(edit, "launch", "") or getattr(edit, "task_definition", "")
            yield f"{what} changes, and what runs it is deployed anew"
        case e.SetRoute():
            yield from _route(edit, before)
        case e.AddTrust() if _conditional(before, edit.role):
            yield f"{edit.role} trusts on conditions that are not met; the new statement of its trust has none"
        case e.AddStatement(kind="keys"):
            yield f"the policy of the key {edit.holder} decides who may use the key: have its owner look at it"
        case e.AddAclEntry():
            yield f"{edit.acl} is shared by every subnet it is associated with"
        case e.SetVpcAttribute():
            yield f"names resolve differently in all of {edit.vpc} from then on"
        case _:
            return


def _conditional(before: Estate, key: str) -> bool:
    role = before.roles.get(key)
    if role is None or isinstance(role.trust, Unknown):
        return False
    return any(one.conditions.items for one in role.trust.statements.items)


def _gateway(edit: e.AddEndpoint | e.AssociateRouteTable) -> Iterator[str]:
    """A new route to S3 ends what flows by the old one.

    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
    """
    tables = edit.route_tables if isinstance(edit, e.AddEndpoint) else (edit.table,)
    yield (
        f"connections to S3 that are open in the subnets of {', '.join(tables)} break off when the route"
        " appears, and have to be made anew"
    )
    if isinstance(edit, e.AddEndpoint) and edit.policy:
        yield (
            f"the policy of new.{edit.name} admits what starting tasks fetch and nothing else:"
            " add the buckets that your containers use themselves"
        )


def _shadows(edit: e.AddEndpoint | e.SetPrivateDns, before: Estate, after: Estate) -> Iterator[str]:
    """Private DNS turns the name for the whole VPC, also for what this input does not show.

    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    key = e.new(edit.name) if isinstance(edit, e.AddEndpoint) else edit.endpoint
    endpoint = after.endpoints.get(key)
    if endpoint is None or endpoint.private_dns is not True or isinstance(endpoint.vpc, Unknown):
        return
    ways = [
        subnet.key
        for subnet in before.subnets.values()
        if subnet.vpc == endpoint.vpc
        and isinstance(subnet.route_table, str)
        and leads(before.route_tables.get(subnet.route_table)) is not None
    ]
    if ways and isinstance(endpoint.service, str):
        groups = ", ".join(endpoint.groups.items)
        yield (
            f"whatever in {endpoint.vpc} uses {shown(endpoint.service)} goes through {key} from then on,"
            f" also what has another way out today: {groups} must let it in (the tasks of this input were judged)"
        )


def _route(edit: e.SetRoute, before: Estate) -> Iterator[str]:
    others = [subnet.key for subnet in before.subnets.values() if subnet.route_table == edit.table]
    if len(others) > 1:
        yield f"{edit.table} serves {', '.join(others)}: all of them get the new route"
    table = before.route_tables.get(edit.table)
    replaced = table is not None and any(r.destination == edit.destination for r in table.routes.items)
    if replaced:
        yield f"the route of {edit.table} that is there now is replaced: what flows through it breaks off"
    if edit.target.kind is TargetKind.NAT_GATEWAY and str(edit.target.ref).startswith(e.NEW):
        yield "one NAT gateway serves every zone: if its zone fails, tasks of the others cannot start either"


def _full(edits: tuple[Edit, ...], after: Estate) -> Iterator[str]:
    """Quotas that edits run into."""
    for group in dict.fromkeys(edit.group for edit in edits if isinstance(edit, e.AddGroupRule)):
        held = after.groups.get(group)
        for rules, way in () if held is None else ((held.ingress, "ingress"), (held.egress, "egress")):
            count = sum(weight(rule.peer) for rule in rules.items)
            if count > MOST_RULES:
                yield f"{group} would have {count} {way} rules, and AWS admits {MOST_RULES} unless asked for more"
    for acl in dict.fromkeys(edit.acl for edit in edits if isinstance(edit, e.AddAclEntry)):
        entries = after.acls.get(acl)
        for side in () if entries is None else (entries.ingress, entries.egress):
            if len(side.items) > MOST_ENTRIES:
                yield f"{acl} would have {len(side.items)} entries, and AWS admits {MOST_ENTRIES} unless asked for more"


def _blocks_let_in(edits: tuple[Edit, ...], after: Estate) -> Iterator[str]:
    """Why a group lets in blocks where groups could be named: there are too many of them."""
    for edit in edits:
        if isinstance(edit, e.AddGroupRule) and not edit.egress and isinstance(edit.peer, Addresses):
            inside = {
                subnet.key
                for subnet in after.subnets.values()
                if isinstance(subnet.blocks, Addresses) and edit.peer.covers(subnet.blocks)
            }
            named = {
                launch.groups.items[0]
                for launch in after.launches.values()
                if launch.groups.items and inside.intersection(launch.subnets.items)
            }
            if len(named) > 1:
                yield (
                    f"{edit.group} lets in {edit.peer}, since a rule for each of the tasks' groups would be more"
                    f" than the {MOST_RULES} that AWS admits: {len(named)} groups run tasks there"
                )
