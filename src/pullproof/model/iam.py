"""Policies of every layer, and roles.

Document text may have holes (`model.text`), so that `${aws_ecr_repository.app.arn}` in a policy is the
same text as the ARN of that repository in a request.
"""

import msgspec

from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """One operator on one key: `StringEquals`, `aws:SourceVpce`, the values."""

    operator: str
    key: str
    values: Listing[Text]


class Principals(msgspec.Struct, frozen=True, kw_only=True):
    """The `Principal` (or, with `excluded`, `NotPrincipal`) element.

    `of` pairs a type ("AWS", "Service", "Federated", "CanonicalUser", or "*" for the bare `"*"`)
    with its values.
    """

    of: tuple[tuple[str, Listing[Text]], ...]
    excluded: bool = False


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement. `actions`/`resources` hold the `Not...` form when the flag says so.

    `resources` is None in policies that have no such element (trust policies); `principals` is None
    in identity policies.
    """

    origin: Origin
    allow: Maybe[bool]
    actions: Listing[Text]
    not_actions: bool = False
    resources: Listing[Text] | None = None
    not_resources: bool = False
    principals: Maybe[Principals] | None = None
    conditions: Listing[Condition] = Listing()
    sid: str = ""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy document, and where it was written."""

    origin: Origin
    statements: Listing[Statement]
    name: str = ""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """An IAM role. `policies` are all identity policies, inline and attached."""

    key: str
    origin: Origin
    arn: Text
    name: Text
    trust: Maybe[Policy]
    policies: Listing[Policy]
    boundary: Maybe[Policy] | None = None


class OrganizationLevel(msgspec.Struct, frozen=True, kw_only=True):
    """The root, a unit or the account itself, by its id, and the service control policies attached to it."""

    at: str
    policies: Listing[Policy]
