"""Words on lines: names from outside made harmless, long lines broken, lists cut short."""

from collections.abc import Iterable


def safe(text: str) -> str:
    r"""Text from outside that cannot move the cursor, hide itself, or begin a line of its own.

    Whatever does not print (control characters, escape sequences, marks that turn the direction of
    writing, halves of surrogate pairs) is shown as Python writes it: `\x1b`.
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def safe_lines(text: str) -> str:
    """The same for text of several lines, of which a tab stays one."""
    return "\n".join("\t".join(map(safe, line.split("\t"))) for line in text.split("\n"))


#: Words that a CI system takes as a command where a line begins with them: no line is broken before one.
#: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
COMMANDS = ("::", "##")


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken at spaces; a longer word has a line of its own."""
    if len(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width and not word.startswith(COMMANDS):
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names with commas; beyond `most` of them only how many there are."""
    every = list(names)
    shown = ", ".join(every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown


def counted(number: int, noun: str) -> str:
    """A number and its noun: "1 task", "2 tasks"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def quoted(word: str) -> str:
    """A word as a shell takes it for one."""
    plain = "".join(sign for sign in word if sign.isascii() and (sign.isalnum() or sign in "@%+=:,./_-"))
    return word if word and plain == word else "'" + word.replace("'", "'\\''") + "'"


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
