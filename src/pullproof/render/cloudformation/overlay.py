"""What a template is to gain, as a tree of its own: laid over the nodes of the file, or over plain values."""

from collections.abc import Sequence

import msgspec

from pullproof.render.cloudformation.values import Fn, Value


class Nothing:
    """The one value that says that no value is given."""


NOTHING = Nothing()


class Overlay(msgspec.Struct, kw_only=True):
    """Changes at one place: a value of its own, changes further in, items added, keys taken away.

    `over` allows to replace a function; `says` is the comment above a new key.
    """

    value: Value = NOTHING
    over: bool = False
    inner: dict[str | int, "Overlay"] = {}
    added: list[Value] = []
    gone: list[str] = []
    says: str = ""
    edit: str = ""

    def at(self, path: Sequence[str | int], edit: str) -> "Overlay":
        """The overlay of a place further in, made where there is none yet."""
        found = self
        for part in path:
            found = found.inner.setdefault(part, Overlay(edit=edit))
        return found

    def put(
        self, path: Sequence[str | int], value: Value, edit: str, *, over: bool = False, says: str = ""
    ) -> None:
        """A value at a path; None takes the key away."""
        if value is None:
            self.at(path[:-1], edit).gone.append(str(path[-1]))
            return
        place = self.at(path, edit)
        place.value, place.over, place.says = value, over, says

    def append(self, path: Sequence[str | int], value: Value, edit: str) -> None:
        """One more item of the list at a path."""
        self.at(path, edit).added.append(value)

    def whole(self) -> Value:
        """What this comes to where nothing is written yet."""
        if self.value is not NOTHING:
            return laid(self.value, Overlay(inner=self.inner, added=self.added, gone=self.gone))
        if self.added:
            return list(self.added)
        return {str(name): one.whole() for name, one in self.inner.items()}


def laid(value: Value, overlay: Overlay) -> Value:
    """Plain values with an overlay applied: what the edited file must read as."""
    if overlay.value is not NOTHING:
        return overlay.whole()
    if overlay.added:
        held = value if isinstance(value, list) else [] if isinstance(value, tuple) else [value]
        return [*held, *overlay.added]
    if isinstance(value, list):
        return [laid(item, overlay.inner[n]) if n in overlay.inner else item for n, item in enumerate(value)]
    if not isinstance(value, dict):
        return overlay.whole() if overlay.inner else value
    found = {name: item for name, item in value.items() if name not in overlay.gone}
    for name, one in overlay.inner.items():
        found[str(name)] = laid(found[str(name)], one) if name in found else one.whole()
    return found


def comparable(value: Value) -> Value:
    """The value as reading it back gives it: `Fn`s whose arguments are plain."""
    if isinstance(value, Fn):
        return Fn(value.name, comparable(value.argument))
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items()}
    return value
