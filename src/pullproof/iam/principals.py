"""Who a statement is about, and how precisely it says so.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import msgspec

from pullproof.iam.context import NotOurs, Value
from pullproof.iam.match import same
from pullproof.iam.request import Anonymous, Caller, Foreign
from pullproof.iam.shapes import named
from pullproof.model.iam import Principals, Role
from pullproof.model.text import Text, is_exact, sole_hole
from pullproof.model.value import Maybe, Unknown
from pullproof.verdict import Verdict, any_of

_ACCOUNT_ATTRIBUTES = frozenset({("aws_caller_identity", "account_id"), ("aws_caller_identity", "id")})


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """How a `Principal` means the caller.

    `anyone`: by a wildcard, or as the very session; such a grant is not limited by the role's boundary.
    `role`: by the role's ARN. `account`: by its account, which leaves it to the account's own policies.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """

    anyone: Verdict = Verdict.FAILS
    role: Verdict = Verdict.FAILS
    account: Verdict = Verdict.FAILS

    def by_wildcard_only(self) -> "Matched":
        """The same in the policy of a gateway endpoint, whose principal must be `*`.

        An account there is its root user alone; what a role would be is not documented.
        https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
        """
        return Matched(anyone=self.anyone, role=self.role & Verdict.UNKNOWN)

    @property
    def at_all(self) -> Verdict:
        """Whether the caller is meant in any of these ways."""
        return self.anyone | self.role | self.account

    def __or__(self, other: "Matched") -> "Matched":
        """Meant by either."""
        return Matched(
            anyone=self.anyone | other.anyone,
            role=self.role | other.role,
            account=self.account | other.account,
        )


NOBODY = Matched()
EVERYONE = Matched(anyone=Verdict.WORKS)
UNCLEAR = Matched(anyone=Verdict.UNKNOWN, role=Verdict.UNKNOWN, account=Verdict.UNKNOWN)


def meant(principals: Maybe[Principals] | None, caller: Caller, account: Value | None) -> Matched:
    """How a statement of a resource's or endpoint's policy means the caller, of the given account."""
    if principals is None or isinstance(principals, Unknown):
        return UNCLEAR
    found = NOBODY
    for kind, values in principals.of:
        for value in values.items:
            found |= _meant(kind, value, caller, account)
        if not values.complete:
            found |= UNCLEAR
    return _all_but(found) if principals.excluded else found


def meant_service(principals: Maybe[Principals] | None, service: str) -> Matched:
    """How a statement of a trust policy means a service of AWS's ("ecs-tasks.amazonaws.com")."""
    if principals is None or isinstance(principals, Unknown):
        return UNCLEAR
    known = Verdict.FAILS
    for kind, values in principals.of:
        known |= any_of(_is_service(kind, value, service) for value in values.items)
        if not values.complete:
            known |= Verdict.UNKNOWN
    return Matched(anyone=~known if principals.excluded else known)


def _is_service(kind: str, value: Text, service: str) -> Verdict:
    """Whether a principal is the service; whether a wildcard takes in services is not documented."""
    if value == "*":
        return Verdict.UNKNOWN
    return same(_literal(value), service, "") if kind == "Service" else Verdict.FAILS


def _all_but(found: Matched) -> Matched:
    """What `NotPrincipal` means.

    To be left out, a session has to be listed with its role and its account; a task's session has a name
    that nobody can list. So only "nobody listed is the caller" is certain.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    if found.anyone is Verdict.WORKS:
        return NOBODY
    return EVERYONE if found.at_all is Verdict.FAILS else UNCLEAR


def _meant(kind: str, value: Text, caller: Caller, account: Value | None) -> Matched:
    if value == "*" and kind in ("*", "AWS"):
        return EVERYONE
    if kind in ("Service", "Federated"):
        return NOBODY
    if isinstance(caller, Anonymous):
        return UNCLEAR if sole_hole(value).startswith("?") else NOBODY
    if kind != "AWS" or isinstance(caller, Unknown):
        return UNCLEAR
    if isinstance(caller, Foreign):
        return _foreign(value, caller)
    return _ours(value, caller, account)


def _foreign(value: Text, caller: Foreign) -> Matched:
    kind = "account" if value.isdigit() else "arn"
    return Matched(anyone=NotOurs(kind=kind, ours=caller.ours).matched_by(value))


def _ours(value: Text, role: Role, account: Value | None) -> Matched:
    if written := _account_written(value):
        known = same(_literal(written), account, "") if isinstance(account, str) else Verdict.UNKNOWN
        return Matched(account=known)
    if is_exact(value) and not value.startswith("arn:"):
        # A principal's unique id: AROA... is a role, others are not.
        return Matched(role=Verdict.UNKNOWN) if value.startswith("AROA") else NOBODY
    if ":assumed-role/" in value:
        return Matched(anyone=Verdict.UNKNOWN)
    known = _is_role(value, role)
    if known is Verdict.UNKNOWN and sole_hole(value) and not _is_principal(value):
        return UNCLEAR
    return Matched(role=known)


def _is_role(value: Text, role: Role) -> Verdict:
    """Whether a principal is the role, by its ARN, and failing that by its name."""
    whose = named(value)
    if whose is not None and whose.attribute == "unique_id":
        own = named(role.arn)
        return Verdict.WORKS if own is not None and own.address == whose.address else Verdict.UNKNOWN
    known = same(_literal(value), role.arn, "")
    if known is Verdict.UNKNOWN and is_exact(value) and is_exact(role.name):
        return known if value.rpartition("/")[2] == role.name else Verdict.FAILS
    return known


def _is_principal(hole: Text) -> bool:
    """Whether a hole is certainly one principal, and not an account or a wildcard."""
    whose = named(hole)
    return whose is not None and whose.attribute in ("arn", "unique_id")


def _account_written(value: Text) -> Text:
    """The account that a principal names; "" when it does not name an account."""
    parts = value.split(":")
    if len(parts) == 6 and parts[2] == "iam" and parts[5] == "root":
        return parts[4]
    if sole_hole(value) == "account":
        return value
    whose = named(value) if sole_hole(value) else None
    if whose is not None and (whose.type, whose.attribute) in _ACCOUNT_ATTRIBUTES:
        return value
    return value if value.isascii() and value.isdigit() else ""


def _literal(value: Text) -> Text:
    """A principal has no policy variables: `$` is a character like any other."""
    return value.replace("$", "${$}")
