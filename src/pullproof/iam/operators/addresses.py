"""IP address operators. The request's value may be a block: one address of it, and not known which.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
"""

from pullproof.iam.operators.base import Operator
from pullproof.model.addresses import of
from pullproof.model.text import Text
from pullproof.verdict import Verdict


def within(written: Text, value: Text, _partition: str) -> Verdict:
    """Whether the request's address is in the written block."""
    try:
        block, candidates = of(written), of(value)
    except ValueError:
        return Verdict.UNKNOWN  # a hole, or no address
    if block.covers(candidates):
        return Verdict.WORKS
    return Verdict.UNKNOWN if block & candidates else Verdict.FAILS


ADDRESSES = {
    "ipaddress": Operator(within),
    "notipaddress": Operator(within, negated=True),
}
