"""An estate of provisioning without the names that each form gives: what two forms must have in common."""

from typing import Any

from pullproof.model.addresses import of
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Policy, Statement
from pullproof.model.text import hole, is_exact
from pullproof.model.value import Listing, Unknown
from tests.provision.wishes import ACCOUNT

#: A group that lets nothing out says so in CloudFormation by a rule that reaches nobody.
NOBODY = of("127.0.0.1/32")
GROUPS = ("tasks", "endpoints", "efs")


def view(estate: Estate) -> dict[str, Any]:
    """Everything that decides, under names that all forms share."""
    (launch,) = estate.launches.values()
    (definition,) = estate.task_definitions.values()
    (container,) = definition.containers.items
    log = container.log
    assert not isinstance(log, Unknown)
    return {
        "vpcs": [(str(vpc.blocks), vpc.dns_support, vpc.dns_hostnames) for vpc in estate.vpcs.values()],
        "subnets": sorted((_subnet(estate, key), *_network(estate, key)) for key in estate.subnets),
        "groups": {name: _rules(estate, key) for key in estate.groups if (name := _group(key))},
        "endpoints": {one.service: _endpoint(estate, key) for key, one in estate.endpoints.items()},
        "roles": {
            kind: _statements(estate.roles[str(key)].policies)
            for kind, key in (("execution", definition.execution_role), ("task", definition.task_role))
        },
        "trust": [_trust(role.trust) for role in estate.roles.values()],
        "mounts": sorted(
            (_subnet(estate, str(one.subnet)), [_group(key) for key in one.groups.items])
            for one in estate.mount_targets.values()
        ),
        "container": (
            _owned(str(container.image)),
            [(one.name, one.value_from) for one in container.secrets.items],
            log is not None and [name for name, _ in log.options],
        ),
        "volumes": [(one.name, one.transit_encryption) for one in definition.volumes.items],
        "launch": (
            sorted(_subnet(estate, key) for key in launch.subnets.items),
            [_group(key) for key in launch.groups.items],
            *(launch.public_ip, launch.platform_version, launch.exec_enabled),
        ),
        "gateways": (len(estate.nat_gateways), len(estate.internet_gateways)),
    }


def _subnet(estate: Estate, key: str) -> str:
    return str(estate.subnets[key].blocks)


def _network(estate: Estate, key: str) -> tuple[Any, ...]:
    subnet = estate.subnets[key]
    table = estate.route_tables[str(subnet.route_table)]
    routes = sorted(
        (str(one.destination), str(getattr(one.target, "kind", ""))) for one in table.routes.items
    )
    return subnet.zone, routes, subnet.route_table in _tables(estate)


def _tables(estate: Estate) -> set[str]:
    return {key for one in estate.endpoints.values() for key in one.route_tables.items}


def _group(key: str) -> str:
    return next((name for name in GROUPS if name in key.lower()), "")


def _rules(estate: Estate, key: str) -> list[tuple[str, str, str]]:
    group = estate.groups[key]
    assert not group.ingress.open
    assert not group.egress.open
    found = []
    for way, rules in (("in", group.ingress.items), ("out", group.egress.items)):
        for rule in rules:
            if rule.peer == NOBODY:
                continue
            peer = _group(str(rule.peer.ref)) if isinstance(rule.peer, GroupRef) else type(rule.peer).__name__
            found.append((way, str(rule.service), peer))
    return sorted(found)


def _endpoint(estate: Estate, key: str) -> tuple[Any, ...]:
    one = estate.endpoints[key]
    return (
        *(one.type, one.private_dns is True),
        sorted(_subnet(estate, subnet) for subnet in one.subnets.items),
        [_group(group) for group in one.groups.items],
        len(one.route_tables.items),
        _statements(Listing((one.policy,))) if isinstance(one.policy, Policy) else None,
    )


def _statements(policies: Listing[Any]) -> list[Any]:
    assert not policies.open
    return sorted(_statement(one) for policy in policies.items for one in policy.statements.items)


def _statement(one: Statement) -> tuple[bool, list[str], list[str]]:
    assert one.resources is not None
    return one.allow is True, sorted(one.actions.items), sorted(map(_owned, one.resources.items))


def _owned(text: str) -> str:
    """A text in which the account is told, as an input is told it."""
    found = text.replace(hole("account"), ACCOUNT)
    assert is_exact(found)
    return found


def _trust(policy: Any) -> list[Any]:
    return [(one.allow, one.actions.items, one.principals) for one in policy.statements.items]
