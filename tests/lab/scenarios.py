"""Every variant of the field's causes with its network made real.

`python -m tests.lab.scenarios all [JOBS]`, or `SHARE SEED [JOBS]` for some of them.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from pullproof.cli.lab.verify import Row, compared
from pullproof.model.value import Unknown
from pullproof.prove import report
from pullproof.sources.base import Options
from pullproof.sources.terraform.load import load_plan
from tests.lab.shards import JOBS, compare_all
from tests.scenarios.judge import plan_of
from tests.scenarios.recipe import Case, Variant, every_variant, write

REGION = "eu-west-1"


def rows_of(case: Case, variant: Variant) -> Iterator[Row]:
    """What proof and packets say of each connection of a variant, whose plan is settled by its source."""
    with tempfile.TemporaryDirectory() as folder:
        write(variant, Path(folder))
        data, path = plan_of(case, variant).read_bytes(), f"{folder}/plan.json"
        loaded = load_plan(data, path, Options(source=folder))
        if isinstance(loaded.estate.region, Unknown):
            loaded = load_plan(data, path, Options(source=folder, region=REGION))
    yield from compared(loaded, report(loaded))


def differing(variants: Iterable[tuple[Case, Variant]]) -> tuple[int, list[str]]:
    """How many connections were tried, and where the two differ."""
    tried, found = 0, []
    for case, variant in variants:
        for row in rows_of(case, variant):
            tried += 1
            if not row.agrees:
                found.append(
                    f"{case.id} {variant.name}: {row.task} {row.step} in {row.subnet} to {row.host}: {row.why}"
                )
    return tried, found


def share(size: int, seed: int) -> list[tuple[Case, Variant]]:
    """Some of them, of as many different causes as there are."""
    random = Random(seed)
    every = every_variant()
    random.shuffle(every)
    first = {case.id: (case, variant) for case, variant in every}
    return random.sample(list(first.values()), min(size, len(first)))


def _lines(one: tuple[Case, Variant]) -> tuple[int, list[str]]:
    return differing([one])


def main(words: list[str]) -> int:
    """Compare all, or as many as asked; 1 when any differs, or is not compared."""
    every, jobs = words[0] == "all", words[1:2] if words[0] == "all" else words[2:3]
    variants = every_variant() if every else share(int(words[0]), int(words[1]))
    told = compare_all(variants, _lines, int(jobs[0]) if jobs else JOBS)
    if told is None:
        return 1
    tried, found = told
    print(f"{len(variants)} variants, {tried} connections, {found} disagreements")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
