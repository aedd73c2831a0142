"""GuardDuty's side-car: a container that nobody wrote, whose image comes from a registry of AWS's."""

from collections.abc import Iterator

from pullproof.launch.platform import ONE_INTERFACE
from pullproof.launch.requirement import Connect, Notice, Requirement, Rule
from pullproof.launch.task import Task, vpc_of
from pullproof.model.services import endpoint_suffix, host_of
from pullproof.model.text import anything
from pullproof.model.value import Unknown

SIDE_CAR = Rule(
    id="guardduty-image",
    step="image-manifest",
    title="fetch the image of GuardDuty's side-car",
    because="Runtime Monitoring adds a container to each task and pulls its image with the task's execution"
    " role, from an account of GuardDuty's; the task runs without it, unwatched",
    symptom="GuardDuty shows the task's coverage as unhealthy",
    doc="https://docs.aws.amazon.com/guardduty/latest/ug/prereq-runtime-monitoring-ecs-support.html",
    checked_on="2026-11-23",
    after=("ecr-login",),
)

ROWS = (SIDE_CAR,)

#: The same in every region; the account is not.
REPOSITORY = "aws-guardduty-agent-fargate"


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """The image, where the VPC has GuardDuty's endpoint: the only sign of it that an input shows."""
    if task.platform.windows or not task.platform.has(ONE_INTERFACE) or not _is_watched(task):
        return
    home = task.home
    account = anything("GuardDuty's account")
    arn = f"arn:{home.partition}:ecr:{home.region}:{account}:repository/{REPOSITORY}"
    yield Requirement(
        rule=SIDE_CAR,
        subject=f"image {REPOSITORY}",
        needs=(
            Connect(host=host_of("ecr.dkr", home.region, home.partition, account)),
            *task.by_execution_role("ecr:BatchGetImage", arn, owner_kind="repositories"),
            *task.by_execution_role("ecr:GetDownloadUrlForLayer", arn, owner_kind="repositories"),
        ),
        only_warns="guardduty-endpoint-policy",
    )


def _is_watched(task: Task) -> bool:
    vpc = vpc_of(task.stores.estate, task.launch)
    if vpc is None:
        return False
    for endpoint in task.stores.estate.endpoints_of(vpc).items:
        service = None if isinstance(endpoint.service, Unknown) else endpoint_suffix(endpoint.service)
        if service is not None and service[0] == "guardduty-data":
            return True
    return False
