"""The closed lists: steps in launch order, blocker codes, warning codes.

Words of the contract: a code is added, never renamed. Each has a page in `docs/`.
"""

import msgspec

#: In launch order.
STEPS = (
    "role",
    "registry-credentials",
    "secrets",
    "parameters",
    "ecr-login",
    "image-manifest",
    "image-layers",
    "env-files",
    "logs",
    "efs",
    "exec",
)


class Code(msgspec.Struct, frozen=True):
    """A code and what it says in a few words."""

    code: str
    title: str


BLOCKERS = (
    Code("endpoint-missing", "no VPC endpoint for this AWS service, and no other way out"),
    Code("no-route", "no way to a host outside AWS's endpoint services"),
    Code("blackhole-route", "the route that matches points at something that is gone"),
    Code("no-public-ip", "the way out is an internet gateway, and the task has no public IP"),
    Code("nat-not-public", "the NAT gateway's own subnet has no way to the internet"),
    Code("gateway-not-associated", "the S3 gateway endpoint is not on this subnet's route table"),
    Code("private-dns-off", "the service's name does not resolve to the endpoint"),
    Code("dns-support-off", "the VPC attribute enableDnsSupport is off"),
    Code("dns-hostnames-off", "the VPC attribute enableDnsHostnames is off"),
    Code("dns-no-record", "a private hosted zone hides the name and has no record for it"),
    Code("sg-egress", "the task's security groups do not let it out to this destination"),
    Code("sg-ingress", "the destination's security groups do not let the task in"),
    Code("nacl-egress", "a network ACL drops the request as it leaves a subnet"),
    Code("nacl-ingress", "a network ACL drops the request as it enters a subnet"),
    Code("nacl-return", "a network ACL drops the reply"),
    Code("endpoint-policy", "the endpoint's policy refuses the call"),
    Code("public-access-blocked", "VPC Block Public Access stops the internet path"),
    Code("role-missing", "no execution role where one is needed"),
    Code("role-trust", "the role does not trust ecs-tasks.amazonaws.com"),
    Code("iam-missing-action", "no statement allows the action on that resource"),
    Code("iam-denied", "a statement denies the action on that resource"),
    Code("resource-policy", "the policy of the resource refuses it"),
    Code("no-mount-target", "EFS has no mount target that the task can use from its zone"),
    Code("public-registry-unreachable", "the image is in a public registry that cannot be reached"),
    Code("platform-unsupported", "the platform version has no such feature"),
)

WARNINGS = (
    Code("platform-retired", "the platform version is retired"),
    Code("log-group-missing", "the log group is not part of the input and is not created at start"),
    Code("pull-through-first-pull", "the first pull through the cache may need the internet"),
    Code("exec-unreachable", "ECS Exec will not work; the task starts"),
    Code("s3-interface-endpoint", "layers through an S3 interface endpoint: AWS's pages disagree"),
    Code("new-region-endpoints", "AWS lists ecs endpoints for this region; their need is disputed"),
    Code("foreign-layers", "Windows base layers may come from Microsoft's registry"),
    Code("ephemeral-range", "the network ACL admits replies to only part of the ephemeral ports"),
    Code("no-desired-tasks", "the service runs no task: its desired count is 0"),
    Code("dual-stack-registry", "the registry's dual-stack name; login still uses IPv4"),
    Code("guardduty-endpoint-policy", "GuardDuty's side-car image may be refused by a policy"),
    Code("logs-not-written", "the task starts, and what it logs is lost"),
    Code("efs-read-only", "the file system is mounted, and the task may only read it"),
    Code("missing-resource", "something the task needs must exist and is not part of the input"),
)

BLOCKER_CODES = frozenset(row.code for row in BLOCKERS)
WARNING_CODES = frozenset(row.code for row in WARNINGS)
