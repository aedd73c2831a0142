"""Laws of snapshots: what is described is what is read."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pullproof.evidence import Reached
from pullproof.model.estate import Estate
from pullproof.reach.walk import Source, reach_addresses, reach_host, reach_mount
from pullproof.sources.base import Options
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.load import load_answers
from tests.build import REGION, a_source, blocks
from tests.dumps import ACCOUNT, described
from tests.oracle.networks import GROUPS, drawn, mostly, some
from tests.oracle.reach_cases import HOSTS

RANDOM = st.integers(0, 2**32 - 1).map(Random)


@given(RANDOM)
def test_a_described_network_answers_as_the_network_does(random: Random) -> None:
    """What AWS would describe of a network, read back, gives the same verdict for the same reasons."""
    estate = drawn(random)
    again = read(estate)
    source = a_source(random.choice(("a1", "a2")), *some(random, GROUPS, 1), public_ip=mostly(random, 0.5))

    assert asked(estate, source) == asked(again, source)


def read(estate: Estate) -> Estate:
    """The estate that its own description shows."""
    folder = Folder(account=ACCOUNT, region=REGION, documents=described(estate))
    return load_answers([folder], "here", Options()).estate


def asked(estate: Estate, source: Source) -> list[tuple[object, ...]]:
    """What an estate answers to some questions."""
    answers = [reach_host(estate, source, host) for host in HOSTS]
    answers += [reach_mount(estate, source, "fs-1")]
    answers += [
        reach_addresses(estate, source, blocks(address), 443)
        for address in ("10.1.0.5", "10.0.0.20", "52.219.0.1", "8.8.8.8")
    ]
    return [_shape(answer) for answer in answers]


def _shape(answer: Reached) -> tuple[object, ...]:
    steps = [(step.gate, _id(step.at), step.verdict, step.code, _id(step.to_change)) for step in answer.steps]
    return answer.verdict, answer.intermittent, answer.via, answer.endpoint, steps


def _id(key: str) -> str:
    """What the reader calls it: a few things have keys of their own in these networks."""
    return {"efs": "fs-1", "bpa": f"block-public-access {ACCOUNT}/{REGION}"}.get(key, key)
