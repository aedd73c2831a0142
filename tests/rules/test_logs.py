"""The rules `awslogs`, `awslogs-writes`, `splunk` and `log-driver`."""

from typing import Any

import pytest

from pullproof.model.ecs import Container, LaunchKind
from pullproof.model.estate import Estate
from pullproof.model.text import anything
from pullproof.model.value import Listing, Unknown
from tests.rules.build import (
    ACCOUNT,
    EXECUTION,
    REGION,
    UNKNOWN,
    allow,
    awslogs,
    change,
    container,
    estate,
    launch,
    may_not,
    nat,
    proved,
    said,
    warned,
    without,
)

GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/app"


def logging(**options: Any) -> Container:
    """A container with the awslogs driver."""
    return container(log=awslogs(**options))


def allowed(made: Estate, resource: str) -> Estate:
    """The estate whose role may do everything with logs on that resource only."""
    rest = [action for action in EXECUTION if not action.startswith("logs:")]
    change(made.roles, "execution", policies=Listing((allow(rest), allow(["logs:*"], resource))))
    return made


def test_a_stream_is_opened_by_its_endpoint_with_its_permission() -> None:
    """Without endpoint or permission, that is what is missing."""
    assert ("works",) == said(proved(estate(logging())), "awslogs")
    assert ("endpoint-missing vpc",) == said(proved(without(estate(logging()), "logs")), "awslogs")
    lacking = proved(may_not(estate(logging()), "logs:CreateLogStream"))
    assert ("iam-missing-action execution",) == said(lacking, "awslogs")


@pytest.mark.parametrize(
    ("resource", "expected"),
    [(f"{GROUP}:*", "works"), (GROUP, "iam-missing-action execution"), ("*", "works")],
)
def test_the_permission_is_on_the_group_s_streams(resource: str, expected: str) -> None:
    """A statement that names the group without `:*` matches no stream."""
    assert (expected,) == said(proved(allowed(estate(logging()), resource)), "awslogs")


@pytest.mark.parametrize(
    ("prefix", "stream", "expected"),
    [
        ("web", "web/app/*", "works"),
        ("web", "web/*", "works"),
        ("web", "api/*", "iam-missing-action execution"),
        ("web", "web/other/*", "iam-missing-action execution"),
        (UNKNOWN, "web/*", "unknown"),
        ("", "web/*", "unknown"),
    ],
)
def test_the_name_of_a_stream_is_known_by_its_prefix(
    prefix: str | Unknown, stream: str, expected: str
) -> None:
    """A stream is called PREFIX/CONTAINER/TASK."""
    made = allowed(estate(logging(awslogs_stream_prefix=prefix)), f"{GROUP}:log-stream:{stream}")

    assert (expected,) == said(proved(made), "awslogs")


def test_streams_of_several_containers_are_one_need() -> None:
    """Side-cars that share group and prefix are judged once, by what all of their names begin with."""
    shared = (logging(awslogs_stream_prefix="web"), logging(awslogs_stream_prefix="web"))
    all_of, one_of = (
        proved(allowed(estate(*shared), f"{GROUP}:log-stream:{stream}")) for stream in ("web/*", "web/app/*")
    )

    assert (("works",), ("unknown",)) == (said(all_of, "awslogs"), said(one_of, "awslogs"))
    assert 1 == len([step for step in all_of.steps if step.rule.id == "awslogs"])


@pytest.mark.parametrize(
    ("create", "expected"),
    [
        ("false", ("works",)),
        ("true", ("iam-missing-action execution",)),
        ("TRUE", ("iam-missing-action execution",)),
        (UNKNOWN, ("works", "unknown")),
    ],
)
def test_creating_the_group_needs_one_more(create: str | Unknown, expected: tuple[str, ...]) -> None:
    """A group that is not there is created by the driver, which AWS's own policy does not allow."""
    options = {"awslogs_group": "/ecs/new", "awslogs_create_group": create}
    made = may_not(estate(logging(**options)), "logs:CreateLogGroup")

    assert expected == said(proved(made), "awslogs")


