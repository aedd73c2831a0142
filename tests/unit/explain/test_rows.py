"""The error catalogue: every row is found by a message shaped like the field's, and by nothing else's."""

import pytest

from pullproof.explain.catalogue import CATALOGUE, checked
from pullproof.explain.row import Nature, Row
from pullproof.explain.understand import understand
from pullproof.model.codes import BLOCKER_CODES, STEPS, WARNING_CODES
from tests.unit.explain.messages import MESSAGES

#: What the field takes for network trouble and is not: image platform, disk, rate limit, addresses, passing faults.
NOT_THE_NETWORK = [
    "image-platform",
    "disk-full",
    "image-rate-limit",
    "subnet-full",
    "unpack-failed",
    "interface-timeout",
]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_leads_to_its_row(name: str) -> None:
    """Each message is told apart from all others, with its step and its likeliest cause."""
    message, step, cause = MESSAGES[name]

    (meaning,) = understand(message)

    assert (name, step) == (meaning.row.id, meaning.row.step)
    assert cause == next(iter(meaning.causes), "")


def test_every_row_has_a_message() -> None:
    """No row is there that no test shows."""
    assert {row.id for row in CATALOGUE} == set(MESSAGES)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_service_event_around_it_changes_nothing(name: str) -> None:
    """The event of a service wraps the reason of its task."""
    (meaning,) = understand(f"(service app) was unable to place a task. Reason: {MESSAGES[name][0]}.")

    assert name == meaning.row.id


@pytest.mark.parametrize("name", MESSAGES)
def test_line_breaks_of_a_console_change_nothing(name: str) -> None:
    """A message that a narrow window broke into lines is the same message."""
    (meaning,) = understand(MESSAGES[name][0].replace(" ", "\n  ", 12))

    assert name == meaning.row.id


@pytest.mark.parametrize("name", NOT_THE_NETWORK)
def test_what_is_not_the_network_is_said_not_to_be(name: str) -> None:
    """Faults of images, disks, quotas and of AWS itself are not blamed on the network, and lead to no blocker."""
    (meaning,) = understand(MESSAGES[name][0])

    assert "not the network" in meaning.nature.value
    assert () == meaning.causes
    assert meaning.others


@pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.id)
def test_a_row_says_what_to_do_and_who_says_so(row: Row) -> None:
    """Every row leads to a code or to a sentence, and has AWS's page."""
    assert row.causes or row.others
    assert row.doc.startswith("https://docs.aws.amazon.com/")
    assert len(row.causes) == len(set(row.causes))


def test_codes_and_steps_are_those_of_the_contract() -> None:
    """Rows use the closed lists of steps and codes."""
    assert {row.step for row in CATALOGUE} <= {"", *STEPS}
    assert {code for row in CATALOGUE for code in row.causes} <= BLOCKER_CODES | WARNING_CODES


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"step": "lunch"}, "names a step or code"),
        ({"causes": ("sg-egres",)}, "names a step or code"),
        ({}, "same id"),
    ],
)
def test_a_faulty_row_is_refused(change: dict[str, str], expected: str) -> None:
    """A repeated id, an unknown step or an unknown code is noticed at once."""
    settings: dict[str, object] = {
        "id": "ecr-auth-denied",
        "step": "logs",
        "title": "x",
        "nature": Nature.TASK,
        "patterns": ("x",),
        "era": "any",
        "doc": "https://docs.aws.amazon.com/",
    }
    row = Row(**(settings | change))  # type: ignore[arg-type]  # as a faulty row would be written

    with pytest.raises(ValueError, match=expected):
        checked((row, *(() if change else (row,))))
