"""Words on lines: harmless, wrapped, counted, cut short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.report.text import counted, listed, safe, safe_lines, wrapped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aws_ecs_service.app", "aws_ecs_service.app"),
        ('module.a["ä ö"].x', 'module.a["ä ö"].x'),
        ("日本語 ✓", "日本語 ✓"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ("\x9b1A\x7f", "\\x9b1A\\x7f"),
        ("left\u202eright\u2066x\u200b", "left\\u202eright\\u2066x\\u200b"),
        ("\ud800", "\\ud800"),
        ("\ue000hole\ue001", "\\ue000hole\\ue001"),
        ("\U000e0041tag", "\\U000e0041tag"),
        ("", ""),
    ],
)
def test_names_are_made_harmless(text: str, expected: str) -> None:
    """What prints stays, whatever does not is shown as an escape."""
    assert expected == safe(text)


def test_lines_of_a_file_are_made_harmless() -> None:
    """Line breaks and tabs stay what they are; nothing else moves the cursor."""
    assert "\ta = 1\n-\\x1b[2Jb\\r\n" == safe_lines("\ta = 1\n-\x1b[2Jb\r\n")


@given(st.text())
def test_harmless_text_prints(text: str) -> None:
    """Nothing that does not print is left, and what is harmless already stays as it is."""
    once = safe(text)

    assert once.isprintable()
    assert once == safe(once)


@given(st.text(alphabet="ab ", max_size=200), st.integers(min_value=1, max_value=50))
def test_wrapping_keeps_every_word_in_order(text: str, width: int) -> None:
    """Only line breaks are added, and only a single word may exceed the width."""
    lines = wrapped(text, width)

    assert text.split() == " ".join(lines).split()
    assert [] == [line for line in lines if len(line.strip()) > width and " " in line.strip()]


@pytest.mark.parametrize("command", ["::error::x", "##[group]x"])
def test_no_line_begins_with_a_command_of_a_ci_system(command: str) -> None:
    """A name that holds a workflow command cannot become one by a line break."""
    assert [f"aaaa {command}", "bbbb"] == wrapped(f"aaaa {command} bbbb", 6)


@pytest.mark.parametrize(
    ("names", "most", "expected"),
    [([], 2, ""), (["a"], 2, "a"), (["a", "b"], 2, "a, b"), (["a", "b", "c", "d"], 2, "a, b and 2 more")],
)
def test_long_lists_say_how_much_they_leave_out(names: list[str], most: int, expected: str) -> None:
    """Beyond the limit, names are counted."""
    assert expected == listed(names, most)


@pytest.mark.parametrize(("number", "expected"), [(0, "0 tasks"), (1, "1 task"), (2, "2 tasks")])
def test_one_thing_is_singular(number: int, expected: str) -> None:
    """Only one of a thing is singular."""
    assert expected == counted(number, "task")
