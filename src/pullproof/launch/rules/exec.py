"""ECS Exec: never keeps a task from starting; what it lacks is worth a warning."""

from collections.abc import Iterator

from pullproof.launch.keys import is_managed, key_arn
from pullproof.launch.platform import ONE_INTERFACE
from pullproof.launch.requirement import Connect, Need, Notice, Refused, Requirement, Rule
from pullproof.launch.task import Task, is_none
from pullproof.model.services import host_of
from pullproof.model.value import Unknown

WARNING = "exec-unreachable"

CHANNEL = Rule(
    id="exec-channel",
    step="exec",
    title="open ECS Exec's channel",
    because="an agent inside the container talks to Session Manager, with the task role",
    symptom="TargetNotConnectedException: The execute command failed due to an internal error",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
    checked_on="2026-11-23",
    after=("task-role",),
)
SESSION_KEY = Rule(
    id="exec-session-key",
    step="exec",
    title="decrypt ECS Exec's sessions",
    because="the cluster encrypts sessions with a key of its own, and the agent asks KMS itself",
    symptom="Unable to start command: failed to decrypt the data key",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
    checked_on="2026-11-23",
    after=("exec-channel",),
)

ROWS = (CHANNEL, SESSION_KEY)

ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """The channel, and the key of the cluster's sessions, where ECS Exec certainly is on."""
    if task.launch.exec_enabled is not True:
        return
    home = task.home
    yield Requirement(
        rule=CHANNEL,
        subject="ECS Exec",
        needs=_refused(task)
        or (
            Connect(host=host_of("ssmmessages", home.region, home.partition)),
            *(call for action in ACTIONS for call in task.by_task_role(action, "*")),
        ),
        only_warns=WARNING,
    )
    cluster = task.launch.cluster
    found = None if isinstance(cluster, Unknown) else task.stores.estate.clusters.get(cluster)
    if found is None or isinstance(found.exec_kms_key, Unknown) or is_managed(found.exec_kms_key):
        return
    noun = task.stores.key(found.exec_kms_key)
    arn = noun.arn if noun else key_arn(task, found.exec_kms_key, home.region)
    calls = task.by_task_role("kms:Decrypt", arn, owner=noun.key if noun else "", owner_kind="keys")
    connect = Connect(host=host_of("kms", home.region, home.partition))
    yield Requirement(rule=SESSION_KEY, subject="ECS Exec", needs=(connect, *calls), only_warns=WARNING)


def _refused(task: Task) -> tuple[Need, ...]:
    if not task.platform.has(ONE_INTERFACE):
        says = f"{task.platform.name} has no ECS Exec: 1.4.0 and later have"
        return (Refused(code="platform-unsupported", resource=task.launch.key, says=says),)
    if is_none(task.task_role):
        key = task.definition.key
        return (
            Refused(
                code="role-missing", resource=key, says=f"{key} has no task role, and ECS Exec works with it"
            ),
        )
    return ()
