"""Statements for policies: the action that is missing, on the resource that it is missing for."""

from pullproof.evidence import Gate
from pullproof.launch.parts import read_arn
from pullproof.launch.requirement import Allow, Assume, Refused
from pullproof.model.edits import (
    AddRole,
    AddStatement,
    AddTrust,
    SetExecutionRole,
    SetPlatformVersion,
    new,
)
from pullproof.model.endpoints import EndpointType
from pullproof.model.iam import Condition, Principals, Role, Statement
from pullproof.model.text import HOLE, Text, is_exact, shown
from pullproof.model.value import Listing, Origin, Unknown
from pullproof.prove.gaps import Gap
from pullproof.repair.scene import Move, Scene, Stands, Ways, denied

CURRENT = "1.4.0"
#: Stream and events come together: a role that may open a log stream and not write to it starts tasks whose
#: logs are lost. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
TOGETHER = {"logs:CreateLogStream": "logs:PutLogEvents"}


def pattern(resource: Text) -> Text:
    """A resource as a policy names it: what may be anything at all is a star, what has a name keeps it."""
    named = HOLE.sub(lambda hole: "*" if hole[1].startswith("?") else hole[0], resource)
    # What is in a log group is named by the group, as in AWS's own examples.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/permissions-reference-cwl.html
    group, stream, _ = named.partition(":log-stream:")
    return f"{group}:*" if stream else named


def missing_action(gap: Gap, scene: Scene) -> Ways:
    """A statement in an inline policy of the role."""
    step, need = gap.decision, gap.need
    if step.gate is Gate.BOUNDARY:
        return Stands(
            f"the permissions boundary of {step.to_change} does not allow it, whatever its policies say",
            f"have whoever keeps the boundary allow {_call(gap)}",
        )
    role = scene.estate.roles.get(step.to_change)
    if not isinstance(need, Allow) or role is None:
        return Stands("the role is not in the input", f"allow {_call(gap)} where the role is kept")
    resource = pattern(need.resource)
    arn = read_arn(resource)
    if arn is not None and arn.resource.removeprefix("key/").removeprefix("secret:") == "*":
        return Stands(
            f"it is not known which resource {shown(need.resource)} is",
            f"allow {need.action} on it by its ARN",
        )
    return (Move((AddStatement(kind="roles", holder=role.key, statement=_allow(need, role.key)),)),)


def _allow(need: Allow, holder: str, *principals: tuple[str, Text]) -> Statement:
    extra = TOGETHER.get(need.action) if holder.startswith("new.") else None
    actions = (need.action,) if extra is None else (need.action, extra)
    return Statement(
        origin=Origin(holder, "added"),
        allow=True,
        actions=Listing(actions),
        resources=Listing((pattern(need.resource),)),
        principals=(
            Principals(of=tuple((kind, Listing((who,))) for kind, who in principals)) if principals else None
        ),
        conditions=Listing(_through(need)),
    )


def _through(need: Allow) -> tuple[Condition, ...]:
    """A key may be used through the service that reads what it encrypts, and not by itself."""
    if not need.via_service or not need.action.startswith("kms:") or not is_exact(need.via_service):
        return ()
    return (Condition(operator="StringEquals", key="kms:ViaService", values=Listing((need.via_service,))),)


def endpoint_policy(gap: Gap, scene: Scene) -> Ways:
    """A statement in the policy of the endpoint that the call goes through."""
    endpoint = scene.estate.endpoints.get(gap.decision.to_change)
    if denied(gap.decision) or endpoint is None or not isinstance(gap.need, Allow):
        return _denied(gap)
    who = ("*", "*")
    # A gateway endpoint's policy can mean principals by "*" only; layers are fetched in AWS's own name.
    # https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    role = _role(gap.need, scene)
    if endpoint.type is EndpointType.INTERFACE and role is not None:
        who = ("AWS", role.arn)
    statement = _allow(gap.need, endpoint.key, who)
    return (Move((AddStatement(kind="endpoints", holder=endpoint.key, statement=statement),)),)


