"""Nothing is left of `lab apply`, whoever is killed while Terraform works, and how: no copy, no plugin, no program."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import KEPT
from tests.conftest import PROFILE
from tests.lab.leftovers import Family, member
from tests.lab.running import EXAMPLES, Running, a_lab
from tests.terraform import Terraform

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]

#: Stands in for Terraform: it leaves files wherever Terraform does, starts what Terraform starts, and ends
#: when it is asked to.
SCRIPT = """#!/bin/sh
[ "$1" = init ] && exit 0
trap 'echo half > terraform.tfstate; echo ended; exit 1' INT TERM
touch "$TMPDIR/plugin-socket" .terraform.lock.hcl
setsid sleep 614 &
wait
"""
PLUGIN = "sleep 614"


class Applying:
    """`lab apply` of a directory, at work."""

    def __init__(self, lab: Running, directory: Path, scratch: Path, **more: str) -> None:
        self.family = Family(scratch)
        environment = {
            name: value for name, value in os.environ.items() if name in KEPT or name.startswith("COVERAGE")
        }
        self.program = subprocess.Popen(
            [sys.executable, "-m", "pullproof", "lab", "apply", str(directory), "--name", lab.name],
            env=environment | {"TMPDIR": str(scratch)} | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def until(self, plugin: str, seconds: float = 90) -> None:
        """Wait until somebody in the family is called so."""
        end = time.monotonic() + seconds
        while not any(plugin in name for name in self.family.grow(self.program.pid)):
            assert time.monotonic() < end, "it never came that far"
            assert self.program.poll() is None, self.end()
            time.sleep(0.02)

    def end(self) -> str:
        """What it said, once it has ended."""
        said, _ = self.program.communicate(timeout=60)
        return bytes(said).decode()


@pytest.fixture(scope="module")
def lab() -> Iterator[Running]:
    """A lab to apply to."""
    with a_lab() as held:
        yield held


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A configuration, and what stands in for Terraform beside it."""
    for name, text in (("main.tf", ""), ("terraform", SCRIPT)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "scratch").mkdir()
    return tmp_path


def applying(lab: Running, directory: Path) -> Applying:
    """It, with the stand-in at work."""
    held = Applying(lab, directory, directory / "scratch", PULLPROOF_TERRAFORM=str(directory / "terraform"))
    held.until(PLUGIN)
    return held


@pytest.mark.parametrize("who", ["program", "keeper", "first"])
def test_nothing_is_left_of_an_apply_that_is_killed(lab: Running, directory: Path, who: str) -> None:
    """Whichever of its processes is killed, Terraform and what it started end, and the copy is gone."""
    held = applying(lab, directory)
    os.kill(member(held.program.pid, who), signal.SIGKILL)
    said = held.end()

    assert [] == held.family.left()
    assert who == "program" or "apply failed" in said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_apply_that_is_asked_to_end_lets_terraform_end_first(
    lab: Running, directory: Path, how: signal.Signals
) -> None:
    """Terraform hears of it once and leaves its state, which the lab keeps; then nothing is left."""
    held = applying(lab, directory)
    os.kill(held.program.pid, how)
    said = held.end()
    kept = lab.ask("state", directory=str(directory.resolve()))[0]["text"]

    assert [] == held.family.left()
    assert (130, 1, "half\n") == (held.program.returncode, said.count("ended"), kept)


def test_an_apply_ends_with_its_lab(directory: Path) -> None:
    """Terraform would go on asking a lab that is no more for a long time."""
    with a_lab() as lab:
        held = applying(lab, directory)
        os.kill(int(lab.ask("inside", task="")[0]["outer"]), signal.SIGKILL)
        said = held.end()

    assert [] == held.family.left()
    assert 2 == held.program.returncode
    assert "the lab ended while Terraform worked on it" in said


@pytest.mark.parametrize("who", ["program", "keeper", "first"] if PROFILE == "ci" else ["program"])
def test_nothing_is_left_of_the_real_terraform(
    lab: Running, tmp_path: Path, terraform_env: Terraform, who: str
) -> None:
    """Killed while the AWS provider's plugin makes resources, it leaves neither the plugin nor its socket."""
    held = Applying(lab, EXAMPLES / "mended", tmp_path, **terraform_env.variables)
    before = len(lab.client("ec2").describe_vpcs()["Vpcs"])
    held.until("terraform-provider-aws")
    lab.until(lambda: len(lab.client("ec2").describe_vpcs()["Vpcs"]) > before)
    held.family.grow(held.program.pid)
    os.kill(member(held.program.pid, who), signal.SIGKILL)
    held.end()

    assert [] == held.family.left()
