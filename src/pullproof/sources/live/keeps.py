"""What of an answer is kept, in the shape of the snapshot's files."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pullproof.model.redact import redacted
from pullproof.sources.live.values import Answer, Keep

#: Parameters that say where a thing is, and belong to what is kept of it.
Asked = Mapping[str, Any]


#: What of a service says how its tasks failed; wanted for that question only, since it changes by itself.
SAID = ("events", "deployments")
#: Fields in which ECS quotes errors, which may hold the pre-signed link of an image's layer.
QUOTES = frozenset(("stoppedReason", "reason", "message", "rolloutStateReason"))


def harmless(keep: Keep) -> Keep:
    """The same, without credentials in what ECS quotes."""
    return lambda asked, answer: [_harmless(item) for item in keep(asked, answer)]


def _harmless(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: redacted(item) if name in QUOTES and isinstance(item, str) else _harmless(item)
            for name, item in value.items()
        }
    return [_harmless(item) for item in value] if isinstance(value, list) else value


def items(key: str) -> Keep:
    """Each item of a list."""
    return lambda _asked, answer: answer.get(key) or ()


def only(key: str) -> Keep:
    """The single thing that the call answers with."""
    return lambda _asked, answer: (answer[key],) if answer.get(key) else ()


def texts(key: str, name: str) -> Keep:
    """A list of texts, each as an item with one field."""
    return lambda _asked, answer: ({name: text} for text in answer.get(key) or ())


def with_asked(*names: str, keys: tuple[str, ...] = ()) -> Keep:
    """The answer (or some keys of it) as one item, with parameters that were asked with."""

    def keep(asked: Asked, answer: Answer) -> Iterable[Any]:
        held = {key: answer[key] for key in keys or answer if key in answer}
        return ({name: asked[name] for name in names if name in asked} | held,)

    return keep


def without(**fields: str) -> Callable[[Asked], Any]:
    """The item that says that there is none: fields named from parameters; "" is null."""
    return lambda asked: {field: asked.get(name) if name else None for field, name in fields.items()}


def log_group(asked: Asked, answer: Answer) -> Iterable[Any]:
    """The group of exactly the name that was asked for; a call asks for all that begin so, in order of names.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
    """
    return [
        group
        for group in answer.get("logGroups") or ()
        if group.get("logGroupName") == asked["logGroupNamePrefix"]
    ]


def services(_asked: Asked, answer: Answer) -> Iterable[Any]:
    """Services that are there: a deleted one is answered for a while."""
    return [service for service in answer.get("services") or () if service.get("status") != "INACTIVE"]


def clusters(_asked: Asked, answer: Answer) -> Iterable[Any]:
    """Clusters that are there."""
    return [cluster for cluster in answer.get("clusters") or () if cluster.get("status") != "INACTIVE"]


def attributes(asked: Asked, answer: Answer) -> Iterable[Any]:
    """One attribute of a VPC."""
    names = ("EnableDnsSupport", "EnableDnsHostnames")
    return ({"VpcId": asked["VpcId"]} | {name: answer[name] for name in names if name in answer},)


def entries(asked: Asked, answer: Answer) -> Iterable[Any]:
    """The entries of a prefix list."""
    return ({"PrefixListId": asked["PrefixListId"], "Entries": answer.get("Entries") or []},)


def mount_groups(asked: Asked, answer: Answer) -> Iterable[Any]:
    """The security groups of a mount target."""
    return ({"MountTargetId": asked["MountTargetId"], "SecurityGroups": answer.get("SecurityGroups") or []},)


def role_policy_names(asked: Asked, answer: Answer) -> Iterable[Any]:
    """The names of a role's inline policies; what they say comes with other calls."""
    named = [{"PolicyName": name} for name in answer.get("PolicyNames") or ()]
    return ({"RoleName": asked["RoleName"], "RolePolicyList": named},)


def role_policy(_asked: Asked, answer: Answer) -> Iterable[Any]:
    """An inline policy of a role."""
    policy = {"PolicyName": answer["PolicyName"], "PolicyDocument": answer["PolicyDocument"]}
    return ({"RoleName": answer["RoleName"], "RolePolicyList": [policy]},)


def attached(asked: Asked, answer: Answer) -> Iterable[Any]:
    """The managed policies of a role."""
    held = answer.get("AttachedPolicies") or []
    return ({"RoleName": asked["RoleName"], "AttachedManagedPolicies": held},)


def version(asked: Asked, answer: Answer) -> Iterable[Any]:
    """What a managed policy says."""
    return ({"Arn": asked["PolicyArn"], "PolicyVersionList": [answer["PolicyVersion"]]},)


def location(asked: Asked, answer: Answer) -> Iterable[Any]:
    """Where a bucket is: nothing is us-east-1, and "EU" was eu-west-1 once.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
    """
    told = answer.get("LocationConstraint") or "us-east-1"
    return ({"Name": asked["Bucket"], "BucketRegion": "eu-west-1" if told == "EU" else told},)


def targets(asked: Asked, answer: Answer) -> Iterable[Any]:
    """The targets of a rule that run tasks."""
    held = [target for target in answer.get("Targets") or () if target.get("EcsParameters")]
    return ({"Rule": asked["Rule"], "EventBusName": asked.get("EventBusName", "default"), "Targets": held},)


#: Log drivers whose options hold no secret but for those of such names.
PLAIN_DRIVERS = ("awslogs", "splunk", "json-file", "none")
SECRET_OPTION = re.compile(r"token|key|password|secret|credential|auth", re.IGNORECASE)
NOT_KEPT = "(not kept)"


def task_definition(_asked: Asked, answer: Answer) -> Iterable[Any]:
    """A task definition without the options of log drivers that may hold a secret."""
    definition = answer.get("taskDefinition")
    if not definition:
        return ()
    for container in definition.get("containerDefinitions") or ():
        log = container.get("logConfiguration") or {}
        for name in log.get("options") or ():
            if log.get("logDriver") not in PLAIN_DRIVERS or SECRET_OPTION.search(name):
                log["options"][name] = NOT_KEPT
    return (definition,)
