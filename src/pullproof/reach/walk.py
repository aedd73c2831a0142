"""The door to this package: whether an interface reaches a host, a file system, an address, and back.

Names are resolved first, then each thing the name may mean is walked to, gate by gate. Filters do not
end a walk: it goes on as if they were mended, so that one answer shows all that has to change.
"""

import msgspec

from pullproof.evidence import Gate, Reached, Step, Trace, Via, Way
from pullproof.model import ranges
from pullproof.model.addresses import Addresses
from pullproof.model.estate import Estate
from pullproof.model.packets import TCP
from pullproof.model.services import host_of, service_of
from pullproof.model.text import Text, anything
from pullproof.model.value import Maybe, Unknown
from pullproof.reach.answers import Answer, Meaning
from pullproof.reach.could import could_step
from pullproof.reach.crossing import NARROW
from pullproof.reach.domains import labels
from pullproof.reach.doubts import ANY_V4, PUBLIC, not_modelled, not_shown
from pullproof.reach.ground import Ground, ground_of, remembered
from pullproof.reach.groups import closed, group_hop, question
from pullproof.reach.internet import THE_SOURCE
from pullproof.reach.mounts import mount_meaning
from pullproof.reach.names import meaning
from pullproof.reach.party import Flow, Party, Side, Source
from pullproof.reach.paths import reached
from pullproof.reach.peers import Link
from pullproof.reach.places import dests_at, parsed
from pullproof.reach.servers import DNS, hostnames, servers
from pullproof.reach.settle import either, headed, renamed
from pullproof.reach.start import Start, start
from pullproof.reach.words import hop_of, step_of
from pullproof.verdict import Verdict

__all__ = ["Source", "narrow_ephemeral", "reach_addresses", "reach_host", "reach_mount"]

NFS = 2049
EFS = "efs"
#: What may have to be opened where a way out exists.
FILTERS = {"sg-egress", "nacl-egress", "nacl-ingress", "nacl-return"}
ANYWHERE = Party(
    id="anywhere",
    label="anywhere",
    addresses=ANY_V4,
    exact=False,
    why=not_shown("where the flow goes", "", "see what else is not known"),
)


def reach_host(estate: Estate, source: Source, host: Text, port: int = 443, protocol: int = TCP) -> Reached:
    """Whether a source reaches a host by its name: an AWS service's, a public one, a private zone's."""
    ground = ground_of(estate)
    return _named(ground, _to_host(ground, _anonymous(source), host, Flow(protocol, port)), source)


def reach_mount(estate: Estate, source: Source, file_system: Maybe[Text]) -> Reached:
    """Whether a source reaches the mount target of an EFS file system (id, key or reference) in its zone."""
    ground = ground_of(estate)
    return _named(ground, _to_mount(ground, _anonymous(source), file_system, Flow(TCP, NFS)), source)


def reach_addresses(
    estate: Estate, source: Source, addresses: Addresses, port: int, protocol: int = TCP
) -> Reached:
    """Whether a source reaches all of some addresses; no name is involved."""
    ground = ground_of(estate)
    return _named(ground, _to_addresses(ground, _anonymous(source), addresses, Flow(protocol, port)), source)


def narrow_ephemeral(answer: Reached) -> tuple[str, ...]:
    """The network ACLs that admit replies to the ports Linux uses, and not to all that AWS says to open."""
    return tuple(dict.fromkeys(step.at for step in answer.steps if step.says.endswith(NARROW)))


def _anonymous(source: Source) -> Source:
    """The same interface, whoever it is: two services alike get one answer, worked out once."""
    return msgspec.structs.replace(source, key=THE_SOURCE)


def _named(ground: Ground, answer: Reached, source: Source) -> Reached:
    """The answer for this source, where the source is what has to change."""
    # Every answer lives as long as the ground does, so that its identity is a key.
    names = ground.sources_named.get(id(answer))
    if names is None:
        names = any(step.resource == THE_SOURCE for step in answer.steps)
        ground.sources_named[id(answer)] = names
    return renamed(answer, THE_SOURCE, source.key) if names else answer


@remembered
def _to_host(ground: Ground, source: Source, host: Text, flow: Flow) -> Reached:
    if (address := parsed(host)) is not None:
        return _to_addresses(ground, source, address, flow)
    found = service_of(host)
    if found is not None and found[0].suffix == EFS:
        return _to_mount(ground, source, labels(host)[0], flow)
    begin = start(ground, source, flow)
    if isinstance(begin, Unknown):
        return _lost(ground, source, flow, begin)
    return _settled(ground, begin, meaning(ground, begin.vpc.key, host), aws=found is not None)


@remembered
def _to_mount(ground: Ground, source: Source, file_system: Maybe[Text], flow: Flow) -> Reached:
    begin = start(ground, source, flow)
    if isinstance(begin, Unknown):
        return _lost(ground, source, flow, begin)
    if isinstance(file_system, Unknown):
        return _lost(ground, source, flow, file_system)
    region = ground.region(begin.vpc) or anything("region")
    host = host_of(EFS, region, ground.estate.partition, file_system)
    private = meaning(ground, begin.vpc.key, host)
    targets = mount_meaning(ground, begin, file_system)
    answers = [
        own for answer in private.answers for own in (targets.answers if _is_public(answer) else (answer,))
    ]
    meant = Meaning(tuple(answers), (*private.choice, *targets.choice), (*private.doubts, *targets.doubts))
    return headed(_settled(ground, begin, meant, aws=False), hostnames(begin.vpc))


