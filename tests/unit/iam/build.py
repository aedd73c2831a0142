"""Short builders for policies, roles and requests."""

from typing import Any

import msgspec

from pullproof.iam.context import Value
from pullproof.iam.request import Request
from pullproof.model.iam import Policy, Role, Statement
from pullproof.model.policy_json import policy_of
from pullproof.model.text import Text, hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why

ACCOUNT = "123456789012"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/app"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
READ = "secretsmanager:GetSecretValue"
UNTOLD = Unknown(Why.AFTER_APPLY, "the text", "aws_iam_policy.later", "apply it")


def policy(*statements: Any, at: str = "aws_iam_role_policy.p") -> Policy:
    """A policy of statements as AWS writes them."""
    read = policy_of({"Version": "2012-10-17", "Statement": list(statements)}, Origin(at, "policy"), "p")
    assert isinstance(read, Policy), read
    return read


def statement(**elements: Any) -> Statement:
    """One statement, allowing everything where nothing else is said."""
    read = policy({"Effect": "Allow", "Action": "*", "Resource": "*"} | elements)
    assert read.statements.complete, read.statements.open
    return read.statements.items[0]


def allow(action: Any = READ, resource: Any = "*", **elements: Any) -> dict[str, Any]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource} | elements


def deny(action: Any = READ, resource: Any = "*", **elements: Any) -> dict[str, Any]:
    """A statement that denies."""
    return allow(action, resource, **elements) | {"Effect": "Deny"}


def role(
    *policies: Maybe[Policy],
    arn: Text = ROLE_ARN,
    boundary: Maybe[Policy] | None = None,
    trust: Maybe[Policy] = UNTOLD,
) -> Role:
    """A role with these identity policies."""
    return Role(
        key="aws_iam_role.app",
        origin=Origin("aws_iam_role.app"),
        arn=arn,
        name="app",
        trust=trust,
        policies=Listing(
            tuple(each for each in policies if isinstance(each, Policy)),
            tuple(each for each in policies if isinstance(each, Unknown)),
        ),
        boundary=boundary,
    )


def request(caller: Any, action: str = READ, resource: Text = SECRET, **fields: Any) -> Request:
    """A request of a caller in our account."""
    context: dict[str, Value] = {"aws:PrincipalAccount": ACCOUNT, "aws:PrincipalArn": ROLE_ARN}
    context |= fields.pop("context", {})
    lower = {key.lower(): value for key, value in context.items()}
    return Request(caller=caller, action=action, resource=resource, context=lower, **fields)


def arn(address: str) -> Text:
    """The ARN of a resource that is yet to be made."""
    return hole(f"{address}.arn")


def with_open(written: Policy, *reasons: Unknown) -> Policy:
    """The policy with statements beside the known ones that are not known."""
    listing = Listing(written.statements.items, reasons)
    return msgspec.structs.replace(written, statements=listing)