@pytest.mark.parametrize("create", ["true", UNKNOWN])
def test_a_group_of_the_input_is_not_created_again(create: str | Unknown) -> None:
    """The driver asks for the group only when opening the stream finds none."""
    made = may_not(estate(logging(awslogs_create_group=create)), "logs:CreateLogGroup")

    assert ("works",) == said(proved(made), "awslogs")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"awslogs_group": "/ecs/other"}, {("log-group-missing", "task")}),
        ({"awslogs_region": "us-east-1"}, {("log-group-missing", "task")}),
        ({"awslogs_group": f"/ecs/{anything('stage')}"}, set()),
        ({"awslogs_group": f"/ecs/{anything('stage')}/app"}, {("log-group-missing", "task")}),
        (
            {"awslogs_group": f"/ecs/{anything('stage')}", "awslogs_region": "us-east-1"},
            {("log-group-missing", "task")},
        ),
        ({"awslogs_group": "/ecs/other", "awslogs_create_group": "true"}, set()),
        ({"awslogs_group": "/ecs/other", "awslogs_create_group": UNKNOWN}, set()),
        ({}, set()),
    ],
)
def test_a_group_that_is_not_shown_and_not_made_is_worth_a_warning(
    options: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    """It must exist in the region that the option names."""
    assert expected == warned(proved(nat(estate(logging(**options)))))


def test_logs_of_another_region_need_a_way_there() -> None:
    """This region's endpoint does not serve another one."""
    elsewhere = logging(awslogs_region="us-east-1")

    assert ("endpoint-missing vpc",) == said(proved(estate(elsewhere)), "awslogs")
    assert ("works",) == said(proved(nat(estate(elsewhere))), "awslogs")


@pytest.mark.parametrize("options", [{"awslogs_region": UNKNOWN}, {"awslogs_region": anything("var.region")}])
def test_an_unknown_region_may_be_another(options: dict[str, Any]) -> None:
    """Which endpoint is needed is not known."""
    assert ("unknown",) == said(proved(estate(logging(**options))), "awslogs")


def test_an_unknown_group_is_written_with_a_permission_on_all() -> None:
    """Whatever the group is, a role that may write to any may write to it, and one that may to one may not."""
    unknown = estate(logging(awslogs_group=UNKNOWN))

    assert ("works",) == said(proved(unknown), "awslogs")
    assert ("unknown",) == said(
        proved(allowed(estate(logging(awslogs_group=UNKNOWN)), f"{GROUP}:*")), "awslogs"
    )


def test_what_cannot_be_written_is_lost_and_the_task_starts() -> None:
    """Without logs:PutLogEvents the stream is opened and stays empty: a warning."""
    report = proved(may_not(estate(logging()), "logs:PutLogEvents"))

    assert (("works",), ()) == (said(report, "awslogs"), said(report, "awslogs-writes"))
    assert {("logs-not-written", "service")} == warned(report)


def test_without_a_role_only_the_way_is_judged() -> None:
    """The missing role is said once, by its own rule."""
    options = {"awslogs_group": "/ecs/new", "awslogs_create_group": UNKNOWN}
    report = proved(estate(logging(**options), execution_role=""))

    assert (("works",), set()) == (said(report, "awslogs"), warned(report))


@pytest.mark.parametrize(
    ("log", "expected"),
    [(None, ()), (UNKNOWN, ("unknown",)), (awslogs(UNKNOWN), ("unknown",)), (awslogs("awsfirelens"), ())],
)
def test_drivers_that_need_nothing_or_are_not_known(log: Any, expected: tuple[str, ...]) -> None:
    """FireLens sends while the container runs; what is not known may need anything."""
    assert expected == said(proved(estate(container(log=log))), "log-driver")


@pytest.mark.parametrize(
    ("driver", "os", "version", "expected"),
    [
        ("json-file", "LINUX", None, "platform-unsupported task"),
        ("awsfirelens", "WINDOWS_SERVER_2022_CORE", None, "platform-unsupported task"),
        ("awsfirelens", "LINUX", "1.2.0", "platform-unsupported service"),
        ("splunk", "LINUX", "1.2.0", "platform-unsupported service"),
    ],
)
def test_drivers_that_fargate_does_not_have(driver: str, os: str, version: str | None, expected: str) -> None:
    """Fargate has three drivers, and two of them not everywhere."""
    assert (expected,) == said(proved(estate(container(log=awslogs(driver)), os=os), version), "log-driver")


def splunk(url: Any = "https://splunk.example.com:8088", **options: Any) -> Estate:
    """An estate whose container logs to Splunk."""
    return estate(container(log=awslogs("splunk", splunk_url=url, **options)))


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://splunk.example.com:8088", "splunk.example.com", 8088),
        ("https://splunk.example.com/services", "splunk.example.com", 443),
        ("http://splunk.example.com", "splunk.example.com", 80),
    ],
)
def test_splunk_is_reached_at_its_url(url: str, host: str, port: int) -> None:
    """By NAT it is in reach; by endpoints alone there is no route."""
    report = proved(nat(splunk(url)))
    (step,) = (step for step in report.steps if step.rule.id == "splunk")

    assert ("works", host, port) == (step.verdict.value, step.host, step.port)
    assert ("no-route rtb",) == said(proved(splunk(url)), "splunk")


@pytest.mark.parametrize(
    "url", [UNKNOWN, "splunk", "https://", "https://h:0", f"https://{anything('h')}", "x://h"]
)
def test_an_unknown_collector_is_not_known(url: Any) -> None:
    """Without host and port there is nothing to reach."""
    assert ("unknown",) == said(proved(nat(splunk(url))), "splunk")


@pytest.mark.parametrize(("verify", "expected"), [("false", ()), (UNKNOWN, ("unknown",))])
def test_splunk_s_connection_may_not_be_checked(verify: Any, expected: tuple[str, ...]) -> None:
    """Told not to verify, the driver starts without; while that is not known, neither is a failure."""
    assert expected == said(proved(splunk(splunk_verify_connection=verify)), "splunk")


def test_batch_logs_to_a_group_of_its_own() -> None:
    """A job that names no driver has awslogs; a service that names none has none."""
    job, service = launch(estate(), kind=LaunchKind.BATCH), estate()
    blocked = launch(without(estate(), "logs"), kind=LaunchKind.BATCH)
    hinted = launch(estate(container(inferred=True)), kind=LaunchKind.BATCH)

    assert [("works",), (), ("endpoint-missing vpc",), ()] == [
        said(proved(made), "awslogs") for made in (job, service, blocked, hinted)
    ]
    assert set() == warned(proved(job))
