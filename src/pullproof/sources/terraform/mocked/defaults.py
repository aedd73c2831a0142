"""Defaults that the AWS provider fills in when it plans, and a mocked provider does not.

Only those that are not "no", zero or nothing: those mean the same as being left out. Each was read off plans
made by the provider (5.100), and is in its documentation.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from typing import Any

import msgspec

from pullproof.sources.terraform.plan_json import Plan, ResourceChange

DEFAULTS: dict[str, dict[str, Any]] = {
    "aws_batch_compute_environment": {"state": "ENABLED"},
    "aws_cloudwatch_event_target": {"event_bus_name": "default"},
    "aws_default_subnet": {"map_public_ip_on_launch": True},
    "aws_default_vpc": {"enable_dns_hostnames": True, "enable_dns_support": True},
    "aws_ecr_repository": {"image_tag_mutability": "MUTABLE"},
    "aws_ecs_service": {"scheduling_strategy": "REPLICA"},
    "aws_iam_policy": {"path": "/"},
    "aws_iam_role": {"path": "/"},
    "aws_instance": {"source_dest_check": True},
    "aws_kms_key": {"is_enabled": True, "key_usage": "ENCRYPT_DECRYPT"},
    "aws_nat_gateway": {"connectivity_type": "public"},
    "aws_network_interface": {"source_dest_check": True},
    "aws_scheduler_schedule": {"state": "ENABLED"},
    "aws_sfn_state_machine": {"type": "STANDARD"},
    "aws_vpc": {"enable_dns_support": True, "instance_tenancy": "default"},
    "aws_vpc_endpoint": {"vpc_endpoint_type": "Gateway"},
}


def with_defaults(plan: Plan) -> Plan:
    """A plan whose resources have the provider's defaults where nothing is written."""
    return msgspec.structs.replace(
        plan, resource_changes=[_filled(change) for change in plan.resource_changes]
    )


def _filled(change: ResourceChange) -> ResourceChange:
    defaults = DEFAULTS.get(change.type) if change.mode == "managed" else None
    after: Any = msgspec.json.decode(change.change.after) if defaults else None
    if not defaults or not isinstance(after, dict):
        return change
    # What is null and not known after apply is certainly left out; a value yet unknown is not among these.
    filled = {name: value for name, value in defaults.items() if name in after and after[name] is None}
    return msgspec.structs.replace(
        change,
        change=msgspec.structs.replace(change.change, after=msgspec.Raw(msgspec.json.encode(after | filled))),
    )
