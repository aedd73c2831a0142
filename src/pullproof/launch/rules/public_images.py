"""Images outside of Amazon ECR's private registries: no endpoint helps, the task needs the internet."""

from collections.abc import Iterator

from pullproof.launch.images import DOCKER_HUB_LOGIN, Registry
from pullproof.launch.requirement import Connect, Notice, Requirement, Rule, Unsettled
from pullproof.launch.task import Task
from pullproof.model.value import Unknown

IMAGE = Rule(
    id="public-image",
    step="image-manifest",
    title="fetch the image from a registry on the internet",
    because="Fargate pulls through the task's own interface, and has no setting for an HTTP proxy",
    symptom="CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref"
    ' ...: failed to do request: Head "https://registry-1.docker.io/v2/...": dial tcp ...:443: i/o timeout',
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html",
    checked_on="2026-11-23",
)
ECR_PUBLIC = Rule(
    id="ecr-public-image",
    step="image-manifest",
    title="fetch the image from Amazon ECR Public",
    because="public.ecr.aws is served from the internet: the VPC endpoint for ECR Public is for its API, in"
    " us-east-1, and carries no pull",
    symptom="CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref"
    ' public.ecr.aws/...: failed to do request: Head "https://public.ecr.aws/v2/...": dial tcp ...:443: i/o'
    " timeout",
    doc="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    checked_on="2026-11-23",
)
UNREAD = Rule(
    id="image",
    step="image-manifest",
    title="fetch the image",
    because="which registry serves the image decides what the task must reach",
    symptom="CannotPullContainerError",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
    checked_on="2026-11-23",
)

ROWS = (IMAGE, ECR_PUBLIC, UNREAD)


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """One connection for every registry on the internet; and the images that cannot be read."""
    for pull in task.pulls:
        image = pull.image
        if isinstance(image, Unknown):
            # Of an inferred container nothing is said beside what references show.
            if not pull.container.inferred:
                yield Requirement(rule=UNREAD, subject="image", needs=(Unsettled(unknown=image),))
        elif image.registry is Registry.DOCKER_HUB:
            # A token is asked for even where no credentials are given.
            hosts = (image.host, DOCKER_HUB_LOGIN)
            needs = tuple(Connect(host=host, public_registry=True) for host in hosts)
            yield Requirement(rule=IMAGE, subject=image.title, needs=needs)
        elif image.registry is not Registry.ECR:
            rule = ECR_PUBLIC if image.registry is Registry.ECR_PUBLIC else IMAGE
            connect = Connect(host=image.host, port=image.port, public_registry=True)
            yield Requirement(rule=rule, subject=image.title, needs=(connect,))
