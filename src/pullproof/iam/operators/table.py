"""Every operator by its name in lower case, but `Null`."""

from pullproof.iam.operators.addresses import ADDRESSES
from pullproof.iam.operators.arns import ARNS
from pullproof.iam.operators.base import Operator
from pullproof.iam.operators.booleans import BOOLEANS
from pullproof.iam.operators.dates import DATES
from pullproof.iam.operators.numbers import NUMBERS
from pullproof.iam.operators.strings import STRINGS

OPERATORS: dict[str, Operator] = {**STRINGS, **ARNS, **NUMBERS, **DATES, **BOOLEANS, **ADDRESSES}
