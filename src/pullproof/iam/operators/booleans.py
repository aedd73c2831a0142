"""`Bool`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
"""

from pullproof.iam.operators.base import Operator, settled
from pullproof.model.text import Text, is_exact
from pullproof.verdict import Verdict


def same_truth(written: Text, value: Text, _partition: str) -> Verdict:
    """Whether both say "true", or both "false"; the case of letters does not matter."""
    if not (is_exact(written) and is_exact(value)):
        return Verdict.UNKNOWN
    return settled(written.lower() == value.lower())


BOOLEANS = {"bool": Operator(same_truth)}
