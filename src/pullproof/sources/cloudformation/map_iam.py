"""Roles, and every way in which a template puts policies on them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.rows import Part, Properties, Row, Values, items, members, own
from pullproof.sources.cloudformation.stack import Item
from pullproof.sources.terraform.tree import Value


def _role(_item: Item, properties: Properties) -> Values:
    return {"inline_policy": [_inline(one) for one in items(properties.get("Policies"))]}


def _inline(value: Value) -> Values:
    """One inline policy; one that is not known may say anything."""
    found = members(value)
    if isinstance(found, Unknown):
        return {"name": "", "policy": found}
    return {"name": found.get("PolicyName"), "policy": found.get("PolicyDocument")}


def _on_roles(_item: Item, properties: Properties) -> list[Part]:
    """An inline policy that is a resource of its own, on each of its roles."""
    roles = items(properties.get("Roles"))
    return [
        Part(
            path=f"Roles[{index}]" if len(roles) > 1 else "",
            type="aws_iam_role_policy",
            values={
                "role": role,
                "name": properties.get("PolicyName"),
                "policy": properties.get("PolicyDocument"),
            },
        )
        for index, role in enumerate(roles)
    ]


def _attached(item: Item, properties: Properties) -> list[Part]:
    """The roles that a managed policy is attached to."""
    return [
        Part(
            path=f"Roles[{index}]",
            type="aws_iam_role_policy_attachment",
            values={"role": role, "policy_arn": own(item, "arn")},
        )
        for index, role in enumerate(items(properties.get("Roles")))
    ]


ROWS = (
    Row(
        type="AWS::IAM::Role",
        to="aws_iam_role",
        names={
            "RoleName": "name",
            "Path": "path",
            "AssumeRolePolicyDocument": "assume_role_policy",
            "ManagedPolicyArns": "managed_policy_arns",
            "PermissionsBoundary": "permissions_boundary",
        },
        build=_role,
        ref="name",
        gives={"Arn": "arn", "RoleId": "unique_id"},
        words={"inline_policy": "Policies"},
    ),
    Row(
        type="AWS::IAM::Policy",
        parts=_on_roles,
        ref="name",
        doubt=("policy",),
        words={"policy": "PolicyDocument", "role": "Roles"},
    ),
    Row(
        type="AWS::IAM::RolePolicy",
        to="aws_iam_role_policy",
        names={"RoleName": "role", "PolicyName": "name", "PolicyDocument": "policy"},
        ref="name",
        doubt=("policy",),
    ),
    Row(
        type="AWS::IAM::ManagedPolicy",
        to="aws_iam_policy",
        names={"ManagedPolicyName": "name", "PolicyDocument": "policy", "Path": "path"},
        parts=_attached,
        ref="arn",
        gives={"PolicyArn": "arn"},
        doubt=("policy",),
        words={"role": "Roles"},
    ),
)
