"""What the place that a report is printed to can show: width, colour, signs, links."""

import msgspec


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """The signs of a report. They carry the meaning; colour only repeats it."""

    works: str
    fails: str
    unknown: str
    flow: str
    back: str
    more: str


UNICODE = Signs(works="✓", fails="✗", unknown="?", flow="──▶", back="◀──", more="…")
ASCII = Signs(works="+", fails="x", unknown="?", flow="-->", back="<--", more="...")

#: Narrower than this, lines are as long as they have to be.
LEAST_WIDTH = 40


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How to print: the width in columns, whether to colour, which signs, whether links can be clicked."""

    width: int = 100
    colour: bool = False
    links: bool = False
    signs: Signs = UNICODE

    def painted(self, text: str, paint: str) -> str:
        """`text` in a colour ("red"), where there are colours."""
        return f"\x1b[{PAINTS[paint]}m{text}\x1b[0m" if self.colour else text

    def linked(self, text: str, address: str) -> str:
        """`text` as a link (OSC 8), where links can be clicked."""
        return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if self.links and address else text


PLAIN = Look()
PAINTS = {"red": "1;31", "green": "32", "yellow": "1;33", "bold": "1", "dim": "2"}
