"""The two roles of a task, which ECS assumes before anything else."""

from collections.abc import Iterator

from pullproof.launch.images import Image, Registry
from pullproof.launch.requirement import Assume, Need, Notice, Refused, Requirement, Rule, Unsettled
from pullproof.launch.task import Task, is_none
from pullproof.model.ecs import LogConfiguration
from pullproof.model.value import Unknown

EXECUTION_ROLE = Rule(
    id="execution-role",
    step="role",
    title="use its execution role",
    because="with it Fargate logs in to ECR, reads secrets and parameters, and opens the log stream",
    symptom="ECS was unable to assume the role '...' that was provided for this task",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    checked_on="2026-11-23",
)
TASK_ROLE = Rule(
    id="task-role",
    step="role",
    title="use its task role",
    because="a task whose role cannot be assumed is not started, whether or not its containers use the role",
    symptom="ECS was unable to assume the role '...' that was provided for this task",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    checked_on="2026-11-23",
)

ROWS = (EXECUTION_ROLE, TASK_ROLE)


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """The execution role where something needs it or one is given; the task role where one is given."""
    if not is_none(task.execution_role):
        yield Requirement(
            rule=EXECUTION_ROLE, subject="execution role", needs=(_assumed(task.execution_role),)
        )
    elif reason := _why_execution_role(task):
        key = task.definition.key
        yield Requirement(
            rule=EXECUTION_ROLE,
            subject="execution role",
            needs=(
                Refused(code="role-missing", resource=key, says=f"{key} has no execution role, and {reason}"),
            ),
        )
    if not is_none(task.task_role):
        yield Requirement(rule=TASK_ROLE, subject="task role", needs=(_assumed(task.task_role),))


def _assumed(role: str | Unknown) -> Need:
    return Unsettled(unknown=role) if isinstance(role, Unknown) else Assume(role=role)


def _why_execution_role(task: Task) -> str:
    """What of the task certainly needs an execution role, or ""."""
    for pull in task.pulls:
        if isinstance(pull.image, Image) and pull.image.registry is Registry.ECR:
            return f"{pull.image.title} is pulled from Amazon ECR with it"
        credentials = pull.container.repository_credentials
        if not isinstance(credentials, Unknown) and credentials:
            return "the credentials of a registry are read with it"
        if pull.container.environment_files.items:
            return "environment files are read from S3 with it"
    for name, _ in task.named:
        return f"{name} is read with it"
    if any(isinstance(log, LogConfiguration) and log.driver == "awslogs" for _, log in task.logs):
        return "the awslogs driver writes with it"
    return ""
