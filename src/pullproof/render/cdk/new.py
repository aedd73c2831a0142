"""Edits as a construct in Python that makes what they make, given what exists."""

import re
from collections.abc import Callable, Iterable

from pullproof.model import edits as e
from pullproof.model.estate import Estate
from pullproof.render.base import CannotWrite, Patch, Refusal, Rendered
from pullproof.render.cdk.arguments import Arguments
from pullproof.render.cdk.code import Call, Code, Joined, snake, source
from pullproof.render.cdk.touches import Touches
from pullproof.render.cloudformation.names import ORDER, free, logical_id, properties_in_order
from pullproof.render.cloudformation.new import Nowhere
from pullproof.render.cloudformation.planner import Planner, label
from pullproof.render.cloudformation.resolve import is_given
from pullproof.render.cloudformation.values import Fn, Link, Make, Value, Words
from pullproof.render.cloudformation.write import comment

#: The service part of a type -> the module of the CDK.
_MODULES = {
    "EC2": "ec2", "IAM": "iam", "EFS": "efs", "S3": "s3", "Route53": "route53", "SecretsManager": "secretsmanager",
    "ECS": "ecs", "ECR": "ecr", "Logs": "logs",
}  # fmt: skip
#: (type, property, or what is inside one) -> the class of it; Tags are a class of their own.
_NESTED = {
    ("AWS::EC2::SecurityGroup", "SecurityGroupIngress"): "ec2.CfnSecurityGroup.IngressProperty",
    ("AWS::EC2::SecurityGroup", "SecurityGroupEgress"): "ec2.CfnSecurityGroup.EgressProperty",
    ("AWS::EC2::NetworkAclEntry", "PortRange"): "ec2.CfnNetworkAclEntry.PortRangeProperty",
    ("AWS::EC2::NetworkAclEntry", "Icmp"): "ec2.CfnNetworkAclEntry.IcmpProperty",
    ("AWS::Route53::RecordSet", "AliasTarget"): "route53.CfnRecordSet.AliasTargetProperty",
    ("AWS::IAM::Role", "Policies"): "iam.CfnRole.PolicyProperty",
    (
        "AWS::ECR::Repository",
        "ImageScanningConfiguration",
    ): "ecr.CfnRepository.ImageScanningConfigurationProperty",
    ("AWS::ECS::Service", "NetworkConfiguration"): "ecs.CfnService.NetworkConfigurationProperty",
    (
        "AWS::ECS::Service",
        "NetworkConfiguration.AwsvpcConfiguration",
    ): "ecs.CfnService.AwsVpcConfigurationProperty",
    **{
        ("AWS::ECS::TaskDefinition", path): f"ecs.CfnTaskDefinition.{name}Property"
        for path, name in (
            ("ContainerDefinitions", "ContainerDefinition"),
            ("ContainerDefinitions.MountPoints", "MountPoint"),
            ("ContainerDefinitions.Secrets", "Secret"),
            ("ContainerDefinitions.LogConfiguration", "LogConfiguration"),
            ("Volumes", "Volume"),
            ("Volumes.EFSVolumeConfiguration", "EFSVolumeConfiguration"),
        )
    },
}
#: (type, attribute) -> the attribute of the construct, where it is not `ref`.
_ATTRIBUTES = {
    ("AWS::EC2::SecurityGroup", "id"): "attr_group_id",
    ("AWS::EC2::EIP", "id"): "attr_allocation_id",
    ("AWS::EC2::VPCEndpoint", "dns_entries"): "attr_dns_entries",
    ("AWS::IAM::Role", "arn"): "attr_arn",
    ("AWS::ECR::Repository", "arn"): "attr_arn",
    ("AWS::ECR::Repository", "repository_url"): "attr_repository_uri",
    ("AWS::Logs::LogGroup", "arn"): "attr_arn",
    ("AWS::ECS::Service", "name"): "attr_name",
}
_PSEUDO = {
    "AWS::Region": "region", "AWS::Partition": "partition", "AWS::AccountId": "account",
    "region": "region", "partition": "partition", "account": "account",
}  # fmt: skip
_HELPER = '''

def _resource(construct: IConstruct, kind: str) -> CfnResource:
    """The resource of a type that a construct makes."""
    return next(
        one
        for one in construct.node.find_all()
        if CfnResource.is_cfn_resource(one) and one.cfn_resource_type == kind
    )
'''
_MAIN = """

if __name__ == "__main__":
    app = App()
    PullproofFix(Stack(app, "PullproofFix"), "Fix")
    app.synth()
"""