def resource_policy(gap: Gap, scene: Scene) -> Ways:
    """A statement in the policy of the resource."""
    need = gap.need
    if denied(gap.decision) or not isinstance(need, Allow):
        return _denied(gap)
    owner = getattr(scene.estate, need.owner_kind).get(need.owner) if need.owner_kind else None
    role = _role(need, scene)
    if owner is None or (role is None and need.caller != "anonymous"):
        return Stands(
            f"the policy of {gap.decision.to_change} is not in the input",
            f"have whoever keeps it allow {_call(gap)}",
        )
    who = ("*", "*") if role is None else ("AWS", role.arn)
    statement = _allow(need, need.owner, who)
    if need.owner_kind in ("repositories", "secrets", "keys"):
        # The policy of a repository names no resource; in those of secrets and keys "*" is the one it is on.
        resources = None if need.owner_kind == "repositories" else Listing(("*",))
        statement = _on(statement, resources)
    return (Move((AddStatement(kind=need.owner_kind, holder=need.owner, statement=statement),)),)


def _on(statement: Statement, resources: Listing[Text] | None) -> Statement:
    from msgspec.structs import replace

    return replace(statement, resources=resources)


def _role(need: Allow, scene: Scene) -> Role | None:
    if isinstance(need.role, Unknown):
        return None
    if (found := scene.estate.roles.get(need.role)) is not None:
        return found
    return next((role for role in scene.estate.roles.values() if need.role and role.arn == need.role), None)


def no_way(gap: Gap, scene: Scene) -> Ways:
    """A statement denies it."""
    del scene
    return _denied(gap)


def _denied(gap: Gap) -> Stands:
    step = gap.decision
    if step.gate is Gate.ORGANIZATION_POLICY:
        return Stands(
            f"a service control policy denies {_call(gap)}",
            "have whoever keeps the organization's policies make an exception",
        )
    cited = ", ".join(dict.fromkeys(str(origin) for origin in step.cites)) or step.at
    return Stands(
        f"{cited} denies {_call(gap)}, and what somebody denied is not for pullproof to allow",
        f"change or remove that statement, if it is not meant for {gap.launch}",
    )


def _call(gap: Gap) -> str:
    need = gap.need
    return f"{need.action} on {shown(need.resource)}" if isinstance(need, Allow) else gap.subject


def trust(gap: Gap, scene: Scene) -> Ways:
    """ECS tasks among those who may assume the role."""
    role = scene.estate.roles.get(gap.decision.to_change)
    if role is None or not isinstance(gap.need, Assume) or isinstance(role.trust, Unknown):
        return Stands(
            "the role is not in the input", "let ecs-tasks.amazonaws.com assume it where it is kept"
        )
    if any(s.allow is False for s in role.trust.statements.items):
        return _denied(gap)
    return (Move((AddTrust(role=role.key),)),)


def role(gap: Gap, scene: Scene) -> Ways:
    """An execution role; what it must be allowed is found out with it in place."""
    definition = scene.estate.task_definitions.get(gap.decision.to_change)
    if definition is None or gap.rule != "execution-role":
        return Stands(
            f"{gap.decision.to_change} has no task role, and what the role is for only its owner knows",
            "give the task definition a task role",
        )
    name = scene.names.name("execution", definition.key)
    edits = (AddRole(name=name), SetExecutionRole(task_definition=definition.key, role=new(name)))
    return (Move(edits),)


def platform(gap: Gap, scene: Scene) -> Ways:
    """The current platform version."""
    launch = scene.estate.launches.get(gap.decision.to_change)
    if launch is None or not isinstance(gap.need, Refused):
        return Stands(gap.decision.says, "use a feature that the platform has")
    return (Move((SetPlatformVersion(launch=launch.key, version=CURRENT),)),)
