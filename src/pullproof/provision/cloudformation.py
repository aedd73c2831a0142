"""A project in CloudFormation: one template, which asks for what no function of CloudFormation gives."""

from collections.abc import Iterator

from pullproof.errors import PullproofError
from pullproof.provision import project as told
from pullproof.provision.build import Built
from pullproof.provision.resources import parameters, planned
from pullproof.provision.spec import Spec
from pullproof.render.base import Patch, Refusal
from pullproof.render.cloudformation.names import pascal
from pullproof.render.cloudformation.new import Body, yaml
from pullproof.render.cloudformation.values import Link, Value

TEMPLATE = "template.yaml"


def project(built: Built) -> tuple[Patch, ...]:
    """The template."""
    body = Body(planned(built), tuple(parameters(built.spec)))
    refuse(built.spec, body.refusals)
    outputs: dict[str, Value] = {
        name: {"Value": body.resolver.link(Link(key, "attribute", attribute))}
        for name, key, attribute in outputs_of(built.spec)
    }
    head: dict[str, Value] = {"AWSTemplateFormatVersion": "2010-09-09", "Description": says(built.spec)}
    text = f"# Written by `pullproof provision`; it is yours to change.\n{yaml(body, head, outputs)}"
    return (Patch(path=TEMPLATE, before=None, after=text.encode()),)


def outputs_of(spec: Spec) -> Iterator[tuple[str, str, str]]:
    """The outputs: a name that no resource has, the key of the thing, and its attribute."""
    for name, key, attribute in told.outputs(spec):
        yield f"{pascal(name)}{attribute.rpartition('_')[2].title()}", key, attribute


def says(spec: Spec) -> str:
    """What the stack is for."""
    return f"{spec.name} on Fargate, and everything that its tasks need in order to start"


def refuse(spec: Spec, refusals: list[Refusal]) -> None:
    """Nothing is written of which a part is missing.

    Raises:
        PullproofError: a part cannot be written.
    """
    if refusals:
        first = refusals[0]
        raise PullproofError(f"{spec.name} cannot be written: {first.why}", remedy=first.remedy)
