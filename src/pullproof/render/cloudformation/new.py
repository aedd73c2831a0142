"""Edits as a template of their own, for an estate from any source."""

from collections.abc import Iterable

from pullproof.model import edits as e
from pullproof.model.estate import Estate
from pullproof.render.base import CannotWrite, Patch, Refusal, Rendered
from pullproof.render.cloudformation.names import ORDER, logical_id, properties_in_order
from pullproof.render.cloudformation.outside import refused
from pullproof.render.cloudformation.planner import Planner
from pullproof.render.cloudformation.resolve import LISTS, Parameter, Parameters, Resolver, place
from pullproof.render.cloudformation.values import Fn, Link, Make, Value
from pullproof.render.cloudformation.write import Style, comment, json_text, pair

#: What others will want to refer to: how its id is spelt.
_OUTPUTS = {
    "AWS::EC2::VPC": "",
    "AWS::EC2::Subnet": "",
    "AWS::EC2::SecurityGroup": "GroupId",
    "AWS::IAM::Role": "Arn",
}
_HEAD = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "What is needed so that tasks on Fargate can start; written by pullproof fix",
}


class Nowhere:
    """The site of a new template: nothing that exists can be changed in it."""

    def type_of(self, _key: str) -> str:
        """No resource is written here."""
        return ""

    def has_list(self, _key: str, _path: tuple[str | int, ...]) -> bool:
        """Nothing is written here."""
        return False

    def has(self, _key: str, _path: tuple[str | int, ...]) -> bool:
        """Nothing is written here."""
        return False

    def referring(self, _kind: str, _name: str, _key: str) -> tuple[str, ...]:
        """Nothing is written here."""
        return ()

    def leads_to(self, _start: str, _end: str) -> bool:
        """Nothing is written here."""
        return False

    def items(self, _key: str, _path: tuple[str | int, ...]) -> int:
        """Nothing is written here."""
        return 0

    def texts(self, _key: str, _path: tuple[str | int, ...], _name: str) -> set[str]:
        """Nothing is written here."""
        return set()

    def outside(self, edit: e.Edit, key: str) -> CannotWrite:
        """The command that does by hand what a template cannot."""
        return refused(edit, key)


class Body:
    """The resources and parameters of a template to be, references spelt."""

    def __init__(self, planner: Planner, given: Iterable[tuple[Link, Parameter]] = ()) -> None:
        self.planner = planner
        #: Parameters that are asked for in other words than those found here.
        self.given = {place(link): one for link, one in given}
        self.refusals = list(planner.refusals)
        self.ids: dict[str, tuple[str, str]] = {}
        for make in self._ordered():
            self.ids[make.key] = (logical_id(make, {name for name, _ in self.ids.values()}), make.type)
        self.resources = self._resolved(planner.estate)

    def _ordered(self) -> list[Make]:
        made = self.planner.makes.values()
        return sorted(made, key=lambda make: ORDER.index(make.type))

    def _resolved(self, estate: Estate) -> list[tuple[Make, str, dict[str, Value]]]:
        """What can be written; what refers to anything that cannot is refused as well."""
        while True:
            self.parameters = Parameters(lambda: {name for name, _ in self.ids.values()}, self.given)
            self.resolver = resolver = Resolver(estate, self.ids, self._elsewhere)
            found, failed = [], []
            for make in self._ordered():
                if make.key not in self.ids:
                    continue
                try:
                    found.append((make, self.ids[make.key][0], self.resource(make, resolver)))
                except CannotWrite as no:
                    self.refusals.append(Refusal(edit=make.edit, why=no.why, remedy=no.remedy))
                    failed.append(make.key)
            if not failed:
                return found
            for key in failed:
                del self.ids[key]

    def _elsewhere(self, link: Link) -> Value:
        if link.key.startswith(e.NEW) and not link.key.endswith(".prefix_list_id"):
            raise CannotWrite(f"it needs {link.key}, which cannot be written", "mend the other refusal first")
        if link.attribute == "dns_entries":
            raise CannotWrite(
                f"the DNS name of {link.key} is not known here",
                f"add the record by hand, with the DNS name of {link.key}",
            )
        return self.parameters.of(link)

    def resource(self, make: Make, resolver: Resolver) -> dict[str, Value]:
        """One resource as it stands in a template."""
        found: dict[str, Value] = {"Type": make.type}
        needs = [self.ids[key][0] for key in make.needs if key in self.ids]
        if needs:
            found["DependsOn"] = needs[0] if len(needs) == 1 else needs
        return found | {"Properties": properties_in_order(resolver.value(make.properties))}


def render_new(edits: Iterable[e.Edit], estate: Estate, *, path: str = "fix.yaml") -> Rendered:
    """A new template that makes what the edits make; a path that ends in ".json" gives JSON."""
    planner = Planner(estate, Nowhere())
    planner.plan(edits)
    body = Body(planner)
    if not body.resources:
        return Rendered(refusals=tuple(body.refusals))
    text = _json(body) if path.endswith(".json") else yaml(body, _HEAD, _outputs(body))
    asked = [one.name for one in body.parameters.found.values() if "Default" not in one.value]
    notes = [*body.planner.notes]
    if asked:
        notes.append(f"give the stack its parameters: {', '.join(asked)}")
    return Rendered(
        patches=(Patch(path=path, before=None, after=text.encode()),),
        refusals=tuple(dict.fromkeys(body.refusals)),
        notes=tuple(notes),
    )


def _outputs(body: Body) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for make, name, _ in body.resources:
        if make.type in _OUTPUTS:
            attribute = _OUTPUTS[make.type]
            value = Fn("GetAtt", [name, attribute]) if attribute else Fn("Ref", name)
            found[name] = {"Value": value}
    return found


def metadata(parameters: Parameters, region: str) -> dict[str, Value]:
    """Which of AWS's lists the parameters are; with its region, where that is known."""
    own = region or "${AWS::Region}"
    lists = {name: listed.replace("${AWS::Region}", own) for name, listed in parameters.lists.items()}
    return {LISTS[1]: {LISTS[2]: lists}} if lists else {}


def yaml(body: Body, head: dict[str, Value], outputs: dict[str, Value]) -> str:
    """The template as a text that people read."""
    style = Style()
    lines = [line for name, value in head.items() for line in pair(name, value, style, 0)]
    parameters: dict[str, Value] = {one.name: one.value for one in body.parameters.found.values()}
    if parameters:
        lines += ["", *pair("Parameters", parameters, style, 0)]
    known = metadata(body.parameters, body.planner.region)
    lines += ["", *pair("Metadata", known, style, 0)] if known else []
    lines += ["", "Resources:"]
    for number, (make, name, value) in enumerate(body.resources):
        lines += [""] if number else []
        lines += [f"  # {comment(make.says)}"] if make.says else []
        lines += pair(name, value, style, style.step)
    if outputs:
        lines += ["", *pair("Outputs", outputs, style, 0)]
    return "\n".join(lines) + "\n"


def _json(body: Body) -> str:
    found: dict[str, Value] = dict(_HEAD)
    if body.parameters.found:
        found["Parameters"] = {one.name: one.value for one in body.parameters.found.values()}
    known = metadata(body.parameters, body.planner.region)
    found |= {"Metadata": known} if known else {}
    found["Resources"] = {name: value for _, name, value in body.resources}
    outputs = _outputs(body)
    return json_text(found | ({"Outputs": outputs} if outputs else {}), indent="  ") + "\n"
