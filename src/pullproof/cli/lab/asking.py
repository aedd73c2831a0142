"""What people ask of a lab that runs."""

import contextlib
import json
import os
import re
import time
from argparse import Namespace
from typing import Any

from pullproof.cli.answer import deliver
from pullproof.cli.out import emit
from pullproof.errors import PullproofError, UsageError
from pullproof.report.text import safe as plain

CANNOT_START = 1


def ps(options: Namespace) -> int:
    """The tasks of a lab."""
    tasks = _all(options.name, "ps")
    if options.format == "json":
        deliver(json.dumps({"schema": 1, "tasks": tasks}, indent=2) + "\n", options)
        return 0
    deliver("".join(_row(task) for task in tasks) or "no task was started\n", options)
    return 0


def run_task(options: Namespace) -> int:
    """Run a task and show its launch, step by step; 1 when it stops."""
    task: dict[str, Any] = {}
    given = {
        "launch": options.launch,
        "subnet": options.subnet or "",
        "platform": options.platform_version or "",
    }
    remote = _remote(options.name)
    shown = []
    for answer in remote.ask("run", **given):
        if "event" in answer:
            shown.append(shown_step(answer["event"]))
            if options.format == "terminal" and not options.output:
                emit(shown[-1])
        else:
            task = answer["task"]
    if options.format == "json":
        deliver(json.dumps({"schema": 1, "task": task}, indent=2) + "\n", options)
    elif options.output:
        deliver("".join(shown) + _row(task), options)
    else:
        emit(_row(task))
    return 0 if task.get("status") == "RUNNING" else CANNOT_START


def logs(options: Namespace) -> int:
    """What the containers of a task wrote."""
    for answer in _all(options.name, "logs", task=options.task):
        emit("".join(f"{plain(line)}\n" for line in str(answer["text"]).splitlines()))
    return 0


def trace(options: Namespace) -> int:
    """A connection tried; 1 when it does not open."""
    host, colon, port = options.target.rpartition(":")
    if not colon:
        host, port = options.target, "443"
    if not host or re.fullmatch("[0-9]{1,5}", port) is None or not 0 < int(port) < 65536:
        raise UsageError(
            f"{options.target} is no host and port", remedy="--to api.ecr.eu-west-1.amazonaws.com:443"
        )
    answer = _remote(options.name).one("trace", task=options.task, host=host, port=int(port))
    if options.format == "json":
        deliver(json.dumps({"schema": 1, **answer}, indent=2) + "\n", options)
    else:
        deliver(_traced(answer, host, int(port)), options)
    return 0 if answer["gate"] == "" else CANNOT_START


def flows(options: Namespace) -> int:
    """Records of what crossed."""
    for answer in _all(options.name, "flows"):
        emit(f"{plain(str(answer['line']))}\n")
    return 0


def push(options: Namespace) -> int:
    """An image into the registry."""
    path = "" if options.image == "busybox" else os.path.abspath(options.image)  # noqa: PTH100
    answer = _remote(options.name).one("push", path=path, repository=options.repository)
    emit(f"{plain(answer['repository'])}:{plain(answer['tag'])} is {answer['digest']}\n")
    return 0


def down(options: Namespace) -> int:
    """End a lab, and wait until nothing of it is left."""
    from pullproof.lab.remote import running

    _remote(options.name).one("down")
    end = time.monotonic() + 30
    while options.name in running() and time.monotonic() < end:
        time.sleep(0.02)
    emit(f"the lab {options.name} has ended\n")
    return 0


def every(options: Namespace) -> int:
    """The labs that run."""
    from pullproof.lab.remote import Remote, running

    found: dict[str, dict[str, Any]] = {}
    for name in running():
        with contextlib.suppress(PullproofError):  # it has ended meanwhile
            found[name] = Remote(name).one("status")
    if options.format == "json":
        deliver(
            json.dumps(
                {"schema": 1, "labs": [{"name": name, **told} for name, told in found.items()]}, indent=2
            )
            + "\n",
            options,
        )
        return 0
    lines = [
        f"{name}  {told['region']}  {told['api']}  {told['interfaces']} interfaces\n"
        for name, told in found.items()
    ]
    deliver("".join(lines) or "no lab runs\n", options)
    return 0


def _remote(name: str) -> Any:
    from pullproof.lab.remote import Remote

    return Remote(name)


def _all(name: str, what: str, **given: object) -> list[dict[str, Any]]:
    return list(_remote(name).ask(what, **given))


def _row(task: dict[str, Any]) -> str:
    mark = {"RUNNING": "✓", "STOPPED": "✗"}.get(str(task["status"]), "·")
    line = f"{mark} {task['id'][:12]}  {plain(task['launch'])}  {task['status']}  {task['platform']}  {task['address']}\n"
    return line + (f"    {plain(task['reason'])}\n" if task["reason"] else "")


def shown_step(event: dict[str, Any]) -> str:
    """One step of a launch, as a line."""
    mark = "✓" if event["ok"] else "✗"
    return (
        f"  {mark} {event['step']:15} {event['seconds'] * 1000:6.0f} ms  {plain(event['says'])}".rstrip()
        + "\n"
    )


def _traced(answer: dict[str, Any], host: str, port: int) -> str:
    where = ", ".join(answer["addresses"]) or "no address"
    lines = [f"{plain(host)} is {where}"]
    if answer["gate"] == "":
        lines.append(f"✓ tcp/{port} opens")
    else:
        lines.append(f"✗ tcp/{port} does not open: {answer['gate']}")
    for gate in answer["gates"]:
        by = f", by {plain(', '.join(gate['by']))}" if gate["by"] else ""
        lines.append(
            f"  {gate['code']}: dropped between {plain(gate['from'])} and {plain(gate['to'])}"
            f" ({gate['address']}, port {gate['port']}){by}"
        )
    if answer["ends"] and answer["gate"] and not answer["gates"]:
        lines.append("  no filter dropped it: nothing leads there, or nothing leads back")
    return "\n".join(lines) + "\n"