def planned(edits: list[e.Edit], estate: Estate) -> Planner:
    """What is new; changes of what exists are code of their own."""
    touches = Touches(estate, Arguments())
    planner = Planner(estate, Nowhere())
    planner.plan([edit for edit in edits if not touches.concerns(edit)])
    return planner


class Module:
    """The source of one module. `home` is the stack, as an expression; `asks` makes what is asked for."""

    def __init__(
        self,
        planner: Planner,
        edits: list[e.Edit],
        *,
        home: str = "stack",
        asks: Callable[[], Arguments] = Arguments,
    ) -> None:
        self.estate = planner.estate
        self.edits = edits
        self.home = home
        self.asks = asks
        self.arguments = asks()
        self.planner = planner
        self.refusals = list(planner.refusals)
        self.makes = sorted(self.planner.makes.values(), key=lambda make: ORDER.index(make.type))
        self.ids: dict[str, str] = {}
        for make in self.makes:
            self.ids[make.key] = logical_id(make, self.ids.values())
        self.body = self._body()

    def _body(self) -> list[str]:
        """The statements of the constructor; what refers to anything refused is refused as well."""
        while True:
            self.arguments = self.asks()
            failed, lines = set[str](), list[list[str]]()
            self.variables = self._named()
            for make in self._in_turn():
                try:
                    lines.append(self._made(make))
                except CannotWrite as no:
                    self.refusals.append(Refusal(edit=make.edit, why=no.why, remedy=no.remedy))
                    failed.add(make.key)
            if not failed:
                break
            self.ids = {key: name for key, name in self.ids.items() if key not in failed}
        return self._read_well(lines, self._touched())

    def _read_well(self, made: list[list[str]], touched: list[str]) -> list[str]:
        """The lines, with names only for what a later line refers to."""
        named = set(self.variables.values())
        used = {word for lines in (*made, touched) for line in lines for word in re.findall(r"(\w+)\.", line)}
        used |= {self.variables[key] for make in self.makes for key in make.needs if key in self.variables}
        found = []
        for lines in made:
            for line in lines:
                name, _, rest = line.partition(" = ")
                found.append(rest if name in named - used else line)
        return [*found, *touched]

    def _in_turn(self) -> list[Make]:
        """What is made, each after what it refers to: Python has no names for what comes later."""
        left = [make for make in self.makes if make.key in self.ids]
        found: list[Make] = []
        while left:
            waiting = {make.key for make in left}
            ready = [
                make for make in left if not waiting & (_keys(make.properties) | set(make.needs)) - {make.key}
            ]
            found += ready[:1] or left[:1]
            left.remove(found[-1])
        return found

    def _named(self) -> dict[str, str]:
        named: dict[str, str] = {}
        for key, name in self.ids.items():
            named[key] = free(f"{snake(name)}", named.values())
        return named

    def _touched(self) -> list[str]:
        touches = Touches(self.estate, self.arguments)
        lines = []
        for edit in self.edits:
            if not touches.concerns(edit):
                continue
            try:
                lines += touches.line(edit, self.value).split("\n")
            except CannotWrite as no:
                self.refusals.append(Refusal(edit=label(edit), why=no.why, remedy=no.remedy))
        return lines

    def _made(self, make: Make) -> list[str]:
        _, service, noun = make.type.split("::")
        properties = properties_in_order(dict(make.properties))
        named = tuple(
            (snake(name), self._property(make.type, name, value)) for name, value in properties.items()
        )
        call = Call(f"{_MODULES[service]}.Cfn{noun}", named, (Code("self"), self.ids[make.key]))
        variable = self.variables[make.key]
        lines = [f"# {comment(make.says)}"] if make.says else []
        lines += f"{variable} = {source(call, room=80 - len(variable))}".split("\n")
        if make.needs:
            needs = tuple(Code(self.variables[key]) for key in make.needs)
            lines += source(Call(f"{variable}.node.add_dependency", (), needs)).split("\n")
        return lines

    def _property(self, kind: str, name: str, value: Value) -> Value:
        if name == "Tags":
            return [Call("CfnTag", (("key", one["Key"]), ("value", one["Value"]))) for one in value]
        return self._shaped(kind, name, value)

    def _shaped(self, kind: str, path: str, value: Value) -> Value:
        """A value with the classes that the CDK has for it."""
        if isinstance(value, list):
            return [self._shaped(kind, path, one) for one in value]
        name = _NESTED.get((kind, path))
        if name is None:
            return self.value(value)
        parts = ((part, self._shaped(kind, f"{path}.{part}", item)) for part, item in value.items())
        return Call(name, tuple((snake(part), item) for part, item in parts))

    def value(self, value: Value) -> Value:
        """A value with expressions in the place of references.

        Raises:
            CannotWrite: something in it cannot be referred to.
        """
        if isinstance(value, Link):
            return self._link(value)
        if isinstance(value, Words):
            return Joined(tuple(part if isinstance(part, str) else self._part(part) for part in value.parts))
        if isinstance(value, Fn):
            first, second = value.argument
            return Call(f"Fn.{snake(value.name)}", (), (self.value(first), self.value(second)))
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {name: self.value(item) for name, item in value.items()}
        return value

    def _part(self, link: Link) -> str | Code:
        found = self._link(link)
        return found if isinstance(found, str | Code) else Code(source(found))

    def _link(self, link: Link) -> Value:
        if link.key in _PSEUDO and (link.kind == "pseudo" or not link.attribute):
            return Code(f"{self.home}.{_PSEUDO[link.key]}")
        if link.kind == "availability_zone":
            return link.key
        if link.key in self.variables:
            kind = self.planner.makes[link.key].type
            return Code(f"{self.variables[link.key]}.{_ATTRIBUTES.get((kind, link.attribute), 'ref')}")
        if link.key.startswith(e.NEW) and not link.key.endswith(".prefix_list_id"):
            raise CannotWrite(f"it needs {link.key}, which cannot be written", "mend the other refusal first")
        if is_given(link.key) and link.attribute in ("id", "arn", ""):
            return link.key
        if is_given(link.key) and link.attribute == "name":
            return link.key.rpartition("/")[2]
        return self.arguments.of(link)


