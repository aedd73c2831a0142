"""Who may import whom, and why. tests/test_layers.py holds the program to it; the docs print it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.repository import SOURCE, parsed

#: unit -> (what it may import, why the line is drawn there). Every unit may import itself and `errors`.
#: "model.value" allows one module of a unit.
MAY_IMPORT: dict[str, tuple[frozenset[str], str]] = {
    "errors": (frozenset(), "anything may raise, so raising may need nothing"),
    "verdict": (frozenset(), "the vocabulary leans on nothing"),
    "model": (frozenset({"verdict"}), "the estate must not know who fills it or who reads it"),
    "evidence": (frozenset({"verdict", "model"}), "cites what was written, and holds no logic"),
    "launch": (frozenset({"verdict", "model"}), "says what is needed, never whether it holds"),
    "reach": (
        frozenset({"verdict", "model", "evidence"}),
        "judges one flow; knows nothing of Fargate or of policies",
    ),
    "iam": (
        frozenset({"verdict", "model", "evidence"}),
        "judges one request; knows nothing of Fargate or of networks",
    ),
    "explain": (frozenset({"verdict", "model", "launch"}), "reads a stopped reason; judges no estate"),
    "finding": (frozenset({"verdict", "model", "evidence", "launch"}), "the shape of what people are shown"),
    "prove": (
        frozenset({"verdict", "model", "evidence", "launch", "reach", "iam", "finding"}),
        "the only place where needs meet engines",
    ),
    "repair": (
        frozenset({"verdict", "model", "evidence", "launch", "finding", "prove"}),
        "proposes what a need lacks, and asks prove again",
    ),
    "provision": (
        frozenset({"verdict", "model", "finding", "prove", "repair", "render", "sources.base"}),
        "building from nothing is repairing what has nothing, and writing all of it",
    ),
    "sources": (frozenset({"model"}), "a source translates; it never judges"),
    # Changing a user's files takes the same reading of them: which module a call leads to, what a name means.
    "render": (
        frozenset({"model", "sources.terraform.hcl", "sources.terraform.address"}),
        "writes edits; cannot see verdicts, so cannot depend on them",
    ),
    "why": (
        frozenset({"verdict", "model", "evidence", "launch", "explain", "finding"}),
        "joins what ECS said with what is proven; reads no input and proves nothing itself",
    ),
    "report": (
        frozenset(
            {
                *("verdict", "evidence", "launch", "finding", "model.value", "model.codes"),
                *("model.edits", "explain.understand", "why"),
            }
        ),
        "reads findings, and decides nothing",
    ),
    "lab": (frozenset({"verdict", "model", "evidence"}), "a second opinion must not share the engine"),
    "cli": (
        frozenset(
            {
                *(
                    "verdict",
                    "model",
                    "evidence",
                    "launch",
                    "reach",
                    "iam",
                    "explain",
                    "finding",
                    "prove",
                    "why",
                ),
                *("repair", "provision", "sources", "render", "report", "lab"),
            }
        ),
        "wires everything together; nobody sees it",
    ),
    "cdk": (
        frozenset({"verdict", "model", "evidence", "finding", "prove", "sources"}),
        "pullproof inside an app of the AWS CDK: reads what was synthesised and proves it; nobody sees it",
    ),
    "__main__": (frozenset({"cli"}), "starts the program, and does nothing else"),
    "__init__": (frozenset(), "whoever imports any part pays for this one"),
}


def unit(path: Path) -> str:
    """The unit that a module of the program belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> frozenset[str]:
    """The modules of the program that a file imports anywhere: "verdict", "model.value".

    Raises:
        AssertionError: an import is written in a form that hides what it means.
    """
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {_module(alias.name, path) for alias in node.names if _ours(alias.name)}
        elif isinstance(node, ast.ImportFrom):
            found |= set(_from(node, path))
    return frozenset(found)


def beyond(path: Path) -> frozenset[str]:
    """What a module imports although its unit may not."""
    own = unit(path)
    allowed = MAY_IMPORT[own][0] | {own, "errors"}
    return frozenset(
        module
        for module in imported(path)
        if not any(module == name or module.startswith(f"{name}.") for name in allowed)
    )


def _ours(module: str) -> bool:
    return module == "pullproof" or module.startswith("pullproof.")


def _from(node: ast.ImportFrom, path: Path) -> Iterator[str]:
    """The modules that one `from ... import ...` names."""
    assert node.level == 0, f"{path}:{node.lineno}: relative import; write the full name"
    assert node.module is not None
    names = {alias.name for alias in node.names}
    assert "*" not in names, f"{path}:{node.lineno}: import *; name what is used"
    if node.module == "pullproof":
        names -= {"__version__"}
    if _ours(node.module):
        yield from (_module(f"{node.module}.{name}", path) for name in names)


def _module(dotted: str, path: Path) -> str:
    """The module behind `pullproof.a.b.Name`, without the first part."""
    parts = dotted.split(".")[1:]
    while parts:
        place = SOURCE.joinpath(*parts)
        if place.with_suffix(".py").is_file() or place.is_dir():
            return ".".join(parts)
        parts.pop()
    raise AssertionError(f"{path}: import the module that is meant, not the package, instead of {dotted}")
