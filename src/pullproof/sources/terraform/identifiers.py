"""Arguments that hold an identifier, and which attribute of which resource such an identifier is.

Where an argument is known only by the references in it, an identifier is the one thing that can be read:
an id that is not known yet has to come, unchanged, from a resource that the expression mentions. Text
that is put together (names, policies, images) cannot be read this way and is not listed.
"""

from collections.abc import Mapping

#: For each kind of thing: resource type -> the attributes that identify it, the usual one first.
VPC = {
    "aws_vpc": ("id",),
    "aws_default_vpc": ("id",),
    "aws_subnet": ("vpc_id",),
    "aws_security_group": ("vpc_id",),
    "aws_vpc_endpoint": ("vpc_id",),
    "aws_internet_gateway": ("vpc_id",),
    "aws_route_table": ("vpc_id",),
    "aws_vpc_ipv4_cidr_block_association": ("vpc_id",),
    "aws_vpc_dhcp_options_association": ("vpc_id",),
}
SUBNET = {
    "aws_subnet": ("id",),
    "aws_default_subnet": ("id",),
    "aws_subnets": ("ids",),
    "aws_subnet_ids": ("ids",),
    "aws_route_table_association": ("subnet_id",),
    "aws_vpc_endpoint": ("subnet_ids",),
    "aws_nat_gateway": ("subnet_id",),
    "aws_efs_mount_target": ("subnet_id",),
}
TABLE = {
    "aws_route_table": ("id",),
    "aws_default_route_table": ("id",),
    "aws_route_table_association": ("route_table_id",),
    "aws_vpc": ("main_route_table_id", "default_route_table_id"),
    "aws_default_vpc": ("main_route_table_id", "default_route_table_id"),
    "aws_route_tables": ("ids",),
}
ACL = {
    "aws_network_acl": ("id",),
    "aws_default_network_acl": ("id",),
    "aws_vpc": ("default_network_acl_id",),
    "aws_default_vpc": ("default_network_acl_id",),
    "aws_network_acls": ("ids",),
}
GROUP = {
    "aws_security_group": ("id",),
    "aws_default_security_group": ("id",),
    "aws_vpc": ("default_security_group_id",),
    "aws_default_vpc": ("default_security_group_id",),
    "aws_security_groups": ("ids",),
}
GATEWAY = {
    "aws_internet_gateway": ("id",),
    "aws_internet_gateway_attachment": ("internet_gateway_id",),
    "aws_vpn_gateway": ("id",),
    "aws_nat_gateway": ("id",),
}
NAT = {"aws_nat_gateway": ("id",)}
EGRESS_ONLY = {"aws_egress_only_internet_gateway": ("id",)}
ENDPOINT = {"aws_vpc_endpoint": ("id",)}
INTERFACE = {
    "aws_network_interface": ("id",),
    "aws_instance": ("primary_network_interface_id",),
}
INSTANCE = {"aws_instance": ("id",)}
SERVICE_NAME = {"aws_vpc_endpoint_service": ("service_name",)}
BLOCKS = {"aws_vpc_endpoint": ("cidr_blocks",), "aws_prefix_list": ("cidr_blocks",)}
PEERING = {
    "aws_vpc_peering_connection": ("id",),
    "aws_vpc_peering_connection_accepter": ("id", "vpc_peering_connection_id"),
}
TRANSIT = {"aws_ec2_transit_gateway": ("id",)}
ATTACHMENT = {
    "aws_ec2_transit_gateway_vpc_attachment": ("id",),
    "aws_ec2_transit_gateway_peering_attachment": ("id",),
}
TRANSIT_TABLE = {
    "aws_ec2_transit_gateway_route_table": ("id",),
    "aws_ec2_transit_gateway": ("association_default_route_table_id", "propagation_default_route_table_id"),
}
PREFIX_LIST = {
    "aws_ec2_managed_prefix_list": ("id",),
    "aws_prefix_list": ("id",),
    "aws_vpc_endpoint": ("prefix_list_id",),
}
ROLE_ARN = {"aws_iam_role": ("arn",), "aws_iam_roles": ("arns",)}
ROLE_NAME = {"aws_iam_role": ("name", "id", "role")}
POLICY_ARN = {"aws_iam_policy": ("arn", "id")}
DOCUMENT = {"aws_iam_policy_document": ("json", "minified_json")}
CLUSTER = {"aws_ecs_cluster": ("id", "arn", "name")}
SERVICE = {"aws_ecs_service": ("id", "name")}
TASK_DEFINITION = {"aws_ecs_task_definition": ("arn", "id", "family", "arn_without_revision", "revision")}
JOB_DEFINITION = {"aws_batch_job_definition": ("arn", "id", "name")}
ENVIRONMENT = {"aws_batch_compute_environment": ("arn", "id", "name", "compute_environment_name")}
ZONE = {"aws_route53_zone": ("zone_id", "id")}
RULE = {"aws_route53_resolver_rule": ("id",)}
DHCP = {"aws_vpc_dhcp_options": ("id",)}
SECRET = {
    "aws_secretsmanager_secret": ("id", "arn"),
    "aws_secretsmanager_secret_version": ("secret_id", "arn"),
}
KEY = {"aws_kms_key": ("arn", "key_id", "id"), "aws_kms_alias": ("arn", "target_key_arn", "target_key_id")}
FILE_SYSTEM = {"aws_efs_file_system": ("id",), "aws_efs_mount_target": ("file_system_id",)}
ACCESS_POINT = {"aws_efs_access_point": ("id", "arn")}
REPOSITORY = {"aws_ecr_repository": ("name", "id")}
BUCKET = {"aws_s3_bucket": ("id", "bucket")}
EIP = {"aws_eip": ("id", "allocation_id")}
ADDRESS = {"aws_vpc_endpoint": ("dns_entry",)}

