"""What a function is here, and how one is declared."""

from collections.abc import Callable

import msgspec

from pullproof.sources.terraform.hcl.evaluate import Env, Evaluator
from pullproof.sources.terraform.hcl.values import Value


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Where a call stands."""

    name: str
    evaluator: Evaluator
    env: Env


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """`least` to `most` arguments (None: any number).

    With `opens` the function gets a Context first and deals itself with arguments that are not wholly
    known. Without, it is only called when every argument is.
    """

    run: Callable[..., Value]
    least: int
    most: int | None
    opens: bool = False


def exact_function(run: Callable[..., Value], least: int, most: int | None = -1) -> Function:
    """A function of wholly known arguments; `most` is `least` when left out."""
    return Function(run=run, least=least, most=least if most == -1 else most)


def open_function(run: Callable[..., Value], least: int, most: int | None = -1) -> Function:
    """A function that keeps what is known beside what is not; `most` is `least` when left out."""
    return Function(run=run, least=least, most=least if most == -1 else most, opens=True)
