"""The proof, and tasks that are really launched, about random services: `python -m tests.lab.launches N FIRST [JOBS]`."""

import functools
import sys
from collections.abc import Iterator
from random import Random

from pullproof.cli.lab.story import SERVICE, SUBNETS
from pullproof.cli.lab.up import credentials
from pullproof.evidence import Gate, Step
from pullproof.finding import StepReport, TaskReport
from pullproof.lab.furnish import furnish
from pullproof.lab.lab import Lab
from pullproof.lab.task import Task
from pullproof.model.estate import Estate
from pullproof.prove import prove
from pullproof.reach.walk import reach_host
from pullproof.verdict import Verdict
from tests.build import a_source
from tests.lab.shards import JOBS, compare_all
from tests.oracle.launches import drawn, whole

#: What a stopped reason says when a call arrived, and was refused.
REFUSED = ("not authorized", "AccessDenied", "403", "401", "Forbidden", "authorization failed")
#: What the lab says of the layer that refused a call, and the gate of the proof that is the same.
LAYERS = {
    "(endpoint policy)": Gate.ENDPOINT_POLICY,
    "(permissions boundary)": Gate.BOUNDARY,
    "(organization policy)": Gate.ORGANIZATION_POLICY,
    "(no statement allows it)": Gate.IDENTITY_POLICY,
}
#: Gates of policies.
POLICIES = (
    Gate.IDENTITY_POLICY,
    Gate.BOUNDARY,
    Gate.ORGANIZATION_POLICY,
    Gate.ENDPOINT_POLICY,
    Gate.RESOURCE_POLICY,
)


class Launches:
    """One lab, in which one service after another takes the place of the one before."""

    def __init__(self, scale: float = 0.01) -> None:
        credentials()
        self.lab = Lab(whole(), scale=scale)
        furnish(self.lab)
        #: How many tasks came to run.
        self.ran = 0

    def compared(self, seed: int) -> Iterator[str]:
        """Where the two differ about one service."""
        estate = drawn(Random(seed))
        proof = prove(estate)[0]
        self.lab.apply(estate)
        for subnet in SUBNETS:
            task = self.lab.start(self.lab.plan.estate.launches[SERVICE], subnet=subnet)
            self.ran += task.alive
            self.lab.stop(task, "compared")
            if why := difference(estate, proof, task, subnet):
                yield f"service {seed} in {subnet}: {why}"


def difference(estate: Estate, proof: TaskReport, task: Task, subnet: str) -> str:
    """Why the two cannot both be right; empty text when they can."""
    for event in task.events:
        steps = [each for each in proof.steps if subnet in each.subnets]
        made = [(step, each) for step in steps for each in step.decisions if met(step, each) == event.step]
        if not made:
            return f"the proof knows no step {event.step}"
        if not event.ok:
            return _stopped(event.step, [each for _, each in made], event.says)
        certain = {each.code for step, each in made if _stops_all(estate, task, step, each)}
        if certain:
            return f"{event.step} went well, the proof names {sorted(certain)}"
    return ""


def met(step: StepReport, decision: Step) -> str:
    """The step of a launch that meets a decision; "" for what is met later.

    The proof asks for the right to a layer's address where it asks for the manifest, and for the right to
    log where the stream is opened.
    """
    if "ecr:GetDownloadUrlForLayer" in decision.says:
        return "image-layers"
    return "" if "logs:PutLogEvents" in decision.says else step.step


def _stops_all(estate: Estate, task: Task, step: StepReport, decision: Step) -> bool:
    """Whether no task gets past a decision: of several addresses that a name has, one may be open."""
    if decision.verdict is not Verdict.FAILS or decision.partial or step.intermittent:
        return False
    if decision.gate in POLICIES or step.port == 0:
        return True
    source = a_source(task.subnet, *task.groups, public_ip=task.public_ip)
    return not reach_host(estate, source, step.host).intermittent


def _stopped(name: str, made: list[Step], reason: str) -> str:
    """Whether the proof names what stopped a task: a policy for a call that arrived, else the network."""
    refused = any(word in reason for word in REFUSED)
    layer = next((gate for says, gate in LAYERS.items() if says in reason), None)
    asked = [each for each in made if (each.gate in POLICIES) is refused and layer in (None, each.gate)]
    if any(each.verdict is not Verdict.WORKS for each in asked):
        return ""
    named = sorted({each.code for each in made if each.code})
    return f"{name} stopped ({reason}), the proof names {named}"


@functools.cache
def launches() -> Launches:
    """This process' own."""
    return Launches()


def _lines(seed: int) -> tuple[int, list[str]]:
    return len(SUBNETS), list(launches().compared(seed))


def main(words: list[str]) -> int:
    """Compare as many services as asked, beginning with a seed; 1 when any differs, or is not compared."""
    count, first, jobs = int(words[0]), int(words[1]), int(words[2]) if words[2:] else JOBS
    told = compare_all(range(first, first + count), _lines, jobs)
    if told is None:
        return 1
    print(f"{count} services from {first}, {told[0]} launches, {told[1]} disagreements")
    return 1 if told[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
