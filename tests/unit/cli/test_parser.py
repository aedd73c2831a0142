"""The command line: what may be asked, and the answer to a wrong question."""

import pytest

from pullproof.cli.commands import COMMANDS
from pullproof.cli.loading import given, platform, several
from pullproof.cli.parser import build, flags, parse
from pullproof.errors import UsageError


@pytest.mark.parametrize(
    ("words", "problem", "remedy"),
    [
        ([], "no command is given", "pullproof check plan.json"),
        (["chekc", "plan.json"], "pullproof has no command chekc", "did you mean: pullproof check"),
        (["plan.json"], "pullproof has no command plan.json", "pullproof --help"),
        (["check"], "the following arguments are required: INPUT", "pullproof check --help"),
        (
            ["check", "a", "--formt", "json"],
            "pullproof check has no option --formt",
            "did you mean: pullproof check --format",
        ),
        (
            ["check", "a", "--formt=json"],
            "pullproof check has no option --formt=json",
            "did you mean: pullproof check --format",
        ),
        (
            ["check", "a", "--form", "json"],
            "pullproof check has no option --form",
            "did you mean: pullproof check --format",
        ),
        (["check", "a", "--xyzzy"], "pullproof check has no option --xyzzy", "pullproof check --help"),
        (["rules", "b"], "one input too many: b", "pullproof rules --help"),
        (
            ["check", "a", "--format", "jsno"],
            "argument --format: invalid choice: 'jsno' (choose from 'terminal', 'json')",
            "pullproof check --help",
        ),
        (["check", "a", "--format"], "argument --format: expected one argument", "pullproof check --help"),
        (["path", "a"], "the following arguments are required: --from, --to", "pullproof path --help"),
        (["--colour", "check", "a"], "pullproof check has no option --colour", "pullproof check --help"),
        (["lab", "strat"], "pullproof lab has no action strat", "pullproof lab --help"),
        (["lab", "dwon"], "pullproof lab has no action dwon", "did you mean: pullproof lab down"),
        (
            ["lab", "up", "--forground"],
            "pullproof lab up has no option --forground",
            "did you mean: pullproof lab up --foreground",
        ),
        (["lab", "verify"], "the following arguments are required: INPUT", "pullproof lab verify --help"),
        (
            ["completion", "tcsh"],
            "argument shell: invalid choice: 'tcsh' (choose from 'bash', 'zsh', 'fish')",
            "pullproof completion --help",
        ),
    ],
)
def test_a_wrong_question_is_told_and_put_right(words: list[str], problem: str, remedy: str) -> None:
    """The message says what is wrong, and what was probably meant."""
    with pytest.raises(UsageError) as raised:
        parse(words)

    assert problem == raised.value.problem
    assert raised.value.remedy.startswith(remedy)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command names all of its options."""
    with pytest.raises(SystemExit) as left:
        parse([command, "--help"])
    text = capsys.readouterr().out

    assert not left.value.code
    assert [] == [flag for flag in flags(build()[1][command]) if flag not in text]


def test_only_the_command_that_is_asked_for_gets_its_options() -> None:
    """A run does not pay for the options of the other commands."""
    _, commands = build("rules")

    assert {"rules"} == {name for name, parser in commands.items() if flags(parser) != ["-h", "--help"]}


def test_the_help_lists_every_command_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of the program has the commands, examples and the exit statuses."""
    with pytest.raises(SystemExit):
        parse(["--help"])
    text = capsys.readouterr().out

    assert [] == [command for command in COMMANDS if command not in text]
    assert "{" + ",".join(COMMANDS) + "}" in "".join(text.split())
    assert "exit status: 0 every task can start" in text


def test_options_of_check_are_read() -> None:
    """What the command line adds to an input, and how the report is asked for."""
    options = parse(
        [
            *("check", "plan.json", "--subnets", "subnet-1, subnet-2", "--subnets", "subnet-3"),
            *(
                "--security-groups",
                "sg-1",
                "--assign-public-ip",
                "--region",
                "eu-west-1",
                "--account",
                "111122223333",
            ),
            *("--no-source", "--task", "a", "--task", "b", "--quiet", "--allow-unknown", "--format=json"),
        ]
    )
    added = given(options)

    assert ("subnet-1", "subnet-2", "subnet-3") == added.subnets
    assert (("sg-1",), True, "eu-west-1", "111122223333") == (
        added.groups,
        added.public_ip,
        added.region,
        added.account,
    )
    assert (False, "") == (added.use_source, added.source)
    assert (["a", "b"], True, True, "json") == (
        options.task,
        options.quiet,
        options.allow_unknown,
        options.format,
    )


def test_what_is_not_given_is_left_to_the_input() -> None:
    """Without options nothing is added."""
    added = given(parse(["upgrade", "plan.json"]))

    assert ((), (), False, "", "", "", True) == (
        added.subnets,
        added.groups,
        added.public_ip,
        added.region,
        added.account,
        added.source,
        added.use_source,
    )


def test_an_upgrade_is_the_one_of_the_story_unless_told_otherwise() -> None:
    """Without versions, 1.3.0 and 1.4.0 are compared."""
    options = parse(["upgrade", "plan.json"])

    assert ("1.3.0", "1.4.0") == (options.old, options.new)


@pytest.mark.parametrize(
    ("words", "expected"), [((), ()), (("a,b", "c"), ("a", "b", "c")), ((" a , ", ",,"), ("a",))]
)
def test_lists_are_written_in_either_way(words: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Commas and repeated options mean the same."""
    assert expected == several(words)


@pytest.mark.parametrize(("version", "expected"), [(None, None), ("1.3.0", "1.3.0"), ("latest", "LATEST")])
def test_platform_versions_are_read(version: str | None, expected: str | None) -> None:
    """LATEST may be written in any case."""
    assert expected == platform(version)


@pytest.mark.parametrize("version", ["1.5.0", "1.4", "", "windows"])
def test_a_platform_version_that_is_none_is_refused(version: str) -> None:
    """The message lists the versions there are."""
    with pytest.raises(UsageError, match="there is no platform version") as raised:
        platform(version)

    assert "1.3.0, 1.4.0, LATEST" in raised.value.remedy
