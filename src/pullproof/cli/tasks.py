"""Which tasks a command is about."""

from collections.abc import Collection, Sequence

from pullproof.cli.answer import near
from pullproof.errors import UsageError
from pullproof.sources.base import Loaded


def only(asked: Sequence[str], loaded: Loaded) -> frozenset[str] | None:
    """The launches that `--task` names, by address, or by the address without its index; None for all.

    Raises:
        UsageError: there is none of that name.
    """
    if not asked:
        return None
    found: set[str] = set()
    launches = loaded.estate.launches
    for name in asked:
        meant = {key for key in launches if key == name or key.startswith(f"{name}[")}
        if not meant:
            raise UsageError(
                f"nothing called {name} runs a task", place=loaded.path, remedy=_instead(name, launches)
            )
        found |= meant
    return frozenset(found)


def _instead(name: str, launches: Collection[str]) -> str:
    close = near(name, launches, "--task")
    if close.startswith("did you mean"):
        return close
    return f"there is: {', '.join(sorted(launches)[:6])}" if launches else close
