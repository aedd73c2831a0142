"""The law of partial values: whatever an unknown part turns out to be, what was said before stays true.

An expression is evaluated twice: with parts unknown, and with something in their place. The first value must
cover the second: known parts are the same, and only unknown parts may turn into anything.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from pullproof.model.text import HOLE, is_exact
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.evaluate import Env, Evaluator
from pullproof.sources.terraform.hcl.expressions import parse
from pullproof.sources.terraform.hcl.functions.call import call
from pullproof.sources.terraform.hcl.gaps import Exhausted
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.scope import World
from pullproof.sources.terraform.hcl.syntax import Source
from pullproof.sources.terraform.hcl.values import HclSet, Lazy, Refused, Rest, Value, as_text, exact
from tests.unit.sources.terraform.hcl.evaluating import NOBODY_KNOWS, NoFacts

SOME = Path(__file__).parent / "some"

LEAVES = [
    *(
        "u",
        '"a"',
        '"b"',
        '""',
        "1",
        "true",
        "false",
        "null",
        "[u]",
        '["a", u]',
        "{ a = u }",
        "{ (u) = 1 }",
        "[]",
    ),
    *(
        "aws_vpc.main.id",
        "aws_subnet.a[*].id",
        "aws_subnet.a[0].id",
        "aws_lb.front.name",
        "aws_lb.front.subnets",
    ),
    *("[aws_vpc.main.id, aws_lb.front.name]", "toset(aws_subnet.a[*].id)", '"x-${aws_lb.front.name}"'),
]
ONE = [
    *(
        "upper(X)",
        "[X]",
        "{ k = X }",
        "length(X)",
        '"x${X}y"',
        "jsonencode(X)",
        'try(X, "t")',
        "can(X)",
        "compact([X])",
    ),
    *(
        'coalesce(X, "z")',
        "[for x in X : x]",
        '[for x in ["a", "b"] : x if x == X]',
        "{ for k, v in X : k => v }",
    ),
    *(
        "X[0]",
        "X.a",
        "X[*]",
        "X[*].a",
        "sort(X)",
        "toset(X)",
        "tolist(X)",
        "distinct(X)",
        "flatten([X])",
        "reverse(X)",
    ),
    *(
        "one(X)",
        "keys(X)",
        "values(X)",
        'join(",", X)',
        'split(",", X)',
        "element(X, 0)",
        "element(X, 1)",
        "!(X)",
    ),
    *(
        'startswith(X, "a")',
        'endswith(X, "a")',
        'trimprefix(X, "a")',
        'trimsuffix(X, "a")',
        'replace(X, "a", "b")',
    ),
    *(
        'format("%s", X)',
        'format("%5s", X)',
        'contains([X], "a")',
        "tostring(X)",
        "tonumber(X)",
        "tobool(X)",
        "tomap(X)",
    ),
    *(
        "jsondecode(jsonencode(X))",
        'lookup({ a = X }, "a", 1)',
        "lookup({ a = 1 }, X, 2)",
        "merge({ a = X }, { b = 1 })",
    ),
    *(
        'zipmap(["k"], [X])',
        'setunion([X], ["a"])',
        "alltrue([X])",
        "anytrue([X, true])",
        "slice(X, 0, 1)",
        "sum([X])",
    ),
    *(
        "chunklist(X, 1)",
        "index([X], 1)",
        'formatlist("%s!", X)',
        "coalescelist(X, [1])",
        "-(X)",
        "substr(X, 0, 1)",
    ),
    *(
        '"%{ if X }a%{ else }b%{ endif }"',
        '"%{ for x in X }${x}%{ endfor }"',
        "concat([1], X)",
        "setproduct(X, X)",
    ),
    *(
        "X == null",
        "X != null",
        'X == ""',
        "length([for x in X : x])",
        "toset([X, X])",
        "length(toset([X, X]))",
    ),
]
TWO = [
    *(
        "X == Y",
        "X != Y",
        "X ? 1 : Y",
        "X ? Y : [Y]",
        "concat(X, Y)",
        "[X, Y]",
        "coalesce(X, Y)",
        "merge(X, Y)",
    ),
    *(
        "setsubtract(X, Y)",
        "setintersection(X, Y)",
        "contains(X, Y)",
        "index(X, Y)",
        '"${X}${Y}"',
        "join(X, Y)",
    ),
    *(
        'format("%s-%s", X, Y)',
        "try(X, Y)",
        "X && Y",
        "X || Y",
        "X + Y",
        "X < Y",
        "distinct([X, Y])",
        "toset([X, Y])",
    ),
    *("lookup(X, Y, 1)", "X[Y]", "zipmap(X, Y)", "trimprefix(X, Y)", "setunion(X, Y)", "compact([X, Y])"),
]

EXPRESSIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.builds(
            lambda form, x: form.replace("X", f"({x})" if form[0] != '"' else x), st.sampled_from(ONE), inner
        ),
        st.builds(
            lambda form, x, y: form.replace("X", "\0").replace("Y", f"({y})").replace("\0", f"({x})"),
            st.sampled_from(TWO),
            inner,
            inner,
        ),
    ),
    max_leaves=5,
)
ANYTHING = [
    *(
        "a",
        "",
        "b",
        "a,b",
        "true",
        "5",
        1,
        0,
        -1,
        1.5,
        True,
        False,
        None,
        [],
        ["a"],
        ["a", "b"],
        [1, None],
        [["a"]],
    ),
    *({}, {"a": "a"}, {"a": 1, "b": [True]}, HclSet(["a", "b"]), HclSet()),
]
NAMES = ["a", "b", "x", "vpc-1", "a,b"]


class Turned(NoFacts):
    """The facts after the apply: every attribute has a value."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        super().__init__()
        self._values = values

    def attribute(self, address: str, name: str, written: Callable[[], Value]) -> Value:
        found = self._values.get(f"{address}.{name}", ...)
        return super().attribute(address, name, written) if found is ... else found


