"""Images in Amazon ECR: login, manifest, layers, and the pull-through cache."""

from collections.abc import Iterator

from pullproof.launch.images import Image, Registry
from pullproof.launch.pulls import Pull
from pullproof.launch.requirement import Allow, Connect, Notice, Requirement, Rule
from pullproof.launch.task import Task
from pullproof.model.services import host_of
from pullproof.model.stores import PullThroughRule
from pullproof.model.text import Text, anything, shown
from pullproof.model.value import Unknown, Why

LOGIN = Rule(
    id="ecr-login",
    step="ecr-login",
    title="get a login token from ECR",
    because="ECR lets nobody fetch an image without a token, which its API hands out",
    symptom="ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull"
    " registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR",
    doc="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    checked_on="2026-11-23",
    after=("execution-role",),
)
MANIFEST = Rule(
    id="ecr-manifest",
    step="image-manifest",
    title="fetch the image's manifest from the ECR registry",
    because="the manifest names the layers; the registry is another host than the API that hands out tokens",
    symptom="CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref",
    doc="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    checked_on="2026-11-23",
    after=("ecr-login",),
)
IMPORT = Rule(
    id="pull-through-import",
    step="image-manifest",
    title="let ECR import the image from the upstream registry",
    because="an image that the pull-through cache does not hold yet is imported on the caller's behalf",
    symptom="CannotPullContainerError: ... repository does not exist or may require authorization",
    doc="https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html",
    checked_on="2026-11-23",
    after=("ecr-login",),
)
LAYERS = Rule(
    id="ecr-layers",
    step="image-layers",
    title="fetch the image's layers from S3",
    because="ECR answers a request for a layer with a link to a bucket of its own, signed by an account of"
    " AWS's: the task fetches the layer from S3, and its role has no part in that",
    symptom="CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker:"
    " failed open: failed to do request: Get ...: dial tcp ...:443: i/o timeout",
    doc="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    checked_on="2026-11-23",
    after=("ecr-manifest",),
)

ROWS = (LOGIN, MANIFEST, IMPORT, LAYERS)


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """What the images in ECR need; a login for each region, a manifest for each repository."""
    pulls = [
        (pull, pull.image)
        for pull in task.pulls
        if isinstance(pull.image, Image) and pull.image.registry is Registry.ECR
    ]
    for _, image in pulls:
        yield from _logins(task, image)
    for pull, image in pulls:
        yield from _manifest(task, pull, image)
    for _, image in pulls:
        yield _layers(task, image)
    for _, image in pulls:
        yield from _notices(task, image)


def _logins(task: Task, image: Image) -> Iterator[Requirement]:
    """The login; for an image of another region AWS does not say which region's API is asked, so both are."""
    here, there = task.home.region, image.region
    if here == there:
        yield _login(task, here, "", task.platform.unknown)
        return
    perhaps = Unknown(
        Why.NOT_MODELLED,
        f"which region's ECR API hands out the token for {image.title}",
        task.definition.key,
        f"AWS does not document whether {shown(here)} or {shown(there)} is asked:"
        " let the task reach both, or copy the image to its own region",
    )
    yield _login(task, here, f" in {shown(here)}", perhaps)
    yield _login(task, there, f" in {shown(there)}", perhaps)


def _login(task: Task, region: Text, where: str, perhaps: Unknown | None) -> Requirement:
    return Requirement(
        rule=LOGIN,
        subject=f"login to ECR{where}",
        needs=(
            Connect(
                host=host_of("ecr.api", region, task.home.partition),
                fargate_interface=task.platform.outside,
            ),
            # It cannot be limited to a repository:
            # https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
            *task.by_execution_role("ecr:GetAuthorizationToken", "*"),
        ),
        perhaps=perhaps,
    )


