"""`pullproof fix` as a user runs it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import run_here as run
from tests.terraform import Terraform

PLAN = "examples/blog-post/as-printed/plan.json"
MENDED = "examples/blog-post/mended/plan.json"


def offered(*words: str) -> dict[str, Any]:
    """The document of an offer."""
    document: dict[str, Any] = json.loads(run("fix", *words, "--format", "json")[1])
    return document


def test_the_blog_post_is_mended_by_one_rule() -> None:
    """The printed network gets egress on 443 to the endpoints' group, by reference, and nothing else."""
    (fix,) = offered(PLAN)["fixes"]

    assert [
        {
            "kind": "AddGroupRule",
            "group": "aws_security_group.service",
            "egress": True,
            "service": {"protocol": "tcp", "ports": "443"},
            "peer": {"group": "aws_security_group.vpce"},
            "description": "HTTPS for starting tasks",
        }
    ] == [change["edit"] for change in fix["edits"]]
    assert (True, 0.0, []) == (fix["whole"], fix["monthly_usd"], fix["proof"]["worse"])
    assert ["aws_ecs_service.orders"] == fix["proof"]["starts"]


def test_a_person_sees_edits_price_and_proof() -> None:
    """The terminal has the edit with its line, what it opens, costs, and how it was proven."""
    status, out, _ = run("fix", PLAN)
    text = " ".join(out.split())

    assert 0 == status
    assert "fix: 1 edit lets aws_ecs_service.orders start" in text
    assert "--> examples/blog-post/as-printed/service.tf:1 (aws_security_group.service)" in text
    assert "= cost: nothing more a month" in text
    assert "judged again with the edits made" in text


def test_nothing_to_mend_is_said() -> None:
    """Where every task can start there is no fix, and the status is 0."""
    status, out, _ = run("fix", MENDED)

    assert 0 == status
    assert out.endswith("nothing to mend: no task is blocked\n")


@pytest.mark.parametrize("via", ["endpoints", "cheapest", "nat", "public-ip"])
def test_a_way_that_is_there_is_kept_by_every_strategy(via: str) -> None:
    """Whatever the strategy, a rule is all that the printed network lacks."""
    assert 1 == len(offered(PLAN, "--via", via)["fixes"][0]["edits"])


def test_a_task_by_name() -> None:
    """--for takes an address, and `all`; a name that is none is an error with a near miss."""
    assert 0 == run("fix", PLAN, "--for", "aws_ecs_service.orders")[0]
    assert 0 == run("fix", PLAN, "--for", "all")[0]
    status, _, err = run("fix", PLAN, "--for", "aws_ecs_service.order")
    assert 2 == status
    assert "aws_ecs_service.orders" in err


def test_what_stays_decides_the_status() -> None:
    """A blocker that nothing mends gives 1, with the reason and what to do."""
    plan = "tests/scenarios/plans/E17-secrets-denied/broken-denied.json"
    status, out, _ = run("fix", plan)

    assert 1 == status
    assert "not mendable here" in out
    assert [True] == [bool(one["why"] and one["remedy"]) for one in offered(plan)["left"]]


def test_what_is_unknown_is_not_promised(tmp_path: Path) -> None:
    """A task of which something is unknown is named, and the status is 3."""
    plan = "tests/scenarios/plans/E06-task-egress/broken-none.json"
    status, out, _ = run("fix", plan)

    assert status in (0, 3)
    assert out


def test_an_input_without_tasks_is_nothing_to_check(tmp_path: Path) -> None:
    """An input that runs nothing on Fargate ends with 4, as check does."""
    (tmp_path / "state.json").write_text('{"format_version": "1.0", "values": {"root_module": {}}}')

    assert 4 == run("fix", str(tmp_path / "state.json"))[0]
    assert 4 == run("cost", str(tmp_path / "state.json"))[0]


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the printed network; the program runs inside it."""
    shutil.copytree("examples/blog-post", tmp_path / "post")
    folder = tmp_path / "post" / "as-printed"
    monkeypatch.chdir(folder)
    return folder


def test_the_difference_is_shown_before_anything_is_written(printed: Path) -> None:
    """--diff shows what --write would change, and changes nothing."""
    before = (printed / "service.tf").read_bytes()
    status, out, _ = run("fix", "plan.json", "--diff")

    assert 0 == status
    assert "--- a/service.tf\n+++ b/service.tf\n" in out
    assert "+  referenced_security_group_id = aws_security_group.vpce.id\n" in out
    assert before == (printed / "service.tf").read_bytes()


def test_the_configuration_is_changed(printed: Path) -> None:
    """--write shows the difference, changes the file, and the rest of the file is what it was."""
    before = (printed / "service.tf").read_text()
    status, out, _ = run("fix", "plan.json", "--write")
    after = (printed / "service.tf").read_text()

    assert 0 == status
    assert "+++ b/service.tf" in out
    assert "plan again" in out
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert "  referenced_security_group_id = aws_security_group.vpce.id" in added
    assert set(before.splitlines()) <= set(after.splitlines())


def test_uncommitted_work_is_not_mixed_with_ours(printed: Path) -> None:
    """With changes that git does not have --write refuses, and --force overrules."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one: two"]):
        subprocess.run([*git, *words], check=True)
    (printed / "main.tf").write_text((printed / "main.tf").read_text() + "\n# mine\n")
    before = (printed / "service.tf").read_bytes()

    status, _, err = run("fix", "plan.json", "--write")
    assert 2 == status
    assert "not committed" in err
    assert before == (printed / "service.tf").read_bytes()
    assert 0 == run("fix", "plan.json", "--write", "--force")[0]
    assert before != (printed / "service.tf").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ["--out", "a.tf", "--output", "b"],
        ["--out", "a.tf", "--write"],
        ["--out", "a.json", "--format", "json"],
        ["--diff", "--format", "json"],
        ["--force"],
    ],
)
def test_options_that_would_do_nothing_are_refused(printed: Path, words: list[str]) -> None:
    """An option that another one makes idle is an error, and nothing is written."""
    before = sorted(printed.iterdir())

    assert 2 == run("fix", "plan.json", *words)[0]
    assert before == sorted(printed.iterdir())


