"""What a call asks for, in the words of policies, and how AWS says no."""

import base64
import json

import pytest

from pullproof.lab.calls import Asked, asked, refused
from pullproof.lab.strict import Odd

REGION = "eu-west-1"
DIGEST = f"sha256:{'a1' * 32}"
REGISTRY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=ASIA1/20260101/eu-west-1/{}/aws4_request,"
    " SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)


def call(host: str, target: str, body: object = None, **headers: str) -> Asked:
    """A call of a service that speaks JSON."""
    named = {"Host": host, "X-Amz-Target": target, **headers}
    return asked("POST", "/", named, b"" if body is None else json.dumps(body).encode(), REGION)


def told(found: Asked) -> tuple[str, str]:
    """The action and the resource."""
    return found.action, found.resource


LOGS = f"arn:aws:logs:{REGION}:ACCOUNT:log-group:/ecs/x"


@pytest.mark.parametrize(
    ("service", "target", "body", "expected"),
    [
        ("api.ecr", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", {}, ("ecr:GetAuthorizationToken", "*")),
        ("secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": ARN}, ("secretsmanager:GetSecretValue", ARN)),
        ("secretsmanager", "secretsmanager.ListSecrets", {}, ("secretsmanager:ListSecrets", "*")),
        ("secretsmanager", "secretsmanager.ListSecrets", None, ("secretsmanager:ListSecrets", "*")),
        ("ssm", "AmazonSSM.GetParameters", {"Names": ["/db", "/web"]}, ("ssm:GetParameters", "/db")),
        ("ssm", "AmazonSSM.GetParameter", {"Name": "/db"}, ("ssm:GetParameter", "/db")),
        ("ssm", "AmazonSSM.DescribeParameters", {}, ("ssm:DescribeParameters", "*")),
        ("logs", "Logs_20140328.CreateLogGroup", {"logGroupName": "/ecs/x"}, ("logs:CreateLogGroup", LOGS)),
        (
            "logs", "Logs_20140328.CreateLogStream", {"logGroupName": "/ecs/x", "logStreamName": "a/b"},
            ("logs:CreateLogStream", f"{LOGS}:log-stream:a/b"),
        ),
        (
            "logs", "Logs_20140328.CreateLogGroup", {"logGroupName": "/ecs/x", "logStreamName": "a"},
            ("logs:CreateLogGroup", LOGS),
        ),
        ("kms", "TrentService.Decrypt", {"KeyId": "alias/x"}, ("kms:Decrypt", "*")),
        ("secretsmanager", "secretsmanager.GetSecretValue", ["SecretId", ARN], ("secretsmanager:GetSecretValue", "*")),
    ],
)  # fmt: skip
def test_which_action_and_resource_a_call_is_about(
    service: str, target: str, body: object, expected: tuple[str, str]
) -> None:
    """As the target header and the body tell."""
    found = call(f"{service}.{REGION}.amazonaws.com", target, body)

    assert expected == told(found)
    assert (f"{service}.{REGION}.amazonaws.com", "/") == (found.host, found.path)


def test_a_body_that_is_none_is_about_everything() -> None:
    """What cannot be read names no resource."""
    host = f"secretsmanager.{REGION}.amazonaws.com"
    found = asked("POST", "/", {"host": host, "x-amz-target": "secretsmanager.GetSecretValue"}, b"{", REGION)

    assert ("secretsmanager:GetSecretValue", "*") == told(found)


def test_a_call_that_names_no_operation_is_of_its_service_all_the_same() -> None:
    """So that what is allowed for the whole service is allowed."""
    found = asked("POST", "/", {"host": f"ecs.{REGION}.amazonaws.com"}, b"Action=ListTasks", REGION)

    assert found.action.startswith("ecs:")
    assert found.action != "ecs:"


def test_a_call_to_another_service_than_the_host_s_is_refused() -> None:
    """An endpoint's policy is about the service that is behind it."""
    with pytest.raises(Odd):
        call(f"logs.{REGION}.amazonaws.com", "secretsmanager.GetSecretValue", {"SecretId": ARN})


@pytest.mark.parametrize(
    ("method", "path", "action", "behind"),
    [
        ("GET", "manifests/v1", "ecr:BatchGetImage", "manifests/v1"),
        ("HEAD", "manifests/v1", "ecr:BatchGetImage", "manifests/v1"),
        ("PUT", "manifests/v1", "ecr:PutImage", "manifests/v1"),
        ("GET", f"blobs/{DIGEST}", "ecr:GetDownloadUrlForLayer", f"blobs/{DIGEST}"),
        ("PATCH", f"blobs/{DIGEST}", "ecr:UploadLayerPart", f"blobs/{DIGEST}"),
    ],
)
def test_what_is_asked_of_the_registry(method: str, path: str, action: str, behind: str) -> None:
    """Manifests and layers have actions of their own; behind, repositories of all accounts are beside each other."""
    found = asked(method, f"/v2/team/orders/{path}", {"Host": f"{REGISTRY}:443"}, b"", REGION)

    assert (action, f"arn:aws:ecr:{REGION}:123456789012:repository/team/orders") == told(found)
    assert ("registry", f"/v2/123456789012/{REGION}/team/orders/{behind}") == (found.service, found.path)


def test_the_repository_is_in_the_region_of_the_host() -> None:
    """Wherever the lab is."""
    host = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
    found = asked("GET", "/v2/orders/manifests/v1", {"Host": host}, b"", REGION)

    assert "arn:aws:ecr:us-east-1:210987654321:repository/orders" == found.resource


