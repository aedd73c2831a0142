"""A message means the same however a terminal, a console or a chat showed it."""

from collections.abc import Callable

import pytest

from pullproof.explain.pasted import as_written
from pullproof.explain.understand import understand
from pullproof.model.redact import redacted
from pullproof.why.failure import of_text
from tests.unit.explain.messages import MESSAGES, SIGNED

SHOWN: dict[str, Callable[[str], str]] = {
    "spaces of a web page": lambda text: text.replace(" ", "\u00a0"),
    "spaces of other scripts": lambda text: text.replace(" ", "\u3000"),
    "signs that nobody sees": lambda text: text.replace(" ", "\u200b \ufeff"),
    "hyphens that do not break": lambda text: text.replace("-", "\u2011"),
    "colons of other scripts": lambda text: text.replace(":", "\uff1a"),
    "colours": lambda text: f"\x1b[1;31m{text.replace('e', chr(27) + '[0me')}\x1b[0m",
    "a link of a terminal": lambda text: f"\x1b]8;;https://example.com\x1b\\{text}\x1b]8;;\x07",
    "a box": lambda text: "\n".join(f"\u2502 {line} \u2502" for line in text.split(" ")),
    "lines": lambda text: text.replace(" ", "\r\n    "),
}


@pytest.mark.parametrize("how", SHOWN)
@pytest.mark.parametrize("name", MESSAGES)
def test_how_a_message_is_shown_changes_nothing(name: str, how: str) -> None:
    """Every message of the catalogue is known through each way of showing it."""
    message = MESSAGES[name][0]

    found = understand(of_text(SHOWN[how](message)).messages[0].text)

    assert [each.row.id for each in understand(message)] == [each.row.id for each in found]


@pytest.mark.parametrize("width", range(40, 200, 7))
def test_a_line_that_a_terminal_broke_is_one_again(width: int) -> None:
    """Wherever the edge was, in a word or in a credential."""
    for name, (message, *_) in MESSAGES.items():
        text = f"{message} {SIGNED}: 403 Forbidden"
        shown = "\n".join(text[at : at + width] for at in range(0, len(text), width))
        if shown.count("\n") < 2:
            continue

        assert as_written(shown) == text, name
        assert "SECRET" not in "".join(redacted(as_written(shown)).split())


def test_several_messages_stay_several() -> None:
    """Messages below each other are not one, though they be of one length."""
    first = MESSAGES["ecr-auth-retried"][0]
    same = "\n".join([first.replace("10.0.1.25", f"10.0.1.2{number}") for number in range(4)])
    logged = "\n".join(f"2026-11-20T10:00:0{number}Z task {number} {first}" for number in range(4))
    two = f"{first}\n{MESSAGES['layers-timeout'][0]}"

    assert same == as_written(same)
    assert logged == as_written(logged)
    assert two == as_written(two)
    assert 2 == len(understand(as_written(two)))


def test_short_lines_are_lines() -> None:
    """A list of words of one length is no broken line, and nothing is lost between paragraphs."""
    text = "aaaa\nbbbb\ncccc\n\nd"

    assert text == as_written(text)
