"""What ways to AWS cost, for people (with a small chart) and for programs."""

from collections.abc import Iterator

from pullproof.finding import Costs, Way
from pullproof.model.value import Maybe, Unknown
from pullproof.report.fix import dollars
from pullproof.report.json_v1 import Json, written
from pullproof.report.look import Look
from pullproof.report.terminal import entry, joined
from pullproof.report.text import listed, safe, wrapped

HEIGHT = 8
WIDTH = 48
#: What stands for a way in the chart.
MARKS = {"endpoints": "e", "nat": "n", "public-ip": "p"}


def render(costs: Costs, look: Look) -> str:
    """The comparison as text."""
    return joined(
        [_table(costs, look), _even(costs, look), _chart(costs), _lacks(costs, look), _notes(costs, look)]
    )


def _table(costs: Costs, look: Look) -> Iterator[str]:
    with_data = f"with {costs.gigabytes:g} GB" if costs.gigabytes else ""
    yield look.painted(f"{'way':<12}{'a month':>12}{with_data:>16}  what is counted", "bold")
    for way in (costs.now, *costs.ways):
        data = dollars(way.monthly(costs.gigabytes)) if costs.gigabytes else ""
        yield f"{way.name:<12}{dollars(way.fixed):>12}{data:>16}  {way.what}"
    yield from entry(
        "prices", f"{costs.region or 'region not known'}: {costs.priced}; 730 hours a month", look
    )
    unknown = [way.fixed for way in (costs.now, *costs.ways) if isinstance(way.fixed, Unknown)]
    for why in dict.fromkeys(one.settle_by for one in unknown):
        yield from entry("not known", safe(why), look)


def _even(costs: Costs, look: Look) -> Iterator[str]:
    for dearer, cheaper, gigabytes in costs.even:
        says = f"from {gigabytes:g} GB a month on, {dearer} cost less than {cheaper}"
        yield from entry("break-even", says, look)


def _chart(costs: Costs) -> Iterator[str]:
    """Dollars a month against gigabytes a month; nothing where a price is not known."""
    ways = [way for way in costs.ways if not isinstance(way.monthly(1), Unknown)]
    if len(ways) < 2:
        return
    reach = max([gigabytes for *_, gigabytes in costs.even] + [costs.gigabytes, 100.0]) * 1.5
    top = max(_number(way.monthly(reach)) for way in ways) or 1.0
    rows = [[" "] * (WIDTH + 1) for _ in range(HEIGHT + 1)]
    for way in ways:
        for place in range(WIDTH + 1):
            high = round(_number(way.monthly(reach * place / WIDTH)) / top * HEIGHT)
            rows[HEIGHT - high][place] = MARKS[way.name]
    for number, row in enumerate(rows):
        label = f"${top * (HEIGHT - number) / HEIGHT:.0f}" if number % 4 == 0 else ""
        yield f"{label:>8} |{''.join(row).rstrip()}"
    yield f"{'':>8} +{'-' * WIDTH}"
    names = ", ".join(f"{MARKS[way.name]} {way.name}" for way in ways)
    right = f"{reach:.0f} GB a month"
    yield f"{'':>9}0{right:>{WIDTH}}"
    yield f"{'':>9}{names}"


def _lacks(costs: Costs, look: Look) -> Iterator[str]:
    for way in costs.ways:
        if way.lacks:
            says = f"{way.name} do not lead to {listed(map(safe, way.lacks))}: those need the internet"
            yield from entry("mind", says, look)


def _notes(costs: Costs, look: Look) -> Iterator[str]:
    for note in costs.notes:
        first, *more = wrapped(safe(note), look.width - 6)
        yield f"{look.painted('note', 'bold')}: {first}"
        yield from (f"      {line}" for line in more)


def _number(value: Maybe[float]) -> float:
    return 0.0 if isinstance(value, Unknown) else value


def render_json(costs: Costs) -> str:
    """The comparison as one JSON document (docs/json.md)."""
    return written(
        {
            "schema": 1,
            "source": {"kind": costs.source_kind, "path": costs.source_path},
            "region": costs.region,
            "prices": costs.priced,
            "gigabytes": costs.gigabytes,
            "now": _way(costs.now, costs.gigabytes),
            "ways": [_way(way, costs.gigabytes) for way in costs.ways],
            "break_even": [
                {"way": dearer, "against": cheaper, "gigabytes": gigabytes}
                for dearer, cheaper, gigabytes in costs.even
            ],
            "notes": list(costs.notes),
        }
    )


def _way(way: Way, gigabytes: float) -> Json:
    values = {"fixed_usd": way.fixed, "per_gb_usd": way.per_gb, "monthly_usd": way.monthly(gigabytes)}
    reasons = dict.fromkeys(value.settle_by for value in values.values() if isinstance(value, Unknown))
    return {
        "name": way.name,
        "counts": way.what,
        **{name: None if isinstance(value, Unknown) else round(value, 4) for name, value in values.items()},
        "unknown": "; ".join(reasons),
        "lacks": list(way.lacks),
    }
