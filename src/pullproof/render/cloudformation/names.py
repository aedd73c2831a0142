"""Logical ids: readable, of letters and digits only, and never one that is taken."""

import re
from collections.abc import Collection

from pullproof.model.edits import MANAGED, NEW
from pullproof.render.cloudformation.values import Make, Value

#: Type -> how the id of such a resource ends.
NOUNS = {
    "AWS::EC2::VPCEndpoint": "Endpoint",
    "AWS::EC2::SecurityGroup": "SecurityGroup",
    "AWS::EC2::SecurityGroupIngress": "Ingress",
    "AWS::EC2::SecurityGroupEgress": "Egress",
    "AWS::EC2::NetworkAclEntry": "Entry",
    "AWS::EC2::RouteTable": "RouteTable",
    "AWS::EC2::SubnetRouteTableAssociation": "RouteTableAssociation",
    "AWS::EC2::Route": "Route",
    "AWS::EC2::InternetGateway": "InternetGateway",
    "AWS::EC2::VPCGatewayAttachment": "Attachment",
    "AWS::EC2::EIP": "Address",
    "AWS::EC2::NatGateway": "NatGateway",
    "AWS::EC2::VPC": "Vpc",
    "AWS::EC2::Subnet": "Subnet",
    "AWS::Route53::RecordSet": "Record",
    "AWS::EFS::MountTarget": "MountTarget",
    "AWS::IAM::Role": "Role",
    "AWS::IAM::Policy": "Policy",
    "AWS::SecretsManager::ResourcePolicy": "Policy",
    "AWS::S3::BucketPolicy": "BucketPolicy",
    "AWS::EFS::FileSystem": "FileSystem",
    "AWS::Logs::LogGroup": "LogGroup",
    "AWS::ECR::Repository": "Repository",
    "AWS::ECS::Cluster": "Cluster",
    "AWS::ECS::TaskDefinition": "TaskDefinition",
    "AWS::ECS::Service": "Service",
}
#: The order in which a network is built, and read.
ORDER = (
    "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::EIP", "AWS::EC2::NatGateway", "AWS::EC2::RouteTable", "AWS::EC2::Route",
    "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::NetworkAclEntry", "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::VPCEndpoint",
    "AWS::Route53::RecordSet", "AWS::EFS::FileSystem", "AWS::EFS::MountTarget", "AWS::IAM::Role",
    "AWS::IAM::Policy", "AWS::SecretsManager::ResourcePolicy", "AWS::S3::BucketPolicy",
    "AWS::Logs::LogGroup", "AWS::ECR::Repository", "AWS::ECS::Cluster", "AWS::ECS::TaskDefinition",
    "AWS::ECS::Service",
)  # fmt: skip
#: Words that say the same as the last word of a noun.
_SAME = {"Group": "SecurityGroup", "Nat": "NatGateway", "Gateway": "InternetGateway", "Table": "RouteTable"}


def tail(key: str) -> str:
    """The part of a key that people call a thing by: "private[0]" of "module.a.aws_subnet.private[0]"."""
    bare = key.removeprefix(NEW).removeprefix(MANAGED)
    found = re.search(r"(?:^|\.)aws_\w+\.(.+)$", bare)
    if found:
        return found[1]
    if bare.startswith("arn:"):
        return re.split("[:/]", bare)[-1]
    return re.sub(r"^com\.amazonaws\.[\w-]+\.", "", bare)


def pascal(name: str) -> str:
    """`ecr_api` as `EcrApi`; what is no letter or digit of ASCII only parts words."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[0].upper() + word[1:] for word in words)[:200]


def ending(stem: str, noun: str) -> str:
    """A stem that ends in a noun, which it is not given twice."""
    if stem.endswith(noun):
        return stem
    if stem and noun.startswith(stem) and noun[len(stem)].isupper():
        return noun
    for word, whole in _SAME.items():
        if whole == noun and stem.endswith(word):
            return stem[: -len(word)] + noun
    return stem + noun


def logical_id(make: Make, taken: Collection[str]) -> str:
    """A logical id for what is made."""
    stem = ending(pascal(make.name or tail(make.key)), NOUNS.get(make.type, ""))
    return free(stem or "Resource", taken)


def free(stem: str, taken: Collection[str]) -> str:
    """A name that is not taken."""
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def properties_in_order(properties: dict[str, Value]) -> dict[str, Value]:
    """Properties as people write them: what comes in before what goes out, tags last."""
    last = {name: properties.pop(name) for name in ("SecurityGroupEgress", "Tags") if name in properties}
    return properties | last
