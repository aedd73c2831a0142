"""A lab as its users see it: up, tasks that run and that stop, what may be asked meanwhile, down."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.program import Done, run
from tools.repository import ROOT

BLOG = ROOT / "examples" / "blog-post"
API = "api.ecr.eu-west-1.amazonaws.com"
SERVICE = "aws_ecs_service.orders"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]


def lab(*words: str, name: str = "") -> Done:
    """`pullproof lab ...`."""
    return run("lab", *words[:1], *(["--name", name] if name else []), *words[1:], cwd=ROOT)


def begun(plan: Path, *words: str) -> Iterator[str]:
    """A lab of its own, until the tests with it are over."""
    name = f"test-{uuid4().hex[:12]}"
    started = lab("up", str(plan), *words, name=name)
    assert 0 == started.status, started
    yield name
    assert 0 == lab("down", name=name).status
    assert name not in lab("list").out


@pytest.fixture(scope="module")
def mended() -> Iterator[str]:
    """The network in which the task starts."""
    yield from begun(BLOG / "mended" / "plan.json", "--no-tasks")


@pytest.fixture(scope="module")
def printed() -> Iterator[str]:
    """The network of the blog post, as printed."""
    yield from begun(BLOG / "as-printed" / "plan.json", "--no-tasks")


@pytest.fixture(scope="module")
def task(mended: str) -> str:
    """A task that runs."""
    done = lab("run-task", SERVICE, "--format", "json", name=mended)
    assert 0 == done.status, done
    held = json.loads(done.out)["task"]
    assert ["RUNNING", ["ecr-login", "image-manifest", "image-layers", "logs"]] == [
        held["status"],
        [event["step"] for event in held["events"]],
    ]
    found: str = held["id"]
    return found


def test_the_task_of_the_blog_post_stops_for_the_reason_that_ecs_gives(printed: str) -> None:
    """Where it runs, the status is 0; where it does not, 1."""
    done = lab("run-task", "orders", name=printed)

    assert 1 == done.status
    assert "✗ ecr-login" in done.out
    assert "ResourceInitializationError: unable to pull secrets or registry auth" in done.out


def test_the_tasks_of_a_lab_are_listed(mended: str, task: str) -> None:
    """For people, and for programs."""
    shown, told = lab("ps", name=mended), lab("ps", "--format", "json", name=mended)

    assert f"✓ {task[:12]}" in shown.out.replace("  ", " ")
    assert task in [each["id"] for each in json.loads(told.out)["tasks"]]


def test_a_connection_is_traced_to_what_dropped_it(mended: str, task: str) -> None:
    """One that opens ends with 0."""
    opens = lab("trace", task, "--to", "api.ecr.eu-west-1.amazonaws.com", name=mended)
    closed = lab("trace", task, "--to", "registry-1.docker.io:443", name=mended)
    told = lab("trace", task, "--to", "10.0.1.200:22", "--format", "json", name=mended)

    assert (0, True) == (opens.status, "✓ tcp/443 opens" in opens.out)
    assert (1, True) == (closed.status, "✗ tcp/443 does not open" in closed.out)
    assert 1 == told.status
    assert ["10.0.1.200"] == json.loads(told.out)["addresses"]


def test_a_task_that_stopped_is_traced_and_what_it_met_is_remembered(printed: str) -> None:
    """The service's own group dropped its login: after the end of the task, too."""
    held = json.loads(lab("run-task", SERVICE, "--format", "json", name=printed).out)["task"]
    before = lab("flows", name=printed).out.splitlines()
    traced = [lab("trace", held["id"], "--to", f"{host}:443", name=printed) for host in (API, "8.8.8.8")]
    after = lab("flows", name=printed).out.splitlines()

    assert "STOPPED" == held["status"]
    assert [1, 1] == [each.status for each in traced]
    assert "sg-egress: dropped between" in traced[0].out
    assert "by aws_security_group.service" in traced[0].out
    rejected = [line for line in before if line.endswith("REJECT OK") and held["id"] in line]
    assert {("10.0.", "443")} == {(line.split()[3][:5], line.split()[6]) for line in rejected}
    assert set(rejected) <= set(after)
    assert [] == [line for line in after if " 443 6 " in line and line.endswith("ACCEPT OK")]


def test_what_crossed_is_told_as_flow_log_records(mended: str, task: str) -> None:
    """Fourteen fields, of the default format."""
    lines = lab("flows", name=mended).out.splitlines()

    assert any(line.endswith("ACCEPT OK") and f" {task} " in line for line in lines)
    assert {14} == {len(line.split()) for line in lines}


def test_a_program_runs_in_the_container(mended: str, task: str) -> None:
    """With the task's network, its resolver, and what it wrote."""
    shown = lab("exec", task, "--", "sh", "-c", "ip addr show eth0; cat /etc/resolv.conf", name=mended)

    assert "inet 10.0." in shown.out
    assert "169.254.169.253" in shown.out
    assert 0 == lab("logs", task, name=mended).status
    assert 2 == lab("exec", task, name=mended).status


def test_an_image_of_ones_own_is_pushed(mended: str, tmp_path: Path) -> None:
    """What is no image is refused."""
    assert 0 == lab("push", "busybox", "own:1", name=mended).status
    assert 2 == lab("push", str(tmp_path / "nothing"), "own:1", name=mended).status


def test_labs_with_the_same_addresses_run_side_by_side(mended: str, printed: str) -> None:
    """Each has a name, of which there is one."""
    names = [each["name"] for each in json.loads(lab("list", "--format", "json").out)["labs"]]

    assert {mended, printed} <= set(names)
    assert 2 == lab("up", str(BLOG / "mended" / "plan.json"), name=mended).status


@pytest.mark.parametrize(
    "words",
    [
        ("run-task", "nothing"),
        ("logs", "nothing"),
        ("logs", "../../etc/passwd"),
        ("trace", "nothing", "--to", "x"),
        ("trace", "nothing", "--to", "x:99999"),
        ("trace", "nothing", "--to", "x:y"),
        ("exec", "nothing", "--", "sh"),
        ("up", "examples/blog-post/mended/plan.json", "--time-scale", "0"),
    ],
)
def test_what_cannot_be_done_is_said(mended: str, words: tuple[str, ...]) -> None:
    """With the status of wrong usage, and no traceback."""
    done = lab(*words, name=mended)

    assert 2 == done.status
    assert "Traceback" not in done.err


@pytest.mark.parametrize("name", ["", "-x", "../x", "a/b", "x\ny", "x" * 41, "é"])
def test_a_lab_has_a_plain_name(name: str) -> None:
    """It is part of an address."""
    done = run("lab", "ps", f"--name={name}", cwd=ROOT)

    assert 2 == done.status


def test_the_demo_goes_as_told() -> None:
    """Runs, stops, stops, runs."""
    done = lab("demo")

    assert 0 == done.status, done
    assert "4 of 4 as told" in done.out
    assert ["RUNNING", "STOPPED", "STOPPED", "RUNNING"] == [
        line.rpartition(" ")[2] for line in done.out.splitlines() if line.startswith("  the task is")
    ]


def test_the_proof_is_compared_with_packets() -> None:
    """Of both networks of the blog post, connection by connection."""
    for which in ("as-printed", "mended"):
        done = lab("verify", str(BLOG / which / "plan.json"))
        assert (0, True) == (done.status, "0 differ" in done.out), done
    told = json.loads(lab("verify", str(BLOG / "mended" / "plan.json"), "--format", "json").out)

    assert {True} == {each["agrees"] for each in told["connections"]}
