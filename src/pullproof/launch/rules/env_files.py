"""Environment files in S3."""

from collections.abc import Iterator

from pullproof.launch.parts import cut, split
from pullproof.launch.platform import ONE_INTERFACE
from pullproof.launch.requirement import Connect, Notice, Refused, Requirement, Rule, Unsettled
from pullproof.launch.task import Task
from pullproof.model.services import host_of
from pullproof.model.text import Text, anything, shown, sole_hole
from pullproof.model.value import Unknown, Why

ENV_FILE = Rule(
    id="env-file",
    step="env-files",
    title="read an environment file from S3",
    because="its variables are set before the container starts; here the execution role is the caller, so that"
    " its policies and an endpoint's apply",
    symptom="ResourceInitializationError: failed to download env files: ... operation error S3: HeadObject",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html",
    checked_on="2026-11-23",
    after=("execution-role",),
)

ROWS = (ENV_FILE,)


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """One read for every file."""
    for container in task.definition.containers.items:
        for file in container.environment_files.items:
            yield from _read(task, file)
        for unknown in container.environment_files.open:
            yield Requirement(rule=ENV_FILE, subject="environment files", needs=(Unsettled(unknown=unknown),))


def _read(task: Task, file: Text) -> Iterator[Requirement | Notice]:
    subject = f"environment file {shown(file)}"
    if not task.platform.has(ONE_INTERFACE):
        says = f"{task.platform.name} cannot read environment files: 1.4.0 and later can"
        refused = Refused(code="platform-unsupported", resource=task.launch.key, says=says)
        yield Requirement(rule=ENV_FILE, subject=subject, needs=(refused,))
        return
    if task.platform.windows:
        yield Requirement(rule=ENV_FILE, subject=subject, needs=(Unsettled(unknown=_windows(task)),))
        return
    arn, path = cut(file, "/")
    if not path:
        arn = anything(f"bucket of {shown(file)}")
    bucket = task.stores.bucket(arn)
    name = bucket.name if bucket else split(arn, ":")[-1]
    owner = bucket.key if bucket else ""
    home = task.home
    region = bucket.region if bucket else ""
    if bucket is None or isinstance(region, Unknown):
        region = anything(f"region of bucket {shown(name)}")
    yield Requirement(
        rule=ENV_FILE,
        subject=subject,
        needs=(
            Connect(host=host_of("s3", region or home.region, home.partition, name)),
            *task.by_execution_role("s3:GetObject", file, owner=owner, owner_kind="buckets"),
            *task.by_execution_role("s3:GetBucketLocation", arn, owner=owner, owner_kind="buckets"),
            *task.untold("Bucket", bucket),
        ),
        perhaps=task.platform.unknown,
    )
    if bucket is None and not sole_hole(arn):
        yield Notice(
            code="missing-resource",
            resource=task.definition.key,
            message=f"the bucket {shown(name)} is not part of this input: {shown(file)} must exist",
        )


def _windows(task: Task) -> Unknown:
    """Two pages disagree: the developer guide excludes Windows, the API reference names Windows 1.0.0.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EnvironmentFile.html
    """
    return Unknown(
        Why.NOT_MODELLED,
        "whether a Windows task can read environment files",
        task.definition.key,
        "AWS's pages disagree on it: use secrets or parameters instead",
    )
