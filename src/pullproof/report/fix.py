"""An offer for a person: each fix with its edits, what they open, cost and interrupt, and its proof."""

from collections.abc import Iterator

from pullproof.finding import Change, Fix, NotMended, Offer
from pullproof.model.value import Maybe, Unknown
from pullproof.report.look import Look
from pullproof.report.terminal import entry, joined
from pullproof.report.text import counted, listed, safe, wrapped

#: Beyond this many edits of one fix only their number is told; --format json has all.
MOST_EDITS = 200


def render(offer: Offer, look: Look, *, again: str = "") -> str:
    """The whole offer as text. `again` is how to have it written, as it would be typed."""
    blocks = mending(offer, look, again=again)
    blocks += [_compared(offer, look), _unknown(offer, look), _notes(offer, look), iter((_summary(offer),))]
    return joined(blocks)


def mending(offer: Offer, look: Look, *, again: str = "") -> list[Iterator[str]]:
    """The fixes of an offer, and what stays, as blocks for another report."""
    fixes = [_fix(fix, offer, look, again) for fix in offer.fixes]
    return [*fixes, *(_left(one, offer, look) for one in offer.left)]


def money(monthly: Maybe[float]) -> str:
    """As `+$43.80 a month`; or that it is not known, and why."""
    if isinstance(monthly, Unknown):
        return f"not known: {monthly.settle_by}"
    return f"+${monthly:.2f} a month" if monthly else "nothing more a month"


def _fix(fix: Fix, offer: Offer, look: Look, again: str) -> Iterator[str]:
    kind, paint = ("fix", "green") if fix.whole else ("part", "yellow")
    yield f"{look.painted(kind, paint)}: {look.painted(_title(fix), 'bold')}"
    for number, change in enumerate(fix.changes[:MOST_EDITS], 1):
        yield from _change(number, change, offer, look)
    if len(fix.changes) > MOST_EDITS:
        yield f"  and {counted(len(fix.changes) - MOST_EDITS, 'more edit')}: --format json has every one"
    opens = fix.exposure or ("nothing but what the edits say: no block of addresses, nothing public",)
    for line in opens:
        yield from entry("opens", safe(line), look)
    yield from entry("cost", _cost(fix, offer), look)
    yield from entry("prices", offer.priced if offer.gigabytes else "", look)
    for warning in fix.warnings:
        yield from entry("mind", safe(warning), look)
    yield from entry("proof", _proof(fix), look)
    if again and fix.whole:
        yield from entry("apply", safe(again), look)


def _cost(fix: Fix, offer: Offer) -> str:
    """The price of a month; with data where that was asked for."""
    if not offer.gigabytes:
        return money(fix.monthly)
    data = fix.with_data(offer.gigabytes)
    return f"{money(fix.monthly)}; with {offer.gigabytes:g} GB {money(data)}"


def _compared(offer: Offer, look: Look) -> Iterator[str]:
    """What each strategy would do, where the cheapest was asked for."""
    if not offer.compared:
        return
    with_data = f"with {offer.gigabytes:g} GB" if offer.gigabytes else ""
    yield look.painted(f"{'way':<12}{'mended':>8}{'edits':>8}{'a month':>14}{with_data:>18}".rstrip(), "bold")
    for one in offer.compared:
        data = dollars(one.with_data) if offer.gigabytes else ""
        line = f"{one.via:<12}{one.mended:>8}{one.edits:>8}{dollars(one.monthly):>14}{data:>18}".rstrip()
        yield f"{line}  <- the cheapest that mends most" if one.via == offer.via else line


def dollars(value: Maybe[float]) -> str:
    """A price in a table."""
    return "not known" if isinstance(value, Unknown) else f"${value:.2f}"


