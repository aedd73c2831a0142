"""`policy`: the least that IAM must allow, so that an account can be read."""

import json
from argparse import Namespace

from pullproof.cli.answer import deliver
from pullproof.errors import UsageError
from pullproof.sources.live.permissions import as_terraform
from pullproof.sources.live.permissions import policy as document


def policy(options: Namespace) -> int:
    """Print the policy.

    Raises:
        UsageError: an account id is none.
    """
    account, region = options.account or "", options.region or ""
    if account and not (account.isascii() and account.isdigit() and len(account) == 12):
        raise UsageError(f"{account} is no account id", remedy="an account id has twelve digits")
    if region and not region.replace("-", "").isalnum():
        raise UsageError(f"there is no region {region}", remedy="--region eu-west-1")
    found = document(options.purpose, region=region, account=account)
    deliver(
        as_terraform(found) if options.format == "terraform" else json.dumps(found, indent=2) + "\n", options
    )
    return 0
