"""Edits written as Terraform: the diff, what the real Terraform makes of it, and that tasks start then."""

import difflib
import json
import shutil
from pathlib import Path

import pytest

from pullproof.prove import prove
from pullproof.render.base import Rendered
from pullproof.render.terraform.render import in_place, standalone
from pullproof.sources.base import Loaded, Options
from pullproof.sources.terraform.load import load_plan
from pullproof.verdict import Verdict
from tests import golden, scenarios
from tests.render.terraform_cases import MENDINGS, Mending, written
from tests.terraform import Terraform

GOLDEN = Path(__file__).parent / "golden"


def rendered(mending: Mending, folder: Path, way: str) -> tuple[Loaded, Rendered]:
    """A scenario and its edits, written in one of the two ways."""
    loaded = written(mending.scenario, folder)
    edits = mending.edits(loaded.estate)
    if way == "write":
        return loaded, in_place(edits, loaded.estate, str(folder))
    return loaded, standalone(edits, loaded.estate, str(folder), str(folder / "fix.tf"))


def difference(found: Rendered, folder: Path) -> str:
    """What a person sees: unified diffs, and what was refused."""
    out: list[str] = []
    for patch in found.patches:
        name = Path(patch.path).relative_to(folder).as_posix()
        before = (patch.before or b"").decode().splitlines(keepends=True)
        out += difflib.unified_diff(before, patch.after.decode().splitlines(keepends=True), name, name)
    out += [f"refused: {one.edit}: {one.why}: {one.remedy}\n" for one in found.refusals]
    out += [f"note: {note}\n" for note in found.notes]
    return "".join(out).replace(str(folder), ".")


def apply(found: Rendered) -> None:
    """Write the files."""
    for patch in found.patches:
        Path(patch.path).write_bytes(patch.after)


def verdicts(loaded: Loaded) -> dict[str, Verdict]:
    """The verdict on every task."""
    return {task.id: task.verdict for task in prove(loaded.estate)}


@pytest.mark.parametrize("mending", MENDINGS, ids=lambda one: one.slug)
def test_the_diff_in_place(mending: Mending, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change of the user's own files is the one that was read and approved, and nothing is refused."""
    monkeypatch.chdir(tmp_path)
    _, found = rendered(mending, tmp_path, "write")

    golden.check(GOLDEN / f"{mending.slug}.write.diff", difference(found, tmp_path))
    assert () == found.refusals


@pytest.mark.parametrize("mending", MENDINGS, ids=lambda one: one.slug)
def test_the_new_file(mending: Mending, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file is the one that was read and approved; what only a change can do is refused with the place."""
    monkeypatch.chdir(tmp_path)
    _, found = rendered(mending, tmp_path, "out")

    golden.check(GOLDEN / f"{mending.slug}.out.diff", difference(found, tmp_path))
    assert mending.alone == (not found.refusals)


def test_terraform_plans_what_is_written_and_every_task_can_start(
    tmp_path: Path, terraform_env: Terraform
) -> None:
    """
    All mended scenarios, as modules of one configuration, are formatted, valid, planned, and every task starts.
    """
    calls = []
    for mending in MENDINGS:
        for way in ("write", "out") if mending.alone else ("write",):
            scratch = tmp_path / "scratch" / f"{mending.slug}_{way}"
            scratch.mkdir(parents=True)
            _, found = rendered(mending, scratch, way)
            apply(found)
            for patch in found.patches:
                assert "" == terraform_env.run(scratch, "fmt", "-write=false", "-list=true", patch.path) or (
                    patch.before is not None
                )
            target = tmp_path / "all" / scratch.name
            shutil.copytree(scratch, target)
            (target / "provider.tf").unlink()
            (target / "plan.json").unlink()
            calls.append(f'module "{scratch.name}" {{\n  source = "./{scratch.name}"\n}}\n')
    root = tmp_path / "all"
    provider = (Path(scenarios.__file__).parent / "bases" / "provider.tf").read_text(encoding="utf-8")
    (root / "main.tf").write_text("\n".join([provider, *calls]), encoding="utf-8")
    plan = terraform_env.plan(root)
    loaded = load_plan(json.dumps(plan).encode(), "plan.json", Options(source=str(root)))

    found_verdicts = verdicts(loaded)

    assert len(calls) == len(found_verdicts)
    assert {} == {task: verdict for task, verdict in found_verdicts.items() if verdict is not Verdict.WORKS}
