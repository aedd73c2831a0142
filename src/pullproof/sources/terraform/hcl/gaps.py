"""Why an expression has no value here: the sentences, and the limits that hostile input runs into."""

from pullproof.model.text import shown
from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.hcl.values import Lazy, Rest, Value

#: Evaluation steps for one attribute; the largest real one met took some 20 000.
STEPS = 200_000
#: Expressions that need each other, one inside the other.
DEEPEST = 120
#: Characters of one string, items of one collection.
LONGEST = 4_000_000
MOST = 50_000


class Exhausted(Exception):
    """The configuration asks for more work or memory than any real one does."""


def not_followed(what: str, settle_by: str = "") -> Unknown:
    """For what this program does not evaluate."""
    return Unknown(
        why=Why.NOT_FOLLOWED,
        what=what,
        resource="",
        settle_by=settle_by or "check the directory instead of the plan: then Terraform itself evaluates it",
    )


def not_in_input(what: str, settle_by: str) -> Unknown:
    """For what the input does not have."""
    return Unknown(why=Why.NOT_IN_INPUT, what=what, resource="", settle_by=settle_by)


def after_apply(what: str) -> Unknown:
    """For what only the apply will tell."""
    return Unknown(
        why=Why.AFTER_APPLY,
        what=what,
        resource="",
        settle_by="apply it, or check the plan of the next change, which knows it",
    )


def depends_on(unknown: Unknown) -> Unknown:
    """Another value that is unknown for the same reason. Two are never taken for the same value."""
    return Unknown(why=unknown.why, what=unknown.what, resource=unknown.resource, settle_by=unknown.settle_by)


def rest_of(unknown: Unknown) -> Rest:
    """Further items that are unknown for the same reason."""
    return Rest(why=unknown.why, what=unknown.what, resource=unknown.resource, settle_by=unknown.settle_by)


def cause(values: list[Value], doing: str) -> Unknown:
    """Why a function has no value: the first of its arguments that is not wholly known."""
    for value in values:
        found = _first(value, 0)
        if isinstance(found, Unknown):
            return depends_on(found)
        if found is not None:
            return after_apply(f"{doing} of {found}")
    return not_followed(doing)


def _first(value: Value, depth: int) -> Unknown | str | None:
    """The first unknown in a value, or the first text with a hole as people read it, or what is looked up later."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Lazy):
        return not_followed(f"{value.about} as a whole")
    if isinstance(value, str):
        text = shown(value)
        return text if text != value else None
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list) and depth < DEEPEST:
        return next((found for item in value if (found := _first(item, depth + 1)) is not None), None)
    return None
