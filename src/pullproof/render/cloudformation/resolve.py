"""References spelt: a resource of the template by `Ref` or `GetAtt`, an id as it is, the rest as parameters."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from pullproof.model.edits import MANAGED
from pullproof.model.estate import Estate
from pullproof.model.text import is_exact
from pullproof.render.base import CannotWrite
from pullproof.render.cloudformation.names import ending, free, pascal, tail
from pullproof.render.cloudformation.values import Fn, Link, Value, Words

#: kind -> (noun of a parameter, its type, what its value looks like, the noun in words)
KINDS = {
    "vpc": ("VpcId", "AWS::EC2::VPC::Id", "", "The VPC"),
    "subnet": ("SubnetId", "AWS::EC2::Subnet::Id", "", "The subnet"),
    "group": ("SecurityGroupId", "AWS::EC2::SecurityGroup::Id", "", "The security group"),
    "route_table": ("RouteTableId", "String", "^rtb-[0-9a-f]+$", "The route table"),
    "acl": ("NetworkAclId", "String", "^acl-[0-9a-f]+$", "The network ACL"),
    "endpoint": ("EndpointId", "String", "^vpce-[0-9a-f]+$", "The VPC endpoint"),
    "list": ("PrefixListId", "String", "^pl-[0-9a-f]+$", "The prefix list"),
    "internet_gateway": ("InternetGatewayId", "String", "^igw-[0-9a-f]+$", "The internet gateway"),
    "nat_gateway": ("NatGatewayId", "String", "^nat-[0-9a-f]+$", "The NAT gateway"),
    "zone": ("HostedZoneId", "AWS::Route53::HostedZone::Id", "", "The hosted zone"),
    "file_system": ("FileSystemId", "String", "^fs-[0-9a-f]+$", "The file system"),
    "role": ("Role", "String", "", "The role"),
    "secret": ("Secret", "String", "", "The secret"),
    "bucket": ("Bucket", "String", "", "The bucket"),
}
_ATTRIBUTES = {"arn": "Arn", "name": "Name", "id": "Id", "url": "Url"}

#: What another stack exports, in a key; its name follows.
IMPORT = "import:"
#: An id that AWS gave, an ARN.
_GIVEN = re.compile(r"(?:[a-z]{2,6}-[0-9a-f]{8,17}|Z[A-Z0-9]{6,31}|arn:[^\s{}$]+)")

#: (type, attribute) -> the attribute that `GetAtt` has for it, where it is not `Ref`.
_GET = {
    ("AWS::EC2::SecurityGroup", "id"): "GroupId",
    ("AWS::EC2::EIP", "id"): "AllocationId",
    ("AWS::EC2::PrefixList", "id"): "PrefixListId",
    ("AWS::EC2::VPCEndpoint", "dns_entries"): "DnsEntries",
    ("AWS::EC2::TransitGateway", "id"): "Id",
    ("AWS::EFS::AccessPoint", "id"): "AccessPointId",
    ("AWS::ECR::Repository", "repository_url"): "RepositoryUri",
    ("AWS::ECS::Service", "name"): "Name",
}
#: Types whose `Ref` is their ARN.
_REF_IS_ARN = frozenset(
    {
        "AWS::SecretsManager::Secret",
        "AWS::ECS::TaskDefinition",
        "AWS::ECS::Service",
        "AWS::IAM::ManagedPolicy",
    }
)
_HAS_ARN = frozenset(
    {
        "AWS::ECR::Repository", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::IAM::Role", "AWS::S3::Bucket",
        "AWS::EFS::FileSystem", "AWS::EFS::AccessPoint", "AWS::ECS::Cluster", "AWS::EC2::PrefixList",
    }
)  # fmt: skip
#: Holes for what a stack knows of itself.
_PSEUDO = {"region": "AWS::Region", "account": "AWS::AccountId", "partition": "AWS::Partition"}
#: What a VPC makes by itself: the name in a key, and the attribute of the VPC.
_BORN = {
    "default_security_group_id": "DefaultSecurityGroup",
    "default_network_acl_id": "DefaultNetworkAcl",
    "DefaultSecurityGroup": "DefaultSecurityGroup",
    "DefaultNetworkAcl": "DefaultNetworkAcl",
}
_MAIN_TABLE = ("main_route_table_id", "MainRouteTable")


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter that a template asks for. `listed` is the name of AWS's prefix list that it is the id of."""

    name: str
    value: dict[str, Value]
    key: str
    listed: str = ""


