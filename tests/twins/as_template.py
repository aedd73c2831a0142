"""A Terraform plan of the scenarios as a CloudFormation template: each resource written by hand-made rules.

What a plan resolves to is read by the program; how that is written in CloudFormation is said here once more,
without a look at the program's own tables.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pullproof.model.text import HOLE, OPEN, sole_hole
from pullproof.model.value import Unknown
from pullproof.sources.base import Options
from pullproof.sources.terraform.beside_plan import BesidePlan
from pullproof.sources.terraform.plan import tree_of_plan
from pullproof.sources.terraform.plan_json import read_plan
from pullproof.sources.terraform.policy_document import source
from pullproof.sources.terraform.tree import Resource, Tree
from pullproof.sources.terraform.world import World

#: What a group says in CloudFormation that lets nothing out.
NOTHING_OUT = [{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}]


class CannotSay(Exception):
    """CloudFormation has no way to say this; the message is why."""


def tree_of(plan: bytes, folder: Path) -> Tree:
    """What a plan resolves to beside its configuration."""
    read = read_plan(plan, "plan.json")
    return tree_of_plan(read, BesidePlan(read, str(folder / "plan.json"), Options()))


def logical_id(address: str) -> str:
    """`module.a.aws_vpc.main[0]` as "AVpcMain0"."""
    words = re.split(r"[^A-Za-z0-9]+", address.replace("module.", "").replace("aws_", ""))
    return "".join(word[:1].upper() + word[1:] for word in words)


def renamed(address: str) -> str:
    """What a case calls an address, as the template's report does."""
    for ending, word in (
        ("default_security_group_id", "DefaultSecurityGroup"),
        ("default_network_acl_id", "DefaultNetworkAcl"),
        ("main_route_table_id", "MainRouteTable"),
    ):
        if address.endswith(f".{ending}"):
            return f"{logical_id(address.removesuffix(f'.{ending}'))}.{word}"
    return logical_id(address) if address.startswith(("aws_", "module.")) else address


#: (type, attribute) -> how CloudFormation asks for it: None is Ref, else an attribute.
ASK: dict[tuple[str, str], str | None] = {
    ("aws_vpc", "id"): None,
    ("aws_vpc", "cidr_block"): "CidrBlock",
    ("aws_vpc", "default_security_group_id"): "DefaultSecurityGroup",
    ("aws_vpc", "default_network_acl_id"): "DefaultNetworkAcl",
    ("aws_security_group", "id"): "GroupId",
    ("aws_iam_role", "arn"): "Arn",
    ("aws_iam_role", "name"): None,
    ("aws_iam_role", "id"): None,
    ("aws_iam_policy", "arn"): None,
    ("aws_ecs_cluster", "arn"): "Arn",
    ("aws_ecs_cluster", "id"): "Arn",
    ("aws_ecs_cluster", "name"): None,
    ("aws_ecs_task_definition", "arn"): None,
    ("aws_ecr_repository", "name"): None,
    ("aws_ecr_repository", "arn"): "Arn",
    ("aws_ecr_repository", "repository_url"): "RepositoryUri",
    ("aws_secretsmanager_secret", "arn"): None,
    ("aws_secretsmanager_secret", "id"): None,
    ("aws_kms_key", "arn"): "Arn",
    ("aws_kms_key", "key_id"): None,
    ("aws_s3_bucket", "arn"): "Arn",
    ("aws_s3_bucket", "id"): None,
    ("aws_s3_bucket", "bucket"): None,
    ("aws_efs_file_system", "arn"): "Arn",
    ("aws_efs_file_system", "id"): None,
    ("aws_efs_access_point", "arn"): "Arn",
    ("aws_efs_access_point", "id"): None,
    ("aws_cloudwatch_log_group", "name"): None,
    ("aws_route53_zone", "zone_id"): None,
    ("aws_route53_zone", "id"): None,
    ("aws_eip", "id"): "AllocationId",
    ("aws_eip", "allocation_id"): "AllocationId",
}


