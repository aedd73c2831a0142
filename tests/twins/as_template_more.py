"""The rarer resources of the scenarios as CloudFormation writes them."""

import json
from typing import Any

from pullproof.model.text import sole_hole
from pullproof.sources.terraform.tree import Resource
from tests.twins.as_template import ASK, WRITERS, CannotSay, Found, Write, Writer, _plain, logical_id

ASK |= {
    ("aws_batch_compute_environment", "arn"): "ComputeEnvironmentArn",
    ("aws_kms_alias", "name"): None,
    ("aws_ssm_parameter", "name"): None,
    ("aws_ec2_managed_prefix_list", "id"): "PrefixListId",
    ("aws_ecs_service", "id"): None,
    ("aws_network_interface", "id"): None,
}


def _instance(writer: Writer, resource: Resource) -> Found:
    found = _plain(
        "AWS::EC2::Instance",
        SubnetId="subnet_id",
        SecurityGroupIds="vpc_security_group_ids",
        SourceDestCheck="source_dest_check",
    )(writer, resource)
    assert found is not None
    kind, said = found
    if isinstance(resource.values.get("associate_public_ip_address"), bool):
        inline = {
            "DeviceIndex": "0",
            "AssociatePublicIpAddress": resource.values["associate_public_ip_address"],
            "SubnetId": said.pop("SubnetId"),
            "GroupSet": said.pop("SecurityGroupIds", None),
        }
        said["NetworkInterfaces"] = [{name: value for name, value in inline.items() if value is not None}]
    return kind, said


def _asked(writer: Writer, block: dict[str, Any], inner: str) -> dict[str, Any]:
    """`EcsParameters` of a rule and a schedule."""
    network = (block.get("network_configuration") or [None])[0]
    said: dict[str, Any] = {
        "TaskDefinitionArn": writer.say(block["task_definition_arn"]),
        "LaunchType": block.get("launch_type"),
        "PlatformVersion": block.get("platform_version"),
        "CapacityProviderStrategy": [
            {"CapacityProvider": one["capacity_provider"], "Weight": 1}
            for one in block.get("capacity_provider_strategy") or []
        ]
        or None,
    }
    if network:
        vpc = {
            "Subnets": writer.say(network.get("subnets")),
            "SecurityGroups": writer.say(network.get("security_groups")),
            "AssignPublicIp": "ENABLED" if network.get("assign_public_ip") else "DISABLED",
        }
        said["NetworkConfiguration"] = {inner: {name: value for name, value in vpc.items() if value}}
    return {name: value for name, value in said.items() if value is not None}


def _target(writer: Writer, resource: Resource) -> Found:
    block = (resource.values.get("ecs_target") or [None])[0]
    target: dict[str, Any] = {"Id": "target", "Arn": writer.say(resource.values["arn"])}
    if block:
        target["EcsParameters"] = _asked(writer, block, "AwsVpcConfiguration")
    return "AWS::Events::Rule", {"ScheduleExpression": "rate(1 day)", "Targets": [target]}


def _schedule(writer: Writer, resource: Resource) -> Found:
    target = resource.values["target"][0]
    block = (target.get("ecs_parameters") or [None])[0]
    said: dict[str, Any] = {"Arn": writer.say(target["arn"]), "RoleArn": writer.say(target["role_arn"])}
    if block:
        said["EcsParameters"] = _asked(writer, block, "AwsvpcConfiguration")
    return "AWS::Scheduler::Schedule", {
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": said,
    }


def _machine(writer: Writer, resource: Resource) -> Found:
    definition = resource.values["definition"]
    if not isinstance(definition, str) or sole_hole(definition):
        raise CannotSay("a definition that Terraform cannot tell either")
    try:
        return "AWS::StepFunctions::StateMachine", {"Definition": writer.say(json.loads(definition))}
    except ValueError:
        return "AWS::StepFunctions::StateMachine", {"DefinitionString": writer.say(definition)}


def _job(writer: Writer, resource: Resource) -> Found:
    said: dict[str, Any] = {
        "Type": "container",
        "JobDefinitionName": resource.values.get("name"),
        "PlatformCapabilities": resource.values.get("platform_capabilities"),
    }
    for name, key in (("container_properties", "ContainerProperties"), ("ecs_properties", "EcsProperties")):
        value = resource.values.get(name)
        if isinstance(value, str) and value and sole_hole(value) != f"{resource.address}.{name}":
            said[key] = writer.say(_upper(json.loads(value)))
    return "AWS::Batch::JobDefinition", said


def _upper(value: Any) -> Any:
    if isinstance(value, list):
        return [_upper(item) for item in value]
    if isinstance(value, dict):
        return {
            key[:1].upper() + key[1:]: item if key.lower() == "options" else _upper(item)
            for key, item in value.items()
        }
    return value


def _environment(writer: Writer, resource: Resource) -> Found:
    (block,) = resource.values["compute_resources"]
    said = {
        "Type": block["type"],
        "Subnets": writer.say(block.get("subnets")),
        "SecurityGroupIds": writer.say(block.get("security_group_ids")),
    }
    known = {name: value for name, value in said.items() if value}
    return "AWS::Batch::ComputeEnvironment", {"Type": "MANAGED", "ComputeResources": known}


def _task_set(writer: Writer, resource: Resource) -> Found:
    found = WRITERS["aws_ecs_service"](writer, resource)
    assert found is not None
    _, said = found
    wanted = ("Cluster", "TaskDefinition", "LaunchType", "PlatformVersion", "NetworkConfiguration")
    kept = {name: said[name] for name in wanted if said.get(name) is not None}
    return "AWS::ECS::TaskSet", {**kept, "Service": writer.say(resource.values["service"])}


