"""`why` of accounts: stopped tasks and service events, stored in a snapshot and on moto's server."""

import json
from pathlib import Path
from typing import Any

import pytest

from pullproof.cli.main import main
from tests.aws import Aws
from tests.live.estate import Made, build
from tests.scenarios.judge import plan_of, run
from tests.scenarios.recipe import every_variant, name, write
from tests.schemas import wrong
from tests.twins import as_snapshot_services
from tests.twins.applied import SOMEBODY, applied
from tests.unit.explain.messages import MESSAGES, SIGNED

LOGIN, LOGS = MESSAGES["ecr-auth-retried"][0], MESSAGES["log-connection"][0]
FULL = MESSAGES["subnet-full"][0]
ARN = f"arn:aws:ecs:eu-west-1:{SOMEBODY}"
CLUSTER, TASK = f"{ARN}:cluster/main", f"{ARN}:task/main/{7:032x}"
BLOCKED = "E08-endpoint-ingress/broken-port"


def stopped(reason: str, **more: Any) -> dict[str, Any]:
    """A task of the scenario's service."""
    return {
        "taskArn": TASK,
        "clusterArn": CLUSTER,
        "group": "service:app",
        "lastStatus": "STOPPED",
        "stopCode": "TaskFailedToStart",
        "stoppedReason": reason,
        "stoppedAt": "2026-11-20T10:00:00+00:00",
        "platformVersion": "1.4.0",
        "taskDefinitionArn": f"{ARN}:task-definition/app:1",
        **more,
    }


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """What the account shows of the scenario in which an endpoint's group admits the wrong port."""
    case, variant = next(each for each in every_variant() if name(*each) == BLOCKED)
    write(variant, tmp_path)
    as_snapshot_services.write(applied(plan_of(case, variant), tmp_path), tmp_path / "snapshot")
    return tmp_path / "snapshot" / SOMEBODY / "eu-west-1"


def tell(folder: Path, *tasks: dict[str, Any], events: tuple[str, ...] = ()) -> None:
    """Add stopped tasks and events to a snapshot."""
    (folder / "Tasks.json").write_text(json.dumps({"tasks": tasks}), encoding="utf-8")
    services = json.loads((folder / "Services.json").read_text(encoding="utf-8"))
    services["services"][0]["events"] = [
        {"message": text, "createdAt": "2026-11-20T09:59:00+00:00"} for text in events
    ]
    (folder / "Services.json").write_text(json.dumps(services), encoding="utf-8")


