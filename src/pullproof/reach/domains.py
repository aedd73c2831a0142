"""Domain names of which parts may be known only by name: labels, "is below", "is the same"."""

from functools import lru_cache

from pullproof.model.services import AwsService
from pullproof.model.text import CLOSE, OPEN, Text, is_exact
from pullproof.verdict import Verdict


def plain(name: Text) -> Text:
    """Without the dot of the root, and in lower case where it is all known."""
    name = name.removesuffix(".")
    return name.lower() if is_exact(name) else name


@lru_cache(maxsize=4096)
def labels(name: Text) -> tuple[Text, ...]:
    """The labels; dots inside a hole's name part nothing. The root has none."""
    if is_exact(name):
        return tuple(name.split(".")) if name else ()
    found, label, inside = [], "", False
    for letter in name:
        if letter in (OPEN, CLOSE):
            inside = letter == OPEN
        if letter == "." and not inside:
            found.append(label)
            label = ""
        else:
            label += letter
    return (*found, label)


@lru_cache(maxsize=16384)
def below(name: Text, domain: Text) -> Verdict:
    """Whether a name is the domain itself or in it."""
    mine, theirs = labels(name)[::-1], labels(domain)[::-1]
    for a, b in zip(mine, theirs, strict=False):
        if a != b:
            return Verdict.FAILS if is_exact(a) and is_exact(b) else Verdict.UNKNOWN
    return Verdict.WORKS if len(mine) >= len(theirs) else Verdict.FAILS


def same(a: Text, b: Text) -> Verdict:
    """Whether two names are one."""
    return below(a, b) & below(b, a)


def zone_of(row: AwsService, host: Text) -> int:
    """How many labels the private zone has that an endpoint of the service answers for this host with.

    The zone of `*.dkr.ecr.R.amazonaws.com` is what follows the star.
    """
    names = labels(host)
    for head in (*row.heads, *row.dual_stack):
        if head.startswith("*."):
            tail = tuple(head[2:].split("."))
            for start in range(1, len(names) - len(tail)):
                if names[start : start + len(tail)] == tail:
                    return len(names) - start
    return len(names)
