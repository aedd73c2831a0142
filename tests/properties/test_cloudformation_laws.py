"""Templates with parameters that nobody gives, against every way of giving them.

The oracle knows nothing of holes: it takes a value for each parameter and carries out the functions as
CloudFormation's pages say. What the program says without the values must hold for each of them.
"""

import itertools
import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pullproof.model.text import HOLE
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.read import read_template
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.terraform.tree import Some

#: The parameters of each template, and all that each may be.
DOMAINS = {"P": ("a", "b"), "Q": ("a", "b", "c")}
LISTS = {"L": ("a,b", "c")}
CONDITIONS = ("C0", "C1", "C2", "C3")
WORDS = st.sampled_from(["a", "b", "c", "-", ""])
REFS = st.sampled_from(list(DOMAINS)).map(lambda name: {"Ref": name})
ABSENT = object()


def texts(depth: int = 2) -> st.SearchStrategy[Any]:
    """Expressions that give a text."""
    if depth == 0:
        return WORDS | REFS
    inner = texts(depth - 1)
    return (
        REFS
        | st.tuples(st.sampled_from(CONDITIONS), inner, inner).map(lambda it: {"Fn::If": list(it)})
        | st.tuples(st.sampled_from(["-", ","]), st.lists(inner, max_size=3)).map(
            lambda it: {"Fn::Join": [it[0], it[1]]}
        )
        | st.tuples(inner, inner).map(lambda it: {"Fn::Sub": ["${X}/${P}${Y}", {"X": it[0], "Y": it[1]}]})
        | st.tuples(REFS, st.sampled_from(["x", "y"])).map(lambda it: {"Fn::FindInMap": ["M", it[0], it[1]]})
        | st.tuples(st.integers(0, 1), st.lists(inner, min_size=2, max_size=3)).map(
            lambda it: {"Fn::Select": [it[0], it[1]]}
        )
    )


def branches(depth: int = 3) -> st.SearchStrategy[Any]:
    """Choices within choices, down to one of two texts: few enough for both sides to agree by chance."""
    if depth == 0:
        return st.sampled_from(["1", "2"])
    inner = branches(depth - 1)
    return st.tuples(st.sampled_from(CONDITIONS), inner, inner).map(lambda it: {"Fn::If": list(it)})


def values() -> st.SearchStrategy[Any]:
    """Expressions of any kind."""
    leaf = texts()
    lists = (
        st.lists(leaf, max_size=3)
        | st.just({"Ref": "L"})
        | leaf.map(lambda it: {"Fn::Split": [",", it]})
        | st.tuples(st.sampled_from(CONDITIONS), leaf).map(
            lambda it: ["a", {"Fn::If": [it[0], it[1], {"Ref": "AWS::NoValue"}]}, "c"]
        )
    )
    tables = st.dictionaries(st.sampled_from(["A", "B"]), leaf, max_size=2)
    either = lists | tables | leaf | leaf | st.just({"Ref": "AWS::NoValue"})
    return (
        leaf
        | either
        | st.tuples(st.sampled_from(CONDITIONS), either, either).map(lambda it: {"Fn::If": list(it)})
    )


