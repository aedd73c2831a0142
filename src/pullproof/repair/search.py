"""The search: look what is in the way, choose the smallest edits that mend it, look again.

A way that is made shows what stands on it, so there are rounds; each is a whole proof of the edited estate.
In the end every edit that turns out not to be needed is taken back, and whatever got worse anywhere is
either mended as well or keeps the edit that did it out of the next search.
"""

from collections.abc import Iterable, Mapping

import msgspec

from pullproof.model import edits as e
from pullproof.model.edits import Edit
from pullproof.model.estate import Estate
from pullproof.prove.gaps import Claim, Gap, Survey, survey
from pullproof.repair.apply import edited
from pullproof.repair.candidates import ROADS, ways
from pullproof.repair.cost import PriceList, of_edits, prices_of, rank
from pullproof.repair.cover import Measure, choose
from pullproof.repair.exposure import Exposure
from pullproof.repair.order import ordered
from pullproof.repair.scene import Move, Names, Scene, Stands
from pullproof.verdict import Verdict

#: A way, what stands on it, a role, what it may do: few rounds find anything new.
MOST_ROUNDS = 12
#: How often a search is made again without the edits that made something worse.
MOST_RETRIES = 3
#: Edits that are left out one by one, to see whether each is needed; of more, those that a later way may have
#: made superfluous.
MOST_DOUBTED = 40
NOT_PROVEN = "what usually mends this was tried, and does not here"
BY_HAND = "mend this by hand; pullproof explain has the page of the code"
#: Edits that give traffic another way, or another name to go by.
TURNS = (
    e.AddEndpoint,
    e.AssociateRouteTable,
    e.AddEndpointSubnet,
    e.SetPrivateDns,
    e.SetVpcAttribute,
    e.SetRoute,
    e.AddRouteTable,
    e.AddRecord,
    e.AssignPublicIp,
    e.SetPlatformVersion,
)


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A gap that stays, why, and what a person can do."""

    gap: Gap
    why: str
    remedy: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The edits of a search, which gaps each is for, what stays, and how everything stands afterwards."""

    edits: tuple[Edit, ...]
    gaps: dict[Edit, tuple[Gap, ...]]
    left: tuple[Left, ...]
    after: Survey
    worse: tuple[Claim, ...]


