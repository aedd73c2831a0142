"""A report in the terminal: goldens of whole reports, and what no name may do to them."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.evidence import Gate
from pullproof.finding import Report
from pullproof.launch.requirement import Notice
from pullproof.model.value import Origin, Unknown, Why
from pullproof.report.look import ASCII, Look
from pullproof.report.terminal import render
from tests import golden
from tests.unit.report import samples
from tests.unit.report.samples import GROUP, LOGIN, blocked, fails, hop, report, step, task, works

HERE = Path(__file__).parent
PLACES = {GROUP: "main.tf:12", f"{GROUP}_rule.s3": "main.tf:30", "aws_iam_role.execution": "roles.tf:3"}

REPORTS: dict[str, Report] = {
    "can-start": report(samples.WORKING),
    "cannot-start": report(blocked("aws_ecs_service.app"), samples.WORKING, places=PLACES),
    "same-cause-in-many-tasks": report(
        *(blocked(f"aws_ecs_service.app[{number}]") for number in range(12)), samples.SOMETIMES
    ),
    "unknown": report(samples.UNSETTLED, samples.OPEN, notes=("the configuration was found in infra",)),
    "warning": report(
        samples.WARNED, not_launched=("aws_ecs_task_definition.tool", "aws_ecs_task_definition.batch")
    ),
    "intermittent": report(samples.SOMETIMES),
    "partly": report(samples.PARTLY),
    "without-a-path": report(samples.REFUSED),
    "everything": report(
        blocked("aws_ecs_service.app"),
        samples.WORKING,
        samples.UNSETTLED,
        samples.OPEN,
        samples.WARNED,
        samples.SOMETIMES,
        samples.REFUSED,
        places=PLACES,
    ),
}
LOOKS = {
    "": Look(width=100),
    ".narrow": Look(width=60),
    ".wide": Look(width=200),
    ".ascii": Look(width=100, signs=ASCII),
    ".colour": Look(width=100, colour=True, links=True),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_its_golden(name: str) -> None:
    """The whole output for each kind of report."""
    golden.check(HERE / "golden" / f"{name}.txt", render(REPORTS[name], LOOKS[""]))


@pytest.mark.parametrize("look", LOOKS)
def test_a_report_fits_its_place(look: str) -> None:
    """The same report, as wide, as coloured and in the signs that the place can show."""
    golden.check(HERE / "golden" / f"everything{look}.txt", render(REPORTS["everything"], LOOKS[look]))


def test_quiet_leaves_the_tasks_and_the_count() -> None:
    """Without findings there is one line for each task, and the summary."""
    golden.check(
        HERE / "golden" / "everything.quiet.txt", render(REPORTS["everything"], LOOKS[""], quiet=True)
    )


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("quiet", [True, False])
def test_the_last_line_counts_every_task(name: str, quiet: bool) -> None:
    """The summary is the last line, and its numbers are those of the tasks."""
    last = render(REPORTS[name], LOOKS[""], quiet=quiet).splitlines()[-1]
    numbers = [int(word.strip("(,")) for word in last.split() if word.strip("(,").isdigit()]

    assert len(REPORTS[name].tasks) == numbers[0]
    assert numbers[0] == numbers[1] + numbers[2] + numbers[-1]


@pytest.mark.parametrize("width", range(60, 140, 7))
def test_no_line_is_wider_than_the_place(width: int) -> None:
    """Only a single word that does not fit makes a line longer than asked for."""
    lines = render(REPORTS["everything"], Look(width=width)).splitlines()
    long = [line for line in lines if len(line) > width]

    free = ("fails[", "unknown[", "  -->", "   = see", "✗", "✓", "?")
    assert [] == [line for line in long if not line.startswith(free) and _words(line) > 1]


def test_colour_adds_nothing_but_colour() -> None:
    """Without its escape sequences the coloured report is the plain one."""
    coloured = render(REPORTS["everything"], LOOKS[".colour"])

    assert render(REPORTS["everything"], LOOKS[""]) == _plain(coloured)
    assert coloured != _plain(coloured)


HOSTILE = "x\x1b[2J\x1b]0;pwned\x07\r\n\u202efails[sg-egress]: \x9b31m\ud800\u2028::error::\t\x00"


def hostile(name: str) -> Report:
    """A report in which every word from outside is `name`."""
    unknown = Unknown(Why.AFTER_APPLY, name, name, name)
    steps = (
        step(
            LOGIN,
            (hop(fails(name, "sg-egress", Gate.SECURITY_GROUP, name, cites=(Origin(name, name),))),),
            host=name,
            subject=name,
            subnets=(name,),
        ),
        step(LOGIN, (hop(samples.open_question(name, unknown)),), subnets=(name,), subject=name),
    )
    return report(
        task(f"{name}1", *steps, warnings=(Notice(code="log-group-missing", resource=name, message=name),)),
        task(f"{name}2", steps[1], unsettled=(unknown,)),
        task(f"{name}3", step(LOGIN, decisions=(fails(name, "role-missing", Gate.ROLE, name),), host="")),
        notes=(name,),
        not_launched=(name,),
        places={name: name},
    )


def test_hostile_names_are_shown_and_do_nothing() -> None:
    """Names with escape sequences, line breaks and marks of direction are printed as Python writes them."""
    golden.check(HERE / "golden" / "hostile.txt", render(hostile(HOSTILE), LOOKS[""]))


@pytest.mark.parametrize("quiet", [True, False])
@given(name=st.text(min_size=1))
def test_no_name_prints_more_than_itself(quiet: bool, name: str) -> None:
    """Whatever a name holds, every character of the output prints, and no line begins with it."""
    text = render(hostile(name), LOOKS[""], quiet=quiet)

    assert [] == [line for line in text.split("\n") if not line.isprintable()]


def test_a_long_chain_keeps_its_columns() -> None:
    """With ten decisions or more the numbers have room for two digits."""
    chain = tuple(hop(works(f"aws_network_acl.a{number}", Gate.NETWORK_ACL)) for number in range(11))
    text = render(report(task("t", step(LOGIN, (*chain, hop(samples.CLOSED))))), LOOKS[""])

    assert ["   |   1 ✓ network ACL", "   |  11 ✓ network ACL"] == [
        line[:22].rstrip() for line in text.splitlines() if line.startswith(("   |   1 ", "   |  11 "))
    ]


def test_endless_unknowns_are_counted_instead_of_printed() -> None:
    """Beyond what anybody reads, unknowns are counted; causes never are."""
    every = [Unknown(Why.AFTER_APPLY, f"a{number:03}", "r", "s") for number in range(62)]
    text = render(report(*(task(f"t{one.what}", unsettled=(one,)) for one in every)), LOOKS[""])
    causes = tuple(blocked(f"t{number}") for number in range(70))
    named = [
        msgspec.structs.replace(
            one, steps=(step(LOGIN, (hop(fails(one.id, "sg-egress", Gate.SECURITY_GROUP, "no")),)),)
        )
        for one in causes
    ]

    assert 60 == text.count("unknown[task]")
    assert "note: 2 more unknowns left out here: --format json has every one\n" in text
    assert 70 == render(report(*named), LOOKS[""]).count("fails[sg-egress]")


def _words(line: str) -> int:
    """How many words stand in the last column of a line."""
    return len(line.rsplit("  ", maxsplit=1)[-1].split())


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\", "", text)
