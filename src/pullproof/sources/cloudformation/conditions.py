"""Conditions as formulas, and what is taken for true while a value is worked out.

A condition that hangs on a parameter without a value stays a formula. It is never tried with every
value: what is known decides it by Kleene's rules, and inside a branch that needs it, it is supposed.
"""

from collections.abc import Iterator, Mapping

import msgspec

from pullproof.model.value import Unknown


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """A condition. Two formulas of one key are the same.

    `kind` is "known" (`truth`), "equals" (the parameter of that hole has that text), "open" (cannot be
    taken apart), "not", "and", "or" or "named" (a condition of the template, its one part).
    """

    kind: str
    key: str
    truth: bool = False
    parts: tuple["Formula", ...] = ()
    hole: str = ""
    text: str = ""
    why: Unknown | None = None

    def open_atoms(self) -> Iterator[Unknown]:
        """Why each part of it that cannot be decided cannot."""
        if self.why is not None:
            yield self.why
        for part in self.parts:
            yield from part.open_atoms()


TRUE = Formula(kind="known", key="true", truth=True)
FALSE = Formula(kind="known", key="false")


def known(truth: bool) -> Formula:  # noqa: FBT001  # it is the value itself
    """A formula that is decided."""
    return TRUE if truth else FALSE


def negated(part: Formula) -> Formula:
    """Not this."""
    if part.kind == "known":
        return known(not part.truth)
    return Formula(kind="not", key=f"!{part.key}", parts=(part,))


def joined(kind: str, parts: list[Formula]) -> Formula:
    """All of them ("and"), or one at least ("or")."""
    settles = kind == "or"
    if any(part.kind == "known" and part.truth is settles for part in parts):
        return known(settles)
    rest = {part.key: part for part in parts if part.kind != "known"}
    if not rest:
        return known(not settles)
    if len(rest) == 1:
        return next(iter(rest.values()))
    mark = " or " if settles else " and "
    return Formula(kind=kind, key=f"({mark.join(rest)})", parts=tuple(rest.values()))


def named(name: str, part: Formula) -> Formula:
    """A condition of the template; its key stays short however long the condition is."""
    return part if part.kind == "known" else Formula(kind="named", key=name, parts=(part,))


class Facts:
    """What holds while something is worked out. Never changed: `suppose` gives another one."""

    def __init__(self, domains: Mapping[str, tuple[str, ...]]) -> None:
        self._domains = domains
        self._truth: dict[str, bool] = {}
        self._memo: dict[str, bool | None] = {}
        self.values: dict[str, str] = {}
        self._excluded: dict[str, frozenset[str]] = {}

    def decide(self, formula: Formula) -> bool | None:
        """Whether a formula holds; None where that is not settled."""
        key = formula.key
        if key in self._truth:
            return self._truth[key]
        if key not in self._memo:
            self._memo[key] = self._decided(formula)
        return self._memo[key]

    def suppose(self, formula: Formula, *, truth: bool) -> "Facts":
        """These facts and that a formula holds, or does not."""
        new = Facts(self._domains)
        new._truth = dict(self._truth)
        new.values = dict(self.values)
        new._excluded = dict(self._excluded)
        new._set(formula, truth=truth)
        new._memo = {}
        return new

    def _decided(self, formula: Formula) -> bool | None:
        match formula.kind:
            case "known":
                return formula.truth
            case "equals":
                return self._equals(formula.hole, formula.text)
            case "named":
                return self.decide(formula.parts[0])
            case "not":
                found = self.decide(formula.parts[0])
                return None if found is None else not found
            case "and" | "or":
                settles = formula.kind == "or"
                each = [self.decide(part) for part in formula.parts]
                if settles in each:
                    return settles
                return None if None in each else not settles
            case _:
                return None

    def _equals(self, hole: str, text: str) -> bool | None:
        if hole in self.values:
            return self.values[hole] == text
        left = self._left(hole)
        if text in self._excluded.get(hole, ()) or (left is not None and text not in left):
            return False
        return True if left == [text] else None

    def _left(self, hole: str) -> list[str] | None:
        """The values that a parameter may still have, where it may have only some."""
        if hole not in self._domains:
            return None
        excluded = self._excluded.get(hole, frozenset())
        return [value for value in self._domains[hole] if value not in excluded]

    def _set(self, formula: Formula, *, truth: bool) -> None:
        if self._truth.get(formula.key) is truth:
            return
        self._truth[formula.key] = truth
        self._memo = {}
        match formula.kind:
            case "equals":
                self._set_equals(formula.hole, formula.text, truth=truth)
            case "named":
                self._set(formula.parts[0], truth=truth)
            case "not":
                self._set(formula.parts[0], truth=not truth)
            case "and" | "or":
                self._set_parts(formula, truth=truth)
            case _:
                pass

    def _set_equals(self, hole: str, text: str, *, truth: bool) -> None:
        if truth:
            self.values[hole] = text
            return
        self._excluded[hole] = self._excluded.get(hole, frozenset()) | {text}
        left = self._left(hole)
        if left is not None and len(left) == 1:
            self.values[hole] = left[0]

    def _set_parts(self, formula: Formula, *, truth: bool) -> None:
        """All parts, where each of them must be so; the last that is open, where one of them must."""
        if truth is (formula.kind == "and"):
            for part in formula.parts:
                self._set(part, truth=truth)
            return
        is_open = [part for part in formula.parts if self.decide(part) is None]
        if len(is_open) == 1 and all(self.decide(part) is not truth for part in formula.parts):
            self._set(is_open[0], truth=truth)
