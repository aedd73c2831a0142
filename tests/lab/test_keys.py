"""Who gets what a customer's key protects: the key's policy and the role's, and the service that asks for them."""

from typing import Any

import pytest

from pullproof.lab.keys import why_no_key
from pullproof.lab.policy import Call, NoOpinion
from pullproof.model.estate import Estate
from pullproof.model.iam import Policy
from pullproof.model.stores import Key, Parameter, Secret
from pullproof.model.value import Maybe, Unknown, Why
from tests.build import at
from tests.unit.iam.build import ACCOUNT, READ, ROLE_ARN, SECRET, allow, deny, policy, role

KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234"
PARAMETER = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/db"
ROOT = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
MINE = {"Principal": {"AWS": ROLE_ARN}}
OTHER = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}}
EVERYBODY = {"Principal": {"AWS": "*"}}


def _via(service: str) -> dict[str, Any]:
    return {"Condition": {"StringEquals": {"kms:ViaService": f"{service}.eu-west-1.amazonaws.com"}}}


def _estate(key: Maybe[Policy] | None, *, name: Maybe[str] = KEY, secure: bool = True) -> Estate:
    estate = Estate()
    estate.keys["key"] = Key(
        key="key", origin=at("key"), arn=KEY, id="1234", aliases=("alias/mine",), policy=key
    )
    estate.secrets["secret"] = Secret(key="secret", origin=at("secret"), arn=SECRET, name="db", kms_key=name)
    estate.parameters["parameter"] = Parameter(
        key="parameter", origin=at("parameter"), arn=PARAMETER, name="/db", secure=secure, kms_key=name
    )
    return estate


def _asked(estate: Estate, *policies: Policy, action: str = READ) -> str:
    resource = SECRET if action == READ else PARAMETER
    call = Call(caller=ROLE_ARN, account=ACCOUNT, action=action, resource=resource)
    return why_no_key(estate, call, role(*policies))


@pytest.mark.parametrize(
    ("key", "identity", "expected"),
    [
        (None, [], False),
        (None, [allow("kms:Decrypt", KEY)], True),
        ([allow("kms:*", **ROOT)], [], False),
        ([allow("kms:*", **ROOT)], [allow("kms:Decrypt", KEY)], True),
        ([allow("kms:*", **ROOT)], [allow("kms:Decrypt", f"{KEY}5")], False),
        ([allow("kms:Decrypt", **MINE)], [], True),
        ([allow("kms:Decrypt", **MINE)], [deny("kms:Decrypt", KEY)], False),
        ([allow("kms:Decrypt", **OTHER)], [allow("kms:*")], False),
        ([allow("kms:*", **ROOT), deny("kms:Decrypt", **MINE)], [allow("kms:*")], False),
        ([allow("kms:Decrypt", **EVERYBODY, **_via("secretsmanager"))], [], True),
        ([allow("kms:Decrypt", **EVERYBODY, **_via("ssm"))], [], False),
    ],
)
def test_the_key_s_policy_and_the_role_s_decide(
    key: list[Any] | None, identity: list[Any], expected: bool
) -> None:
    """Whoever the key names may use it; where it names the account, the role's policies decide; a denial ends it."""
    estate = _estate(None if key is None else policy(*key, at="key"))

    found = _asked(estate, *([policy(*identity)] if identity else []))

    assert expected is (found == ""), found
    assert expected or found.startswith(f"kms:Decrypt on {KEY}: ")


@pytest.mark.parametrize("name", ["", "alias/aws/secretsmanager", "aws/ssm"])
def test_keys_of_aws_s_own_ask_nobody(name: str) -> None:
    """A secret under AWS's own key needs no permission for it."""
    assert "" == _asked(_estate(None, name=name))


@pytest.mark.parametrize(
    "name", ["key", "1234", KEY, "alias/mine", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/mine"]
)
def test_a_key_has_many_names(name: str) -> None:
    """By whichever of its names a key is written, it is asked."""
    assert "" != _asked(_estate(None, name=name))


def test_parameters_are_under_a_key_only_when_they_are_secure() -> None:
    """A plain parameter needs no key; a SecureString does, by way of SSM."""
    by_ssm = policy(allow("kms:Decrypt", **EVERYBODY, **_via("ssm")), at="key")

    assert "" == _asked(_estate(None, secure=False), action="ssm:GetParameters")
    assert "" != _asked(_estate(None), action="ssm:GetParameters")
    assert "" == _asked(_estate(by_ssm), action="ssm:GetParameters")


def test_a_key_that_is_not_known_is_no_opinion() -> None:
    """Neither a key elsewhere nor an unknown one is taken for allowed or for refused."""
    unknown = Unknown(Why.AFTER_APPLY, "the key", "secret", "apply it")
    for name in ("arn:aws:kms:eu-west-1:999999999999:key/other", unknown):
        with pytest.raises(NoOpinion):
            _asked(_estate(None, name=name))
    assert "" == why_no_key(
        _estate(None), Call(caller="", account=ACCOUNT, action="logs:PutLogEvents", resource="*"), role()
    )
