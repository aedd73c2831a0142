"""Random requests of which everything is known, with the policies of every layer as AWS's JSON.

Small pools make statements and requests meet often; each case is drawn from a `random.Random`.
"""

from random import Random
from typing import Any

import msgspec

from pullproof.iam.context import ABSENT, Value
from pullproof.iam.request import Request
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.iam import OrganizationLevel, Policy, Role
from pullproof.model.policy_json import policy_of
from pullproof.model.value import Listing, Origin

OURS, THEIRS = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{OURS}:role/app"
SESSION = f"arn:aws:sts::{OURS}:assumed-role/app/task"

#: Action, resource (with the account left open), the kind of noun whose policy has a say.
CALLS = (
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:{}:secret:db-AbCdEf", "secrets"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:{}:key/1234", "keys"),
    ("s3:GetObject", "arn:aws:s3:::files/app.env", "buckets"),
    ("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:{}:repository/app", "repositories"),
    ("ssm:GetParameters", "arn:aws:ssm:eu-west-1:{}:parameter/app/key", ""),
    ("logs:CreateLogStream", "arn:aws:logs:eu-west-1:{}:log-group:/app:log-stream:x", ""),
)
ACTIONS = ("*", "{}:*", "{}:Get*", "{}:?*t*", "ec2:DescribeVpcs", "iam:*")
#: Whom the policy of a resource may name.
PRINCIPALS: tuple[Any, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": OURS},
    {"AWS": f"arn:aws:iam::{OURS}:root"},
    {"AWS": ROLE},
    {"AWS": [f"arn:aws:iam::{OURS}:role/other", ROLE]},
    {"AWS": f"arn:aws:iam::{OURS}:role/other"},
    {"AWS": "999999999999"},
    {"Service": "ecs.amazonaws.com"},
)
#: Values a condition key may have in a request; it may also be absent.
KEYS: dict[str, tuple[str, ...]] = {
    "aws:SourceVpce": ("vpce-1", "vpce-2"),
    "aws:SourceVpc": ("vpc-1", "VPC-1"),
    "aws:PrincipalOrgID": ("o-mine", "o-other"),
    "aws:SecureTransport": ("true", "false"),
    "aws:SourceIp": ("10.0.1.7", "192.0.2.9"),
    "aws:MultiFactorAuthAge": ("10", "300"),
    "aws:CurrentTime": ("2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"),
    "aws:SourceArn": ("arn:aws:ecs:eu-west-1:111122223333:cluster/a", "arn:aws:s3:::b"),
}
#: Families of operators, the keys they are used on, and values that a policy writes.
OPERATORS: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ("aws:SourceVpce", "aws:SourceVpc", "aws:PrincipalOrgID"),
        ("vpce-1", "vpc-1", "VPC-1", "o-mine", "vpce-*"),
    ),
    (
        ("StringLike", "StringNotLike"),
        ("aws:SourceVpce", "aws:SourceVpc", "aws:PrincipalOrgID"),
        ("vpce-*", "vpc-?", "o-mine", "*", "*-1"),
    ),
    (("Bool",), ("aws:SecureTransport",), ("true", "false")),
    (
        ("IpAddress", "NotIpAddress"),
        ("aws:SourceIp",),
        ("10.0.0.0/16", "192.0.2.9", "192.0.0.0/8", "10.0.2.0/24"),
    ),
    (
        ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"),
        ("aws:MultiFactorAuthAge",),
        ("10", "60"),
    ),
    (
        ("DateLessThan", "DateGreaterThan", "DateEquals", "DateNotEquals", "DateLessThanEquals"),
        ("aws:CurrentTime",),
        ("2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    ),
    (
        ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"),
        ("aws:SourceArn", "aws:PrincipalArn"),
        (
            "arn:aws:ecs:*:111122223333:*",
            "arn:aws:iam::*:role/app",
            "arn:aws:s3:::b",
            "arn:*:ecs:eu-*:*:cluster/?",
        ),
    ),
)


class Case(msgspec.Struct, kw_only=True):
    """One request and the policies around it; a policy that is None is not there."""

    action: str
    resource: str
    kind: str
    resource_account: str
    context: dict[str, str]
    identity: list[dict[str, Any]]
    boundary: dict[str, Any] | None
    organization: list[dict[str, Any]]
    levels: list[list[dict[str, Any]]]
    resource_policy: dict[str, Any] | None
    endpoint_policy: dict[str, Any] | None

    @property
    def cross_account(self) -> bool:
        """Whether the resource is in another account than the caller."""
        return self.resource_account != OURS


def drawn(random: Random) -> Case:
    """A case."""
    action, resource, kind = random.choice(CALLS)
    account = THEIRS if kind and random.random() < 0.25 else OURS
    resource = resource.format(account)
    call = (action, resource)
    levels = [_level(random, call) for _ in range(random.choice((0, 0, 0, 1, 2)))]
    return Case(
        action=action,
        resource=resource,
        kind=kind,
        resource_account=account,
        context={key: random.choice(values) for key, values in KEYS.items() if random.random() < 0.6}
        | {"aws:PrincipalArn": ROLE, "aws:PrincipalAccount": OURS},
        identity=[_document(random, call) for _ in range(random.choice((0, 1, 1, 2)))],
        boundary=_document(random, call, open_handed=True) if random.random() < 0.3 else None,
        organization=[_document(random, call, deny=True)] if not levels and random.random() < 0.3 else [],
        levels=levels,
        resource_policy=_document(random, call, principals=PRINCIPALS)
        if kind and random.random() < 0.6
        else None,
        endpoint_policy=_document(random, call, principals=("*",), open_handed=True)
        if random.random() < 0.4
        else None,
    )


def _level(random: Random, call: tuple[str, str]) -> list[dict[str, Any]]:
    """The policies of one level of the organization: at least one."""
    return [_document(random, call, open_handed=True) for _ in range(random.choice((1, 1, 2)))]


def _document(
    random: Random,
    call: tuple[str, str],
    *,
    principals: tuple[Any, ...] = (),
    deny: bool = False,
    open_handed: bool = False,
) -> dict[str, Any]:
    written = [
        _statement(random, call, principals=principals, deny=deny) for _ in range(random.choice((1, 1, 2, 3)))
    ]
    if open_handed and random.random() < 0.6:
        everything: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        written.append({**everything, "Principal": "*"} if principals else everything)
    return {"Version": "2012-10-17", "Statement": written if random.random() < 0.8 else written[-1]}


def _statement(
    random: Random, call: tuple[str, str], *, principals: tuple[Any, ...], deny: bool
) -> dict[str, Any]:
    written: dict[str, Any] = {"Effect": "Deny" if deny or random.random() < 0.25 else "Allow"}
    service = call[0].partition(":")[0]
    patterns = (call[0], call[0], call[0].lower(), *(pattern.format(service) for pattern in ACTIONS))
    element = "NotAction" if random.random() < 0.15 else "Action"
    written[element] = _some(random, patterns)
    element = "NotResource" if random.random() < 0.15 else "Resource"
    written[element] = _some(random, ("*", "*", call[1], *_near(call[1])))
    if principals:
        written["Principal"] = random.choice(principals)
    if random.random() < 0.4:
        written["Condition"] = _condition(random)
    return written


def _near(resource: str) -> tuple[str, ...]:
    """Patterns that may match a resource, and some that do not."""
    parts = resource.split(":", 5)
    return (
        ":".join((*parts[:3], "*", "*", "*")),
        ":".join((*parts[:5], parts[5][:-1] + "?")),
        f"{resource[:-1]}*",
        f"{resource}?",
        f"{resource}x",
        ":".join((*parts[:4], "999999999999", parts[5])),
    )


def _condition(random: Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(random.choice((1, 1, 2))):
        operators, keys, values = random.choice(OPERATORS)
        operator = random.choice(operators)
        if random.random() < 0.25:
            operator += "IfExists"
        found.setdefault(operator, {})[random.choice(keys)] = _some(random, values)
    if random.random() < 0.15:
        found["Null"] = {random.choice(tuple(KEYS)): random.choice(("true", "false"))}
    return found


def _some(random: Random, values: tuple[str, ...]) -> str | list[str]:
    """One value, or a list of one to three."""
    if random.random() < 0.5:
        return random.choice(values)
    return [random.choice(values) for _ in range(random.choice((1, 2, 3)))]


def read(document: dict[str, Any], at: str) -> Policy:
    """A document as the model has it."""
    found = policy_of(document, Origin(at, "policy"))
    assert isinstance(found, Policy), found
    assert found.statements.complete, found.statements.open
    return found


def as_request(case: Case) -> tuple[Estate, Request]:
    """The case as the engine is asked about it."""
    estate = Estate()
    estate.account = OURS
    estate.organization_policies = tuple(read(each, "scp") for each in case.organization)
    levels = (Listing(tuple(read(each, "level") for each in level)) for level in case.levels)
    if case.levels:
        estate.organization_levels[OURS] = tuple(OrganizationLevel(at="ou", policies=one) for one in levels)
    estate.endpoints["endpoint"] = Endpoint(
        key="endpoint",
        origin=Origin("endpoint"),
        vpc="vpc",
        service="com.amazonaws.eu-west-1.any",
        type=EndpointType.INTERFACE,
    )
    context: dict[str, Value] = {key.lower(): case.context.get(key, ABSENT) for key in (*KEYS, *case.context)}
    role = Role(
        key="role",
        origin=Origin("role"),
        arn=ROLE,
        name="app",
        trust=read({"Statement": []}, "role"),
        policies=Listing(tuple(read(each, "identity") for each in case.identity)),
        boundary=read(case.boundary, "boundary") if case.boundary else None,
    )
    return estate, Request(
        caller=role,
        action=case.action,
        resource=case.resource,
        context=context,
        owner="owner" if case.kind else "",
        owner_kind=case.kind,
        resource_policy=read(case.resource_policy, "owner") if case.resource_policy else None,
        endpoint="endpoint",
        endpoint_policy=read(case.endpoint_policy, "endpoint") if case.endpoint_policy else None,
        cross_account=case.cross_account,
    )
