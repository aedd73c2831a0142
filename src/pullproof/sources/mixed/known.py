"""What an input says of things that exist: their ids, and what it attaches to them or takes away."""

from collections.abc import Iterator

from pullproof.model.text import OPEN, sole_hole
from pullproof.sources.terraform.tree import Resource, Tree, Value

#: Of each of these, one thing has one: the type, and the argument that says whose it is.
ATTACHED = {
    "aws_route_table_association": ("subnet_id",),
    "aws_network_acl_association": ("subnet_id",),
    "aws_network_acl": ("subnet_ids",),
    "aws_default_network_acl": ("subnet_ids",),
    "aws_main_route_table_association": ("vpc_id",),
    "aws_vpc_dhcp_options_association": ("vpc_id",),
    "aws_ecr_repository_policy": ("repository",),
    "aws_secretsmanager_secret_policy": ("secret_arn",),
    "aws_secretsmanager_secret": ("id", "arn"),
    "aws_kms_key_policy": ("key_id",),
    "aws_kms_key": ("id", "key_id", "arn"),
    "aws_s3_bucket_policy": ("bucket",),
    "aws_efs_file_system_policy": ("file_system_id",),
    "aws_ec2_transit_gateway_route_table_association": ("transit_gateway_attachment_id",),
}
#: What stands for the same attachment in another type: a key tells its policy itself, an ACL its subnets.
SAME_ATTACHMENT = {
    "aws_network_acl": "aws_network_acl_association",
    "aws_default_network_acl": "aws_network_acl_association",
    "aws_secretsmanager_secret": "aws_secretsmanager_secret_policy",
    "aws_kms_key": "aws_kms_key_policy",
}
#: Of each of these there is one in a region.
SINGLE = frozenset(("aws_vpc_block_public_access_options", "aws_ecr_registry_policy"))
#: What is called by a name that is its own in a region, or in the account: the attributes.
NAMED = {
    "aws_iam_role": ("name",),
    "aws_iam_policy": ("name",),
    "aws_ecr_repository": ("name",),
    "aws_cloudwatch_log_group": ("name",),
    "aws_ssm_parameter": ("name",),
    "aws_secretsmanager_secret": ("name",),
    "aws_s3_bucket": ("bucket", "id"),
    "aws_ecs_cluster": ("name",),
    "aws_kms_alias": ("name",),
    "aws_ecr_pull_through_cache_rule": ("ecr_repository_prefix",),
}
IDENTITIES = ("id", "arn", "key_id")

Claim = tuple[str, str]


class Known:
    """The input's resources by what AWS calls them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        #: (family of types, id, ARN or name) of everything that the input manages, also what it takes away.
        self.held: dict[Claim, str] = {}
        #: (type of an attachment, whose it is): the input decides it.
        self.claims: set[Claim] = set()
        for resource in tree.resources.values():
            if not resource.data:
                self.held |= dict.fromkeys(names(resource), resource.address)
                self.claims |= set(self._claims(resource))

    def literal(self, value: Value) -> str:
        """What AWS calls the thing that a value names; "" where that is not known yet."""
        if not isinstance(value, str) or not value:
            return ""
        if OPEN not in value:
            return value
        resource, attribute = self.owner(sole_hole(value))
        for name in (attribute, *IDENTITIES) if resource is not None else ():
            found = resource.values.get(name) if resource is not None else None
            if isinstance(found, str) and found and OPEN not in found:
                return found
        return ""

    def owner(self, name: str) -> tuple[Resource | None, str]:
        """The resource that the name of a hole begins with, and the rest of the name."""
        address = name
        while "." in address:
            address = address.rpartition(".")[0]
            if (found := self.tree.resources.get(address)) is not None:
                return found, name[len(address) + 1 :]
        return None, ""

    def _claims(self, resource: Resource) -> Iterator[Claim]:
        if resource.type in SINGLE:
            yield resource.type, ""
        kind = SAME_ATTACHMENT.get(resource.type, resource.type)
        for argument in ATTACHED.get(resource.type, ()):
            value = resource.values.get(argument)
            for item in value if isinstance(value, list) else [value]:
                if found := self.literal(item):
                    yield kind, found


def family(kind: str) -> str:
    """A type, and what adopts one that is there, by one name."""
    return kind.replace("aws_default_", "aws_")


def names(resource: Resource) -> Iterator[Claim]:
    """What AWS calls a resource, as far as it is known."""
    for attribute in (*IDENTITIES, *NAMED.get(resource.type, ())):
        value = resource.values.get(attribute)
        if isinstance(value, str) and value and OPEN not in value:
            yield family(resource.type), value
