"""Policy statements as CloudFormation has them: plain mappings in the order in which people write them."""

import re

from pullproof.model.iam import Principals, Statement
from pullproof.model.text import CLOSE, HOLE, KIND, OPEN, Text, bare, hole, shown
from pullproof.model.value import Listing, Unknown
from pullproof.render.base import CannotWrite
from pullproof.render.cloudformation.values import Link, Value, Words

VERSION = "2012-10-17"

#: A secret's ARN whose last six characters AWS has yet to choose.
_SECRET = re.compile(
    rf"arn:[^{CLOSE}]*:secretsmanager:.*:secret:.*{OPEN}([^{OPEN}{CLOSE}]*)\.suffix(?:{KIND}[^{CLOSE}]*)?{CLOSE}"
)

#: What `ecs-tasks.amazonaws.com` needs to assume a role.
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def document(statements: tuple[Statement, ...], kind: str = "roles") -> dict[str, Value]:
    """A whole policy."""
    return {"Version": VERSION, "Statement": [written(one, kind) for one in statements]}


def written(statement: Statement, kind: str = "roles") -> dict[str, Value]:
    """One statement of the policy of a kind of holder; those of all but roles say who is meant.

    Raises:
        CannotWrite: a part of it is not known.
    """
    found: dict[str, Value] = {"Sid": statement.sid} if statement.sid else {}
    found["Effect"] = "Allow" if _known(statement.allow) else "Deny"
    who = statement.principals
    if isinstance(who, Unknown):
        raise _not_known(who)
    if who is not None:
        found["NotPrincipal" if who.excluded else "Principal"] = _principals(who)
    elif kind == "endpoints":
        found["Principal"] = "*"
    elif kind != "roles":
        raise CannotWrite("the statement does not say who is meant", "write it by hand, with the role in it")
    found["NotAction" if statement.not_actions else "Action"] = _some(statement.actions)
    if statement.resources is not None:
        found["NotResource" if statement.not_resources else "Resource"] = _some(statement.resources)
    conditions: dict[str, dict[str, Value]] = {}
    for condition in _whole(statement.conditions):
        held = conditions.setdefault(condition.operator, {})
        if condition.key in held:
            raise CannotWrite(
                f"two conditions of the statement are {condition.operator} on {condition.key}",
                "write them as two statements",
            )
        held[condition.key] = _some(condition.values)
    return found | ({"Condition": conditions} if conditions else {})


def words(text: Text) -> Value:
    """A text whose holes are references to attributes: "aws_ecr_repository.app.arn".

    Raises:
        CannotWrite: a part of it may be anything.
    """
    if OPEN not in text:
        return text
    text = _SECRET.sub(lambda found: hole(f"{found[1]}.arn"), text)
    parts: list[str | Link] = []
    for place, part in enumerate(HOLE.split(text)):
        if place % 2 == 0:
            parts += [part] if part else []
        elif part.startswith("?"):
            raise CannotWrite(
                f"a part of {shown(text)!r} is not known",
                "write it by hand, with the value that only you know",
            )
        else:
            parts.append(link(part))
    return parts[0] if len(parts) == 1 else Words(tuple(parts))


def link(name: str) -> Link:
    """The reference that a hole's name is: the key, and the attribute after its last dot."""
    name = bare(name)
    key, _, attribute = name.rpartition(".")
    return Link(key, "attribute", attribute) if key else Link(name, "attribute", "")


def _some(texts: Listing[Text]) -> Value:
    found = [words(text) for text in _whole(texts)]
    return found[0] if len(found) == 1 else found


def _principals(who: Principals) -> Value:
    if [kind for kind, _ in who.of] == ["*"]:
        return "*"
    return {kind: _some(values) for kind, values in who.of}


def _whole(listing: Listing[Value]) -> tuple[Value, ...]:
    if listing.open:
        raise _not_known(listing.open[0])
    return listing.items


def _known(value: Value) -> Value:
    if isinstance(value, Unknown):
        raise _not_known(value)
    return value


def _not_known(unknown: Unknown) -> CannotWrite:
    return CannotWrite(f"{unknown.what} is not known", unknown.settle_by)
