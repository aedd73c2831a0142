"""One instance of a resource in a plan, decoded when its values are wanted."""

from collections.abc import Callable
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.sources.terraform.plan_json import ConfigResource
from pullproof.sources.terraform.references import Step
from pullproof.sources.terraform.tree import Value


class Shape(msgspec.Struct, frozen=True):
    """What is unknown of an instance: the same for many instances of a block, so that it is read once.

    `open` is `after_unknown`; `own` are the attributes that are holes of their own name, `asked` those that
    have to be looked for, `nested` those that are blocks.
    """

    open: dict[str, Any] = {}
    own: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()


NO_SHAPE = Shape()


class Instance(msgspec.Struct):
    """An instance of a resource, before its values are wanted."""

    address: str
    module: str
    type: str
    name: str
    index: Step | None
    data: bool
    provider: str
    block: ConfigResource | None
    after: msgspec.Raw
    unknown: msgspec.Raw | None = None
    sensitive: msgspec.Raw | None = None
    new: bool = False
    exists: bool = False
    deleted: bool = False
    known: dict[str, Value] | None = None
    shape: Shape = NO_SHAPE
    secret: dict[str, Any] = {}
    shapes: Callable[["Instance"], Shape] | None = None

    @property
    def open(self) -> dict[str, Any]:
        """What is unknown, once the instance is opened."""
        return self.shape.open

    @property
    def key(self) -> str:
        """The block's name, as references write it."""
        return f"{'data.' if self.data else ''}{self.type}.{self.name}"

    def opened(self) -> dict[str, Value]:
        """The known values, with `shape` (what is unknown) and `secret` filled in as well."""
        if self.known is None:
            self.known = table(self.after, self.address)
            if self.unknown is not None and self.shapes is not None:
                self.shape = self.shapes(self)
            if self.sensitive is not None and b"true" in bytes(self.sensitive):
                self.secret = table(self.sensitive, self.address)
        return self.known

    def leaves_to_aws(self, name: str) -> bool:
        """Whether nobody writes an attribute, and it is not known yet."""
        self.opened()
        return self.open.get(name) is True and (self.block is None or name not in self.block.expressions)


def table(raw: msgspec.Raw, address: str) -> dict[str, Any]:
    """The decoded values of a resource; none if they are no table.

    Raises:
        InputError: they cannot be decoded.
    """
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"the values of this resource cannot be read: {error}", place=address) from None
    return value if isinstance(value, dict) else {}
