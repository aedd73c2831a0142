"""Which tasks a command is about."""

from collections.abc import Collection, Sequence

from pullproof.cli.answer import near
from pullproof.errors import NothingToCheck, UsageError
from pullproof.sources.base import Loaded

#: Where the service may be, by the kind of input; by how the kind begins.
ELSEWHERE = {
    "live": "name another cluster, --region or --profile",
    "snapshot": "pullproof snapshot aws://CLUSTER --out DIR takes one with what the cluster runs",
    "cloudformation": "pass the template that has the AWS::ECS::Service, or all templates of the application",
    "cdk": "pass the assembly that has the service's stack: cdk synth --all, or --synth",
}


def nothing_runs(kind: str, path: str) -> NothingToCheck:
    """The error for an input that runs no task on Fargate."""
    where = "account and region" if kind == "live" else "input"
    remedy = next((says for begins, says in ELSEWHERE.items() if kind.startswith(begins)), "")
    return NothingToCheck(
        f"nothing in the {where} runs a task on Fargate",
        place=path,
        remedy=remedy or "pass the plan, directory or template that has the service",
    )


def only(asked: Sequence[str], loaded: Loaded) -> frozenset[str] | None:
    """The launches that `--task` names, by address, or by the address without its index; None for all.

    Raises:
        UsageError: there is none of that name.
    """
    if not asked:
        return None
    found: set[str] = set()
    launches = loaded.estate.launches
    for name in asked:
        meant = {key for key in launches if key == name or key.startswith(f"{name}[")}
        if not meant:
            raise UsageError(
                f"nothing called {name} runs a task", place=loaded.path, remedy=_instead(name, launches)
            )
        found |= meant
    return frozenset(found)


def _instead(name: str, launches: Collection[str]) -> str:
    close = near(name, launches, "--task")
    if close.startswith("did you mean"):
        return close
    return f"there is: {', '.join(sorted(launches)[:6])}" if launches else close
