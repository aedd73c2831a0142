"""Reports built by hand: short builders, and the few reports that the goldens show."""

from pullproof.evidence import Gate, Hop, Step, Via
from pullproof.finding import Report, StepReport, TaskReport
from pullproof.launch.requirement import Notice, Rule
from pullproof.model.value import Origin, Unknown, Why
from pullproof.verdict import Verdict

API = "api.ecr.eu-west-1.amazonaws.com"
S3 = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"
PRIVATE = ("aws_subnet.private[0]", "aws_subnet.private[1]")

LOGIN = Rule(
    id="ecr-login",
    step="ecr-login",
    title="log in to ECR",
    because="the agent asks ECR for a token before it can ask for any image",
    symptom="ResourceInitializationError: unable to pull secrets or registry auth: ... i/o timeout",
    doc="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    checked_on="2026-11-20",
)
LAYERS = Rule(
    id="ecr-layers",
    step="image-layers",
    title="download image layers from S3",
    because="ECR answers with signed S3 links; the layers themselves come from S3",
    symptom="CannotPullContainerError: ref pull has been retried 5 time(s): ... i/o timeout",
    doc="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    checked_on="2026-11-20",
    after=("ecr-login",),
)
LOGS = Rule(
    id="awslogs-stream",
    step="logs",
    title="open its log stream",
    because="the agent creates the log stream before it starts the container",
    symptom="",
    doc="",
    checked_on="2026-11-20",
)
EXEC = Rule(
    id="exec-channel",
    step="exec",
    title="open a channel for ECS Exec",
    because="the agent in the container dials Session Manager",
    symptom="",
    doc="",
    checked_on="2026-11-20",
)


def works(at: str, gate: Gate = Gate.SECURITY_GROUP, says: str = "rule 1 allows it", *cites: str) -> Step:
    """A decision that lets the packet pass."""
    return Step(gate=gate, at=at, verdict=Verdict.WORKS, says=says, cites=tuple(map(Origin, cites)))


def fails(
    at: str, code: str, gate: Gate, says: str, *, resource: str = "", cites: tuple[Origin, ...] = ()
) -> Step:
    """A decision that stops it."""
    return Step(gate=gate, at=at, verdict=Verdict.FAILS, says=says, code=code, resource=resource, cites=cites)


def open_question(at: str, unknown: Unknown, gate: Gate = Gate.SECURITY_GROUP) -> Step:
    """A decision that cannot be made."""
    return Step(
        gate=gate, at=at, verdict=Verdict.UNKNOWN, says=f"{unknown.what} is not known", unknown=unknown
    )


def hop(*steps: Step, dead_end: bool = False) -> Hop:
    """The component that all the decisions are about."""
    return Hop(at=steps[0].at, gate=steps[0].gate, steps=steps, dead_end=dead_end)


def step(
    rule: Rule,
    network: tuple[Hop, ...] = (),
    access: tuple[Hop, ...] = (),
    *,
    decisions: tuple[Step, ...] | None = None,
    host: str = API,
    via: Via = Via.INTERFACE_ENDPOINT,
    subnets: tuple[str, ...] = PRIVATE,
    subject: str = "",
    intermittent: bool = False,
) -> StepReport:
    """One step of a launch; its decisions are those of the hops unless others are given."""
    told = tuple(s for h in (*network, *access) for s in h.steps) if decisions is None else decisions
    return StepReport(
        rule=rule,
        subject=subject,
        subnets=subnets,
        host=host,
        port=443 if host else 0,
        via=via,
        network=network,
        access=access,
        decisions=told,
        intermittent=intermittent,
    )


def task(
    name: str,
    *steps: StepReport,
    warnings: tuple[Notice, ...] = (),
    unsettled: tuple[Unknown, ...] = (),
    intermittent: bool = False,
) -> TaskReport:
    """A service that runs a task."""
    return TaskReport(
        id=name,
        kind="service",
        task_definition="aws_ecs_task_definition.app",
        platform_version="1.4.0",
        steps=steps,
        warnings=warnings,
        unsettled=unsettled,
        intermittent=intermittent,
    )


def report(*tasks: TaskReport, **more: object) -> Report:
    """A report on a plan."""
    settings: dict[str, object] = {"source_kind": "terraform-plan", "source_path": "plan.json"}
    return Report(tasks=tasks, **(settings | more))  # type: ignore[arg-type]  # handed on as they came


