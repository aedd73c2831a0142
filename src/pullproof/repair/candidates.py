"""From a blocker to what can mend it: a row for each code, and for each strategy where they differ."""

from collections.abc import Callable
from typing import TypeAlias

from pullproof.launch.requirement import Connect
from pullproof.model.edits import AddEndpoint
from pullproof.prove.gaps import Gap
from pullproof.repair import endpoints, filters, internet, mounts, statements
from pullproof.repair.scene import AUTO, FILTERS, Move, Scene, Stands, Ways, carried, outward

Row: TypeAlias = Callable[[Gap, Scene], Ways]


def way_out(gap: Gap, scene: Scene) -> Ways:
    """A way to what a task cannot reach, as the strategy has it."""
    if not isinstance(gap.need, Connect):
        return Stands(
            f"{gap.decision.at} has no way to the mount target", "give both VPCs routes to each other"
        )
    if gap.decision.code == "no-route" and not gap.need.public_registry and carried(gap):
        # The names of AWS's services lead to an endpoint of another VPC: the way there, or back, is missing.
        return Stands(
            f"{gap.decision.to_change} lacks a route between the task's VPC and the one whose endpoint answers",
            f"add the route to {gap.decision.to_change}: to the transit gateway or peering connection",
        )
    strategy = scene.strategy
    if strategy == AUTO:
        strategy = "public-ip" if gap.decision.code == "no-public-ip" else "endpoints"
    return {"endpoints": endpoints.endpoint, "nat": internet.nat, "public-ip": internet.public_ip}[strategy](
        gap, scene
    )


def blocked_access(gap: Gap, scene: Scene) -> Ways:
    """An endpoint needs no internet; VPC Block Public Access itself is somebody's decision."""
    if isinstance(gap.need, Connect) and scene.strategy in (AUTO, "endpoints"):
        return endpoints.endpoint(gap, scene)
    return Stands(
        "VPC Block Public Access keeps this from the internet, which somebody decided for the account",
        f"pullproof fix --via endpoints, or have {gap.subnet} excluded from it",
    )


#: Every blocker code, and what proposes a way to mend it.
ROWS: dict[str, Row] = {
    "endpoint-missing": way_out,
    "no-route": way_out,
    "blackhole-route": way_out,
    "no-public-ip": way_out,
    "nat-not-public": way_out,
    "public-registry-unreachable": way_out,
    "public-access-blocked": blocked_access,
    "gateway-not-associated": endpoints.associate,
    "private-dns-off": endpoints.private_dns,
    "dns-support-off": endpoints.attribute,
    "dns-hostnames-off": endpoints.attribute,
    "dns-no-record": endpoints.record,
    "sg-egress": filters.group_egress,
    "sg-ingress": filters.group_ingress,
    "nacl-egress": filters.acl_entry,
    "nacl-ingress": filters.acl_entry,
    "nacl-return": filters.acl_entry,
    "endpoint-policy": statements.endpoint_policy,
    "resource-policy": statements.resource_policy,
    "iam-missing-action": statements.missing_action,
    "iam-denied": statements.no_way,
    "role-missing": statements.role,
    "role-trust": statements.trust,
    "no-mount-target": mounts.mount_target,
    "platform-unsupported": statements.platform,
}


#: What has to be settled before filters on the way mean anything: they stand on the way there will be.
ROADS = frozenset(code for code, row in ROWS.items() if row is way_out) | {
    "public-access-blocked",
    "gateway-not-associated",
    "private-dns-off",
    "dns-support-off",
    "dns-hostnames-off",
    "dns-no-record",
    "no-mount-target",
}


def ways(gap: Gap, scene: Scene, roadless: frozenset[object]) -> Ways:
    """What can mend a gap; nothing yet for a filter on a way that has still to be made."""
    code = gap.decision.code
    if code in FILTERS and gap.claim in roadless:
        return ()
    found = ROWS[code](gap, scene)
    if not outward(gap) or scene.strategy not in (AUTO, "endpoints"):
        return found
    other = endpoints.endpoint(gap, scene)
    if isinstance(other, Stands) or (scene.strategy == AUTO and _new(other)):
        return found
    return (*found, *other) if isinstance(found, tuple) else other


def _new(moves: tuple[Move, ...]) -> bool:
    """Whether moves add an endpoint: where a way is there, only an endpoint that is there too is better."""
    return any(isinstance(edit, AddEndpoint) for move in moves for edit in move.edits)
