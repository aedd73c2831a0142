"""The way through VPC endpoints: add one, or mend the one that is there.

A VPC can have one endpoint with private DNS for a service: AWS refuses a second one, so what exists is
mended. An interface endpoint has one subnet in a zone at most, and here it gets the zones that the tasks use.
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from collections.abc import Iterator

from pullproof.launch.requirement import Connect
from pullproof.model.edits import (
    AddEndpoint,
    AddEndpointSubnet,
    AddRecord,
    AddSecurityGroup,
    AssociateRouteTable,
    Edit,
    SetPrivateDns,
    SetVpcAttribute,
    new,
)
from pullproof.model.endpoints import EndpointType
from pullproof.model.iam import Principals, Statement
from pullproof.model.services import AwsService, endpoint_name, service_of
from pullproof.model.text import Text, hole, is_exact, shown
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import Vpc
from pullproof.prove.gaps import Gap
from pullproof.repair.scene import Move, Scene, Stands, Ways, held
from pullproof.repair.statements import pattern

#: Both have to be on, or AWS refuses private DNS.
#: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
ATTRIBUTES = (("enableDnsSupport", "dns_support"), ("enableDnsHostnames", "dns_hostnames"))
GROUP = "endpoints"
REGION = hole("region")


def endpoint(gap: Gap, scene: Scene) -> Ways:
    """An endpoint for the service that a task cannot reach."""
    vpc = scene.vpc(gap)
    found = _service(gap)
    if vpc is None or found is None:
        return _no_service(gap)
    row, region = found
    if wrong := _elsewhere(row, region, vpc, scene):
        return wrong
    if row.gateway:
        return _gateway(gap, scene, vpc, row)
    return _interface(gap, scene, vpc, row)


def _service(gap: Gap) -> tuple[AwsService, Text] | None:
    """The AWS service of the host that is asked for."""
    return service_of(gap.need.host) if isinstance(gap.need, Connect) else None


def _no_service(gap: Gap) -> Stands:
    host = shown(gap.need.host) if isinstance(gap.need, Connect) else gap.subject
    remedy = "give the tasks a way to the internet (pullproof fix --via nat)"
    if isinstance(gap.need, Connect) and gap.need.public_registry:
        remedy += ", or copy the image to ECR"
    return Stands(f"no VPC endpoint leads to {host}", remedy)


def _elsewhere(row: AwsService, region: Text, vpc: Vpc, scene: Scene) -> Stands | None:
    """Why an endpoint of this VPC would not do."""
    if not row.endpoint or (row.suffix.endswith(("!", "+")) and not row.gateway):
        return Stands(
            f"AWS does not say that an endpoint answers for the names of {row.title}",
            "use the service's usual regional name, or give the tasks a way to the internet (--via nat)",
        )
    here = scene.region(vpc)
    if is_exact(region) and here and region != here:
        return Stands(
            f"{row.title} is asked for in {region}, and endpoints of {vpc.key} are for {here}",
            "copy what is fetched to the task's own region, or give the tasks a way to the internet (--via nat)",
        )
    return None


def associate(gap: Gap, scene: Scene) -> Ways:
    """The gateway endpoint that the VPC has, on one more route table."""
    vpc, found = scene.vpc(gap), _service(gap)
    if vpc is None or found is None:
        return _no_service(gap)
    return _gateway(gap, scene, vpc, found[0])


def _gateway(gap: Gap, scene: Scene, vpc: Vpc, row: AwsService) -> Ways:
    tables = tuple(sorted({held(subnet.route_table) for subnet in scene.asking(vpc.key, row.gateway)}))
    existing = scene.endpoint_for(vpc.key, row.gateway, EndpointType.GATEWAY)
    if existing is not None:
        table = scene.table(scene.subnet(gap))
        missing = table is not None and table.key not in existing.route_tables.items
        if table is None or not missing:
            return Stands(
                f"{existing.key} is on the route table already", f"look at the routes of {gap.decision.at}"
            )
        return (Move((AssociateRouteTable(endpoint=existing.key, table=table.key),)),)
    name = scene.names.name(row.gateway, vpc.key)
    return (
        Move(
            (
                AddEndpoint(
                    name=name,
                    vpc=vpc.key,
                    service=_full(row.gateway, vpc, scene),
                    type=EndpointType.GATEWAY,
                    route_tables=tables,
                    policy=tuple(_policy(scene, vpc, new(name))),
                ),
            )
        ),
    )


def _policy(scene: Scene, vpc: Vpc, key: str) -> Iterator[Statement]:
    """What the tasks of this VPC fetch from S3, and nothing else: layers from ECR's own bucket, by anyone,
    since AWS signs those requests; environment files from the buckets that hold them.
    """
    resources: dict[tuple[str, Text], None] = {}
    for need in scene.calls(vpc.key, "s3:"):
        resources[need.action, pattern(need.resource)] = None
    for action in dict.fromkeys(action for action, _ in resources):
        yield Statement(
            origin=Origin(key, "policy"),
            allow=True,
            actions=Listing((action,)),
            resources=Listing(tuple(resource for own, resource in resources if own == action)),
            principals=Principals(of=(("*", Listing(("*",))),)),
        )


def _interface(gap: Gap, scene: Scene, vpc: Vpc, row: AwsService) -> Ways:
    existing = scene.endpoint_for(vpc.key, row.suffix, EndpointType.INTERFACE)
    if existing is not None:
        return _mended(gap, scene, vpc, existing.key)
    if (refused := scene.endpoint_for(vpc.key, row.suffix, EndpointType.GATEWAY)) is not None:
        # https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
        return Stands(
            f"{refused.key} is a gateway endpoint, which AWS does not have for {row.title}",
            f"make {refused.key} an interface endpoint: the type is Gateway unless it is written",
        )
    made, edit = _made(scene, vpc, row, private_dns=True)
    return (Move((*_attributes(vpc), *made, edit)),)


def _made(
    scene: Scene, vpc: Vpc, row: AwsService, *, private_dns: bool
) -> tuple[tuple[Edit, ...], AddEndpoint]:
    """A new interface endpoint, and what has to be made for it."""
    groups, made = _groups(scene, vpc)
    return made, AddEndpoint(
        name=scene.names.name(row.suffix.replace(".", "_").replace("-", "_"), vpc.key),
        vpc=vpc.key,
        service=_full(row.suffix, vpc, scene),
        type=EndpointType.INTERFACE,
        subnets=_zones(scene, vpc, row.suffix),
        groups=groups,
        private_dns=private_dns,
    )


def _mended(gap: Gap, scene: Scene, vpc: Vpc, key: str) -> Ways:
    """What an interface endpoint lacks that is there and is no way."""
    existing = scene.estate.endpoints[key]
    if existing.private_dns is not True or existing.private_dns_inbound_only is not False:
        return (Move((*_attributes(vpc), SetPrivateDns(endpoint=key))),)
    if off := _attributes(vpc):
        return (Move(off),)
    if not existing.subnets.items and existing.subnets.complete:
        return (Move((AddEndpointSubnet(endpoint=key, subnet=gap.subnet),)),)
    return Stands(
        f"{vpc.key} has {key} for this service, and AWS refuses a second endpoint with private DNS",
        f"look at what keeps the tasks from {key}",
    )


def private_dns(gap: Gap, scene: Scene) -> Ways:
    """Private DNS of the endpoint that is there, unless another one of the VPC has it for the same service."""
    existing = scene.estate.endpoints.get(gap.decision.to_change)
    vpc = scene.vpc(gap)
    if existing is None or vpc is None:
        return Stands("the endpoint is not in the input", "add the configuration that holds it")
    rivals = [
        one.key
        for one in scene.estate.by_vpc_endpoints.get(vpc.key, ())
        if one.key != existing.key and one.service == existing.service and one.private_dns is True
    ]
    if rivals:
        return Stands(
            f"{rivals[0]} has private DNS for the same service, which only one endpoint of a VPC can have",
            f"use {rivals[0]}, or remove it",
        )
    return (Move((*_attributes(vpc), SetPrivateDns(endpoint=existing.key))),)


def attribute(gap: Gap, scene: Scene) -> Ways:
    """An attribute of the VPC switched on."""
    del scene
    name = {"dns-support-off": "enableDnsSupport", "dns-hostnames-off": "enableDnsHostnames"}
    return (Move((SetVpcAttribute(vpc=gap.decision.to_change, attribute=name[gap.decision.code]),)),)


def record(gap: Gap, scene: Scene) -> Ways:
    """A record in the private zone that hides the name."""
    vpc, found = scene.vpc(gap), _service(gap)
    zone = next((o.address for o in gap.decision.cites if o.address in scene.estate.zones), "")
    if vpc is None or found is None or not zone or not isinstance(gap.need, Connect):
        return Stands(
            "a record of a private hosted zone leads nowhere",
            f"mend the record that {gap.decision.at} answers with",
        )
    row, region = found
    if row.gateway or _elsewhere(row, region, vpc, scene) is not None:
        return Stands(
            f"{zone} hides the names of {row.title}, which a record can only lead to an interface endpoint",
            f"take {zone} off {vpc.key}, or give it the records that the tasks need",
        )
    name = _record_name(gap.need.host)
    existing = scene.endpoint_for(vpc.key, row.suffix, EndpointType.INTERFACE)
    if existing is not None:
        return (Move((AddRecord(zone=zone, record=name, endpoint=existing.key),)),)
    made, edit = _made(scene, vpc, row, private_dns=False)
    return (Move((*made, edit, AddRecord(zone=zone, record=name, endpoint=new(edit.name)))),)


def _record_name(host: Text) -> Text:
    """The name of the record: of a registry whose account is not known, that of every account's."""
    if is_exact(host):
        return host
    label, _, rest = host.partition(".dkr.")
    return f"*.dkr.{rest}" if rest and not is_exact(label) and is_exact(rest) else host


