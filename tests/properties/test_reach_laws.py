"""Laws of reach: what not knowing, and allowing more, may change."""

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullproof.evidence import Reached
from pullproof.model.estate import Estate
from pullproof.model.filters import NetworkAcl
from pullproof.model.value import Listing
from pullproof.reach.walk import Source, reach_addresses, reach_host, reach_mount
from pullproof.verdict import Verdict
from tests.build import a_rule, a_source, an_entry, blocks, unknown
from tests.oracle.blur import blurred
from tests.oracle.networks import CIDRS, GROUPS, SERVICES, drawn, mostly, some
from tests.oracle.reach_cases import HOSTS

RANDOM = st.integers(0, 2**32 - 1).map(Random)
PLACES = ("10.0.0.0/28", "10.1.0.0/28", "10.0.0.16/32", "52.92.0.0/17", "8.8.8.8/32", "10.1.0.0/24")


def answers(estate: Estate, source: Source) -> list[Reached]:
    """Everything the engine is asked about one source."""
    return [
        *(reach_host(estate, source, host) for host in HOSTS),
        reach_mount(estate, source, "fs-1"),
        *(reach_addresses(estate, source, blocks(place), 443) for place in PLACES),
    ]


def a_random_source(random: Random) -> Source:
    """An interface in one of two subnets."""
    return a_source(random.choice(("a1", "a2")), *some(random, GROUPS, 1), public_ip=mostly(random, 0.5))


@given(RANDOM)
def test_knowing_less_never_makes_an_answer_more_certain(random: Random) -> None:
    """Replacing something known by something unknown leaves an answer, or makes it unknown."""
    estate, source = drawn(random), a_random_source(random)
    known = [answer.verdict for answer in answers(estate, source)]
    for _ in range(8):
        estate = blurred(random, estate)
        less = [answer.verdict for answer in answers(estate, source)]

        assert all(after in (before, Verdict.UNKNOWN) for before, after in zip(known, less, strict=True))
        known = less


@given(RANDOM)
def test_knowing_less_of_the_source_never_makes_an_answer_more_certain(random: Random) -> None:
    """The same for what is not known about the interface itself."""
    estate, source = drawn(random), a_random_source(random)
    poorer = (
        msgspec.structs.replace(source, public_ip=unknown()),
        msgspec.structs.replace(source, addresses=unknown()),
        msgspec.structs.replace(source, groups=Listing(source.groups.items[1:], (unknown(),))),
    )
    known = [answer.verdict for answer in answers(estate, source)]
    for less in poorer:
        found = [answer.verdict for answer in answers(estate, less)]

        assert all(after in (before, Verdict.UNKNOWN) for before, after in zip(known, found, strict=True))


@given(RANDOM)
def test_allowing_more_never_blocks(random: Random) -> None:
    """What works goes on working when a group or a network ACL lets more through."""
    estate, source = drawn(random), a_random_source(random)
    before = [answer.verdict for answer in answers(estate, source)]
    for _ in range(4):
        estate = estate.copy()
        if mostly(random, 0.5):
            key = random.choice(GROUPS)
            group = estate.groups[key]
            side = random.choice(("ingress", "egress"))
            more = Listing(
                (*getattr(group, side).items, a_rule(random.choice(CIDRS), random.choice(SERVICES)))
            )
            estate.groups[key] = msgspec.structs.replace(group, **{side: more})
        else:
            key = random.choice(("acl-1", "acl-2"))
            estate.acls[key] = _opened(random, estate.acls[key])
        after = [answer.verdict for answer in answers(estate, source)]

        assert all(b is not Verdict.WORKS or a is b for b, a in zip(before, after, strict=True))
        before = after


def _opened(random: Random, acl: NetworkAcl) -> NetworkAcl:
    """The same ACL with an entry before all others, or after them."""
    entry = an_entry(random.choice((0, 99, 101)), random.choice(CIDRS), random.choice(SERVICES))
    side = random.choice(("ingress", "egress"))
    return msgspec.structs.replace(acl, **{side: Listing((*getattr(acl, side).items, entry))})