def test_a_difference_goes_where_output_says(printed: Path) -> None:
    """--diff --output leaves a patch in a file, and the configuration as it is."""
    status, out, _ = run("fix", "plan.json", "--diff", "--output", "fix.patch")

    assert (0, "") == (status, out)
    assert "+++ b/service.tf" in (printed / "fix.patch").read_text()


def test_what_is_new_goes_to_a_file_of_its_own(printed: Path) -> None:
    """--out writes new resources beside the configuration, and never over a file."""
    status, out, _ = run("fix", "plan.json", "--out", "mend.tf")

    assert 0 == status
    assert "wrote mend.tf\n" == out
    assert "aws_vpc_security_group_egress_rule" in (printed / "mend.tf").read_text()
    assert 2 == run("fix", "plan.json", "--out", "mend.tf")[0]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("terraform", "referenced_security_group_id = aws_security_group.vpce.id"),
        ("cloudformation", "AWS::EC2::SecurityGroupEgress"),
        ("cdk", "CfnSecurityGroupEgress"),
    ],
)
def test_every_language(printed: Path, form: str, expected: str) -> None:
    """The same fix in each language on standard output."""
    _, out, _ = run("fix", "plan.json", "--format", form)

    assert expected in out


@pytest.mark.parametrize(
    "words",
    [
        ["--out", "x.tf", "--write"],
        ["--format", "json", "--write"],
        ["--no-source", "--write"],
    ],
)
def test_options_that_exclude_each_other(printed: Path, words: list[str]) -> None:
    """What cannot be meant is refused, and nothing is written."""
    before = {path.name: path.read_bytes() for path in printed.iterdir() if path.is_file()}

    assert 2 == run("fix", "plan.json", *words)[0]
    assert before == {path.name: path.read_bytes() for path in printed.iterdir() if path.is_file()}


def test_an_interrupted_write_is_finished_first(printed: Path) -> None:
    """What a killed run had decided is written by the next one, which says so."""
    from pullproof.cli import writing
    from pullproof.render.base import Patch

    patch = Patch(path=str(printed / "new.tf"), before=None, after=b"# new\n")
    entry = writing._prepared(patch, printed / "new.tf")
    writing._decide(writing.Journal(entries=(entry,)), printed)

    _, _, err = run("fix", "plan.json", "--write")

    assert "an interrupted run is finished" in err
    assert b"# new\n" == (printed / "new.tf").read_bytes()


def test_nothing_to_write_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no fix, --write and --out write nothing."""
    shutil.copytree("examples/blog-post", tmp_path / "post")
    monkeypatch.chdir(tmp_path / "post" / "mended")

    assert "nothing to mend" in run("fix", "plan.json", "--write")[1]
    assert "nothing to write" in run("fix", "plan.json", "--out", "x.tf")[2]
    assert not Path("x.tf").exists()


@pytest.mark.parametrize("name", ["scheduled", "short-forms"])
def test_a_template_is_judged_again_as_it_is_written(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """--write changes the template in place, reads it back and says that the task can start now."""
    where = ("--region", "eu-west-1", "--account", "111122223333")
    shutil.copy(f"tests/templates/{name}.yaml", tmp_path / "stack.yaml")
    monkeypatch.chdir(tmp_path)
    status, out, _ = run("fix", "stack.yaml", *where, "--write")

    assert 0 == status
    assert out.endswith("1 task: 1 can start, 0 cannot start, 0 unknown\n")
    assert 0 == run("check", "stack.yaml", *where)[0]


@pytest.mark.terraform
def test_a_directory_is_judged_again_as_it_is_written(printed: Path, terraform_env: Terraform) -> None:
    """--write changes the configuration, plans it again, and says that the task can start now."""
    (printed / "plan.json").unlink()
    status, out, err = run("fix", ".", "--write", "--region", "eu-west-1")

    assert (0, True) == (status, terraform_env is not None), err
    assert "wrote service.tf" in out
    assert out.endswith("1 task: 1 can start, 0 cannot start, 0 unknown\n")


def test_a_template_has_no_terraform_beside_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is new goes to a template where the input is one, unless the name of the file says otherwise."""
    where = ("--region", "eu-west-1", "--account", "111122223333")
    shutil.copy("tests/templates/short-forms.yaml", tmp_path / "stack.yaml")
    monkeypatch.chdir(tmp_path)

    typed = f"pullproof fix stack.yaml {' '.join(where)}"
    assert f"{typed} --diff, then --write; or --out mend.yaml" in " ".join(
        run("fix", "stack.yaml", *where)[1].split()
    )
    assert 0 == run("fix", "stack.yaml", *where, "--diff")[0]
