"""Roles and policies, and what a task reads while it starts: metadata only, never a value."""

from typing import Any

from pullproof.model.value import Unknown, Why
from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.told import scope_of
from pullproof.sources.snapshot.translation import Translation

#: What a task definition names and nobody could ask about: it is there, and nothing is assumed of it.
NOUNS = {"Repositories": "Repository", "Secrets": "Secret", "Parameters": "Parameter", "Buckets": "Bucket"}


def roles(made: Translation) -> None:
    """Add roles, and managed policies."""
    for item in made.told.of("Roles"):
        arn = item.text("Arn")
        name = item.text("RoleName") or arn.rpartition("/")[2]
        made.make(
            "aws_iam_role",
            arn,
            item,
            arn=arn,
            name=name,
            path=item.text("Path") or "/",
            assume_role_policy=item.tree("AssumeRolePolicyDocument")
            or _untold(made, item, "Roles", f"whom {name} trusts", arn),
            inline_policy=[
                {"name": one.text("PolicyName"), "policy": _document(made, one, "PolicyDocument", arn)}
                for one in item.items("RolePolicyList")
            ]
            if "RolePolicyList" in item
            else _untold(made, item, "Roles", f"the inline policies of {name}", arn),
            managed_policy_arns=[one.text("PolicyArn") for one in item.items("AttachedManagedPolicies")]
            if "AttachedManagedPolicies" in item
            else _untold(made, item, "Roles", f"the managed policies of {name}", arn),
            permissions_boundary=item.inner("PermissionsBoundary").text("PermissionsBoundaryArn") or None,
        )
    for item in made.told.of("Policies"):
        arn = item.text("Arn")
        default = next((one for one in item.items("PolicyVersionList") if one.flag("IsDefaultVersion")), None)
        policy = _untold(made, item, "Policies", f"what {arn} says", arn)
        document = default.tree("Document") if default is not None else None
        name = item.text("PolicyName") or arn.rpartition("/")[2]
        made.make("aws_iam_policy", arn, item, arn=arn, name=name, policy=document or policy)


def _document(made: Translation, item: Item, name: str, at: str) -> Any:
    return item.tree(name) or _untold(made, item, "Roles", f"what a policy of {at} says", at)


def _untold(made: Translation, item: Item, kind: str, what: str, at: str) -> Unknown:
    return made.told.untold(kind, item.scope, what, at)


def stores(made: Translation) -> None:
    """Add repositories, secrets, parameters, keys, log groups, buckets and file systems."""
    for folder in made.told.folders:
        for name, noun in NOUNS.items():
            if name in folder.denied:
                at = scope_of(folder)
                why = Unknown(Why.NOT_ALLOWED, f"what {name} would tell", at, folder.denied[name])
                made.may_have_more(noun, why)
    _repositories(made)
    _secrets(made)
    _keys(made)
    for item in made.told.of("LogGroups"):
        name = item.text("logGroupName")
        arn = item.text("logGroupArn") or item.text("arn").removesuffix(":*")
        made.make("aws_cloudwatch_log_group", arn or name, item, name=name, **_told(arn=arn))
    for item in made.told.of("Buckets"):
        name = item.text("Name")
        where = {"region": item.text("BucketRegion")} if item.text("BucketRegion") else {}
        made.make("aws_s3_bucket", name, item, id=name, bucket=name, arn=f"arn:aws:s3:::{name}", **where)
        _policy(made, item, "BucketPolicies", "Bucket", name, "aws_s3_bucket_policy", "bucket", "Policy")
    _files(made)


def _told(**values: Any) -> dict[str, Any]:
    """The values that an answer has; what is left out is put together from the rest."""
    return {name: value for name, value in values.items() if value}


def _policy(  # noqa: PLR0917 - the words of two APIs for one thing
    made: Translation, item: Item, name: str, named: str, key: str, kind: str, argument: str, text: str
) -> None:
    """The policy of one thing: none where the answer has none, unknown where nobody asked."""
    asked = next((one for one in made.told.of(name) if one.text(named) == key and _near(one, item)), None)
    if asked is None:
        policy: Any = made.told.untold(name, item.scope, f"the policy of {key}", key)
    elif text not in asked:
        return
    else:
        policy = asked.tree(text)
    made.link(kind, f"the policy of {key}", item, **{argument: key, "policy": policy})


