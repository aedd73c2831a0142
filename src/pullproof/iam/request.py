"""What is asked, and the answer with its evidence."""

from typing import TypeAlias

import msgspec

from pullproof.evidence import Hop, Step
from pullproof.iam.context import Value
from pullproof.model.iam import Policy, Role
from pullproof.model.text import Text
from pullproof.model.value import Maybe, Unknown
from pullproof.verdict import Verdict, all_of


class Foreign(msgspec.Struct, frozen=True, kw_only=True):
    """A principal in an account of AWS's own, as in the signed URLs of image layers.

    No identity policy of ours is asked, and none is needed: only what the request passes through.
    `who` is said in the evidence ("ECR's own account"), `ours` the account of the input, where known.
    """

    who: str
    ours: Maybe[str]


class Anonymous(msgspec.Struct, frozen=True, kw_only=True):
    """A caller without credentials; `who` is said in the evidence ("an NFS client without IAM")."""

    who: str


Caller: TypeAlias = Role | Foreign | Anonymous | Unknown


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the AWS API.

    `caller` is a role (a session of it makes the call), a principal of AWS's own, nobody in particular, or
    the reason why the role is not known. `context` has condition keys, in lower case; keys it leaves out are not known,
    certainly absent ones are `ABSENT`.

    `owner` is the key of the noun whose policy has a say, `owner_kind` the estate's attribute that holds
    it ("repositories", "secrets", "keys", "buckets", "file_systems"), `resource_policy` that policy (None:
    it has none). `endpoint` is the key of the VPC endpoint that the call goes through ("" for none),
    `endpoint_policy` its policy (None: AWS's own, which allows everything).

    `cross_account` tells whether caller and resource are in different accounts; `anyone_may` marks a
    resource without a policy as open to everyone (EFS).
    """

    caller: Caller
    action: str
    resource: Text
    context: dict[str, Value]
    owner: str = ""
    owner_kind: str = ""
    resource_policy: Maybe[Policy] | None = None
    endpoint: str = ""
    endpoint_policy: Maybe[Policy] | None = None
    cross_account: Maybe[bool] = False
    anyone_may: bool = False


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the call is allowed: one hop for each layer that was asked."""

    hops: tuple[Hop, ...]

    def __post_init__(self) -> None:
        """Refuse an answer without evidence."""
        if not self.hops:
            raise ValueError("a decision needs at least one hop")

    @property
    def verdict(self) -> Verdict:
        """Whether every layer lets the call through."""
        return all_of(hop.verdict for hop in self.hops)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every layer, in order."""
        return tuple(step for hop in self.hops for step in hop.steps)
