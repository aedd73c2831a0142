"""The engine against a slow second opinion that sends one packet after the other."""

from random import Random

from hypothesis import event, given
from hypothesis import strategies as st

from pullproof.evidence import Reached
from pullproof.model.estate import Estate
from pullproof.model.value import Why
from pullproof.reach.walk import Source, reach_addresses, reach_host, reach_mount
from pullproof.verdict import Verdict
from tests.build import a_source, blocks
from tests.oracle.networks import GROUPS, drawn, mostly, some
from tests.oracle.reach_cases import HOSTS, Opinion, Targets, mounted, named, opinion, opinion_of

RANDOM = st.integers(0, 2**32 - 1).map(Random)
NETWORKS = 5


@given(RANDOM)
def test_a_packet_by_packet_opinion_agrees(random: Random) -> None:
    """Where the engine is certain every packet agrees, and where it is not, something is not modelled."""
    for _ in range(NETWORKS):
        estate = drawn(random)
        source = a_source(
            random.choice(("a1", "a2")), *some(random, GROUPS, 1), public_ip=mostly(random, 0.5)
        )
        for host in HOSTS:
            compare(reach_host(estate, source, host), estate, source, named(estate, source, host), 443)
        compare(reach_mount(estate, source, "fs-1"), estate, source, mounted(estate, source), 2049)


@given(RANDOM)
def test_a_packet_by_packet_opinion_of_interfaces_agrees(random: Random) -> None:
    """The same of interfaces by address: behind two transit gateways, and behind an internet gateway."""
    for _ in range(NETWORKS):
        estate = drawn(random)
        source = a_source(
            random.choice(("a1", "a2")), *some(random, GROUPS, 1), public_ip=mostly(random, 0.5)
        )
        for key, address in (("eni-c", "10.2.0.5"), ("eni-b", "9.9.9.9")):
            second = opinion_of(estate, source, key, 443, public=key == "eni-b")
            agree(reach_addresses(estate, source, blocks(address), 443), second)


def compare(answer: Reached, estate: Estate, source: Source, targets: Targets | None, port: int) -> None:
    """The engine's answer about a name, and the second opinion's."""
    agree(answer, opinion(estate, source, targets, port))


def agree(answer: Reached, second: Opinion | str) -> None:
    """The engine may know less than the second opinion, for a reason; it may not know otherwise."""
    if isinstance(second, str):
        event(f"no opinion, {answer.verdict.value}")
        # A certain failure elsewhere settles it; and of two routes that clash, both may do.
        assert answer.verdict is not Verdict.WORKS or second == "two routes"
        return
    event(f"{second.verdict.value}, {answer.verdict.value}")
    if answer.verdict is Verdict.UNKNOWN:
        reasons = {step.unknown.why for step in answer.steps if step.unknown is not None}
        assert second.verdict is Verdict.UNKNOWN or reasons == {Why.NOT_MODELLED}
        return
    assert second.verdict is answer.verdict
    if answer.verdict is Verdict.FAILS and not answer.intermittent:
        assert not second.some_work
