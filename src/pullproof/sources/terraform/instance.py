"""One instance of a resource in a plan, decoded when its values are wanted."""

from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.sources.terraform.plan_json import ConfigResource
from pullproof.sources.terraform.references import Step
from pullproof.sources.terraform.tree import Value


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
    open: dict[str, Any] = {}
    secret: dict[str, Any] = {}

    @property
    def key(self) -> str:
        """The block's name, as references write it."""
        return f"{'data.' if self.data else ''}{self.type}.{self.name}"

    def opened(self) -> dict[str, Value]:
        """The known values, with `open` (what is unknown) and `secret` filled in as well."""
        if self.known is None:
            self.known = _table(self.after, self.address)
            self.open = _table(self.unknown, self.address) if self.unknown is not None else {}
            if self.sensitive is not None and b"true" in bytes(self.sensitive):
                self.secret = _table(self.sensitive, self.address)
        return self.known

    def leaves_to_aws(self, name: str) -> bool:
        """Whether nobody writes an attribute, and it is not known yet."""
        self.opened()
        return self.open.get(name) is True and (self.block is None or name not in self.block.expressions)


def _table(raw: msgspec.Raw, address: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"the values of this resource cannot be read: {error}", place=address) from None
    return value if isinstance(value, dict) else {}
