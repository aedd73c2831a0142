"""One wish in three forms: the same network, the same service, the same verdict."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pullproof.cli.main import main
from pullproof.cli.provision import files, write
from pullproof.prove import prove
from pullproof.provision.build import build
from pullproof.provision.resources import FIRST, planned
from pullproof.provision.seed import SERVICE
from pullproof.sources.base import Options
from pullproof.sources.cloudformation.load import load_assembly, load_templates
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.terraform.directory import load_directory
from pullproof.verdict import Verdict
from tests import golden
from tests.provision.view import view
from tests.provision.wishes import ACCOUNT, IMAGE, WISHES
from tests.terraform import Terraform

GOLDEN = Path(__file__).parent / "golden"
FORMED = [name for name in WISHES if name != "by_address"]
NEW = [name for name in FORMED if not WISHES[name].vpc]


def written(name: str, form: str, folder: Path) -> Path:
    """The folder with a project in it."""
    write(folder, files(build(WISHES[name]), form))
    return folder


def told(name: str) -> Given:
    """What a check is told of the account."""
    return Given(region=WISHES[name].region, account=ACCOUNT)


def options(name: str) -> Options:
    """What a check is told of the account."""
    return Options(region=WISHES[name].region, account=ACCOUNT)


@pytest.mark.parametrize("name", FORMED)
def test_every_form_is_written_whole(name: str, tmp_path: Path) -> None:
    """Both other forms are proven as they are written, and Python can read what is Python."""
    written(name, "cloudformation", tmp_path / "cloudformation")
    app = (written(name, "cdk", tmp_path / "cdk") / "app.py").read_text(encoding="utf-8")

    assert ast.parse(app).body
    assert {"README.md", "template.yaml"} == {path.name for path in (tmp_path / "cloudformation").iterdir()}


@pytest.mark.parametrize("name", NEW)
def test_a_template_is_the_twin_of_the_model(name: str, tmp_path: Path) -> None:
    """Read back, a template is what was proven, but for names."""
    template = written(name, "cloudformation", tmp_path / "cloudformation") / "template.yaml"
    twin = load_templates([(template.read_bytes(), "template.yaml")], options(name), told(name))

    assert view(build(WISHES[name]).after) == view(twin.estate)
    assert [Verdict.WORKS] == [task.verdict for task in prove(twin.estate)]


def test_a_configuration_is_the_twin_of_the_model(tmp_path: Path, terraform_env: Terraform) -> None:
    """The files are formatted, and read back without credentials they are what was proven."""
    for name in ("whole", "nat"):
        folder = written(name, "terraform", tmp_path / name)
        terraform_env.run(folder, "fmt", "-check", "-diff")
        twin = load_directory(str(folder), options(name))

        assert view(build(WISHES[name]).after) == view(twin.estate)
        assert [Verdict.WORKS] == [task.verdict for task in prove(twin.estate)]


@pytest.mark.parametrize("name", ["whole"])
def test_an_app_is_the_twin_of_the_template(name: str, tmp_path: Path) -> None:
    """Synthesised by the real CDK, the app makes what the template makes."""
    folder = written(name, "cdk", tmp_path / "cdk")
    out = folder / "cdk.out"
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=folder,
        env=os.environ | {"CDK_OUTDIR": str(out)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    template = written(name, "cloudformation", tmp_path / "cloudformation") / "template.yaml"
    twin = load_templates([(template.read_bytes(), "template.yaml")], options(name), told(name))
    found = load_assembly(str(out), str(folder), options(name), told(name))

    assert view(twin.estate) == view(found.estate)
    assert [Verdict.WORKS] == [task.verdict for task in prove(found.estate)]


@pytest.mark.parametrize(("name", "form"), [("whole", "cloudformation"), ("nat", "cdk")])
def test_the_files_are_those_that_were_read(name: str, form: str) -> None:
    """The files are those that somebody has read and approved."""
    texts = [f"==> {one.path} <==\n{one.after.decode()}" for one in files(build(WISHES[name]), form)]

    golden.check(GOLDEN / f"{form}_{name}.txt", "\n".join(texts))


@pytest.mark.parametrize("name", FORMED)
def test_the_service_waits_for_all_that_its_tasks_need(name: str) -> None:
    """Everything that lets a task start and that the service does not refer to is waited for."""
    planner = planned(build(WISHES[name]))
    first = {key for key, make in planner.makes.items() if make.type in FIRST}

    assert first == set(planner.makes[SERVICE].needs)
    assert first


def test_the_templates_pass_the_linter(tmp_path: Path) -> None:
    """CloudFormation's own linter has nothing to say about any of them."""
    paths = [str(written(name, "cloudformation", tmp_path / name) / "template.yaml") for name in FORMED]
    linter = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run(
        [str(linter), "--", *paths], capture_output=True, text=True, timeout=120, check=False
    )

    assert (0, "") == (done.returncode, done.stdout)


@pytest.mark.parametrize("form", ["cloudformation", "cdk"])
def test_an_address_of_terraform_is_no_id(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only Terraform can refer to what another configuration of Terraform makes."""
    words = ["provision", "web", "--region", "eu-west-1", "--image", IMAGE, "--out", str(tmp_path / "web")]

    status = main([*words, "--vpc", "aws_vpc.main", "--subnets", "aws_subnet.a", "--format", form])

    assert 2 == status
    assert "no id of a VPC" in capsys.readouterr().err
    assert not (tmp_path / "web").exists()
