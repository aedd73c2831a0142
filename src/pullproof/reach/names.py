"""What a name means in a VPC: a private zone's answer, an endpoint's interfaces, or public addresses.

The most specific of the private zones, those of endpoints with private DNS included, and of the
forwarding rules decides; between equals the rule.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
"""

from collections.abc import Iterator

from pullproof.evidence import Gate
from pullproof.model.names import Record
from pullproof.model.services import AWS_ENDINGS, service_of
from pullproof.model.text import Text, is_exact, shown
from pullproof.model.value import Unknown
from pullproof.model.vpc import Vpc
from pullproof.reach.answers import Answer, Candidate, Meaning
from pullproof.reach.dests import endpoint_dests, public_dest
from pullproof.reach.domains import labels, plain
from pullproof.reach.doubts import not_followed, not_modelled
from pullproof.reach.endpoint_names import endpoint_called, endpoint_candidates, endpoints_off, other_service
from pullproof.reach.forwarding import forwarding
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.places import dests_at, parsed
from pullproof.reach.words import step_of
from pullproof.reach.zones import ZoneMatch, lookup, zones_for

#: How many CNAME records are followed.
DEEPEST = 8


@remembered
def meaning(ground: Ground, vpc: str, host: Text, depth: int = 0) -> Meaning:
    """What a name means to an interface in a VPC that asks AmazonProvidedDNS."""
    host = plain(host)
    held = ground.estate.vpcs[vpc]
    rule = forwarding(ground, vpc, host)
    answers: list[Answer] = []
    choice: list[Unknown] = []
    doubts = [*rule.doubts]
    off: list[Answer] = []
    for candidate in _candidates(ground, held, host, depth):
        if rule.why is not None and rule.size >= candidate.size:
            break
        if held.dns_hostnames is False:
            off += _hostnames_off(held, candidate)
            continue
        answers += candidate.meaning.answers
        choice += candidate.meaning.choice
        doubts += candidate.meaning.doubts
        maybe = held.dns_hostnames if candidate.maybe is None else candidate.maybe
        if not isinstance(maybe, Unknown):
            return Meaning(tuple(answers), tuple(choice), tuple(doubts))
        choice.append(maybe)
    if rule.why is not None:
        return Meaning(tuple(answers), tuple(choice), (*doubts, rule.why))
    public = _public(ground, held, host, tuple(off))
    return Meaning((*answers, *public.answers), tuple(choice), (*doubts, *public.doubts))


def _candidates(ground: Ground, vpc: Vpc, host: Text, depth: int) -> list[Candidate]:
    """What answers for the name inside the VPC, the most specific first."""
    found = [
        Candidate(match.size, _from_zone(ground, vpc.key, match, host, depth), match.maybe)
        for match in zones_for(ground, vpc.key, host)
    ]
    found += endpoint_candidates(ground, vpc.key, host)
    found.sort(key=lambda candidate: (-candidate.size, candidate.maybe is None))
    return found


def _hostnames_off(vpc: Vpc, candidate: Candidate) -> Iterator[Answer]:
    """Private zones answer only where both DNS attributes of the VPC are on."""
    if candidate.maybe is not None or len(candidate.meaning.answers) != 1:
        return
    answer = candidate.meaning.answers[0]
    if answer.dests:
        says = f"{vpc.key} has enableDnsHostnames off, without which {answer.dests[0].at} is not the answer"
        step = step_of(Gate.NAMES, vpc.key, says, code="dns-hostnames-off", cites=(vpc.origin,))
        yield Answer(step=step, dests=answer.dests)


def _public(ground: Ground, vpc: Vpc, host: Text, off: tuple[Answer, ...]) -> Meaning:
    """The public addresses of a host, if it is certain that it is a public host."""
    found = service_of(host)
    if (
        found is None
        and not is_exact(host)
        and (not is_exact(labels(host)[-1]) or host.endswith(AWS_ENDINGS))
    ):
        return Meaning(doubts=(not_followed(f"the host name {shown(host)}", vpc.key),))
    row, region = found or (None, "")
    dest = public_dest(ground, vpc.key, host, row, region)
    step = step_of(Gate.NAMES, vpc.key, f"{shown(host)} resolves to public addresses")
    return Meaning((Answer(step=step, dests=(dest,), off=(*off, *endpoints_off(ground, vpc.key, host))),))