#: Where the metadata of a template says which of AWS's lists an id is; `pullproof check` reads it.
LISTS = ("Metadata", "Pullproof", "PrefixLists")
#: In the name of a list: the region of the stack, where nobody tells it.
REGION = "${AWS::Region}"


Place: TypeAlias = tuple[str, str, str]


def place(link: Link) -> Place:
    """What a parameter is for: whose, of what kind, and which of its names."""
    return link.key, "" if link.kind == "attribute" else link.kind, link.attribute


class Parameters:
    """The parameters that a template must gain, by what they are for."""

    def __init__(self, taken: Callable[[], set[str]], given: Mapping[Place, Parameter] | None = None) -> None:
        self.taken = taken
        self.given = given or {}
        self.found: dict[Place, Parameter] = {}

    def of(self, link: Link) -> Fn:
        """A reference to the parameter for a thing that no template makes."""
        where = place(link)
        if where not in self.found:
            self.found[where] = self.given[where] if where in self.given else self._new(link)
        return Fn("Ref", self.found[where].name)

    def _new(self, link: Link) -> Parameter:
        if link.kind == "list":
            return self._list(link)
        if link.kind == "availability_zone":
            zone = {"Type": "AWS::EC2::AvailabilityZone::Name", "Default": link.key}
            return self._added(pascal(f"zone_{link.key[-1:]}"), zone, link)
        noun, kind, pattern, words = KINDS.get(link.kind, ("", "String", "", "Of"))
        suffix = _ATTRIBUTES.get(link.attribute, pascal(link.attribute))
        if link.attribute != "id" or not noun:
            noun, kind, pattern = noun.removesuffix("Id") + suffix, "String", ""
        if link.attribute == "arn":
            pattern = "^arn:.+$"
        stem = ending(pascal(tail(link.key)), noun)
        value: dict[str, Value] = {"Type": kind, "Description": f"{words} {link.key}: its {suffix.lower()}"}
        return self._added(stem, value | ({"AllowedPattern": pattern} if pattern else {}), link)

    def _list(self, link: Link) -> Parameter:
        """AWS's own lists have an id in each region that no function of CloudFormation gives."""
        managed = link.key.rpartition(".")[2] if link.key.startswith(MANAGED) else ""
        service = managed or ("s3" if link.key.endswith(".prefix_list_id") else "")
        _, kind, pattern, _ = KINDS["list"]
        if not service:
            stem, says = ending(pascal(tail(link.key)), "PrefixListId"), f"The prefix list {link.key}: its id"
        else:
            stem = f"{pascal(service)}PrefixListId"
            says = (
                "The id of AWS's own prefix list for this service and region: aws ec2 describe-managed-prefix-lists"
                f" --filters Name=prefix-list-name,Values=com.amazonaws.REGION.{service}"
            )
        value: dict[str, Value] = {"Type": kind, "Description": says, "AllowedPattern": pattern}
        listed = f"com.amazonaws.${{AWS::Region}}.{service}" if service else ""
        return self._added(stem, value, link, listed)

    def _added(self, stem: str, value: dict[str, Value], link: Link, listed: str = "") -> Parameter:
        name = free(stem, self.taken() | {one.name for one in self.found.values()})
        return Parameter(name=name, value=value, key=link.key, listed=listed)

    @property
    def lists(self) -> dict[str, Value]:
        """AWS's prefix lists by the parameters that are their ids, for the metadata of the template."""
        return {one.name: one.listed for one in self.found.values() if one.listed}


