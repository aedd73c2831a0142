"""What is made of connections that were tried: which filter was first, which others there are, whether a way is there."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.lab import ask as asking
from pullproof.lab.ask import CODES, SILENT, Outcome, ask
from pullproof.lab.nft import Drop
from pullproof.lab.plan import Interface, Plan, Start, planned
from pullproof.lab.probe import Tried
from pullproof.model.addresses import dotted
from tests.build import REGION, a_record, a_subnet, a_vpc, a_zone, an_endpoint, an_open_network

API = f"api.ecr.{REGION}.amazonaws.com"


class FakeNetwork:
    """A network that drops at these stages, in this order, and behind them has a way or none.

    `late` needs longer than a moment to answer; `refuses` answers that nobody listens.
    """

    def __init__(
        self, plan: Plan, *closed: str, way: bool = True, late: bool = False, refuses: bool = False
    ) -> None:
        self.plan = plan
        self.closed, self.way, self.late, self.refuses = closed, way, late, refuses
        self.observing = False
        self.resolved = True
        self.tries: list[float] = []
        self._records: list[Drop] = []

    def answers(self, _: int) -> None:
        """Whatever is asked, answers."""

    def load(self, *, observing: bool = False) -> None:
        """Filters that drop, or that only record; records begin anew."""
        self.observing, self._records = observing, []

    def drops(self) -> tuple[Drop, ...]:
        """What was recorded."""
        return tuple(self._records)

    def connect(self, targets: Iterable[int], port: int, seconds: float) -> Tried:
        """A connection to each of the addresses."""
        self.tries.append(seconds)
        asked = tuple(targets)
        met = self.closed if self.observing else self.closed[:1]
        self._records += [
            Drop(
                stage=stage,
                vpc="vpc",
                sender="task1",
                receiver="x",
                address=dotted(address),
                protocol="tcp",
                port=port,
            )
            for address in asked
            for stage in met
        ]
        through = self.way and (self.observing or not self.closed) and (seconds > 0.1 or not self.late)
        return Tried(
            asked=asked,
            opened=asked if through and not self.refuses else (),
            refused=asked if through and self.refuses else (),
        )


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections are those of the fake network."""

    def connect(network: Any, _: str, targets: Iterable[int], port: int, *, seconds: float) -> Tried:
        found: Tried = network.connect(targets, port, seconds)
        return found

    monkeypatch.setattr(asking, "connect", connect)


def a_plan() -> Plan:
    """An open network with an endpoint and a task."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api")
    return planned(estate, [Start(key="task", subnet="subnet", groups=("task",))])


def outcome(network: FakeNetwork, host: str = API, port: int = 443, seconds: float = 0.5) -> Outcome:
    """What is made of it."""
    held: Any = network
    start: Interface = network.plan.of("task")[0]
    return ask(held, start, host, port, seconds=seconds)


def test_a_connection_that_opens() -> None:
    """To the addresses that the name has; one moment is enough."""
    network = FakeNetwork(a_plan())
    found = outcome(network)

    assert (True, "", (), False) == (found.works, found.gate, found.gates, found.ends)
    assert found.addresses == found.opened == tuple(each.address for each in network.plan.of("ecr.api"))
    assert 1 == len(network.tries)


STAGES = st.lists(st.sampled_from(sorted(CODES)), unique=True, max_size=4)


@given(STAGES, st.booleans())
def test_every_filter_is_named_and_the_first_one_first(closed: list[str], way: bool) -> None:
    """The first is what stopped the packet; that nothing comes back even without filters is told apart."""
    network = FakeNetwork(a_plan(), *closed, way=way)
    found = outcome(network)

    assert found.works is (way and not closed)
    assert (CODES[closed[0]] if closed else "" if way else SILENT) == found.gate
    assert list(dict.fromkeys(CODES[stage] for stage in closed)) == list(found.gates)
    assert found.ends is not way
    assert not network.observing, "filters drop again"
    assert found.emulated


def test_silence_is_waited_for_only_where_nothing_was_dropped() -> None:
    """A record says sooner than silence that no answer comes; an answer may be late."""
    late = FakeNetwork(a_plan(), late=True)
    assert outcome(late).works
    assert [0.5] == late.tries[1:]

    dropped = FakeNetwork(a_plan(), "sg_out", late=True)
    assert "sg-egress" == outcome(dropped).gate
    assert [0.5] == dropped.tries[1:], "only the look past the filters"


def test_a_refusal_is_an_answer_that_is_not_waited_for() -> None:
    """Nobody listens there: the connection does not open."""
    network = FakeNetwork(a_plan(), refuses=True)
    found = outcome(network)

    assert (SILENT, True) == (found.gate, found.ends)
    assert 2 == len(network.tries)


def test_a_name_without_an_address_is_its_own_gate() -> None:
    """No packet is sent."""
    plan = a_plan()
    a_zone(plan.estate, f"ecr.{REGION}.amazonaws.com", a_record("other", "10.0.1.9"))
    plan.estate.endpoints.clear()
    network = FakeNetwork(plan)
    found = outcome(network)

    assert ("dns-no-record", ("dns-no-record",), True, ()) == (
        found.gate,
        found.gates,
        found.ends,
        found.addresses,
    )
    assert [] == network.tries


def test_an_address_is_not_looked_up() -> None:
    """Also where the VPC has no resolver."""
    plan = a_plan()
    found = outcome(FakeNetwork(plan), "10.0.1.77")

    assert (0x0A00014D,) == found.addresses


@pytest.mark.parametrize(
    ("address", "expected"), [("10.0.1.5", "private-dns-off"), ("10.0.1.9", ""), ("10.0.1.4", "")]
)
def test_a_name_that_leads_to_another_service_does_not_work(address: str, expected: str) -> None:
    """Though a connection opens: what answers there is not what was meant."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api", private_dns=False)
    an_endpoint(estate, "ecr.dkr")
    a_zone(estate, API, a_record(API, address))
    plan = planned(estate, [Start(key="task", subnet="subnet", groups=())])
    assert ["10.0.1.4", "10.0.1.5"] == [dotted(plan.of(key)[0].address) for key in ("ecr.api", "ecr.dkr")]

    assert expected == outcome(FakeNetwork(plan)).gate


def test_another_vpc_s_endpoint_at_the_same_address_is_not_who_answers() -> None:
    """The sender's own VPC comes first."""
    estate = an_open_network()
    a_vpc(estate, "twin")
    a_subnet(estate, "twin-subnet", vpc="twin")
    an_endpoint(estate, "logs", vpc="twin", subnets=("twin-subnet",))
    an_endpoint(estate, "ecr.api")
    plan = planned(estate, [Start(key="task", subnet="subnet", groups=())])
    assert plan.of("logs")[0].address == plan.of("ecr.api")[0].address

    assert outcome(FakeNetwork(plan)).works
