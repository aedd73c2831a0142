"""What an operator is."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from pullproof.model.text import Text
from pullproof.verdict import Verdict

#: Whether one written value is true of one value of the request, in a partition ("aws").
Compare: TypeAlias = Callable[[Text, Text, str], Verdict]


class Operator(msgspec.Struct, frozen=True):
    """An operator: how one written value compares, and whether the answer is then turned round.

    `variables` says that policy variables in the written value stand for values of the request.
    """

    compare: Compare
    negated: bool = False
    variables: bool = False


def settled(holds: bool) -> Verdict:  # noqa: FBT001 - the claim itself
    """A certain answer."""
    return Verdict.WORKS if holds else Verdict.FAILS
