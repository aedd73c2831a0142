"""Texts and patterns as sequences of tokens, so that a hole is one thing and not its letters.

A token is a string: one literal character, a whole hole (`model.text`), or one of the runs below.
"""

import re
from functools import lru_cache

from pullproof.model.text import CLOSE, HOLE, OPEN, Text

#: `*` of a pattern: any characters, or none.
RUN = "**"
#: Characters without a colon, or none: part of an ARN's segment or of a name.
NO_COLON = "*:"
#: Characters with neither colon nor slash, or none: an account, a region, an id.
NO_SEPARATOR = "*/"
#: `?` of a pattern: exactly one character.
ONE = "??"

#: What a run stands for may not contain these.
EXCLUDES = {RUN: "", NO_COLON: ":", NO_SEPARATOR: ":/"}

Tokens = tuple[str, ...]

#: In a pattern: `${*}`, `${?}`, `${$}`, or another policy variable.
_SPECIAL = rf"{HOLE.pattern}|\$\{{([^}}]*)\}}|([*?])"
_WILDCARDS = {"*": RUN, "?": ONE}


def is_plain(pattern: Text) -> bool:
    """Whether a pattern has no holes and no policy variables."""
    return OPEN not in pattern and "${" not in pattern


@lru_cache(maxsize=4096)
def of_text(text: Text) -> Tokens:
    """A text of a request: characters and holes."""
    tokens: list[str] = []
    end = 0
    for found in HOLE.finditer(text):
        tokens += text[end : found.start()]
        tokens.append(found[0])
        end = found.end()
    return (*tokens, *text[end:])


@lru_cache(maxsize=4096)
def of_pattern(pattern: Text) -> Tokens:
    """A written pattern.

    A policy variable that nobody filled in becomes a hole of its own that may be anything.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    tokens: list[str] = []
    end = 0
    for found in re.finditer(_SPECIAL, pattern):
        tokens += pattern[end : found.start()]
        tokens.append(_special(found))
        end = found.end()
    return (*tokens, *pattern[end:])


def _special(found: re.Match[str]) -> str:
    _, variable, wildcard = found.groups()
    if wildcard is not None:
        return _WILDCARDS[wildcard]
    if variable is None:
        return found[0]
    return variable if variable in ("*", "?", "$") else f"{OPEN}?{found[0]}{CLOSE}"


def is_hole(token: str) -> bool:
    """Whether a token is a hole."""
    return token[0] == OPEN


def is_any(token: str) -> bool:
    """Whether a token is a hole that stands for anything."""
    return token.startswith("\ue000?")