def no_refuge(evaluator: Evaluator, expr: syntax.Call, env: Env) -> Value:
    """A call; `try` and `can` hide no failure. An unknown part is assumed to be of a type that fits."""
    if expr.name in ("try", "can"):
        try:
            evaluator.value(expr.arguments[0], env)
        except Refused as hidden:
            raise Exhausted from hidden
    return call(evaluator, expr, env)


def value(text: str, facts: NoFacts, u: Value) -> Value:
    """The value of an expression, or what keeps it from having one."""
    world = World(Project(SOME), facts)
    world.evaluator = Evaluator(no_refuge if isinstance(facts, Turned) else call)
    try:
        return world.root().value_of(parse(Source(text=text, file="main.tf", line=1)), {"u": u}, "main.tf:1")
    except (Refused, Exhausted) as refused:
        return refused


@given(
    EXPRESSIONS,
    st.sampled_from(ANYTHING),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(NAMES), max_size=3),
)
@example("try((u)[0], 1)", [], "a", [])
@example('[for x in ["a", "b"] : x if x == (u)]', "a", "a", [])
def test_what_was_said_stays_true(text: str, u: Value, name: str, subnets: list[str]) -> None:
    """A value with unknown parts covers the value that the same expression has when they are known."""
    known = {
        "aws_vpc.main.id": "vpc-1",
        "aws_subnet.a[0].id": "subnet-1",
        "aws_subnet.a[1].id": "subnet-2",
        "aws_lb.front.name": name,
        "aws_lb.front.subnets": subnets,
    }
    before, after = value(text, NoFacts(), NOBODY_KNOWS), value(text, Turned(known), u)

    assert isinstance(after, Refused | Exhausted) or not exact(after) or covers(before, after, known), (
        f"{text}: {before} / {after}"
    )


