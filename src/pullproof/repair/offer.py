"""From a search to what is offered: proven fixes, and what stays with the reason why.

The tasks that can be mended wholly are searched for by themselves, so that their fix has no edit that only
helps a task which stays blocked; the edits for the others are a second fix, and not made unless asked for.
"""

from collections.abc import Collection, Iterable

import msgspec

from pullproof.evidence import Via
from pullproof.finding import Change, Compared, Fix, NotMended, Offer, Proof, TaskReport
from pullproof.model.edits import Edit
from pullproof.model.estate import Estate
from pullproof.prove import Input, prove
from pullproof.prove.gaps import Survey, survey
from pullproof.repair.apply import edited
from pullproof.repair.cost import (
    HOURS,
    PriceList,
    monthly,
    of_edits,
    per_gigabyte,
    prices_of,
    rank,
    rank_data,
    shipped,
)
from pullproof.repair.exposure import SAYS, Exposure, Level, Permission, score
from pullproof.repair.order import tidy
from pullproof.repair.scene import AUTO, STRATEGIES
from pullproof.repair.search import Found, Search, worse
from pullproof.repair.warnings import warnings
from pullproof.repair.words import resource, says
from pullproof.verdict import Verdict

CHEAPEST = "cheapest"
#: Permissions of these levels are told one by one; the rest is what the edits say anyway.
TOLD = (Level.REACHED, Level.ANYWHERE, Level.BLOCK, Level.LIST, Level.WIDE)


def offer(
    loaded: Input,
    *,
    via: str = AUTO,
    only: Collection[str] | None = None,
    gigabytes: float = 0.0,
    prices: PriceList | None = None,
) -> Offer:
    """The smallest proven change that lets tasks start: all of them, or those asked for.

    `gigabytes` is what the mended tasks move in a month; `prices` are others than those shipped.
    """
    before = survey(loaded.estate)
    if via != CHEAPEST:
        found = _offer(loaded, Search(loaded.estate, before, via, prices), only)
        return msgspec.structs.replace(found, gigabytes=gigabytes, priced=(prices or shipped()).named)
    every = [_offer(loaded, Search(loaded.estate, before, each, prices), only) for each in STRATEGIES]
    best = min(every, key=lambda one: _cheap(one, loaded.estate, gigabytes, prices))
    return msgspec.structs.replace(
        best,
        gigabytes=gigabytes,
        priced=(prices or shipped()).named,
        compared=tuple(_compared(one, gigabytes) for one in every),
    )


def _cheap(one: Offer, estate: Estate, gigabytes: float, listed: PriceList | None) -> tuple[object, ...]:
    """What the cheapest strategy is chosen by: what it leaves, what it costs, what it opens."""
    whole = [fix for fix in one.fixes if fix.whole]
    prices = prices_of(estate.region, listed)
    cost = sum(
        rank(of_edits(fix.edits, estate), prices) * HOURS + rank_data(fix.ways, prices) * gigabytes
        for fix in whole
    )
    opens = [fix.score for fix in whole]
    starts = sum(len(fix.proof.starts) + len(fix.proof.unsettled) for fix in whole)
    return -starts, round(cost, 2), opens, sum(len(fix.changes) for fix in whole), STRATEGIES.index(one.via)


def _compared(one: Offer, gigabytes: float) -> Compared:
    """A strategy's whole fix in numbers; nothing done costs nothing."""
    fix = next((fix for fix in one.fixes if fix.whole), None)
    return Compared(
        via=one.via,
        mended=0 if fix is None else len(fix.proof.starts) + len(fix.proof.unsettled),
        edits=0 if fix is None else len(fix.changes),
        monthly=0.0 if fix is None else fix.monthly,
        with_data=0.0 if fix is None else fix.with_data(gigabytes),
    )


def _offer(loaded: Input, search: Search, only: Collection[str] | None) -> Offer:
    before = search.before
    asked = [key for key in before.verdicts if only is None or key in only]
    blocked = frozenset(key for key in asked if before.verdicts[key] is Verdict.FAILS)
    everything = search.mend(blocked)
    stuck = frozenset(key for key in blocked if everything.after.verdicts[key] is Verdict.FAILS)
    whole = search.mend(blocked - stuck) if stuck and not everything.worse else everything
    fixes = []
    if not whole.worse:
        fixes += _fix(search, (), whole, blocked - stuck, whole=True)
        if stuck and not everything.worse:
            fixes += _fix(search, whole.edits, everything, stuck, whole=False)
    return Offer(
        source_kind=loaded.kind,
        source_path=loaded.path,
        via=search.strategy,
        blocked=tuple(key for key in asked if key in blocked),
        unknown=tuple(key for key in asked if before.verdicts[key] is Verdict.UNKNOWN),
        fixes=tuple(fixes),
        left=_left(whole, everything, blocked),
        notes=loaded.notes,
        places=loaded.places,
    )


