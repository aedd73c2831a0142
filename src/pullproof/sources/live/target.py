"""What `aws://...` asks about."""

import re

import msgspec

from pullproof.errors import UsageError

SCHEME = "aws://"
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
#: The id of a task, as AWS makes them now and as it made them once.
TASK = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ARN = re.compile(
    r"arn:[a-z-]+:ecs:(?P<region>[a-z0-9-]+):\d{12}:(?P<kind>cluster|service|task)/(?P<name>[A-Za-z0-9_/-]+)"
)
REMEDY = "aws://CLUSTER, aws://CLUSTER/SERVICE, or aws:// for all clusters of the region"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster ("" for all), and a service or a task of it ("" for all)."""

    text: str
    cluster: str = ""
    service: str = ""
    task: str = ""
    region: str = ""


def is_live(text: str) -> bool:
    """Whether an input is an account, not a file."""
    return text.startswith(SCHEME)


def target_of(text: str) -> Target:
    """What an address asks about: names, or ARNs as AWS prints them.

    Raises:
        UsageError: it is no such address.
    """
    rest = text.removeprefix(SCHEME).strip("/")
    if (arn := ARN.fullmatch(rest)) is not None:
        region, names = arn["region"], arn["name"].split("/")
        if arn["kind"] != "cluster" and len(names) == 1:
            raise UsageError(
                "this ARN is of the old form, which does not name the cluster", place=text, remedy=REMEDY
            )
    else:
        region, names = "", rest.split("/") if rest else []
    if len(names) > 2 or not all(NAME.fullmatch(name) for name in names):
        raise UsageError("this is no address of a cluster or service", place=text, remedy=REMEDY)
    cluster, part = (*names, "", "")[:2]
    task = part if TASK.fullmatch(part) else ""
    return Target(text=text, cluster=cluster, service="" if task else part, task=task, region=region)
