"""What a task reads while it starts: repositories, secrets, parameters, keys, logs, buckets, files."""

import msgspec

from pullproof.model.addresses import Addresses
from pullproof.model.iam import Policy
from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """An ECR repository; `url` is `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`."""

    key: str
    origin: Origin
    name: Text
    arn: Text
    url: Text
    policy: Maybe[Policy] | None = None


class RegistryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The permissions policy of a whole ECR registry."""

    key: str
    origin: Origin
    policy: Maybe[Policy]


class PullThroughRule(msgspec.Struct, frozen=True, kw_only=True):
    """A pull-through cache rule: repositories below `prefix` are fetched from `upstream`."""

    key: str
    origin: Origin
    prefix: Maybe[Text]
    upstream: Maybe[Text]


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A Secrets Manager secret; `kms_key` is "" for the AWS managed key."""

    key: str
    origin: Origin
    arn: Text
    name: Text
    kms_key: Maybe[Text] = ""
    policy: Maybe[Policy] | None = None


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A Parameter Store parameter; `secure` for SecureString, `kms_key` "" for the AWS managed key."""

    key: str
    origin: Origin
    arn: Text
    name: Text
    secure: Maybe[bool]
    kms_key: Maybe[Text] = ""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A KMS key. `policy` None is the default: the account's identity policies decide."""

    key: str
    origin: Origin
    arn: Text
    id: Text
    aliases: tuple[Text, ...] = ()
    policy: Maybe[Policy] | None = None


class LogGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudWatch log group; `arn` is without the trailing `:*`."""

    key: str
    origin: Origin
    name: Text
    arn: Text


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """An S3 bucket."""

    key: str
    origin: Origin
    name: Text
    arn: Text
    region: Maybe[str] = ""
    policy: Maybe[Policy] | None = None


class FileSystem(msgspec.Struct, frozen=True, kw_only=True):
    """An EFS file system."""

    key: str
    origin: Origin
    id: Text
    arn: Text
    policy: Maybe[Policy] | None = None


class MountTarget(msgspec.Struct, frozen=True, kw_only=True):
    """A mount target; `groups` is what is in force (the VPC's default group when none is written)."""

    key: str
    origin: Origin
    file_system: Maybe[str]
    subnet: Maybe[str]
    groups: Listing[str]
    addresses: Maybe[Addresses] | None = None


class AccessPoint(msgspec.Struct, frozen=True, kw_only=True):
    """An EFS access point."""

    key: str
    origin: Origin
    id: Text
    arn: Text
    file_system: Maybe[str]
