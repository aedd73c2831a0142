"""`check` and `upgrade`: exit statuses, formats, and which tasks are judged."""

import json
from pathlib import Path

import pytest

from pullproof.cli.tasks import nothing_runs
from pullproof.finding import Report, TaskReport
from pullproof.launch.requirement import Notice
from pullproof.model.codes import WARNINGS
from tests.unit.cli.stand_in import Program
from tests.unit.report import samples
from tests.unit.report.samples import blocked, report

WORKS = samples.WORKING
FAILS = blocked("aws_ecs_service.app")
UNKNOWN = samples.OPEN
WARNED = samples.WARNED


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """The program, 100 columns wide and without colour."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    return Program(monkeypatch, capsys)


@pytest.mark.parametrize(
    ("tasks", "more", "expected"),
    [
        ((WORKS,), (), 0),
        ((WORKS, WARNED), (), 0),
        ((FAILS,), (), 1),
        ((WORKS, FAILS, UNKNOWN), (), 1),
        ((FAILS, UNKNOWN), ("--allow-unknown",), 1),
        ((WORKS, UNKNOWN), (), 3),
        ((UNKNOWN,), ("--allow-unknown",), 0),
        ((), (), 4),
        ((), ("--allow-unknown",), 4),
    ],
)
@pytest.mark.parametrize("form", [(), ("--quiet",), ("--format", "json"), ("--format", "json", "--quiet")])
def test_the_status_says_the_worst(
    tasks: tuple[TaskReport, ...],
    more: tuple[str, ...],
    expected: int,
    form: tuple[str, ...],
    program: Program,
) -> None:
    """The exit status is that of the contract, whatever the format."""
    program.judges("check", report(*tasks))

    assert expected == program.run("check", "plan.json", *more, *form)[0]


def test_warnings_never_change_the_status(program: Program) -> None:
    """A task with a warning of every code can start."""
    notices = tuple(Notice(code=row.code, resource="x", message="x") for row in WARNINGS)
    program.judges("check", report(samples.task("t", *WORKS.steps, warnings=notices)))

    assert 0 == program.run("check", "plan.json")[0]


def test_a_report_is_printed(program: Program) -> None:
    """The findings come first, the count is the last line, and nothing is on standard error."""
    program.judges("check", report(FAILS, WORKS))
    _, out, err = program.run("check", "plan.json")

    assert out.startswith("fails[sg-egress]: aws_ecs_service.app cannot log in to ECR\n")
    assert "2 tasks: 1 can start, 1 cannot start (3 blockers), 0 unknown" == out.splitlines()[-1]
    assert "" == err


def test_quiet_prints_tasks_and_the_count(program: Program) -> None:
    """`--quiet` leaves out every finding."""
    program.judges("check", report(FAILS, WORKS))

    assert [
        "✗ aws_ecs_service.app  cannot start: ecr-login, image-layers, logs",
        "✓ aws_ecs_service.web  can start",
        "",
        "2 tasks: 1 can start, 1 cannot start (3 blockers), 0 unknown",
    ] == program.run("check", "plan.json", "--quiet")[1].splitlines()


def test_a_report_can_be_saved(program: Program, tmp_path: Path) -> None:
    """`--output` writes the document to a file and nothing to standard output."""
    program.judges("check", report(FAILS))
    file = tmp_path / "report.json"

    assert (1, "", "") == program.run("check", "plan.json", "--format", "json", "--output", str(file))
    assert 1 == json.loads(file.read_text(encoding="utf-8"))["summary"]["cannot_start"]


def test_only_the_tasks_asked_for_are_judged(program: Program) -> None:
    """`--task` names a task by its address, or all of one name by the address without the index."""
    tasks = (blocked("aws_ecs_service.app[0]"), blocked("aws_ecs_service.app[1]"), WORKS)
    program.judges("check", report(*tasks))

    assert 1 == program.run("check", "plan.json", "--task", "aws_ecs_service.app")[0]
    assert (
        0
        == program.run("check", "plan.json", "--task", "aws_ecs_service.web", "--platform-version", "latest")[
            0
        ]
    )
    assert [
        (None, {"aws_ecs_service.app[0]", "aws_ecs_service.app[1]"}),
        ("LATEST", {"aws_ecs_service.web"}),
    ] == program.asked


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("aws_ecs_service.wbe", "did you mean: --task aws_ecs_service.web"),
        ("module.x.y", "there is: aws_ecs_service.web"),
    ],
)
def test_a_task_that_is_none_is_said(name: str, says: str, program: Program) -> None:
    """The message names a task of nearly that name, or those there are."""
    program.judges("check", report(WORKS))
    status, out, err = program.run("check", "plan.json", "--task", name)

    assert (2, "") == (status, out)
    assert f"plan.json: nothing called {name} runs a task" in err
    assert says in err


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("terraform-plan", "pass the plan, directory or template"),
        ("cloudformation", "the template that has the AWS::ECS::Service"),
        ("cdk", "cdk synth --all"),
        ("snapshot", "pullproof snapshot aws://CLUSTER"),
        ("live", "name another cluster"),
    ],
)
def test_where_the_service_may_be_is_said_for_each_kind_of_input(kind: str, says: str) -> None:
    """What to pass instead is a thing of the same kind."""
    error = nothing_runs(kind, "here")

    assert ("here", True) == (error.place, says in error.remedy)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (report(), "pass the plan, directory or template that has the service"),
        (report(not_launched=("aws_ecs_task_definition.tool",)), "it defines aws_ecs_task_definition.tool"),
    ],
)
def test_nothing_to_check_is_said(answer: Report, says: str, program: Program) -> None:
    """An input without a task says so on standard error, and what to do."""
    program.judges("check", answer)
    status, out, err = program.run("check", "plan.json")

    assert (4, "") == (status, out)
    assert says in err


def test_nothing_to_check_is_a_document_too(program: Program) -> None:
    """As JSON, an input without a task is a document without tasks."""
    program.judges("check", report(not_launched=("aws_ecs_task_definition.tool",)))
    document = json.loads(program.run("check", "plan.json", "--format", "json")[1])

    assert ([], ["aws_ecs_task_definition.tool"]) == (document["tasks"], document["not_launched"])


def same(task: TaskReport) -> TaskReport:
    """The task under the one name that comparisons know."""
    return samples.task("t", *task.steps, unsettled=task.unsettled)


@pytest.mark.parametrize(
    ("tasks", "more", "expected"),
    [
        ((WORKS, WORKS), (), 0),
        ((WORKS, FAILS), (), 1),
        ((FAILS, FAILS), (), 0),
        ((FAILS, WORKS), (), 0),
        ((WORKS, UNKNOWN), (), 3),
        ((WORKS, UNKNOWN), ("--allow-unknown",), 0),
    ],
)
@pytest.mark.parametrize("form", ["terminal", "json"])
def test_the_status_of_an_upgrade(
    tasks: tuple[TaskReport, TaskReport], more: tuple[str, ...], expected: int, form: str, program: Program
) -> None:
    """The status is 1 when a task gains a blocker, and 3 when one is not settled any more."""
    before, after = map(same, tasks)
    program.judges("upgrade", report(before), report(after))

    assert expected == program.run("upgrade", "plan.json", "--format", form, *more)[0]
    assert ["1.3.0", "1.4.0"] == [version for version, _ in program.asked]


def test_an_upgrade_of_nothing_is_said(program: Program) -> None:
    """Without a task there is nothing to compare."""
    program.judges("upgrade", report(), report())

    assert 4 == program.run("upgrade", "plan.json")[0]


def test_an_upgrade_can_be_saved(program: Program, tmp_path: Path) -> None:
    """`--output` works for every command."""
    program.judges("upgrade", report(same(WORKS)), report(same(FAILS)))
    file = tmp_path / "upgrade.txt"

    assert (1, "", "") == program.run("upgrade", "plan.json", "--output", str(file))
    assert file.read_text(encoding="utf-8").endswith(
        "1 would stop starting, 0 get worse, 0 unknown, 0 would start, 0 as before\n"
    )


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (("schema",), "{\n"),
        (("rules",), "execution-role (role): "),
        (("-V", "version"), "pullproof "),
        (("completion", "bash"), "# bash completion"),
    ],
)
def test_every_command_is_dispatched(words: tuple[str, ...], begins: str, program: Program) -> None:
    """Commands that read no input print what they are for."""
    status, out, err = program.run(*words)

    assert (0, "") == (status, err)
    assert out.startswith(begins)
