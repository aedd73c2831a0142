"""Text that somebody pasted, as it was before a terminal or a console showed it."""

import re
import unicodedata

from pullproof.explain.understand import HEADS

#: Colours and cursor movements of terminals (ECMA-48), links of theirs included.
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2212"), "-")
_BORDER = re.compile(r"^[ \t]*[|\u2502\u2503\u2551][ \t]?|[ \t]*[|\u2502\u2503\u2551][ \t]*$")
#: No terminal is as narrow as this, and no message as short.
_NARROW = 40
#: Lines that begin alike are messages of one kind, and not one message.
_ALIKE = 8


def as_written(text: str) -> str:
    """The text without colours, invisible signs and borders; a line that was broken at a width is one again."""
    text = unicodedata.normalize("NFKC", _CONTROL.sub("", text)).translate(_HYPHENS)
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return "\n\n".join(_joined(part) for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))


def _joined(part: str) -> str:
    lines = part.split("\n")
    if len(lines) > 1 and all(_BORDER.match(line) for line in lines if line.strip()):
        lines = [_BORDER.sub("", line) for line in lines]
    *full, last = lines
    width = max(map(len, full), default=0)
    if not _is_broken(full, last, width):
        return "\n".join(lines)
    # A space at the edge is not shown.
    return "".join(line if len(line) == width else f"{line} " for line in full) + last


def _is_broken(full: list[str], last: str, width: int) -> bool:
    """Whether lines are one that was broken at a width: each is as long as that, and none begins anew."""
    return (
        len(full) > 1
        and width >= _NARROW
        and len(last) <= width
        and all(len(line) >= width - 1 for line in full)
        and not any(HEADS.match(line) for line in (*full[1:], last))
        and any(line[:_ALIKE] != full[0][:_ALIKE] for line in (*full[1:], last))
    )
