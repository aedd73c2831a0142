"""AWS asked through the real boto3, on a server of this machine that answers as AWS does when things go wrong."""

import http.server
import json
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from pullproof.cli.main import main
from pullproof.errors import ToolError, UsageError
from pullproof.sources.live import boto
from pullproof.sources.live.boto import Boto, Login, log_in, plain
from pullproof.sources.live.values import Kind, Trouble

Reply = tuple[int, Any]
WHO = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>A</UserId><Account>123456789012</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)


def refusal(code: str, message: str) -> str:
    return (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    )


class Server:
    """Answers each request with the next of some replies, the last one again and again."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                outer.requests.append(self.rfile.read(size).decode())
                status, body = outer.replies.pop(0) if len(outer.replies) > 1 else outer.replies[0]
                data = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, no_aws: None) -> Iterator[Server]:
    found = Server()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_ENDPOINT_URL", found.url)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    # Waiting between tries is the library's business; here it only takes time.
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    yield found
    found.close()


@cache
def session() -> Any:
    """One session for all: it reads the library's models, which takes longer than any test."""
    import boto3.session

    return boto3.session.Session("AKIA", "none", region_name="eu-west-1")


def asker() -> Boto:
    return Boto(session())


def ask(operation: str = "ListClusters") -> list[dict[str, Any]] | Trouble:
    return asker().ask("ecs", operation, "eu-west-1", {}, pages=True)