def _manifest(task: Task, pull: Pull, image: Image) -> Iterator[Requirement]:
    """The manifest: the two actions of AWS's own pull-only policy, on the repository."""
    rule = _pull_through(task, image)
    yield Requirement(
        rule=MANIFEST,
        subject=image.title,
        needs=(
            Connect(host=image.host),
            *_call(task, pull, "ecr:BatchGetImage"),
            *_call(task, pull, "ecr:GetDownloadUrlForLayer"),
            *task.untold("Repository", pull.repository),
        ),
        if_endpoint=_first_pull(rule, image) if rule else None,
    )
    if rule is None:
        return
    actions = ["ecr:BatchImportUpstreamImage", *([] if pull.repository else ["ecr:CreateRepository"])]
    if calls := tuple(call for action in actions for call in _call(task, pull, action)):
        yield Requirement(
            rule=IMPORT,
            subject=image.title,
            needs=calls,
            perhaps=Unknown(
                Why.NOT_IN_INPUT,
                f"whether the pull-through cache holds {image.title} already",
                rule.key,
                "allow the execution role ecr:BatchImportUpstreamImage and ecr:CreateRepository,"
                " or pull the image once by other means",
            ),
        )


def _call(task: Task, pull: Pull, action: str) -> tuple[Allow, ...]:
    owner = pull.repository.key if pull.repository else ""
    return task.by_execution_role(action, pull.arn, owner=owner, owner_kind="repositories")


def _layers(task: Task, image: Image) -> Requirement:
    """The layers, from the bucket of the repository's region.

    The link is signed by an account of AWS's, so that only an endpoint's policy is ours to get wrong:
    https://github.com/aws-samples/data-perimeter-policy-examples/blob/main/service_owned_resources.md
    """
    bucket = f"prod-{image.region}-starport-layer-bucket"
    partition = image.partition or task.home.partition
    return Requirement(
        rule=LAYERS,
        subject=f"layers from ECR in {shown(image.region)}",
        needs=(
            Connect(host=host_of("s3", image.region, partition, bucket)),
            Allow(
                caller="aws",
                role="",
                action="s3:GetObject",
                resource=f"arn:{partition}:s3:::{bucket}/{anything('layer')}",
            ),
        ),
        if_endpoint=Notice(
            code="s3-interface-endpoint",
            resource="",
            message="the layers come through an S3 interface endpoint: ECR's page asks Fargate for a gateway"
            " endpoint and accepts an interface endpoint elsewhere; names and packets do get through",
        ),
    )


def _pull_through(task: Task, image: Image) -> PullThroughRule | None:
    """The cache rule that an image of the task's own registry falls under, certainly or perhaps."""
    if (image.account, image.region) != (task.home.account, task.home.region):
        return None
    for rule in task.stores.pull_through_rules:
        # The prefix ROOT stands for every repository that no other rule covers.
        if isinstance(rule.prefix, Unknown) or rule.prefix == "ROOT":
            return rule
        if image.name.startswith(f"{rule.prefix}/"):
            return rule
    return None


def _first_pull(rule: PullThroughRule, image: Image) -> Notice:
    return Notice(
        code="pull-through-first-pull",
        resource=rule.key,
        message=f"the first pull of {image.title} through the cache may need a way to the internet beside the"
        " endpoint: one page of AWS's says it does, another that it may; later pulls do not",
    )


def _notices(task: Task, image: Image) -> Iterator[Notice]:
    key = task.definition.key
    if image.dual_stack:
        yield Notice(
            code="dual-stack-registry",
            resource=key,
            message=f"{image.title} is named by ECR's dual-stack name; Fargate still logs in at the API's"
            " IPv4 name, and AWS's pages disagree on whether endpoints answer for the dual-stack one",
        )
    if task.platform.windows:
        yield Notice(
            code="foreign-layers",
            resource=key,
            message=f"base layers of {image.title} may have to come from Microsoft's registry, which no"
            " endpoint serves, unless the image was pushed with --allow-nondistributable-artifacts",
        )
