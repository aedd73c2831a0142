"""One estate as the gates see it: look-ups they share, and the memory of what was worked out.

An estate does not change once a source has filled it, so every sub-result is kept with it: two hundred
services in one subnet ask the same network ACL the same question.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from pullproof.model.estate import Estate, grouped, look_up
from pullproof.model.ranges import Ranges
from pullproof.model.text import is_exact
from pullproof.model.value import Maybe, Unknown
from pullproof.model.vpc import Subnet, Vpc
from pullproof.reach.doubts import ANY_V4

P = ParamSpec("P")
T = TypeVar("T")


class Ground:
    """An estate, and the memory of what was worked out about it."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.memory: dict[object, dict[object, object]] = {}
        #: Whether an answer, by its identity, names its source as the thing to change.
        self.sources_named: dict[int, bool] = {}
        self.subnets_by_vpc = grouped(estate.subnets.values(), lambda s: s.vpc)
        #: Zones that may be associated with more VPCs than the input shows.
        self.open_zones = tuple(zone for zone in estate.zones.values() if zone.vpcs.open)

    def subnet(self, key: Maybe[str], at: str) -> Subnet | Unknown:
        """The subnet that `at` refers to."""
        return look_up(self.estate.subnets, key, "the subnet", at)

    def vpc(self, subnet: Subnet) -> Vpc | Unknown:
        """The VPC of a subnet."""
        return look_up(self.estate.vpcs, subnet.vpc, "the VPC", subnet.key)

    def open(self, kind: str) -> tuple[Unknown, ...]:
        """Why nouns of a kind may exist that the input does not show."""
        return self.estate.open.get(kind, ())

    def region(self, vpc: Vpc) -> str:
        """The region of a VPC, `""` when the input does not tell."""
        region = vpc.region or self.estate.region if isinstance(vpc.region, str) else vpc.region
        return region if isinstance(region, str) and is_exact(region) else ""

    def extent(self, subnet: Subnet) -> tuple[Ranges, Unknown | None]:
        """The IPv4 addresses of a subnet; with a reason when they are only an upper bound."""
        if not isinstance(subnet.blocks, Unknown):
            return subnet.blocks.v4, None
        vpc = self.vpc(subnet)
        if isinstance(vpc, Unknown) or isinstance(vpc.blocks, Unknown):
            return ANY_V4, subnet.blocks
        return vpc.blocks.v4, subnet.blocks


def ground_of(estate: Estate) -> Ground:
    """The ground of an estate; the same one every time."""
    # The name starts with "by_", like those of the estate's own look-ups, which are no part of its value.
    held = vars(estate).get("by_reach")
    if not isinstance(held, Ground):
        held = vars(estate)["by_reach"] = Ground(estate)
    return held


def remembered(work: Callable[Concatenate[Ground, P], T]) -> Callable[Concatenate[Ground, P], T]:
    """Keep what a function works out about a ground, by its positional arguments."""

    def recall(ground: Ground, /, *args: P.args, **kwargs: P.kwargs) -> T:
        held = ground.memory.get(work)
        if held is None:
            held = ground.memory[work] = {}
        try:
            return held[args]  # type: ignore[return-value]  # by the line below
        except KeyError:
            found = held[args] = work(ground, *args, **kwargs)
            return found

    update_wrapper(recall, work)
    return recall
