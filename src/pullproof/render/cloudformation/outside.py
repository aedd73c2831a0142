"""What a new template cannot do to things that exist: why, and the command that does it."""

from pullproof.model import edits as e
from pullproof.render.base import CannotWrite
from pullproof.render.cloudformation.resolve import is_given


def refused(edit: e.Edit, key: str) -> CannotWrite:
    """Why an edit of something that no template here makes cannot be written."""
    return CannotWrite(
        f"a template can only add to what it does not make itself, and {key} would have to change",
        by_hand(edit),
    )


def by_hand(edit: e.Edit) -> str:
    """The command of AWS's CLI for an edit of something that exists."""
    match edit:
        case e.AssociateRouteTable():
            return f"aws ec2 modify-vpc-endpoint {_id('vpc-endpoint', edit.endpoint)} --add-route-table-ids {_ref(edit.table)}"
        case e.AddEndpointSubnet():
            return f"aws ec2 modify-vpc-endpoint {_id('vpc-endpoint', edit.endpoint)} --add-subnet-ids {_ref(edit.subnet)}"
        case e.SetPrivateDns():
            return f"aws ec2 modify-vpc-endpoint {_id('vpc-endpoint', edit.endpoint)} --private-dns-enabled"
        case e.SetVpcAttribute():
            option = (
                "--enable-dns-support" if edit.attribute.endswith("Support") else "--enable-dns-hostnames"
            )
            return f"aws ec2 modify-vpc-attribute {_id('vpc', edit.vpc)} {option} Value=true"
        case e.SetRoute():
            return f"aws ec2 replace-route {_id('route-table', edit.table)} --destination-cidr-block {edit.destination}"
        case e.AssignPublicIp():
            return f"set AssignPublicIp to ENABLED in the awsvpc configuration of {edit.launch}"
        case e.SetPlatformVersion():
            return f"set the platform version of {edit.launch} to {edit.version}"
        case e.AddStatement():
            return f"add the statement to the policy of {edit.holder}, where that is written"
        case e.AddTrust():
            return f"aws iam update-assume-role-policy for {edit.role}: let ecs-tasks.amazonaws.com assume it"
        case e.SetExecutionRole():
            return f"register a revision of {edit.task_definition} with executionRoleArn {_ref(edit.role)}"
        case _:
            return "change it where it is written"


def _id(noun: str, key: str) -> str:
    return f"--{noun}-id {_ref(key)}"


def _ref(key: str) -> str:
    """An id that AWS gave, else a word for it: names from an input have no place in a command."""
    return key if is_given(key) else "ID"