def render_cdk(edits: Iterable[e.Edit], estate: Estate, *, path: str = "fix.py") -> Rendered:
    """A module with one construct; where nothing has to be given to it, an app as well."""
    listed = list(edits)
    module = Module(planned(listed, estate), listed)
    refusals = tuple(dict.fromkeys(module.refusals))
    if not module.body:
        return Rendered(refusals=refusals)
    asked = list(module.arguments.found.values())
    notes = [f"give the construct what exists: {', '.join(one.name for one in asked)}"] if asked else []
    text = _text(module)
    return Rendered(
        patches=(Patch(path=path, before=None, after=text.encode()),), refusals=refusals, notes=tuple(notes)
    )


def _text(module: Module) -> str:
    arguments = list(module.arguments.found.values())
    body = "\n".join(module.body)
    signature = ["def __init__(self, scope: Construct, id: str) -> None:"]
    if arguments:
        signature = ["def __init__(", "    self,", "    scope: Construct,", "    id: str,", "    *,"]
        for one in arguments:
            signature += [f"    # {comment(one.key)}", f"    {one.name}: {one.type},"]
        signature.append(") -> None:")
    lines = [*signature, "    super().__init__(scope, id)"]
    if "stack." in body:
        lines.append("    stack = Stack.of(self)")
    lines += ["    " + line if line else "" for line in module.body]
    code = "\n".join("    " + line if line else "" for line in lines)
    head = '"""What is needed so that tasks on Fargate can start; written by pullproof fix."""\n\n'
    doc = '    """Gains what is missing beside what it is given."""\n\n'
    tail = (_HELPER if "_resource(" in body else "") + ("" if arguments else _MAIN)
    whole = f"\n\nclass PullproofFix(Construct):\n{doc}{code}\n{tail}"
    return head + imports(whole) + whole


def imports(text: str) -> str:
    """The imports that a text needs."""
    core = [
        name
        for name in (
            "App",
            "CfnOutput",
            "CfnParameter",
            "CfnResource",
            "CfnTag",
            "Environment",
            "Fn",
            "Stack",
        )
        if re.search(rf"\b{name}[(.]", text) or f"({name})" in text
    ]
    modules = [
        name
        for name in ("ec2", "ecr", "ecs", "efs", "iam", "kms", "logs", "route53", "s3", "secretsmanager")
        if f" {name}." in text or f"[{name}." in text or f"({name}." in text
    ]
    lines = [f"from aws_cdk import {', '.join(core)}"] if core else []
    lines += [f"from aws_cdk import aws_{name} as {name}" for name in modules]
    constructs = ["Construct", *(["IConstruct"] if "IConstruct" in text else [])]
    return "\n".join([*lines, f"from constructs import {', '.join(constructs)}"]) + "\n"


def _keys(value: Value) -> set[str]:
    """The keys that a value refers to."""
    if isinstance(value, Link):
        return {value.key}
    if isinstance(value, Words):
        return {part.key for part in value.parts if isinstance(part, Link)}
    if isinstance(value, Fn):
        return _keys(value.argument)
    if isinstance(value, list):
        return {key for item in value for key in _keys(item)}
    if isinstance(value, dict):
        return {key for item in value.values() for key in _keys(item)}
    return set()
