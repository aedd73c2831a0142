"""The matcher against brute force: every way to fill the holes from a small stock is tried."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from pullproof.iam.match import like, same
from pullproof.model.text import HOLE, hole
from pullproof.verdict import Verdict

#: Holes, and texts each may stand for. The first two are never the same bucket.
FILLINGS: dict[str, tuple[str, ...]] = {
    "aws_s3_bucket.a.arn": ("arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:s3:::b"),
    "aws_s3_bucket.b.arn": ("arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:s3:::b"),
    "data.aws_s3_bucket.c.arn": ("arn:aws:s3:::a", "arn:aws:s3:::ab"),
    "aws_ecr_repository.r.arn": ("arn:aws:ecr:x:1:repository/a", "arn:aws:ecr:x:1:repository/a/b"),
    "account": ("1", "a", ""),
    "local.x": ("", "a", "b", "ab", ":", "/", "a:b"),
    "?any": ("", "a", "*", "?", "a*", "ab:"),
}
PIECES = ["", "a", "b", ":", "/", "arn:aws:s3:::", "arn:", *(hole(name) for name in FILLINGS)]
#: What a hole that stands for anything may bring into a text: no wildcards, for they would be characters.
TEXT = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
PATTERN = st.lists(st.sampled_from([*PIECES, "*", "?", "*"]), max_size=5).map("".join)


def glob(pattern: str, text: str) -> bool:
    """Whether a pattern of letters, `*` and `?` matches; the textbook's recursion."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(glob(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and glob(pattern[1:], text[1:])


def filled(pattern: str, text: str) -> Iterator[tuple[str, str]]:
    """Both texts under every filling of the holes."""
    names = sorted({found[1] for found in HOLE.finditer(pattern + text)})
    for values in product(*(FILLINGS[name] for name in names)):
        known = dict(zip(names, values, strict=True))
        if (
            len({known.get("aws_s3_bucket.a.arn"), known.get("aws_s3_bucket.b.arn")} - {None})
            == 1
            < sum("aws_s3_bucket" in name and not name.startswith("data.") for name in names)
        ):
            continue  # two buckets of one name
        yield (
            HOLE.sub(lambda found, known=known: known[found[1]], pattern),  # type: ignore[misc]
            HOLE.sub(lambda found, known=known: known[found[1]], text),  # type: ignore[misc]
        )


@given(PATTERN, TEXT)
def test_a_certain_match_is_one_whatever_the_holes_hold(pattern: str, text: str) -> None:
    """WORKS holds for every filling and FAILS for none."""
    verdict = like(pattern, text, "aws")
    answers = {glob(*both) for both in filled(pattern, text)}

    assert answers <= {Verdict.WORKS: {True}, Verdict.FAILS: {False}}.get(verdict, {True, False})


@given(PATTERN, TEXT)
def test_a_certain_equality_is_one_whatever_the_holes_hold(written: str, text: str) -> None:
    """The same for equality, where wildcards are characters."""
    verdict = same(written, text, "aws")
    answers = {one == other for one, other in filled(written, text)}

    assert answers <= {Verdict.WORKS: {True}, Verdict.FAILS: {False}}.get(verdict, {True, False})


@given(st.text("ab:*?", max_size=8), st.text("ab:", max_size=8))
def test_known_text_is_never_in_doubt(pattern: str, text: str) -> None:
    """Without holes the answer is that of the textbook."""
    assert (Verdict.WORKS if glob(pattern, text) else Verdict.FAILS) is like(pattern, text, "aws")
