"""Name resolution: private hosted zones, resolver rules, DNS Firewall."""

from pullproof.model.names import DnsFirewall, HostedZone, Record, ResolverRule
from pullproof.model.text import OPEN, Text, sole_hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, blocks_of, given, plain, written


def adapt_names(world: World) -> None:
    """Fill in what a name may resolve to in a VPC."""
    _zones(world)
    _rules(world)
    for resource in world.of("aws_route53_resolver_firewall_rule_group_association"):
        world.estate.dns_firewalls[resource.address] = DnsFirewall(
            key=resource.address,
            origin=at(resource),
            vpc=world.key(resource.values.get("vpc_id"), resource, "vpc_id"),
        )
    # A profile brings zones and rules that are kept elsewhere.
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html
    for resource in world.of("aws_route53profiles_association"):
        world.open("HostedZone", _kept_elsewhere(resource))
        world.open("ResolverRule", _kept_elsewhere(resource))


def _zones(world: World) -> None:
    for resource in world.of(
        "aws_route53_zone", "data.aws_route53_zone", "aws_service_discovery_private_dns_namespace"
    ):
        for name in ("zone_id", "hosted_zone"):
            if plain(resource.values.get(name)):
                world.ids.setdefault(plain(resource.values[name]), resource.address)
            world.aliases[f"{resource.address}.{name}"] = resource.address
    associated, strays = _associations(world)
    records, loose = _records(world)
    for resource in world.of("aws_route53_zone", "data.aws_route53_zone"):
        vpcs = _own_vpcs(world, resource)
        more = associated.get(resource.address, [])
        if not _private(resource, vpcs, more):
            continue
        world.estate.zones[resource.address] = HostedZone(
            key=resource.address,
            origin=at(resource),
            name=_name(world, resource.values.get("name"), resource),
            vpcs=Listing(tuple(dict.fromkeys((*vpcs.items, *more))), (*vpcs.open, *strays)),
            records=Listing(
                tuple(records.get(resource.address, ())),
                (*loose, *((_kept_elsewhere(resource),) if resource.data else ())),
            ),
        )
    for resource in world.of("aws_service_discovery_private_dns_namespace"):
        world.estate.zones[resource.address] = HostedZone(
            key=resource.address,
            origin=at(resource),
            name=_name(world, resource.values.get("name"), resource),
            vpcs=world.keys([resource.values.get("vpc")], resource, "vpc"),
            # Tasks register themselves in it as they start.
            records=Listing((), (_registered(resource),)),
        )


def _private(resource: Resource, vpcs: Listing[str], more: list[str]) -> bool:
    """Whether a zone is private: it is in a VPC."""
    if resource.data:
        return resource.values.get("private_zone") is True or bool(more)
    return bool(vpcs.items or vpcs.open or more)


def _own_vpcs(world: World, resource: Resource) -> Listing[str]:
    if resource.data:
        vpc = written(resource, "vpc_id")
        known = world.keys([vpc], resource, "vpc_id") if given(vpc) else Listing[str]()
        return Listing(known.items, (*known.open, _kept_elsewhere(resource)))
    blocks = blocks_of(written(resource, "vpc"))
    if isinstance(blocks, Unknown):
        return Listing((), (blocks,))
    return world.keys([block.get("vpc_id") for block in blocks], resource, "vpc_id")


def _associations(world: World) -> tuple[dict[str, list[str]], list[Unknown]]:
    found: dict[str, list[str]] = {}
    strays: list[Unknown] = []
    for resource in world.of("aws_route53_zone_association"):
        zone = world.key(resource.values.get("zone_id"), resource, "zone_id")
        vpc = world.key(resource.values.get("vpc_id"), resource, "vpc_id")
        if isinstance(zone, Unknown) or isinstance(vpc, Unknown):
            strays += [value for value in (zone, vpc) if isinstance(value, Unknown)]
        else:
            found.setdefault(zone, []).append(vpc)
    return found, strays


def _records(world: World) -> tuple[dict[str, list[Record]], list[Unknown]]:
    found: dict[str, list[Record]] = {}
    strays: list[Unknown] = []
    for resource in world.of("aws_route53_record"):
        zone = world.key(resource.values.get("zone_id"), resource, "zone_id")
        if isinstance(zone, Unknown):
            strays.append(zone)
        else:
            found.setdefault(zone, []).append(_record(world, resource, zone))
    return found, strays


