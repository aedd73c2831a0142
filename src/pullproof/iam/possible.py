"""Possible matches: whether a pattern matches some text that the holes can stand for."""

from pullproof.iam.overlap import overlap
from pullproof.iam.shapes import apart, spread
from pullproof.iam.tokens import ONE, RUN, Tokens, is_any, is_hole, of_pattern, of_text
from pullproof.model.text import Text


def possibly(pattern: Text, text: Text, partition: str) -> bool:
    """Whether it matches for some text that the holes can stand for; may say yes too often."""
    wanted, found, settled = _without_common_head(of_pattern(pattern), of_text(text))
    if settled or apart(wanted, found):
        return False
    wanted, found, settled = _without_common_head(wanted[::-1], found[::-1])
    return not settled and overlap(spread(wanted[::-1], partition), spread(found[::-1], partition))


def _without_common_head(pattern: Tokens, text: Tokens) -> tuple[Tokens, Tokens, bool]:
    """Both without what certainly matches at the beginning; True when a letter already differs."""
    common = 0
    for wanted, token in zip(pattern, text, strict=False):
        if wanted == RUN or is_any(wanted):
            break
        if wanted != token and not (wanted == ONE and len(token) == 1):
            return pattern[common:], text[common:], not (is_hole(wanted) or is_hole(token))
        common += 1
    return pattern[common:], text[common:], False
