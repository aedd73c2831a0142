"""Run `pullproof check` on a variant and put its answer in the words of the case."""

import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

from pullproof.cli.main import main
from tests.scenarios.recipe import HERE, Case, Variant, name


def plan_of(case: Case, variant: Variant) -> Path:
    """The committed plan."""
    return HERE / "plans" / f"{name(case, variant)}.json"


def golden_of(case: Case, variant: Variant) -> Path:
    """The committed terminal output."""
    return HERE / "golden" / f"{name(case, variant)}.txt"


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the program inside a folder, without colour, 100 columns wide: status, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    before, kept = Path.cwd(), {key: os.environ.get(key) for key in ("COLUMNS", "NO_COLOR")}
    os.chdir(folder)
    os.environ.update(COLUMNS="100", NO_COLOR="1")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(list(arguments))
    finally:
        os.chdir(before)
        for key, value in kept.items():
            os.environ.pop(key, None)
            if value is not None:
                os.environ[key] = value
    return status, out.getvalue(), err.getvalue()


def answer(document: dict[str, Any], task_id: str) -> dict[str, Any]:
    """What a JSON report says of one task, in the words of a case."""
    task = next((task for task in document["tasks"] if task["id"] == task_id), None)
    if task is None:
        word = "not_launched" if task_id in document["not_launched"] else "not_judged"
        return {"verdict": word, "intermittent": False, "blockers": [], "warnings": [], "unknown": []}
    return {
        "verdict": task["verdict"],
        "intermittent": task["intermittent"],
        "blockers": sorted(
            {
                (step["step"], blocker["code"], blocker["resource"])
                for step in task["steps"]
                for blocker in step["blockers"]
            }
        ),
        "warnings": sorted({(w["code"], w["resource"]) for w in task["warnings"]}),
        "unknown": sorted({s["step"] for s in task["steps"] if s["verdict"] == "unknown"}),
    }


def expected(variant: Variant) -> dict[str, Any]:
    """What the case says must be said."""
    return {
        "verdict": variant.verdict,
        "intermittent": variant.intermittent,
        "blockers": sorted({tuple(blocker) for blocker in variant.blockers}),
        "warnings": sorted({tuple(warning) for warning in variant.warnings}),
        "unknown": sorted(variant.unknown),
    }


def check_json(folder: Path, source: str, variant: Variant) -> dict[str, Any]:
    """The JSON report on a source, read from inside `folder`."""
    status, out, err = run(folder, "check", source, "--format", "json", *variant.options)
    nothing = [4] if variant.verdict in ("not_launched", "not_judged") else []
    assert status in (0, 1, 3, *nothing), f"exit status {status}: {err}"
    document: dict[str, Any] = json.loads(out)
    return document
