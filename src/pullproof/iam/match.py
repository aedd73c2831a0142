"""Whether a written pattern matches a text, when parts of both are known only by name.

WORKS when it matches whatever the holes stand for, FAILS when it matches for no text they can stand
for, UNKNOWN otherwise. A hole is one text: where the same hole is in both, it equals itself. Holes are
taken to hold no wildcards, except those that stand for anything at all. `partition` ("aws") is taken to
be that of every ARN that is known only by name.
"""

import re
from functools import lru_cache

from pullproof.iam.overlap import overlap
from pullproof.iam.shapes import apart, canonical, shape
from pullproof.iam.tokens import (
    EXCLUDES,
    ONE,
    RUN,
    Tokens,
    is_any,
    is_hole,
    is_plain,
    of_pattern,
    of_text,
)
from pullproof.model.text import OPEN, Text
from pullproof.verdict import Verdict

#: Results are small and asked for again and again.
_REMEMBERED = 1 << 16
#: A `*` that does not end its segment.
_INNER_STAR = re.compile(r"\*(?![:*]|\Z)")


@lru_cache(maxsize=_REMEMBERED)
def like(pattern: Text, text: Text, partition: str) -> Verdict:
    """Whether `pattern`, in which `*` and `?` are wildcards, matches `text`. Case matters."""
    if pattern == "*":
        return Verdict.WORKS
    if is_plain(pattern) and OPEN not in text:
        return Verdict.WORKS if _glob(pattern, text) else Verdict.FAILS
    return _matched(of_pattern(pattern), of_text(text), partition)


@lru_cache(maxsize=_REMEMBERED)
def same(written: Text, text: Text, partition: str) -> Verdict:
    """Whether `written`, in which wildcards are characters like any other, is `text`. Case matters."""
    if is_plain(written) and OPEN not in text:
        return Verdict.WORKS if written == text else Verdict.FAILS
    return _matched(of_pattern(written, wildcards=False), of_text(text), partition)


@lru_cache(maxsize=_REMEMBERED)
def action_like(pattern: Text, action: str) -> Verdict:
    """Whether a written action matches; the case of letters does not matter."""
    return like(lowered(pattern), action.lower(), "aws")


@lru_cache(maxsize=_REMEMBERED)
def resource_like(pattern: Text, resource: Text, partition: str) -> Verdict:
    """Whether a written resource matches.

    `*` at the end of a segment of an ARN goes on past the colon. AWS's page says so of that place only:
    where a match hangs on a `*` in the middle of a segment doing the same, the answer is UNKNOWN. So it
    is where a written ARN ends before its sixth segment.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    wide = like(pattern, resource, partition)
    if (
        wide is Verdict.FAILS
        and pattern.startswith("arn:")
        and pattern.count(":") < 5
        and OPEN not in pattern
    ):
        return like(f"{pattern}:*", resource, partition) & Verdict.UNKNOWN
    if wide is not Verdict.WORKS or not _INNER_STAR.search(pattern):
        return wide
    narrow = _within_segments(pattern)
    tokens = _canonical(of_text(resource))
    seen = (tokens, _spread(tokens, partition, keep=_canonical(of_pattern(pattern))))
    if any(narrow.fullmatch("".join(map(_mark, text))) for text in seen):
        return wide
    return Verdict.UNKNOWN


@lru_cache(maxsize=_REMEMBERED)
def arn_like(pattern: Text, arn: Text, partition: str) -> Verdict:
    """Whether an ARN matches as `ArnLike` does it: each of the six parts by itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    whole = like(pattern, arn, partition)
    if whole is Verdict.FAILS or pattern == arn:
        return whole
    wanted, parts = pattern.split(":", 5), arn.split(":", 5)
    if any(_may_hold_colons(part) for part in (*wanted[:5], *parts[:5])):
        return Verdict.UNKNOWN
    if len(parts) != 6:
        return Verdict.FAILS
    if len(wanted) != 6:
        return Verdict.UNKNOWN  # AWS says that an ARN has six parts, and not what becomes of fewer
    answers = [like(*pair, partition) for pair in zip(wanted, parts, strict=True)]
    if Verdict.FAILS in answers:
        return Verdict.FAILS
    return Verdict.UNKNOWN if Verdict.UNKNOWN in answers else Verdict.WORKS


