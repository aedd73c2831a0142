"""`lab verify`: the proof of an input, and what packets say of the same connections."""

import json
from argparse import Namespace
from collections.abc import Iterator

import msgspec

from pullproof.cli.answer import deliver
from pullproof.cli.check import nothing
from pullproof.cli.lab.agreeing import difference, of_report
from pullproof.cli.lab.within import within
from pullproof.cli.loading import load
from pullproof.evidence import Via
from pullproof.finding import Report, StepReport, TaskReport
from pullproof.lab.ask import Outcome, ask
from pullproof.lab.concrete import concrete, region_of
from pullproof.lab.fabric import Network
from pullproof.lab.names import mount_host
from pullproof.lab.plan import Plan, Start, planned
from pullproof.model.estate import Estate
from pullproof.model.value import Unknown
from pullproof.prove import report
from pullproof.report.text import safe
from pullproof.sources.base import Loaded
from pullproof.verdict import Verdict

AGREES, DIFFERS = 0, 1


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One connection of one task: what the proof says, what the packets say, whether both can be right."""

    task: str
    step: str
    subnet: str
    host: str
    port: int
    proof: str
    packets: str
    agrees: bool
    why: str = ""


def verify(options: Namespace) -> int:
    """Compare, and print each connection; 1 when any differs.

    Raises:
        NothingToCheck: nothing in the input runs a task on Fargate.
        InputError: its region is not known.
    """
    loaded = load(options)
    region_of(loaded.estate, loaded.path)
    answer = report(loaded)
    if not answer.tasks:
        raise nothing(answer)

    def work() -> int:
        rows = list(compared(loaded, answer))
        deliver(_json(rows) if options.format == "json" else "".join(_lines(rows)), options)
        return AGREES if all(row.agrees for row in rows) else DIFFERS

    return within("verify", work)


def compared(loaded: Loaded, answer: Report) -> Iterator[Row]:
    """Each connection of each task, tried in a network of the same estate."""
    estate = concrete(loaded.estate)
    starts = [start for task in answer.tasks for start in _starts(estate, task)]
    plan = planned(estate, starts)
    with Network(plan) as network:
        for task in answer.tasks:
            for step in task.steps:
                # What Fargate sends by an interface of its own crosses nothing of the estate's.
                tried = step.port and step.via is not Via.FARGATE_ENI
                for subnet in step.subnets if tried else ():
                    found = plan.of(_name(task.id, subnet))
                    for host in _hosts(plan, task, step) if found else ():
                        yield _row(task, step, subnet, ask(network, found[0], host, step.port))


def _hosts(plan: Plan, task: TaskReport, step: StepReport) -> tuple[str, ...]:
    """The names that a step connects to: a mount's are those of the task's file systems."""
    if step.host:
        return (step.host,)
    definition = plan.estate.task_definitions.get(task.task_definition)
    systems = [] if definition is None else [volume.file_system for volume in definition.volumes.items]
    if len(systems) != 1 or isinstance(systems[0], Unknown):
        return ()
    return (mount_host(plan, systems[0]),)


def _starts(estate: Estate, task: TaskReport) -> Iterator[Start]:
    launch = estate.launches[task.id]
    for subnet in dict.fromkeys(each for step in task.steps for each in step.subnets):
        yield Start(
            key=_name(task.id, subnet),
            subnet=subnet,
            groups=launch.groups.items,
            public_ip=launch.public_ip is True,
        )


def _name(task: str, subnet: str) -> str:
    return f"{task} in {subnet}"


def _row(task: TaskReport, step: StepReport, subnet: str, outcome: Outcome) -> Row:
    codes = {each.code for each in step.blockers}
    why = difference(of_report(step), outcome)
    network = [each for hop in step.network for each in hop.steps]
    verdict = Verdict.FAILS if any(s.verdict is Verdict.FAILS for s in network) else step.verdict
    shown = (
        ", ".join(sorted(codes))
        if codes
        else {"works": "open", "unknown": "unknown"}.get(verdict.value, "closed")
    )
    return Row(
        task=task.id,
        step=step.step,
        subnet=subnet,
        host=step.host,
        port=step.port,
        proof=shown,
        packets=outcome.gate or "open",
        agrees=why == "",
        why=why,
    )


def _lines(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        mark = "✓" if row.agrees else "✗"
        says = f"{row.packets}" if row.packets == row.proof else f"proof {row.proof}; packets {row.packets}"
        yield f"{mark} {safe(row.task)}  {row.step:15}  {safe(row.subnet)} to {safe(row.host)}:{row.port}  {says}\n"
        if row.why:
            yield f"    {safe(row.why)}\n"
    differing = sum(not row.agrees for row in rows)
    yield f"\n{len(rows)} connections tried with real packets: {len(rows) - differing} agree, {differing} differ\n"


def _json(rows: list[Row]) -> str:
    return (
        json.dumps({"schema": 1, "connections": [msgspec.to_builtins(row) for row in rows]}, indent=2) + "\n"
    )
