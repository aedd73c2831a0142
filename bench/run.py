"""`make bench`: start-up, speed, memory and growth, all in one run, printed as one table.

make bench                                  what pullproof takes; checkov's figures as recorded
make bench BENCH="--peer checkov"           checkov on the small and the middle plan too
make bench BENCH="--peer checkov --large"   and on the large one, which takes it many minutes
"""

import argparse
import sys
from pathlib import Path

import msgspec

from bench.measure import Sample, measure
from bench.peers import checkov, install_checkov, record, recorded
from bench.plans import WORK, plan
from bench.scale import PARTS
from bench.templates import EACH, template

PULLPROOF = str(Path(sys.executable).with_name("pullproof"))
CFN_LINT = str(Path(sys.executable).with_name("cfn-lint"))
JSON_LOAD = [sys.executable, "-c", "import json, sys; json.load(open(sys.argv[1], 'rb'))"]

#: networks in the plan -> (what to call it, how many times faster than checkov we mean to be)
SIZES = {1: ("small plan", 15), 140: ("middle plan", 25), 1410: ("large plan", 100)}
LARGE = 1410

#: Networks in the template, and how many times faster than cfn-lint we mean to be.
STACK, STACK_AIM = 20, 5

#: Exit statuses of a check that came to an answer.
ANSWERED = {0, 1, 3}


class Row(msgspec.Struct, frozen=True):
    """One line of the table: what ran, what it took, and what that is compared with."""

    what: str
    sample: Sample | None = None
    note: str = ""


