"""`check` and `path` on a folder of AWS's answers, from end to end."""

import json
from pathlib import Path

import pytest

from tests import account, corporate, golden
from tests.cli.program import run
from tests.dumps import written
from tests.scenarios.judge import run as run_here

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's account, as somebody may have dumped it."""
    folder = tmp_path_factory.mktemp("snapshots") / "dump"
    written(corporate.answers(), folder / account.ACCOUNT / account.REGION)
    written(account.roles(), folder / account.ACCOUNT / "global")
    return folder


def test_a_service_of_a_dump_is_judged(dump: Path) -> None:
    """By the name that people know, with the status of its verdict."""
    done = run("check", "dump", "--format", "json", cwd=dump.parent)
    document = json.loads(done.out)

    assert (0, "") == (done.status, done.err)
    assert {"kind": "snapshot", "path": "dump"} == document["source"]
    assert [("main/web", "can_start")] == [(task["id"], task["verdict"]) for task in document["tasks"]]


@pytest.mark.parametrize(
    ("name", "start", "target", "status"),
    [
        ("path-peering", "main/web", "eni-0db:5432", 0),
        ("path-transit", "0f1e2d3c", "i-0c:443", 0),
        ("path-nat", "eni-0app", "8.8.8.8:443", 0),
        ("path-public-address", "main/0f1e2d3c", "203.0.114.7:80", 0),
        ("path-endpoint", "main/web", "secretsmanager.eu-west-1.amazonaws.com:443", 0),
        ("path-vpn", "subnet-0a", "10.9.1.1:22", 3),
        ("path-black-hole", "eni-0app", "10.8.0.1:443", 1),
        ("path-closed", "i-0web", "eni-0app:8080", 1),
    ],
)
def test_a_connection_is_followed(dump: Path, name: str, start: str, target: str, status: int) -> None:
    """From a service, a task, an interface, an instance or a subnet, every gate there and back."""
    got, out, err = run_here(dump.parent, "path", "dump", "--from", start, "--to", target)

    golden.check(GOLDEN / f"{name}.txt", out)
    assert (status, "") == (got, err)


def test_half_a_snapshot_is_refused(tmp_path: Path) -> None:
    """The mark of a run that did not end is an error, with what to do about it."""
    folder = written({"Vpcs": account.network()["Vpcs"]}, tmp_path / "half")
    (folder / "pullproof-snapshot.unfinished").touch()
    done = run("check", "half", cwd=tmp_path)

    assert (2, "") == (done.status, done.out)
    assert "half a snapshot" in done.err


@pytest.mark.parametrize("words", [("--var", "a=1"), ("--var-file", "x"), ("--source", ".")])
def test_options_of_terraform_do_not_go_with_a_dump(dump: Path, words: tuple[str, ...]) -> None:
    """They would have no effect, so they are refused."""
    done = run("check", "dump", *words, cwd=dump.parent)

    assert 2 == done.status
    assert f"{words[0]} goes with" in done.err


def test_an_interface_whose_addresses_are_not_told_is_no_target(tmp_path: Path) -> None:
    """The error says what is missing."""
    bare = {"NetworkInterfaceId": "eni-0a", "SubnetId": "subnet-0a", "SourceDestCheck": True}
    answers = {**account.network(), "NetworkInterfaces": account.listed("NetworkInterfaces", bare)}
    written(answers, tmp_path / "dump")
    done = run("path", "dump", "--from", "subnet-0a", "--to", "eni-0a:1", cwd=tmp_path)

    assert 2 == done.status
    assert "private_ip of eni-0a" in done.err
