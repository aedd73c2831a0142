"""A row of the error catalogue, and what all rows of a kind share."""

import enum

import msgspec


class Nature(enum.Enum):
    """What kind of trouble a message tells of."""

    NETWORK = "a connection that did not come about"
    NAMES = "a name that did not resolve"
    ACCESS = "a permission that is missing"
    TASK = "not the network: the task definition or the image"
    CAPACITY = "not the network: capacity, quota or a passing fault of AWS"
    STARTED = "not the network: the task had started"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One message that Fargate writes, and what leads to it.

    `patterns` are regular expressions; all of them must be found, whatever the case. `step` is the
    launch step ("" when it is none of them), `also` steps that may fail with the same words, `era` the
    platform versions and years of the wording, `causes` codes of blockers and warnings, the likeliest
    first, `others` causes that are no finding of ours, `doc` AWS's page.
    """

    id: str
    step: str
    title: str
    nature: Nature
    patterns: tuple[str, ...]
    era: str
    also: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    doc: str


ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
ERR_RESOURCE = f"{ECS}/resource-initialization-error.html"
ERR_PULL = f"{ECS}/task_cannot_pull_image.html"
ERR_NOT_FOUND = f"{ECS}/resource-not-found-error.html"
ERR_START = f"{ECS}/failed-to-start-error.html"
EVENTS = f"{ECS}/service-event-messages-list.html"
STOPPED = f"{ECS}/stopped-task-error-codes.html"
STORAGE = f"{ECS}/fargate-task-storage.html"

ANY = "any platform version"
NEW = "platform version 1.4.0, wording since 2024"
OLD = "platform version 1.4.0, wording of 2020 to 2024"
FIRST = "platform version 1.4.0, wording of 2020"
DOCKER = "platform version 1.3.0 and earlier"
CURRENT = "platform version 1.4.0"

#: What AWS's own list calls the marks of a network fault, with the words of both SDKs.
NETWORK_MARK = (
    r"dial (tcp|udp)|i/o timeout|TLS handshake timeout|connection timed out|Client\.Timeout exceeded"
    r"|request canceled|RequestCanceled|signal: killed|context (deadline exceeded|cancell?ed)"
    r"|connection (refused|reset)|connection issue between|no such host|no route to host"
)
DENIED_MARK = r"AccessDenied|not authorized to perform|403 Forbidden|StatusCode: 403"

#: What keeps a request from a service that has interface endpoints, the likeliest first.
INTERFACE_CAUSES = (
    "endpoint-missing",
    "no-public-ip",
    "sg-ingress",
    "sg-egress",
    "private-dns-off",
    "dns-support-off",
    "dns-hostnames-off",
    "dns-no-record",
    "blackhole-route",
    "no-route",
    "nat-not-public",
    "nacl-egress",
    "nacl-ingress",
    "nacl-return",
    "public-access-blocked",
)
ACCESS_CAUSES = ("iam-missing-action", "iam-denied", "endpoint-policy", "resource-policy")
CUSTOM_DNS = "the VPC's DHCP options name a DNS server that does not forward AWS names to the VPC's resolver"
