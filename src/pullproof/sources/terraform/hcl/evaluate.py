"""Expressions into values. What is not known stays an `Unknown` where it stands, and the rest is kept.

Terraform's rules: https://developer.hashicorp.com/terraform/language/expressions
"""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from pullproof.model.text import anything, is_exact, sole_hole
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.files import Files
from pullproof.sources.terraform.hcl.gaps import (
    DEEPEST,
    LONGEST,
    STEPS,
    Exhausted,
    depends_on,
    not_followed,
    rest_of,
)
from pullproof.sources.terraform.hcl.operators import binary, unary, unified
from pullproof.sources.terraform.hcl.syntax import Expr, Part
from pullproof.sources.terraform.hcl.traversal import attribute, is_unordered, item, may_be_list, pairs
from pullproof.sources.terraform.hcl.values import (
    HclSet,
    Lazy,
    Refused,
    Rest,
    Value,
    as_bool,
    as_text,
    exact,
)


class Env(msgspec.Struct, frozen=True, kw_only=True):
    """What an expression may mention: `names` (loop variables, each, count), then whatever `lookup` finds.

    `place` is the `file:line` it is written at, `files` what it may read, `inside_template` says that it
    stands in a file that `templatefile` renders.
    """

    names: Mapping[str, Value]
    lookup: Callable[[str], Value]
    files: Files
    place: str = ""
    inside_template: bool = False

    def having(self, names: Mapping[str, Value]) -> "Env":
        """The same with more names."""
        return msgspec.structs.replace(self, names={**self.names, **names})


