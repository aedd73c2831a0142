"""A second directory tree that looks like the configuration: modules are copied, everything else is linked.

The copy may be edited and written in; the user's own directory is only read.
"""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from pullproof.sources.terraform.hcl.modules import Project

#: More entries than this beneath the modules are linked as whole directories instead of one by one.
MOST_ENTRIES = 20_000
#: Neither copied nor linked: history, state, and the user's own tests.
_LEFT_OUT = (".git", ".terraform", ".terragrunt-cache")
_LEFT_OUT_ENDS = (".tfstate", ".tfstate.backup", ".tftest.hcl", ".tftest.json", ".tofutest.hcl")
#: What is edited, or written by `terraform init`.
_WRITTEN = (".tf", ".tf.json", ".terraform.lock.hcl", "modules.json")
#: A path that leads up; three dots are no path.
_UP = re.compile(rb"(?<!\.)\.\.(?:/\.\.)*(?!\.)")
_LINKED = frozenset({"node_modules", ".venv", "venv", "__pycache__", ".tox", "vendor"})


def overlay(project: Project, target: Path) -> Path:
    """Lay out a copy of a project below `target`; gives its root directory there."""
    root = Path(os.path.abspath(project.root))  # noqa: PTH100 - links stay as they are written
    modules = {root, *(Path(os.path.abspath(folder)) for folder in module_directories(project))}  # noqa: PTH100
    installed = root / ".terraform"
    own = [folder for folder in modules if not folder.is_relative_to(installed)]
    top = Path(os.path.commonpath([place for folder in own for place in (folder, *_reached(folder, root))]))
    copier = _Copier(modules, top)
    copier.copy(top, target)
    copied = target / root.relative_to(top)
    _data_directory(installed, copied / ".terraform", copier)
    return copied


def _reached(folder: Path, root: Path) -> list[Path]:
    """The highest directories that paths written in a module lead up to, from its own place or the root's."""
    texts = [file.read_bytes() for file in folder.glob("*.tf") if file.is_file()]
    steps = max((found.count(b"..") for text in texts for found in _UP.findall(text)), default=0)
    return [_above(start, steps) for start in (folder, root)]


def _above(folder: Path, steps: int) -> Path:
    """A number of directories up, as far as they can be listed; never the top of the file system."""
    for _ in range(steps):
        above = folder.parent
        if above == above.parent or not os.access(above, os.R_OK | os.X_OK):
            break
        folder = above
    return folder


def module_directories(project: Project) -> list[Path]:
    """The directories of all modules that a project calls, each once."""
    found: dict[Path, None] = {}
    for path in project.paths():
        module = project.module(path)
        if module is not None:
            found[Path(module.directory)] = None
    return list(found)


class _Copier:
    """Copies what may be edited, and links the rest."""

    def __init__(self, modules: Iterable[Path], top: Path) -> None:
        self._modules = frozenset(modules)
        self._on_the_way = frozenset(
            parent for folder in self._modules for parent in folder.parents if parent.is_relative_to(top)
        )
        self._entries = 0

    def copy(self, source: Path, target: Path, *, beneath: bool = False) -> None:
        """One directory. `beneath` says that it is in a module, so that `fileset` may look into it."""
        target.mkdir(parents=True, exist_ok=True)
        beneath = beneath or source in self._modules
        for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
            if entry.name in _LEFT_OUT or entry.name.endswith(_LEFT_OUT_ENDS):
                continue
            self._entries += 1
            self._entry(source / entry.name, target / entry.name, beneath=beneath)

    def _entry(self, path: Path, copy: Path, *, beneath: bool) -> None:
        if path.is_dir():
            wanted = path in self._modules or path in self._on_the_way
            small = beneath and path.name not in _LINKED and self._entries < MOST_ENTRIES
            if wanted or (small and not path.is_symlink()):
                self.copy(path, copy, beneath=beneath)
                return
        elif path.name.endswith(_WRITTEN) and (path.parent in self._modules or path.name == "modules.json"):
            shutil.copyfile(path, copy)
            return
        copy.symlink_to(path)


def _data_directory(installed: Path, target: Path, copier: _Copier) -> None:
    """What `terraform init` has put into `.terraform`: the providers linked, the modules copied."""
    target.mkdir(exist_ok=True)
    if (installed / "providers").is_dir():
        (target / "providers").symlink_to((installed / "providers").resolve())
    if (installed / "environment").is_file():
        shutil.copyfile(installed / "environment", target / "environment")
    manifest = installed / "modules" / "modules.json"
    if manifest.is_file():
        copier.copy(manifest.parent, target / "modules")
