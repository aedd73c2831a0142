"""New roles and policies."""

from collections.abc import Sequence

from pullproof.model import edits
from pullproof.render.base import CannotWrite
from pullproof.render.terraform import hcl, policies
from pullproof.render.terraform.hcl import Assign
from pullproof.render.terraform.made import Made, short

#: AWS managed policies whose ARN has a path before the name.
SERVICE_ROLES = ("AmazonECSTaskExecutionRolePolicy", "AmazonEC2ContainerServiceRole")

#: The resource that holds the policy of each kind of thing, and how it refers to it. Where having no policy
#: means that everything is allowed (endpoints, file systems) or that the account decides (keys), a first
#: policy would take away more than it gives.
POLICY_RESOURCES = {
    "repositories": ("aws_ecr_repository_policy", "repository", "name"),
    "secrets": ("aws_secretsmanager_secret_policy", "secret_arn", "arn"),
    "buckets": ("aws_s3_bucket_policy", "bucket", "id"),
}


def statements(made: Made, edits_: Sequence[edits.AddStatement]) -> None:
    """The policy that holds some statements about one thing."""
    edit = edits_[0]
    written = [policies.written(made.writer, one.statement, made.scope) for one in edits_]
    noun = getattr(made.writer.estate, edit.kind).get(edit.holder)
    first = edit.kind != "roles" or noun is None or not (noun.policies.items or noun.policies.open)
    name = short(made, edit.holder) + ("" if first else "_more")
    if edit.kind == "roles":
        made.add(
            "aws_iam_role_policy",
            name,
            Assign("name", hcl.quoted(hcl.label(name).replace("_", "-"))),
            Assign("role", role_name(made, edit.holder)),
            Assign("policy", policies.document(written)),
            beside=edit.holder,
        )
        return
    form = POLICY_RESOURCES.get(edit.kind)
    if form is None:
        raise CannotWrite("this changes a policy that exists", "use --write")
    kind, argument, attribute = form
    made.add(
        kind,
        name,
        Assign(argument, made.ref(edit.holder, attribute)),
        Assign("policy", policies.document(written)),
        beside=edit.holder,
    )


def role_name(made: Made, key: str) -> str:
    """The name of a role, which an inline policy asks for."""
    if key.startswith("arn:"):
        return hcl.quoted(key.rpartition("/")[2])
    return made.ref(key, "name")


def role(made: Made, edit: edits.AddRole) -> None:
    """A role for ECS tasks, with its policies."""
    trust = policies.written(made.writer, policies.ecs_tasks(), made.scope)
    found = made.define(
        edit.name,
        "aws_iam_role",
        Assign("name_prefix", hcl.quoted(f"{edit.name.replace('_', '-')[:37]}-")),
        Assign("assume_role_policy", policies.document([trust])),
    )
    for name in edit.managed:
        made.add(
            "aws_iam_role_policy_attachment",
            edit.name,
            Assign("role", f"{found.address}.name"),
            Assign("policy_arn", managed_arn(made, name)),
        )
    if edit.statements:
        written = [policies.written(made.writer, one, made.scope) for one in edit.statements]
        made.add(
            "aws_iam_role_policy",
            edit.name,
            Assign("name", hcl.quoted(edit.name.replace("_", "-"))),
            Assign("role", f"{found.address}.name"),
            Assign("policy", policies.document(written)),
        )


def managed_arn(made: Made, name: str) -> str:
    """The ARN of an AWS managed policy."""
    path = "service-role/" if name in SERVICE_ROLES else ""
    return hcl.quoted(f"arn:{made.writer.estate.partition}:iam::aws:policy/{path}{name}")
