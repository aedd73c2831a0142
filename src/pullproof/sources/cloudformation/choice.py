"""`Fn::If`: the value that a condition chooses, and what is certain where the condition is not settled."""

from typing import Any

from pullproof.model.text import shown
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.conditions import Formula
from pullproof.sources.cloudformation.document import Call
from pullproof.sources.cloudformation.interface import ABSENT, Evaluator
from pullproof.sources.cloudformation.run import Choice, Run
from pullproof.sources.terraform.tree import Some


def fn_if(ev: Evaluator, call: Call) -> Any:
    """The branch that the condition chooses; what both have in common where it is not settled.

    Each branch is worked out as if the condition held (did not hold), so that conditions which hang
    together stay together.
    """
    name, yes, no = ev.arguments(call, 3)
    if not isinstance(name, str):
        raise ev.fault(call, "Fn::If takes the name of a condition first")
    condition = ev.frame.condition(name, ev.place(call))
    decided = ev.facts.decide(condition)
    if decided is not None:
        return ev.value(yes if decided else no)
    one = ev.under(condition, truth=True).value(yes)
    other = ev.under(condition, truth=False).value(no)
    return either(ev.run, condition, one, other, ev.at)


def fn_condition(ev: Evaluator, call: Call) -> Any:
    """A condition where a value is wanted, as the values of a loop can have: true, false or not known."""
    found = ev.formula(call)
    decided = ev.facts.decide(found)
    if decided is None:
        return ev.run.undecided(found, f"a condition of {ev.at}", ev.at)
    return decided


def either(run: Run, condition: Formula, yes: Any, no: Any, at: str) -> Any:
    """What is certain of a value that is one of two.

    Tables are compared key by key, and lists item by item: what both have is certain.
    """
    if _equal(yes, no):
        return yes
    if isinstance(yes, dict) and isinstance(no, dict):
        keys = dict.fromkeys([*yes, *no])
        found = {key: either(run, condition, yes.get(key, ABSENT), no.get(key, ABSENT), at) for key in keys}
        return {key: value for key, value in found.items() if value is not ABSENT}
    if isinstance(yes, list) and isinstance(no, list):
        return _lists(run, condition, yes, no, at)
    return _unsettled(run, condition, yes, no, at)


def _lists(run: Run, condition: Formula, yes: list[Any], no: list[Any], at: str) -> Any:
    """The items that are in both and an unknown for the others; one of all items, where none is in both."""
    unknown = _unsettled(run, condition, yes, no, at)
    both = [item for item in yes if any(_equal(item, one) for one in no)]
    every = [*yes, *(item for item in no if not any(_equal(item, one) for one in yes))]
    if not both and yes and no and all(isinstance(item, str) for item in every):
        return Some(tuple(every), unknown)
    return [*both, unknown]


def _unsettled(run: Run, condition: Formula, yes: Any, no: Any, at: str) -> Unknown:
    what = f"what the condition {_named(condition)} chooses in {at}: {_short(yes)} or {_short(no)}"
    unknown = run.undecided(condition, what, at)
    run.choices.setdefault(unknown, Choice(condition, yes, no))
    return unknown


def _named(condition: Formula) -> str:
    return condition.key if condition.kind == "named" else "of its stack"


def _short(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    if isinstance(value, str):
        text = shown(value)
        return repr(text) if len(text) <= 40 else f"'{text[:37]}...'"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value[:3]))}{', ...' if len(value) > 3 else ''}]"
    return "a table" if isinstance(value, dict) else "something unknown"


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are the same whatever is not known; true is not one."""
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return bool(one == other)