def _fix(
    search: Search, given: tuple[Edit, ...], found: Found, tasks: frozenset[str], *, whole: bool
) -> list[Fix]:
    """The fix that a search found, next to edits that are made already; judged once more as a whole."""
    edits = tidy(edit for edit in found.edits if edit not in given)
    if not edits:
        return []
    start = edited(search.estate, tidy(given))
    after = edited(start, edits)
    reports = prove(after)
    proof = _proof(survey(start) if given else search.before, after, reports, tasks)
    if proof.opens or (whole and not (proof.starts or proof.unsettled)):
        return []
    changes = tuple(
        Change(edit=edit, says=says(edit), resource=resource(edit), settles=_settles(parts, found))
        for edit, parts in edits.items()
    )
    permissions = Exposure(after).of(edits)
    taken = tuple(_ways(reports, tasks))
    return [
        Fix(
            whole=whole,
            changes=changes,
            exposure=tuple(_told(permissions)),
            score=score(permissions),
            monthly=monthly(of_edits(edits, after), search.prices),
            ways=taken,
            per_gb=per_gigabyte(taken, search.prices),
            warnings=warnings(edits, search.estate, after),
            proof=proof,
        )
    ]


def _ways(reports: Iterable[TaskReport], tasks: frozenset[str]) -> list[Via]:
    """The ways that tasks take, each once."""
    taken = {step.via for report in reports if report.id in tasks for step in report.steps}
    return sorted(taken - {Via.NONE}, key=lambda way: way.value)


def _proof(before: Survey, after: Estate, reports: Collection[TaskReport], tasks: frozenset[str]) -> Proof:
    """The edited estate judged by `prove`, every task of it."""
    standing = survey(after)
    verdicts = {report.id: report.verdict for report in reports}
    works = [
        claim
        for claim, verdict in before.standing.items()
        if verdict is Verdict.FAILS and standing.standing.get(claim) is not Verdict.FAILS
    ]
    return Proof(
        starts=tuple(key for key in verdicts if key in tasks and verdicts[key] is Verdict.WORKS),
        unsettled=tuple(key for key in verdicts if key in tasks and verdicts[key] is Verdict.UNKNOWN),
        settles=len(works),
        judged=len(reports),
        opens=tuple(f"{claim[0]}: {claim[2]} in {claim[3]}" for claim in worse(before, standing)),
    )


def _settles(parts: Iterable[Edit], found: Found) -> tuple[tuple[str, str, str, str], ...]:
    gaps = (gap for part in parts for gap in found.gaps.get(part, ()))
    return tuple(
        dict.fromkeys((gap.decision.code, gap.decision.to_change, gap.step, gap.launch) for gap in gaps)
    )


def _told(permissions: frozenset[Permission]) -> list[str]:
    """The wider permissions in words, the widest first."""
    found = sorted(one for one in permissions if one.level in TOLD)
    return [f"{one.who}: {one.what} ({SAYS[one.level]})" for one in found]


def _left(whole: Found, everything: Found, blocked: frozenset[str]) -> tuple[NotMended, ...]:
    """What stays, once for each blocker and reason, with the tasks that it keeps."""
    found: dict[tuple[str, str, str, str], dict[str, None]] = {}
    for one in everything.left:
        gap = one.gap
        key = (gap.decision.code, gap.decision.to_change, one.why, one.remedy)
        found.setdefault(key, {})[gap.launch] = None
    if whole.worse or everything.worse:
        what = (whole.worse or everything.worse)[0]
        why = f"every way that was found makes something else worse: {what[2]} of {what[0]} in {what[3]}"
        found[("", what[0], why, "mend it by hand, or ask for one task at a time (--for)")] = dict.fromkeys(
            sorted(blocked)
        )
    return tuple(
        NotMended(code=code, resource=at, why=why, remedy=remedy, tasks=tuple(tasks))
        for (code, at, why, remedy), tasks in found.items()
    )


__all__ = ["CHEAPEST", "offer"]
