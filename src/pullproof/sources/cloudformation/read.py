"""Templates read and worked out."""

import os
from collections.abc import Mapping, Sequence

from pullproof.errors import UsageError
from pullproof.model.text import hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.document import Document
from pullproof.sources.cloudformation.frame import StackFrame
from pullproof.sources.cloudformation.interface import Place
from pullproof.sources.cloudformation.names import near
from pullproof.sources.cloudformation.nested import open_nested
from pullproof.sources.cloudformation.resolve import resolve
from pullproof.sources.cloudformation.run import Given, Run
from pullproof.sources.cloudformation.stack import Stacks


def read_template(data: bytes, path: str, given: Given | None = None) -> Stacks:
    """The resources of one template. `data` is UTF-8, `path` what the user calls it.

    Raises:
        InputError: it cannot be read, or refers to what is not there.
        UsageError: a parameter is given that it does not declare, or a value that it does not allow.
    """
    return read_templates([(data, path)], given)


def read_templates(templates: Sequence[tuple[bytes, str]], given: Given | None = None) -> Stacks:
    """The resources of several templates, each a stack called after its file, which may import from another.

    Raises: as `read_template`.
    """
    given = given or Given()
    run = Run(given)
    run.open_nested = open_nested
    documents = [Document(data, path) for data, path in templates]
    names = _names([path for _, path in templates])
    asked = refuse_undeclared(given, documents)
    frames = []
    for document, name in zip(documents, names, strict=True):
        address = name if len(documents) > 1 else ""
        stack = hole(f"{address}.AWS::StackName" if address else "AWS::StackName")
        place = Place(region_of(given), account_of(given), stack)
        values = {key: value for key, value in given.parameters.items() if key in asked[document.path]}
        frames.append(StackFrame(run, document, address, place, values))
    path = templates[0][1] if len(templates) == 1 else ", ".join(path for _, path in templates)
    return resolve(run, frames, "cloudformation-template", path)


def region_of(given: Given) -> str | Unknown:
    """The region, if it is told."""
    if given.region:
        return given.region
    return Unknown(Why.NOT_IN_INPUT, "the region", "", "a template does not tell the region: pass --region")


def account_of(given: Given) -> str | Unknown:
    """The account, if it is told."""
    if given.account:
        return given.account
    return Unknown(
        Why.NOT_IN_INPUT, "the account id", "", "a template does not tell the account: pass --account"
    )


def refuse_undeclared(given: Given, documents: Sequence[Document]) -> Mapping[str, frozenset[str]]:
    """The names of the parameters that each template declares.

    Raises:
        UsageError: one is given on the command line that none of them declares.
    """
    declared = {
        document.path: frozenset(name for name, _ in document.pairs(node))
        if (node := document.sections.get("Parameters")) is not None
        else frozenset()
        for document in documents
    }
    every = frozenset[str]().union(*declared.values())
    for name in given.parameters:
        if name not in every and name not in given.filed:
            where = documents[0].path if len(documents) == 1 else "none of the templates"
            problem = (
                f"{where} declares no parameter {name}"
                if len(documents) == 1
                else f"{where} declares a parameter {name}"
            )
            raise UsageError(
                problem,
                remedy=near(name, every) or f"its parameters: {', '.join(sorted(every)[:12]) or 'none'}",
            )
    return declared


def _names(paths: Sequence[str]) -> list[str]:
    """A name for each template, after its file; a number tells two of one name apart."""
    found: list[str] = []
    for path in paths:
        stem = os.path.basename(path).split(".")[0] or "template"  # noqa: PTH119  # pathlib is slow to import
        name, number = stem, 2
        while name in found:
            name, number = f"{stem}-{number}", number + 1
        found.append(name)
    return found