@remembered
def _to_addresses(ground: Ground, source: Source, addresses: Addresses, flow: Flow) -> Reached:
    begin = start(ground, source, flow)
    if isinstance(begin, Unknown):
        return _lost(ground, source, flow, begin)
    if addresses.v6 or not addresses.v4:
        return _lost(ground, source, flow, _ipv6(begin))
    answer = reached(ground, begin, dests_at(ground, begin.vpc.key, addresses.v4))
    # A gateway endpoint that the input does not show would take public addresses.
    hidden = (begin.vpc.unseen, *ground.open("Endpoint")) if ranges.touches(addresses.v4, PUBLIC) else ()
    doubts = tuple(why for why in (begin.doubt, *hidden) if why is not None)
    return either([answer], (), doubts, _kept(ground, source, flow))


def _settled(ground: Ground, begin: Start, meant: Meaning, *, aws: bool) -> Reached:
    """All that the name may mean, walked to; and what is certain of it."""
    asked = servers(ground, begin.vpc.key)
    whys = (
        begin.doubt,
        begin.vpc.unseen,
        *ground.open("HostedZone"),
        *((*ground.open("Endpoint"), *ground.open("InterfaceEndpoint")) if aws else ()),
        *asked.doubts,
        *meant.doubts,
    )
    doubts = tuple(why for why in whys if why is not None)
    found = [_answered(ground, begin, answer) for answer in meant.answers]
    if not found:
        answer = _lost(ground, begin.source, begin.flow, doubts[0], begin.vpc.key)
    else:
        answer = either(found, meant.choice, doubts, _kept(ground, begin.source, begin.flow))
    return headed(answer, (*asked.steps, *_own_servers(ground, begin, asked.own)))


def _answered(ground: Ground, begin: Start, answer: Answer) -> Reached:
    """One thing the name may mean, walked to.

    Where the public addresses are out of reach and an endpoint would be reached instead, if something
    were not switched off, that is what has to change.
    """
    if not answer.dests:
        return _nothing(ground, begin, answer.step)
    there = reached(ground, begin, answer.dests, answer.step)
    if not answer.off or there.verdict is not Verdict.FAILS or there.intermittent:
        return there
    codes = {step.code for step in there.steps if step.code}
    if "gateway-not-associated" in codes:
        return there
    instead = reached(ground, begin, answer.off[0].dests, answer.off[0].step)
    others = [step for step in instead.steps if step.verdict is not Verdict.WORKS]
    if codes <= FILTERS and len({step.code for step in others}) > 1:
        return there  # the way out is there; opening it is the smaller change
    return instead


def _nothing(ground: Ground, begin: Start, step: Step) -> Reached:
    """The name means nothing: there is no destination."""
    hops = (hop_of(step), hop_of(could_step(ground, begin, None)))
    return Reached(
        via=Via.NONE, paths=((Trace(flow=f"{begin.subnet.key}, {begin.flow}", way=Way.OUT, hops=hops),),)
    )


def _lost(ground: Ground, source: Source, flow: Flow, why: Unknown, at: str = "") -> Reached:
    """Nobody knows where the flow goes; only groups that let nothing out at all are certain."""
    says = f"it is not known where {flow} goes from {source.subnet}"
    hops = [hop_of(step_of(Gate.NAMES, at or source.subnet, says, unknown=why))]
    if closed(ground, source.groups, flow):
        asked = question(source.groups, source.subnet, Side.OUT, flow, Link.UNSURE)
        hops.append(group_hop(ground, asked, ANYWHERE))
    return Reached(
        via=Via.NONE, paths=((Trace(flow=f"{source.subnet}, {flow}", way=Way.OUT, hops=tuple(hops)),),)
    )


def _kept(ground: Ground, source: Source, flow: Flow) -> str:
    """The group whose refusal holds wherever the flow goes, "" for none."""
    return source.groups.items[0] if closed(ground, source.groups, flow) else ""


def _own_servers(ground: Ground, begin: Start, own: tuple[str, ...]) -> tuple[Step, ...]:
    """With DNS servers of one's own, groups and ACLs must let the question out to one of them."""
    addresses = [address for server in own if (address := parsed(server)) is not None]
    if len(addresses) < len(own):
        return ()
    here = begin.sending(DNS)
    asked = [reached(ground, here, dests_at(ground, begin.vpc.key, address.v4)) for address in addresses]
    if any(answer.verdict is not Verdict.FAILS for answer in asked):
        return ()
    return tuple(step for answer in asked for step in answer.steps if step.verdict is Verdict.FAILS)


def _is_public(answer: Answer) -> bool:
    """Whether a name means what AWS's public zone says, which for EFS is a mount target."""
    return any(dest.gate is Gate.HOST and dest.service is not None for dest in answer.dests)


def _ipv6(begin: Start) -> Unknown:
    return not_modelled(
        "the way to IPv6 addresses", begin.subnet.key, "only IPv4 is modelled: check this by hand"
    )
