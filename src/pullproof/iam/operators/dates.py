"""Date operators: ISO 8601, or seconds since 1970.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
"""

import operator
from collections.abc import Callable

from pullproof.iam.operators.base import Compare, Operator, settled
from pullproof.model.text import Text
from pullproof.verdict import Verdict


def comparing(relation: Callable[[float, float], bool]) -> Compare:
    """The comparison that asks whether the request's moment stands in a relation to the written one."""

    def compare(written: Text, value: Text, _partition: str) -> Verdict:
        try:
            return settled(relation(moment(value), moment(written)))
        except ValueError:
            return Verdict.UNKNOWN

    return compare


def moment(text: Text) -> float:
    """Seconds since 1970; a date without a zone is in UTC. Raises ValueError for anything else."""
    if text.isascii() and text.removeprefix("-").isdigit():
        return float(text)
    from datetime import UTC, datetime

    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


DATES = {
    "dateequals": Operator(comparing(operator.eq)),
    "datenotequals": Operator(comparing(operator.eq), negated=True),
    "datelessthan": Operator(comparing(operator.lt)),
    "datelessthanequals": Operator(comparing(operator.le)),
    "dategreaterthan": Operator(comparing(operator.gt)),
    "dategreaterthanequals": Operator(comparing(operator.ge)),
}