def _list(writer: Writer, resource: Resource) -> Found:
    entries = resource.values.get("entry") or []
    if not all(isinstance(block, dict) for block in entries):
        raise CannotSay("a prefix list of CloudFormation has all its entries itself")
    return "AWS::EC2::PrefixList", {
        "PrefixListName": resource.values["name"],
        "AddressFamily": "IPv4",
        "Entries": [{"Cidr": block["cidr"]} for block in entries],
    }


def _parameter(writer: Writer, resource: Resource) -> Found:
    if resource.values.get("type") == "SecureString":
        raise CannotSay("CloudFormation makes no SecureString")
    return "AWS::SSM::Parameter", {"Name": resource.values["name"], "Type": "String", "Value": "x"}


def _providers(writer: Writer, resource: Resource) -> Found:
    strategy = resource.values.get("default_capacity_provider_strategy") or []
    cluster = next(each for each in writer.tree.resources.values() if each.type == "aws_ecs_cluster")
    return "AWS::ECS::ClusterCapacityProviderAssociations", {
        "Cluster": {"Ref": logical_id(cluster.address)},
        "CapacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "DefaultCapacityProviderStrategy": [
            {"CapacityProvider": one["capacity_provider"], "Weight": 1} for one in strategy
        ],
    }


def _attachment(writer: Writer, resource: Resource) -> Found:
    for name in (
        "transit_gateway_default_route_table_association",
        "transit_gateway_default_route_table_propagation",
    ):
        if resource.values.get(name) is False:
            raise CannotSay("an attachment of CloudFormation takes what its gateway gives")
    return _plain(
        "AWS::EC2::TransitGatewayAttachment",
        TransitGatewayId="transit_gateway_id",
        VpcId="vpc_id",
        SubnetIds="subnet_ids",
    )(writer, resource)


def _key_policy(writer: Writer, resource: Resource) -> Found:
    writer.fold(resource.values["key_id"], KeyPolicy=writer.policy(resource.values["policy"]))
    return None


def _endpoint_policy(writer: Writer, resource: Resource) -> Found:
    document = writer.policy(resource.values["policy"])
    writer.fold(resource.values["vpc_endpoint_id"], PolicyDocument=document)
    return None


LINK = {
    "TransitGatewayAttachmentId": "transit_gateway_attachment_id",
    "TransitGatewayRouteTableId": "transit_gateway_route_table_id",
}
WRITERS |= {
    "aws_instance": _instance,
    "aws_cloudwatch_event_target": _target,
    "aws_scheduler_schedule": _schedule,
    "aws_sfn_state_machine": _machine,
    "aws_batch_job_definition": _job,
    "aws_batch_compute_environment": _environment,
    "aws_ecs_task_set": _task_set,
    "aws_ecs_cluster_capacity_providers": _providers,
    "aws_ec2_managed_prefix_list": _list,
    "aws_ssm_parameter": _parameter,
    "aws_kms_alias": _plain("AWS::KMS::Alias", AliasName="name", TargetKeyId="target_key_id"),
    "aws_kms_key_policy": _key_policy,
    "aws_vpc_endpoint_policy": _endpoint_policy,
    "aws_vpn_gateway": _plain("AWS::EC2::VPNGateway"),
    "aws_internet_gateway_attachment": _plain(
        "AWS::EC2::VPCGatewayAttachment", InternetGatewayId="internet_gateway_id", VpcId="vpc_id"
    ),
    "aws_vpc_ipv4_cidr_block_association": _plain(
        "AWS::EC2::VPCCidrBlock", VpcId="vpc_id", CidrBlock="cidr_block"
    ),
    "aws_vpc_block_public_access_options": _plain(
        "AWS::EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode="internet_gateway_block_mode"
    ),
    "aws_vpc_block_public_access_exclusion": _plain(
        "AWS::EC2::VPCBlockPublicAccessExclusion",
        InternetGatewayExclusionMode="internet_gateway_exclusion_mode",
        VpcId="vpc_id",
        SubnetId="subnet_id",
    ),
    "aws_route53_resolver_rule": _plain(
        "AWS::Route53Resolver::ResolverRule", DomainName="domain_name", RuleType="rule_type"
    ),
    "aws_route53_resolver_rule_association": _plain(
        "AWS::Route53Resolver::ResolverRuleAssociation", ResolverRuleId="resolver_rule_id", VPCId="vpc_id"
    ),
    "aws_route53_resolver_firewall_rule_group_association": _plain(
        "AWS::Route53Resolver::FirewallRuleGroupAssociation", VpcId="vpc_id"
    ),
    "aws_ec2_transit_gateway": _plain(
        "AWS::EC2::TransitGateway",
        DefaultRouteTableAssociation="default_route_table_association",
        DefaultRouteTablePropagation="default_route_table_propagation",
    ),
    "aws_ec2_transit_gateway_vpc_attachment": _attachment,
    "aws_ec2_transit_gateway_route_table": _plain(
        "AWS::EC2::TransitGatewayRouteTable", TransitGatewayId="transit_gateway_id"
    ),
    "aws_ec2_transit_gateway_route": _plain(
        "AWS::EC2::TransitGatewayRoute",
        DestinationCidrBlock="destination_cidr_block",
        Blackhole="blackhole",
        **LINK,
    ),
    "aws_ec2_transit_gateway_route_table_association": _plain(
        "AWS::EC2::TransitGatewayRouteTableAssociation", **LINK
    ),
    "aws_ec2_transit_gateway_route_table_propagation": _plain(
        "AWS::EC2::TransitGatewayRouteTablePropagation", **LINK
    ),
}

#: Everything that a template can say, these included.
EVERY: dict[str, Write] = WRITERS