def _full(suffix: str, vpc: Vpc, scene: Scene) -> Text:
    region: Text = scene.region(vpc)
    if not region:
        # A region that nobody tells is known by its name, which every renderer writes as a reference.
        region = next(
            (one for one in (vpc.region, scene.estate.region) if isinstance(one, str) and one), REGION
        )
    return endpoint_name(suffix, region, scene.estate.partition)


def _zones(scene: Scene, vpc: Vpc, suffix: str) -> tuple[str, ...]:
    """One subnet for each zone that the asking tasks use; only one where their zones are not known."""
    found: dict[str, str] = {}
    for subnet in sorted(scene.asking(vpc.key, suffix), key=lambda one: one.key):
        found.setdefault(held(subnet.zone), subnet.key)
    if len(found) > 1:
        found.pop("", None)
    return tuple(sorted(found.values()))


def _groups(scene: Scene, vpc: Vpc) -> tuple[tuple[str, ...], tuple[Edit, ...]]:
    """The groups for a new endpoint: those that only endpoints of the VPC carry, else one that is made."""
    name = scene.names.name(GROUP, vpc.key)
    interface = [
        one
        for one in scene.estate.by_vpc_endpoints.get(vpc.key, ())
        if one.type is EndpointType.INTERFACE and one.groups.complete and one.groups.items
    ]
    for one in sorted(interface, key=lambda each: each.key):
        if all(_is_endpoints_own(scene, group, vpc) for group in one.groups.items):
            return one.groups.items, ()
    description = "Interface endpoints that starting tasks need"
    return (new(name),), (AddSecurityGroup(name=name, vpc=vpc.key, description=description),)


def _is_endpoints_own(scene: Scene, group: str, vpc: Vpc) -> bool:
    """Whether nothing but endpoints carries a group that the input shows."""
    shown_group = scene.estate.groups.get(group)
    return (
        shown_group is not None
        and shown_group.vpc == vpc.key
        and vpc.default_group != group
        and all(holder in scene.estate.endpoints for holder in scene.carriers.get(group, ()))
    )


def _attributes(vpc: Vpc) -> tuple[Edit, ...]:
    return tuple(
        SetVpcAttribute(vpc=vpc.key, attribute=name)
        for name, field in ATTRIBUTES
        if getattr(vpc, field) is False
    )