class Evaluator:
    """Evaluates, within limits, and gives each unknown value its own hole when it ends up inside a string."""

    def __init__(self, call: Callable[["Evaluator", syntax.Call, Env], Value]) -> None:
        self._call_function = call
        self._steps = 0
        self._depth = 0
        self._serials: dict[int, tuple[int, Unknown]] = {}
        #: How often something may fail or not: it was looked for inside an attribute that only the apply
        #: will tell, or versions of Terraform differ on it.
        self.unsure = 0

    def begin(self) -> None:
        """Start the count of steps for one more attribute."""
        if self._depth == 0:
            self._steps = 0

    def value(self, expr: Expr, env: Env) -> Value:
        """The value of an expression.

        Raises:
            Refused: Terraform would refuse to evaluate it.
            Exhausted: it is more work than any real configuration.
        """
        self._steps += 1
        self._depth += 1
        try:
            if self._steps > STEPS or self._depth > DEEPEST:
                raise Exhausted
            return self._value(expr, env)
        finally:
            self._depth -= 1

    def text(self, value: Value) -> str:
        """A value inside a string: what is not known becomes a hole."""
        if isinstance(value, Lazy):
            value = not_followed(f"{value.about} as a whole")
        return self.gap(value) if isinstance(value, Unknown) else as_text(value)

    def gap(self, unknown: Unknown) -> str:
        """The hole that stands for an unknown value, the same whenever it is the same value."""
        number, _ = self._serials.setdefault(id(unknown), (len(self._serials) + 1, unknown))
        return anything(f"{' '.join(unknown.what.split())[:200]} #{number}")

    def _value(self, expr: Expr, env: Env) -> Value:
        match expr:
            case syntax.Literal():
                return expr.value
            case syntax.Name():
                return env.names[expr.name] if expr.name in env.names else env.lookup(expr.name)
            case syntax.Attr():
                of = self.value(expr.of, env)
                self.unsure += isinstance(of, str)
                return attribute(of, expr.name)
            case syntax.Index():
                of = self.value(expr.of, env)
                self.unsure += isinstance(of, str)
                return item(of, self.value(expr.key, env))
            case syntax.Template():
                return self._joined(expr.parts, env)
            case syntax.Call():
                return self._call_function(self, expr, env)
            case syntax.Tuple():
                return [self.value(each, env) for each in expr.items]
            case syntax.Object():
                return self._object(expr.items, env)
            case syntax.Splat():
                return self._splat(self.value(expr.of, env), expr.each, env)
            case syntax.For():
                return self._for(expr, env)
            case _:
                return self._operation(expr, env)

    def _operation(self, expr: syntax.Conditional | syntax.Binary | syntax.Unary, env: Env) -> Value:
        match expr:
            case syntax.Conditional():
                return self._conditional(expr, env)
            case syntax.Binary():
                left = self.value(expr.left, env)
                if expr.operator in ("&&", "||"):
                    self._look_at(expr.right, env)
                return binary(expr.operator, left, lambda: self.value(expr.right, env))
            case syntax.Unary():
                return unary(expr.operator, self.value(expr.of, env))

    def _look_at(self, side: Expr, env: Env) -> None:
        """Note it when a side fails that may not be needed: before 1.12, Terraform evaluates it all the same."""
        try:
            found = self.value(side, env)
            if exact(found):
                as_bool(found)
        except Refused:
            self.unsure += 1

    def _joined(self, parts: tuple[Part, ...], env: Env) -> str:
        text = "".join(self._part(part, env) for part in parts)
        if len(text) > LONGEST:
            raise Exhausted
        return text

    def _part(self, part: Part, env: Env) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, syntax.Loop):
            return self._looped(part, env)
        if not isinstance(part, syntax.If):
            return self.text(self.value(part, env))
        decided = self.value(part.condition, env)
        if isinstance(decided, Unknown):
            return self.gap(depends_on(decided))
        return self._joined(part.yes if _decided(decided) else part.no, env)

    def _looped(self, part: syntax.Loop, env: Env) -> str:
        of = self.value(part.of, env)
        if is_unordered(of):
            return self.gap(_why_not_iterable(of))
        return "".join(
            self.gap(value)
            if isinstance(value, Rest)
            else self._joined(part.body, env.having(_named(part, key, value)))
            for key, value in pairs(of)
        )

    def _object(self, items: tuple[tuple[Expr, Expr], ...], env: Env) -> Value:
        found: dict[str, Value] = {}
        for key_expr, expr in items:
            key = self.value(key_expr, env)
            if isinstance(key, Unknown):
                return depends_on(key)
            found[as_text(key)] = self.value(expr, env)
        return found

    def _conditional(self, expr: syntax.Conditional, env: Env) -> Value:
        condition = self.value(expr.condition, env)
        if isinstance(condition, Unknown) or not is_exact(str(condition)):
            return self._either(expr, env, condition)
        taken, other = (expr.yes, expr.no) if as_bool(condition) else (expr.no, expr.yes)
        return unified(self.value(taken, env), lambda: self.value(other, env))

    def _either(self, expr: syntax.Conditional, env: Env, condition: Value) -> Value:
        """When the condition is not known: the value that both sides have, if they have the same."""
        yes, no = self.value(expr.yes, env), self.value(expr.no, env)
        if isinstance(yes, str | bool | int | float) and yes == no:
            return yes
        if isinstance(condition, Unknown):
            return depends_on(condition)
        return not_followed(f"which side the condition at {env.place} takes")

    def _splat(self, of: Value, each: Expr, env: Env) -> Value:
        if of is None:
            return []
        if isinstance(of, Unknown):
            return depends_on(of)
        if isinstance(of, str) and may_be_list(of):
            return not_followed(f"the items of {sole_hole(of)}")
        if not isinstance(of, list):
            return [self.value(each, env.having({"*": of}))]
        found = [one if isinstance(one, Rest) else self.value(each, env.having({"*": one})) for one in of]
        return HclSet(found) if is_unordered(of) else found

    def _for(self, expr: syntax.For, env: Env) -> Value:
        of = self.value(expr.of, env)
        if not isinstance(of, list | dict):
            return _why_not_iterable(of)
        if expr.key is None:
            found = list(self._for_items(expr, of, env))
            return HclSet(found) if is_unordered(of) else found
        return self._for_object(expr, expr.key, of, env)

    def _for_items(self, expr: syntax.For, of: Value, env: Env) -> Iterator[Value]:
        for key, value in pairs(of):
            if isinstance(value, Rest):
                yield value
                continue
            inner = env.having(_named(expr, key, value))
            wanted = True if expr.when is None else self.value(expr.when, inner)
            if isinstance(wanted, Unknown):
                yield rest_of(wanted)
            elif _decided(wanted):
                yield self.value(expr.value, inner)

    def _for_object(self, expr: syntax.For, key_expr: Expr, of: Value, env: Env) -> Value:
        found: dict[str, Value] = {}
        for key, value in pairs(of):
            inner = env.having(_named(expr, key, value))
            wanted = True if expr.when is None else self.value(expr.when, inner)
            at = value if isinstance(value, Rest) else self.value(key_expr, inner)
            for open_part in (wanted, at):
                if isinstance(open_part, Unknown):
                    return depends_on(open_part)
            if not _decided(wanted):
                continue
            result = self.value(expr.value, inner)
            if expr.group:
                found.setdefault(as_text(at), []).append(result)
            elif as_text(at) in found:
                raise Refused(f"two items have the key {as_text(at)}")
            else:
                found[as_text(at)] = result
        return found


def _decided(condition: Value) -> bool:
    if isinstance(condition, str) and not is_exact(condition):
        raise Refused("a bool is required")
    return as_bool(condition)


def _why_not_iterable(of: Value) -> Unknown:
    if isinstance(of, Unknown):
        return depends_on(of)
    if isinstance(of, Lazy):
        return not_followed(f"the attributes of {of.about} as a list")
    if isinstance(of, str) and sole_hole(of):
        return not_followed(f"the items of {sole_hole(of)}")
    if isinstance(of, list | dict):
        return not_followed("the order of items that are known only after apply")
    raise Refused("neither a list nor a map")


def _named(expr: syntax.For | syntax.Loop, key: Value, value: Value) -> dict[str, Value]:
    names = {expr.value_name: value}
    if expr.key_name:
        names[expr.key_name] = key
    return names
