"""What Markdown pages name: paths of this repository, commands of the program, links to other pages."""

import re
import shlex
from collections.abc import Iterator

import msgspec

#: A path of this repository, wherever it stands; the first folder tells it from a path of somebody else's.
PATH = re.compile(r"(?<![\w/.:@-])(?:src|tests|docs|examples|bench|tools|\.ci)/[\w./*{},-]*[\w*/]")
ROOT_FILE = re.compile(
    r"(?<![\w/.-])(?:Makefile|pyproject\.toml|constraints\.txt|\.pre-commit-config\.yaml|[A-Z]{3,}\.md)(?![\w/])"
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
#: A word in capitals stands for any name: docs/blockers/CODE.md.
ANY_NAME = re.compile(r"(?<![A-Za-z])(?!README|LICENSE|CONTRIBUTING|CHANGELOG)[A-Z]{3,}(?![A-Za-z])")
SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"^ {4}(.*)$", re.MULTILINE)
END_OF_COMMAND = frozenset(["|", "||", "&&", ">", ">>", "2>", "<", ";", "#"])


class Command(msgspec.Struct, frozen=True):
    """One use of the program or of make that a page shows."""

    program: str
    words: tuple[str, ...]

    @property
    def subcommand(self) -> str:
        """The first word that is no option, or nothing."""
        return next((word for word in self.words if not word.startswith("-")), "")

    @property
    def options(self) -> tuple[str, ...]:
        """The long options, without their values."""
        return tuple(word.split("=")[0] for word in self.words if word.startswith("--") and word != "--")


def paths(text: str) -> frozenset[str]:
    """The paths of this repository that a page names, as glob patterns."""
    named = {match[0] for match in PATH.finditer(text)} | {match[0] for match in ROOT_FILE.finditer(text)}
    return frozenset(ANY_NAME.sub("*", path.rstrip("/")) for path in named)


def links(text: str) -> frozenset[str]:
    """The files a page links to, relative to itself."""
    return frozenset(match[1] for match in LINK.finditer(text))


def commands(text: str) -> frozenset[Command]:
    """Every `pullproof ...` and `make ...` in code, inline or in a block."""
    return frozenset(found for line in _code(text) if (found := _command(line)) is not None)


def _code(text: str) -> Iterator[str]:
    """Each line of code of a page."""
    for block in FENCE.findall(text):
        yield from block.splitlines()[1:-1]
    plain = FENCE.sub("", text)
    yield from INDENTED.findall(plain)
    yield from SPAN.findall(plain)


def _command(line: str) -> Command | None:
    line = line.strip().removeprefix("$ ")
    if not line.startswith(("pullproof ", "make ")):
        return None
    try:
        words = shlex.split(line, comments=False)
    except ValueError:  # a quote in prose, left open
        words = line.split()
    ends = next((place for place, word in enumerate(words) if word in END_OF_COMMAND), len(words))
    return Command(words[0], tuple(words[1:ends]))
