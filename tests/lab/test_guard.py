"""The API of a lab asks who calls: only the lab's keys, and keys handed out by it, open it."""

import http.client
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from pullproof.lab.cloud import Cloud
from pullproof.lab.guard import Keys, made

REGION = "eu-west-1"


class Api:
    """A stand-in for AWS whose second socket asks for keys."""

    def __init__(self) -> None:
        self.keys = made()
        self._clients: list[Any] = []
        self.cloud = Cloud(*(socket.create_server(("127.0.0.1", 0)) for _ in range(2)), keys=self.keys)

    def client(self, service: str, key: str = "", secret: str = "", token: str | None = None) -> Any:
        """A client with these keys, or the lab's own."""
        import boto3.session
        from botocore.config import Config

        session = boto3.session.Session(
            aws_access_key_id=key or self.keys.id,
            aws_secret_access_key=secret or self.keys.secret,
            aws_session_token=token,
            region_name=REGION,
        )
        config = Config(
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            signature_version="s3v4" if service == "s3" else None,
        )
        found = session.client(service, endpoint_url=f"http://{self.cloud.address}", config=config)
        self._clients.append(found)
        return found

    def sends(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, str]:
        """The answer to a call as it is."""
        call = http.client.HTTPConnection(self.cloud.address, timeout=20)
        call.request(method, path, body=body, headers=headers)
        answer = call.getresponse()
        found = answer.status, answer.read().decode()
        call.close()
        return found

    def signed(self, body: bytes = b"{}", keys: Keys | None = None) -> dict[str, str]:
        """The headers of a signed call of ECS."""
        keys = keys or self.keys
        request = AWSRequest("POST", f"http://{self.cloud.address}/", data=body)
        request.headers["Content-Type"] = "application/x-amz-json-1.1"
        request.headers["X-Amz-Target"] = "AmazonEC2ContainerServiceV20141113.ListClusters"
        SigV4Auth(Credentials(keys.id, keys.secret), "ecs", REGION).add_auth(request)
        return dict(request.headers.items())

    def close(self) -> None:
        """End it."""
        for client in self._clients:
            client.close()
        self.cloud.close()


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """One for all."""
    held = Api()
    yield held
    held.close()


CALLS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "ecs": ("list_clusters", {}, "UnrecognizedClientException", "InvalidSignatureException"),
    "ec2": ("describe_vpcs", {}, "AuthFailure", "AuthFailure"),
    "iam": ("list_roles", {}, "InvalidClientTokenId", "SignatureDoesNotMatch"),
    "sts": ("get_caller_identity", {}, "InvalidClientTokenId", "SignatureDoesNotMatch"),
    "s3": ("list_buckets", {}, "InvalidAccessKeyId", "SignatureDoesNotMatch"),
    "efs": ("describe_file_systems", {}, "UnrecognizedClientException", "InvalidSignatureException"),
    "route53": ("list_hosted_zones", {}, "InvalidClientTokenId", "SignatureDoesNotMatch"),
    "secretsmanager": ("list_secrets", {}, "UnrecognizedClientException", "InvalidSignatureException"),
}


@pytest.mark.parametrize("service", CALLS)
def test_only_the_lab_s_own_keys_open_its_api(api: Api, service: str) -> None:
    """With others the services say what AWS's say; a key's id alone is not enough."""
    name, given, unknown, wrong = CALLS[service]
    said = []
    for key, secret in (("AKIA1234567890ABCDEF", "x"), (api.keys.id, "guessed")):
        with pytest.raises(ClientError) as refused:
            getattr(api.client(service, key, secret), name)(**given)
        answer = refused.value.response
        said.append((answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]))

    assert [(unknown, 403), (wrong, 403)] == said
    assert getattr(api.client(service), name)(**given)


def test_names_with_all_kinds_of_characters_are_signed_alike(api: Api) -> None:
    """An object's name, an id in a path, and bodies: what comes through is what was signed."""
    s3 = api.client("s3")
    s3.create_bucket(Bucket="names", CreateBucketConfiguration={"LocationConstraint": REGION})
    name = "a b/ä+c=d&e%20f/日本~!*'().txt"
    s3.put_object(Bucket="names", Key=name, Body=b"x" * 100_000)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "names", "Key": name})
    zone = api.client("route53").create_hosted_zone(Name="x.example.com", CallerReference="1")["HostedZone"][
        "Id"
    ]
    path = url.removeprefix(f"http://{api.cloud.address}")

    assert b"x" * 100_000 == s3.get_object(Bucket="names", Key=name)["Body"].read()
    assert (200, "x" * 100_000) == api.sends("GET", path, {})
    assert 403 == api.sends("GET", path.replace("X-Amz-Expires=3600", "X-Amz-Expires=3601"), {})[0]
    assert api.client("route53").get_hosted_zone(Id=zone)["HostedZone"]