def test_a_call_is_tried_again_when_aws_asks_to_slow_down(server: Server) -> None:
    """Throttled twice, answered then: nothing of it is seen."""
    slow = (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
    server.replies = [slow, slow, (200, {"clusterArns": ["a"]})]

    assert [{"clusterArns": ["a"]}] == ask()
    assert 3 == len(server.requests)


def test_a_call_that_is_throttled_for_good_gives_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a handful of tries it is reported as throttled."""
    monkeypatch.setattr(boto, "ATTEMPTS", 2)
    server.replies = [(400, {"__type": "ThrottlingException", "message": "Rate exceeded"})]
    found = ask()

    assert isinstance(found, Trouble)
    assert Kind.THROTTLED is found.kind
    assert 2 == len(server.requests)


def test_all_pages_are_read(server: Server) -> None:
    """Pages follow each other by their tokens, with a paginator of the library or without."""
    server.replies = [(200, {"clusterArns": ["a"], "nextToken": "x"}), (200, {"clusterArns": ["b"]})]
    assert [{"clusterArns": ["a"], "nextToken": "x"}, {"clusterArns": ["b"]}] == ask()

    server.replies = [(200, {"EventBuses": [], "NextToken": "x"}), (200, {"EventBuses": [{"Name": "b"}]})]
    found = asker().ask("events", "ListEventBuses", "eu-west-1", {}, pages=True)
    assert [{"EventBuses": [], "NextToken": "x"}, {"EventBuses": [{"Name": "b"}]}] == found


def test_only_the_first_page_is_read_where_that_is_enough(server: Server) -> None:
    """A row without pages makes one request."""
    server.replies = [(200, {"logGroups": [], "nextToken": "x"})]
    found = asker().ask("logs", "DescribeLogGroups", "eu-west-1", {}, pages=False)

    assert [{"logGroups": [], "nextToken": "x"}] == found
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDeniedException", Kind.DENIED),
        ("ClientException", Kind.FAILED),
        ("ExpiredTokenException", Kind.CREDENTIALS),
    ],
)
def test_an_error_is_told_by_its_code(code: str, kind: Kind, server: Server) -> None:
    """What AWS answers decides what becomes of the run."""
    server.replies = [(400, {"__type": code, "message": "no"})]
    found = ask()

    assert isinstance(found, Trouble)
    assert (kind, code, "no") == (found.kind, found.code, found.message)


def test_a_message_with_a_signed_link_loses_it(server: Server) -> None:
    """What AWS says is shown without the credentials that may be in it."""
    link = "https://bucket.s3.amazonaws.com/layer?X-Amz-Signature=0123456789abcdef"
    server.replies = [(400, {"__type": "ClientException", "message": f"could not read {link}"})]
    found = ask()

    assert isinstance(found, Trouble)
    assert "0123456789abcdef" not in found.message


def test_nobody_answers(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port on which nothing listens is a service that cannot be reached."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    found = ask()

    assert isinstance(found, Trouble)
    assert (Kind.UNREACHABLE, "EndpointConnectionError") == (found.kind, found.code)


def test_an_answer_that_does_not_come_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts and then says nothing is left after the time-out."""
    import socket

    monkeypatch.setattr(boto, "READ", 0.05)
    monkeypatch.setattr(boto, "ATTEMPTS", 2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        found = ask()

    assert isinstance(found, Trouble)
    assert (Kind.UNREACHABLE, "ReadTimeoutError") == (found.kind, found.code)


def test_somebody_logs_in(server: Server) -> None:
    """The account and partition are AWS's own words; the region is that of the environment."""
    server.replies = [(200, WHO)]
    found = log_in(Login())

    assert ("123456789012", "aws", ("eu-west-1",)) == (found.account, found.partition, found.regions)


SKEW = "Signature not yet current: 20261128T100000Z is still later than 20261128T090000Z (5 min.)"


@pytest.mark.parametrize(
    ("code", "message", "help_"),
    [
        ("ExpiredToken", "The security token included in the request is expired", "aws sso login"),
        ("RequestTimeTooSkewed", "The difference between the times is too large", "clock"),
        ("SignatureDoesNotMatch", SKEW, "clock"),
        ("InvalidClientTokenId", "The security token included in the request is invalid", "enabled first"),
        ("AccessDenied", "not authorized", "trust policy"),
        ("InternalFailure", "", "aws sts get-caller-identity"),
    ],
)
def test_credentials_that_do_not_work_have_a_screen(
    code: str, message: str, help_: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with 2, says what AWS said and what to do, and shows no traceback."""
    server.replies = [(403, refusal(code, message))]

    assert 2 == main(["snapshot", "aws://", "--out", "never-made"])
    shown = capsys.readouterr().err
    assert "fatal: nothing was checked" in shown
    assert help_ in " ".join(shown.split())
    assert (message or code).split()[0] in shown


def test_a_role_is_taken_on_first(server: Server) -> None:
    """`--role-arn` asks for the role's credentials, under a name that the account's log shows."""
    role = (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
        "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
    server.replies = [(200, role), (200, WHO)]
    log_in(Login(role_arn="arn:aws:iam::123456789012:role/reader"))

    assert "RoleSessionName=pullproof" in server.requests[0]
    assert "Action=GetCallerIdentity" in server.requests[1]


@pytest.mark.parametrize("account", ["../../elsewhere", "12345678901", ""])
def test_an_account_is_twelve_digits(server: Server, account: str) -> None:
    """Whoever answers instead of AWS cannot choose the folder that a snapshot is written to."""
    server.replies = [(200, WHO.replace("<Account>123456789012", f"<Account>{account}"))]

    with pytest.raises(ToolError, match="names no account"):
        log_in(Login())


def test_a_role_that_is_refused_has_a_screen(server: Server) -> None:
    """The message names the role."""
    server.replies = [(403, refusal("AccessDenied", "not authorized to perform: sts:AssumeRole"))]

    with pytest.raises(ToolError, match="the role arn:aws:iam::1:role/r cannot be taken on"):
        log_in(Login(role_arn="arn:aws:iam::1:role/r"))


def test_without_credentials_there_is_a_screen(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing gives credentials, the remedy says how to get some."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(ToolError) as raised:
        log_in(Login())

    assert "aws configure" in raised.value.remedy


def test_without_a_region_there_is_a_screen(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No region is guessed."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with pytest.raises(UsageError, match="no region is named"):
        log_in(Login())


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-wset-1", "--region eu-west-1"),
        ("us-esat-2", "--region us-east-2"),
        ("euwest-1", "--region eu-west-1"),
    ],
)
def test_a_region_that_is_nearly_one_is_noticed(region: str, expected: str, server: Server) -> None:
    """A slip of the fingers is found before anything is asked."""
    with pytest.raises(UsageError) as raised:
        log_in(Login(regions=(region,)))

    assert expected in raised.value.remedy
    assert [] == server.requests


def test_a_region_newer_than_the_library_is_taken(server: Server) -> None:
    """Another number is no slip: AWS opens regions faster than libraries learn of them."""
    server.replies = [(200, WHO)]

    assert ("eu-west-9",) == log_in(Login(regions=("eu-west-9",))).regions


def test_a_profile_that_is_not_there_is_named(
    no_aws: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest profile is offered."""
    (tmp_path / "config").write_text("[profile staging]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(UsageError) as raised:
        log_in(Login(profile="stagin"))

    assert "did you mean: --profile staging" == raised.value.remedy


def test_without_boto3_the_remedy_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, the screen says how to install it."""
    import sys

    monkeypatch.setitem(sys.modules, "boto3.session", None)
    with pytest.raises(ToolError) as raised:
        log_in(Login(regions=("eu-west-1",)))

    assert "pip install 'pullproof[live]'" == raised.value.remedy


def test_answers_are_what_json_can_hold() -> None:
    """Times become text, and what is about the transport is left out."""
    import datetime as dt

    when = dt.datetime(2026, 11, 28, 1, 2, 3, tzinfo=dt.UTC)
    answer = {"ResponseMetadata": {"x": 1}, "At": when, "List": [{"N": 1, "F": False, "B": b"x"}]}

    expected = {"At": "2026-11-28T01:02:03+00:00", "List": [{"N": 1, "F": False, "B": "b'x'"}]}
    assert expected == plain(answer)