class Resolver:
    """Spells references for one template."""

    def __init__(
        self,
        estate: Estate,
        ids: dict[str, tuple[str, str]],
        elsewhere: Callable[[Link], Value],
    ) -> None:
        self.estate = estate
        #: key -> (logical id, type) of what this template has or gains.
        self.ids = ids
        self.elsewhere = elsewhere

    def value(self, value: Value) -> Value:
        """A value without any `Link` or `Words`.

        Raises:
            CannotWrite: something in it cannot be referred to from here.
        """
        if isinstance(value, Link):
            return self.link(value)
        if isinstance(value, Words):
            return self._words(value)
        if isinstance(value, Fn):
            return Fn(value.name, self.value(value.argument))
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {name: self.value(item) for name, item in value.items()}
        return value

    def link(self, link: Link) -> Value:
        """One reference."""
        if link.kind == "pseudo" or link.key.startswith("AWS::"):
            return Fn("Ref", link.key)
        if link.key in _PSEUDO and not link.attribute:
            return Fn("Ref", _PSEUDO[link.key])
        if link.key in self.ids:
            return self._spelt(link, *self.ids[link.key])
        owner, _, born = link.key.rpartition(".")
        if owner in self.ids and born in _BORN:
            return Fn("GetAtt", [self.ids[owner][0], _BORN[born]])
        if owner in self.ids and born in _MAIN_TABLE:
            raise CannotWrite(
                f"CloudFormation has no way to refer to the main route table of {owner}",
                f"add a route table to {owner} and associate the subnets with it, then run this again",
            )
        if _GIVEN.fullmatch(link.key):
            return _given(link)
        if link.key.startswith(IMPORT) and link.attribute in ("", "id") and "${" not in link.key:
            return Fn("ImportValue", link.key.removeprefix(IMPORT))
        return self.elsewhere(link)

    def _spelt(self, link: Link, name: str, kind: str) -> Value:
        attribute = link.attribute.lower().split(".")[0]
        if kind == "Parameter":
            return Fn("Ref", name)
        if kind == "AWS::SSM::Parameter" and attribute == "arn":
            return self._parameter_arn(link, name)
        if (kind, attribute) in _GET:
            return Fn("GetAtt", [name, _GET[kind, attribute]])
        if attribute == "arn" and kind not in _REF_IS_ARN:
            if kind not in _HAS_ARN:
                raise CannotWrite(
                    f"{link.key} is of type {kind}, whose ARN no function gives", "write it by hand"
                )
            return Fn("GetAtt", [name, "Arn"])
        if attribute not in ("", "id", "name", "arn", "bucket", "key_id", "family"):
            return Fn("GetAtt", [name, link.attribute])
        return Fn("Ref", name)

    def _parameter_arn(self, link: Link, name: str) -> Value:
        """`Ref` of a parameter is its name, with or without the slash in front.

        https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
        """
        known = self.estate.parameters.get(link.key)
        if known is None or not known.name or not is_exact(known.name[:1]):
            raise CannotWrite(
                f"the name of {link.key} is not known, so neither is its ARN", "give it a `Name`"
            )
        slash = "" if known.name.startswith("/") else "/"
        return Fn(
            "Sub",
            f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter{slash}${{{name}}}",
        )

    def _words(self, words: Words) -> Value:
        """`!Sub`, with names inside it where they can be, and beside it where they cannot."""
        text, beside = "", dict[str, Value]()
        for part in words.parts:
            found = part if isinstance(part, str) else self.link(part)
            if isinstance(found, str):
                text += found.replace("${", "${!")
            elif found.name == "Ref":
                text += f"${{{found.argument}}}"
            elif found.name == "GetAtt":
                text += f"${{{'.'.join(found.argument)}}}"
            elif found.name == "Sub" and isinstance(found.argument, str):
                text += found.argument
            else:
                name = f"Part{len(beside) + 1}"
                beside[name] = found
                text += f"${{{name}}}"
        if "${" not in text.replace("${!", ""):
            return text.replace("${!", "${")
        return Fn("Sub", [text, beside] if beside else text)


def is_given(key: str) -> bool:
    """Whether a key is an id or an ARN that AWS gave."""
    return bool(_GIVEN.fullmatch(key))


def _given(link: Link) -> str:
    """What AWS calls a thing; of a role's ARN, the name where that is asked for."""
    if link.attribute == "name" and link.key.startswith("arn:"):
        return link.key.rpartition("/")[2] if "/" in link.key else link.key.rpartition(":")[2]
    if link.attribute == "dns_entries":
        raise CannotWrite(
            f"the DNS name of {link.key} is not known here",
            f"add the record by hand, with the DNS name of {link.key}",
        )
    if link.attribute == "arn" and not link.key.startswith("arn:"):
        raise CannotWrite(f"the ARN of {link.key} is not known", "write it by hand")
    return link.key