def test_a_public_registry_asks_no_policy() -> None:
    """Its images are beside those of accounts."""
    found = asked("GET", "/v2/library/nginx/manifests/1", {"Host": "registry-1.docker.io"}, b"", REGION)

    assert ("", "*") == told(found)
    assert "/v2/public/registry-1-docker-io/library/nginx/manifests/1" == found.path


@pytest.mark.parametrize("host", [REGISTRY, "registry-1.docker.io"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1/orders",
        "/v2/orders/tags/list",
        "/v2/../x/manifests/v1",
        "/v2/a/../../b/manifests/v1",
        "/v2/a//b/manifests/v1",
        "/v2/Orders/manifests/v1",
        "/v2/orders/manifests/..",
    ],
)
def test_paths_that_a_registry_does_not_have(host: str, path: str) -> None:
    """Nothing that leads elsewhere than where the policies were asked about."""
    with pytest.raises(Odd):
        asked("GET", path, {"Host": host}, b"", REGION)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"Basic {base64.b64encode(b'AWS:word').decode()}", "word"),
        (f"basic {base64.b64encode(b'AWS:a:b').decode()}", "a:b"),
        (f"Bearer {base64.b64encode(b'AWS:word').decode()}", ""),
        ("Basic !", ""),
        ("Basic /w==", ""),
        ("", ""),
    ],
)
def test_whose_login_a_call_of_the_registry_carries(header: str, expected: str) -> None:
    """The password of the login, as GetAuthorizationToken gave it."""
    for path in ("/v2/", "/v2/orders/manifests/v1"):
        assert expected == asked("GET", path, {"Host": REGISTRY, "Authorization": header}, b"", REGION).key


@pytest.mark.parametrize(
    ("method", "host", "path", "expected"),
    [
        ("GET", "layers.s3.eu-west-1.amazonaws.com", "/a/b", ("s3:GetObject", "arn:aws:s3:::layers/a/b")),
        ("HEAD", "layers.s3.eu-west-1.amazonaws.com", "/a%2Fb?x=1", ("s3:GetObject", "arn:aws:s3:::layers/a/b")),
        ("PUT", "s3.eu-west-1.amazonaws.com", "/layers/a/b", ("s3:PutObject", "arn:aws:s3:::layers/a/b")),
        ("DELETE", "s3.eu-west-1.amazonaws.com", "/layers/a", ("s3:DeleteObject", "arn:aws:s3:::layers/a")),
        ("PATCH", "s3.eu-west-1.amazonaws.com", "/layers", ("s3:PATCH", "arn:aws:s3:::layers/")),
    ],
)  # fmt: skip
def test_what_is_asked_of_s3(method: str, host: str, path: str, expected: tuple[str, str]) -> None:
    """With the bucket in the host, or first in the path."""
    found = asked(method, path, {"Host": host}, b"", REGION)

    assert expected == told(found)
    assert path == found.path


def test_who_signed_a_call() -> None:
    """By the header, or in the URL, which anybody may hold who has it; or nobody."""
    scope = "ASIA2%2F20260101%2Feu-west-1%2Fs3%2Faws4_request"
    host = f"layers.s3.{REGION}.amazonaws.com"
    by_header = asked("GET", "/a", {"Host": host, "Authorization": SIGNED.format("s3")}, b"", REGION)
    in_url = asked("GET", f"/a?X-Amz-Credential={scope}&X-Amz-Signature=0", {"Host": host}, b"", REGION)
    nobody = asked("GET", "/a", {"Host": host}, b"", REGION)

    assert [("ASIA1", False), ("ASIA2", True), ("", False)] == [
        (each.key, each.presigned) for each in (by_header, in_url, nobody)
    ]
    with pytest.raises(Odd):
        asked("GET", "/a", {"Host": host, "Authorization": SIGNED.format("logs")}, b"", REGION)


def denied(found: Asked, why: str) -> tuple[int, str, str]:
    """The status, the type and the text of a refusal."""
    status, headers, data = refused(found, why)
    return status, dict(headers)["Content-Type"], data.decode()


def test_a_service_that_speaks_json_refuses_in_json() -> None:
    """With the name of the exception where SDKs look for it, and what was asked for."""
    found = call(f"secretsmanager.{REGION}.amazonaws.com", "secretsmanager.GetSecretValue", {"SecretId": ARN})
    status, kind, text = denied(found, "endpoint policy")
    answer = json.loads(text)

    assert (400, "application/x-amz-json-1.1", "AccessDeniedException") == (status, kind, answer["__type"])
    assert answer["message"] == answer["Message"]
    for word in ("secretsmanager:GetSecretValue", ARN, "endpoint policy"):
        assert word in answer["message"]


def test_s3_refuses_in_xml() -> None:
    """As its clients read it."""
    found = asked("GET", "/a", {"Host": f"layers.s3.{REGION}.amazonaws.com"}, b"", REGION)
    status, kind, text = denied(found, "endpoint policy")

    assert (403, "application/xml") == (status, kind)
    assert "<Code>AccessDenied</Code>" in text


@pytest.mark.parametrize(
    ("why", "status", "code"), [("login", 401, "UNAUTHORIZED"), ("denied", 403, "DENIED")]
)
def test_the_registry_refuses_as_registries_do(why: str, status: int, code: str) -> None:
    """Without a login the status asks for one."""
    found = asked("GET", "/v2/orders/manifests/v1", {"Host": REGISTRY}, b"", REGION)
    got, _, text = denied(found, why)

    assert (status, code) == (got, json.loads(text)["errors"][0]["code"])
