"""An estate in which nothing waits for AWS: every name that AWS would choose is chosen, once for each."""

from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.model.estate import Estate
from pullproof.model.text import HOLE, OPEN, bare
from pullproof.model.value import Listing, Origin, Unknown

ACCOUNT = "123456789012"


def region_of(estate: Estate, place: str = "") -> str:
    """The region of an estate: a lab is in one, and makes none up.

    Raises:
        InputError: it is not known. `place` is where the estate was read.
    """
    if isinstance(estate.region, Unknown) or OPEN in estate.region:
        raise InputError("its region is not known", place=place, remedy="--region eu-west-1")
    return estate.region


def concrete(estate: Estate) -> Estate:
    """The same estate without holes in its texts; what is unknown stays so.

    Raises:
        InputError: the region is not known.
    """
    choose = _Choice(estate)
    found = estate.copy()
    for name, value in found.nouns().items():
        if isinstance(value, dict):
            value |= {key: choose.all(noun) for key, noun in value.items()}
        else:
            setattr(found, name, choose.all(value))
    if isinstance(found.account, Unknown):
        found.account = ACCOUNT
    return found


def endpoint_name(number: int) -> str:
    """The DNS name of an endpoint of its own, by its place in the estate."""
    return f"vpce-{number}.lab.vpce.amazonaws.com"


class _Choice:
    def __init__(self, estate: Estate) -> None:
        self._region = region_of(estate)
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
        thing, _, attribute = bare(name).rpartition(".")
        # Names of repositories and buckets have no capital letters.
        plain = _plain(thing.rpartition(".")[2]) or "thing"
        word = f"{plain}-{self._count:x}"
        if attribute != "arn":
            return word
        form = next((form for kind, form in _ARNS.items() if kind in name), "unknown:REGION:ACCOUNT:{}")
        return (
            f"arn:aws:{form}".format(word).replace("REGION", self._region).replace("ACCOUNT", self._account)
        )


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name).lower()


#: Kinds by a word in their address, or in their type: what their ARNs are.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_ARNS = {
    "secretsmanager_secret": "secretsmanager:REGION:ACCOUNT:secret:{}-AbCdEf",
    "ssm_parameter": "ssm:REGION:ACCOUNT:parameter/{}",
    "kms_key": "kms:REGION:ACCOUNT:key/{}",
    "iam_role": "iam::ACCOUNT:role/{}",
    "ecr_repository": "ecr:REGION:ACCOUNT:repository/{}",
    "cloudwatch_log_group": "logs:REGION:ACCOUNT:log-group:{}",
    "ecs_cluster": "ecs:REGION:ACCOUNT:cluster/{}",
    "ecs_task_definition": "ecs:REGION:ACCOUNT:task-definition/{}:1",
    "efs_file_system": "elasticfilesystem:REGION:ACCOUNT:file-system/{}",
    "s3_bucket": "s3:::{}",
}
