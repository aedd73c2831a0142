"""What AWS's other APIs would answer of an applied plan, and the folder of all answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pullproof.sources.snapshot.layout import GLOBAL, KINDS
from pullproof.sources.terraform.tree import Resource
from tests.twins.applied import Applied, invented
from tests.twins.as_snapshot import Item, groups_of, network


def services(found: Applied) -> dict[str, list[Item]]:
    """Each list that the other APIs answer with, by the name of its file."""
    return {
        "Clusters": [_cluster(found, each) for each in found.of("aws_ecs_cluster")],
        "Services": [_service(found, each) for each in found.of("aws_ecs_service")],
        "TaskDefinitions": [_definition(found, each) for each in found.of("aws_ecs_task_definition")],
        "Roles": [_role(found, each) for each in found.of("aws_iam_role")],
        "Policies": list(_policies(found)),
        "Repositories": [_repository(found, each) for each in found.of("aws_ecr_repository")],
        "RepositoryPolicies": [
            {
                "repositoryName": found.get(each, "name"),
                "policyText": _policy(found, "aws_ecr_repository_policy", "repository", found.id(each)),
            }
            for each in found.of("aws_ecr_repository")
        ],
        "RegistryPolicies": [{"registryId": found.account, "policyText": None}],
        "PullThroughCacheRules": [
            {
                "ecrRepositoryPrefix": found.get(each, "ecr_repository_prefix"),
                "upstreamRegistryUrl": found.get(each, "upstream_registry_url"),
                "registryId": found.account,
            }
            for each in found.of("aws_ecr_pull_through_cache_rule")
        ],
        "Secrets": [_secret(found, each) for each in found.of("aws_secretsmanager_secret")],
        "SecretPolicies": list(_secret_policies(found)),
        "Parameters": [_parameter(found, each) for each in found.of("aws_ssm_parameter")],
        "Keys": [_key(found, each) for each in found.of("aws_kms_key")],
        "KeyPolicies": [_key_policy(found, each) for each in found.of("aws_kms_key")],
        "LogGroups": [
            {"logGroupName": found.get(each, "name"), "arn": f"{found.arn(each)}:*"}
            for each in found.of("aws_cloudwatch_log_group")
        ],
        "Buckets": [
            {"Name": found.get(each, "bucket"), "BucketRegion": found.region}
            for each in found.of("aws_s3_bucket")
        ],
        "BucketPolicies": [
            {
                "Bucket": found.get(each, "bucket"),
                "Policy": _policy(found, "aws_s3_bucket_policy", "bucket", found.id(each)),
            }
            for each in found.of("aws_s3_bucket")
        ],
        "FileSystems": [
            {"FileSystemId": found.id(each), "FileSystemArn": found.arn(each), "OwnerId": found.account}
            for each in found.of("aws_efs_file_system")
        ],
        "FileSystemPolicies": [
            {
                "FileSystemId": found.id(each),
                "Policy": _policy(found, "aws_efs_file_system_policy", "file_system_id", found.id(each)),
            }
            for each in found.of("aws_efs_file_system")
        ],
        "MountTargets": [_mount_target(found, each) for each in found.of("aws_efs_mount_target")],
        "AccessPoints": [
            {
                "AccessPointId": found.id(each),
                "AccessPointArn": found.arn(each),
                "FileSystemId": found.get(each, "file_system_id"),
            }
            for each in found.of("aws_efs_access_point")
        ],
        **_zones(found),
    }


def write(found: Applied, folder: Path) -> None:
    """Write what every API answers: an empty list where there is nothing of a kind."""
    answers = network(found) | services(found)
    for kind in KINDS:
        place = folder / found.account / (GLOBAL if kind.everywhere else found.region)
        place.mkdir(parents=True, exist_ok=True)
        content: Any = answers.pop(kind.name, [])
        if kind.name == "VpcBlockPublicAccessOptions":
            content = {"InternetGatewayBlockMode": "off", "State": "default-state"}
        (place / kind.file).write_text(json.dumps({kind.key: content}), encoding="utf-8")
    assert {} == answers


def _policy(found: Applied, kind: str, argument: str, of: str) -> str | None:
    """The policy that a resource of its own puts on something; None for none."""
    for each in found.of(kind):
        if found.get(each, argument) == of:
            return str(found.get(each, "policy"))
    return None


def _usual(found: Applied, cluster: str) -> list[Item]:
    """The strategy of a cluster, which a service without one gets when it is created."""
    return [
        block
        for each in found.of("aws_ecs_cluster_capacity_providers")
        if found.get(each, "cluster_name") == cluster
        for block in found.get(each, "default_capacity_provider_strategy", default=[])
    ]


def _cluster(found: Applied, cluster: Resource) -> Item:
    strategy = _usual(found, found.get(cluster, "name"))
    item: Item = {
        "clusterArn": found.arn(cluster),
        "clusterName": found.get(cluster, "name"),
        "status": "ACTIVE",
        "capacityProviders": [block["capacity_provider"] for block in strategy],
        "defaultCapacityProviderStrategy": [
            {"capacityProvider": block["capacity_provider"], "weight": 1, "base": 0} for block in strategy
        ],
    }
    for outer in found.get(cluster, "configuration", default=[]):
        for inner in outer["execute_command_configuration"]:
            configured = {"kmsKeyId": inner["kms_key_id"]} if inner.get("kms_key_id") else {}
            item["configuration"] = {"executeCommandConfiguration": configured | {"logging": "DEFAULT"}}
    return item


def _service(found: Applied, service: Resource) -> Item:
    cluster = str(found.get(service, "cluster", default="default"))
    item: Item = {
        "serviceArn": found.arn(service),
        "serviceName": found.get(service, "name"),
        "clusterArn": cluster,
        "status": "ACTIVE",
        "desiredCount": int(found.get(service, "desired_count", default=0)),
        "runningCount": 0,
        "taskDefinition": found.get(service, "task_definition"),
        "enableExecuteCommand": found.get(service, "enable_execute_command", default=False),
        "schedulingStrategy": "REPLICA",
        "platformFamily": "Linux",
        "platformVersion": found.get(service, "platform_version", default="LATEST"),
        "deployments": [],
        "events": [],
    }
    strategy = found.get(service, "capacity_provider_strategy", default=[])
    if not strategy and not found.get(service, "launch_type"):
        strategy = _usual(found, cluster.rpartition("/")[2])
    if strategy:
        item["capacityProviderStrategy"] = [
            {"capacityProvider": block["capacity_provider"], "weight": 1, "base": 0} for block in strategy
        ]
    else:
        item["launchType"] = found.get(service, "launch_type", default="EC2")
    for block in found.get(service, "network_configuration", default=[]):
        item["networkConfiguration"] = {
            "awsvpcConfiguration": {
                "subnets": block["subnets"],
                "securityGroups": block.get("security_groups") or [],
                "assignPublicIp": "ENABLED" if block.get("assign_public_ip") else "DISABLED",
            }
        }
    return item


def _definition(found: Applied, definition: Resource) -> Item:
    compatibilities = found.get(definition, "requires_compatibilities", default=[])
    item: Item = {
        "taskDefinitionArn": found.arn(definition),
        "family": found.get(definition, "family"),
        "revision": 1,
        "status": "ACTIVE",
        "networkMode": found.get(definition, "network_mode", default="bridge"),
        "cpu": str(found.get(definition, "cpu", default="256")),
        "memory": str(found.get(definition, "memory", default="512")),
        "requiresCompatibilities": compatibilities,
        "compatibilities": ["EC2", *compatibilities],
        "containerDefinitions": json.loads(found.get(definition, "container_definitions")),
        "volumes": [_volume(block) for block in found.get(definition, "volume", default=[])],
    }
    for name, key in (("execution_role_arn", "executionRoleArn"), ("task_role_arn", "taskRoleArn")):
        if found.get(definition, name):
            item[key] = found.get(definition, name)
    for block in found.get(definition, "runtime_platform", default=[]):
        item["runtimePlatform"] = {
            "cpuArchitecture": block.get("cpu_architecture") or "X86_64",
            "operatingSystemFamily": block.get("operating_system_family") or "LINUX",
        }
    for block in found.get(definition, "ephemeral_storage", default=[]):
        item["ephemeralStorage"] = {"sizeInGiB": block["size_in_gib"]}
    return item


def _volume(block: Item) -> Item:
    item: Item = {"name": block["name"]}
    for efs in block.get("efs_volume_configuration") or []:
        item["efsVolumeConfiguration"] = {
            "fileSystemId": efs["file_system_id"],
            "rootDirectory": efs.get("root_directory") or "/",
        }
        if efs.get("transit_encryption"):
            item["efsVolumeConfiguration"]["transitEncryption"] = efs["transit_encryption"]
        for one in efs.get("authorization_config") or []:
            item["efsVolumeConfiguration"]["authorizationConfig"] = {
                name: value
                for name, value in (("accessPointId", one.get("access_point_id")), ("iam", one.get("iam")))
                if value
            }
    return item


def _role(found: Applied, role: Resource) -> Item:
    name = str(found.get(role, "name"))
    item: Item = {
        "RoleName": name,
        "RoleId": f"AROA{invented('r', role.address)[2:].upper()}",
        "Arn": found.arn(role),
        "Path": "/",
        "AssumeRolePolicyDocument": json.loads(found.get(role, "assume_role_policy")),
        "RolePolicyList": [
            {
                "PolicyName": found.get(each, "name", default="inline"),
                "PolicyDocument": json.loads(found.get(each, "policy")),
            }
            for each in found.of("aws_iam_role_policy")
            if found.get(each, "role") == name
        ]
        + [
            {"PolicyName": block["name"], "PolicyDocument": json.loads(block["policy"])}
            for block in found.get(role, "inline_policy", default=[])
        ],
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in _attached(found, role)
        ],
        "InstanceProfileList": [],
        "Tags": [],
    }
    if boundary := found.get(role, "permissions_boundary"):
        item["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": boundary,
        }
    return item


def _attached(found: Applied, role: Resource) -> list[str]:
    return [
        *found.get(role, "managed_policy_arns", default=[]),
        *_attached_by_others(found, role),
    ]


def _attached_by_others(found: Applied, role: Resource) -> list[str]:
    return [
        str(found.get(each, "policy_arn"))
        for each in found.of("aws_iam_role_policy_attachment")
        if found.get(each, "role") == found.get(role, "name")
    ]


def _policies(found: Applied) -> Iterator[Item]:
    """The account's own managed policies; AWS's are not asked for."""
    for policy in found.of("aws_iam_policy"):
        document = json.loads(found.get(policy, "policy"))
        yield {
            "PolicyName": found.get(policy, "name"),
            "Arn": found.arn(policy),
            "DefaultVersionId": "v1",
            "PolicyVersionList": [{"Document": document, "VersionId": "v1", "IsDefaultVersion": True}],
        }


def _repository(found: Applied, repository: Resource) -> Item:
    return {
        "repositoryName": found.get(repository, "name"),
        "repositoryArn": found.arn(repository),
        "repositoryUri": found.attribute(repository, "repository_url"),
        "registryId": found.account,
    }


def _secret(found: Applied, secret: Resource) -> Item:
    item: Item = {"ARN": found.arn(secret), "Name": found.get(secret, "name")}
    return item | ({"KmsKeyId": key} if (key := found.get(secret, "kms_key_id")) else {})


def _secret_policies(found: Applied) -> Iterator[Item]:
    for secret in found.of("aws_secretsmanager_secret"):
        arn = found.arn(secret)
        text = found.get(secret, "policy") or _policy(
            found, "aws_secretsmanager_secret_policy", "secret_arn", arn
        )
        yield {"ARN": arn, "Name": found.get(secret, "name")} | ({"ResourcePolicy": text} if text else {})


def _parameter(found: Applied, parameter: Resource) -> Item:
    item: Item = {"Name": found.get(parameter, "name"), "Type": found.get(parameter, "type")}
    if item["Type"] == "SecureString":
        item["KeyId"] = found.get(parameter, "key_id", default="alias/aws/ssm")
    return item


def _key(found: Applied, key: Resource) -> Item:
    return {
        "KeyId": found.attribute(key, "key_id"),
        "Arn": found.arn(key),
        "AWSAccountId": found.account,
        "Enabled": True,
        "KeyManager": "CUSTOMER",
        "KeyState": "Enabled",
    }


def _key_policy(found: Applied, key: Resource) -> Item:
    """The key's policy; AWS's own where none is written."""
    usual = {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{found.account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    text = found.get(key, "policy", default=json.dumps(usual))
    return {"KeyId": found.attribute(key, "key_id"), "PolicyName": "default", "Policy": text}


def _mount_target(found: Applied, target: Resource) -> Item:
    subnet = str(found.get(target, "subnet_id"))
    return {
        "MountTargetId": found.id(target),
        "FileSystemId": found.get(target, "file_system_id"),
        "SubnetId": subnet,
        "LifeCycleState": "available",
        "NetworkInterfaceId": invented("eni", target.address),
        "SecurityGroups": groups_of(found, target),
    }


def _zones(found: Applied) -> dict[str, list[Item]]:
    """Private zones: what they are, what is in them, and in which VPCs they answer."""
    zones, records = [], []
    held: dict[str, list[Item]] = {found.id(vpc): [] for vpc in found.of("aws_vpc")}
    for zone in found.of("aws_route53_zone"):
        key, name = found.id(zone), f"{str(found.get(zone, 'name')).rstrip('.')}."
        vpcs = [str(block["vpc_id"]) for block in found.get(zone, "vpc", default=[])]
        vpcs += [
            str(found.get(link, "vpc_id"))
            for link in found.of("aws_route53_zone_association")
            if found.get(link, "zone_id") == key
        ]
        zones.append(
            {
                "HostedZone": {
                    "Id": f"/hostedzone/{key}",
                    "Name": name,
                    "Config": {"PrivateZone": bool(vpcs)},
                },
                # A public zone has none, and the answer leaves the key out.
                **({"VPCs": [{"VPCId": vpc, "VPCRegion": found.region} for vpc in vpcs]} if vpcs else {}),
            }
        )
        for vpc in vpcs:
            held[vpc].append({"HostedZoneId": key, "Name": name, "Owner": {"OwningAccount": found.account}})
        sets = [_record(found, each) for each in found.of("aws_route53_record") if _in(found, each, key)]
        records.append({"HostedZoneId": key, "ResourceRecordSets": sets})
    return {
        "HostedZones": zones,
        "ResourceRecordSets": records,
        "HostedZonesByVpc": [
            {"VPCId": vpc, "VPCRegion": found.region, "HostedZoneSummaries": summaries}
            for vpc, summaries in held.items()
        ],
    }


def _in(found: Applied, record: Resource, zone: str) -> bool:
    return bool(found.get(record, "zone_id") == zone)


def _record(found: Applied, record: Resource) -> Item:
    item: Item = {
        "Name": f"{str(found.get(record, 'name')).rstrip('.')}.".replace("*", "\\052"),
        "Type": found.get(record, "type"),
    }
    for alias in found.get(record, "alias", default=[]):
        item["AliasTarget"] = {
            "HostedZoneId": alias["zone_id"],
            "DNSName": f"{alias['name']}.",
            "EvaluateTargetHealth": False,
        }
    if "AliasTarget" not in item:
        item["TTL"] = int(found.get(record, "ttl", default=60))
        item["ResourceRecords"] = [{"Value": value} for value in found.get(record, "records", default=[])]
    return item