def _from_zone(ground: Ground, vpc: str, match: ZoneMatch, host: Text, depth: int) -> Meaning:
    """What a private zone answers; a zone without the record hides the name."""
    zone = match.zone
    found = lookup(ground, zone.key, host)
    if not found.records and found.doubts:
        return Meaning(doubts=found.doubts)
    if not found.records:
        says = f"{zone.key} answers for {shown(host)} and has no record for it"
        step = step_of(Gate.NAMES, vpc, says, code="dns-no-record", cites=(zone.origin,))
        return Meaning((Answer(step=step),))
    parts = [_from_record(ground, vpc, record, host, depth) for record in found.records]
    says = f"{zone.key} answers for {shown(host)}"
    cites = tuple(record.origin for record in found.records)
    answers = tuple(
        Answer(step=step_of(Gate.NAMES, vpc, says, cites=cites), dests=answer.dests, off=answer.off)
        if answer.dests
        else answer
        for part in parts
        for answer in part.answers
    )
    choice = tuple(why for part in parts for why in part.choice)
    doubts = tuple(why for part in parts for why in part.doubts)
    if len(parts) > 1 and not choice and all(answer.dests for answer in answers):
        # Several records for one name: any of them may be the answer, so all of them must do.
        together = tuple(dest for answer in answers for dest in answer.dests)
        answers = (Answer(step=answers[0].step, dests=together),) if answers else ()
    return Meaning(answers, choice, (*found.doubts, *doubts))


def _from_record(ground: Ground, vpc: str, record: Record, host: Text, depth: int) -> Meaning:
    """Where a record leads."""
    at = record.origin.address
    if isinstance(record.alias, Unknown):
        return Meaning(doubts=(record.alias,))
    named = (record.alias, *(endpoint_called(ground, plain(value)) for value in record.values.items))
    for key in filter(None, named):
        if wrong := other_service(ground, key, host):
            says = f"{at} answers for {shown(host)} with {key}, {wrong}"
            return Meaning((Answer(step=step_of(Gate.NAMES, vpc, says, code="dns-no-record")),))
    if record.alias:
        return _to_endpoint(ground, vpc, record.alias, at)
    parts = [_to_value(ground, vpc, value, at, depth) for value in record.values.items]
    answers = [answer for part in parts for answer in part.answers]
    dests = tuple(dest for answer in answers for dest in answer.dests)
    choice = tuple(why for part in parts for why in part.choice)
    doubts = (*record.values.open, *(why for part in parts for why in part.doubts))
    if not answers and not doubts:
        doubts = (not_followed(f"what {at} answers", at),)
    if len(answers) > 1 and not choice and all(answer.dests for answer in answers):
        return Meaning((Answer(step=answers[0].step, dests=dests),), (), doubts)
    return Meaning(tuple(answers), choice, doubts)


def _to_value(ground: Ground, vpc: str, value: Text, at: str, depth: int) -> Meaning:
    """An address, the name of an endpoint, or another name, which is looked up in turn."""
    if (address := parsed(value)) is not None:
        step = step_of(Gate.NAMES, vpc, f"{at} answers {value}")
        return Meaning((Answer(step=step, dests=dests_at(ground, vpc, address.v4)),))
    if (endpoint := endpoint_called(ground, plain(value))) is not None:
        return _to_endpoint(ground, vpc, endpoint, at)
    if depth >= DEEPEST or not is_exact(value):
        return Meaning(doubts=(not_followed(f"the answer of {at}", at),))
    return meaning(ground, vpc, value, depth + 1)


def _to_endpoint(ground: Ground, vpc: str, key: str, at: str) -> Meaning:
    if key not in ground.estate.endpoints:
        return Meaning(
            doubts=(not_modelled(f"what {key} is, which {at} answers with", at, f"add {key} to the input"),)
        )
    dests = endpoint_dests(ground, key, None)
    if not dests:
        says = f"{at} answers with {key}, which has no subnets"
        return Meaning((Answer(step=step_of(Gate.NAMES, vpc, says, code="endpoint-missing", resource=vpc)),))
    return Meaning((Answer(step=step_of(Gate.NAMES, vpc, f"{at} answers with {key}"), dests=dests),))
