"""Policy variables: `${aws:PrincipalAccount}` in a written value stands for a value of the request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re

from pullproof.iam.context import Context
from pullproof.model.text import OPEN, Text

_VARIABLE = r"\$\{([A-Za-z0-9-]+:[^},]+)\}"
_MEANT = r"[*?$]"


def filled(written: Text, context: Context) -> Text:
    """The written value with every variable whose value is known; the others stay as they are."""
    if "${" not in written:
        return written

    def fill(found: re.Match[str]) -> str:
        value = context.get(found[1].strip().lower())
        # The mark of a hole in the name would mean that not even the key is known.
        if not isinstance(value, str) or OPEN in found[1]:
            return found[0]
        return re.sub(_MEANT, lambda mark: f"${{{mark[0]}}}", value)

    return re.sub(_VARIABLE, fill, written)
