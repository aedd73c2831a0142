"""ARN operators: `ArnEquals` and `ArnLike` are the same, and both know wildcards.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
"""

from pullproof.iam.match import arn_like
from pullproof.iam.operators.base import Operator

ARNS = {
    "arnequals": Operator(arn_like, variables=True),
    "arnlike": Operator(arn_like, variables=True),
    "arnnotequals": Operator(arn_like, negated=True, variables=True),
    "arnnotlike": Operator(arn_like, negated=True, variables=True),
}
