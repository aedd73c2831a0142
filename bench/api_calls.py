"""How many calls a check of an account makes, by its size: `python -m bench.api_calls`.

Nothing is timed: an account in memory answers, and what is asked is counted, pages one by one.
"""

import contextlib

import msgspec

from bench.account import Account
from pullproof.sources.live.calls import CALLS
from pullproof.sources.live.collect import Collector, Start


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """An account's size, in words and in numbers."""

    title: str
    services: int = 1
    vpcs: int = 1
    families: int = 1
    rules: int = 5
    tasks: int = 2


SIZES = (
    Size(title="1 service, 1 VPC"),
    Size(title="the same with 1,000 running tasks", tasks=1000),
    Size(title="the same with 10 times the rules", rules=50),
    Size(title="10 services of one task definition", services=10),
    Size(title="100 services of one task definition", services=100),
    Size(title="10 services of 10 task definitions", services=10, families=10),
    Size(title="100 services of 100 task definitions", services=100, families=100),
    Size(title="10 services of one task definition, 5 VPCs", services=10, vpcs=5),
    Size(title="100 services of one task definition, 5 VPCs", services=100, vpcs=5),
    Size(title="100 services of one task definition, 50 VPCs", services=100, vpcs=50),
)


def counted(size: Size) -> dict[str, int]:
    """The requests of a check, by call."""
    account = Account(
        services=size.services, vpcs=size.vpcs, families=size.families, rules=size.rules, tasks=size.tasks
    )
    start = Start(regions=account.regions, cluster="shop")
    return Collector(account, CALLS, start).run().requests


def table() -> str:
    """The table as Markdown."""
    lines = [
        "| Account | Calls | of these EC2 | ECS | IAM | others |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for size in SIZES:
        held = counted(size)
        by = {
            name: sum(n for call, n in held.items() if call.startswith(f"{name}:"))
            for name in ("ec2", "ecs", "iam")
        }
        total = sum(held.values())
        cells = (size.title, total, by["ec2"], by["ecs"], by["iam"], total - sum(by.values()))
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        print(table(), end="")
