"""The answers of AWS for one account and region, whether they were just collected or lay in a folder."""

from typing import Any

import msgspec


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """What was told of one account and region.

    `account` and `region` are "" where nobody said; `region` is "global" for what belongs to none.
    `documents` holds, by the name of its kind ("Vpcs"), what the file of that name would hold:
    {"Vpcs": [...]}. `denied` tells, by the name of a kind, why it was not told: a sentence that settles it
    ("allow ec2:DescribeVpcs to the caller").
    """

    account: str = ""
    region: str = ""
    documents: dict[str, dict[str, Any]]
    denied: dict[str, str] = {}
    #: Where it was read, for messages: the folder's path, or the address that was asked.
    place: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`pullproof-snapshot.json`: what was asked, when, and what was not told.

    `denied` maps a folder ("123456789012/eu-west-1") to kinds and the sentence that settles each.
    """

    schema: int = 1
    taken: str = ""
    asked: str = ""
    tool: str = ""
    denied: dict[str, dict[str, str]] = {}
    notes: tuple[str, ...] = ()
