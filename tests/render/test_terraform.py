"""Edits written as Terraform: the diff, what the real Terraform makes of it, and that tasks start then."""

import difflib
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pullproof.prove import prove
from pullproof.render.base import Rendered
from pullproof.render.terraform.render import in_place, standalone
from pullproof.repair.offer import offer
from pullproof.sources.base import Loaded, Options
from pullproof.sources.terraform.load import load_plan
from pullproof.verdict import Verdict
from tests import golden, scenarios
from tests.render.terraform_cases import MENDINGS, MODULES, Mending, field_causes, written
from tests.terraform import Terraform

#: The account that the case of two accounts is told of.
ACCOUNT = "111122223333"
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


def mended(scenario: str, folder: Path) -> Rendered:
    """A field cause, mended as `fix` finds it."""
    loaded = written(scenario, folder)
    found = offer(loaded)
    return in_place([edit for fix in found.fixes for edit in fix.edits], loaded.estate, str(folder))


@pytest.mark.parametrize("scenario", [*field_causes(), *MODULES])
def test_the_diff_of_every_field_cause(
    scenario: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `fix` finds for a root cause is written in place, whole, as somebody has read and approved."""
    monkeypatch.chdir(tmp_path)
    found = mended(scenario, tmp_path)

    golden.check(GOLDEN / "field" / f"{scenario.replace('/', '_')}.diff", difference(found, tmp_path))
    assert () == found.refusals
    assert found.patches


def test_terraform_plans_what_is_written_and_every_task_can_start(
    tmp_path: Path, terraform_env: Terraform
) -> None:
    """
    All mended scenarios, as modules of one configuration, are formatted, valid, planned, and every task starts that can be judged.
    """
    scratch, root = tmp_path / "scratch", tmp_path / "all"
    root.mkdir()
    for name, make in everything():
        (scratch / name).mkdir(parents=True)
        found = make(scratch / name)
        apply(found)
        (scratch / name / "provider.tf").unlink()
        (scratch / name / "plan.json").unlink()
        shutil.copytree(scratch / name, root / name)
        with (root / "main.tf").open("a", encoding="utf-8") as main:
            main.write(f'module "{name}" {{\n  source = "./{name}"\n}}\n\n')
        for patch in found.patches:
            if patch.before is None:
                file = root / name / Path(patch.path).name
                (tmp_path / "new").mkdir(exist_ok=True)
                shutil.copy(file, tmp_path / "new" / f"{name}.tf")
    provider = (Path(scenarios.__file__).parent / "bases" / "provider.tf").read_text(encoding="utf-8")
    (root / "provider.tf").write_text(provider, encoding="utf-8")
    terraform_env.run(tmp_path / "new", "fmt", "-check", "-diff")
    plan = terraform_env.plan(root)
    loaded = load_plan(json.dumps(plan).encode(), "plan.json", Options(source=str(root), account=ACCOUNT))

    found_verdicts = {task.id: task.verdict for task in prove(loaded.estate)}

    assert len(everything()) == len({task.split(".")[1] for task in found_verdicts})
    left = {task: verdict for task, verdict in found_verdicts.items() if verdict is not Verdict.WORKS}
    # What the repository's own account says is in no configuration of this one.
    assert {"module.e22.aws_ecs_service.app": Verdict.UNKNOWN} == left


def everything() -> list[tuple[str, Callable[[Path], Rendered]]]:
    """What is planned: edits of every kind in both ways, and every field cause as `fix` mends it."""
    causes = field_causes()
    ways = [(one, "out") for one in MENDINGS if one.alone]
    ways += [(one, "write") for one in MENDINGS if one.scenario not in causes]
    return [
        *((f"{one.slug}_{way}", partial(_rendered, one, way)) for one, way in ways),
        *((scenario.split("-")[0].lower(), partial(mended, scenario)) for scenario in causes),
        *((scenario.replace("/", "_"), partial(mended, scenario)) for scenario in MODULES),
    ]


def _rendered(mending: Mending, way: str, folder: Path) -> Rendered:
    return rendered(mending, folder, way)[1]
