"""All stacks of a reading worked out into resources."""

from collections.abc import Iterator, Mapping
from typing import Any

from pullproof.errors import InputError, UsageError
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.conditions import Formula
from pullproof.sources.cloudformation.exports import Exports
from pullproof.sources.cloudformation.frame import StackFrame
from pullproof.sources.cloudformation.interface import ABSENT, Written
from pullproof.sources.cloudformation.lists import named_lists
from pullproof.sources.cloudformation.names import near
from pullproof.sources.cloudformation.places import Places
from pullproof.sources.cloudformation.references import STACKS
from pullproof.sources.cloudformation.run import Run
from pullproof.sources.cloudformation.stack import Item, Parameter, Stack, Stacks


def resolve(
    run: Run,
    frames: list[StackFrame],
    kind: str,
    path: str,
    *,
    paths: Mapping[str, str] | None = None,
    traces: Mapping[str, str] | None = None,
) -> Stacks:
    """Every resource of some stacks. `paths` maps addresses to the constructs that they are of, `traces`
    constructs to the lines of the program that made them.

    Raises:
        InputError: a template refers to what is not there, or leads back to itself.
        UsageError: an import is given that no template asks for.
    """
    run.frames = frames
    exports = Exports(run)
    run.imported = exports.imported
    every = [frame for root in frames for frame in _opened(root)]
    places = Places(paths or {}, traces or {})
    items: dict[str, Item] = {}
    for frame in every:
        _items(frame, items, places)
    listed = exports.listed()
    _refuse_unused(run)
    return Stacks(
        kind=kind,
        path=path,
        items=items,
        stacks={frame.address: _stack(frame) for frame in every},
        parameters={frame.key(name): each for frame in every for name, each in _declared(frame)},
        exports=listed,
        open=(*run.open, *(frame.macro for frame in every if frame.macro is not None)),
        notes=tuple(run.notes),
        settle=run.settle,
        prefix_lists=named_lists(every),
        locate=places.locate,
    )


def _opened(frame: StackFrame) -> Iterator[StackFrame]:
    """A stack and all that are nested in it."""
    yield frame
    for written in frame.resources.values():
        if written.type in STACKS and frame.facts().decide(frame.presence(written)) is not False:
            child = frame.child(written, frame.line(written))
            if isinstance(child, StackFrame):
                yield from _opened(child)


def _declared(frame: StackFrame) -> Iterator[tuple[str, Parameter]]:
    yield from frame.parameters.items()


def _stack(frame: StackFrame) -> Stack:
    return Stack(
        address=frame.address,
        name=frame.place.name,
        file=frame.document.path,
        region=frame.place.region,
        account=frame.place.account,
        partition=frame.place.partition,
    )


def _items(frame: StackFrame, items: dict[str, Item], places: Places) -> None:
    """The resources of one stack."""
    needs: dict[str, set[str]] = {}
    facts = frame.facts()
    for name, written in frame.resources.items():
        presence = frame.presence(written)
        decided = facts.decide(presence) if written.condition else True
        if decided is False:
            continue
        address = frame.key(name)
        places.add(address, frame.document, written)
        ev = frame.evaluator(facts if decided else facts.suppose(presence, truth=True), address)
        properties = _properties(frame, written, ev.value(_written(written.said.get("Properties"))))
        depends = _depends(frame, written)
        needs[address] = ev.needs | set(depends)
        guard = None if frame.guard.kind == "known" and decided else presence
        why = properties if isinstance(properties, Unknown) else _condition(frame, guard, address)
        line, column = frame.document.start(written.node)
        items[address] = Item(
            address=address,
            type=written.type,
            name=name,
            properties=properties if isinstance(properties, dict) else {},
            hidden=properties if isinstance(properties, Unknown) else None,
            stack=frame.address,
            condition=why,
            guard=guard.key if guard is not None else "",
            depends=depends,
            metadata=_metadata(written, *places.made(address)),
            file=frame.document.path,
            line=line,
            column=column,
        )
    if not frame.rewritten:
        _refuse_circles(frame, needs)


def _written(said: Any) -> Any:
    """A mapping as it is written; none at all is an empty one."""
    return {} if said is None else said


def _properties(frame: StackFrame, written: Written, found: Any) -> dict[str, Any] | Unknown:
    if found is ABSENT:
        return {}
    if isinstance(found, dict | Unknown):
        return found
    raise InputError(f"the properties of {written.name} are no mapping", place=frame.line(written))


def _condition(frame: StackFrame, guard: Formula | None, address: str) -> Unknown | None:
    """Why it is not settled whether a resource is there."""
    if frame.macro is not None:
        return Unknown(
            frame.macro.why, f"whether {address} stays: {frame.macro.what}", address, frame.macro.settle_by
        )
    if guard is None:
        return None
    names = guard.key if guard.kind == "named" else "its conditions"
    unknown = frame.run.undecided(guard, f"whether {address} is made: {names}", address)
    return (
        unknown
        if unknown.settle_by
        else Unknown(Why.NOT_IN_INPUT, unknown.what, address, "pass its parameters")
    )


def _depends(frame: StackFrame, written: Written) -> tuple[str, ...]:
    """What it is to be made after.

    Raises:
        InputError: that is not in the template.
    """
    said = written.said.get("DependsOn")
    names = [name for name in (said if isinstance(said, list) else [said]) if isinstance(name, str)]
    for name in names:
        if name not in frame.resources and not frame.rewritten:
            raise InputError(
                f"{written.name} depends on {name}, and there is no such resource",
                place=frame.line(written),
                remedy=near(name, frame.resources),
            )
    return tuple(frame.key(name) for name in names)


def _metadata(written: Written, path: str, source: str) -> dict[str, Any]:
    """The parts of a resource's metadata that say where it comes from."""
    said = written.said.get("Metadata")
    found = {
        key: value
        for key, value in (said.items() if isinstance(said, dict) else ())
        if isinstance(value, str)
    }
    if path:
        found["path"] = path
    if source:
        found["source"] = source
    return found


def _refuse_circles(frame: StackFrame, needs: dict[str, set[str]]) -> None:
    """Refuse resources that wait for each other: CloudFormation does.

    Raises:
        InputError: there is a circle; the message goes round it.
    """
    done: set[str] = set()
    for start, first in needs.items():
        way: list[str] = []
        waiting = [(start, iter(sorted(first)))] if start not in done else []
        on_way = {start}
        if waiting:
            way.append(start)
        while waiting:
            address, rest = waiting[-1]
            following = next(rest, None)
            if following is None:
                done.add(address)
                on_way.discard(address)
                way.pop()
                waiting.pop()
            elif following in on_way:
                circle = " -> ".join([*way[way.index(following) :], following])
                name = following.removeprefix(f"{frame.address}.") if frame.address else following
                raise InputError(
                    f"resources wait for each other: {circle}",
                    place=frame.line(frame.resources[name]),
                    remedy="a rule of its own (AWS::EC2::SecurityGroupIngress, AWS::EC2::Route) often breaks the circle",
                )
            elif following not in done and following in needs:
                on_way.add(following)
                way.append(following)
                waiting.append((following, iter(sorted(needs[following]))))


def _refuse_unused(run: Run) -> None:
    for name in run.given.imports:
        if name not in run.used:
            asked = [each.removeprefix("import:") for each in run.settle if each.startswith("import:")]
            raise UsageError(
                f"no template imports {name}",
                remedy=near(name, asked)
                or ("imported: " + ", ".join(asked[:6]) if asked else "leave --import out"),
            )