def covers(before: Value, after: Value, known: Mapping[str, Value]) -> bool:
    """Whether a value can have turned into another."""
    if isinstance(before, Exhausted | Refused | Unknown | Lazy) or isinstance(after, Unknown):
        return True
    if isinstance(before, str):
        return covers_text(before, after, known)
    if isinstance(before, list):
        return isinstance(after, list) and covers_items(before, list(after), known)
    if isinstance(before, dict) and isinstance(after, dict):
        return covers_pairs(before, after, known)
    # What stands beside it in a condition, say, may make text of a number.
    return _text(before) == _text(after) or (type(before) is type(after) and bool(before == after))


def _text(value: Value) -> object:
    return as_text(value) if isinstance(value, bool | int | float | str) else object()


def covers_text(before: str, after: Value, known: Mapping[str, Value]) -> bool:
    """A hole turns into what its name stands for, or into anything; alone, it may be of any type."""
    whole = HOLE.fullmatch(before)
    if whole:
        return whole[1].startswith("?") or whole[1] not in known or covers(known[whole[1]], after, known)
    if isinstance(after, bool | int | float):
        after = as_text(after)
    if not isinstance(after, str):
        return after is None and "?" in before  # `format` with null is null
    if not is_exact(after):
        return True  # a comparison of empty lists, say, is not told in either case
    # In JSON, a string that is one hole may be of any type, as the hole itself.
    parts = re.split(f'("?{HOLE.pattern.replace("(", "(?:")}"?)', before)
    pattern = "".join(_pattern(part, known) for part in parts)
    return re.fullmatch(pattern, after, re.DOTALL) is not None


def _pattern(part: str, known: Mapping[str, Value]) -> str:
    hole = HOLE.search(part)
    if hole is None:
        return re.escape(part)
    found = known.get(hole[1].replace('\\"', '"'))
    return re.escape(part.replace(hole[0], found)) if isinstance(found, str) else ".*"


def covers_items(before: list[Value], after: list[Value], known: Mapping[str, Value]) -> bool:
    """In order; of a set whose order is not known, the members may also turn out to be the same."""
    if not isinstance(before, HclSet) or before.ordered:
        return _in_order(tuple(before), after, known)
    items = [item for item in before if not isinstance(item, Rest)]
    return all(any(covers(item, other, known) for other in after) for item in items) and (
        len(items) < len(before) or all(any(covers(item, other, known) for item in items) for other in after)
    )


def _in_order(before: tuple[Value, ...], after: list[Value], known: Mapping[str, Value]) -> bool:
    if not before:
        return not after
    first, rest = before[0], before[1:]
    if isinstance(first, Rest):
        return any(_in_order(rest, after[at:], known) for at in range(len(after) + 1))
    return bool(after) and covers(first, after[0], known) and _in_order(rest, after[1:], known)


def covers_pairs(before: dict[str, Value], after: dict[str, Value], known: Mapping[str, Value]) -> bool:
    """Keys may have holes as well, and two of them may turn out to be the same."""
    if all(map(is_exact, before)) and before.keys() != after.keys():
        return False
    fits = {
        key: [
            other for other in after if covers_text(key, other, known) and covers(item, after[other], known)
        ]
        for key, item in before.items()
    }
    return set(after) == {other for found in fits.values() for other in found}


def test_the_law_would_notice_a_guess() -> None:
    """A value that says more than is known is noticed."""
    known: dict[str, Any] = {"aws_vpc.main.id": "vpc-1"}

    assert not covers("a", "b", known)
    assert not covers([1], [1, 2], known)
    assert not covers({"a": 1}, {"a": 2}, known)
    assert not covers("x\ue000aws_vpc.main.id\ue001", "xvpc-2", known)
    assert covers("x\ue000aws_vpc.main.id\ue001", "xvpc-1", known)
    assert covers(["a", NOBODY_KNOWS], ["a", {"b": 1}], known)
