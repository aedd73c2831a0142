"""The command line, read; and how a wrong question is answered."""

import argparse
from collections.abc import Mapping, Sequence
from typing import NoReturn

from pullproof.cli.answer import near
from pullproof.cli.commands import COMMANDS
from pullproof.errors import UsageError

EPILOG = """\
examples:
  terraform show -json tf.plan > plan.json
  pullproof check plan.json                            will every task start?
  pullproof check ./infra --var stage=prod             the same, without credentials
  pullproof check aws://shop/web --region eu-west-1    a service as it is now
  pullproof check template.yaml --parameter Stage=prod CloudFormation and SAM
  pullproof check cdk.out                              an app of the CDK
  pullproof fix plan.json                              what is the smallest change that helps?
  pullproof upgrade plan.json --from 1.3.0 --to 1.4.0  which tasks would stop starting?
  pullproof explain sg-egress                          what a code means, how to mend it
  pullproof explain "ResourceInitializationError: ..." what a stopped reason means
  pullproof why plan.json --text "..."                 which cause it is, proved
  pullproof path plan.json --from aws_ecs_service.app --to db.example.com:5432
  pullproof lab demo                                   the same with real packets

exit status: 0 every task can start, 1 one cannot, 2 wrong usage or unreadable input,
3 something is unknown, 4 nothing to check, 70 a fault in pullproof
"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are shown on our screen, with near misses."""

    def __init__(self, **settings: object) -> None:
        defaults: dict[str, object] = {
            "allow_abbrev": False,
            "formatter_class": argparse.RawDescriptionHelpFormatter,
        }
        super().__init__(**(defaults | settings))  # type: ignore[arg-type]  # handed on as they came

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and leaving."""
        raise UsageError(message, remedy=f"{self.prog} --help")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The options that the words ask for; `command` says which command.

    Raises:
        UsageError: they ask for something that cannot be.
        SystemExit: they ask for help, which is printed.
    """
    if not words:
        raise UsageError("no command is given", remedy="pullproof check plan.json\npullproof --help")
    asked = [word for word in words if not word.startswith("-")]
    parser, commands = build(asked[0] if asked else "")
    _known_command(words, commands)
    options, rest = parser.parse_known_args(words)
    if rest:
        command: argparse.ArgumentParser = commands[options.command]
        command = actions(command).get(getattr(options, "action", ""), command)
        wrong = next((word for word in rest if word.startswith("-")), rest[0])
        says = (
            f"{command.prog} has no option {wrong}"
            if wrong.startswith("-")
            else f"one input too many: {wrong}"
        )
        raise UsageError(
            says, remedy=near(wrong.split("=")[0], flags(command), command.prog, f"{command.prog} --help")
        )
    return options


def build(only: str | None = None) -> tuple[Parser, dict[str, Parser]]:
    """The parser of the program, and those of its commands by name.

    `only` that command gets its options: all of them together would be most of the time of a short run.
    """
    parser = Parser(
        prog="pullproof",
        description="Proves, before the deployment, that every ECS task on Fargate can start.",
        epilog=EPILOG,
    )
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    group = parser.add_subparsers(dest="command", title="commands", required=True)
    commands: dict[str, Parser] = {}
    for name, (says, fill) in COMMANDS.items():
        command = group.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
        if only in (None, name):
            fill(command)
        commands[name] = command
    return parser, commands


def actions(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """What a command does by a further word (`lab up`)."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:  # noqa: SLF001  # argparse tells it no other way
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            found |= action.choices
    return found


def flags(parser: argparse.ArgumentParser) -> list[str]:
    """Every option of a command."""
    return [flag for action in parser._actions for flag in action.option_strings]  # noqa: SLF001


def _known_command(words: Sequence[str], commands: Mapping[str, argparse.ArgumentParser]) -> None:
    """Refuse a command or action that is none, before argparse lists every one."""
    first, *more = words
    if first.startswith("-"):
        return
    if first not in commands:
        raise UsageError(f"pullproof has no command {first}", remedy=near(first, commands, "pullproof"))
    known = actions(commands[first])
    if known and more and not more[0].startswith("-") and more[0] not in known:
        before = f"pullproof {first}"
        raise UsageError(
            f"{before} has no action {more[0]}", remedy=near(more[0], known, before, f"{before} --help")
        )
