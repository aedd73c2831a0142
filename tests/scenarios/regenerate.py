"""Plan every case with the real Terraform: `python -m tests.scenarios.regenerate [ID ...]`.

Writes `plans/SLUG/VARIANT.json`. Needs terraform, and the AWS provider where its CLI configuration
finds it. What a variant has `applied` is made in a moto server, whose address is AWS_ENDPOINT_URL.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from tests.scenarios.recipe import HERE, Case, Variant, every_variant, name, write

#: Parts of a plan that tell the day, the checks or the versions and nothing about the network.
IRRELEVANT = ("timestamp", "checks", "relevant_attributes")


STATE = "terraform.tfstate"
#: The server forgets everything before each apply.
SERVER = Lock()


def plan(variant: Variant, folder: Path) -> dict[str, object]:
    """The plan of one configuration, as JSON."""
    write(variant, folder)
    if variant.before is not None:
        with tempfile.TemporaryDirectory() as earlier:
            apply(variant.before, Path(earlier))
            shutil.copy(Path(earlier) / STATE, folder / STATE)
    terraform(variant, folder, "init", "-backend=false")
    terraform(variant, folder, "plan", "-refresh=false", "-out=tf.plan", *variables(variant))
    shown = subprocess.run(
        ["terraform", "show", "-json", "tf.plan"], cwd=folder, capture_output=True, check=True
    )
    document: dict[str, object] = json.loads(shown.stdout)
    return {key: value for key, value in document.items() if key not in IRRELEVANT}


def apply(variant: Variant, folder: Path) -> None:
    """Apply one configuration, which leaves its state in the folder."""
    write(variant, folder)
    terraform(variant, folder, "init", "-backend=false")
    with SERVER:
        reset = urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/reset", method="POST")
        urllib.request.urlopen(reset).close()
        terraform(variant, folder, "apply", "-auto-approve", *variables(variant))


def variables(variant: Variant) -> list[str]:
    """The options that give variables their values."""
    return [f"-var={key}={value}" for key, value in variant.variables.items()]


def terraform(variant: Variant, folder: Path, *words: str) -> None:
    """Run Terraform. Raises RuntimeError with what it printed."""
    command = ["terraform", *words, "-no-color"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{variant.name}: {' '.join(command)}\n{done.stdout}{done.stderr}")


def regenerate(case: Case, variant: Variant) -> str:
    """Plan one variant and write its plan; gives its name."""
    with tempfile.TemporaryDirectory() as folder:
        document = plan(variant, Path(folder))
    target = HERE / "plans" / f"{name(case, variant)}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    target.write_text(text + "\n", encoding="utf-8")
    return name(case, variant)


def main() -> None:
    """Plan those whose name starts with one of the arguments, or all."""
    wanted = tuple(sys.argv[1:])
    chosen = [(c, v) for c, v in every_variant() if not wanted or name(c, v).startswith(wanted)]
    with ThreadPoolExecutor(2) as pool:
        jobs = {pool.submit(regenerate, case, variant): name(case, variant) for case, variant in chosen}
        failed = 0
        for job, title in jobs.items():
            error = job.exception()
            failed += error is not None
            print(f"{title}: {'FAILED ' + str(error) if error else 'planned'}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