class Raw(World):
    """A world in which references stay what they are."""

    def spelt(self, text: str) -> str:
        """The text as it is."""
        return text


class Writer:
    """Writes one template."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.world = Raw(tree, Options())
        self.resources: dict[str, dict[str, Any]] = {}
        self.extras: dict[str, dict[str, Any]] = {}

    def template(self) -> dict[str, Any]:
        """The whole template."""
        for resource in self.tree.resources.values():
            if resource.data:
                if resource.type not in ("aws_iam_policy_document", "aws_caller_identity", "aws_region"):
                    raise CannotSay(f"a template looks nothing up, as {resource.type} does")
                continue
            if resource.deleted or resource.exists:
                raise CannotSay("a template does not say what is there already")
            write = WRITERS.get(resource.type)
            if write is None:
                raise CannotSay(f"there is nothing like {resource.type}")
            found = write(self, resource)
            if found is not None:
                self.put(logical_id(resource.address), *found)
        for key, more in self.extras.items():
            self.resources[key]["Properties"] |= more
        return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": self.resources}

    def put(self, key: str, kind: str, properties: dict[str, Any]) -> None:
        """Add a resource."""
        if key in self.resources:
            raise ValueError(f"two resources are called {key}")
        known = {name: value for name, value in properties.items() if value is not None}
        self.resources[key] = {"Type": kind, "Properties": known}

    def fold(self, owner: Any, **more: Any) -> None:
        """Say something of another resource that CloudFormation has as a property of it."""
        found = self.called(owner)
        if found is None:
            raise CannotSay("a property of a resource that is not in the template")
        self.extras.setdefault(logical_id(found.address), {}).update(more)

    def called(self, value: Any) -> Resource | None:
        """The resource that a reference or a name means."""
        if name := sole_hole(value):
            return self.world.owner(name)[0]
        named = (one for one in self.tree.resources.values() if one.values.get("name") == value)
        return next((one for one in named if one.type in ("aws_iam_role", "aws_ecr_repository")), None)

    def say(self, value: Any) -> Any:
        """A value of the plan with references as functions."""
        if isinstance(value, Unknown):
            raise CannotSay("a value that Terraform cannot tell either")
        if isinstance(value, list):
            return [self.say(item) for item in value]
        if isinstance(value, dict):
            return {key: self.say(item) for key, item in value.items() if item is not None}
        if not isinstance(value, str) or OPEN not in value:
            return value
        if name := sole_hole(value):
            return self.ask(name)
        parts = HOLE.split(value)
        said = [self.ask(part) if place % 2 else part for place, part in enumerate(parts)]
        return {"Fn::Join": ["", [part for part in said if part != ""]]}

    def ask(self, name: str) -> Any:
        """A reference."""
        if name in ("account", "region"):
            return {"Ref": {"account": "AWS::AccountId", "region": "AWS::Region"}[name]}
        owner, attribute = self.world.owner(name)
        if owner is None:
            raise CannotSay(f"a reference to {name}")
        if owner.type == "aws_caller_identity":
            return {"Ref": "AWS::AccountId"}
        if attribute == "prefix_list_id":
            raise CannotSay("an endpoint of CloudFormation does not tell its prefix list")
        if attribute in ("main_route_table_id", "default_route_table_id"):
            raise CannotSay("a template has no name for the main route table of a VPC")
        if owner.type == "aws_vpc_endpoint" and attribute.startswith("dns_entry"):
            first = {"Fn::Select": [0, {"Fn::GetAtt": [logical_id(owner.address), "DnsEntries"]}]}
            return {"Fn::Select": [1, {"Fn::Split": [":", first]}]}
        key = logical_id(owner.address)
        if (owner.type, attribute) == ("aws_cloudwatch_log_group", "arn"):
            # The attribute Arn has ":*" behind it.
            start = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
            return {"Fn::Sub": f"{start}:log-group:${{{key}}}"}
        asked = ASK.get((owner.type, attribute), None if attribute == "id" else "?")
        if asked == "?":
            held = owner.values.get(attribute)
            if isinstance(held, str) and OPEN not in held:
                return held
            raise CannotSay(f"{attribute} of {owner.type}")
        return {"Ref": key} if asked is None else {"Fn::GetAtt": [key, asked]}

    def policy(self, value: Any) -> Any:
        """A policy document as an object."""
        if value is None or value == "":
            return None
        document = source(self.world, value)
        if isinstance(document, str):
            document = json.loads(document)
        if isinstance(document, Unknown):
            raise CannotSay("a policy that Terraform cannot tell either")
        return self.say(document)


Found = tuple[str, dict[str, Any]] | None
Write = Callable[[Writer, Resource], Found]


def _plain(kind: str, **names: str) -> Write:
    """A resource whose arguments are properties with other names."""

    def write(writer: Writer, resource: Resource) -> Found:
        values = resource.values
        said = {
            key: writer.say(values[name])
            for key, name in names.items()
            if values.get(name) not in (None, "", [])
            and sole_hole(str(values[name])) != f"{resource.address}.{name}"
        }
        return kind, said

    return write


def _vpc(writer: Writer, resource: Resource) -> Found:
    values = resource.values
    return "AWS::EC2::VPC", {
        "CidrBlock": values["cidr_block"],
        "EnableDnsSupport": values.get("enable_dns_support", True),
        "EnableDnsHostnames": values.get("enable_dns_hostnames") is True,
    }


def _rules(writer: Writer, resource: Resource, direction: str) -> list[dict[str, Any]]:
    blocks = resource.values.get(direction)
    if not isinstance(blocks, list):
        return []
    return [one for block in blocks for one in _rule(writer, block, direction, resource)]


def _rule(
    writer: Writer, values: dict[str, Any], direction: str, group: Resource | None
) -> list[dict[str, Any]]:
    """One rule of Terraform as rules of CloudFormation: one for each peer."""
    side = "Source" if direction == "ingress" else "Destination"
    head = {
        "IpProtocol": str(values.get("protocol", values.get("ip_protocol"))),
        "FromPort": values.get("from_port"),
        "ToPort": values.get("to_port"),
    }
    head = {name: value for name, value in head.items() if value is not None}
    peers: list[dict[str, Any]] = []
    for name, key in (
        ("cidr_blocks", "CidrIp"),
        ("cidr_ipv4", "CidrIp"),
        ("ipv6_cidr_blocks", "CidrIpv6"),
        ("cidr_ipv6", "CidrIpv6"),
        ("security_groups", f"{side}SecurityGroupId"),
        ("source_security_group_id", f"{side}SecurityGroupId"),
        ("referenced_security_group_id", f"{side}SecurityGroupId"),
        ("prefix_list_ids", f"{side}PrefixListId"),
        ("prefix_list_id", f"{side}PrefixListId"),
    ):
        value = values.get(name)
        listed = value if isinstance(value, list) else [value]
        peers += [
            {key: writer.say(one)}
            for one in listed
            if one not in (None, "") and sole_hole(str(one)).rpartition(".")[2] != name
        ]
    if values.get("self") is True:
        if group is not None:
            raise CannotSay("a rule of a group for itself, inline, would wait for itself")
        peers.append({f"{side}SecurityGroupId": writer.say(values["security_group_id"])})
    return [{**head, **peer} for peer in peers]


def _group(writer: Writer, resource: Resource) -> Found:
    selfish = [
        (direction, block)
        for direction in ("ingress", "egress")
        for block in resource.values.get(direction) or []
        if isinstance(block, dict) and block.get("self") is True
    ]
    for index, (direction, block) in enumerate(selfish):
        own = {"Fn::GetAtt": [logical_id(resource.address), "GroupId"]}
        rest = {**block, "self": False}
        side = "Source" if direction == "ingress" else "Destination"
        head = {
            "GroupId": own,
            f"{side}SecurityGroupId": own,
            "IpProtocol": str(block["protocol"]),
            "FromPort": block["from_port"],
            "ToPort": block["to_port"],
        }
        kind = "Ingress" if direction == "ingress" else "Egress"
        writer.put(f"{logical_id(resource.address)}Self{index}", f"AWS::EC2::SecurityGroup{kind}", head)
        block.update(rest)
    return "AWS::EC2::SecurityGroup", {
        "GroupDescription": resource.values.get("name") or "group",
        "VpcId": writer.say(resource.values.get("vpc_id")),
        "SecurityGroupIngress": _rules(writer, resource, "ingress"),
        "SecurityGroupEgress": _rules(writer, resource, "egress") or NOTHING_OUT,
    }


def _separate(direction: str) -> Write:
    def write(writer: Writer, resource: Resource) -> Found:
        way = direction or resource.values["type"]
        group = writer.say(resource.values["security_group_id"])
        kind = "AWS::EC2::SecurityGroupIngress" if way == "ingress" else "AWS::EC2::SecurityGroupEgress"
        rules = _rule(writer, resource.values, way, None)
        if not rules:
            raise CannotSay("a rule whose peer Terraform cannot tell either")
        first, *more = rules
        for index, rule in enumerate(more):
            writer.put(f"{logical_id(resource.address)}More{index}", kind, {"GroupId": group, **rule})
        return kind, {"GroupId": group, **first}

    return write


ROUTE = {
    "DestinationCidrBlock": ("cidr_block", "destination_cidr_block"),
    "DestinationIpv6CidrBlock": ("ipv6_cidr_block", "destination_ipv6_cidr_block"),
    "DestinationPrefixListId": ("destination_prefix_list_id",),
    "GatewayId": ("gateway_id",),
    "NatGatewayId": ("nat_gateway_id",),
    "EgressOnlyInternetGatewayId": ("egress_only_gateway_id",),
    "NetworkInterfaceId": ("network_interface_id",),
    "VpcPeeringConnectionId": ("vpc_peering_connection_id",),
    "TransitGatewayId": ("transit_gateway_id",),
    "VpcEndpointId": ("vpc_endpoint_id",),
}


def _route(writer: Writer, values: dict[str, Any], address: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, names in ROUTE.items():
        for name in names:
            value = values.get(name)
            if value not in (None, "") and sole_hole(str(value)) != f"{address}.{name}":
                said[key] = writer.say(value)
    return said


def _table(writer: Writer, resource: Resource) -> Found:
    key = logical_id(resource.address)
    for index, block in enumerate(resource.values.get("route") or []):
        if isinstance(block, dict) and block.get("gateway_id") != "local":
            route = {"RouteTableId": {"Ref": key}, **_route(writer, block, resource.address)}
            writer.put(f"{key}Route{index}", "AWS::EC2::Route", route)
    return "AWS::EC2::RouteTable", {"VpcId": writer.say(resource.values["vpc_id"])}


def _own_route(writer: Writer, resource: Resource) -> Found:
    table = {"RouteTableId": writer.say(resource.values["route_table_id"])}
    return "AWS::EC2::Route", {**table, **_route(writer, resource.values, resource.address)}


def _internet_gateway(writer: Writer, resource: Resource) -> Found:
    key = logical_id(resource.address)
    vpc = resource.values.get("vpc_id")
    if vpc and sole_hole(vpc) != f"{resource.address}.vpc_id":
        attached = {"VpcId": writer.say(vpc), "InternetGatewayId": {"Ref": key}}
        writer.put(f"{key}Attached", "AWS::EC2::VPCGatewayAttachment", attached)
    return "AWS::EC2::InternetGateway", {}


def _acl(writer: Writer, resource: Resource) -> Found:
    key = logical_id(resource.address)
    for direction in ("ingress", "egress"):
        for index, block in enumerate(resource.values.get(direction) or []):
            if isinstance(block, dict):
                entry = _entry(
                    writer, block, direction == "egress", block.get("rule_no"), block.get("action")
                )
                writer.put(
                    f"{key}{direction.title()}{index}",
                    "AWS::EC2::NetworkAclEntry",
                    {"NetworkAclId": {"Ref": key}, **entry},
                )
    for index, subnet in enumerate(resource.values.get("subnet_ids") or []):
        linked = {"NetworkAclId": {"Ref": key}, "SubnetId": writer.say(subnet)}
        writer.put(f"{key}Subnet{index}", "AWS::EC2::SubnetNetworkAclAssociation", linked)
    return "AWS::EC2::NetworkAcl", {"VpcId": writer.say(resource.values["vpc_id"])}


PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "all": -1}


def _entry(writer: Writer, values: dict[str, Any], egress: bool, number: Any, action: Any) -> dict[str, Any]:
    protocol = values["protocol"]
    said = {
        "Egress": egress,
        "RuleNumber": number,
        "RuleAction": action,
        "Protocol": PROTOCOLS.get(protocol, protocol),
        "CidrBlock": writer.say(values.get("cidr_block") or None),
    }
    if said["Protocol"] in (6, 17, "6", "17"):
        said["PortRange"] = {"From": values["from_port"], "To": values["to_port"]}
    return {name: value for name, value in said.items() if value is not None}


def _acl_rule(writer: Writer, resource: Resource) -> Found:
    values = resource.values
    entry = _entry(writer, values, values.get("egress") is True, values["rule_number"], values["rule_action"])
    return "AWS::EC2::NetworkAclEntry", {"NetworkAclId": writer.say(values["network_acl_id"]), **entry}


def _endpoint(writer: Writer, resource: Resource) -> Found:
    found = _plain(
        "AWS::EC2::VPCEndpoint",
        VpcId="vpc_id",
        ServiceName="service_name",
        VpcEndpointType="vpc_endpoint_type",
        SubnetIds="subnet_ids",
        SecurityGroupIds="security_group_ids",
        RouteTableIds="route_table_ids",
        PrivateDnsEnabled="private_dns_enabled",
    )(writer, resource)
    assert found is not None
    kind, said = found
    own = f"{resource.address}.policy"
    policy = resource.values.get("policy")
    if policy and sole_hole(policy) != own:
        said["PolicyDocument"] = writer.policy(policy)
    for options in resource.values.get("dns_options") or []:
        only = (
            options.get("private_dns_only_for_inbound_resolver_endpoint")
            if isinstance(options, dict)
            else None
        )
        if only is not None:
            word = "OnlyInboundResolver" if only else "AllResolvers"
            said["DnsOptions"] = {"PrivateDnsOnlyForInboundResolverEndpoint": word}
    return kind, said


def _more_tables(writer: Writer, resource: Resource) -> Found:
    writer.fold(
        resource.values["vpc_endpoint_id"], RouteTableIds=[writer.say(resource.values["route_table_id"])]
    )
    return None


def _role(writer: Writer, resource: Resource) -> Found:
    values = resource.values
    boundary = values.get("permissions_boundary")
    listed = values.get("managed_policy_arns")
    if (
        isinstance(listed, list)
        and resource.written is not None
        and "managed_policy_arns" in resource.written
    ):
        writer.extras.setdefault(logical_id(resource.address), {})["ManagedPolicyArns"] = writer.say(listed)
    for block in values.get("inline_policy") or []:
        if isinstance(block, dict) and block.get("policy"):
            one = {
                "PolicyName": block.get("name") or "inline",
                "PolicyDocument": writer.policy(block["policy"]),
            }
            inline = writer.extras.setdefault(logical_id(resource.address), {}).setdefault("Policies", [])
            inline.append(one)
    return "AWS::IAM::Role", {
        "RoleName": writer.say(values.get("name")),
        "AssumeRolePolicyDocument": writer.policy(values["assume_role_policy"]),
        "PermissionsBoundary": writer.say(boundary) if boundary else None,
    }


def _role_policy(writer: Writer, resource: Resource) -> Found:
    values = resource.values
    return "AWS::IAM::Policy", {
        "PolicyName": values.get("name") or "policy",
        "PolicyDocument": writer.policy(values["policy"]),
        "Roles": [_role_name(writer, values["role"])],
    }


def _role_name(writer: Writer, value: Any) -> Any:
    """A role by reference, so that CloudFormation makes it first."""
    owner = writer.called(value)
    return writer.say(value) if owner is None else {"Ref": logical_id(owner.address)}


def _attachment(writer: Writer, resource: Resource) -> Found:
    owner = writer.called(resource.values["role"])
    if owner is None:
        raise CannotSay("a policy on a role that is not in the template")
    key = logical_id(owner.address)
    listed = writer.extras.setdefault(key, {}).setdefault("ManagedPolicyArns", [])
    listed.append(writer.say(resource.values["policy_arn"]))
    return None


def _managed(writer: Writer, resource: Resource) -> Found:
    return "AWS::IAM::ManagedPolicy", {
        "ManagedPolicyName": resource.values.get("name"),
        "PolicyDocument": writer.policy(resource.values["policy"]),
    }


def _resource_policy(kind: str, owner: str, argument: str) -> Write:
    def write(writer: Writer, resource: Resource) -> Found:
        document = writer.policy(resource.values["policy"])
        key = "ResourcePolicy" if kind.endswith("ResourcePolicy") else "PolicyDocument"
        return kind, {owner: writer.say(resource.values[argument]), key: document}

    return write


def _folded_policy(argument: str, key: str) -> Write:
    def write(writer: Writer, resource: Resource) -> Found:
        document = writer.policy(resource.values["policy"])
        owner = writer.called(resource.values[argument])
        if owner is not None and f'"{logical_id(owner.address)}"' in json.dumps(document):
            raise CannotSay("a policy that is a property of a resource cannot name it")
        writer.fold(resource.values[argument], **{key: document})
        return None

    return write


def _key(writer: Writer, resource: Resource) -> Found:
    policy = resource.values.get("policy")
    own = sole_hole(str(policy)) == f"{resource.address}.policy"
    return "AWS::KMS::Key", {"KeyPolicy": None if own else writer.policy(policy)}


def _secret(writer: Writer, resource: Resource) -> Found:
    return _plain("AWS::SecretsManager::Secret", Name="name", KmsKeyId="kms_key_id")(writer, resource)


def _containers(writer: Writer, value: Any) -> Any:
    """Container definitions with the names that CloudFormation gives them."""
    if isinstance(value, Unknown):
        raise CannotSay("container definitions that Terraform cannot tell either")
    decoded = json.loads(value) if isinstance(value, str) else value
    return [writer.say(_titled(item)) for item in decoded]


def _titled(value: Any, *, keep: bool = False) -> Any:
    if isinstance(value, list):
        return [_titled(item) for item in value]
    if isinstance(value, dict):
        return {
            key if keep else key[:1].upper() + key[1:]: _titled(item, keep=key.lower() == "options")
            for key, item in value.items()
        }
    return value


def _definition(writer: Writer, resource: Resource) -> Found:
    values = resource.values
    platform = (values.get("runtime_platform") or [None])[0]
    volumes = []
    for block in values.get("volume") or []:
        volume: dict[str, Any] = {"Name": block["name"]}
        for efs in block.get("efs_volume_configuration") or []:
            said = {
                "FilesystemId": writer.say(efs["file_system_id"]),
                "TransitEncryption": efs.get("transit_encryption"),
                "RootDirectory": efs.get("root_directory"),
            }
            for one in efs.get("authorization_config") or []:
                said["AuthorizationConfig"] = {
                    "IAM": one.get("iam"),
                    "AccessPointId": writer.say(one.get("access_point_id")),
                }
            volume["EFSVolumeConfiguration"] = _without_none(said)
        volumes.append(volume)
    return "AWS::ECS::TaskDefinition", {
        "Family": values["family"],
        "Cpu": str(values.get("cpu") or 256),
        "Memory": str(values.get("memory") or 512),
        "NetworkMode": values.get("network_mode"),
        "RequiresCompatibilities": values.get("requires_compatibilities"),
        "ExecutionRoleArn": writer.say(values.get("execution_role_arn") or None),
        "TaskRoleArn": writer.say(values.get("task_role_arn") or None),
        "ContainerDefinitions": _containers(writer, values["container_definitions"]),
        "Volumes": volumes or None,
        "RuntimePlatform": platform
        and {
            "OperatingSystemFamily": platform.get("operating_system_family"),
            "CpuArchitecture": platform.get("cpu_architecture"),
        },
    }


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item not in (None, "")}
    return value


def _service(writer: Writer, resource: Resource) -> Found:
    values = resource.values
    network = (values.get("network_configuration") or [None])[0]
    said: dict[str, Any] = {
        "ServiceName": values.get("name"),
        "Cluster": writer.say(values.get("cluster")),
        "TaskDefinition": writer.say(values["task_definition"]),
        "DesiredCount": values.get("desired_count") or 0,
        "PlatformVersion": _given(resource, "platform_version"),
        "LaunchType": _given(resource, "launch_type"),
        "EnableExecuteCommand": values.get("enable_execute_command"),
    }
    if network:
        said["NetworkConfiguration"] = {
            "AwsvpcConfiguration": _without_none(
                {
                    "Subnets": writer.say(network["subnets"]),
                    "SecurityGroups": writer.say(network.get("security_groups")),
                    "AssignPublicIp": "ENABLED" if network.get("assign_public_ip") else "DISABLED",
                }
            )
        }
    strategy = values.get("capacity_provider_strategy")
    if strategy:
        said["CapacityProviderStrategy"] = [
            {"CapacityProvider": one["capacity_provider"], "Weight": one.get("weight") or 1}
            for one in strategy
        ]
    return "AWS::ECS::Service", said


def _given(resource: Resource, name: str) -> Any:
    value = resource.values.get(name)
    return None if isinstance(value, str) and OPEN in value else value


def _peering(writer: Writer, resource: Resource) -> Found:
    values = resource.values
    if values.get("auto_accept") is not True:
        raise CannotSay("CloudFormation accepts a peering in its own account by itself")
    return "AWS::EC2::VPCPeeringConnection", {
        "VpcId": writer.say(values["vpc_id"]),
        "PeerVpcId": writer.say(values["peer_vpc_id"]),
    }


def _zone(writer: Writer, resource: Resource) -> Found:
    return "AWS::Route53::HostedZone", {
        "Name": resource.values["name"],
        "VPCs": [
            {"VPCId": writer.say(block["vpc_id"]), "VPCRegion": {"Ref": "AWS::Region"}}
            for block in resource.values.get("vpc") or []
        ],
    }


def _record(writer: Writer, resource: Resource) -> Found:
    values = resource.values
    zone = writer.world.owner(sole_hole(values["zone_id"]))[0]
    assert zone is not None
    name, top = values["name"], zone.values["name"]
    full = name if name.endswith(top) else f"{name}.{top}" if name else top
    said: dict[str, Any] = {
        "HostedZoneId": writer.say(values["zone_id"]),
        "Name": full,
        "Type": values["type"],
    }
    if values.get("alias"):
        (alias,) = values["alias"]
        said["AliasTarget"] = {"DNSName": writer.say(alias["name"]), "HostedZoneId": "Z7HUB22UULQXV"}
    else:
        said |= {"ResourceRecords": writer.say(values["records"]), "TTL": "300"}
    return "AWS::Route53::RecordSet", said


def _address(writer: Writer, resource: Resource) -> Found:
    interface = resource.values.get("network_interface")
    key = logical_id(resource.address)
    if interface and sole_hole(interface) != f"{resource.address}.network_interface":
        attached = {
            "AllocationId": {"Fn::GetAtt": [key, "AllocationId"]},
            "NetworkInterfaceId": writer.say(interface),
        }
        writer.put(f"{key}Attached", "AWS::EC2::EIPAssociation", attached)
    return "AWS::EC2::EIP", {"Domain": "vpc"}


WRITERS: dict[str, Write] = {
    "aws_vpc": _vpc,
    "aws_subnet": _plain(
        "AWS::EC2::Subnet", VpcId="vpc_id", CidrBlock="cidr_block", AvailabilityZone="availability_zone"
    ),
    "aws_route_table": _table,
    "aws_route": _own_route,
    "aws_route_table_association": _plain(
        "AWS::EC2::SubnetRouteTableAssociation", SubnetId="subnet_id", RouteTableId="route_table_id"
    ),
    "aws_internet_gateway": _internet_gateway,
    "aws_egress_only_internet_gateway": _plain("AWS::EC2::EgressOnlyInternetGateway", VpcId="vpc_id"),
    "aws_nat_gateway": _plain(
        "AWS::EC2::NatGateway",
        SubnetId="subnet_id",
        AllocationId="allocation_id",
        ConnectivityType="connectivity_type",
    ),
    "aws_eip": _address,
    "aws_network_interface": _plain(
        "AWS::EC2::NetworkInterface",
        SubnetId="subnet_id",
        GroupSet="security_groups",
        SourceDestCheck="source_dest_check",
    ),
    "aws_vpc_peering_connection": _peering,
    "aws_security_group": _group,
    "aws_security_group_rule": _separate(""),
    "aws_vpc_security_group_ingress_rule": _separate("ingress"),
    "aws_vpc_security_group_egress_rule": _separate("egress"),
    "aws_network_acl": _acl,
    "aws_network_acl_rule": _acl_rule,
    "aws_network_acl_association": _plain(
        "AWS::EC2::SubnetNetworkAclAssociation", SubnetId="subnet_id", NetworkAclId="network_acl_id"
    ),
    "aws_vpc_dhcp_options": _plain("AWS::EC2::DHCPOptions", DomainNameServers="domain_name_servers"),
    "aws_vpc_dhcp_options_association": _plain(
        "AWS::EC2::VPCDHCPOptionsAssociation", VpcId="vpc_id", DhcpOptionsId="dhcp_options_id"
    ),
    "aws_vpc_endpoint": _endpoint,
    "aws_vpc_endpoint_route_table_association": _more_tables,
    "aws_iam_role": _role,
    "aws_iam_role_policy": _role_policy,
    "aws_iam_role_policy_attachment": _attachment,
    "aws_iam_policy": _managed,
    "aws_ecr_repository": _plain("AWS::ECR::Repository", RepositoryName="name"),
    "aws_ecr_repository_policy": _folded_policy("repository", "RepositoryPolicyText"),
    "aws_ecr_pull_through_cache_rule": _plain(
        "AWS::ECR::PullThroughCacheRule",
        EcrRepositoryPrefix="ecr_repository_prefix",
        UpstreamRegistryUrl="upstream_registry_url",
    ),
    "aws_secretsmanager_secret": _secret,
    "aws_secretsmanager_secret_policy": _resource_policy(
        "AWS::SecretsManager::ResourcePolicy", "SecretId", "secret_arn"
    ),
    "aws_cloudwatch_log_group": _plain("AWS::Logs::LogGroup", LogGroupName="name"),
    "aws_kms_key": _key,
    "aws_s3_bucket": _plain("AWS::S3::Bucket", BucketName="bucket"),
    "aws_efs_file_system": _plain("AWS::EFS::FileSystem"),
    "aws_efs_file_system_policy": _folded_policy("file_system_id", "FileSystemPolicy"),
    "aws_efs_mount_target": _plain(
        "AWS::EFS::MountTarget",
        FileSystemId="file_system_id",
        SubnetId="subnet_id",
        SecurityGroups="security_groups",
    ),
    "aws_efs_access_point": _plain("AWS::EFS::AccessPoint", FileSystemId="file_system_id"),
    "aws_ecs_cluster": _plain("AWS::ECS::Cluster", ClusterName="name"),
    "aws_ecs_task_definition": _definition,
    "aws_ecs_service": _service,
    "aws_route53_zone": _zone,
    "aws_route53_record": _record,
}
