"""Changes of constructs that exist: by their own methods where they have one, else by an override."""

from collections.abc import Callable
from typing import TypeAlias

from pullproof.model import edits as e
from pullproof.model.ecs import LaunchKind
from pullproof.model.estate import Estate
from pullproof.render.base import CannotWrite
from pullproof.render.cdk.arguments import Arguments
from pullproof.render.cdk.code import Call, source
from pullproof.render.cloudformation.outside import by_hand
from pullproof.render.cloudformation.planner import FOR_ALL, LAUNCHES, ONLY_INBOUND, inbound_only
from pullproof.render.cloudformation.resolve import is_given
from pullproof.render.cloudformation.statements import written
from pullproof.render.cloudformation.values import Link, Value

_TYPES = {
    LaunchKind.SERVICE: "AWS::ECS::Service",
    LaunchKind.TASK_SET: "AWS::ECS::TaskSet",
    LaunchKind.SCHEDULER: "AWS::Scheduler::Schedule",
    LaunchKind.BATCH: "AWS::Batch::JobDefinition",
}
#: Turns references in a value into expressions.
Spelt: TypeAlias = Callable[[Value], Value]
#: kind of holder -> (kind of argument, the method that takes a statement)
_POLICIES = {
    "repositories": ("repository", "add_to_resource_policy"),
    "secrets": ("secret", "add_to_resource_policy"),
    "keys": ("key", "add_to_resource_policy"),
    "buckets": ("bucket", "add_to_resource_policy"),
}


class Touches:
    """Lines of code that change what the code is given."""

    def __init__(self, estate: Estate, arguments: Arguments) -> None:
        self.estate = estate
        self.arguments = arguments

    def concerns(self, edit: e.Edit) -> bool:
        """Whether an edit changes what exists in a way that code can, so that nothing new is needed."""
        match edit:
            case e.AssociateRouteTable() | e.AddEndpointSubnet() | e.SetPrivateDns():
                return not edit.endpoint.startswith(e.NEW)
            case e.SetVpcAttribute():
                return not edit.vpc.startswith(e.NEW)
            case e.AddTrust():
                return not edit.role.startswith(e.NEW)
            case e.AddStatement():
                return edit.kind != "roles" and not edit.holder.startswith(e.NEW)
            case e.AssignPublicIp() | e.SetPlatformVersion() | e.SetExecutionRole():
                return True
            case _:
                return False

    def line(self, edit: e.Edit, spelt: Spelt) -> str:
        """The statement for an edit.

        Raises:
            CannotWrite: what would have to change is not in the hands of an app.
        """
        match edit:
            case e.SetPrivateDns():
                values: dict[str, Value] = {"PrivateDnsEnabled": True}
                if inbound_only(self.estate, edit.endpoint):
                    values[f"DnsOptions.{ONLY_INBOUND}"] = FOR_ALL
                kind = "AWS::EC2::VPCEndpoint"
                return "\n".join(
                    self._override(edit, edit.endpoint, "endpoint", kind=kind, name=name, value=value)
                    for name, value in values.items()
                )
            case e.SetVpcAttribute():
                name = edit.attribute[:1].upper() + edit.attribute[1:]
                return self._override(edit, edit.vpc, "vpc", kind="AWS::EC2::VPC", name=name, value=True)
            case e.AssignPublicIp():
                kind = self._launch(edit, edit.launch)
                name = ".".join(map(str, (*LAUNCHES[kind][0], "AssignPublicIp")))
                return self._override(edit, edit.launch, "service", kind=kind, name=name, value="ENABLED")
            case e.SetPlatformVersion():
                kind = self._launch(edit, edit.launch)
                name = ".".join(map(str, (*LAUNCHES[kind][1], "PlatformVersion")))
                return self._override(edit, edit.launch, "service", kind=kind, name=name, value=edit.version)
            case e.SetExecutionRole():
                role = spelt(Link(edit.role, "role", "arn"))
                key, kind = edit.task_definition, "AWS::ECS::TaskDefinition"
                return self._override(
                    edit, key, "task_definition", kind=kind, name="ExecutionRoleArn", value=role
                )
            case e.AddTrust():
                self._mine(edit, edit.role)
                role = self.arguments.construct(edit.role, "trusting")
                return _TRUST.format(role=role)
            case e.AddStatement():
                return self._statement(edit, spelt)
            case _:
                raise CannotWrite(
                    "a construct of the CDK takes no more of these once it is made",
                    _IN_CODE.get(type(edit), by_hand(edit)),
                )

    def _override(self, edit: e.Edit, key: str, noun: str, *, kind: str, name: str, value: Value) -> str:
        self._mine(edit, key)
        call = Call(
            f"_resource({self.arguments.construct(key, noun)}, {source(kind)}).add_property_override",
            (),
            (name, value),
        )
        return source(call)

    def _statement(self, edit: e.AddStatement, spelt: Spelt) -> str:
        self._mine(edit, edit.holder)
        if edit.kind not in _POLICIES:
            raise CannotWrite(f"the policy of {edit.holder} is written where it is made", by_hand(edit))
        noun, method = _POLICIES[edit.kind]
        statement = spelt(written(edit.statement, edit.kind))
        call = Call("iam.PolicyStatement.from_json", (), (statement,))
        return source(Call(f"{self.arguments.construct(edit.holder, noun)}.{method}", (), (call,)))

    def _launch(self, edit: e.Edit, key: str) -> str:
        launch = self.estate.launches.get(key)
        kind = _TYPES.get(launch.kind) if launch is not None else "AWS::ECS::Service"
        if kind is None:
            raise CannotWrite(f"how {key} runs its task is not known to the CDK's constructs", by_hand(edit))
        return kind

    def _mine(self, edit: e.Edit, key: str) -> None:
        """Only what an app makes can be changed by it."""
        if is_given(key):
            raise CannotWrite(f"{key} exists already, and an app changes only what it makes", by_hand(edit))


_TRUST = """\
trust = {role}.assume_role_policy
if trust is not None:
    trust.add_statements(
        iam.PolicyStatement(
            actions=["sts:AssumeRole"],
            principals=[iam.ServicePrincipal("ecs-tasks.amazonaws.com")],
        )
    )"""
_IN_CODE: dict[type, str] = {
    e.AssociateRouteTable: "name the subnet in `subnets` where the gateway endpoint is added to the VPC",
    e.AddEndpointSubnet: "name the subnet in `subnets` where the interface endpoint is added to the VPC",
}
