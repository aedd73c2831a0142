"""Read the cases and write the Terraform they describe.

A case is one root cause that people met in the field: `cases/ID-name.toml`. Its variants each start
from one of the working configurations in `bases/` and change it: some break it, and at least one is a
near miss, a configuration that looks alike and must not be reported.

    id = "E05"
    title = "..."
    [[variant]]
    name = "broken"
    base = "private"
    verdict = "cannot_start"
    blockers = [["image-layers", "gateway-not-associated", "aws_route_table.private"]]
    edits = [["network.tf", "old text", "new text"]]
    append = { "network.tf" = "..." }
    options = ["--subnets", "..."]

Several steps with the same blocker are written as one, with spaces between them. A variant that says
`like = "near-miss"` starts from that earlier variant of its case instead of from a base.
"""

import tomllib
from pathlib import Path

import msgspec

HERE = Path(__file__).parent


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration, and what must be said of it."""

    name: str
    why: str
    #: A folder of `bases/`; own files replace the shared ones of the same name.
    base: str = ""
    #: The earlier variant this one starts from, in place of a base.
    like: str = ""
    #: The contract's word; "not_launched" for a task definition that nothing runs, and "not_judged" for
    #: what does not run on Fargate.
    verdict: str
    #: [step, code, resource] of every blocker.
    blockers: list[tuple[str, str, str]] = []
    #: [code, resource] of every warning.
    warnings: list[tuple[str, str]] = []
    #: Steps that must be unknown.
    unknown: list[str] = []
    intermittent: bool = False
    #: [file, text that stands there exactly once, what replaces it]
    edits: list[tuple[str, str, str]] = []
    #: Addresses of resources that are taken out.
    remove: list[str] = []
    #: Text added at the end of a file, which is made if there is none.
    append: dict[str, str] = {}
    #: The earlier variant that was applied before this one is planned; else nothing exists yet.
    applied: str = ""
    #: Given to Terraform's plan.
    variables: dict[str, str] = {}
    options: list[str] = []
    #: What runs the task, when it is not the service of the base.
    task: str = "aws_ecs_service.app"
    #: Words that must stand in the terminal output.
    says: list[str] = []
    #: What `like` names, and `applied`.
    start: "Variant | None" = None
    before: "Variant | None" = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One root cause."""

    id: str
    title: str
    variant: list[Variant]
    slug: str = ""


def cases() -> list[Case]:
    """Every case, in the order of their ids."""
    found = []
    for path in sorted((HERE / "cases").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        case = msgspec.convert({**data, "slug": path.stem}, Case)
        found.append(msgspec.structs.replace(case, variant=_resolved(case.variant)))
    return found


def _resolved(variants: list[Variant]) -> list[Variant]:
    """With what `like` names, and a blocker for each step."""
    known: dict[str, Variant] = {}
    for variant in variants:
        blockers = [(step, code, at) for steps, code, at in variant.blockers for step in steps.split()]
        start = known[variant.like] if variant.like else None
        before = known[variant.applied] if variant.applied else None
        found = msgspec.structs.replace(variant, blockers=blockers, start=start, before=before)
        known[variant.name] = found
    return list(known.values())


def every_variant() -> list[tuple[Case, Variant]]:
    """All variants of all cases."""
    return [(case, variant) for case in cases() for variant in case.variant]


def name(case: Case, variant: Variant) -> str:
    """`E05-gateway-not-associated/broken`."""
    return f"{case.slug}/{variant.name}"


def files(variant: Variant) -> dict[str, str]:
    """The configuration, by file name. Raises ValueError when an edit does not fit its base."""
    texts = files(variant.start) if variant.start else _base(variant.base)
    for file, old, new in variant.edits:
        if texts[file].count(old) != 1:
            raise ValueError(f"{variant.name}: stands {texts[file].count(old)} times in {file}: {old}")
        texts[file] = texts[file].replace(old, new)
    for address in variant.remove:
        if all(text == without(text, address) for text in texts.values()):
            raise ValueError(f"{variant.name}: {address} is not there")
        texts = {file: without(text, address) for file, text in texts.items()}
    for file, text in variant.append.items():
        texts[file] = f"{texts.get(file, '')}\n{text.strip()}\n".lstrip()
    return texts


def _base(name: str) -> dict[str, str]:
    own = HERE / "bases" / name
    paths = {path.name: path for path in sorted((HERE / "bases").glob("*.tf"))}
    paths |= {str(path.relative_to(own)): path for path in sorted(own.rglob("*")) if path.is_file()}
    return {file: path.read_text(encoding="utf-8") for file, path in paths.items()}


def without(text: str, address: str) -> str:
    """The text of a file without one resource's block."""
    kind, _, label = address.partition(".")
    before, head, after = text.partition(f'resource "{kind}" "{label}" {{')
    return before.rstrip() + "\n" + after.partition("\n}\n")[2] if head else text


def write(variant: Variant, folder: Path) -> None:
    """Write the configuration into an existing, empty folder."""
    for file, text in files(variant).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
