"""VPC endpoints, and the resources that add to them."""

from pullproof.model.addresses import Addresses
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.iam import Policy
from pullproof.model.text import OPEN
from pullproof.model.value import Listing, Maybe, Unknown, Why
from pullproof.sources.terraform.adapt_gateways import default_groups
from pullproof.sources.terraform.policy_document import policy_at
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, blocks_of, first_block, is_left_out, plain, written

#: Resources that add one thing to an endpoint: the argument that names it.
ADDED = {
    "aws_vpc_endpoint_subnet_association": "subnet_id",
    "aws_vpc_endpoint_route_table_association": "route_table_id",
    "aws_vpc_endpoint_security_group_association": "security_group_id",
}

#: The kinds of endpoint; "Resource" and "ServiceNetwork" do not carry AWS's own services.
TYPES = {kind.value: kind for kind in EndpointType}


class Added:
    """What separate resources say about endpoints, by endpoint."""

    def __init__(self, world: World) -> None:
        self.keys: dict[tuple[str, str], list[str]] = {}
        self.open: dict[tuple[str, str], list[Unknown]] = {}
        self.policies: dict[str, Resource] = {}
        self.private_dns: dict[str, Resource] = {}
        self.replacing: set[str] = set()
        for kind, argument in ADDED.items():
            for resource in world.of(kind):
                self._add(world, resource, argument)
        for kind, held in (
            ("aws_vpc_endpoint_policy", self.policies),
            ("aws_vpc_endpoint_private_dns", self.private_dns),
        ):
            for resource in world.of(kind):
                endpoint = world.key(resource.values.get("vpc_endpoint_id"), resource, "vpc_endpoint_id")
                held["" if isinstance(endpoint, Unknown) else endpoint] = resource

    def _add(self, world: World, resource: Resource, argument: str) -> None:
        endpoint = world.key(resource.values.get("vpc_endpoint_id"), resource, "vpc_endpoint_id")
        value = world.key(resource.values.get(argument), resource, argument)
        place = ("" if isinstance(endpoint, Unknown) else endpoint, argument)
        if isinstance(endpoint, Unknown) or isinstance(value, Unknown):
            unknown = value if isinstance(value, Unknown) else endpoint
            if isinstance(unknown, Unknown):
                self.open.setdefault(place, []).append(unknown)
        else:
            self.keys.setdefault(place, []).append(value)
            if resource.values.get("replace_default_association") is True:
                self.replacing.add(endpoint)

    def to(self, listed: Listing[str], endpoint: str, argument: str) -> Listing[str]:
        """A listing of the endpoint and what is added to it."""
        more = self.keys.get((endpoint, argument), [])
        opened = (*self.open.get((endpoint, argument), ()), *self.open.get(("", argument), ()))
        if not more and not opened:
            return listed
        return Listing(tuple(dict.fromkeys((*listed.items, *more))), (*listed.open, *opened))


def adapt_endpoints(world: World) -> None:
    """Fill in VPC endpoints."""
    added = Added(world)
    for resource in world.of("aws_vpc_endpoint", "data.aws_vpc_endpoint"):
        if resource.data and world.same(resource) != resource.address:
            continue
        world.estate.endpoints[resource.address] = _endpoint(world, resource, added)
        entries = blocks_of(resource.values.get("dns_entry"))
        for entry in () if isinstance(entries, Unknown) else entries:
            world.endpoint_names[plain(entry.get("dns_name"))] = resource.address
    for resource in world.of("aws_networkfirewall_firewall"):
        world.estate.endpoints[resource.address] = _firewall(world, resource)


def _endpoint(world: World, resource: Resource, added: Added) -> Endpoint:
    key = resource.address
    kind = _type(world, resource)
    subnets = added.to(world.keys(written(resource, "subnet_ids"), resource, "subnet_ids"), key, "subnet_id")
    return Endpoint(
        key=key,
        origin=at(resource),
        vpc=world.key(resource.values.get("vpc_id"), resource, "vpc_id"),
        service=_service(world, resource),
        type=kind,
        subnets=subnets,
        groups=_groups(world, resource, subnets, added)
        if kind is EndpointType.INTERFACE or isinstance(kind, Unknown)
        else Listing(),
        route_tables=added.to(
            world.keys(written(resource, "route_table_ids"), resource, "route_table_ids"),
            key,
            "route_table_id",
        ),
        private_dns=_private_dns(world, resource, added),
        private_dns_inbound_only=_inbound_only(resource),
        policy=_policy(world, resource, added),
        addresses=_addresses(world, resource),
        service_region=world.word(resource, "service_region", default=""),
        available=_available(resource),
        id=world.own_text(resource, "id"),
    )


