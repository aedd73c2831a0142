"""What is written as a condition, as a formula.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from typing import Any

from pullproof.model.text import is_exact, shown, sole_hole
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.conditions import FALSE, TRUE, Formula, joined, known, named, negated
from pullproof.sources.cloudformation.document import Call
from pullproof.sources.cloudformation.interface import Evaluator

__all__ = ["formula", "named"]


def formula(ev: Evaluator, said: Any) -> Formula:
    """The formula that is written.

    Raises:
        InputError: it is none, or names a condition that there is none of.
    """
    if isinstance(said, dict) and len(said) == 1 and "Condition" in said:
        return _named(ev, said["Condition"], Call("Condition", None))
    if not isinstance(said, Call):
        return _plain(ev, said)
    match said.name:
        case "Condition":
            return _named(ev, said.argument, said)
        case "Fn::Not":
            (one,) = ev.arguments(said, 1)
            return negated(formula(ev, one))
        case "Fn::And" | "Fn::Or":
            parts = [formula(ev, one) for one in ev.arguments(said, *range(1, 11))]
            return joined("and" if said.name == "Fn::And" else "or", parts)
        case "Fn::Equals":
            one, other = ev.arguments(said, 2)
            return equal(ev, ev.present(one), ev.present(other))
        case _:
            return _plain(ev, said)


def equal(ev: Evaluator, one: Any, other: Any) -> Formula:
    """Whether two values are the same text."""
    for value, against in ((one, other), (other, one)):
        if isinstance(value, Unknown) and value in ev.run.choices:
            choice = ev.run.choices[value]
            yes = joined("and", [choice.condition, equal(ev, choice.yes, against)])
            no = joined("and", [negated(choice.condition), equal(ev, choice.no, against)])
            return joined("or", [yes, no])
    if isinstance(one, list | dict) or isinstance(other, list | dict):
        return known(bool(one == other)) if _certain(one) and _certain(other) else _open(ev, one, other)
    left, right = ev.run.text_of(one, ev.at), ev.run.text_of(other, ev.at)
    if left == right:
        return TRUE
    if is_exact(left) and is_exact(right):
        return FALSE
    if is_exact(left):
        left, right = right, left
    name = sole_hole(left)
    if not is_exact(right) or not name or name.startswith("?"):
        return _open(ev, left, right)
    if right == "" and name in ev.run.identifiers:
        return FALSE  # AWS refuses an id that nothing has
    domain = ev.run.domains.get(name)
    if domain is not None and right not in domain:
        return FALSE
    why = ev.run.reason(left, f"whether {name} is {right!r}", ev.at)
    return Formula(kind="equals", key=f"{name}={right}", hole=name, text=right, why=why)


def _open(ev: Evaluator, one: Any, other: Any) -> Formula:
    left, right = sorted((_said(ev, one), _said(ev, other)))
    for value in (one, other):
        if isinstance(value, Unknown):
            why = value
            break
    else:
        why = ev.run.reason(left + right, f"whether {shown(left)} is {shown(right)}", ev.at)
    return Formula(kind="open", key=f"{left}=={right}", why=why)


def _said(ev: Evaluator, value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(_said(ev, item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{key}:{_said(ev, item)}' for key, item in value.items())}}}"
    return ev.run.text_of(value, ev.at)


def _certain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_certain(item) for item in value)
    if isinstance(value, dict):
        return all(_certain(item) for item in value.values())
    return isinstance(value, bool | int | float) or (isinstance(value, str) and is_exact(value))


def _named(ev: Evaluator, name: Any, call: Call) -> Formula:
    if not isinstance(name, str):
        raise ev.fault(call, "a condition is referred to by its name")
    return ev.frame.condition(name, ev.place(call))


def _plain(ev: Evaluator, said: Any) -> Formula:
    """A value where a condition is wanted: true and false can be written as they are."""
    found = ev.present(said)
    if isinstance(found, Unknown):
        if found in ev.run.choices:
            return equal(ev, found, "true")
        return Formula(kind="open", key=f"?{found.what}", why=found)
    return equal(ev, found, "true")
