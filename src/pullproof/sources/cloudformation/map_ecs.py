"""Clusters, task definitions, services and task sets.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html
"""

from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.rows import Properties, Row, Values, each, items, members, renamed
from pullproof.sources.cloudformation.stack import Item
from pullproof.sources.terraform.tree import Value

PROVIDER = {"CapacityProvider": "capacity_provider"}
VPC = {"Subnets": "subnets", "SecurityGroups": "security_groups", "AssignPublicIp": "assign_public_ip"}
PLATFORM = {"OperatingSystemFamily": "operating_system_family", "CpuArchitecture": "cpu_architecture"}


def network(value: Value) -> Value:
    """`NetworkConfiguration`: EventBridge spells what is in it in another way than ECS."""
    found = members(value)
    if isinstance(found, Unknown) or not found:
        return found if isinstance(found, Unknown) else None
    inner = found.get("AwsvpcConfiguration", found.get("AwsVpcConfiguration"))
    return None if inner is None else [renamed(inner, VPC)]


def lowered(value: Value) -> Value:
    """An object with its names in lower case, at any depth."""
    if isinstance(value, dict):
        return {name.lower(): lowered(item) for name, item in value.items()}
    return value


def _cluster(_item: Item, properties: Properties) -> Values:
    found: Values = {
        "default_capacity_provider_strategy": each(
            properties.get("DefaultCapacityProviderStrategy"), PROVIDER
        )
    }
    outer = members(properties.get("Configuration"))
    inner = outer if isinstance(outer, Unknown) else members(outer.get("ExecuteCommandConfiguration"))
    if isinstance(inner, Unknown):
        found["configuration"] = inner
    elif "KmsKeyId" in inner:
        kms = {"kms_key_id": inner["KmsKeyId"]}
        found["configuration"] = [{"execute_command_configuration": [kms]}]
    return found


def _defaults(_item: Item, properties: Properties) -> Values:
    strategy = each(properties.get("DefaultCapacityProviderStrategy"), PROVIDER)
    return {"default_capacity_provider_strategy": strategy}


def _definition(_item: Item, properties: Properties) -> Values:
    platform = properties.get("RuntimePlatform")
    volumes = [_volume(one) for one in items(properties.get("Volumes"))]
    return {
        "container_definitions": _containers(properties.get("ContainerDefinitions")),
        "runtime_platform": None if platform is None else [renamed(platform, PLATFORM)],
        "volume": volumes or None,
    }


def _containers(value: Value) -> Value:
    """None at all are none: AWS would ask for one."""
    return value if isinstance(value, Unknown) else items(value)


def _volume(value: Value) -> Value:
    found = members(value)
    if isinstance(found, Unknown):
        return found
    volume: Values = {"name": found.get("Name")}
    efs = members(found.get("EFSVolumeConfiguration"))
    if efs:
        volume["efs_volume_configuration"] = efs if isinstance(efs, Unknown) else [lowered(efs)]
    return volume


def service(_item: Item, properties: Properties) -> Values:
    """What a service and a task set have in common."""
    return {
        "network_configuration": network(properties.get("NetworkConfiguration")),
        "capacity_provider_strategy": each(properties.get("CapacityProviderStrategy"), PROVIDER),
    }


def _service(item: Item, properties: Properties) -> Values:
    controller = properties.get("DeploymentController")
    return service(item, properties) | {
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
        "desired_count": properties.get("DesiredCount", 1),
        "deployment_controller": None if controller is None else [renamed(controller, {"Type": "type"})],
    }


def _express(item: Item, properties: Properties) -> Values:
    """A service in express mode: ECS makes its task definition, its groups and much else by itself.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-expressgatewayservice.html
    """
    made = Unknown(
        Why.NOT_MODELLED,
        f"what ECS makes for {item.address}, a service in express mode",
        item.address,
        f"check the account itself after the deployment: ECS makes a service from {item.address}",
    )
    placed = renamed(properties.get("NetworkConfiguration"), VPC)
    return {
        "task_definition": made,
        "launch_type": "FARGATE",
        "desired_count": 1,
        "network_configuration": [placed] if isinstance(placed, dict) and placed else made,
    }


SERVICE = {
    "Cluster": "cluster",
    "TaskDefinition": "task_definition",
    "LaunchType": "launch_type",
    "PlatformVersion": "platform_version",
}
SPELT = {
    "network_configuration": "NetworkConfiguration.AwsvpcConfiguration",
    "subnets": "NetworkConfiguration.AwsvpcConfiguration.Subnets",
    "security_groups": "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
    "assign_public_ip": "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
    "capacity_provider_strategy": "CapacityProviderStrategy",
    "deployment_controller": "DeploymentController",
}

ROWS = (
    Row(
        type="AWS::ECS::Cluster",
        to="aws_ecs_cluster",
        names={"ClusterName": "name"},
        build=_cluster,
        ref="name",
        gives={"Arn": "arn"},
        words={"default_capacity_provider_strategy": "DefaultCapacityProviderStrategy"},
    ),
    Row(
        type="AWS::ECS::ClusterCapacityProviderAssociations",
        to="aws_ecs_cluster_capacity_providers",
        names={"Cluster": "cluster_name"},
        build=_defaults,
        doubt=("default_capacity_provider_strategy",),
        words={"default_capacity_provider_strategy": "DefaultCapacityProviderStrategy"},
    ),
    # A provider of one's own is never Fargate's.
    Row(
        type="AWS::ECS::CapacityProvider", to="aws_ecs_capacity_provider", names={"Name": "name"}, ref="name"
    ),
    Row(
        type="AWS::ECS::TaskDefinition",
        to="aws_ecs_task_definition",
        names={
            "Family": "family",
            "ExecutionRoleArn": "execution_role_arn",
            "TaskRoleArn": "task_role_arn",
            "NetworkMode": "network_mode",
            "RequiresCompatibilities": "requires_compatibilities",
        },
        build=_definition,
        ref="arn",
        gives={"TaskDefinitionArn": "arn"},
        words={
            "container_definitions": "ContainerDefinitions",
            "volume": "Volumes",
            "runtime_platform": "RuntimePlatform",
        },
    ),
    Row(
        type="AWS::ECS::Service",
        to="aws_ecs_service",
        names={**SERVICE, "ServiceName": "name", "EnableExecuteCommand": "enable_execute_command"},
        build=_service,
        gives={"ServiceArn": "id", "Name": "name"},
        words={**SPELT, "desired_count": "DesiredCount"},
        launches=True,
    ),
    Row(
        type="AWS::ECS::TaskSet",
        to="aws_ecs_task_set",
        names={**SERVICE, "Service": "service"},
        build=service,
        gives={"Id": "id"},
        words=SPELT,
        launches=True,
    ),
    Row(
        type="AWS::ECS::ExpressGatewayService",
        to="aws_ecs_service",
        names={"Cluster": "cluster", "ServiceName": "name"},
        build=_express,
        gives={"ServiceArn": "id"},
        words={"task_definition": "PrimaryContainer", **SPELT},
        launches=True,
    ),
)
