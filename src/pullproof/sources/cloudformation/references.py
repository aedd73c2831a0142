"""Functions that refer to something: Ref, GetAtt, ImportValue, GetStackOutput."""

from typing import Any

from pullproof.errors import InputError
from pullproof.model.text import Text, hole, is_exact, shown, sole_hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.document import Call
from pullproof.sources.cloudformation.interface import ABSENT, Evaluator, Frame, Written
from pullproof.sources.cloudformation.names import ACCOUNT, NO_VALUE, PSEUDO, REGION, near

#: Types that are stacks of their own.
STACKS = frozenset(("AWS::CloudFormation::Stack", "AWS::Serverless::Application"))
#: Attributes that AWS gives back as they are written: (type, attribute), of the property of that name.
WRITTEN = frozenset(
    (
        *(("AWS::EC2::VPC", name) for name in ("CidrBlock",)),
        *(("AWS::EC2::Subnet", name) for name in ("AvailabilityZone", "CidrBlock", "VpcId")),
        *(("AWS::EC2::SecurityGroup", name) for name in ("VpcId",)),
    )
)
#: ARNs of which all but the end is known: the service, and what stands before the name that `Ref` gives.
SHAPES = {
    "AWS::ECR::Repository": ("ecr", "repository/"),
    "AWS::ECS::Cluster": ("ecs", "cluster/"),
    "AWS::EFS::FileSystem": ("elasticfilesystem", "file-system/"),
    "AWS::KMS::Key": ("kms", "key/"),
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
}


def fn_ref(ev: Evaluator, call: Call) -> Any:
    """A parameter, a pseudo parameter, or what AWS calls a resource."""
    name = call.argument
    if not isinstance(name, str):
        name = ev.present(name)
        if not isinstance(name, str):
            raise ev.fault(call, "Ref takes a name")
    return reference(ev, call, name)


def reference(ev: Evaluator, call: Call, name: str) -> Any:
    """What a name refers to.

    Raises:
        InputError: nothing has that name.
    """
    frame = ev.frame
    if name in frame.parameters:
        return _parameter(ev, name)
    if name in PSEUDO:
        return _pseudo(ev, name)
    written = frame.resources.get(name)
    if written is None:
        if frame.rewritten:
            return hole(frame.key(f"{name}.Ref"))
        every = [*frame.parameters, *frame.resources, *PSEUDO]
        raise ev.fault(
            call,
            f"nothing in the template is called {name}",
            near(name, every) or "declare a parameter of that name",
        )
    missing = _missing(ev, written)
    return missing if missing is not None else hole(frame.key(f"{name}.Ref"))


def _parameter(ev: Evaluator, name: str) -> Any:
    value = ev.frame.parameters[name].value
    supposed = ev.facts.values
    if supposed and isinstance(value, str) and (held := sole_hole(value)) in supposed:
        return supposed[held]
    return value


def _pseudo(ev: Evaluator, name: str) -> Any:
    place = ev.frame.place
    match name:
        case _ if name == NO_VALUE:
            return ABSENT
        case _ if name == REGION:
            return _told(ev, place.region, "region")
        case _ if name == ACCOUNT:
            return _told(ev, place.account, "account")
        case "AWS::Partition":
            return place.partition
        case "AWS::URLSuffix":
            return place.suffix
        case "AWS::StackName":
            return place.name
        case "AWS::NotificationARNs":
            return Unknown(
                Why.NOT_IN_INPUT, "the stack's notification ARNs", ev.at, "the input does not tell them"
            )
        case _:
            return hole(ev.frame.key(name))


def _told(ev: Evaluator, value: str | Unknown, name: str) -> Text:
    if isinstance(value, Unknown):
        ev.run.settle.setdefault(name, value.settle_by)
        return hole(name)
    return value


def _missing(ev: Evaluator, written: Written) -> Unknown | None:
    """Why a resource cannot be referred to: it is certainly not there."""
    frame = ev.frame
    ev.needs.add(frame.key(written.name))
    if not written.condition or ev.facts.decide(frame.presence(written)) is not False:
        return None
    what = f"{frame.key(written.name)}, which the condition {written.condition} leaves out"
    return Unknown(
        Why.CONFLICT, what, ev.at, "CloudFormation refuses this: refer to it only where it is made"
    )


def fn_get_att(ev: Evaluator, call: Call) -> Any:
    """An attribute of a resource, in both forms."""
    said = call.argument
    if isinstance(said, str):
        return attribute(ev, call, said)
    if isinstance(said, list) and len(said) >= 2:
        parts = [ev.present(part) for part in said]
        if all(isinstance(part, str) for part in parts):
            return attribute(ev, call, ".".join(parts))
        for part in parts:
            if isinstance(part, Unknown):
                return part
    raise ev.fault(call, "Fn::GetAtt takes a resource and an attribute")


