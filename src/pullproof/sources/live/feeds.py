"""How values are taken from earlier answers, to be asked about next."""

from collections.abc import Iterator
from typing import Any

from pullproof.sources.live.values import Got, Seen, Take, Wanted


def found(item: Any, path: str) -> Iterator[Any]:
    """What stands at a path: "a.b[].c" goes into every item of the list `b`. Nothing, where it is not."""
    if not path:
        if item is not None and item != "":
            yield item
        return
    name, _, rest = path.partition(".")
    inner = item.get(name.removesuffix("[]")) if isinstance(item, dict) else None
    for one in (inner or ()) if name.endswith("[]") else (inner,):
        yield from found(one, rest)


def at(*paths: str) -> Take:
    """The texts at some paths."""

    def take(got: Got, _seen: Seen) -> Iterator[Wanted]:
        for path in paths:
            for text in found(got.item, path):
                if isinstance(text, str):
                    yield Wanted(text)

    return take


def in_its_region(*paths: str) -> Take:
    """The ARNs at some paths, each in the region that it names."""

    def take(got: Got, _seen: Seen) -> Iterator[Wanted]:
        for path in paths:
            for text in found(got.item, path):
                if isinstance(text, str):
                    yield Wanted(text, region_of(text))

    return take


def beside(path: str, **parameters: str) -> Take:
    """The texts at a path, with parameters beside them: an argument's name, and the path of its value."""

    def take(got: Got, _seen: Seen) -> Iterator[Wanted]:
        more = tuple(
            (name, text)
            for name, where in sorted(parameters.items())
            for text in found(got.item, where)
            if isinstance(text, str)
        )
        for text in found(got.item, path):
            if isinstance(text, str):
                yield Wanted(text, "", more)

    return take


def once(_got: Got, _seen: Seen) -> Iterator[Wanted]:
    """No value: the call is made once in each region that has anything."""
    yield Wanted()


def region_of(arn: str) -> str:
    """The region that an ARN names; "" where it names none."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 4 and parts[0] == "arn" else ""


def account_of(arn: str) -> str:
    """The account that an ARN names; "" where it names none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" else ""