def lowered(text: Text) -> Text:
    """The text in lower case, except for the names of holes."""
    return (
        text.lower() if OPEN not in text else "".join(t if is_hole(t) else t.lower() for t in of_text(text))
    )


def _glob(pattern: str, text: str) -> bool:
    """Whether a pattern without holes and variables matches a text without holes."""
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


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _matched(pattern: Tokens, text: Tokens, partition: str) -> Verdict:
    pattern, text = _canonical(pattern), _canonical(text)
    if _surely(pattern, text) or _surely(pattern, _spread(text, partition, keep=pattern)):
        return Verdict.WORKS
    return Verdict.UNKNOWN if _possibly(pattern, text, partition) else Verdict.FAILS


def _canonical(tokens: Tokens) -> Tokens:
    return tuple(canonical(token) if is_hole(token) else token for token in tokens)


def _surely(pattern: Tokens, text: Tokens) -> bool:
    """Whether it matches with every hole and run of the text as a thing of its own.

    Only the same hole equals a hole, and only `*` takes in a run.
    """
    i = j = 0
    star, resume = -1, 0
    while j < len(text):
        if i < len(pattern) and pattern[i] == RUN:
            star, resume = i, j
            i += 1
        elif i < len(pattern) and _certain(pattern[i], text[j]):
            i += 1
            j += 1
        elif star >= 0:
            i, resume = star + 1, resume + 1
            j = resume
        else:
            return False
    return all(token == RUN for token in pattern[i:])


def _certain(wanted: str, token: str) -> bool:
    return wanted == token or (wanted == ONE and len(token) == 1)


def _possibly(pattern: Tokens, text: Tokens, partition: str) -> bool:
    """Whether it matches for some text that the holes can stand for; may say yes too often."""
    pattern, text, settled = _without_common_head(pattern, text)
    if settled or apart(pattern, text):
        return False
    tail, rest, settled = _without_common_head(pattern[::-1], text[::-1])
    return not settled and overlap(_spread(tail[::-1], partition), _spread(rest[::-1], partition))


def _without_common_head(pattern: Tokens, text: Tokens) -> tuple[Tokens, Tokens, bool]:
    """Both without what certainly matches at the beginning; True when a letter already differs."""
    common = 0
    for wanted, token in zip(pattern, text, strict=False):
        if wanted == RUN or is_any(wanted):
            break
        if not _certain(wanted, token):
            return pattern[common:], text[common:], not (is_hole(wanted) or is_hole(token))
        common += 1
    return pattern[common:], text[common:], False


def _spread(tokens: Tokens, partition: str, keep: Tokens = ()) -> Tokens:
    """The tokens with every hole, but those to keep, as the characters and runs it may be."""
    return tuple(
        part
        for token in tokens
        for part in (shape(token, partition) if is_hole(token) and token not in keep else (token,))
    )


@lru_cache(maxsize=4096)
def _within_segments(pattern: Text) -> re.Pattern[str]:
    """The pattern with `*` held within its segment, unless it ends one."""
    tokens = _canonical(of_pattern(pattern))
    follows = (*tokens[1:], ":")
    return re.compile("".join(map(_as_regex, tokens, follows)), re.DOTALL)


def _as_regex(token: str, follows: str) -> str:
    if token == RUN:
        return ".*" if follows in (":", RUN) else "[^:\U000f0000]*"
    if token == ONE:
        return "[^\U000f0000\U000f0001]"
    return re.escape(_mark(token))


def _mark(token: str) -> str:
    """A token for a regular expression: whether a hole or run may hold a colon comes before its name."""
    if len(token) == 1:
        return token
    return ("\U000f0000" if _may_hold_colons(token) else "\U000f0001") + token


def _may_hold_colons(text: Text) -> bool:
    """Whether a run, or a hole somewhere in a text, may stand for text with a colon."""
    if text in EXCLUDES:
        return text == RUN
    return OPEN in text and any(
        part in (":", RUN)
        for token in of_text(text)
        if is_hole(token)
        for part in shape(canonical(token), "")
    )
