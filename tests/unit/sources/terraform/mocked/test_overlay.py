"""The copy of a configuration: modules to edit, links for the rest, nothing of state and history."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.mocked import overlay as overlays
from pullproof.sources.terraform.mocked.overlay import overlay
from tests.unit.sources.terraform.hcl.evaluating import written


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a root module, a module beside it, an installed one, and everything around."""
    top = tmp_path / "repository"
    root, beside = top / "infra" / "live", top / "modules" / "net"
    far = root / ".terraform" / "modules" / "far"
    for folder in (
        root / "files" / "deep",
        beside,
        far,
        root / ".terraform" / "providers",
        top / ".git",
        top / "docs",
        root / "node_modules",
    ):
        folder.mkdir(parents=True)
    written(
        root,
        main='module "net" {\n  source = "../../modules/net"\n}\nmodule "far" {\n  source = "x/far/aws"\n}\n',
    )
    written(beside, main="locals {\n}\n")
    written(far, main="locals {\n}\n")
    for path, text in {
        "files/deep/a.json": "{}",
        "terraform.tfstate": "state",
        "mine.tftest.hcl": "test",
        "terraform.tfvars": "a = 1",
        ".terraform.lock.hcl": "lock",
        ".terraform/environment": "blue",
        ".terraform/terraform.tfstate": "backend",
        ".terraform/modules/modules.json": '{"Modules": [{"Key": "far", "Dir": ".terraform/modules/far"}]}',
    }.items():
        (root / path).write_text(text, encoding="utf-8")
    (root / "linked").symlink_to(top / "docs")
    return root


def kinds(top: Path) -> dict[str, str]:
    """Every path below a directory: a copy, a link, or a directory; links are not followed."""
    found = {}
    for folder, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = Path(folder, name)
            kind = "link" if path.is_symlink() else "directory" if path.is_dir() else "copy"
            found[str(path.relative_to(top))] = kind
    return found


def test_modules_are_copied_and_the_rest_is_linked(root: Path, tmp_path: Path) -> None:
    """What may be edited is copied, what is only read is linked, and what must not be seen is left out."""
    copy = overlay(Project(root), tmp_path / "copy")

    assert tmp_path / "copy" / "infra" / "live" == copy
    assert {
        "docs": "link",
        "infra": "directory",
        "infra/live": "directory",
        "infra/live/.terraform": "directory",
        "infra/live/.terraform.lock.hcl": "copy",
        "infra/live/.terraform/environment": "copy",
        "infra/live/.terraform/modules": "directory",
        "infra/live/.terraform/modules/far": "directory",
        "infra/live/.terraform/modules/far/main.tf": "copy",
        "infra/live/.terraform/modules/modules.json": "copy",
        "infra/live/.terraform/providers": "link",
        "infra/live/files": "directory",
        "infra/live/files/deep": "directory",
        "infra/live/files/deep/a.json": "link",
        "infra/live/linked": "link",
        "infra/live/main.tf": "copy",
        "infra/live/node_modules": "link",
        "infra/live/terraform.tfvars": "link",
        "modules": "directory",
        "modules/net": "directory",
        "modules/net/main.tf": "copy",
    } == kinds(tmp_path / "copy")


def test_a_module_in_the_root_module_needs_no_more_than_it(tmp_path: Path) -> None:
    """A root module without others is copied by itself, not with what lies around it."""
    root = tmp_path / "alone"
    root.mkdir()
    copy = overlay(Project(written(root, main="locals {\n}\n")), tmp_path / "copy")

    assert tmp_path / "copy" == copy
    assert {"main.tf": "copy", ".terraform": "directory"} == kinds(copy)


def test_large_directories_are_linked(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With very many entries, a directory is linked as a whole."""
    monkeypatch.setattr(overlays, "MOST_ENTRIES", 3)
    copy = overlay(Project(root), tmp_path / "copy")

    assert (copy / "files").is_symlink()
    assert not (copy / "main.tf").is_symlink()


@pytest.mark.parametrize(
    "text",
    [
        'locals {\n  x = file("${path.module}/../../../shared/x.json")\n}\n',
        'locals {\n  x = file("../../../shared/x.json")\n}\n',
        'locals {\n  x = fileset("${path.root}/../../..", "shared/*")\n}\n',
    ],
)
@pytest.mark.parametrize("of", ["main", "net"])
def test_files_above_the_modules_are_there(text: str, of: str, root: Path, tmp_path: Path) -> None:
    """What a module reads may lie outside of all modules, in a directory that it names from its own or the root's."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "x.json").write_text("{}", encoding="utf-8")
    folder = root if of == "main" else root.parents[1] / "modules" / "net"
    (folder / "more.tf").write_text(text, encoding="utf-8")
    with TemporaryDirectory() as scratch:
        copy = overlay(Project(root), Path(scratch) / "copy")

        assert "{}" == (copy / "../../../shared/x.json").read_text(encoding="utf-8")
        assert "link" == kinds(Path(scratch) / "copy")["shared"]


def test_no_path_leads_to_the_top_of_the_file_system(root: Path, tmp_path: Path) -> None:
    """However many steps are written, and three dots are none."""
    (root / "more.tf").write_text(f'locals {{\n  x = "{"../" * 200}x"\n}}\n', encoding="utf-8")
    with TemporaryDirectory(dir=tmp_path) as scratch:
        high = overlay(Project(root), Path(scratch) / "copy")
        (root / "more.tf").write_text("locals {\n  x = max([1, 2]...)\n}\n", encoding="utf-8")
        low = overlay(Project(root), Path(scratch) / "low")

        assert root.relative_to(root.parents[-2]) == high.relative_to(Path(scratch) / "copy")
        assert Path("infra/live") == low.relative_to(Path(scratch) / "low")
