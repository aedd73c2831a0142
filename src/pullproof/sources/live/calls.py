"""Every call that a live account is asked: read-only, and only what the question needs.

The rows are in the files of their kinds. A row is asked as soon as rows before it have given values for it;
what is asked follows from the table, so that the IAM policy and the list in the docs are made from it too.
No call of the table reads what a secret or a parameter holds, decrypts, gets a token, or changes anything.
"""

import msgspec

from pullproof.sources.live import keeps
from pullproof.sources.live.calls_names import NAMES
from pullproof.sources.live.calls_network import NETWORK
from pullproof.sources.live.calls_organization import ORGANIZATION
from pullproof.sources.live.calls_stores import STORES
from pullproof.sources.live.calls_tasks import TASKS
from pullproof.sources.live.calls_transit import TRANSIT
from pullproof.sources.live.calls_why import WHY
from pullproof.sources.live.values import Call

CALLS: tuple[Call, ...] = (*TASKS, *NETWORK, *TRANSIT, *NAMES, *STORES, *ORGANIZATION)

#: Made before anything else, to see that the credentials work and whose account it is. Nobody can be denied it.
#: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
WHO = ("sts", "GetCallerIdentity")


def calls_for(purpose: str) -> tuple[Call, ...]:
    """The rows for "check", "snapshot" (the same) or "why", which also wants to know how tasks stopped."""
    if purpose != "why":
        return CALLS
    told = tuple(
        msgspec.structs.replace(
            call,
            leaves=tuple(path for path in call.leaves if path not in keeps.SAID),
            keep=keeps.harmless(call.keep),
        )
        if call.row == "services"
        else call
        for call in CALLS
    )
    return (*told, *WHY)
