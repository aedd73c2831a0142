"""Directories of .tf files as modules: what each declares, and which module each call leads to.

https://developer.hashicorp.com/terraform/language/modules/configuration
"""

import os
from collections.abc import Iterator
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl import paths
from pullproof.sources.terraform.hcl.blocks import LARGEST, read_blocks
from pullproof.sources.terraform.hcl.files import fence_around
from pullproof.sources.terraform.hcl.syntax import Block, Source

#: How many calls deep modules are followed; Terraform itself knows no limit, people stop at four.
DEEPEST = 20
#: More calls than any configuration has; modules that call each other in a circle end here.
MOST_MODULES = 5000
#: How far above the root module other modules are read.
HIGHEST = 5
#: More files in one directory than any module has.
MOST_FILES = 2000


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """A module as written. `resources` are keyed `TYPE.NAME` and `data.TYPE.NAME`, the others by name."""

    directory: str
    variables: dict[str, Block]
    locals: dict[str, Source]
    outputs: dict[str, Block]
    resources: dict[str, Block]
    calls: dict[str, Block]
    providers: tuple[Block, ...]
    settings: tuple[Block, ...]


class Project:
    """A root module and every module it calls. Modules are read when they are first asked for.

    `installed` is the directory whose `.terraform` has the modules from elsewhere: the root, unless
    `terraform init` ran in a copy of it.
    """

    def __init__(self, root: str | os.PathLike[str], installed: str | os.PathLike[str] | None = None) -> None:
        self.root = os.fspath(root)
        self.fence = fence_around(self.root)
        self._base = os.fspath(installed or root)
        self._installed = _installed(self._base)
        self._modules: dict[str, Module] = {}
        self._calls: dict[tuple[str, ...], Module | None] = {}

    @property
    def main(self) -> Module:
        """The root module.

        Raises:
            InputError: a file in it cannot be read; the message names the line.
        """
        return self._read(self.root)

    def module(self, path: tuple[str, ...]) -> Module | None:
        """The module at the end of a path of call names; None where it is not installed here.

        Raises:
            InputError: a file in it cannot be read; the message names the line.
        """
        if not path:
            return self.main
        if path not in self._calls:
            self._calls[path] = self._find(path)
        return self._calls[path]

    def paths(self) -> Iterator[tuple[str, ...]]:
        """The paths of all modules, the root first. Calls that go in a circle end at some depth.

        Raises:
            InputError: a file cannot be read; the message names the line.
        """
        waiting: list[tuple[str, ...]] = [()]
        for _ in range(MOST_MODULES):
            if not waiting:
                return
            path = waiting.pop()
            module = self.module(path)
            yield path
            if module is not None and len(path) < DEEPEST:
                waiting.extend((*path, name) for name in sorted(module.calls, reverse=True))

    def _find(self, path: tuple[str, ...]) -> Module | None:
        above = self.module(path[:-1]) if len(path) <= DEEPEST else None
        call = above.calls.get(path[-1]) if above is not None else None
        if above is None or call is None:
            return None
        source = plain_text(call.attributes.get("source"))
        if source.startswith(("./", "../")):
            directory = paths.joined(above.directory, source)
        elif ".".join(path) in self._installed:
            directory = paths.joined(self._base, self._installed[".".join(path)])
        else:
            return None
        if not paths.is_directory(directory) or not self._allowed(directory):
            return None
        return self._read(paths.normal(directory))

    def _allowed(self, directory: str) -> bool:
        """Modules are read where Terraform reads them, but not from all over the disk."""
        found = paths.real(directory)
        above = paths.upwards(paths.real(self.root))[:HIGHEST]
        folders = [paths.real(self._base), self.fence, *(one for one in above if one.count("/") > 1)]
        return any(paths.is_below(found, folder) for folder in folders)

    def _read(self, directory: str) -> Module:
        if directory not in self._modules:
            self._modules[directory] = read_module(directory, self._shown(directory))
        return self._modules[directory]

    def _shown(self, directory: str) -> str:
        """A module's directory as messages name it: one that was installed in a copy as if it were here."""
        if self._base != self.root and paths.is_below(directory, self._base):
            directory = paths.normal(paths.joined(self.root, paths.relative(directory, self._base)))
        return paths.shown_path(directory)