def _near(one: Item, item: Item) -> bool:
    """Whether an answer is about this folder's thing, and not about one of the same name elsewhere."""
    return one.account == item.account


def _repositories(made: Translation) -> None:
    for item in made.told.of("Repositories"):
        arn, name = item.text("repositoryArn"), item.text("repositoryName")
        url = _told(repository_url=item.text("repositoryUri"))
        made.make("aws_ecr_repository", arn, item, arn=arn, name=name, **url)
        _policy(
            made,
            item,
            "RepositoryPolicies",
            "repositoryName",
            name,
            "aws_ecr_repository_policy",
            "repository",
            "policyText",
        )
    for item in made.told.of("RegistryPolicies"):
        if "policyText" in item:
            key = f"registry {item.text('registryId')}"
            made.make("aws_ecr_registry_policy", key, item, policy=item.tree("policyText"))
    for item in made.told.of("PullThroughCacheRules"):
        prefix = item.text("ecrRepositoryPrefix")
        made.make(
            "aws_ecr_pull_through_cache_rule",
            f"pull-through {prefix}",
            item,
            ecr_repository_prefix=prefix,
            upstream_registry_url=item.text("upstreamRegistryUrl"),
        )


def _secrets(made: Translation) -> None:
    for item in made.told.of("Secrets"):
        arn = item.text("ARN")
        key = item.text("KmsKeyId") or None
        made.make(
            "aws_secretsmanager_secret", arn, item, arn=arn, id=arn, name=item.text("Name"), kms_key_id=key
        )
        kind = "aws_secretsmanager_secret_policy"
        _policy(made, item, "SecretPolicies", "ARN", arn, kind, "secret_arn", "ResourcePolicy")
    for item in made.told.of("Parameters"):
        name = item.text("Name")
        made.make(
            "aws_ssm_parameter",
            item.text("ARN") or name,
            item,
            name=name,
            type=item.text("Type"),
            key_id=item.text("KeyId") or None,
            **_told(arn=item.text("ARN")),
        )


def _keys(made: Translation) -> None:
    for item in made.told.of("Keys"):
        arn, key = item.text("Arn"), item.text("KeyId")
        made.make("aws_kms_key", arn or key, item, key_id=key, id=key, **_told(arn=arn))
        _policy(made, item, "KeyPolicies", "KeyId", key, "aws_kms_key_policy", "key_id", "Policy")
    for item in made.told.of("Aliases"):
        arn = item.text("AliasArn")
        target = item.text("TargetKeyId")
        if target:
            made.make("aws_kms_alias", arn, item, arn=arn, name=item.text("AliasName"), target_key_id=target)


def _files(made: Translation) -> None:
    for item in made.told.of("FileSystems"):
        key = item.text("FileSystemId")
        made.make("aws_efs_file_system", key, item, id=key, **_told(arn=item.text("FileSystemArn")))
        kind = "aws_efs_file_system_policy"
        _policy(made, item, "FileSystemPolicies", "FileSystemId", key, kind, "file_system_id", "Policy")
    for item in made.told.of("MountTargets"):
        _mount_target(made, item)
    for item in made.told.of("AccessPoints"):
        key = item.text("AccessPointId")
        made.make(
            "aws_efs_access_point",
            key,
            item,
            id=key,
            file_system_id=item.text("FileSystemId"),
            **_told(arn=item.text("AccessPointArn")),
        )
    for scope in made.scopes("FileSystems"):
        what = "the mount targets of its file systems"
        made.may_have_more("MountTarget", made.told.missing("MountTargets", scope, what, scope.strip("/")))


def _mount_target(made: Translation, item: Item) -> None:
    key = item.text("MountTargetId")
    held = made.resources.get(item.text("NetworkInterfaceId"))
    groups: Any = item.texts("SecurityGroups")
    if not groups:
        groups = (
            held.values["security_groups"]
            if held is not None
            else made.told.untold("MountTargets", item.scope, f"the security groups of {key}", key)
        )
    made.make(
        "aws_efs_mount_target",
        key,
        item,
        id=key,
        file_system_id=item.text("FileSystemId"),
        subnet_id=item.text("SubnetId"),
        security_groups=groups,
        ip_address=item.text("IpAddress"),
    )