def conditions(before: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Conditions over the parameters and the conditions that stand before."""
    equal = st.sampled_from([(name, one) for name, all_ in DOMAINS.items() for one in all_])
    atoms = equal.map(lambda it: {"Fn::Equals": [{"Ref": it[0]}, it[1]]}) | st.just(
        {"Fn::Equals": [{"Ref": "P"}, {"Ref": "Q"}]}
    )
    if not before:
        return atoms
    parts = atoms | st.sampled_from(before).map(lambda name: {"Condition": name})
    several = st.lists(parts, min_size=2, max_size=3)
    return (
        atoms
        | parts.map(lambda it: {"Fn::Not": [it]})
        | several.map(lambda it: {"Fn::And": it})
        | several.map(lambda it: {"Fn::Or": it})
    )


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """A template with a few resources, some of them under conditions."""
    said = {name: draw(conditions(CONDITIONS[:index])) for index, name in enumerate(CONDITIONS)}
    resources = {}
    for number in range(2):
        resource: dict[str, Any] = {"Type": "T", "Properties": {"V": draw(values()), "W": draw(branches())}}
        if draw(st.booleans()):
            resource["Condition"] = draw(st.sampled_from(CONDITIONS))
        resources[f"R{number}"] = resource
    return {
        "Parameters": {
            **{name: {"Type": "String", "AllowedValues": list(all_)} for name, all_ in DOMAINS.items()},
            **{name: {"Type": "CommaDelimitedList"} for name in LISTS},
        },
        "Mappings": {"M": {key: {"x": f"{key}1", "y": "same"} for key in "abc"}},
        "Conditions": said,
        "Resources": resources,
    }


class Oracle:
    """CloudFormation's functions with every parameter known."""

    def __init__(self, template: dict[str, Any], held: dict[str, str]) -> None:
        self.template = template
        self.held = held

    def holds(self, said: Any) -> bool:
        """Whether a condition holds."""
        ((name, argument),) = said.items()
        match name:
            case "Condition":
                return self.holds(self.template["Conditions"][argument])
            case "Fn::Not":
                return not self.holds(argument[0])
            case "Fn::And":
                return all(self.holds(one) for one in argument)
            case "Fn::Or":
                return any(self.holds(one) for one in argument)
            case _:
                return bool(self.value(argument[0]) == self.value(argument[1]))

    def value(self, said: Any) -> Any:
        """What an expression gives."""
        if isinstance(said, list):
            return [found for one in said if (found := self.value(one)) is not ABSENT]
        if not isinstance(said, dict):
            return said
        name = next(iter(said), "")
        if not name.startswith(("Fn::", "Ref")):
            return {key: found for key, one in said.items() if (found := self.value(one)) is not ABSENT}
        return self.call(name, said[name])

    def call(self, name: str, argument: Any) -> Any:
        """What a function gives."""
        match name:
            case "Ref":
                if argument == "AWS::NoValue":
                    return ABSENT
                held = self.held[argument]
                return held.split(",") if argument in LISTS else held
            case "Fn::If":
                return self.value(argument[1] if self.holds({"Condition": argument[0]}) else argument[2])
            case "Fn::Join":
                return argument[0].join(self.value(argument[1]))
            case "Fn::Split":
                return self.value(argument[1]).split(argument[0])
            case "Fn::Sub":
                inner = {key: self.value(one) for key, one in argument[1].items()}
                return f"{inner['X']}/{self.held['P']}{inner['Y']}"
            case "Fn::FindInMap":
                return self.template["Mappings"]["M"][self.value(argument[1])][argument[2]]
            case _:
                return self.value(argument[1][argument[0]])


def admits(said: Any, actual: Any, held: dict[str, str]) -> bool:
    """Whether what the program says holds for what is so."""
    if isinstance(said, Unknown):
        return True
    if isinstance(said, Some):
        return isinstance(actual, list) and bool(actual) and all(one in said.values for one in actual)
    if isinstance(said, str):
        return isinstance(actual, str) and admits_text(said, actual, held)
    if isinstance(said, dict):
        return isinstance(actual, dict) and all(
            admits(said.get(key, None), actual.get(key, ABSENT), held) for key in {*said, *actual}
        )
    if isinstance(said, list) and isinstance(actual, list):
        return admits_list(said, actual, held)
    return bool(said == actual)


def admits_text(said: str, actual: str, held: dict[str, str]) -> bool:
    """Whether a text with holes can be that one: holes of parameters are what they hold, others anything."""
    pattern = ""
    for number, part in enumerate(HOLE.split(said)):
        if number % 2 == 0:
            pattern += re.escape(part)
        elif part in held:
            pattern += re.escape(held[part])
        else:
            pattern += ".*"
    return re.fullmatch(pattern, actual) is not None


def admits_list(said: list[Any], actual: list[Any], held: dict[str, str]) -> bool:
    """Whether what is certain is there, and what is there is certain, or some of it is unknown."""
    is_open = any(isinstance(one, Unknown) for one in said)
    certain = [one for one in said if not isinstance(one, Unknown)]
    if not is_open:
        return len(said) == len(actual) and all(
            admits(one, other, held) for one, other in zip(said, actual, strict=True)
        )
    return all(any(admits(one, other, held) for other in actual) for one in certain)


def ways() -> list[dict[str, str]]:
    """Every way of giving the parameters."""
    names = [*DOMAINS, *LISTS]
    return [
        dict(zip(names, each, strict=True)) for each in itertools.product(*DOMAINS.values(), *LISTS.values())
    ]


@given(templates())
def test_what_is_said_without_values_holds_for_every_value(template: dict[str, Any]) -> None:
    """A value that is certain is so whatever the parameters are; a resource that is certain is always there."""
    stacks = read_template(json.dumps(template).encode(), "t.json")
    for held in ways():
        oracle = Oracle(template, held)
        for name, resource in template["Resources"].items():
            there = "Condition" not in resource or oracle.holds({"Condition": resource["Condition"]})
            item = stacks.items.get(name)
            if item is None or item.condition is None:
                assert (item is not None) is there
            if item is not None and there:
                actual = oracle.value(resource["Properties"])
                assert admits(item.properties, actual, held), (item.properties, actual, held)


@given(templates(), st.sampled_from(ways()))
def test_with_all_values_everything_is_what_cloudformation_gives(
    template: dict[str, Any], held: dict[str, str]
) -> None:
    """When every parameter is given nothing is unknown, and the values are the oracle's."""
    stacks = read_template(json.dumps(template).encode(), "t.json", Given(parameters=held))
    oracle = Oracle(template, held)
    expected = {
        name: oracle.value(resource["Properties"])
        for name, resource in template["Resources"].items()
        if "Condition" not in resource or oracle.holds({"Condition": resource["Condition"]})
    }

    assert expected == {name: item.properties for name, item in stacks.items.items()}


@given(templates(), st.sampled_from(ways()), st.sets(st.sampled_from([*DOMAINS, *LISTS])))
def test_a_value_more_only_makes_more_certain(
    template: dict[str, Any], held: dict[str, str], names: set[str]
) -> None:
    """What was certain with fewer values stays so with more."""
    data = json.dumps(template).encode()
    some = {name: value for name, value in held.items() if name in names}
    fewer = read_template(data, "t.json", Given(parameters=some))
    more = read_template(data, "t.json", Given(parameters=held))

    for name, item in more.items.items():
        assert admits(fewer.items[name].properties, item.properties, held)
