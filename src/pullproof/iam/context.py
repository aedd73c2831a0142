"""What is known of the circumstances of a request: the values of condition keys.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import enum
from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from pullproof.model.text import OPEN, Text
from pullproof.model.value import Maybe, Unknown
from pullproof.verdict import Verdict


class Absent(enum.Enum):
    """The request certainly has no such key."""

    ABSENT = "absent"

    #: Enum's own hashes the name each time, and contexts are hashed with every request.
    __hash__ = object.__hash__


ABSENT: Final = Absent.ABSENT


class NotOurs(msgspec.Struct, frozen=True, kw_only=True):
    """A value that names an account, an ARN or an organisation of AWS's own, and not which.

    `ours` is the account of the input, where known: any other account number that somebody writes may
    be AWS's.
    """

    kind: str  # "account", "arn" or "organization"
    ours: Maybe[str]

    def matched_by(self, written: Text) -> Verdict:
        """Whether what a policy says, with or without wildcards, is true of it."""
        if "${" in written:
            return Verdict.UNKNOWN
        if self.kind == "arn":
            return self._account(_account_of(written))
        return self._account(written) if self.kind == "account" else self._organization(written)

    def _account(self, written: Text) -> Verdict:
        if OPEN in written:
            return Verdict.UNKNOWN if _stands_for_anything(written) else Verdict.FAILS
        return Verdict.FAILS if written == self.ours else Verdict.UNKNOWN

    def _organization(self, written: Text) -> Verdict:
        """A person writes the id of their own organisation, or a pattern for any."""
        vague = "*" in written or "?" in written or _stands_for_anything(written)
        return Verdict.UNKNOWN if vague else Verdict.FAILS


def _stands_for_anything(written: Text) -> bool:
    return f"{OPEN}?" in written


def _account_of(arn: Text) -> Text:
    """The account of a written ARN: its fifth part, or all of it where it is not clear which that is."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else arn


#: What is known of a key; several values for a key that has several.
Known: TypeAlias = Text | tuple[Text, ...] | NotOurs | Absent
Value: TypeAlias = Known | Unknown
#: Keys in lower case: AWS does not tell `aws:SourceVpce` from `aws:sourcevpce`.
Context: TypeAlias = Mapping[str, Value]
