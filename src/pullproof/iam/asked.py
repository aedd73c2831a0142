"""A request as all layers see it."""

import msgspec

from pullproof.iam.context import Value
from pullproof.iam.principals import Matched, meant
from pullproof.iam.request import Request
from pullproof.iam.statements import Question
from pullproof.model.estate import Estate
from pullproof.model.iam import Principals
from pullproof.model.text import shown
from pullproof.model.value import Maybe


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request, the question put to each statement, and the words for both.

    `account` is the caller's account, `call` the request for people.
    """

    request: Request
    estate: Estate
    question: Question
    account: Value | None
    call: str

    def who(self, principals: Maybe[Principals] | None) -> Matched:
        """How a `Principal` element means the caller."""
        return meant(principals, self.request.caller, self.account)


def asked(estate: Estate, request: Request) -> Asked:
    """Prepare a request."""
    context = request.context
    return Asked(
        request=request,
        estate=estate,
        question=Question(request.action, request.resource, context, estate.partition),
        account=context.get("aws:principalaccount"),
        call=f"{request.action} on {shown(request.resource)}",
    )
