"""Where a value was written, and what stands in for one that the input does not tell.

A value that may be unknown is typed `Maybe[T]`, that is `T | Unknown`: the type checker asks for the
unknown branch wherever it is used. A list of which only some items are known is a `Listing`.
"""

import enum
from typing import Generic, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")


class Why(enum.Enum):
    """The closed list of reasons for not knowing."""

    AFTER_APPLY = "known only after apply"
    NOT_IN_INPUT = "not part of this input"
    NOT_FOLLOWED = "an expression that this input does not let us follow"
    NOT_MODELLED = "not modelled"
    NOT_ALLOWED = "the caller may not read it"
    NOT_ASKED = "not among the answers that were collected"
    SENSITIVE = "marked sensitive"
    CONFLICT = "written twice in ways that exclude each other"


class Unknown(msgspec.Struct, frozen=True, cache_hash=True):
    """A value the input does not tell, why, and how to settle it.

    `what` names the value in a few words ("the egress rules of aws_security_group.app"), `resource` is
    the address it belongs to, `settle_by` a sentence the report can print as it is.
    """

    why: Why
    what: str
    resource: str
    settle_by: str

    def __bool__(self) -> bool:
        """Refuse: not knowing is neither true nor false."""
        raise TypeError(f"unknown: {self.what}; ask isinstance(..., Unknown) first")


Maybe: TypeAlias = T | Unknown


class Origin(msgspec.Struct, frozen=True):
    """Where something was written: the address in the input, and the path inside it ("ingress[2]")."""

    address: str
    path: str = ""

    def __str__(self) -> str:
        """Address and path as a person would write them."""
        return f"{self.address}.{self.path}" if self.path else self.address


class Listing(msgspec.Struct, Generic[T], frozen=True, cache_hash=True):
    """The items that are known, and the reasons why there may be others.

    Complete when `open` is empty. A complete, empty listing means "there is none". Where `among` has
    items, the listing is one or more of these and nothing else, and `open` says why it is not certain
    which; `items` is then empty.
    """

    items: tuple[T, ...] = ()
    open: tuple[Unknown, ...] = ()
    among: tuple[T, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether there is certainly nothing beside the known items."""
        return not self.open
