"""Certain matches: glob patterns against text, by the string methods of Python.

Where there are holes, each is written as a frame: OPEN, some CLOSEs, OPEN. Literal text has neither mark, so
that no letter, and no frame but the same, equals a frame.
"""

import re
from functools import cache, lru_cache

from pullproof.iam.shapes import shape
from pullproof.iam.tokens import ONE
from pullproof.model.text import CLOSE, HOLE, OPEN, Text

#: Frames that are no holes: what only `*` takes in, `${*}`, `${?}`, and a policy variable.
STRETCH, ASTERISK, QUESTION_MARK, VARIABLE = (f"{OPEN}{CLOSE * count}{OPEN}" for count in (1, 2, 3, 4))
_FIRST_HOLE = 5
#: One character of a hole: no policy has this one, so that only `*` and `?` take it in.
_SOME_LETTER = "\ue002"
_VARIABLES = r"\$\{([^}]*)\}"
_SPECIAL = {"*": ASTERISK, "?": QUESTION_MARK, "$": "$"}


def glob(pattern: str, text: str) -> bool:
    """Whether a pattern matches a text; `?` takes in no frame."""
    if "?" in pattern:
        return _regex(pattern).fullmatch(text) is not None
    first, *rest = pattern.split("*")
    if not rest:
        return first == text
    last = rest.pop()
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in rest:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def surely(pattern: Text, text: Text, partition: str) -> bool:
    """Whether a pattern matches a text when only the same hole equals a hole, and only `*` takes one in.

    Holes of the text that the pattern does not name are then also tried as what is known of their shape.
    """
    frames: dict[str, str] = {}

    def frame(found: re.Match[str]) -> str:
        return frames.setdefault(found[0], f"{OPEN}{CLOSE * (_FIRST_HOLE + len(frames))}{OPEN}")

    wanted = HOLE.sub(frame, pattern)
    named = len(frames)
    asked = HOLE.sub(frame, text)
    if "${" in wanted:
        wanted = re.sub(_VARIABLES, lambda found: _SPECIAL.get(found[1], VARIABLE), wanted)
    if glob(wanted, _as_letters(asked, pattern)):
        return True
    if len(frames) == named:
        return False

    def known(found: re.Match[str]) -> str:
        return frame(found) if found[0] in pattern else _shaped(found[0], partition)

    return glob(wanted, _as_letters(HOLE.sub(known, text), pattern))


def _as_letters(text: str, pattern: Text) -> str:
    """The text with its wildcards as a pattern writes them that means the characters."""
    return text.replace("*", ASTERISK).replace("?", QUESTION_MARK) if "${" in pattern else text


@cache
def _shaped(hole: str, partition: str) -> str:
    parts = (_SOME_LETTER if part == ONE else part for part in shape(hole, partition))
    return "".join(part if len(part) == 1 else STRETCH for part in parts)


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    one = f"[^{OPEN}{CLOSE}]"
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", one), re.DOTALL)
