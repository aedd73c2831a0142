"""ECS: clusters, task definitions, and everything that runs a task."""

import enum

import msgspec

from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin


class LaunchKind(enum.Enum):
    """What runs a task."""

    SERVICE = "service"
    TASK_SET = "task-set"
    EVENTBRIDGE = "eventbridge-target"
    SCHEDULER = "scheduler-schedule"
    STEP_FUNCTIONS = "step-functions-state"
    BATCH = "batch-job"
    STANDALONE = "standalone"


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """An ECS cluster. `default_providers` is its default capacity provider strategy."""

    key: str
    origin: Origin
    name: Text
    arn: Text
    default_providers: Listing[str] = Listing()
    #: Session encryption and logging of ECS Exec: the KMS key ("" for none).
    exec_kms_key: Maybe[Text] = ""


class SecretRef(msgspec.Struct, frozen=True, kw_only=True):
    """A `secrets` or `secretOptions` entry: the variable and what it is read from."""

    origin: Origin
    name: str
    value_from: Maybe[Text]


class LogConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """A container's log driver, its options, and its secret options."""

    origin: Origin
    driver: Maybe[str]
    options: tuple[tuple[str, Maybe[Text]], ...] = ()
    secret_options: Listing[SecretRef] = Listing()


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """A container definition.

    `inferred` marks one that is not written in the input as such: references show that some container
    of this task uses the image, the secret or the log group, and nothing more is known.
    """

    origin: Origin
    name: Maybe[str]
    image: Maybe[Text]
    essential: Maybe[bool] = True
    secrets: Listing[SecretRef] = Listing()
    environment_files: Listing[Text] = Listing()
    #: ARN or name of the secret with the credentials of a private registry; "" for none.
    repository_credentials: Maybe[Text] = ""
    log: Maybe[LogConfiguration] | None = None
    inferred: bool = False


class EfsVolume(msgspec.Struct, frozen=True, kw_only=True):
    """An EFS volume of a task definition; `access_point` is "" for none."""

    origin: Origin
    name: str
    file_system: Maybe[Text]
    transit_encryption: Maybe[bool] = False
    iam: Maybe[bool] = False
    access_point: Maybe[Text] = ""
    read_only: Maybe[bool] = False
    root_directory: Maybe[str] = "/"


class TaskDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A task definition. Roles are keys of `Role`, or ARNs the input does not show; "" for none."""

    key: str
    origin: Origin
    family: Text
    arn: Text
    containers: Listing[Container]
    execution_role: Maybe[str]
    task_role: Maybe[str]
    volumes: Listing[EfsVolume] = Listing()
    #: "LINUX" or "WINDOWS_SERVER_...".
    os: Maybe[str] = "LINUX"
    architecture: Maybe[str] = "X86_64"
    compatibilities: Listing[str] = Listing()
    network_mode: Maybe[str] = "awsvpc"


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that runs a task: where, with which groups, on which platform.

    `groups` is what is in force (the VPC's default group when none is written). `platform_version` is
    "LATEST" when none is written. `fargate` says whether it runs on Fargate at all.
    """

    key: str
    origin: Origin
    kind: LaunchKind
    task_definition: Maybe[str]
    subnets: Listing[str]
    groups: Listing[str]
    public_ip: Maybe[bool]
    platform_version: Maybe[str] = "LATEST"
    fargate: Maybe[bool] = True
    cluster: Maybe[str] = ""
    exec_enabled: Maybe[bool] = False
    desired_count: Maybe[int] = 1
    region: Maybe[str] = ""
    account: Maybe[str] = ""
    #: Roles that replace the task definition's ("" for none).
    execution_role_override: Maybe[str] = ""
    task_role_override: Maybe[str] = ""
