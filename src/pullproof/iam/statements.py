"""Whether a statement is about a request: its action, its resource, its conditions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from collections.abc import Callable

import msgspec

from pullproof.iam.answer import NO, YES, Answer, all_of, negated
from pullproof.iam.conditions import holds
from pullproof.iam.context import Context
from pullproof.iam.match import action_like, resource_like
from pullproof.iam.variables import filled
from pullproof.model.iam import Statement
from pullproof.model.text import Text, shown
from pullproof.model.value import Listing, Origin, Unknown, Why
from pullproof.verdict import Verdict


class Question(msgspec.Struct, frozen=True):
    """What a statement is asked about. The context's keys are in lower case."""

    action: str
    resource: Text
    context: Context
    partition: str


class Applies(msgspec.Struct, frozen=True):
    """Whether a statement is about the request; where not, whether it names the action at all."""

    answer: Answer
    names_action: bool


_OTHER_ACTION = Applies(NO, False)
_OTHER_RESOURCE = Applies(NO, True)


def applies(statement: Statement, question: Question) -> Applies:
    """Whether a statement is about the request, whoever makes it."""
    action = _listed(statement.actions, statement.origin, question.action, _action_like, question)
    if statement.not_actions:
        action = negated(action)
    if action is NO:
        return _OTHER_ACTION
    on: Answer = YES
    if statement.resources is not None:
        on = _listed(statement.resources, statement.origin, question.resource, _resource_like, question)
        on = negated(on) if statement.not_resources else on
    if on is NO:
        return _OTHER_RESOURCE
    conditions = statement.conditions
    if not (conditions.items or conditions.open):
        return Applies(all_of((action, on)), names_action=True)
    held = (holds(one, question.context, question.partition, statement.origin) for one in conditions.items)
    return Applies(all_of((action, on, *held, *conditions.open)), names_action=True)


def _action_like(pattern: Text, question: Question) -> Verdict:
    return action_like(pattern, question.action)


def _resource_like(pattern: Text, question: Question) -> Verdict:
    return resource_like(filled(pattern, question.context), question.resource, question.partition)


def _listed(
    written: Listing[Text],
    at: Origin,
    asked: Text,
    matches: Callable[[Text, Question], Verdict],
    question: Question,
) -> Answer:
    """Whether one of the written patterns matches."""
    doubtful = ""
    for pattern in written.items:
        verdict = matches(pattern, question)
        if verdict is Verdict.WORKS:
            return YES
        if verdict is Verdict.UNKNOWN and not doubtful:
            doubtful = pattern
    if written.open:
        return written.open[0]
    return _not_told(doubtful, asked, at) if doubtful else NO


def _not_told(pattern: Text, asked: Text, at: Origin) -> Unknown:
    what = f"whether {shown(pattern)} covers {shown(asked)}"
    return Unknown(Why.AFTER_APPLY, what, at.address, f"{at} names {shown(pattern)}: not settled {what}")
