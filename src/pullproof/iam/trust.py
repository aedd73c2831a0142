"""Whether a role trusts a service to assume it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from functools import partial

from pullproof.evidence import Gate
from pullproof.iam.context import Value
from pullproof.iam.layers import resource_layer
from pullproof.iam.principals import meant_service
from pullproof.iam.request import Decision
from pullproof.iam.statements import Question
from pullproof.iam.steps import denial, hop, permission, unsettled
from pullproof.model.estate import Estate
from pullproof.model.iam import Role
from pullproof.model.value import Maybe, Unknown

CODE = "role-trust"
ACTION = "sts:AssumeRole"


def trusts(estate: Estate, role: Maybe[Role], service: str, context: dict[str, Value]) -> Decision:
    """Whether the role's trust policy lets a service ("ecs-tasks.amazonaws.com") assume it.

    `context` has the condition keys of the service's call, in lower case, as in `Request`.
    """
    if isinstance(role, Unknown):
        return Decision(hops=(hop(unsettled(Gate.ROLE, role.resource, role)),))
    question = Question(ACTION, role.arn, context, estate.partition)
    grants = resource_layer(role.trust, question, partial(meant_service, service=service))
    step = permission(
        Gate.ROLE,
        role.key,
        grants.anyone,
        code=CODE,
        works=f"{role.key} trusts {service}",
        fails=f"the trust policy of {role.key} does not let {service} assume it",
    )
    call = f"{ACTION} to {service}"
    return Decision(hops=(hop(step, *denial(Gate.ROLE, role.key, grants.deny, code=CODE, call=call)),))
