"""Addresses are chosen once: what stays keeps its own, nobody has another's, and nothing is left out in silence."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pullproof.lab.plan import Interface, Ledger, Plan, Role, Start, planned, single
from pullproof.model import s3_ranges
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.gateways import NetworkInterface
from pullproof.model.value import Listing, Maybe
from tests.build import (
    REGION,
    a_mount_target,
    a_nat,
    a_prefix_list,
    a_subnet,
    a_vpc,
    an_endpoint,
    an_estate,
    an_open_network,
    at,
    blocks,
    unknown,
)
from tests.oracle.networks import SUBNETS, drawn

STARTS = st.lists(
    st.builds(
        Start, key=st.sampled_from("pqrst"), subnet=st.sampled_from(sorted(SUBNETS)), groups=st.just(())
    ),
    max_size=8,
    unique_by=lambda each: (each.key, each.subnet),
)
RANDOM = st.randoms(use_true_random=False)


def of(plan: Plan) -> dict[tuple[Role, str, str], Interface]:
    """The interfaces by what they are for."""
    return {(each.role, each.owner, each.subnet): each for each in plan.interfaces.values()}


def with_box(
    estate: Estate, address: str, key: str = "box", subnet: Maybe[str] = "subnet"
) -> NetworkInterface:
    """An interface that the input shows."""
    estate.interfaces[key] = found = NetworkInterface(
        key=key, origin=at(key), subnet=subnet, groups=Listing(), addresses=blocks(address), public_ip=False
    )
    return found


def sound(plan: Plan) -> None:
    """What holds of every plan, looked at pair by pair."""
    every = list(plan.interfaces.values())
    for number, one in enumerate(every):
        inside = [
            block for block in single(plan.estate.subnets[one.subnet].blocks) if block.first <= one.address
        ]
        [block] = [block for block in inside if one.address <= block.last]
        assert block.first + 4 <= one.address < block.last, "AWS keeps the first four addresses and the last"
        assert one.vpc == plan.estate.subnets[one.subnet].vpc
        assert len(one.name) <= 15
        for other in every[number + 1 :]:
            assert (one.vpc, one.address) != (other.vpc, other.address)
            assert one.name != other.name
            assert not one.public or one.public != other.public
    assert {name: each.name for name, each in plan.interfaces.items()} == {
        name: name for name in plan.interfaces
    }


@given(RANDOM, RANDOM, STARTS, STARTS)
def test_what_stays_keeps_its_name_and_address(
    before: Random, after: Random, first: list[Start], second: list[Start]
) -> None:
    """Whatever else comes and goes, and in whichever order it is told."""
    ledger = Ledger()
    old = planned(drawn(before), first, ledger)
    sound(old)
    estate = drawn(after)

    new = planned(estate, second, ledger)
    sound(new)
    again = planned(estate, second[::-1], ledger)

    for place in of(old).keys() & of(new).keys():
        assert [of(old)[place].name, of(old)[place].address] == [of(new)[place].name, of(new)[place].address]
    assert of(new) == of(again)


@given(RANDOM, STARTS)
def test_every_task_has_its_interface(random: Random, starts: list[Start]) -> None:
    """In the subnet that it wants, for as long as one is free, with what it carries."""
    plan = planned(drawn(random), [replace(each, groups=("g1",), public_ip=True) for each in starts])
    tasks = [each for each in plan.interfaces.values() if each.role is Role.TASK]

    assert [(each.key, each.subnet) for each in starts] == [(each.owner, each.subnet) for each in tasks]
    assert all(each.groups == ("g1",) and each.public and each.filtered for each in tasks)
    assert set(tasks) == {each for start in starts for each in plan.of(start.key)}
    assert set(tasks) <= set(plan.with_group("g1"))
    assert set(plan.interfaces.values()) == {each for vpc in plan.estate.vpcs for each in plan.in_vpc(vpc)}


def test_a_subnet_that_is_full_has_no_address_left_until_one_is_given_back() -> None:
    """Eleven of the sixteen addresses of a /28 are to be had; one too many gets none, and disturbs nobody."""
    estate = an_estate()
    a_vpc(estate)
    a_subnet(estate, block="10.0.0.0/28")
    starts = [Start(key=f"task-{number}", subnet="subnet", groups=()) for number in range(12)]
    ledger = Ledger()

    full = planned(estate, starts, ledger)
    assert set(range(4, 15)) == {each.address & 15 for each in full.interfaces.values()}
    assert () == full.of("task-11")
    planned(estate, starts[1:11], ledger)
    again = planned(estate, starts[1:], ledger)

    assert {each.address for each in full.of("task-0")} == {each.address for each in again.of("task-11")}


def test_an_address_that_is_written_is_taken() -> None:
    """Of interfaces, endpoints, mount targets and tasks; those without one get what is left."""
    estate = an_open_network()
    with_box(estate, "10.0.1.4")
    an_endpoint(estate, "logs", addresses=(("subnet", blocks("10.0.1.6")),))
    a_mount_target(estate, addresses=blocks("10.0.1.5"))
    written, chosen = (
        Start(key=key, subnet="subnet", groups=(), address=address)
        for key, address in (("written", 0x0A000109), ("chosen", 0))
    )

    plan = planned(estate, [chosen, written])

    sound(plan)
    told = {each.owner: each.address & 255 for each in plan.interfaces.values()}
    assert {"box": 4, "logs": 6, "mount": 5, "chosen": 7, "written": 9} == told


@pytest.mark.parametrize("address", ["10.0.1.0", "10.0.1.3", "10.0.1.255", "10.0.2.9", "10.0.1.4"])
def test_an_address_that_cannot_be_the_subnets_is_not_taken(address: str) -> None:
    """One that AWS keeps, one of elsewhere, and one that another has already."""
    estate = an_open_network()
    with_box(estate, "10.0.1.4", "first")
    with_box(estate, address, "second")

    plan = planned(estate, ())

    sound(plan)
    assert [0x0A000104, 0x0A000105] == [each.address for each in plan.interfaces.values()]


def test_what_is_chosen_elsewhere_does_not_stand_in_the_way_of_another_subnet() -> None:
    """Two VPCs may have the same blocks; each counts for itself."""
    estate = an_open_network()
    a_vpc(estate, "other")
    a_subnet(estate, "twin", vpc="other")

    plan = planned(estate, [Start(key=key, subnet=key, groups=()) for key in ("subnet", "twin")])

    assert [0x0A000104, 0x0A000104] == [each.address for each in plan.interfaces.values()]


def test_everything_unknown_that_keeps_something_out_is_told() -> None:
    """Each reason once, of everything that would have an interface."""
    estate = an_open_network()
    reasons = {
        what: unknown(what) for what in ("box", "groups", "kind", "subnets", "mount", "nat", "vpc", "block")
    }
    with_box(estate, "10.0.1.4", "lost", reasons["box"])
    estate.interfaces["box"] = replace(
        with_box(estate, "10.0.1.4"), groups=Listing(("task",), (reasons["groups"],))
    )
    an_endpoint(estate, "ecr.api", kind=reasons["kind"])
    an_endpoint(estate, "logs", subnets=Listing(("subnet",), (reasons["subnets"], reasons["groups"])))
    a_mount_target(estate, subnet=reasons["mount"])
    a_nat(estate, subnet=reasons["nat"])
    a_subnet(estate, "adrift", vpc=reasons["vpc"])
    estate.subnets["blank"] = replace(a_subnet(estate, "blank"), blocks=reasons["block"])

    plan = planned(estate, [Start(key="task", subnet=key, groups=()) for key in ("adrift", "blank", "blank")])

    assert set(reasons.values()) == set(plan.left_out)
    assert len(reasons) == len(plan.left_out)
    assert {"box", "logs"} == {each.owner for each in plan.interfaces.values()}


def test_nothing_is_left_out_of_an_estate_of_which_everything_is_known() -> None:
    """The reasons are those of unknowns only."""
    assert () == planned(drawn(Random(1)), ()).left_out


@pytest.mark.parametrize("available", [False, True, unknown()])
def test_what_is_not_there_yet_has_no_interface(available: Maybe[bool]) -> None:
    """Endpoints that nobody accepted, and NAT gateways that failed; what may be there is."""
    estate = an_open_network()
    an_endpoint(estate, "logs", available=available)
    a_nat(estate, subnet="subnet", available=available)
    an_endpoint(estate, "s3", kind=EndpointType.GATEWAY)

    owners = [each.owner for each in planned(estate, ()).interfaces.values()]

    assert ([] if available is False else ["logs", "nat"]) == owners


def test_the_region_is_that_of_the_vpc() -> None:
    """Where it says one; names of services and S3's addresses go by it."""
    estate = an_open_network()
    estate.vpcs["away"] = replace(a_vpc(estate, "away"), region="us-east-1")
    estate.vpcs["open"] = replace(a_vpc(estate, "open"), region=unknown())

    plan = planned(estate, ())

    assert ["eu-west-1", "us-east-1", "eu-west-1"] == [plan.region_in(key) for key in ("vpc", "away", "open")]
    assert plan.s3 == plan.s3_in("open") != plan.s3_in("away")
    assert "com.amazonaws.us-east-1.ecr.api" == plan.service("away", "ecr.api")


def test_the_addresses_of_s3_are_those_of_the_account_s_own_list_where_it_tells_them() -> None:
    """Else those that AWS publishes for the region."""
    estate = an_open_network()
    published = planned(estate, []).s3
    a_prefix_list(estate, "pl-s3", f"com.amazonaws.{REGION}.s3")
    untold = planned(estate, []).s3
    a_prefix_list(estate, "pl-s3", f"com.amazonaws.{REGION}.s3", blocks("52.218.0.0/17"))

    assert published == untold == s3_ranges.prefixes(REGION)
    assert blocks("52.218.0.0/17") == planned(estate, []).s3