def _type(world: World, resource: Resource) -> Maybe[EndpointType]:
    word = world.word(resource, "vpc_endpoint_type", default="Gateway")
    if isinstance(word, Unknown):
        return word
    return TYPES.get(word) or world.unreadable(resource, "vpc_endpoint_type", word)


def _service(world: World, resource: Resource) -> Maybe[str]:
    value = resource.values.get("service_name")
    if isinstance(value, str) and value:
        return world.spelt(value)
    return value if isinstance(value, Unknown) else world.unknown(resource, "service_name")


def _groups(world: World, resource: Resource, subnets: Listing[str], added: Added) -> Listing[str]:
    """The groups in force: the VPC's default one where none is written, and also where groups are only
    attached separately, unless that attachment replaces it.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    value = written(resource, "security_group_ids")
    listed = world.keys(value, resource, "security_group_ids")
    if not listed.items and not listed.open and resource.address not in added.replacing:
        vpc = world.key(resource.values.get("vpc_id"), resource, "vpc_id")
        owner = world.estate.vpcs.get(vpc) if isinstance(vpc, str) else None
        if owner is None:
            listed = default_groups(world, subnets.items, resource)
        elif isinstance(owner.default_group, Unknown):
            listed = Listing((), (owner.default_group,))
        else:
            listed = Listing((owner.default_group,))
    return added.to(listed, resource.address, "security_group_id")


def _private_dns(world: World, resource: Resource, added: Added) -> Maybe[bool]:
    separate = added.private_dns.get(resource.address)
    if separate is not None:
        return world.flag(separate, "private_dns_enabled", default=False)
    if "" in added.private_dns:
        return world.unknown(added.private_dns[""], "vpc_endpoint_id")
    return world.flag(resource, "private_dns_enabled", default=False)


def _inbound_only(resource: Resource) -> Maybe[bool]:
    options = first_block(written(resource, "dns_options"))
    if isinstance(options, Unknown):
        return options
    value = options.get("private_dns_only_for_inbound_resolver_endpoint")
    if isinstance(value, bool | Unknown):
        return value
    return False


def _policy(world: World, resource: Resource, added: Added) -> Maybe[Policy] | None:
    """The policy written; None is AWS's default, which allows everything.

    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    separate = added.policies.get(resource.address)
    if separate is None and "" in added.policies:
        return world.unknown(added.policies[""], "vpc_endpoint_id")
    owner = separate or resource
    value = owner.values.get("policy")
    if value is None or value == "" or is_left_out(owner, "policy", value):
        return None
    return policy_at(world, value, owner, "policy")


def _addresses(world: World, resource: Resource) -> tuple[tuple[str, Addresses], ...]:
    shown = blocks_of(written(resource, "subnet_configuration"))
    found = []
    for block in () if isinstance(shown, Unknown) else shown:
        subnet, text = block.get("subnet_id"), block.get("ipv4")
        key = world.key(subnet, resource, "subnet_id")
        if isinstance(key, str) and isinstance(text, str) and text and OPEN not in text:
            addresses = world.blocks([text], resource, "ipv4")
            if not isinstance(addresses, Unknown):
                found.append((key, addresses))
    return tuple(found)


def _available(resource: Resource) -> Maybe[bool]:
    state = resource.values.get("state")
    if isinstance(state, Unknown) and not resource.data:
        return state
    if isinstance(state, str) and state and OPEN not in state:
        return state.lower() in ("available", "pending")
    # A service of AWS's own accepts by itself; another account's may have to be asked.
    return True


def _firewall(world: World, resource: Resource) -> Endpoint:
    """A Network Firewall: its endpoints are next hops like those of a Gateway Load Balancer.

    What its rules let through is not modelled.
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewalls.html
    """
    mapped = blocks_of(resource.values.get("subnet_mapping"))
    subnets: Value = mapped if isinstance(mapped, Unknown) else [block.get("subnet_id") for block in mapped]
    return Endpoint(
        key=resource.address,
        origin=at(resource),
        vpc=world.key(resource.values.get("vpc_id"), resource, "vpc_id"),
        service=Unknown(
            Why.NOT_MODELLED,
            f"what the firewall {resource.address} lets through",
            resource.address,
            "the rules of Network Firewall are not modelled: judge them by hand",
        ),
        type=EndpointType.GATEWAY_LOAD_BALANCER,
        subnets=Listing((), (subnets,))
        if isinstance(subnets, Unknown)
        else world.keys(subnets, resource, "subnet_mapping"),
        id=world.own_text(resource, "id"),
    )