def _title(fix: Fix) -> str:
    edits = counted(len(fix.changes), "edit")
    if not fix.whole:
        return f"{edits} that settle some blockers of tasks which keep others (not written without --partial)"
    names = listed(map(safe, (*fix.proof.starts, *fix.proof.unsettled)), 4)
    verb = "lets" if len(fix.changes) == 1 else "let"
    if fix.proof.unsettled:
        return f"{edits} {'takes' if len(fix.changes) == 1 else 'take'} every blocker from {names}"
    return f"{edits} {verb} {names} start"


def _change(number: int, change: Change, offer: Offer, look: Look) -> Iterator[str]:
    head = f"  {number}. "
    first, *more = wrapped(safe(change.says), look.width - len(head))
    yield f"{head}{first}"
    yield from (f"{' ' * len(head)}{line}" for line in more)
    if place := offer.places.get(change.resource):
        yield f"{' ' * len(head)}--> {safe(place)} ({safe(change.resource)})"
    if why := _why(change):
        told = wrapped(f"settles {why}", look.width - len(head))
        yield from (f"{' ' * len(head)}{line}" for line in told)


def _why(change: Change) -> str:
    """Which blockers an edit is for: the code, and the steps of the tasks that it blocks."""
    codes = dict.fromkeys(code for code, *_ in change.settles)
    steps = dict.fromkeys(step for _, _, step, _ in change.settles)
    tasks = dict.fromkeys(task for *_, task in change.settles)
    if not codes:
        return ""
    return safe(f"{', '.join(codes)} for {', '.join(steps)} of {listed(tasks, 3)}")


def _proof(fix: Fix) -> str:
    proof = fix.proof
    says = [f"judged again with the edits made, {counted(proof.judged, 'task')} in all"]
    if proof.starts:
        says.append(f"{counted(len(proof.starts), 'task')} can start that could not")
    if proof.unsettled:
        says.append(f"{listed(map(safe, proof.unsettled), 3)}: no blocker left, something still unknown")
    says.append(f"{counted(proof.settles, 'blocked requirement')} settled, nothing worse anywhere")
    return "; ".join(says)


def _left(one: NotMended, offer: Offer, look: Look) -> Iterator[str]:
    code = f"[{one.code}]" if one.code else ""
    head = f"not mendable here{code}"
    first, *more = wrapped(f"{head}: {safe(one.why)}", look.width - 2)
    yield f"{look.painted(head, 'red')}{look.painted(first.removeprefix(head), 'bold')}"
    yield from (f"  {look.painted(line, 'bold')}" for line in more)
    place = offer.places.get(one.resource)
    yield f"  --> {safe(place)} ({safe(one.resource)})" if place else f"  --> {safe(one.resource)}"
    yield from entry("to do", safe(one.remedy), look)
    yield from entry("keeps", safe(listed(one.tasks)), look)


def _unknown(offer: Offer, look: Look) -> Iterator[str]:
    if offer.unknown:
        names = listed(map(safe, offer.unknown))
        says = f"of {names} something is not known, and a fix cannot promise that it starts: pullproof check"
        first, *more = wrapped(says, look.width - 6)
        yield f"{look.painted('note', 'bold')}: {first}"
        yield from (f"      {line}" for line in more)


def _notes(offer: Offer, look: Look) -> Iterator[str]:
    for note in offer.notes:
        first, *more = wrapped(safe(note), look.width - 6)
        yield f"{look.painted('note', 'bold')}: {first}"
        yield from (f"      {line}" for line in more)


def _summary(offer: Offer) -> str:
    blocked = len(offer.blocked)
    if not blocked:
        return "nothing to mend: no task is blocked"
    kept = len({task for one in offer.left for task in one.tasks}.intersection(offer.blocked))
    whole = [fix for fix in offer.fixes if fix.whole]
    by = f" by {counted(len(whole[0].changes), 'edit')}, {money(whole[0].monthly)}" if whole else ""
    verb = "keeps" if kept == 1 else "keep"
    return f"{counted(blocked, 'blocked task')}: {blocked - kept} mended{by}; {kept} {verb} a blocker"
