"""Transforms: those that are known, macros that are not, and pieces of templates that are included.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
"""

import os
from collections.abc import Iterator
from typing import Any

from pullproof.model.text import is_exact, shown
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.document import Call, Document
from pullproof.sources.cloudformation.files import read_file
from pullproof.sources.cloudformation.interface import Frame

LANGUAGE = "AWS::LanguageExtensions"
SAM = "AWS::Serverless-2016-10-31"
#: Transforms of AWS that make resources of their own kind and leave the others as they are.
ADDING = frozenset(
    (SAM, "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16", "AWS::CodeDeployBlueGreen")
)
INCLUDE = "AWS::Include"
PROCESSED = (
    "check what it makes of the template:"
    " aws cloudformation get-template --stack-name NAME --template-stage Processed --query TemplateBody"
)


def transforms_of(document: Document) -> tuple[str, ...]:
    """The names of the transforms that a template asks for."""
    node = document.sections.get("Transform")
    if node is None:
        return ()
    said = document.value(node)
    names = []
    for one in said if isinstance(said, list) else [said]:
        name = one.get("Name") if isinstance(one, dict) else one
        names.append(name if isinstance(name, str) else "a transform")
    return tuple(names)


def macro_of(document: Document, names: tuple[str, ...], address: str) -> Unknown | None:
    """Why the template may become anything: the first of its transforms that is not AWS's own."""
    for name in names:
        if name != LANGUAGE and name not in ADDING:
            what = f"what the macro {name} makes of {document.path}"
            return Unknown(Why.NOT_MODELLED, what, address, PROCESSED)
    return None


def included(frame: Frame, said: Any, place: str) -> Iterator[tuple[str | Unknown, Any]]:
    """The keys and values of a piece that is included; an Unknown for a key where that is not at hand."""
    for one in said if isinstance(said, list) else [said]:
        name = one.get("Name") if isinstance(one, dict) else None
        parameters = one.get("Parameters") if isinstance(one, dict) else None
        location = parameters.get("Location") if isinstance(parameters, dict) else None
        if name != INCLUDE or not isinstance(location, str | Call):
            what = f"what the macro {name if isinstance(name, str) else ''} puts here ({place})"
            yield Unknown(Why.NOT_MODELLED, what, frame.address, PROCESSED), None
            continue
        text = frame.evaluator().text(location)
        path = os.path.join(os.path.dirname(frame.document.path), text)  # noqa: PTH118, PTH120
        if not is_exact(text) or "://" in text or not os.path.isfile(path):  # noqa: PTH113
            what = f"what {shown(text)} holds, which is included here ({place})"
            settle = "write the path of a local file, as for aws cloudformation package"
            yield Unknown(Why.NOT_IN_INPUT, what, frame.address, settle), None
            continue
        piece = Document(read_file(path), path)
        for key, node in piece.sections.items():
            yield key, piece.value(node)
