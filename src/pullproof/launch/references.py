"""What a `valueFrom` of a secret names: a secret of Secrets Manager, or a parameter.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
"""

import enum
import re

import msgspec

from pullproof.launch.parts import cut, masked, read_arn, split
from pullproof.model.text import OPEN, Text, sole_hole


class Store(enum.Enum):
    """Where a value is kept."""

    SECRETS_MANAGER = "Secrets Manager"
    PARAMETER_STORE = "Parameter Store"


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A `valueFrom`, read.

    `id` is the ARN or name without what follows it; `store` is None when it may be either. `region` and
    `account` are "" when the reference does not tell: then it is the task's own.
    `picked` says that a JSON key, a version stage or a version id follows the ARN; `version` is that id.
    """

    store: Store | None
    id: Text
    name: Text = ""
    region: Text = ""
    account: Text = ""
    picked: bool = False
    version: Text = ""


_SECRET = re.compile(r"(?:^|\.)aws_secretsmanager_secret(?:_version|_rotation)?\.|secret_arn$")
_PARAMETER = re.compile(r"(?:^|\.)aws_ssm_parameter\.")


def read_reference(text: Text) -> Reference | None:
    """What a `valueFrom` names; None when that cannot be told."""
    text = text.strip()
    mask = masked(text)
    if mask.startswith("arn:"):
        return _from_arn(text)
    if text.startswith(OPEN):
        base, after = cut(text, ":")
        return _from_hole(base, after)
    if not text or ":" in mask:
        return None
    # A bare name can only be a parameter of the task's region: secrets must be named by ARN.
    return Reference(store=Store.PARAMETER_STORE, id=text, name=text)


def _from_arn(text: Text) -> Reference | None:
    arn = read_arn(text)
    if arn is None:
        return None
    if arn.service == "ssm" and arn.resource.startswith("parameter/"):
        name = arn.resource.removeprefix("parameter")
        # `parameter/a/b` is the parameter "/a/b", `parameter/a` is "a".
        flat = "/" not in masked(name)[1:]
        return Reference(
            store=Store.PARAMETER_STORE,
            id=text,
            name=name[1:] if flat else name,
            region=arn.region,
            account=arn.account,
        )
    parts = split(arn.resource, ":", 4)
    if arn.service != "secretsmanager" or parts[0] != "secret" or len(parts) == 1:
        return None
    rest = "".join(parts[2:])
    return Reference(
        store=Store.SECRETS_MANAGER,
        id=text[: len(text) - sum(len(part) + 1 for part in parts[2:])],
        name=parts[1],
        region=arn.region,
        account=arn.account,
        picked=bool(rest),
        version=_version(parts[2:]),
    )


def _version(picked: list[Text]) -> Text:
    """The version id among what follows an ARN: a JSON key, a version stage and a version id."""
    return picked[2] if len(picked) > 2 else ""


def _from_hole(base: Text, after: Text) -> Reference | None:
    whole = sole_hole(base)
    picked, version = bool(after.strip(":")), _version(split(after, ":", 2))
    if _SECRET.search(whole):
        return Reference(store=Store.SECRETS_MANAGER, id=base, picked=picked, version=version)
    if _PARAMETER.search(whole):
        return Reference(store=Store.PARAMETER_STORE, id=base)
    return Reference(store=None, id=base, picked=picked, version=version)


def has_ending(name: Text) -> bool:
    """Whether a name or ARN ends with a dash and six letters, as AWS ends the ARNs of secrets."""
    return len(name) > 7 and name[-7] == "-" and name[-6:].isascii() and name[-6:].isalnum()


def bare_name(name: Text) -> Text:
    """The name of a secret without the six letters AWS adds to its ARN."""
    return name[:-7] if has_ending(name) else name
