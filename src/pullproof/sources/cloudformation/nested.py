"""Stacks within stacks: `AWS::CloudFormation::Stack` and `AWS::Serverless::Application` with local templates.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

import os
import re
from typing import Any

from pullproof.errors import InputError
from pullproof.model.text import Text, hole, is_exact, shown
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.document import Document
from pullproof.sources.cloudformation.files import read_file
from pullproof.sources.cloudformation.frame import StackFrame
from pullproof.sources.cloudformation.interface import Place, Written

#: More stacks than any input has: a template that nests ten of its like would otherwise never end.
MOST_STACKS = 1000
_HASH = re.compile(r"([0-9a-f]{64})\.")


def open_nested(frame: StackFrame, written: Written) -> StackFrame | Unknown:
    """The stack that a resource makes, or why it is not known.

    Raises:
        InputError: its template is at hand and cannot be read, or nests itself.
    """
    address = frame.key(written.name)
    presence = frame.presence(written)
    facts = frame.facts()
    if facts.decide(presence) is None:
        facts = facts.suppose(presence, truth=True)
    ev = frame.evaluator(facts, address)
    properties = written.said.get("Properties")
    said = properties if isinstance(properties, dict) else {}
    location = said.get("TemplateURL" if written.type == "AWS::CloudFormation::Stack" else "Location")
    if location is None or isinstance(location, dict):
        return _elsewhere(frame, address, "an application of the Serverless Application Repository")
    url = ev.text(location)
    path = _path(frame, written, url)
    if path is None:
        local = is_exact(url) and "://" not in url
        return _elsewhere(frame, address, f"{url}, and there is no such file" if local else shown(url))
    _count(frame, path, written)
    parameters = said.get("Parameters")
    given = ev.value({} if parameters is None else parameters)
    if isinstance(given, Unknown):
        return given
    place = Place(frame.place.region, frame.place.account, hole(f"{address}.AWS::StackName"))
    document = Document(read_file(path), path, stand_ins=frame.document.stand_ins)
    child = StackFrame(
        frame.run,
        document,
        address,
        place,
        given if isinstance(given, dict) else {},
        parent=frame,
        guard=presence,
    )
    _note_undeclared(child, given)
    return child


def _path(frame: StackFrame, written: Written, url: Text) -> str | None:
    """The local file of a nested template; None where it is somewhere else."""
    here = os.path.dirname(frame.document.path)  # noqa: PTH120
    metadata: Any = written.said.get("Metadata")
    if isinstance(metadata, dict) and metadata.get("aws:asset:property") == "TemplateURL":
        asset = metadata.get("aws:asset:path")
        if isinstance(asset, str):
            return os.path.join(here, asset)  # noqa: PTH118
    if (found := _HASH.search(url)) is not None and found[1] in frame.run.assets:
        return frame.run.assets[found[1]]
    if not is_exact(url) or "://" in url.removeprefix("file://"):
        return None
    path = os.path.join(here, url.removeprefix("file://"))  # noqa: PTH118
    if os.path.isfile(path):  # noqa: PTH113
        return path
    return None


def _count(frame: StackFrame, path: str, written: Written) -> None:
    frame.run.stacks += 1
    if frame.run.stacks > MOST_STACKS:
        raise InputError(f"there are more than {MOST_STACKS} stacks", place=frame.line(written))
    around: StackFrame | None = frame
    while around is not None:
        if os.path.realpath(around.document.path) == os.path.realpath(path):
            raise InputError(f"{path} nests itself", place=frame.line(written))
        around = around.parent


def _elsewhere(frame: StackFrame, address: str, what: str) -> Unknown:
    unknown = Unknown(
        Why.NOT_IN_INPUT,
        f"what the stack {address} makes: its template is {what}",
        address,
        "give its template as a local path, counted from the template that names it, as for"
        " aws cloudformation package",
    )
    frame.run.open[unknown] = None
    return unknown


def _note_undeclared(child: StackFrame, given: Any) -> None:
    for name in given if isinstance(given, dict) else ():
        if name not in child.parameters:
            child.run.notes[
                f"{child.document.path} declares no parameter {name}, which {child.address} gives"
            ] = None
