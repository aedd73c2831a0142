"""An estate in which nothing waits for AWS: every name that AWS would choose is chosen, once for each."""

from typing import Any

import msgspec

from pullproof.model.estate import Estate
from pullproof.model.text import HOLE, OPEN
from pullproof.model.value import Listing, Origin, Unknown

ACCOUNT = "123456789012"


def concrete(estate: Estate) -> Estate:
    """The same estate without holes in its texts; what is unknown stays so."""
    choose = _Choice(estate)
    found = Estate()
    for name, value in estate.nouns().items():
        held = {key: choose.all(noun) for key, noun in value.items()} if isinstance(value, dict) else value
        setattr(found, name, choose.all(value) if isinstance(value, tuple | str) else held)
    if isinstance(found.account, Unknown):
        found.account = ACCOUNT
    return found


def endpoint_name(number: int) -> str:
    """The DNS name of an endpoint of its own, by its place in the estate."""
    return f"vpce-{number}.lab.vpce.amazonaws.com"


class _Choice:
    def __init__(self, estate: Estate) -> None:
        self._region = "eu-west-1" if isinstance(estate.region, Unknown) else estate.region
        self._account = ACCOUNT if isinstance(estate.account, Unknown) else estate.account
        self._endpoints = list(estate.endpoints)
        self._chosen: dict[str, str] = {}
        self._count = 0

    def all(self, value: Any) -> Any:
        """A value with every hole filled, at any depth."""
        if isinstance(value, str):
            return HOLE.sub(lambda found: self._word(found[1]), value) if OPEN in value else value
        if isinstance(value, Origin | Unknown):
            return value
        if isinstance(value, Listing):
            return Listing(tuple(map(self.all, value.items)), value.open, tuple(map(self.all, value.among)))
        if isinstance(value, tuple):
            return tuple(map(self.all, value))
        if isinstance(value, msgspec.Struct) and type(value).__module__.startswith("pullproof.model"):
            changed = {
                name: filled
                for name in value.__struct_fields__
                if (filled := self.all(held := getattr(value, name))) is not held
            }
            return msgspec.structs.replace(value, **changed) if changed else value
        return value

    def _word(self, name: str) -> str:
        """What stands for a hole: an ARN for one that is an ARN, else an id that nothing else has."""
        if name not in self._chosen:
            self._count += 1
            self._chosen[name] = self._made(name)
        return self._chosen[name]

    def _made(self, name: str) -> str:
        if name in ("account", "aws.account"):
            return self._account
        if name in ("region", "aws.region"):
            return self._region
        for number, key in enumerate(self._endpoints):
            if name.startswith(f"{key}.dns"):
                return endpoint_name(number)
        thing, _, attribute = name.rpartition(".")
        plain = "".join(c if c.isalnum() else "-" for c in thing.rpartition(".")[2]) or "thing"
        word = f"{plain}-{self._count:x}"
        if attribute != "arn":
            return word
        for kind, (service, form) in _ARNS.items():
            if kind in thing:
                return f"arn:aws:{service}:{self._region}:{self._account}:{form.format(word)}"
        return f"arn:aws:unknown:{self._region}:{self._account}:{word}"


#: Kinds by a word in their address: the service and the resource part of their ARNs.
_ARNS = {
    "secretsmanager_secret": ("secretsmanager", "secret:{}-AbCdEf"),
    "ssm_parameter": ("ssm", "parameter/{}"),
    "kms_key": ("kms", "key/{}"),
    "iam_role": ("iam", "role/{}"),
    "ecr_repository": ("ecr", "repository/{}"),
    "cloudwatch_log_group": ("logs", "log-group:{}"),
    "ecs_cluster": ("ecs", "cluster/{}"),
    "ecs_task_definition": ("ecs", "task-definition/{}:1"),
    "efs_file_system": ("elasticfilesystem", "file-system/{}"),
    "s3_bucket": ("s3", "{}"),
}
