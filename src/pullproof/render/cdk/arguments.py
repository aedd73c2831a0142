"""What the code is given: constructs and ids of what it does not make."""

import msgspec

from pullproof.model.edits import MANAGED
from pullproof.render.base import CannotWrite
from pullproof.render.cdk.code import Code, snake
from pullproof.render.cloudformation.names import free, tail
from pullproof.render.cloudformation.values import Link

#: kind -> (noun, type of the argument, attribute -> how it is had of it)
KINDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "vpc": ("vpc", "ec2.IVpc", {"id": "vpc_id"}),
    "subnet": ("subnet", "ec2.ISubnet", {"id": "subnet_id"}),
    "group": ("group", "ec2.ISecurityGroup", {"id": "security_group_id"}),
    "acl": ("acl", "ec2.INetworkAcl", {"id": "network_acl_id"}),
    "endpoint": ("endpoint", "ec2.IVpcEndpoint", {"id": "vpc_endpoint_id"}),
    "list": ("prefix_list", "ec2.IPrefixList", {"id": "prefix_list_id"}),
    "zone": ("zone", "route53.IHostedZone", {"id": "hosted_zone_id"}),
    "file_system": ("file_system", "efs.IFileSystem", {"id": "file_system_id", "arn": "file_system_arn"}),
    "role": ("role", "iam.IRole", {"arn": "role_arn", "name": "role_name"}),
    "secret": ("secret", "secretsmanager.ISecret", {"arn": "secret_arn"}),
    "bucket": ("bucket", "s3.IBucket", {"name": "bucket_name", "arn": "bucket_arn"}),
    "key": ("key", "kms.IKey", {"arn": "key_arn"}),
    "repository": ("repository", "ecr.IRepository", {"arn": "repository_arn"}),
    "service": ("service", "IConstruct", {}),
    "task_definition": ("task_definition", "IConstruct", {}),
    "trusting": ("role", "iam.Role", {}),
}


class Argument(msgspec.Struct, frozen=True, kw_only=True):
    """One keyword argument: its name, its type, and what it is for."""

    name: str
    type: str
    key: str


class Arguments:
    """The arguments, by what they stand for."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], Argument] = {}

    def of(self, link: Link) -> Code:
        """The expression for a thing that the code does not make.

        Raises:
            CannotWrite: the CDK has no expression for it.
        """
        noun, _, ways = KINDS.get(link.kind, ("", "str", {}))
        if not noun:
            attribute = link.attribute or "id"
            suffix = "id" if link.kind != "attribute" and attribute == "id" else snake(attribute)
            words = link.kind.removesuffix("_id") if link.kind != "attribute" else ""
            return Code(self._argument(link.key, f"{words}_{suffix}".strip("_"), "str"))
        if link.attribute not in ways:
            raise CannotWrite(
                f"the {link.attribute.replace('_', ' ')} of {link.key} is not known here",
                "write this part by hand, where that is made",
            )
        return Code(f"{self.construct(link.key, link.kind)}.{ways[link.attribute]}")

    def construct(self, key: str, kind: str) -> str:
        """The argument that is a construct itself."""
        noun, type_, _ = KINDS[kind]
        return self._argument(key, noun, type_)

    def _argument(self, key: str, noun: str, kind: str) -> str:
        place = (key, noun)
        if place not in self.found:
            stem = snake(tail(key).replace("[", "_"))
            name = stem if stem.endswith(noun) else f"{stem}_{noun}"
            taken = {one.name for one in self.found.values()} | {"self", "scope", "id", "stack", "super"}
            self.found[place] = Argument(name=free(name, taken), type=kind, key=key.removeprefix(MANAGED))
        elif kind == "iam.Role":  # more is asked of it than of any role
            self.found[place] = msgspec.structs.replace(self.found[place], type=kind)
        return self.found[place].name
