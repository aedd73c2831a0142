"""What a task reads while it starts: repositories, secrets, parameters, keys, logs, buckets, files."""

from collections.abc import Callable

from pullproof.sources.cloudformation.rows import Part, Properties, Row, Values, own
from pullproof.sources.cloudformation.stack import Item

#: Registries by the short words that a pull-through cache rule may use.
#: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
UPSTREAMS = {
    "ecr-public": "public.ecr.aws",
    "quay": "quay.io",
    "k8s": "registry.k8s.io",
    "docker-hub": "registry-1.docker.io",
    "github-container-registry": "ghcr.io",
    "gitlab-container-registry": "registry.gitlab.com",
}


def _policy(kind: str, argument: str, attribute: str, key: str) -> Callable[[Item, Properties], list[Part]]:
    """The policy of a thing as a resource of its own, which is how the tree has it."""

    def parts(item: Item, properties: Properties) -> list[Part]:
        if key not in properties:
            return []
        values = {argument: own(item, attribute), "policy": properties[key]}
        return [Part(path=key, type=kind, values=values)]

    return parts


def _upstream(_item: Item, properties: Properties) -> Values:
    word = properties.get("UpstreamRegistry")
    if "UpstreamRegistryUrl" in properties or not isinstance(word, str):
        return {}
    return {"upstream_registry_url": UPSTREAMS.get(word, word)}


ROWS = (
    Row(
        type="AWS::ECR::Repository",
        to="aws_ecr_repository",
        names={"RepositoryName": "name"},
        parts=_policy("aws_ecr_repository_policy", "repository", "name", "RepositoryPolicyText"),
        ref="name",
        gives={"Arn": "arn", "RepositoryUri": "repository_url"},
        words={"policy": "RepositoryPolicyText"},
    ),
    Row(
        type="AWS::ECR::RegistryPolicy",
        to="aws_ecr_registry_policy",
        names={"PolicyText": "policy"},
        doubt=("policy",),
    ),
    Row(
        type="AWS::ECR::PullThroughCacheRule",
        to="aws_ecr_pull_through_cache_rule",
        names={
            "EcrRepositoryPrefix": "ecr_repository_prefix",
            "UpstreamRegistryUrl": "upstream_registry_url",
        },
        build=_upstream,
    ),
    Row(
        type="AWS::SecretsManager::Secret",
        to="aws_secretsmanager_secret",
        names={"Name": "name", "KmsKeyId": "kms_key_id"},
        ref="arn",
        gives={"Id": "arn"},
    ),
    Row(
        type="AWS::SecretsManager::ResourcePolicy",
        to="aws_secretsmanager_secret_policy",
        names={"SecretId": "secret_arn", "ResourcePolicy": "policy"},
        doubt=("policy",),
    ),
    # Both give the secret they are about, so that what uses it waits for them.
    Row(type="AWS::SecretsManager::SecretTargetAttachment", ref="=SecretId", gives={"Id": "=SecretId"}),
    Row(type="AWS::SecretsManager::RotationSchedule", ref="=SecretId", gives={"Id": "=SecretId"}),
    Row(
        type="AWS::SSM::Parameter",
        to="aws_ssm_parameter",
        names={"Name": "name", "Type": "type"},
        ref="name",
    ),
    Row(
        type="AWS::Logs::LogGroup",
        to="aws_cloudwatch_log_group",
        names={"LogGroupName": "name"},
        ref="name",
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
        gives={"Arn": "{arn}:*"},
    ),
    Row(
        type="AWS::KMS::Key",
        to="aws_kms_key",
        names={"KeyPolicy": "policy"},
        ref="key_id",
        gives={"Arn": "arn", "KeyId": "key_id"},
    ),
    Row(
        type="AWS::KMS::ReplicaKey",
        to="aws_kms_replica_key",
        names={"KeyPolicy": "policy"},
        ref="key_id",
        gives={"Arn": "arn", "KeyId": "key_id"},
    ),
    Row(
        type="AWS::KMS::Alias",
        to="aws_kms_alias",
        names={"AliasName": "name", "TargetKeyId": "target_key_id"},
        ref="name",
        gives={"AliasName": "name"},
    ),
    Row(
        type="AWS::S3::Bucket",
        to="aws_s3_bucket",
        names={"BucketName": "bucket"},
        ref="bucket",
        gives={"Arn": "arn"},
    ),
    Row(
        type="AWS::S3::BucketPolicy",
        to="aws_s3_bucket_policy",
        names={"Bucket": "bucket", "PolicyDocument": "policy"},
        doubt=("policy",),
    ),
    Row(
        type="AWS::EFS::FileSystem",
        to="aws_efs_file_system",
        parts=_policy("aws_efs_file_system_policy", "file_system_id", "id", "FileSystemPolicy"),
        gives={"FileSystemId": "id", "Arn": "arn"},
        words={"policy": "FileSystemPolicy"},
    ),
    Row(
        type="AWS::EFS::MountTarget",
        to="aws_efs_mount_target",
        names={
            "FileSystemId": "file_system_id",
            "SubnetId": "subnet_id",
            "SecurityGroups": "security_groups",
            "IpAddress": "ip_address",
        },
        gives={"Id": "id"},
        doubt=("file_system_id",),
    ),
    Row(
        type="AWS::EFS::AccessPoint",
        to="aws_efs_access_point",
        names={"FileSystemId": "file_system_id"},
        gives={"AccessPointId": "id", "Arn": "arn"},
    ),
)