class Search:
    """One estate, how it stands, and one strategy."""

    def __init__(
        self, estate: Estate, before: Survey, strategy: str, prices: PriceList | None = None
    ) -> None:
        self.estate = estate
        self.before = before
        self.strategy = strategy
        self.names = Names()
        self.prices = prices_of(estate.region, prices)
        self._proven: dict[tuple[Edit, ...], tuple[Estate, Survey]] = {(): (estate, before)}

    def proven(self, edits: Iterable[Edit]) -> tuple[Estate, Survey]:
        """The edited estate, judged."""
        every = ordered(edits)
        if every not in self._proven:
            estate = edited(self.estate, every)
            self._proven[every] = (estate, survey(estate))
        return self._proven[every]

    def mend(self, asked: frozenset[str]) -> Found:
        """The smallest edits for the launches that are asked for."""
        banned: frozenset[Edit] = frozenset()
        found = self._search(asked, banned)
        for _ in range(MOST_RETRIES):
            culprits = self._culprits(found)
            if not culprits:
                break
            banned |= culprits
            found = self._search(asked, banned)
        return found

    def _search(self, asked: frozenset[str], banned: frozenset[Edit]) -> Found:
        edits: dict[Edit, int] = {}
        gaps: dict[Edit, dict[Gap, None]] = {}
        for turn in range(MOST_ROUNDS):
            _, found = self.proven(edits)
            options, _ = self._options(asked, edits, banned, found)
            measure = self._measure(edits)
            chosen = choose([moves for _, moves in options], measure, edits)
            for gap, moves in options:
                for move in moves:
                    if set(move.edits) <= chosen | edits.keys():
                        for edit in move.edits:
                            gaps.setdefault(edit, {})[gap] = None
            if not chosen:
                break
            edits.update(dict.fromkeys(ordered(chosen), turn))
        kept = self._pruned(asked, edits, gaps)
        _, found = self.proven(kept)
        again, left = self._options(asked, kept, banned, found)
        left += [Left(gap=gap, why=NOT_PROVEN, remedy=BY_HAND) for gap, _ in again]
        return Found(
            edits=ordered(kept),
            gaps={edit: tuple(gaps.get(edit, ())) for edit in kept},
            left=tuple(left),
            after=found,
            worse=worse(self.before, found),
        )

    def _measure(self, edits: Iterable[Edit]) -> Measure:
        estate, _ = self.proven(edits)

        def cost(some: Iterable[Edit]) -> float:
            return rank(of_edits(some, estate), self.prices)

        return Measure(Exposure(estate), cost)

    def _options(
        self, asked: frozenset[str], edits: Iterable[Edit], banned: frozenset[Edit], found: Survey
    ) -> tuple[list[tuple[Gap, tuple[Move, ...]]], list[Left]]:
        """Every gap with the moves that may mend it, and those that nothing mends."""
        have = frozenset(edits)
        estate, _ = self.proven(have)
        changed = set(worse(self.before, found))
        gaps = [gap for gap in found.gaps if gap.launch in asked or gap.claim in changed]
        gaps += [gap for gap in found.warned if gap.claim in changed]
        roadless = frozenset(gap.claim for gap in gaps if gap.decision.code in ROADS)
        scene = Scene(estate, self.strategy, self.names, found, gaps)
        options: list[tuple[Gap, tuple[Move, ...]]] = []
        left: list[Left] = []
        for gap in gaps:
            proposed = ways(gap, scene, roadless)
            if isinstance(proposed, Stands):
                left.append(Left(gap=gap, why=proposed.why, remedy=proposed.remedy))
                continue
            moves = tuple(
                move for move in proposed if not have.issuperset(move.edits) and banned.isdisjoint(move.edits)
            )
            if moves:
                options.append((gap, moves))
            elif proposed:
                left.append(Left(gap=gap, why=_why_left(proposed, banned), remedy=BY_HAND))
        return options, left

    def _pruned(
        self, asked: frozenset[str], edits: dict[Edit, int], gaps: Mapping[Edit, Iterable[Gap]]
    ) -> dict[Edit, int]:
        """The edits without those that are not needed after all."""
        last = max((turn for edit, turn in edits.items() if isinstance(edit, TURNS)), default=-1)
        kept = dict(edits)
        doubtful = list(edits)
        if len(doubtful) > MOST_DOUBTED:
            doubtful = [edit for edit, turn in edits.items() if turn < last]
        if not asked or len(doubtful) > MOST_DOUBTED:
            return kept
        _, whole = self.proven(kept)
        measure = self._measure(kept)
        doubtful.sort(key=lambda one: measure.order((one,)), reverse=True)
        needed: set[Edit] = set()
        while self._drop_one(kept, doubtful, needed, whole=whole, asked=asked, gaps=gaps):
            pass
        return kept

    def _drop_one(
        self,
        kept: dict[Edit, int],
        doubtful: list[Edit],
        needed: set[Edit],
        *,
        whole: Survey,
        asked: frozenset[str],
        gaps: Mapping[Edit, Iterable[Gap]],
    ) -> bool:
        """Take back the first edit that is not needed, if there is one.

        The tasks that it is for are asked first: most edits are needed, and few tasks tell.
        """
        for edit in doubtful:
            fewer = [one for one in kept if one != edit]
            if edit not in kept or edit in needed or _refers(fewer, edit):
                continue
            estate = edited(self.estate, ordered(fewer))
            own = asked.intersection(gap.launch for gap in gaps.get(edit, ()))
            if _as_good(survey(estate, only=own), whole, own) and _as_good(survey(estate), whole, asked):
                kept.pop(edit)
                if isinstance(edit, TURNS):  # what stood on that way may be superfluous now
                    needed.clear()
                return True
            needed.add(edit)
        return False

    def _culprits(self, found: Found) -> frozenset[Edit]:
        """The edits without which nothing is worse."""
        if not found.worse:
            return frozenset()
        culprits = set()
        for edit in found.edits:
            fewer = [one for one in found.edits if one != edit]
            if isinstance(edit, TURNS) and len(
                worse(self.before, survey(edited(self.estate, ordered(fewer))))
            ) < len(found.worse):
                culprits.add(edit)
        return frozenset(culprits)


def worse(before: Survey, after: Survey) -> tuple[Claim, ...]:
    """The requirements that stood better before; those that were not there before are as good as their tasks."""
    found = []
    for claim, verdict in after.standing.items():
        old = before.standing.get(claim)
        if old is None:
            continue
        if verdict is not old and (old is Verdict.WORKS or verdict is Verdict.FAILS):
            found.append(claim)
    return tuple(found)


def _as_good(found: Survey, whole: Survey, asked: frozenset[str]) -> bool:
    """Whether as much is mended, and nothing worse or less certain, with fewer edits."""
    if worse(whole, found) or not found.doubts <= whole.doubts:
        return False
    return all(found.verdicts[key] is whole.verdicts[key] for key in asked) and len(found.gaps) <= sum(
        gap.launch in found.verdicts for gap in whole.gaps
    )


def _refers(edits: Iterable[Edit], to: Edit) -> bool:
    """Whether some of the edits need what another one makes."""
    name = getattr(to, "name", "")
    if not name:
        return False
    key = e.new(name)
    return any(_mentions(edit, key) for edit in edits)


def _mentions(value: object, key: str) -> bool:
    if isinstance(value, str):
        return value == key
    if isinstance(value, tuple):
        return any(_mentions(item, key) for item in value)
    if isinstance(value, msgspec.Struct):
        return any(_mentions(getattr(value, field), key) for field in value.__struct_fields__)
    return False


def _why_left(proposed: tuple[Move, ...], banned: frozenset[Edit]) -> str:
    if any(not banned.isdisjoint(move.edits) for move in proposed):
        return "what would mend it makes something else worse"
    return NOT_PROVEN
