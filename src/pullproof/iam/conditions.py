"""Whether the conditions of a statement hold, given what is known of the request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from functools import lru_cache

import msgspec

from pullproof.iam.answer import NO, YES, Answer
from pullproof.iam.context import ABSENT, Context, Known, NotOurs
from pullproof.iam.operators.base import Operator
from pullproof.iam.operators.null import absence
from pullproof.iam.operators.table import OPERATORS
from pullproof.iam.variables import filled
from pullproof.model.iam import Condition
from pullproof.model.text import OPEN, Text, shown
from pullproof.model.value import Origin, Unknown, Why
from pullproof.verdict import Verdict, all_of, any_of


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An operator's name taken apart. `operator` is None for `Null` and for names nobody knows."""

    operator: Operator | None
    null: bool
    if_exists: bool
    for_all: bool
    for_any: bool


def holds(condition: Condition, context: Context, partition: str, at: Origin) -> Answer:
    """Whether one condition of the statement at `at` holds.

    A key that the context says nothing of is not known; one that is certainly absent is `ABSENT`.
    """
    asked = _asked(condition.operator)
    value = context.get(condition.key.lower())
    if isinstance(value, Unknown):
        return _not_known(condition, at, value)
    if value is None or OPEN in condition.key or (asked.operator is None and not asked.null):
        return _not_known(condition, at)
    verdict = _verdict(asked, condition, value, context, partition)
    if verdict is Verdict.UNKNOWN:
        return condition.values.open[0] if condition.values.open else _not_known(condition, at)
    return YES if verdict is Verdict.WORKS else NO


@lru_cache(maxsize=256)
def _asked(name: str) -> _Asked:
    lower = name.lower()
    quantified = lower.removeprefix("forallvalues:").removeprefix("foranyvalue:")
    base = quantified.removesuffix("ifexists")
    return _Asked(
        operator=OPERATORS.get(base),
        null=base == "null",
        if_exists=base != quantified,
        for_all=lower.startswith("forallvalues:"),
        for_any=lower.startswith("foranyvalue:"),
    )


def _verdict(asked: _Asked, condition: Condition, value: Known, context: Context, partition: str) -> Verdict:
    if asked.operator is None:
        known = absence(condition.values.items, absent=value is ABSENT)
        return known if condition.values.complete else known | Verdict.UNKNOWN
    if value is ABSENT:
        return _without_key(asked, asked.operator)
    values = value if isinstance(value, tuple) else (value,)
    each = (_one(asked.operator, condition, one, context, partition) for one in values)
    return all_of(each) if asked.for_all else any_of(each)


def _without_key(asked: _Asked, operator: Operator) -> Verdict:
    """What a condition says of a request without its key."""
    if asked.for_any:
        # AWS's page says "false" of the one and "true" of the other, and nothing of both together.
        return Verdict.UNKNOWN if asked.if_exists else Verdict.FAILS
    return Verdict.WORKS if asked.for_all or asked.if_exists or operator.negated else Verdict.FAILS


def _one(
    operator: Operator, condition: Condition, value: Text | NotOurs, context: Context, partition: str
) -> Verdict:
    """Whether one value of the request fits the written ones; negated operators ask that none does."""
    fits = any_of(
        _compared(operator, written, value, context, partition) for written in condition.values.items
    )
    if not condition.values.complete:
        fits |= Verdict.UNKNOWN
    return ~fits if operator.negated else fits


def _compared(
    operator: Operator, written: Text, value: Text | NotOurs, context: Context, partition: str
) -> Verdict:
    if operator.variables:
        written = filled(written, context)
    if isinstance(value, NotOurs):
        return value.matched_by(written)
    return operator.compare(written, value, partition)


def _not_known(condition: Condition, at: Origin, why: Unknown | None = None) -> Unknown:
    written = ", ".join(map(shown, condition.values.items))
    what = f"whether {shown(condition.key)} is such that {condition.operator} {written} holds"
    if why is not None:
        return Unknown(why.why, what, at.address, why.settle_by)
    return Unknown(
        Why.NOT_IN_INPUT,
        what,
        at.address,
        f"{at} has a condition on {shown(condition.key)}, whose value in this request is not known",
    )