def _record(world: World, resource: Resource, zone: str) -> Record:
    kind = world.word(resource, "type", default="")
    blocks = blocks_of(written(resource, "alias"))
    values = world.texts(written(resource, "records"), resource, "records")
    alias: Maybe[str] = ""
    if isinstance(blocks, Unknown):
        alias = blocks
    elif blocks:
        alias, named = _alias(world, resource, blocks[0].get("name"))
        values = Listing((named,)) if named else values
    return Record(
        origin=at(resource),
        name=_full_name(world, resource, zone),
        type=kind,
        values=values,
        alias=alias,
    )


def _alias(world: World, resource: Resource, value: Value) -> tuple[Maybe[str], Text]:
    """The endpoint that an alias stands for, or the name it has."""
    if isinstance(value, Unknown):
        return value, ""
    text = world.spelt(value) if isinstance(value, str) else ""
    owner = world.owner(sole_hole(text))[0] if OPEN in text else None
    if owner is not None and owner.type == "aws_vpc_endpoint":
        return owner.address, ""
    if text.rstrip(".") in world.endpoint_names:
        return world.endpoint_names[text.rstrip(".")], ""
    return ("", text.rstrip(".")) if text else (world.unknown(resource, "alias"), "")


def _full_name(world: World, resource: Resource, zone: str) -> Maybe[Text]:
    """The record's full name: what is written may be relative to the zone, or empty for its top."""
    value = resource.values.get("fqdn")
    if plain(value):
        return plain(value).rstrip(".")
    name = _name(world, resource.values.get("name"), resource)
    owner = world.tree.resources.get(zone)
    top = _name(world, owner.values.get("name"), owner) if owner else world.unknown(resource, "zone_id")
    if isinstance(name, Unknown) or isinstance(top, Unknown):
        return name if isinstance(name, Unknown) else top
    if not name:
        return top
    return name if name == top or name.endswith(f".{top}") else f"{name}.{top}"


def _name(world: World, value: Value, resource: Resource) -> Maybe[Text]:
    if value is None or value == "":
        return ""
    text = world.text(value, resource, "name")
    return text if isinstance(text, Unknown) else text.rstrip(".").lower() if OPEN not in text else text


def _rules(world: World) -> None:
    vpcs: dict[str, list[str]] = {}
    strays: list[Unknown] = []
    for resource in world.of("aws_route53_resolver_rule_association"):
        rule = world.key(resource.values.get("resolver_rule_id"), resource, "resolver_rule_id")
        vpc = world.key(resource.values.get("vpc_id"), resource, "vpc_id")
        if isinstance(rule, Unknown) or isinstance(vpc, Unknown):
            strays += [value for value in (rule, vpc) if isinstance(value, Unknown)]
        else:
            vpcs.setdefault(rule, []).append(vpc)
    for resource in world.of("aws_route53_resolver_rule", "data.aws_route53_resolver_rule"):
        key = resource.address
        world.estate.resolver_rules[key] = ResolverRule(
            key=key,
            origin=at(resource),
            domain=_name(world, resource.values.get("domain_name"), resource),
            type=world.word(resource, "rule_type", default="FORWARD"),
            vpcs=Listing(tuple(vpcs.pop(key, ())), tuple(strays)),
        )
    for key, held in vpcs.items():
        _unseen_rule(world, key, held)


def _unseen_rule(world: World, key: str, vpcs: list[str]) -> None:
    """A rule shared from elsewhere: which names it forwards is not in the input."""
    unknown = Unknown(
        Why.NOT_IN_INPUT,
        f"the names that the resolver rule {key} forwards",
        vpcs[0],
        f"the resolver rule {key} is not part of this input: add the configuration that creates it",
    )
    world.estate.resolver_rules[key] = ResolverRule(
        key=key, origin=Origin(key), domain=unknown, type=unknown, vpcs=Listing(tuple(vpcs))
    )


def _kept_elsewhere(resource: Resource) -> Unknown:
    return Unknown(
        Why.NOT_IN_INPUT,
        f"what {resource.address} holds",
        resource.address,
        f"{resource.address} is kept elsewhere: add the configuration that creates it, or check the live account",
    )


def _registered(resource: Resource) -> Unknown:
    return Unknown(
        Why.AFTER_APPLY,
        f"the names registered in {resource.address}",
        resource.address,
        f"names in {resource.address} come and go with what registers itself there",
    )
