"""`lab demo`: a service that ran on platform version 1.3.0 is upgraded to 1.4.0, in real packets.

Nothing is scripted but the changes: what happens after each is what the network does.
"""

import time
from argparse import Namespace

from pullproof.cli.lab import story
from pullproof.cli.lab.asking import shown_step
from pullproof.cli.lab.within import within
from pullproof.cli.out import emit
from pullproof.errors import ToolError
from pullproof.finding import Fix
from pullproof.lab.agent import Event
from pullproof.lab.lab import Lab
from pullproof.model.estate import Estate
from pullproof.report.text import safe
from pullproof.sources.base import Loaded


def demo(options: Namespace) -> int:
    """Play it; 0 when it goes as told, 1 otherwise.

    Raises:
        ToolError: this machine cannot have a lab.
    """
    return within("demo", lambda: _play(options.time_scale))


def _play(scale: float) -> int:
    from pullproof.cli.lab.up import credentials
    from pullproof.lab.furnish import furnish

    begin = time.monotonic()
    credentials()
    estate = story.before()
    lab = Lab(estate, scale=scale)
    furnish(lab)
    emit(f"a network of 2 private subnets, endpoints for ecr.dkr, logs and S3: up in {_since(begin)}\n")
    went = [
        _act(lab, "1. platform version 1.3.0: Fargate logs in by an interface of its own", estate, "RUNNING")
    ]
    estate = story.on(estate, "1.4.0")
    went.append(
        _act(lab, "2. the upgrade to 1.4.0: the login leaves by the task's interface", estate, "STOPPED")
    )
    estate = story.with_login(estate)
    went.append(_act(lab, "3. the missing endpoint, ecr.api, in a group of its own", estate, "STOPPED"))
    fix = _fix(estate)
    emit("\n4. pullproof fix, proven before it is offered:\n")
    for change in fix.changes:
        emit(f"   + {safe(change.says)}\n")
    from pullproof.repair.apply import edited

    estate = edited(estate, [change.edit for change in fix.changes])
    went.append(_act(lab, "   and the same task again", estate, "RUNNING"))
    lab.close()
    emit(f"\n{sum(went)} of {len(went)} as told, in {_since(begin)}\n")
    return 0 if all(went) else 1


def _act(lab: Lab, says: str, estate: Estate, expected: str) -> bool:
    """Let the estate become true, run the task, and show its launch."""
    emit(f"\n{says}\n")
    lab.apply(estate)

    def tell(event: Event) -> None:
        emit(shown_step({"ok": event.ok, "step": event.step, "seconds": event.seconds, "says": event.says}))

    task = lab.start(lab.plan.estate.launches[story.SERVICE], tell=tell)
    emit(f"  the task is {task.status}\n")
    return task.status == expected


def _fix(estate: Estate) -> Fix:
    from pullproof.repair.offer import offer

    found = offer(Loaded(kind="lab", path="the demo", estate=estate))
    if not found.fixes:
        raise ToolError("no fix was found for the network of the demo")
    return found.fixes[0]


def _since(begin: float) -> str:
    return f"{time.monotonic() - begin:.1f} s"