def main() -> None:
    """Measure, and print the table."""
    asked = _arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    peer = install_checkov(WORK) if asked.peer else None
    rows = [*_start(asked.rounds)]
    measured: dict[int, Sample] = {}
    for networks in SIZES:
        rows += _size(networks, asked.rounds, peer if networks != LARGE or asked.large else None, measured)
    rows += _mended("each without one rule", 140, 1, asked.rounds, "aim: 3 x check")
    rows += _mended("each without five things", 200, 5, asked.rounds, "aim: 5 s")
    rows += _template(asked.rounds)
    rows += _growth("services", 200, asked.rounds)
    rows += _growth("rules", 2000, asked.rounds)
    if asked.record:
        record(measured)
    print(_table(rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure speed and memory.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each command runs (default 5)")
    parser.add_argument("--peer", choices=["checkov"], help="measure this program as well")
    parser.add_argument("--large", action="store_true", help="the peer on the large plan too, once")
    parser.add_argument("--record", action="store_true", help="keep the peer's figures for later runs")
    return parser.parse_args()


def _start(rounds: int) -> list[Row]:
    """What starting costs, beyond what starting Python costs."""
    bare, ours = measure(
        [[sys.executable, "-c", "pass"], [PULLPROOF, "--version"]], rounds=2 * rounds, cwd=WORK
    )
    beyond = 1000 * (ours.median - bare.median)
    return [
        Row("start-up"),
        Row("python -c pass", bare),
        Row("pullproof --version", ours, _unless_failed(ours, f"+{beyond:.0f} ms (aim: +40 ms)")),
    ]


def _size(networks: int, rounds: int, peer: Path | None, measured: dict[int, Sample]) -> list[Row]:
    """One plan, checked by us, by the peer, and only read by json.load."""
    name, aim = SIZES[networks]
    file = plan(networks=networks)
    fewer = rounds if networks < LARGE else min(rounds, 3)
    load, ours, fix = measure(
        [[*JSON_LOAD, str(file)], [PULLPROOF, "check", str(file)], [PULLPROOF, "fix", str(file)]],
        rounds=fewer,
        cwd=WORK,
    )
    rows = [
        Row(f"{name}: {file.stat().st_size / 1e6:.2f} MB, services: {networks}"),
        Row("json.load", load),
        Row("pullproof check", ours, _unless_failed(ours, f"{ours.median / load.median:.1f} x json.load")),
        Row("pullproof fix", fix, _unless_failed(fix, f"{fix.median / ours.median:.1f} x check (aim: 3 x)")),
    ]
    if peer:
        their_rounds = {1: rounds, LARGE: 0}.get(networks, 1)
        (theirs,) = measure([checkov(peer, file)], rounds=their_rounds, cwd=WORK)
        measured[networks] = theirs
        rows.append(
            Row("checkov", theirs, _unless_failed(ours, _unless_failed(theirs, _faster(theirs, ours, aim))))
        )
    elif old := recorded().get(networks):
        theirs = Sample(seconds=(old.median_s,), cpu=(old.median_cpu_s,), peak_mb=old.peak_mb, status=0)
        note = f"{_faster(theirs, ours, aim)}; recorded {old.day}, on {old.machine}"
        rows.append(Row(old.program, theirs, _unless_failed(ours, note)))
    return rows


def _mended(what: str, networks: int, parts: int, rounds: int, aim: str) -> list[Row]:
    """A plan whose services cannot start, checked and mended: each network lacks the first few parts."""
    file = plan(networks=networks, lacking=PARTS[:parts])
    check, fix = measure(
        [[PULLPROOF, "check", str(file)], [PULLPROOF, "fix", str(file)]], rounds=min(rounds, 3), cwd=WORK
    )
    times = f"{fix.median / check.median:.1f} x check ({aim})"
    return [
        Row(f"{networks} networks with a service, {what}: {file.stat().st_size / 1e6:.2f} MB"),
        Row("pullproof check", check, _unless_failed(check, "")),
        Row("pullproof fix", fix, _unless_failed(fix, times)),
    ]


def _template(rounds: int) -> list[Row]:
    """One template, checked by us and by cfn-lint, which judges other things, but reads it as a whole too."""
    file = template(networks=STACK)
    region = ["--region", "eu-west-1", "--account", "123456789012"]
    ours, theirs = measure(
        [[PULLPROOF, "check", str(file), *region], [CFN_LINT, "--regions", "eu-west-1", "--", str(file)]],
        rounds=rounds,
        cwd=WORK,
    )
    return [
        Row(f"template: {file.stat().st_size / 1e6:.2f} MB, resources: {STACK * EACH}"),
        Row("pullproof check", ours, _unless_failed(ours, "aim: 0.25 s")),
        Row("cfn-lint", theirs, _unless_failed(ours, _faster(theirs, ours, STACK_AIM))),
    ]


def _growth(axis: str, count: int, rounds: int) -> list[Row]:
    """One network with more and more of something: ten times as much should take ten times as long."""
    numbers = (1, count, 10 * count)
    took = measure(
        [[PULLPROOF, "check", str(_grown(axis, number))] for number in numbers],
        rounds=min(rounds, 3),
        cwd=WORK,
    )
    one, some, many = (sample.median for sample in took)
    last = f"10 x the {axis}: {(many - one) / max(some - one, 0.001):.1f} x the time beyond start"
    return [
        Row(f"growth with {axis}, in one network"),
        *(
            Row(f"{number} {axis}", sample, _unless_failed(sample, last if number == numbers[-1] else ""))
            for number, sample in zip(numbers, took, strict=True)
        ),
    ]


def _grown(axis: str, number: int) -> Path:
    return plan(services=number) if axis == "services" else plan(rules=number)


def _faster(theirs: Sample, ours: Sample, aim: int) -> str:
    return f"pullproof is {theirs.median / ours.median:.0f} x faster (aim: {aim} x)"


def _unless_failed(sample: Sample, note: str) -> str:
    """The note; or, of a program that did not do its work, that its speed means nothing."""
    if sample.status in ANSWERED and "Error" not in sample.said:
        return note
    return f"FAILED, exit status {sample.status}: {sample.said[:80]}"


def _table(rows: list[Row]) -> str:
    """The rows as text, in columns."""
    lines = [f"{'':<34}{'wall s':>10}{'min - max':>18}{'cpu s':>10}{'peak MB':>10}  compared"]
    for row in rows:
        if row.sample is None:
            lines += ["", row.what]
            continue
        seconds = row.sample.seconds
        span = f"{min(seconds):.3f} - {max(seconds):.3f}"
        numbers = (
            f"{row.sample.median:>10.3f}{span:>18}{row.sample.median_cpu:>10.3f}{row.sample.peak_mb:>10.0f}"
        )
        lines.append(f"  {row.what:<32}{numbers}  {row.note}".rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    main()
