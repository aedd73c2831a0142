"""What a source gives: the estate, and how it was read."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from pullproof.model.estate import Estate


class Beside(Protocol):
    """Something that settles what an input leaves open, in the words of the input's own tree."""

    def settled(self, tree: Any, options: "Options") -> Any:
        """The tree with what is added."""

    def finish(self, estate: Estate) -> None:
        """Add to the estate what no resource says."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line adds to an input.

    `region` and `account` stand in where the input does not tell them. `subnets`, `groups` and
    `public_ip` place the task definitions that nothing runs (addresses or ids, as the input or AWS
    writes them). `source` is the directory of the configuration behind a plan ("" to look for it), and
    `use_source` False forbids to read any. `beside` settles what the input leaves open. `opened` asks for
    the configuration's directory and lines even where nothing in them is needed to settle something.
    """

    region: str = ""
    account: str = ""
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    public_ip: bool = False
    source: str = ""
    use_source: bool = True
    beside: Beside | None = None
    opened: bool = False


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """An input read. `kind` is the contract's word ("terraform-plan", "terraform-state",
    "terraform-directory"), `path` what the user typed, `notes` sentences on how it was read
    (assumptions, where the configuration was found), `not_launched` the keys of task definitions that
    nothing runs, `places` maps addresses to `file:line` where the input has lines, `names` what else people
    call things ("i-0a1b2c3d", the id of a task) to the keys of their interfaces or launches, `told` has AWS's
    answers about services and tasks ("Services", "Tasks"), where the input is made of answers.
    """

    kind: str
    path: str
    estate: Estate
    notes: tuple[str, ...] = ()
    not_launched: tuple[str, ...] = ()
    places: Mapping[str, str] = {}
    names: Mapping[str, tuple[str, ...]] = {}
    told: Mapping[str, tuple[Mapping[str, Any], ...]] = {}
    #: The directory of the configuration, where one was found.
    root: str = ""
