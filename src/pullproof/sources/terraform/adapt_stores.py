"""What a task reads while it starts: repositories, secrets, parameters, keys, logs, buckets, files."""

from pullproof.model.iam import Policy
from pullproof.model.stores import (
    AccessPoint,
    Bucket,
    FileSystem,
    Key,
    LogGroup,
    MountTarget,
    Parameter,
    PullThroughRule,
    RegistryPolicy,
    Repository,
    Secret,
)
from pullproof.model.text import Text
from pullproof.model.value import Maybe, Unknown, Why
from pullproof.sources.terraform.adapt_gateways import default_groups
from pullproof.sources.terraform.policy_document import policy_at
from pullproof.sources.terraform.tree import Resource
from pullproof.sources.terraform.world import World, at, given, is_left_out, written


class Attached:
    """Resource policies that are resources of their own, by what they are attached to."""

    def __init__(self, world: World, kind: str, argument: str, policy: str = "policy") -> None:
        self._held: dict[str, Maybe[Policy]] = {}
        self._stray: Unknown | None = None
        for resource in world.of(kind):
            owner = owner_key(world, resource, argument)
            read = policy_at(world, resource.values.get(policy), resource, policy)
            if isinstance(owner, Unknown):
                self._stray = owner
            else:
                self._held[owner] = read

    def to(self, key: str) -> Maybe[Policy] | None:
        """The policy of one thing; None when it certainly has none."""
        return self._held.get(key, self._stray)


def owner_key(world: World, resource: Resource, argument: str) -> Maybe[str]:
    """What an argument means, be it an id, an ARN or a name."""
    value = resource.values.get(argument)
    if isinstance(value, str) and value:
        text = world.spelt(value)
        if text in world.ids:
            return world.ids[text]
        return world.names.get((resource.type.rpartition("_")[0], text), world.key(value, resource, argument))
    return world.key(value, resource, argument)


def adapt_stores(world: World) -> None:
    """Fill in everything a task reads while it starts."""
    _name(world)
    _repositories(world)
    _keys(world)
    _secrets(world)
    _logs(world)
    _buckets(world)
    _files(world)


#: Types whose names lead to them, the attribute, and the types that call them by name.
NAMED = (
    ("aws_ecr_repository", "name", "aws_ecr_repository"),
    ("aws_s3_bucket", "bucket", "aws_s3_bucket"),
    ("aws_kms_key", "key_id", "aws_kms_key"),
    ("aws_secretsmanager_secret", "arn", "aws_secretsmanager_secret"),
    ("aws_efs_file_system", "id", "aws_efs_file_system"),
)


def _name(world: World) -> None:
    for kind, attribute, used_by in NAMED:
        for resource in world.of(kind):
            world.names.setdefault((used_by, world.own_text(resource, attribute)), resource.address)
            world.ids.setdefault(world.own_text(resource, "arn"), resource.address)


def _repositories(world: World) -> None:
    policies = Attached(world, "aws_ecr_repository_policy", "repository")
    for resource in world.of("aws_ecr_repository", "data.aws_ecr_repository"):
        if (
            resource.data
            and world.ids.get(world.own_text(resource, "arn"), resource.address) != resource.address
        ):
            continue
        world.estate.repositories[resource.address] = Repository(
            key=resource.address,
            origin=at(resource),
            name=world.own_text(resource, "name"),
            arn=world.own_text(resource, "arn"),
            url=world.own_text(resource, "repository_url"),
            policy=_elsewhere(resource) if resource.data else policies.to(resource.address),
        )
    for resource in world.of("aws_ecr_registry_policy"):
        world.estate.registry_policies[resource.address] = RegistryPolicy(
            key=resource.address,
            origin=at(resource),
            policy=policy_at(world, resource.values.get("policy"), resource, "policy"),
        )
    for resource in world.of("aws_ecr_pull_through_cache_rule", "data.aws_ecr_pull_through_cache_rule"):
        world.estate.pull_through_rules[resource.address] = PullThroughRule(
            key=resource.address,
            origin=at(resource),
            prefix=world.text(
                resource.values.get("ecr_repository_prefix"), resource, "ecr_repository_prefix"
            ),
            upstream=world.text(
                resource.values.get("upstream_registry_url"), resource, "upstream_registry_url"
            ),
        )


def _keys(world: World) -> None:
    policies = Attached(world, "aws_kms_key_policy", "key_id")
    aliases: dict[str, list[Text]] = {}
    for resource in world.of("aws_kms_alias", "data.aws_kms_alias"):
        for name in ("target_key_id", "target_key_arn"):
            value = written(resource, name)
            if isinstance(value, str) and value:
                text = world.spelt(value)
                owner = world.ids.get(text, world.names.get(("aws_kms_key", text), ""))
                if owner:
                    aliases.setdefault(owner, []).append(world.own_text(resource, "name"))
                    world.ids.setdefault(world.own_text(resource, "arn"), owner)
                    break
    for resource in world.of("aws_kms_key", "data.aws_kms_key", "aws_kms_replica_key"):
        key = resource.address
        if resource.data and world.ids.get(world.own_text(resource, "arn"), key) != key:
            continue
        own = resource.values.get("policy")
        policy: Maybe[Policy] | None = policies.to(key)
        if policy is None and given(own) and not is_left_out(resource, "policy", own):
            policy = policy_at(world, own, resource, "policy")
        world.estate.keys[key] = Key(
            key=key,
            origin=at(resource),
            arn=world.own_text(resource, "arn"),
            id=world.own_text(resource, "key_id" if not resource.data else "id"),
            aliases=tuple(dict.fromkeys(aliases.get(key, ()))),
            policy=_elsewhere(resource) if resource.data else policy,
        )


