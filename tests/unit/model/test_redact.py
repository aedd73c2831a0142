"""Credentials in stopped reasons are gone before anything is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.explain.understand import understand
from pullproof.model.redact import redacted
from tests.unit.explain.messages import MESSAGES, SIGNED

KEY = "ASIA" + "QWERTYUIOPASDFGH"


@pytest.mark.parametrize(
    "text",
    [
        SIGNED,
        f'failed to do request: Get "{SIGNED}": dial tcp 52.218.1.2:443: i/o timeout',
        f"unexpected status code {SIGNED}: 403 Forbidden",
        SIGNED.replace("&", "\\u0026"),
        SIGNED.replace("?", "?\n")[: -len("SECRETSIGNATURE")] + "x",
        "X-Amz-Signature=SECRETSIGNATURE&X-Amz-Security-Token=SECRETTOKEN",
        "X-Amz-Signature%3DSECRETSIGNATURE",
        "Amz-Signature=SECRETSIGNATURE",
        "z-Security-Token=SECRETTOKEN&x",
        "X-Amz-Security-Token=abcdefghijklm\nSECRETTOKENabcdefghijkl\nand more",
        "https://user:SECRETTOKEN@registry.example.com/v2/",
        "Authorization: Basic SECRETTOKENSECRETTOKEN==",
        "authorization: Bearer SECRETTOKENSECRETTOKEN",
        'aws_secret_access_key = "SECRETTOKEN"',
        "SessionToken: SECRETTOKEN",
        'password="SECRETTOKEN with spaces"',
        "SecretString: SECRETTOKEN",
        f"GET https://bucket.s3.amazonaws.com/key?AWSAccessKeyId={KEY}&Signature=SECRETSIGNATURE&Expires=1",
        f"the key {KEY} is not valid",
        "token eyJhbGciOiJIUzI1NiJ9.eyJTRUNSRVQiOiJ4In0.SECRETSIGNATURE",
    ],
)
def test_nothing_secret_is_left(text: str) -> None:
    """No part of a credential survives, however it is written."""
    left = redacted(text)

    assert [] == [secret for secret in ("SECRETTOKEN", "SECRETSIGNATURE", KEY, "eyJTRUNS") if secret in left]
    assert "(redacted)" in left


def test_a_link_broken_into_lines_is_taken_out_whole() -> None:
    """A console breaks long links into lines: the second line is as secret as the first."""
    left = redacted(f"Get {SIGNED[:-15]}\nSECRETSIGNATUREab12cd\nthen: dial tcp 52.218.1.2:443")

    assert "SECRETSIGNATURE" not in left
    assert left.endswith("\nthen: dial tcp 52.218.1.2:443")


@pytest.mark.parametrize(
    "text",
    [
        'Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 10.0.1.25:443: i/o timeout',
        "ecr:GetAuthorizationToken on resource: * because no identity-based policy allows it",
        "unable to pull secrets or registry auth: no basic auth credentials",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf",
        "did not contain json key PASSWORD",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """What tells the cause is left as it was."""
    assert text == redacted(text)


@pytest.mark.parametrize("name", MESSAGES)
def test_no_answer_holds_a_secret(name: str) -> None:
    """Whatever is told about a message, none of its credentials is in it."""
    told = repr(understand(f"{MESSAGES[name][0]} {SIGNED}"))

    assert [] == [secret for secret in ("SECRETTOKEN", "SECRETSIGNATURE", KEY) if secret in told]


@given(st.text(alphabet=st.characters(codec="utf-8")), st.text(alphabet=st.characters(codec="utf-8")))
def test_text_around_a_signed_link_does_not_bring_it_back(before: str, after: str) -> None:
    """Whatever stands around a signed link, the signature is gone."""
    assert "SECRETSIGNATURE" not in redacted(f"{before} {SIGNED} {after}")


@given(st.text())
def test_taking_secrets_out_twice_changes_nothing(text: str) -> None:
    """What is left holds nothing more to take out."""
    once = redacted(text)

    assert once == redacted(once)