#: The group lets the task out to S3 and nowhere else; the route table lacks the gateway endpoint.
GROUP = "aws_security_group.app"
CLOSED = fails(
    GROUP,
    "sg-egress",
    Gate.SECURITY_GROUP,
    "no egress rule allows tcp/443 to 10.0.1.0/24, 10.0.2.0/24; the only rule allows tcp/443 to pl-6da54004",
    cites=(Origin(GROUP, "egress[0]"),),
)
NAMES = works("aws_vpc_endpoint.ecr_api", Gate.NAMES, "private DNS leads to the endpoint")
NOT_ASSOCIATED = fails(
    "aws_route_table.private",
    "gateway-not-associated",
    Gate.ROUTE_TABLE,
    "aws_vpc_endpoint.s3 is not on this route table, which has only the local route",
)
DENIED = fails(
    "aws_iam_role.execution",
    "iam-missing-action",
    Gate.IDENTITY_POLICY,
    "no statement allows logs:CreateLogStream on arn:aws:logs:eu-west-1:111122223333:log-group:/app:*",
)
GROUP_UNKNOWN = Unknown(
    Why.AFTER_APPLY,
    "the egress rules of data.aws_security_group.shared",
    "data.aws_security_group.shared",
    "apply the configuration of the network first, then plan again",
)
TASK_UNKNOWN = Unknown(
    Why.NOT_FOLLOWED,
    "the container definitions of aws_ecs_task_definition.job",
    "aws_ecs_task_definition.job",
    "name the configuration with --source",
)

WORKING = task(
    "aws_ecs_service.web",
    step(LOGIN, (hop(NAMES), hop(works("aws_security_group.web")))),
)


def blocked(name: str) -> TaskReport:
    """The task of the blog post: one group closes two steps, one table lacks S3, one role an action."""
    return task(
        name,
        step(LOGIN, (hop(NAMES), hop(CLOSED))),
        step(
            LAYERS,
            (
                hop(works(GROUP, Gate.SECURITY_GROUP, "egress allows it", f"{GROUP}_rule.s3")),
                hop(NOT_ASSOCIATED, dead_end=True),
            ),
            host=S3,
            via=Via.NONE,
        ),
        step(LOGS, (hop(CLOSED),), (hop(DENIED),), host="logs.eu-west-1.amazonaws.com", subject="/app"),
    )


WARNED = task(
    "aws_ecs_service.web",
    step(LOGIN, (hop(NAMES),)),
    step(EXEC, (hop(CLOSED),)),
    warnings=(
        Notice(
            code="log-group-missing",
            resource="aws_ecs_task_definition.app",
            message="the log group /app is not part of the input, and awslogs-create-group is not set: unless it"
            " exists already, the task stops",
        ),
    ),
)
UNSETTLED = task(
    "aws_ecs_service.api",
    step(
        LOGIN,
        (
            hop(open_question("data.aws_security_group.shared", GROUP_UNKNOWN)),
            hop(works("acl", Gate.NETWORK_ACL)),
        ),
    ),
    step(LAYERS, (hop(open_question("data.aws_security_group.shared", GROUP_UNKNOWN)),), host=S3),
)
OPEN = task("aws_ecs_service.job", unsettled=(TASK_UNKNOWN,))
SOMETIMES = task(
    "aws_ecs_service.spread",
    step(LOGIN, (hop(CLOSED),), subnets=("aws_subnet.private[1]",), intermittent=True),
    step(LOGIN, (hop(works(GROUP)),), subnets=("aws_subnet.private[0]",)),
    intermittent=True,
)
#: Two blockers without a path: a role that is missing, and a platform that is too old.
REFUSED = task(
    "aws_ecs_service.old",
    step(
        LOGIN,
        decisions=(
            fails(
                "aws_ecs_task_definition.old",
                "role-missing",
                Gate.ROLE,
                "the task definition names no execution role",
            ),
        ),
        host="",
        via=Via.NONE,
        subnets=(),
    ),
    step(
        LOGS,
        decisions=(
            fails(
                "aws_ecs_service.old",
                "platform-unsupported",
                Gate.FARGATE,
                "platform version 1.2.0 cannot do it",
            ),
        ),
        host="",
        via=Via.NONE,
        subnets=(),
    ),
)
#: A part of S3's addresses is closed: every subnet meets it, and not every launch.
PARTLY = task(
    "aws_ecs_service.partly",
    step(
        LAYERS,
        (
            hop(
                fails(
                    GROUP,
                    "sg-egress",
                    Gate.SECURITY_GROUP,
                    "egress rules allow tcp/443 to 3 of 7 prefixes of S3",
                    cites=(Origin(GROUP),),
                )
            ),
        ),
        host=S3,
        intermittent=True,
    ),
    intermittent=True,
)