def _secrets(world: World) -> None:
    policies = Attached(world, "aws_secretsmanager_secret_policy", "secret_arn")
    for resource in world.of("aws_secretsmanager_secret", "data.aws_secretsmanager_secret"):
        key = resource.address
        if resource.data and world.ids.get(world.own_text(resource, "arn"), key) != key:
            continue
        own = resource.values.get("policy")
        policy: Maybe[Policy] | None = policies.to(key)
        if policy is None and given(own) and not is_left_out(resource, "policy", own):
            policy = policy_at(world, own, resource, "policy")
        world.estate.secrets[key] = Secret(
            key=key,
            origin=at(resource),
            arn=world.own_text(resource, "arn"),
            name=world.own_text(resource, "name"),
            kms_key=_kms_key(world, resource, "kms_key_id"),
            # The data source shows the policy, in versions of the provider that know it.
            policy=_elsewhere(resource) if resource.data and "policy" not in resource.values else policy,
        )
    for resource in world.of("aws_ssm_parameter", "data.aws_ssm_parameter"):
        key = resource.address
        kind = world.word(resource, "type", default="String")
        world.estate.parameters[key] = Parameter(
            key=key,
            origin=at(resource),
            arn=world.own_text(resource, "arn"),
            name=world.own_text(resource, "name"),
            secure=kind if isinstance(kind, Unknown) else kind == "SecureString",
            kms_key=_kms_key(world, resource, "key_id"),
        )


def _kms_key(world: World, resource: Resource, name: str) -> Maybe[Text]:
    """The key's ARN, id or alias as written; "" for AWS's own."""
    value = written(resource, name)
    if value is None or value == "" or (isinstance(value, str) and value.startswith("alias/aws/")):
        return ""
    return world.text(value, resource, name)


def _logs(world: World) -> None:
    for resource in world.of("aws_cloudwatch_log_group", "data.aws_cloudwatch_log_group"):
        world.estate.log_groups[resource.address] = LogGroup(
            key=resource.address,
            origin=at(resource),
            name=world.own_text(resource, "name"),
            # Data sources of older providers show the ARN of the group's streams.
            arn=world.own_text(resource, "arn").removesuffix(":*"),
        )


def _buckets(world: World) -> None:
    policies = Attached(world, "aws_s3_bucket_policy", "bucket")
    for resource in world.of("aws_s3_bucket", "data.aws_s3_bucket"):
        key = resource.address
        if resource.data and world.ids.get(world.own_text(resource, "arn"), key) != key:
            continue
        world.estate.buckets[key] = Bucket(
            key=key,
            origin=at(resource),
            name=world.own_text(resource, "bucket"),
            arn=world.own_text(resource, "arn"),
            region=world.where.region_text(resource),
            policy=_elsewhere(resource) if resource.data else policies.to(key),
        )


def _files(world: World) -> None:
    policies = Attached(world, "aws_efs_file_system_policy", "file_system_id")
    for resource in world.of("aws_efs_file_system", "data.aws_efs_file_system"):
        key = resource.address
        if resource.data and world.same(resource) != key:
            continue
        world.estate.file_systems[key] = FileSystem(
            key=key,
            origin=at(resource),
            id=world.own_text(resource, "id"),
            arn=world.own_text(resource, "arn"),
            policy=_elsewhere(resource) if resource.data else policies.to(key),
        )
        if resource.data:
            world.estate.open["MountTarget"] = (
                *world.estate.open.get("MountTarget", ()),
                _mounted_elsewhere(resource),
            )
    for resource in world.of("aws_efs_mount_target", "data.aws_efs_mount_target"):
        world.estate.mount_targets[resource.address] = _mount_target(world, resource)
    for resource in world.of("aws_efs_access_point", "data.aws_efs_access_point"):
        world.estate.access_points[resource.address] = AccessPoint(
            key=resource.address,
            origin=at(resource),
            id=world.own_text(resource, "id"),
            arn=world.own_text(resource, "arn"),
            file_system=world.key(resource.values.get("file_system_id"), resource, "file_system_id"),
        )


def _mounted_elsewhere(resource: Resource) -> Unknown:
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the mount targets of {resource.address}",
        resource.address,
        f"{resource.address} is only looked up: add the configuration that creates its mount targets,"
        " or check the live account",
    )


def _mount_target(world: World, resource: Resource) -> MountTarget:
    subnet = world.key(resource.values.get("subnet_id"), resource, "subnet_id")
    groups = world.keys(written(resource, "security_groups"), resource, "security_groups")
    address = written(resource, "ip_address")
    return MountTarget(
        key=resource.address,
        origin=at(resource),
        file_system=world.key(resource.values.get("file_system_id"), resource, "file_system_id"),
        subnet=subnet,
        # https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html#efs-CreateMountTarget-request-SecurityGroups
        groups=groups if groups.items or groups.open else default_groups(world, (subnet,), resource),
        addresses=world.blocks([address], resource, "ip_address")
        if isinstance(address, str) and address
        else None,
    )


def _elsewhere(resource: Resource) -> Unknown:
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the policy of {resource.address}",
        resource.address,
        f"{resource.address} is kept elsewhere: add the configuration that creates it, or check the live account",
    )
