"""Which input of a well-known module from the registry does what an edit does.

https://registry.terraform.io/namespaces/terraform-aws-modules
"""

from pullproof.model import edits
from pullproof.model.edits import Edit
from pullproof.render.terraform.describe import subject
from pullproof.render.terraform.keys import pointer
from pullproof.render.terraform.workspace import Workspace

#: (what its source holds, the edit) -> what to set. The first that fits is taken.
INPUTS: tuple[tuple[str, type, str], ...] = (
    ("/vpc/aws", edits.SetVpcAttribute, "enable_dns_support = true and enable_dns_hostnames = true"),
    (
        "/vpc/aws//modules/vpc-endpoints",
        edits.AssociateRouteTable,
        "route_table_ids of that entry of endpoints",
    ),
    (
        "/vpc/aws//modules/vpc-endpoints",
        edits.AddEndpointSubnet,
        "subnet_ids, or those of that entry of endpoints",
    ),
    (
        "/vpc/aws//modules/vpc-endpoints",
        edits.SetPrivateDns,
        "private_dns_enabled = true in that entry of endpoints",
    ),
    ("/vpc/aws//modules/vpc-endpoints", edits.AddGroupRule, "security_group_rules, with a rule for port 443"),
    ("/vpc/aws//modules/vpc-endpoints", edits.AddStatement, "policy of that entry of endpoints"),
    ("/vpc/aws", edits.SetRoute, "enable_nat_gateway = true"),
    ("/vpc/aws", edits.AddAclEntry, "private_inbound_acl_rules and private_outbound_acl_rules"),
    ("/security-group/aws", edits.AddGroupRule, "ingress_with_source_security_group_id, or egress_with_..."),
    ("/ecs/aws", edits.AssignPublicIp, "assign_public_ip = true for that service"),
    ("/ecs/aws", edits.SetPlatformVersion, "platform_version for that service"),
    ("/ecs/aws", edits.AddGroupRule, "security_group_egress_rules or security_group_rules for that service"),
    (
        "/ecs/aws",
        edits.AddStatement,
        "task_exec_iam_statements, task_exec_secret_arns or task_exec_ssm_param_arns",
    ),
    ("/ecs/aws", edits.SetExecutionRole, "create_task_exec_iam_role = true, or task_exec_iam_role_arn"),
    ("/ecs/aws", edits.AddTrust, "create_task_exec_iam_role = true, so that the module makes the role"),
    ("/ecr/aws", edits.AddStatement, "repository_read_access_arns"),
    ("/efs/aws", edits.AddMountTarget, "mount_targets, with that subnet"),
    ("/efs/aws", edits.AddGroupRule, "security_group_rules, with a rule for port 2049"),
)


def input_for(workspace: Workspace | None, edit: Edit) -> str:
    """What to set on the module from the registry that something is inside of; "" where it is in none."""
    at = pointer(subject(edit))
    if workspace is None or at is None or not at.calls:
        return ""
    source = workspace.source(at.path)
    if not source:
        return ""
    call = f"module.{at.calls[0][0]}"
    for holds, kind, name in INPUTS:
        # A submodule's own row is for that submodule only.
        if isinstance(edit, kind) and (
            holds in source if "//" in holds else source.partition("//")[0].endswith(holds)
        ):
            return f"set {name} in the call of {call}"
    return f"set the input of {call} that does it ({source})"
