"""A call in an expression: its arguments, then the function, or `Unknown` where there is none here."""

from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.evaluate import Env, Evaluator
from pullproof.sources.terraform.hcl.files import Outside
from pullproof.sources.terraform.hcl.functions import (
    collections,
    conversions,
    encoding,
    filesystem,
    network,
    numbers,
    sets,
    strings,
    text,
)
from pullproof.sources.terraform.hcl.functions.base import Context, Function
from pullproof.sources.terraform.hcl.gaps import cause, depends_on, not_followed, not_in_input
from pullproof.sources.terraform.hcl.values import Refused, Value, as_items, exact, open_ended

FUNCTIONS: dict[str, Function] = {
    **collections.FUNCTIONS,
    **conversions.FUNCTIONS,
    **encoding.FUNCTIONS,
    **filesystem.FUNCTIONS,
    **network.FUNCTIONS,
    **numbers.FUNCTIONS,
    **sets.FUNCTIONS,
    **strings.FUNCTIONS,
    **text.FUNCTIONS,
}


def call(evaluator: Evaluator, expr: syntax.Call, env: Env) -> Value:
    """The value of a function call.

    Raises:
        Refused: Terraform would refuse it.
    """
    name = expr.name.removeprefix("core::")
    if name == "try":
        return _try(evaluator, expr, env)
    if name == "can":
        return _can(evaluator, expr, env)
    function = FUNCTIONS.get(name)
    if function is None:
        return not_followed(f"{name}() at {env.place}")
    arguments = [evaluator.value(argument, env) for argument in expr.arguments]
    if expr.spread:
        last = arguments.pop()
        if not isinstance(last, list) or open_ended(last):
            return cause([last], f"{name}()")
        arguments += as_items(last)
    return _run(function, Context(name=name, evaluator=evaluator, env=env), arguments)


def _run(function: Function, context: Context, arguments: list[Value]) -> Value:
    if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
        raise Refused(f"{context.name}() does not take {len(arguments)} arguments")
    try:
        if function.opens:
            return function.run(context, *arguments)
        if not all(map(exact, arguments)):
            return cause(arguments, f"{context.name}()")
        return function.run(*arguments)
    except Outside as outside:
        return not_in_input(
            f"the file {outside}, which is not in this copy of the repository",
            "put the file where Terraform reads it, beneath the repository of the configuration",
        )
    except (ArithmeticError, ValueError) as failed:
        return not_followed(f"{context.name}() at {context.env.place} ({failed})")


def _try(evaluator: Evaluator, expr: syntax.Call, env: Env) -> Value:
    """The first argument that can be evaluated.

    What is unknown might fail, so nothing after it is taken. It is assumed to be of a type that fits where it
    stands: `"x${unknown}"` does not fail.
    """
    for argument in expr.arguments:
        before = evaluator.unsure
        try:
            found = evaluator.value(argument, env)
        except Refused:
            continue
        return found if evaluator.unsure == before else _perhaps(found, env)
    raise Refused("no argument of try() can be evaluated")


def _can(evaluator: Evaluator, expr: syntax.Call, env: Env) -> Value:
    """Whether the argument can be evaluated; not known where its value is not."""
    if len(expr.arguments) != 1:
        raise Refused("can() takes one argument")
    before = evaluator.unsure
    try:
        found = evaluator.value(expr.arguments[0], env)
    except Refused:
        return False
    if evaluator.unsure != before:
        return _perhaps(found, env)
    return depends_on(found) if isinstance(found, Unknown) else True


def _perhaps(found: Value, env: Env) -> Value:
    """In place of a value that may not be there after the apply."""
    return found if isinstance(found, Unknown) else not_followed(f"what try() or can() finds at {env.place}")
