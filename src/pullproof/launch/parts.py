"""Cutting text that may have holes at its separators, and ARNs.

A hole's name is a reference that may itself hold any separator (`aws_x.y["a:b/c"].arn`): it is never cut.
"""

from functools import lru_cache

import msgspec

from pullproof.model.text import HOLE, OPEN, Text


def masked(text: Text) -> str:
    """The same length, with every hole blanked: what is found in it is not inside a hole."""
    return HOLE.sub(lambda hole: OPEN * len(hole[0]), text) if OPEN in text else text


def split(text: Text, separator: str, most: int = -1) -> list[Text]:
    """As `str.split` with a separator of one letter, outside holes."""
    if OPEN not in text:
        return text.split(separator, most)
    parts: list[Text] = []
    start = 0
    for piece in masked(text).split(separator, most):
        parts.append(text[start : start + len(piece)])
        start += len(piece) + 1
    return parts


def cut(text: Text, separator: str) -> tuple[Text, Text]:
    """What is before the first separator outside holes, and what is after it ("" when there is none)."""
    before, *after = split(text, separator, 1)
    return before, after[0] if after else ""


def is_port(text: str) -> bool:
    """Whether text is the number of a TCP port."""
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536


class Arn(msgspec.Struct, frozen=True, kw_only=True):
    """An ARN in its parts, each of which may have holes; `resource` is all that follows the account."""

    partition: Text
    service: Text
    region: Text
    account: Text
    resource: Text

    def __str__(self) -> str:
        """The ARN."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


@lru_cache(maxsize=4096)
def read_arn(text: Text) -> Arn | None:
    """The parts of an ARN; None for text that is no ARN, or does not show its parts."""
    parts = split(text, ":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return None
    return Arn(partition=parts[1], service=parts[2], region=parts[3], account=parts[4], resource=parts[5])
