"""The types of resource that say something about a task's start; anything else is passed over undecoded."""

WANTED = frozenset(
    (
        *("aws_vpc", "aws_default_vpc", "aws_subnet", "aws_default_subnet", "aws_subnets", "aws_subnet_ids"),
        *("aws_vpc_ipv4_cidr_block_association", "aws_main_route_table_association"),
        *("aws_vpc_dhcp_options", "aws_default_vpc_dhcp_options", "aws_vpc_dhcp_options_association"),
        *("aws_vpc_block_public_access_options", "aws_vpc_block_public_access_exclusion"),
        *("aws_route_table", "aws_default_route_table", "aws_route", "aws_route_table_association"),
        *("aws_vpn_gateway_route_propagation", "aws_vpn_gateway", "aws_nat_gateway", "aws_eip"),
        *("aws_eip_association", "aws_internet_gateway", "aws_internet_gateway_attachment"),
        *("aws_egress_only_internet_gateway", "aws_vpc_peering_connection"),
        *("aws_vpc_peering_connection_accepter", "aws_network_interface", "aws_instance"),
        *("aws_security_group", "aws_default_security_group", "aws_security_group_rule"),
        *("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"),
        *("aws_security_groups", "aws_network_acl", "aws_default_network_acl", "aws_network_acl_rule"),
        *("aws_network_acl_association", "aws_ec2_managed_prefix_list", "aws_ec2_managed_prefix_list_entry"),
        *("aws_prefix_list", "aws_vpc_endpoint", "aws_vpc_endpoint_subnet_association"),
        *("aws_vpc_endpoint_route_table_association", "aws_vpc_endpoint_security_group_association"),
        *("aws_vpc_endpoint_policy", "aws_vpc_endpoint_private_dns", "aws_networkfirewall_firewall"),
        *("aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_policy"),
        *("aws_iam_policy_attachment", "aws_iam_role_policy_attachments_exclusive"),
        *("aws_iam_policy_document", "aws_ecr_repository", "aws_ecr_repository_policy"),
        *("aws_ecr_registry_policy", "aws_ecr_pull_through_cache_rule", "aws_secretsmanager_secret"),
        *("aws_secretsmanager_secret_policy", "aws_secretsmanager_secret_version", "aws_ssm_parameter"),
        *("aws_kms_key", "aws_kms_replica_key", "aws_kms_alias", "aws_kms_key_policy"),
        *("aws_cloudwatch_log_group", "aws_s3_bucket", "aws_s3_bucket_policy", "aws_efs_file_system"),
        *("aws_efs_file_system_policy", "aws_efs_mount_target", "aws_efs_access_point"),
        *("aws_ecs_cluster", "aws_ecs_cluster_capacity_providers", "aws_ecs_task_definition"),
        *("aws_ecs_service", "aws_ecs_task_set", "aws_caller_identity", "aws_region", "aws_partition"),
    )
)
