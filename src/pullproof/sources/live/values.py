"""What the table of calls is made of: calls, what feeds them, what was answered, what went wrong."""

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

import msgspec

Answer: TypeAlias = dict[str, Any]
#: What of an answer is kept: from what was asked and one page, the items for the file.
Keep: TypeAlias = Callable[[Mapping[str, Any], Answer], Iterable[Any]]

_NOTHING: Mapping[str, Any] = {}


class Got(msgspec.Struct, frozen=True, kw_only=True):
    """One item of an answer, in the region it was asked in, with the parameters it was asked with."""

    region: str
    item: Any
    asked: Mapping[str, Any] = _NOTHING


class Wanted(msgspec.Struct, frozen=True):
    """A value that a call is to be asked about. `region` "" is the one it was found in.

    `beside` are parameters that go with it; values with different ones are not asked about together.
    """

    text: str = ""
    region: str = ""
    beside: tuple[tuple[str, str], ...] = ()


class Seen(Protocol):
    """What has been answered so far."""

    def of(self, row: str) -> Iterable[Got]:
        """The items that a row of the table has given."""


Take: TypeAlias = Callable[[Got, Seen], Iterator[Wanted]]


class Feed(msgspec.Struct, frozen=True):
    """Which earlier row gives a call its parameter, and how the values are taken from an item."""

    row: str
    take: Take


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    `into` is the parameter for the values: "Name" for one value, "Name[]" for a list, "Filters:Name" for
    a filter (the name of that parameter, and of the filter), "" for none; `most` is how many values fit in
    one call. `file` is the name of the snapshot's file; answers that only lead to others have none, and
    say with `leads` which file they lead to.
    `actions` are what IAM must allow, on `resource`. `absent` are the errors that say that there is
    none; `none` then makes the item that says so. `pages` is False where the first page is all that is
    wanted. `whole` marks calls that are about all of a cluster, and left out where one service is asked
    about. `leaves` are paths of what is not kept: secrets, and what changes by itself.
    """

    row: str
    service: str
    operation: str
    keep: Keep
    actions: tuple[str, ...]
    file: str = ""
    leads: str = ""
    feeds: tuple[Feed, ...] = ()
    into: str = ""
    most: int = 1
    fixed: Mapping[str, Any] = _NOTHING
    resource: str = "*"
    absent: tuple[str, ...] = ()
    none: Callable[[Mapping[str, Any]], Any] | None = None
    pages: bool = True
    whole: bool = False
    everywhere: bool = False
    leaves: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The call as people write it: "ec2:DescribeVpcs"."""
        return f"{self.service}:{self.operation}"


class Kind(enum.Enum):
    """What a call that gave no answer means for the run."""

    ABSENT = "there is no such thing"
    DENIED = "the caller may not ask"
    THROTTLED = "AWS asks to slow down"
    UNREACHABLE = "no answer"
    CREDENTIALS = "the credentials do not work"
    FAILED = "AWS answered with an error"


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A call without an answer. `message` is free of credentials; `remedy` what to do, where that is known."""

    kind: Kind
    code: str = ""
    message: str = ""
    remedy: str = ""


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A call that had no answer, what it was about, and the file that lacks it."""

    call: Call
    file: str
    region: str
    of: tuple[str, ...]
    trouble: Trouble


class Asker(Protocol):
    """Whoever answers calls: AWS, or what stands in for it."""

    def ask(
        self, service: str, operation: str, region: str, asked: Mapping[str, Any], *, pages: bool
    ) -> list[Answer] | Trouble:
        """All pages of an answer (only the first without `pages`), or why there is none."""
