"""Signatures, compared with those that AWS's own SDK makes."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from pullproof.lab.signed import NOBODY, Call, signature, signer
from pullproof.lab.strict import Odd

HOST = "https://127.0.0.1:4000"
SECRET = "a secret"
MOMENT = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
SIGNED = f"AWS4-HMAC-SHA256 Credential=K/20260101/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature={'0' * 64}"

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
paths = st.lists(texts.filter(lambda text: text not in ("", ".", "..") and "/" not in text), max_size=4)
queries = st.lists(st.tuples(texts.filter(bool), texts), max_size=4, unique_by=lambda pair: pair[0])


def signed(auth: Any, service: str, path: list[str], query: list[tuple[str, str]], body: bytes) -> AWSRequest:
    """A call as AWS's SDK signs it."""
    text = "/" + "/".join(quote(part, safe="-_.~") for part in path)
    pairs = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query)
    request = AWSRequest("POST", f"{HOST}{text}" + (f"?{pairs}" if pairs else ""), data=body)
    request.headers["X-Amz-Target"] = "Some.Thing   else"
    request.context["payload_signing_enabled"] = True
    auth(Credentials("AKIA1", SECRET, "token"), service, "eu-west-1").add_auth(request)
    return request


def again(request: AWSRequest, payload: str) -> tuple[str, str]:
    """The signature that a call has, and the one that it should have."""
    split = urlsplit(request.url)
    target = split.path + (f"?{split.query}" if split.query else "")
    headers = {name.lower(): str(value) for name, value in request.headers.items()} | {"host": split.netloc}
    by = signer(headers.get("authorization", ""), target)
    moment = headers.get("x-amz-date") or request.context["timestamp"]
    call = Call(method="POST", target=target, headers=headers, moment=moment, payload=payload)
    return by.signature, signature(call, by, SECRET)


@given(paths, queries, st.binary(max_size=20))
def test_a_signed_call_has_the_signature_that_the_sdk_gives_it(
    path: list[str], query: list[tuple[str, str]], body: bytes
) -> None:
    """Whatever is in its path, its query and its body."""
    from hashlib import sha256

    for auth, service in ((SigV4Auth, "ecs"), (S3SigV4Auth, "s3")):
        given, expected = again(signed(auth, service, path, query, body), sha256(body).hexdigest())
        assert given == expected


@given(paths, queries)
def test_so_has_one_that_is_signed_in_its_url(path: list[str], query: list[tuple[str, str]]) -> None:
    """With what S3 puts in place of a body, and with the hash of none."""
    from hashlib import sha256

    for auth, service, payload in (
        (S3SigV4QueryAuth, "s3", "UNSIGNED-PAYLOAD"),
        (SigV4QueryAuth, "ecs", sha256(b"").hexdigest()),
    ):
        given, expected = again(signed(auth, service, path, query, b""), payload)
        assert given == expected


@pytest.mark.parametrize(
    ("authorization", "path"),
    [
        ("Basic QTpC", "/"),
        ("AWS AKIA1:abc", "/"),
        (SIGNED.replace("SHA256", "SHA1"), "/"),
        (SIGNED.replace("aws4_request", "aws5_request"), "/"),
        (SIGNED.replace("K/", "/"), "/"),
        (SIGNED.replace("Signature=0", "Signature=x"), "/"),
        (SIGNED + ", x", "/"),
        (SIGNED, "/?X-Amz-Credential=K/20260101/eu-west-1/ecs/aws4_request"),
        ("", "/?X-Amz-Credential=K"),
        (
            "",
            "/?X-Amz-Credential=K/20260101/r/ecs/aws4_request&X-Amz-Credential=L/20260101/r/ecs/aws4_request",
        ),
    ],
)
def test_a_signature_that_is_written_otherwise_is_odd(authorization: str, path: str) -> None:
    """Nobody is left to read it in another way."""
    with pytest.raises(Odd, match="IncompleteSignature"):
        signer(authorization, path)


def test_whoever_signs_nothing_is_nobody() -> None:
    """And whoever signs has a key, and a service."""
    assert NOBODY == signer("", "/?a=b")
    assert ("K", "ecs", ("host",)) == (
        signer(SIGNED, "/").key,
        signer(SIGNED, "/").service,
        signer(SIGNED, "/").names,
    )
