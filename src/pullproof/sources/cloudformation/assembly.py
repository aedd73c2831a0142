"""A CDK app by its assembly (`cdk.out`): every stack of it, with what they take from each other."""

from collections.abc import Sequence

from pullproof.errors import InputError, UsageError
from pullproof.model.text import hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.document import Document
from pullproof.sources.cloudformation.files import read_file
from pullproof.sources.cloudformation.frame import StackFrame
from pullproof.sources.cloudformation.interface import Place
from pullproof.sources.cloudformation.manifest import FoundStack, assets_of, stacks_of
from pullproof.sources.cloudformation.names import near
from pullproof.sources.cloudformation.nested import open_nested
from pullproof.sources.cloudformation.read import refuse_undeclared
from pullproof.sources.cloudformation.resolve import resolve
from pullproof.sources.cloudformation.run import Given, Run
from pullproof.sources.cloudformation.stack import Stacks

LOOK_UP = "run cdk synth with credentials, so that cdk.context.json holds what it looks up"


def read_assembly(folder: str, path: str, given: Given) -> Stacks:
    """The resources of an assembly. `folder` holds the manifest, `path` is what the user typed.

    Raises:
        InputError: it cannot be read, or a template of it.
        UsageError: a parameter is given that no stack of it declares.
    """
    found = list(stacks_of(folder))
    if not found:
        raise InputError("this assembly has no stacks", place=folder, remedy="cdk synth")
    run = Run(given)
    run.open_nested = open_nested
    run.assets = dict(assets_of(folder))
    documents = [_document(run, stack) for stack in found]
    names = _names(found)
    own = _own_parameters(given, names)
    declared = refuse_undeclared(own, documents)
    frames = []
    for stack, document, name in zip(found, documents, names, strict=True):
        values = {
            key: value for key, value in own.parameters.items() if key in declared[document.path]
        } | _of_stack(given, name)
        address = name if len(found) > 1 else ""
        place = Place(
            stack.region or _told(given.region, "region", stack),
            stack.account or _told(given.account, "account", stack),
            stack.name,
        )
        frames.append(StackFrame(run, document, address, place, {**stack.parameters, **values}))
    _note_missing(run, found)
    paths = {
        f"{frame.address}.{key}" if frame.address else key: construct
        for frame, stack in zip(frames, found, strict=True)
        for key, construct in stack.paths.items()
    }
    traces = {construct: line for stack in found for construct, line in stack.traces.items()}
    return resolve(run, frames, "cdk-assembly", path, paths=paths, traces=traces)


def _document(run: Run, stack: FoundStack) -> Document:
    """A stack's template, in which what was not looked up yet is not known."""
    stand_ins = {}
    for text in stack.dummies:
        name = f"?{text}, which was not looked up"
        run.settle[name] = LOOK_UP
        stand_ins[text] = hole(name)
    return Document(read_file(stack.file), stack.file, stand_ins=stand_ins)


def _names(found: Sequence[FoundStack]) -> list[str]:
    """A name for each stack; a number tells two of one name in different environments apart."""
    names: list[str] = []
    for stack in found:
        name, number = stack.name.replace(".", "-"), 2
        while name in names:
            name, number = f"{stack.name}-{number}", number + 1
        names.append(name)
    return names


def _own_parameters(given: Given, names: Sequence[str]) -> Given:
    """What is given without the name of a stack: `cdk deploy` takes STACK:NAME=VALUE too.

    Raises:
        UsageError: there is no stack of that name.
    """
    plain = {}
    for key, value in given.parameters.items():
        stack, colon, _ = key.partition(":")
        if not colon:
            plain[key] = value
        elif stack not in names:
            raise UsageError(f"there is no stack {stack}", remedy=near(stack, names) or ", ".join(names))
    return Given(parameters=plain, filed=given.filed)


def _of_stack(given: Given, name: str) -> dict[str, str | list[str]]:
    head = f"{name}:"
    return {key.removeprefix(head): value for key, value in given.parameters.items() if key.startswith(head)}


def _told(value: str, what: str, stack: FoundStack) -> str | Unknown:
    if value:
        return value
    settle = f"the stack {stack.name} names no environment: pass --{what}"
    return Unknown(Why.NOT_IN_INPUT, f"the {what}", "", settle)


def _note_missing(run: Run, found: Sequence[FoundStack]) -> None:
    if any(stack.dummies for stack in found):
        run.notes[
            f"the app was synthesised without looking up what it looks up in the account: {LOOK_UP}"
        ] = None