def attribute(ev: Evaluator, call: Call, path: str) -> Any:
    """What an attribute gives: what is written, what a nested stack puts out, or a hole.

    Raises:
        InputError: there is no such resource, or no such output.
    """
    frame = ev.frame
    name, _, wanted = path.partition(".")
    if not is_exact(path):
        return ev.run.reason(path, f"an attribute that {ev.at} refers to", ev.at)
    written = frame.resources.get(name)
    if not wanted:
        raise ev.fault(call, f"Fn::GetAtt takes a resource and an attribute, not {name} alone", f"{name}.Arn")
    if written is None:
        if frame.rewritten:
            return hole(frame.key(path))
        raise ev.fault(
            call,
            f"there is no resource {name}",
            near(name, frame.resources) or "Fn::GetAtt takes resources of the same template",
        )
    missing = _missing(ev, written)
    if missing is not None:
        return missing
    if written.type in STACKS and wanted.startswith("Outputs."):
        return _put_out(ev, call, written, wanted.removeprefix("Outputs."))
    if (written.type, wanted) in WRITTEN:
        found = _property(ev, written, wanted)
        if isinstance(found, str):
            return found
    if wanted == "Arn" and written.type in SHAPES:
        _shape(ev, written, path)
    return hole(frame.key(path))


def _property(ev: Evaluator, written: Written, name: str) -> Any:
    """A property as it is written; None where it leads back here."""
    key = (ev.frame.key(written.name), name)
    properties = written.said.get("Properties")
    if key in ev.run.working or not isinstance(properties, dict) or name not in properties:
        return None
    ev.run.working.append(key)
    try:
        return ev.value(properties[name])
    finally:
        ev.run.working.pop()


def _shape(ev: Evaluator, written: Written, path: str) -> None:
    """Remember how the ARN is made up, for those that cut it."""
    service, before = SHAPES[written.type]
    region, account = (ev.run.text_of(_pseudo(ev, name), ev.at) for name in (REGION, ACCOUNT))
    name = ev.frame.key(path)
    ref = ev.frame.key(f"{written.name}.Ref")
    ev.run.names.add(ref)
    ev.run.shapes[name] = f"arn:{ev.frame.place.partition}:{service}:{region}:{account}:{before}{hole(ref)}"


def _put_out(ev: Evaluator, call: Call, written: Written, name: str) -> Any:
    """An output of a nested stack."""
    child = ev.frame.child(written, ev.place(call))
    address = ev.frame.key(written.name)
    if isinstance(child, Unknown):
        ev.run.settle.setdefault(f"{address}.Outputs.{name}", child.settle_by)
        return hole(f"{address}.Outputs.{name}")
    output = child.outputs.get(name)
    if output is None:
        raise ev.fault(
            call,
            f"{child.document.path}, which {written.name} makes, has no output {name}",
            near(name, child.outputs),
        )
    return output_of(child, output, ev.at)


def output_of(frame: Frame, output: Written, at: str) -> Any:
    """What a stack puts out.

    Raises:
        InputError: it needs itself.
    """
    key = (frame.address, f"output {output.name}")
    if key in frame.run.working:
        raise InputError(f"the output {output.name} needs itself", place=frame.line(output))
    formula = frame.presence(output)
    facts = frame.facts()
    if facts.decide(formula) is False:
        what = f"the output {output.name}, which the condition {output.condition} leaves out"
        return Unknown(
            Why.CONFLICT, what, at, "CloudFormation refuses this: refer to it only where it is made"
        )
    if output.condition:
        facts = facts.suppose(formula, truth=True)
    frame.run.working.append(key)
    try:
        found = frame.evaluator(facts, f"output {frame.key(output.name)}").value(output.said.get("Value", ""))
    finally:
        frame.run.working.pop()
    return (
        Unknown(Why.NOT_FOLLOWED, f"the output {output.name}", at, "give it a value")
        if found is ABSENT
        else found
    )


def fn_import_value(ev: Evaluator, call: Call) -> Any:
    """What another stack exports under a name."""
    name = ev.text(call.argument)
    found = ev.run.imported(name, ev.frame, ev.at)
    if found is not None:
        return found
    called = f"import:{shown(name)}"
    told = f"--import {shown(name)}=VALUE" if is_exact(name) else "--import NAME=VALUE"
    ev.run.settle.setdefault(called, f"pass the template that exports it too, or {told}")
    return hole(called)


def fn_get_stack_output(ev: Evaluator, call: Call) -> Any:
    """An output of another stack, by the names of both."""
    said = call.argument
    if not isinstance(said, dict):
        raise ev.fault(call, "Fn::GetStackOutput takes a mapping with StackName and OutputName")
    stack, name = (shown(ev.text(said.get(key, ""))) for key in ("StackName", "OutputName"))
    called = f"output:{stack}.{name}"
    given = ev.run.given.imports.get(f"{stack}.{name}")
    if given is not None:
        ev.run.used.add(f"{stack}.{name}")
        return given
    for frame in ev.run.frames:
        if frame.place.name == stack and name in frame.outputs:
            return output_of(frame, frame.outputs[name], ev.at)
    ev.run.settle.setdefault(called, f"pass its value: --import {stack}.{name}=VALUE")
    return hole(called)
