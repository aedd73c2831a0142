"""Matches in which a `*` keeps to its segment of an ARN."""

import re
from functools import lru_cache

from pullproof.iam.shapes import may_hold_colons, spread
from pullproof.iam.tokens import ONE, RUN, is_hole, of_pattern, of_text
from pullproof.model.text import CLOSE, OPEN, Text

#: In the text for a regular expression, before a hole or a run: it may hold a colon, or it may not.
_COLON, _NO_COLON = "\U000f0000", "\U000f0001"
_LETTER = f"[^{OPEN}{CLOSE}{_COLON}{_NO_COLON}]"
_ANYTHING = f"(?:{_LETTER}|[{_COLON}{_NO_COLON}]{OPEN}[^{CLOSE}]*{CLOSE})*"
_WITHIN = f"(?:(?!:){_LETTER}|{_NO_COLON}{OPEN}[^{CLOSE}]*{CLOSE})*"


def within_segments(pattern: Text, text: Text, partition: str) -> bool:
    """Whether a pattern surely matches when a `*` that does not end its segment stays within it."""
    regex = _regex(pattern)
    tokens = of_text(text)
    seen = (tokens, spread(tokens, partition, keep=pattern))
    return any(regex.fullmatch("".join(map(_mark, each))) for each in seen)


@lru_cache(maxsize=4096)
def _regex(pattern: Text) -> re.Pattern[str]:
    tokens = of_pattern(pattern)
    return re.compile("".join(map(_as_regex, tokens, (*tokens[1:], ":"))), re.DOTALL)


def _as_regex(token: str, follows: str) -> str:
    if token == RUN:
        return _ANYTHING if follows in (":", RUN) else _WITHIN
    return _LETTER if token == ONE else re.escape(_mark(token))


def _mark(token: str) -> str:
    if len(token) == 1:
        return token
    if is_hole(token):
        return (_COLON if may_hold_colons(token) else _NO_COLON) + token
    return f"{_COLON if token == RUN else _NO_COLON}{OPEN}{token}{CLOSE}"