def read_module(directory: str, shown: str) -> Module:
    """The module that a directory is; `shown` is how messages name it.

    Raises:
        InputError: a file in it cannot be read; the message names the line.
    """
    plain, overriding = terraform_files(directory)
    prefix = "" if shown == "." else f"{shown}/"
    blocks = [block for name in plain for block in read_blocks(paths.joined(directory, name), prefix + name)]
    for name in overriding:
        blocks = _overridden(blocks, read_blocks(paths.joined(directory, name), prefix + name))
    return Module(
        directory=directory,
        variables=_named(blocks, "variable"),
        locals={
            name: source
            for block in blocks
            if block.type == "locals"
            for name, source in block.attributes.items()
        },
        outputs=_named(blocks, "output"),
        resources={**_resources(blocks, "resource", ""), **_resources(blocks, "data", "data.")},
        calls=_named(blocks, "module"),
        providers=tuple(block for block in blocks if block.type == "provider" and len(block.labels) == 1),
        settings=tuple(block for block in blocks if block.type == "terraform"),
    )


def terraform_files(directory: str) -> tuple[list[str], list[str]]:
    """The names of a module's files in the order Terraform reads them: plain ones, and those that override.

    Raises:
        InputError: the directory cannot be read, or holds more files than any module.
    """
    try:
        names = paths.files_in(directory)
    except OSError as refused:
        raise InputError(
            f"cannot be read: {refused.strerror}", place=paths.shown_path(directory)
        ) from refused
    wanted = [
        name for name in names if name.endswith((".tf", ".tf.json")) and not name.startswith((".", "#"))
    ]
    if len(wanted) > MOST_FILES:
        raise InputError(f"more than {MOST_FILES} .tf files", place=paths.shown_path(directory))
    overriding = [name for name in wanted if _stem(name) == "override" or _stem(name).endswith("_override")]
    return [name for name in wanted if name not in overriding], overriding


def plain_text(source: Source | None) -> str:
    """The string that an expression literally is, else an empty one."""
    text = source.text.strip() if source is not None else ""
    plain = len(text) > 1 and text[0] == text[-1] == '"' and "${" not in text and "\\" not in text
    return text[1:-1] if plain else ""


def _stem(name: str) -> str:
    return name.removesuffix(".json").removesuffix(".tf")


def _named(blocks: list[Block], kind: str) -> dict[str, Block]:
    return {block.labels[0]: block for block in blocks if block.type == kind and len(block.labels) == 1}


def _resources(blocks: list[Block], kind: str, prefix: str) -> dict[str, Block]:
    found = (block for block in blocks if block.type == kind and len(block.labels) == 2)
    return {prefix + ".".join(block.labels): block for block in found}


def _overridden(blocks: list[Block], overriding: tuple[Block, ...]) -> list[Block]:
    """Blocks merged with those of an override file.

    https://developer.hashicorp.com/terraform/language/files/override
    """
    result = list(blocks)
    for block in overriding:
        at = next((n for n, old in enumerate(result) if _identity(old) == _identity(block)), None)
        if block.type == "locals" or at is None:
            result.append(block)
            continue
        old = result[at]
        replaced = {inner.type for inner in block.blocks}
        result[at] = msgspec.structs.replace(
            old,
            attributes={**old.attributes, **block.attributes},
            blocks=(*(inner for inner in old.blocks if inner.type not in replaced), *block.blocks),
        )
    return result


def _identity(block: Block) -> tuple[str, ...]:
    alias = plain_text(block.attributes.get("alias")) if block.type == "provider" else ""
    return (block.type, *block.labels, alias)


def _installed(root: str) -> dict[str, str]:
    """Where `terraform init` has put modules: dotted path of calls to a directory, from the root on."""
    manifest = paths.joined(root, ".terraform", "modules", "modules.json")
    try:
        found: Any = msgspec.json.decode(paths.content(manifest, LARGEST) or b"")
    except (OSError, msgspec.DecodeError, RecursionError):
        return {}
    rows = found.get("Modules") if isinstance(found, dict) else None
    return {
        row["Key"]: row["Dir"]
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and isinstance(row.get("Key"), str) and isinstance(row.get("Dir"), str)
    }
