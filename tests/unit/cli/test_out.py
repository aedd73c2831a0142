"""Printing and saving: what a place can show, and what happens when it cannot be written to."""

import io
import os
from pathlib import Path

import pytest

from pullproof.cli import out
from pullproof.errors import ToolError
from pullproof.report.look import ASCII, UNICODE

SAID = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS")


class Place(io.TextIOWrapper):
    """A stream that says whether it is a terminal."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        self.held = io.BytesIO()
        self.terminal = terminal
        super().__init__(self.held, encoding=encoding)

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SAID:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("said", "terminal", "colour", "links"),
    [
        ({}, True, True, True),
        ({}, False, False, False),
        ({"NO_COLOR": "1"}, True, False, False),
        ({"NO_COLOR": ""}, True, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False, False),
        ({"FORCE_COLOR": "1"}, False, True, False),
        ({"FORCE_COLOR": "0"}, False, False, False),
        ({"FORCE_COLOR": ""}, False, False, False),
        ({"CLICOLOR_FORCE": "1"}, False, True, False),
        ({"CLICOLOR": "0"}, True, False, False),
        ({"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, True, True, True),
        ({"CLICOLOR": "1"}, False, False, False),
        ({"TERM": "dumb"}, True, False, False),
        ({"TERM": "xterm"}, True, True, True),
    ],
)
def test_colour_is_for_terminals_and_those_who_ask(
    said: dict[str, str], terminal: bool, colour: bool, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Colour is off outside of terminals, and the usual variables are honoured in their usual order."""
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    look = out.look_of(Place(terminal=terminal))

    assert (colour, links) == (look.colour, look.links)


@pytest.mark.parametrize(
    ("columns", "expected"), [("", 100), ("72", 72), ("10", 40), ("0", 100), ("wide", 100)]
)
def test_the_width_is_that_of_the_place(columns: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS decides, no line is asked to be narrower than is readable, and without a terminal 100 is taken."""
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: (_ for _ in ()).throw(OSError()))

    assert expected == out.look_of(Place(terminal=False)).width


@pytest.mark.parametrize(
    ("encoding", "signs"),
    [("utf-8", UNICODE), ("ascii", ASCII), ("latin-1", ASCII), ("cp1252", ASCII), ("utf-16", UNICODE)],
)
def test_signs_are_those_the_encoding_has(encoding: str, signs: object) -> None:
    """Where the encoding has no check marks, plain signs stand in."""
    assert signs == out.look_of(Place(terminal=False, encoding=encoding)).signs


def test_no_stream_is_a_plain_place() -> None:
    """Without a stream nothing is coloured, and only plain signs are sure to arrive."""
    look = out.look_of(None)

    assert (False, False, ASCII) == (look.colour, look.links, look.signs)


def test_what_an_encoding_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that the encoding cannot write does not stop the report."""
    place = Place(terminal=False, encoding="ascii")
    monkeypatch.setattr("sys.stdout", place)
    out.emit("module.ä ✓\n")

    assert b"module.\\xe4 \\u2713\n" == place.held.getvalue()


def test_nothing_is_printed_where_there_is_no_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program started without standard output still finishes."""
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)

    out.emit("x")
    out.warn("x")


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """The file has the new content, and nothing else is left beside it."""
    file = tmp_path / "report.json"
    file.write_text("old", encoding="utf-8")
    out.save("ä\n", str(file))

    assert "ä\n" == file.read_text(encoding="utf-8")
    assert [file] == list(tmp_path.iterdir())


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What a link leads to is replaced, not the link."""
    file, link = tmp_path / "real", tmp_path / "link"
    file.write_text("old", encoding="utf-8")
    link.symlink_to(file)
    out.save("new", str(link))

    assert link.is_symlink()
    assert "new" == file.read_text(encoding="utf-8")


def test_a_link_beside_the_file_is_not_followed(tmp_path: Path) -> None:
    """Where somebody laid a link at the name of the scratch file, what it leads to stays as it is."""
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    (tmp_path / f"report.json.{os.getpid()}.part").symlink_to(victim)

    out.save("new", str(tmp_path / "report.json"))

    assert ("mine", "new") == (victim.read_text(), (tmp_path / "report.json").read_text())


def test_a_device_is_written_to() -> None:
    """A device is not replaced by a file."""
    out.save("x", os.devnull)

    assert not Path(os.devnull).is_file()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """The message names the file that was asked for."""
    with pytest.raises(ToolError, match="cannot be written: No such file") as raised:
        out.save("x", str(tmp_path / "none" / "report.json"))

    assert str(tmp_path / "none" / "report.json") == raised.value.place


def test_a_file_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the last step fails, the old content stays and no half of the new one is left."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "report.json"
    file.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ToolError, match="No space left"):
        out.save("new", str(file))

    assert ["old"] == [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]


def test_an_unknown_encoding_has_no_signs() -> None:
    """Where the encoding is not even known, plain signs are sure to arrive."""
    assert not out._can_show("✓", "no-such-encoding")
    assert out._can_show("✓", None)


class Gone(Place):
    """A stream that cannot be written to any more."""

    def __init__(self, error: OSError) -> None:
        super().__init__(terminal=False)
        self.error = error
        self.target = os.open(os.devnull, os.O_WRONLY)

    def write(self, _: str) -> int:
        raise self.error

    def fileno(self) -> int:
        return self.target


def test_a_reader_that_is_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed pipe ends the printing and nothing else."""
    monkeypatch.setattr("sys.stdout", Gone(BrokenPipeError()))

    out.emit("x")


def test_a_full_disk_is_an_error_where_it_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is lost is an error; a message on standard error that is lost is not."""
    monkeypatch.setattr("sys.stdout", Gone(OSError(28, "No space left on device")))
    monkeypatch.setattr("sys.stderr", Gone(OSError(28, "No space left on device")))

    with pytest.raises(ToolError, match="No space left on device"):
        out.emit("x")
    out.warn("x")