Kind = Mapping[str, tuple[str, ...]]

#: Name of the argument, at any depth -> the kind of thing it identifies.
KINDS: dict[str, Kind] = {
    "vpc": VPC,
    "vpc_id": VPC,
    "peer_vpc_id": VPC,
    "subnet_id": SUBNET,
    "subnet_ids": SUBNET,
    "subnets": SUBNET,
    "route_table_id": TABLE,
    "route_table_ids": TABLE,
    "default_route_table_id": TABLE,
    "network_acl_id": ACL,
    "default_network_acl_id": ACL,
    "security_group_id": GROUP,
    "source_security_group_id": GROUP,
    "referenced_security_group_id": GROUP,
    "security_group_ids": GROUP,
    "security_groups": GROUP,
    "vpc_security_group_ids": GROUP,
    "gateway_id": GATEWAY,
    "internet_gateway_id": GATEWAY,
    "nat_gateway_id": NAT,
    "egress_only_gateway_id": EGRESS_ONLY,
    "vpc_endpoint_id": ENDPOINT,
    "network_interface_id": INTERFACE,
    "network_interface": INTERFACE,
    "instance": INSTANCE,
    "instance_id": INSTANCE,
    "service_name": SERVICE_NAME,
    "cidr_blocks": BLOCKS,
    "vpc_peering_connection_id": PEERING,
    "transit_gateway_id": TRANSIT,
    "transit_gateway_attachment_id": ATTACHMENT,
    "transit_gateway_route_table_id": TRANSIT_TABLE,
    "prefix_list_id": PREFIX_LIST,
    "prefix_list_ids": PREFIX_LIST,
    "destination_prefix_list_id": PREFIX_LIST,
    "execution_role_arn": ROLE_ARN,
    "task_role_arn": ROLE_ARN,
    "role": ROLE_NAME,
    "roles": ROLE_NAME,
    "role_name": ROLE_NAME,
    "role_arn": ROLE_ARN,
    "policy_arn": POLICY_ARN,
    "policy_arns": POLICY_ARN,
    "managed_policy_arns": POLICY_ARN,
    "permissions_boundary": POLICY_ARN,
    "policy": DOCUMENT,
    "assume_role_policy": DOCUMENT,
    "source_policy_documents": DOCUMENT,
    "override_policy_documents": DOCUMENT,
    "cluster": CLUSTER,
    "cluster_name": CLUSTER,
    "service": SERVICE,
    "task_definition": TASK_DEFINITION,
    "task_definition_arn": TASK_DEFINITION,
    "arn": CLUSTER,
    "job_definition": JOB_DEFINITION,
    "compute_environment": ENVIRONMENT,
    "compute_environments": ENVIRONMENT,
    "zone_id": ZONE,
    "resolver_rule_id": RULE,
    "dhcp_options_id": DHCP,
    "secret_arn": SECRET,
    "secret_id": SECRET,
    "kms_key_id": KEY,
    "kms_key": KEY,
    "key_id": KEY,
    "target_key_id": KEY,
    "file_system_id": FILE_SYSTEM,
    "access_point_id": ACCESS_POINT,
    "repository": REPOSITORY,
    "bucket": BUCKET,
    "dns_name": ADDRESS,
    "allocation_id": EIP,
}

#: What the `id` argument of a data source identifies: its type -> an argument of that kind.
LOOKED_UP = {
    "aws_vpc": "vpc_id",
    "aws_subnet": "subnet_id",
    "aws_security_group": "security_group_id",
    "aws_route_table": "route_table_id",
    "aws_vpc_endpoint": "vpc_endpoint_id",
    "aws_nat_gateway": "nat_gateway_id",
    "aws_ec2_transit_gateway": "transit_gateway_id",
}

#: Arguments whose name alone does not say what they identify: type and name -> an argument of that kind.
#: (A record's own name may be any text; of a VPC endpoint it can only be the endpoint's name.)
MEANT = {("aws_route53_record", "name"): "dns_name"}

#: Types whose identifiers are told apart so well that one cannot stand in for another.
TYPED = frozenset(resource for kind in KINDS.values() for resource in kind)


def is_identifier(text: str) -> bool:
    """Whether a known text can be what AWS gave something as its id or ARN: "subnet-0a1b2c3d", "arn:..."."""
    if text.startswith("arn:"):
        return True
    kind, _, tail = text.rpartition("-")
    return bool(kind) and 8 <= len(tail) <= 17 and not tail.strip("0123456789abcdef") and kind[0].islower()


#: Arguments that may as well be put together from other names: only the types listed can be the whole of it.
STRICT = frozenset(
    (
        *("service_name", "cidr_blocks", "dns_name", "policy", "assume_role_policy"),
        *("source_policy_documents", "override_policy_documents"),
    )
)

#: Text that may be unknown as a whole, and what it is made of worth knowing.
TELLING = {
    "container_definitions": "aws_ecs_task_definition",
    "definition": "aws_sfn_state_machine",
    "container_properties": "aws_batch_job_definition",
}

#: Arguments that hold a list of identifiers.
MANY = frozenset(
    (
        *("subnets", "subnet_ids", "security_groups", "security_group_ids", "vpc_security_group_ids"),
        *("route_table_ids", "prefix_list_ids", "cidr_blocks", "roles", "managed_policy_arns", "policy_arns"),
        *("source_policy_documents", "override_policy_documents", "compute_environments"),
    )
)

#: Kinds whose members all belong to one VPC, so that none of them is older than the VPC.
IN_ONE_VPC = (SUBNET, TABLE, GROUP)