def test_keys_that_the_lab_hands_out_open_it_too(api: Api) -> None:
    """Those of a role, of a session and of a user; not AWS's own examples, nor a user's that were switched off."""
    sts, iam = api.client("sts"), api.client("iam")
    iam.create_user(UserName="her")
    user = iam.create_access_key(UserName="her")["AccessKey"]
    role = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/r", RoleSessionName="session")[
        "Credentials"
    ]
    session = sts.get_session_token()["Credentials"]
    named = sts.get_federation_token(Name="named")["Credentials"]
    for held in (user, role, session, named):
        client = api.client("ecs", held["AccessKeyId"], held["SecretAccessKey"], held.get("SessionToken"))
        assert "clusterArns" in client.list_clusters()
    iam.update_access_key(UserName="her", AccessKeyId=user["AccessKeyId"], Status="Inactive")
    example = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY")

    for pair in (example, (user["AccessKeyId"], user["SecretAccessKey"])):
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            api.client("ecs", *pair).list_clusters()


@pytest.mark.parametrize(
    "path", ["/", "/moto-api/reset", "/moto-api/data.json", "/bucket/key", "/?X-Amz-Credential=x"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_whoever_does_not_sign_gets_nothing(api: Api, method: str, path: str) -> None:
    """Nor at the places that belong to the stand-in itself."""
    status, text = api.sends(method, path, {})

    assert 403 == status
    assert ("IncompleteSignature" if "X-Amz" in path else "MissingAuthenticationToken") in text


def test_a_web_page_gets_nothing_even_if_it_knows_the_keys(api: Api) -> None:
    """A browser says from which page a call comes."""
    plain = api.signed()

    assert 200 == api.sends("POST", "/", plain, b"{}")[0]
    assert 403 == api.sends("POST", "/", plain | {"Origin": "https://example.com"}, b"{}")[0]
    assert 403 == api.sends("POST", "/", plain | {"Origin": "null"}, b"{}")[0]


def test_a_call_is_what_was_signed(api: Api) -> None:
    """Another body, target, path or method needs another signature; so does another day."""
    plain = api.signed()
    other = plain | {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListServices"}
    late = (datetime.now(UTC) - timedelta(minutes=16)).strftime("%Y%m%dT%H%M%SZ")
    calls = [
        ("POST", "/", plain, b"[]"),
        ("POST", "/x", plain, b"{}"),
        ("POST", "/?x=y", plain, b"{}"),
        ("PUT", "/", plain, b"{}"),
        ("POST", "/", other, b"{}"),
        ("POST", "/", plain | {"X-Amz-Date": late}, b"{}"),
        ("POST", "/", plain | {"X-Amz-Date": "yesterday"}, b"{}"),
        ("POST", "/", {name: text for name, text in plain.items() if name != "X-Amz-Date"}, b"{}"),
    ]

    # The target is not among what the SDK signs of a header of its own, unless it says so.
    assert "x-amz-target" in plain["Authorization"]
    assert [403] * len(calls) == [api.sends(*call)[0] for call in calls]


def test_a_body_that_is_too_large_is_not_read(api: Api) -> None:
    """It is refused by its length."""
    plain = api.signed() | {"Content-Length": str(10 << 30), "Host": api.cloud.address}
    lines = "".join(f"{name}: {text}\r\n" for name, text in plain.items())
    with socket.create_connection(api.cloud.address.split(":"), timeout=20) as call:  # type: ignore[arg-type]
        call.sendall(f"POST / HTTP/1.1\r\n{lines}\r\n".encode())
        answer = call.recv(4096).decode()

    assert answer.startswith("HTTP/1.1 413 ")


def test_keys_are_not_to_be_guessed() -> None:
    """Each lab has others, of more bits than anybody tries."""
    several = {made() for _ in range(100)}

    assert 100 == len({keys.id for keys in several}) == len({keys.secret for keys in several})
    assert {(20, 40)} == {(len(keys.id), len(keys.secret)) for keys in several}
