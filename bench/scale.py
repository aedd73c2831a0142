"""Large plans, made of a real small one: `python -m bench.scale big.json --networks 1400`.

What Terraform writes for a module with `count` is the same text over and over, with other indices; so a
plan of any size is the plan of one network, repeated. tests/test_bench.py compares with Terraform's own.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

BASE = Path(__file__).parent / "data" / "plan.json"

Json = dict[str, Any]


#: What a network can lack, each of which is another blocker of its service.
PARTS = (
    "aws_vpc_security_group_egress_rule.to_endpoints",
    "aws_vpc_security_group_egress_rule.to_s3",
    "aws_vpc_security_group_ingress_rule.from_tasks",
    'aws_vpc_endpoint.interface["logs"]',
    "aws_iam_role_policy.secret",
)


def scaled(
    base: Json, *, networks: int = 1, services: int = 1, rules: int = 1, lacking: Sequence[str] = ()
) -> Json:
    """The plan of `networks` networks with `services` services each, whose group has `rules` more rules.

    `lacking` are resources of a network that each of them is without.
    """
    base = _lacking(base, lacking)
    values = base["planned_values"]
    (child,) = values["root_module"]["child_modules"]
    grown = _members(child["resources"], services, rules)
    modules = [child | {"resources": grown}]
    return base | {
        "variables": {
            "networks": {"value": networks},
            "rules": {"value": rules},
            "services": {"value": services},
        },
        "planned_values": values | {"root_module": {"child_modules": _networks(modules, networks)}},
        "resource_changes": _networks(_members(base["resource_changes"], services, rules), networks),
        "relevant_attributes": _networks(base["relevant_attributes"], networks),
    }


def _lacking(base: Json, parts: Sequence[str]) -> Json:
    """The plan without some resources of its network, also where its configuration has them whole."""
    gone = {f"module.net[0].{part}" for part in parts}
    blocks = {part for part in parts if not part.endswith("]")}
    plan: Json = json.loads(json.dumps(base))
    (child,) = plan["planned_values"]["root_module"]["child_modules"]
    called = plan["configuration"]["root_module"]["module_calls"]["net"]["module"]
    for holder, key, names in (
        (child, "resources", gone),
        (plan, "resource_changes", gone),
        (called, "resources", blocks),
    ):
        holder[key] = [entry for entry in holder[key] if entry["address"] not in names]
    return plan


def _networks(entries: list[Json], count: int) -> list[Json]:
    """The entries of the first network, once for each network."""
    text = json.dumps(entries)
    return [
        entry
        for number in range(count)
        for entry in json.loads(
            text.replace("module.net[0]", f"module.net[{number}]").replace("orders-0", f"orders-{number}")
        )
    ]


def _members(entries: list[Json], services: int, rules: int) -> list[Json]:
    """The entries of one network, with its service and its numbered rule repeated in place."""
    return [copy for entry in entries for copy in _copies(entry, services, rules)]


def _copies(entry: Json, services: int, rules: int) -> Iterator[Json]:
    if entry["type"] == "aws_ecs_service":
        yield from (
            _numbered(entry, number, {"orders-0-0": f"orders-0-{number}"}) for number in range(services)
        )
    elif entry["name"] == "to_partner":
        for number in range(rules):
            host = 2 * number
            cidr = f"172.{16 + (host >> 16)}.{host >> 8 & 255}.{host & 255}/32"
            yield _numbered(entry, number, {"partner 0": f"partner {number}", "172.16.0.0/32": cidr})
    else:
        yield entry


def _numbered(entry: Json, number: int, words: dict[str, str]) -> Json:
    """A copy of a resource with index 0 under another index, with some other words in it."""
    text = json.dumps(entry)
    place = f"{entry['type']}.{entry['name']}"
    for old, new in (words | {f"{place}[0]": f"{place}[{number}]"}).items():
        text = text.replace(old, new)
    copy: Json = json.loads(text)
    return copy | {"index": number}


def main() -> None:
    """Write one plan."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    for what in ("networks", "services", "rules"):
        parser.add_argument(f"--{what}", type=int, default=1)
    parser.add_argument("--lacking", choices=PARTS, action="append", default=[])
    asked = parser.parse_args()
    base = json.loads(BASE.read_text(encoding="utf-8"))
    plan = scaled(
        base, networks=asked.networks, services=asked.services, rules=asked.rules, lacking=asked.lacking
    )
    with asked.file.open("w", encoding="utf-8") as file:
        json.dump(plan, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
