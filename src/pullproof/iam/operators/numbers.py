"""Numeric operators.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
"""

import operator
from collections.abc import Callable

from pullproof.iam.operators.base import Compare, Operator, settled
from pullproof.model.text import Text
from pullproof.verdict import Verdict


def comparing(relation: Callable[[float, float], bool]) -> Compare:
    """The comparison that asks whether the request's number stands in a relation to the written one."""

    def compare(written: Text, value: Text, _partition: str) -> Verdict:
        try:
            return settled(relation(float(value), float(written)))
        except ValueError:
            return Verdict.UNKNOWN  # a hole, or no number: what AWS makes of that is not documented

    return compare


NUMBERS = {
    "numericequals": Operator(comparing(operator.eq)),
    "numericnotequals": Operator(comparing(operator.eq), negated=True),
    "numericlessthan": Operator(comparing(operator.lt)),
    "numericlessthanequals": Operator(comparing(operator.le)),
    "numericgreaterthan": Operator(comparing(operator.gt)),
    "numericgreaterthanequals": Operator(comparing(operator.ge)),
}
