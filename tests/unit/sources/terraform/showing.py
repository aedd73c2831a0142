"""An estate as text: one line for each noun, so that a change of what is read can be seen."""

from collections.abc import Iterator
from typing import Any

import msgspec

from pullproof.model.addresses import Addresses, Cidr
from pullproof.model.estate import Estate
from pullproof.model.packets import Service
from pullproof.model.text import shown
from pullproof.model.value import Listing, Origin, Unknown


def lines(estate: Estate) -> Iterator[str]:
    """Each noun, and what holds for the estate as a whole."""
    for name, held in estate.nouns().items():
        if isinstance(held, dict):
            yield from (f"{name} {key}: {told(noun)}" for key, noun in held.items())
        else:
            yield f"{name}: {told(held)}"


def told(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, Unknown):
        return f"?{value.why.name}({value.what})"
    if isinstance(value, Listing):
        opened = [*map(told, value.items), *map(told, value.open)]
        return f"[{', '.join(opened)}{' of ' if value.among else ''}{', '.join(map(told, value.among))}]"
    if isinstance(value, Addresses | Cidr | Service):
        return str(value)
    if isinstance(value, Origin):
        return f"@{value}"
    if isinstance(value, msgspec.Struct):
        fields = (f for f in value.__struct_fields__ if f not in ("origin", "key"))
        shown_fields = (
            f"{name}={told(getattr(value, name))}" for name in fields if _says(getattr(value, name))
        )
        return f"{type(value).__name__}({', '.join(shown_fields)})"
    if isinstance(value, tuple):
        return f"({', '.join(map(told, value))})"
    return repr(shown(value)) if isinstance(value, str) else str(getattr(value, "value", value))


def _says(value: Any) -> bool:
    """Whether a field is worth a word: what is empty is left out."""
    return isinstance(value, Unknown | bool | int) or (
        value != "" and value is not None and value != () and value != Listing()
    )
