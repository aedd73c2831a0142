"""A project for the CDK in Python: an app with one stack of the same resources as the template."""

import json
from collections.abc import Iterator

from pullproof.provision.build import Built
from pullproof.provision.cloudformation import outputs_of, refuse, says
from pullproof.provision.resources import parameters, planned
from pullproof.provision.spec import Spec
from pullproof.render.base import Patch
from pullproof.render.cdk.arguments import Arguments
from pullproof.render.cdk.code import Call, Code, snake, source
from pullproof.render.cdk.new import Module, imports
from pullproof.render.cloudformation.names import pascal
from pullproof.render.cloudformation.new import metadata
from pullproof.render.cloudformation.resolve import Parameters, place
from pullproof.render.cloudformation.values import Link, Value

#: Versions that know everything that is written.
REQUIRED = "aws-cdk-lib>=2.150,<3\nconstructs>=10,<11\n"
_WAYS = {"Number": "number", "CommaDelimitedList": "list"}


class Asked(Arguments):
    """What the stack is given: parameters of CloudFormation, in the place of arguments in Python."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.region = spec.region
        self.parameters = Parameters(set, {place(link): one for link, one in parameters(spec)})

    def of(self, link: Link) -> Code:
        """The expression for a thing that the code does not make."""
        name = self.parameters.of(link).argument
        found = self.parameters.found[place(link)]
        return Code(f"{snake(name)}.value_as_{_WAYS.get(found.value['Type'], 'string')}")

    def lines(self) -> Iterator[str]:
        """The parameters, as code."""
        for one in self.parameters.found.values():
            named = tuple((snake(name), value) for name, value in one.value.items())
            call = Call("CfnParameter", named, (Code("self"), one.name))
            yield from f"{snake(one.name)} = {source(call, room=80 - len(one.name))}".split("\n")
        known = metadata(self.parameters, self.region)
        if known:
            yield from f"self.template_options.metadata = {source(known)}".split("\n")


def project(built: Built) -> tuple[Patch, ...]:
    """The app and what runs it."""
    spec = built.spec
    module = Module(planned(built), [], home="self", asks=lambda: Asked(spec))
    refuse(spec, module.refusals)
    texts = {
        "app.py": _app(spec, module),
        "cdk.json": json.dumps({"app": "python3 app.py"}, indent=2) + "\n",
        "requirements.txt": REQUIRED,
    }
    return tuple(Patch(path=name, before=None, after=text.encode()) for name, text in texts.items())


def _app(spec: Spec, module: Module) -> str:
    outputs = [line for row in outputs_of(spec) for line in _output(module, *row)]
    asked = module.arguments
    inner = [*(asked.lines() if isinstance(asked, Asked) else ()), *module.body, *outputs]
    name = f"{pascal(spec.name)}Stack"
    made = Call(
        name,
        (("env", Call("Environment", (("region", spec.region),))), ("tags", {"Project": spec.name})),
        (Code("app"), spec.name),
    )
    lines = [
        f"class {name}(Stack):",
        f'    """{says(spec)}."""',
        "",
        "    def __init__(self, scope: Construct, id: str, **kwargs: Any) -> None:",
        "        super().__init__(scope, id, **kwargs)",
        *("        " + line if line else "" for line in _apart(inner)),
        "",
        "",
        "app = App()",
        source(made),
        "app.synth()",
    ]
    code = "\n".join(lines) + "\n"
    head = "# Written by `pullproof provision`; it is yours to change.\n\nfrom typing import Any\n\n"
    return f"{head}{imports(code)}\n\n{code}"


def _apart(lines: list[str]) -> Iterator[str]:
    """An empty line before each statement and the comment above it."""
    for before, line in zip(["", *lines], lines, strict=False):
        if line[:1] not in (" ", ")") and not before.startswith("# "):
            yield ""
        yield line


def _output(module: Module, name: str, key: str, attribute: str) -> list[str]:
    value: Value = module.value(Link(key, "attribute", attribute))
    return source(Call("CfnOutput", (("value", value),), (Code("self"), name))).split("\n")
