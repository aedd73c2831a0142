"""Whether a written pattern matches a text, when parts of both are known only by name.

WORKS when it matches whatever the holes stand for, FAILS when it matches for no text they can stand
for, UNKNOWN otherwise. A hole is one text: where the same hole is in both, it equals itself. Holes are
taken to hold no wildcards, except those that stand for anything at all. `partition` ("aws") is taken to
be that of every ARN that is known only by name.
"""

import re
from functools import lru_cache

from pullproof.iam.globs import glob, surely
from pullproof.iam.possible import possibly
from pullproof.iam.segments import within_segments
from pullproof.iam.shapes import canonical, head_of, may_hold_colons
from pullproof.iam.tokens import is_hole, is_plain, of_text
from pullproof.model.text import CLOSE, OPEN, Text
from pullproof.verdict import Verdict, all_of

#: Results are small and asked for again and again.
_REMEMBERED = 1 << 16
#: A `*` that does not end its segment.
_INNER_STAR = r"\*(?![:*]|\Z)"
_VARIABLE_OR_WILDCARD = r"\$\{[^}]*\}|([*?])"
#: The letters that a pattern begins with.
_HEAD = f"[^*?${OPEN}]*"
#: What may stand before the letters that a pattern ends with.
_NOT_LETTERS = ("*", "?", "}", CLOSE)


@lru_cache(maxsize=_REMEMBERED)
def like(pattern: Text, text: Text, partition: str) -> Verdict:
    """Whether `pattern`, in which `*` and `?` are wildcards, matches `text`. Case matters."""
    if pattern == "*":
        return Verdict.WORKS
    if is_plain(pattern) and OPEN not in text:
        return Verdict.WORKS if glob(pattern, text) else Verdict.FAILS
    pattern, text = canonical(pattern), canonical(text)
    if pattern == text and "${" not in pattern:
        return Verdict.WORKS
    if _ends_differ(pattern, text, partition):
        return Verdict.FAILS
    if surely(pattern, text, partition):
        return Verdict.WORKS
    return Verdict.UNKNOWN if possibly(pattern, text, partition) else Verdict.FAILS


def same(written: Text, text: Text, partition: str) -> Verdict:
    """Whether `written`, in which wildcards are characters like any other, is `text`. Case matters."""
    if is_plain(written) and OPEN not in text:
        return Verdict.WORKS if written == text else Verdict.FAILS
    return like(_without_wildcards(written), text, partition)


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
    if wide is not Verdict.WORKS or "*" not in pattern[:-1] or not re.search(_INNER_STAR, pattern):
        return wide
    return wide if within_segments(canonical(pattern), canonical(resource), partition) else Verdict.UNKNOWN


@lru_cache(maxsize=_REMEMBERED)
def arn_like(pattern: Text, arn: Text, partition: str) -> Verdict:
    """Whether an ARN matches as `ArnLike` does it: each of the six parts by itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    whole = like(pattern, arn, partition)
    if whole is Verdict.FAILS or pattern == arn:
        return whole
    wanted, parts = pattern.split(":", 5), arn.split(":", 5)
    if any(map(may_hold_colons, (*wanted[:5], *parts[:5]))):
        return Verdict.UNKNOWN
    if len(parts) != 6:
        return Verdict.FAILS
    if len(wanted) != 6:
        return Verdict.UNKNOWN  # AWS says that an ARN has six parts, and not what becomes of fewer
    return all_of(like(*pair, partition) for pair in zip(wanted, parts, strict=True))


def lowered(text: Text) -> Text:
    """The text in lower case, except for the names of holes."""
    return (
        text.lower() if OPEN not in text else "".join(t if is_hole(t) else t.lower() for t in of_text(text))
    )


def _without_wildcards(written: Text) -> Text:
    def character(found: re.Match[str]) -> str:
        return f"${{{found[1]}}}" if found[1] else found[0]

    return re.sub(_VARIABLE_OR_WILDCARD, character, written)


def _ends_differ(pattern: Text, text: Text, partition: str) -> bool:
    """Whether the first or the last letters are not the same: cheap, and it settles most pairs."""
    wanted, found = _head(pattern, partition), _head(text, partition)
    common = min(len(wanted), len(found))
    if wanted[:common] != found[:common]:
        return True
    wanted, found = pattern[max(map(pattern.rfind, _NOT_LETTERS)) + 1 :], text[text.rfind(CLOSE) + 1 :]
    common = min(len(wanted), len(found))
    return common > 0 and wanted[-common:] != found[-common:]


def _head(text: Text, partition: str) -> str:
    """The letters that a pattern or text certainly begins with."""
    if text.startswith(OPEN):
        return head_of(text[: text.index(CLOSE) + 1], partition)
    found = re.match(_HEAD, text)
    return found[0] if found else ""
