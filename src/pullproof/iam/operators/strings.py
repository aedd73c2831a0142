"""String operators, and `BinaryEquals`, which compares text as well.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
"""

from pullproof.iam.match import like, lowered, same
from pullproof.iam.operators.base import Operator
from pullproof.model.text import Text
from pullproof.verdict import Verdict


def same_in_any_case(written: Text, value: Text, partition: str) -> Verdict:
    """Whether both are the same text when the case of letters does not matter."""
    return same(lowered(written), lowered(value), partition)


STRINGS = {
    "stringequals": Operator(same, variables=True),
    "stringnotequals": Operator(same, negated=True, variables=True),
    "stringequalsignorecase": Operator(same_in_any_case, variables=True),
    "stringnotequalsignorecase": Operator(same_in_any_case, negated=True, variables=True),
    "stringlike": Operator(like, variables=True),
    "stringnotlike": Operator(like, negated=True, variables=True),
    "binaryequals": Operator(same),
}
