"""A value the plan knows in part and the value the files write, laid over each other."""

from typing import Any

from pullproof.model.value import Unknown
from pullproof.sources.terraform.tree import Value


def overlaid(known: Value, open_: Any, settled: Value) -> Value | None:
    """What the files write for blocks, and what the plan knows of them; None if the two do not fit.

    Blocks of a set are in another order in the plan than in the files: then what the files say is
    taken as a whole, or not at all if it is not all known.
    """
    if not _has_unknown(settled):
        return settled
    if not _fits(known, open_, settled):
        return None
    return _laid(known, open_, settled)


def _fits(known: Value, open_: Any, settled: Value) -> bool:
    if isinstance(settled, Unknown) or open_ is True:
        return True
    if isinstance(known, list) and isinstance(settled, list):
        opens = open_ if isinstance(open_, list) else [None] * len(known)
        return len(known) == len(settled) == len(opens) and all(map(_fits, known, opens, settled))
    if isinstance(known, dict) and isinstance(settled, dict):
        inner = open_ if isinstance(open_, dict) else {}
        return all(_fits(known.get(key), inner.get(key), value) for key, value in settled.items())
    return settled is None or str(known).lower() == str(settled).lower()


def _laid(known: Value, open_: Any, settled: Value) -> Value:
    if isinstance(known, dict) and isinstance(settled, dict) and isinstance(open_, dict):
        keys = {**known, **open_}
        return {key: _laid(known.get(key), open_.get(key), settled.get(key)) for key in keys}
    if isinstance(known, list) and isinstance(settled, list) and isinstance(open_, list):
        return list(map(_laid, known, open_, settled))
    return settled if open_ is True else known


def _has_unknown(value: Value) -> bool:
    if isinstance(value, list):
        return any(map(_has_unknown, value))
    if isinstance(value, dict):
        return any(map(_has_unknown, value.values()))
    return isinstance(value, Unknown)


def any_open(open_: Any) -> bool:
    """Whether anything in a part of `after_unknown` is unknown."""
    if isinstance(open_, dict):
        return any(inner is True or (inner and any_open(inner)) for inner in open_.values())
    if isinstance(open_, list):
        return any(inner is True or (inner and any_open(inner)) for inner in open_)
    return open_ is True
