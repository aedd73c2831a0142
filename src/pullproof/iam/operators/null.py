"""`Null`: whether the request has the key at all.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
"""

from collections.abc import Iterable

from pullproof.model.text import Text
from pullproof.verdict import Verdict, any_of


def absence(written: Iterable[Text], *, absent: bool) -> Verdict:
    """Whether one of the written values ("true": the key is not there) says what is so."""
    return any_of(_says(value.lower(), absent=absent) for value in written)


def _says(value: Text, *, absent: bool) -> Verdict:
    if value not in ("true", "false"):
        return Verdict.UNKNOWN
    return Verdict.WORKS if (value == "true") is absent else Verdict.FAILS
