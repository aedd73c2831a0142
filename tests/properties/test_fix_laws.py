"""Laws of repair, on small broken estates: it holds, it is enough, it is the smallest, it breaks nothing."""

from itertools import combinations

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullproof.model import addresses
from pullproof.model.edits import AddGroupRule, AssociateRouteTable, Edit, SetPrivateDns, managed_list
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef, GroupRule, SecurityGroup
from pullproof.model.packets import tcp
from pullproof.model.value import Listing
from pullproof.model.vpc import ListRef
from pullproof.prove import prove
from pullproof.prove.gaps import survey
from pullproof.repair.apply import edited
from pullproof.repair.cost import of_edits, prices_of, rank
from pullproof.repair.cover import Measure
from pullproof.repair.exposure import Exposure
from pullproof.repair.order import ordered
from pullproof.repair.search import Search, worse
from pullproof.verdict import Verdict
from tests.rules.build import REGION, at, change, estate, may_not, nat, without

TASK_GROUPS = ("t0", "t1", "t2")
ENDPOINT_GROUPS = ("e0", "e1")
S3 = f"com.amazonaws.{REGION}.s3"
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: More subsets than these are not tried for one estate.
MOST_TRIED = 250


@st.composite
def broken(draw: st.DrawFn) -> Estate:
    """A network of two services that lacks rules, and perhaps an endpoint, a route, a name, a permission."""
    made = estate()
    for group in (*TASK_GROUPS, *ENDPOINT_GROUPS):
        others = ENDPOINT_GROUPS if group in TASK_GROUPS else TASK_GROUPS
        peers: list[GroupRef | addresses.Addresses] = [
            GroupRef(other) for other in others if draw(st.booleans())
        ]
        if group in TASK_GROUPS and draw(st.integers(0, 3)) == 0:
            peers.append(addresses.EVERY_V4)
        rules = Listing(tuple(GroupRule(origin=at(group), service=tcp(443), peer=peer) for peer in peers))
        out = group in TASK_GROUPS
        made.groups[group] = SecurityGroup(
            key=group,
            origin=at(group),
            vpc="vpc",
            ingress=Listing() if out else rules,
            egress=rules if out else Listing(),
        )
    for key in ("ecr.api", "ecr.dkr"):
        change(made.endpoints, key, groups=Listing((draw(st.sampled_from(ENDPOINT_GROUPS)),)))
    for key in ("logs", "secretsmanager", "ssm", "ssmmessages", "kms"):
        del made.endpoints[key]
    for name in ("service", "other")[: draw(st.integers(1, 2))]:
        groups = draw(st.lists(st.sampled_from(TASK_GROUPS), min_size=1, max_size=2, unique=True))
        made.launches[name] = msgspec.structs.replace(
            made.launches["service"], key=name, groups=Listing(tuple(groups)), subnets=Listing(("subnet-a",))
        )
    return _worse_still(draw, made)


def _worse_still(draw: st.DrawFn, made: Estate) -> Estate:
    match draw(st.integers(0, 6)):
        case 0:
            change(made.endpoints, "s3", route_tables=Listing())
        case 1:
            change(made.endpoints, "ecr.api", private_dns=False)
        case 2:
            without(made, "ecr.dkr")
        case 3:
            may_not(made, "ecr:BatchGetImage")
        case 4:
            change(made.vpcs, "vpc", dns_hostnames=False)
        case 5:
            nat(without(made, "ecr.api"))
        case _:
            pass
    return made


def blocked(made: Estate) -> frozenset[str]:
    """The tasks that cannot start."""
    return frozenset(task.id for task in prove(made) if task.verdict is Verdict.FAILS)


@given(broken())
@SLOW
def test_a_fix_holds_and_breaks_nothing(made: Estate) -> None:
    """With the edits made every task starts, and what worked before works."""
    before = survey(made)
    found = Search(made, before, "auto").mend(blocked(made))

    after = edited(made, found.edits)
    assert [Verdict.WORKS] * len(made.launches) == [task.verdict for task in prove(after)]
    assert () == worse(before, survey(after))
    assert () == Search(after, survey(after), "auto").mend(blocked(after)).edits


@given(broken())
@SLOW
def test_no_edit_can_be_left_out(made: Estate) -> None:
    """Without any single edit some task does not start."""
    found = Search(made, survey(made), "auto").mend(blocked(made))

    for edit in found.edits:
        fewer = [one for one in found.edits if one != edit]
        assert blocked(edited(made, fewer))


@given(broken())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_smaller_helps(made: Estate) -> None:
    """Of all sets of edits, those of the search and others that come to mind, no smaller one mends it all."""
    before = survey(made)
    found = Search(made, before, "auto").mend(blocked(made))
    exposure = Exposure(edited(made, found.edits))
    measure = Measure(exposure, lambda edits: rank(of_edits(edits, made), prices_of(made.region)))
    least = measure.order(found.edits)[:3]

    tried = 0
    for some in _sets([*found.edits, *everyday(made)], len(found.edits)):
        if measure.order(some)[:3] < least:
            tried += 1
            assert not _mends(made, some), some
            if tried >= MOST_TRIED:
                break


def _mends(made: Estate, edits: tuple[Edit, ...]) -> bool:
    after = edited(made, ordered(edits))
    return not blocked(after) and not worse(survey(made), survey(after))


def _sets(edits: list[Edit], most: int) -> list[tuple[Edit, ...]]:
    every = list(dict.fromkeys(edits))
    return [some for size in range(min(most, 4) + 1) for some in combinations(every, size)]


def everyday(made: Estate) -> list[Edit]:
    """Edits that come to mind, whatever is broken."""
    used = sorted({group for launch in made.launches.values() for group in launch.groups.items})
    found: list[Edit] = [
        AddGroupRule(group=group, egress=True, service=tcp(443), peer=ListRef(managed_list(S3)))
        for group in used
    ]
    for group in used:
        for other in ENDPOINT_GROUPS:
            found.append(AddGroupRule(group=group, egress=True, service=tcp(443), peer=GroupRef(other)))
            found.append(AddGroupRule(group=other, egress=False, service=tcp(443), peer=GroupRef(group)))
    found.append(AssociateRouteTable(endpoint="s3", table="rtb"))
    found += [SetPrivateDns(endpoint=key) for key in ("ecr.api", "ecr.dkr") if key in made.endpoints]
    found.append(AddGroupRule(group=used[0], egress=True, service=tcp(443), peer=addresses.of("10.0.0.0/16")))
    return found
