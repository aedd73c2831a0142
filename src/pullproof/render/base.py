"""What every renderer gives: text, patches of files, and what it cannot express.

A renderer states what it can write and refuses the rest first, all at once; it never writes a file
itself and never changes its input.
"""

import msgspec


class CannotWrite(Exception):
    """Why an edit cannot be written in a language or at a place, and what a person can do instead."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why = why
        self.remedy = remedy


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An edit that cannot be written here: why, and what a person can do instead."""

    edit: str
    why: str
    remedy: str


class Patch(msgspec.Struct, frozen=True, kw_only=True):
    """One file before and after; `before` None is a file that is not there yet."""

    path: str
    before: bytes | None
    after: bytes


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of edits comes to: files to write or to change, refusals, and notes for the reader."""

    patches: tuple[Patch, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
