"""EFS file systems, mounted before the containers start."""

from collections.abc import Iterator

from pullproof.launch.platform import ONE_INTERFACE
from pullproof.launch.requirement import Allow, Mount, Need, Notice, Refused, Requirement, Rule, Unsettled
from pullproof.launch.task import Task, is_none
from pullproof.model.ecs import EfsVolume
from pullproof.model.stores import FileSystem
from pullproof.model.text import Text, shown
from pullproof.model.value import Maybe, Unknown, Why

MOUNT = Rule(
    id="efs-mount",
    step="efs",
    title="mount an EFS file system",
    because="Fargate mounts it over NFS, TCP 2049, at the mount target of the task's Availability Zone, which"
    " the file system's name resolves to there",
    symptom="ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html",
    checked_on="2026-11-23",
)
WRITE = Rule(
    id="efs-write",
    step="efs",
    title="write to an EFS file system",
    because="a client that may mount and not write gets a file system that it can only read",
    symptom="Read-only file system",
    doc="https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html",
    checked_on="2026-11-23",
    after=("efs-mount",),
)

ROWS = (MOUNT, WRITE)


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """One mount for every volume."""
    for volume in task.definition.volumes.items:
        subject = f"volume {volume.name}"
        if refused := _too_old(task):
            yield Requirement(rule=MOUNT, subject=subject, needs=(refused,))
        else:
            yield from _mounted(task, volume, subject)
    for unknown in task.definition.volumes.open:
        yield Requirement(rule=MOUNT, subject="volumes", needs=(Unsettled(unknown=unknown),))


def _too_old(task: Task) -> Refused | None:
    """Why the platform cannot mount EFS, if it cannot.

    The table of ECS's networking page has an EFS row for Windows; EFS's own pages exclude Windows.
    """
    if task.platform.windows:
        key, says = task.definition.key, "Fargate mounts EFS on Linux only"
    elif not task.platform.has(ONE_INTERFACE):
        key, says = task.launch.key, f"{task.platform.name} cannot mount EFS: 1.4.0 and later can"
    else:
        return None
    return Refused(code="platform-unsupported", resource=key, says=says)


def _mounted(task: Task, volume: EfsVolume, subject: str) -> Iterator[Requirement]:
    system = _file_system(task, volume)
    yield Requirement(
        rule=MOUNT,
        subject=subject,
        needs=(
            Mount(file_system=system if isinstance(system, Unknown) else system.key),
            *_client(task, volume, system, "elasticfilesystem:ClientMount"),
        ),
        perhaps=task.platform.unknown,
    )
    if not isinstance(system, Unknown) and volume.read_only is False:
        yield Requirement(
            rule=WRITE,
            subject=subject,
            needs=_client(task, volume, system, "elasticfilesystem:ClientWrite"),
            only_warns="efs-read-only",
        )


def _file_system(task: Task, volume: EfsVolume) -> Maybe[FileSystem]:
    written = volume.file_system
    if isinstance(written, Unknown):
        return written
    if (found := task.stores.file_system(written)) is not None:
        return found
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the mount targets of file system {shown(written)}",
        str(volume.origin),
        f"file system {shown(written)} is not part of this input: add the configuration that holds it",
    )


def _client(task: Task, volume: EfsVolume, system: Maybe[FileSystem], action: str) -> tuple[Need, ...]:
    """The permission of the NFS client: the task role's where IAM is on, else that of anybody.

    https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    """
    if isinstance(system, Unknown):
        return ()
    if isinstance(volume.iam, Unknown):
        return (Unsettled(unknown=volume.iam),)
    key = task.definition.key
    if volume.iam and is_none(task.task_role):
        says = f"{key} has no task role, and the volume {volume.name} is mounted with it"
        return (Refused(code="role-missing", resource=key, says=says),)
    return (
        Allow(
            caller="task-role" if volume.iam else "anonymous",
            role=task.task_role if volume.iam else "",
            action=action,
            resource=system.arn,
            owner=system.key,
            owner_kind="file_systems",
            anyone_may=True,
            context=tuple(_context(volume)),
        ),
    )


def _context(volume: EfsVolume) -> Iterator[tuple[str, Text]]:
    """What a file system's policy may ask about the connection."""
    yield "elasticfilesystem:AccessedViaMountTarget", "true"
    if not isinstance(volume.transit_encryption, Unknown):
        yield "aws:SecureTransport", "true" if volume.transit_encryption else "false"
