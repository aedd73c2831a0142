"""Rule, need, requirement: the vocabulary of the launch catalogue.

A `Rule` is a row of the catalogue. A `Requirement` is one rule applied to one task; it has needs and no
verdict. `prove` is the only place that knows how a need is judged.
"""

from typing import TypeAlias

import msgspec

from pullproof.model.text import Text
from pullproof.model.value import Maybe, Unknown


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A warning of the catalogue: never changes a verdict."""

    code: str
    resource: str
    message: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A row: what Fargate does, in which step, why, what failure looks like, and who says so.

    `checked_on` (YYYY-MM-DD) is the day somebody compared the row with `doc`. `after` are the ids of
    rules that come before it and whose failure hides this one's.
    """

    id: str
    step: str
    title: str
    because: str
    symptom: str
    doc: str
    checked_on: str
    after: tuple[str, ...] = ()


class Connect(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """A TCP connection to a host by name.

    `fargate_interface` marks a flow that leaves by Fargate's own interface, outside the VPC (Linux
    platform 1.3.0 and earlier). `public_registry` marks hosts outside AWS's endpoint services that
    serve images, whose unreachability has a code of its own.
    """

    host: Text
    port: int = 443
    fargate_interface: bool = False
    public_registry: bool = False


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """NFS over TCP 2049 to the mount target of the task's own Availability Zone."""

    file_system: Maybe[Text]


class Allow(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """Permission for one call.

    `caller` is "execution-role", "task-role", "anonymous" (an NFS client without IAM) or "aws" (an
    account of AWS's own, as with the pre-signed URLs of image layers: only the endpoint's policy is
    ours to get wrong). `role` is the key or ARN of the role, "" for the last two.
    `owner` is the key of the noun whose resource policy has a say ("" for none), `owner_kind` the
    estate's attribute that holds it ("repositories", "secrets", "keys", "buckets", "file_systems", ...).
    `through_network` says that the call itself crosses the task's network, so that the endpoint's
    policy is asked and `aws:SourceVpce` is set; False for calls that another service makes on the
    caller's behalf (`kms:Decrypt` by Secrets Manager). `via_service` is that service
    ("secretsmanager.eu-west-1.amazonaws.com", what `kms:ViaService` says), else "".
    `anyone_may` marks resources that AWS lets any client use unless a policy says otherwise (EFS).
    `context` are condition keys whose values the launch determines.
    """

    caller: str
    role: Maybe[str]
    action: str
    resource: Text
    owner: str = ""
    owner_kind: str = ""
    through_network: bool = True
    via_service: str = ""
    anyone_may: bool = False
    context: tuple[tuple[str, Text], ...] = ()


class Assume(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """A role that `ecs-tasks.amazonaws.com` must be trusted to assume."""

    role: Maybe[str]


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Something the task asks for that cannot be, whatever the network: a blocker already."""

    code: str
    resource: str
    says: str


class Unsettled(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must be known before this step can be judged."""

    unknown: Unknown


Need: TypeAlias = Connect | Mount | Allow | Assume | Refused | Unsettled


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """One rule applied to one task. `subject` says about what ("image nginx:1.27", a secret's name).

    `perhaps` is set when it is not certain that the task needs it (the container definitions are
    unknown and only references hint at it): a failure is then reported as unknown, with this reason.
    `if_endpoint` is a warning that holds when an interface endpoint carries the flow; its resource is that
    endpoint when it names none.
    `only_warns` is set for what never keeps a task from starting: the code of the warning that a failure
    becomes.
    """

    rule: Rule
    subject: str
    needs: tuple[Need, ...]
    perhaps: Unknown | None = None
    if_endpoint: Notice | None = None
    only_warns: str = ""


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one launch needs, in launch order, and what is worth a warning.

    `platform_version` is the version it is judged as ("1.4.0"), where known. `unsettled` is why there may
    be more that the task needs: it cannot be proven to start, and blockers among the requirements still
    are blockers.
    """

    requirements: tuple[Requirement, ...]
    notices: tuple[Notice, ...] = ()
    platform_version: str = ""
    unsettled: tuple[Unknown, ...] = ()
