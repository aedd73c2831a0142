"""What task definitions name: images, secrets, parameters, roles, log groups, buckets, file systems.

Only to ask about it: what a task needs is judged elsewhere, from the answers.
"""

import re
from collections.abc import Iterator

from pullproof.sources.live.feeds import account_of, found, region_of
from pullproof.sources.live.values import Got, Seen, Wanted

#: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
IMAGE = re.compile(
    r"(?:https?://)?(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.[a-z.]+/"
    r"(?P<name>[a-z0-9][a-z0-9._/-]*)"
)
#: Where `valueFrom` stands: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
VALUES = (
    "containerDefinitions[].secrets[].valueFrom",
    "containerDefinitions[].logConfiguration.secretOptions[].valueFrom",
)
#: A secret read through Parameter Store:
#: https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
THROUGH = "aws/reference/secretsmanager/"


def clusters_of(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The cluster that was asked for by its name."""
    if got.item["cluster"]:
        yield Wanted(got.item["cluster"])


def every_cluster(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """All clusters, where none was asked for."""
    if not got.item["cluster"]:
        yield Wanted()


def service_asked(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The service that was asked for by its name."""
    if got.item["service"]:
        yield Wanted(got.item["service"], "", (("cluster", got.item["cluster"]),))


def task_asked(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The task that was asked for by its id."""
    if got.item["task"]:
        yield Wanted(got.item["task"], "", (("cluster", got.item["cluster"]),))


def stopped(got: Got, seen: Seen) -> Iterator[Wanted]:
    """A cluster whose stopped tasks are wanted: those of the service, if one was asked for."""
    start = next(iter(seen.of("start"))).item
    if not start["task"]:
        named = (("serviceName", start["service"]),) if start["service"] else ()
        yield Wanted(got.item["clusterArn"], "", named)


def service_of_task(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The service that started a task."""
    group = got.item.get("group", "")
    if group.startswith("service:"):
        yield Wanted(group.removeprefix("service:"), "", (("cluster", got.item["clusterArn"]),))


def subnet_of_task(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The subnet that a task was placed in."""
    for detail in found(got.item, "attachments[].details[]"):
        if detail.get("name") == "subnetId" and detail.get("value"):
            yield Wanted(detail["value"])


def placed_asked(key: str) -> "PlacedAsked":
    """Subnets or groups that the command line names."""
    return PlacedAsked(key)


class PlacedAsked:
    """The values of an option of the command line."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, got: Got, _seen: Seen) -> Iterator[Wanted]:
        """Each value."""
        for text in got.item[self.key]:
            yield Wanted(text)


def buses(got: Got, seen: Seen) -> Iterator[Wanted]:
    """A cluster on every event bus of its region."""
    arn = got.item["clusterArn"]
    yield Wanted(arn, "", ())
    for bus in seen.of("event-buses"):
        if bus.region == got.region and bus.item.get("Name") not in (None, "default"):
            yield Wanted(arn, "", (("EventBusName", bus.item["Name"]),))


def schedules(got: Got, seen: Seen) -> Iterator[Wanted]:
    """A schedule whose target is one of the clusters."""
    target = next(found(got.item, "Target.Arn"), "")
    if any(target == cluster.item["clusterArn"] for cluster in seen.of("clusters")):
        yield Wanted(got.item["Name"], "", (("GroupName", got.item.get("GroupName", "default")),))


def roles(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The names of the roles of a task definition, which are of its own account."""
    home = account_of(got.item.get("taskDefinitionArn", ""))
    for path in ("executionRoleArn", "taskRoleArn", "roles[]"):
        for arn in found(got.item, path):
            if account_of(arn) in ("", home):
                yield Wanted(arn.rpartition("/")[2])


def repositories(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The repositories of a task definition's images, each in its registry."""
    for image in found(got.item, "containerDefinitions[].image"):
        if match := IMAGE.match(image):
            yield Wanted(match["name"], match["region"], (("registryId", match["account"]),))


def caches(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The regions whose registries the images come from."""
    for image in found(got.item, "containerDefinitions[].image"):
        if match := IMAGE.match(image):
            yield Wanted("", match["region"])


def secrets(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The secrets that a task definition names, without the key and version asked for."""
    credentials = "containerDefinitions[].repositoryCredentials.credentialsParameter"
    for path in (*VALUES, credentials):
        for text in found(got.item, path):
            if text.startswith("arn:") and ":secretsmanager:" in text:
                yield Wanted(":".join(text.split(":")[:7]), region_of(text))
            elif path == credentials:
                yield Wanted(text)
            elif THROUGH in text:
                yield Wanted(text.partition(THROUGH)[2], region_of(text))


def parameters(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The names of the parameters of a task definition."""
    home = account_of(got.item.get("taskDefinitionArn", ""))
    for path in VALUES:
        for text in found(got.item, path):
            if ":secretsmanager:" in text or THROUGH in text:
                continue
            if not text.startswith("arn:"):
                yield Wanted(text)
            elif account_of(text) == home:
                name = text.partition(":parameter")[2]
                yield Wanted(name, region_of(text))
                # An ARN does not tell whether a name of one part began with a slash.
                if name.count("/") == 1:
                    yield Wanted(name[1:], region_of(text))


def keys_of_parameters(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The key of a SecureString, unless it is AWS's own."""
    key = got.item.get("KeyId", "")
    if got.item.get("Type") == "SecureString" and key and not key.startswith("alias/aws/"):
        yield Wanted(key, region_of(key))


def own_keys(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """Keys that AWS does not keep itself, which have a policy of their own."""
    if got.item.get("KeyManager") != "AWS":
        yield Wanted(got.item["KeyId"])


def log_groups(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The log groups of the awslogs driver, in the regions that its options name."""
    for log in found(got.item, "containerDefinitions[].logConfiguration"):
        options = log.get("options") or {}
        if log.get("logDriver") == "awslogs" and options.get("awslogs-group"):
            yield Wanted(options["awslogs-group"], options.get("awslogs-region", ""))


def buckets(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """The buckets of environment files."""
    for arn in found(got.item, "containerDefinitions[].environmentFiles[].value"):
        if bucket := arn.partition(":::")[2].partition("/")[0]:
            yield Wanted(bucket)