def asked(folder: Path, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """The failures that are told of a snapshot."""
    status, out, err = run(folder.parent.parent.parent, "why", "snapshot", *words, "--format", "json")
    assert out, err
    assert [] == wrong("why", out)
    failures: list[dict[str, Any]] = json.loads(out)["failures"]
    return status, failures


@pytest.mark.parametrize(
    "words", [(), ("--task", "app"), ("--task", "main/app"), ("--task", TASK), ("--task", TASK[-32:])]
)
def test_a_stopped_task_of_a_snapshot_is_explained(words: tuple[str, ...], snapshot: Path) -> None:
    """Asked for by service, task or ARN, or not at all: what stopped the task is found, with what mends it."""
    tell(snapshot, stopped(LOGIN))

    status, (failure,) = asked(snapshot, *words)

    (message,) = failure["messages"]
    assert (1, "certain", ["sg-ingress"]) == (
        status,
        message["conclusion"],
        [one["code"] for one in message["causes"]],
    )
    assert "pullproof fix snapshot --for main/app" == message["fix"]
    assert ("task", TASK, "app") == (failure["kind"], failure["id"], failure["service"])


def test_events_of_a_service_are_explained_beside_its_tasks(snapshot: Path) -> None:
    """What only the events tell is told as well: here the subnet was full for a while."""
    tell(snapshot, stopped(LOGIN), events=("(service app) has reached a steady state.", FULL))

    _, (task, service) = asked(snapshot)

    assert ("task", "service") == (task["kind"], service["kind"])
    assert ["outside"] == [message["conclusion"] for message in service["messages"]]


def test_a_task_that_ran_something_else_is_said_to(snapshot: Path) -> None:
    """The service runs another revision by now: the report says which was proven."""
    tell(snapshot, stopped(LOGIN, taskDefinitionArn=f"{ARN}:task-definition/app:0"))

    _, (failure,) = asked(snapshot)

    assert "the task ran app:0; what is proven is app:1, which main/app runs now" == failure["note"]


def test_a_task_that_nothing_runs_now_is_not_proved(snapshot: Path) -> None:
    """A task that somebody ran once, of a definition that nothing runs: where it ran has to be said."""
    alone = stopped(LOGS, group="family:job", taskDefinitionArn=f"{ARN}:task-definition/job:1")
    tell(snapshot, alone)

    status, (failure,) = asked(snapshot)
    _, out, _ = run(snapshot.parent.parent.parent, "why", "snapshot")

    assert (3, "not-proved") == (status, failure["messages"][0]["conclusion"])
    assert "--subnets ID --security-groups ID" in out


@pytest.mark.parametrize(
    "tasks", [(), (stopped("Task stopped by user", stopCode="UserInitiated"),)], ids=["none", "on purpose"]
)
def test_an_account_without_a_failure_has_nothing_to_explain(
    tasks: tuple[dict[str, Any], ...], snapshot: Path
) -> None:
    """Where nothing failed, or longer than an hour ago, the way out is to pass what ECS said."""
    tell(snapshot, *tasks)

    status, _, err = run(snapshot.parent.parent.parent, "why", "snapshot")

    assert 4 == status
    assert "after an hour" in err


@pytest.fixture(scope="module")
def shop(aws_server: Aws) -> Made:
    """A service on moto's server, whose endpoints admit nobody, and a task of it that stopped."""
    made = build(aws_server.account())
    ec2, ecs = made.aws.client("ec2"), made.aws.client("ecs")
    (group,) = ec2.describe_security_groups(GroupIds=[made.endpoint_group])["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=made.endpoint_group, IpPermissions=group["IpPermissions"])
    (task,) = ecs.run_task(
        cluster="shop",
        taskDefinition=made.definition,
        launchType="FARGATE",
        group="service:web",
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": list(made.subnets), "securityGroups": [made.task_group]}
        },
    )["tasks"]
    ecs.stop_task(cluster="shop", task=task["taskArn"], reason=f"{LOGIN} {SIGNED}")
    return made


def test_a_stopped_task_of_the_account_is_read_and_explained(
    shop: Made,
    no_aws: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """From the account, by service and by task, and from a snapshot that kept it: the cause, and no credential."""
    for variable, value in shop.aws.environment.items():
        monkeypatch.setenv(variable, value)
    (arn,) = shop.aws.client("ecs").list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    stored = str(tmp_path / "stored")
    assert 0 == main(["snapshot", "aws://shop", "--out", stored, "--stopped"])
    capsys.readouterr()

    answers = []
    for source in ("aws://shop/web", f"aws://shop/{arn.rpartition('/')[2]}", "aws://shop", stored):
        assert 1 == main(["why", source, "--format", "json"])
        answers.append(capsys.readouterr().out)

    again = ("--region", "eu-west-1", "--endpoint-url", shop.aws.url)
    assert 1 == main(["why", "aws://shop/web", *again, "--format", "json"])
    (message,) = json.loads(capsys.readouterr().out)["failures"][0]["messages"]
    assert message["fix"].startswith(f"pullproof fix aws://shop/web {' '.join(again)} --for ")
    for text in answers:
        (failure,) = json.loads(text)["failures"]
        (message,) = failure["messages"]
        assert ("certain", [("sg-ingress", shop.endpoint_group)]) == (
            message["conclusion"],
            [(one["code"], one["resource"]) for one in message["causes"]],
        )
        assert failure["subnet"] in shop.subnets
    kept = "".join(file.read_text(encoding="utf-8") for file in Path(stored).rglob("*.json"))
    assert [] == [
        word for word in ("SECRETTOKEN", "SECRETSIGNATURE", "ASIA") if word in kept + "".join(answers)
    ]


def test_an_account_whose_tasks_are_forgotten_says_so(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    """A service that never failed, or not within the hour, has nothing to explain."""
    build(aws)

    assert 4 == main(["why", "aws://shop/web"])
    assert "after an hour" in capsys.readouterr().err
