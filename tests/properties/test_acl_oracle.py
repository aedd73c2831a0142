"""Network ACLs against a second opinion that looks at one packet at a time."""

from random import Random

import msgspec
from hypothesis import event, given
from hypothesis import strategies as st

from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry
from pullproof.model.packets import ALL_TRAFFIC, TCP, UDP, Service, service
from pullproof.model.value import Unknown
from pullproof.reach.acls import Packets, passes
from pullproof.reach.ground import ground_of
from pullproof.reach.outcome import Outcome
from pullproof.reach.party import Party, Side
from tests.build import an_acl, an_entry, unknown

RANDOM = st.integers(0, 2**32 - 1).map(Random)
BLOCKS = ("10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.2/31", "10.0.0.5/32", "0.0.0.0/0")
SERVICES = (service(TCP, 0, 3), service(TCP, 2, 7), service(TCP, 5, 5), ALL_TRAFFIC, service(UDP, 0, 9))
ADDRESSES = range(0x0A000000, 0x0A000008)
PORTS = range(1, 8)


def an_entry_drawn(random: Random, number: int) -> AclEntry:
    """An entry with small blocks and ports, so that entries overlap."""
    return an_entry(number, random.choice(BLOCKS), random.choice(SERVICES), allow=random.random() < 0.5)


def judged(entries: tuple[AclEntry, ...], *, exact: bool, more: tuple[Unknown, ...] = ()) -> Outcome:
    """What the engine says about all packets to these addresses and ports."""
    estate = Estate()
    an_acl(estate, "acl", egress=entries, more=more)
    remote = Party(
        id="there",
        label="there",
        addresses=((ADDRESSES[0], ADDRESSES[-1]),),
        exact=exact,
        why=None if exact else unknown(),
    )
    packets = Packets(TCP, ((PORTS[0], PORTS[-1]),))
    return passes(ground_of(estate), "acl", Side.OUT, packets, remote).outcome


def lets(entries: tuple[AclEntry, ...], address: int, port: int) -> bool:
    """Whether one packet passes: the first entry that is about it decides."""
    for entry in sorted(entries, key=lambda entry: int(str(entry.number))):
        assert isinstance(entry.service, Service)
        assert not isinstance(entry.block, Unknown)
        to = any(low <= address <= high for low, high in entry.block.v4)
        about = entry.service.protocol in (-1, TCP) and any(
            low <= port <= high for low, high in entry.service.ports
        )
        if to and about:
            return entry.allow is True
    return False


def expected(entries: tuple[AclEntry, ...], *, exact: bool) -> Outcome:
    """The same question, one packet after the other."""
    found = {address: [lets(entries, address, port) for port in PORTS] for address in ADDRESSES}
    every = [passed for ports in found.values() for passed in ports]
    if all(every):
        return Outcome.ALL
    if not exact and any(all(ports) for ports in found.values()):
        return Outcome.UNSURE
    return Outcome.PART if any(every) else Outcome.NONE


@given(RANDOM)
def test_sets_of_packets_fare_as_each_packet_does(random: Random) -> None:
    """The engine's answer about a set follows from the answer about each packet in it."""
    for _ in range(20):
        numbers = random.sample(range(1, 100), random.randint(0, 5))
        entries = tuple(an_entry_drawn(random, number) for number in numbers)
        exact = random.random() < 0.5
        outcome = expected(entries, exact=exact)
        event(outcome.value)

        assert outcome is judged(entries, exact=exact)


@given(RANDOM)
def test_an_entry_half_known_may_be_read_in_every_way(random: Random) -> None:
    """With one value unknown, the engine is certain only where every way to fill it in agrees."""
    for _ in range(10):
        numbers = random.sample(range(1, 100, 2), random.randint(1, 4))
        entries = [an_entry_drawn(random, number) for number in numbers]
        place = random.randrange(len(entries))
        whole = entries[place]
        readings = {
            "number": [
                an_entry(n, whole.block, whole.service, allow=whole.allow) for n in _free(numbers, place)
            ],
            "allow": [an_entry(numbers[place], whole.block, whole.service, allow=a) for a in (True, False)],
            "service": [an_entry(numbers[place], whole.block, s, allow=whole.allow) for s in SERVICES],
            "block": [an_entry(numbers[place], b, whole.service, allow=whole.allow) for b in BLOCKS],
        }
        name = random.choice(tuple(readings))
        entries[place] = _without(whole, name)
        answer = judged(tuple(entries), exact=True)
        others = [entry for index, entry in enumerate(entries) if index != place]
        outcomes = {expected((*others, reading), exact=True) for reading in readings[name]}
        event(f"{name}: {answer.value}")

        if answer is Outcome.ALL:
            assert outcomes == {Outcome.ALL}
        elif answer is not Outcome.UNSURE:
            assert Outcome.ALL not in outcomes


@given(RANDOM)
def test_entries_that_may_follow_leave_nothing_certain(random: Random) -> None:
    """An ACL that may have further entries, of any number, is never certain."""
    numbers = random.sample(range(1, 100), random.randint(0, 4))
    entries = tuple(an_entry_drawn(random, number) for number in numbers)

    assert Outcome.UNSURE is judged(entries, exact=True, more=(unknown(),))


def _free(numbers: list[int], place: int) -> list[int]:
    """A number before all others, and one just behind each."""
    return [0, *(number + 1 for index, number in enumerate(numbers) if index != place)]


def _without(entry: AclEntry, name: str) -> AclEntry:
    """The same entry with one value unknown."""
    return msgspec.structs.replace(entry, **{name: unknown(name)})
