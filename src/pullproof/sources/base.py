"""What a source gives: the estate, and how it was read."""

from collections.abc import Mapping

import msgspec

from pullproof.model.estate import Estate


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """An input read. `kind` is the contract's word ("terraform-plan", "terraform-state",
    "terraform-directory"), `path` what the user typed, `notes` sentences on how it was read
    (assumptions, where the configuration was found), `not_launched` the keys of task definitions that
    nothing runs, `places` maps addresses to `file:line` where the input has lines.
    """

    kind: str
    path: str
    estate: Estate
    notes: tuple[str, ...] = ()
    not_launched: tuple[str, ...] = ()
    places: Mapping[str, str] = {}
