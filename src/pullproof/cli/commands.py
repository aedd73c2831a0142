"""The commands, and what each may be asked."""

import argparse
from argparse import BooleanOptionalAction
from collections.abc import Callable

Arguments = argparse._ArgumentGroup | argparse.ArgumentParser  # noqa: SLF001  # has no public name

INPUT = (
    "a plan or state as JSON, a Terraform directory, a CloudFormation template, a CDK app or its cdk.out,"
    " the folder of a snapshot, aws://CLUSTER/SERVICE, or - for standard input"
)
ACCOUNT = "aws://CLUSTER, aws://CLUSTER/SERVICE, or aws:// for all clusters"


def _reading(command: Arguments, *, optional: bool = False) -> None:
    """How to read the input; the same for every command that has one."""
    command.add_argument("input", metavar="INPUT", nargs="?" if optional else None, help=INPUT)
    if optional:
        command.set_defaults(more=[])
    else:
        command.add_argument(
            "more",
            metavar="TEMPLATE",
            nargs="*",
            default=[],
            help="other templates, that INPUT imports from or that import from it",
        )
    group = command.add_argument_group("reading the input")
    group.add_argument("--source", metavar="DIR", help="the configuration a plan was made from")
    group.add_argument("--no-source", action="store_true", help="do not look for the configuration of a plan")
    group.add_argument(
        "--var", metavar="NAME=VALUE", action="append", default=[], help="a variable of a directory"
    )
    group.add_argument("--var-file", metavar="FILE", action="append", default=[], help="a file of variables")
    group.add_argument(
        "--snapshot", metavar="DIR", help="settle what the input leaves open from a snapshot of the account"
    )
    _template(group)
    group.add_argument(
        "--live", action="store_true", help="settle what the input leaves open from the account as it is now"
    )
    group.add_argument("--region", metavar="REGION", help="the region, where the input does not tell it")
    group.add_argument("--account", metavar="ID", help="the account id, where the input does not tell it")
    _asking(command)


def _template(group: Arguments) -> None:
    """What goes with templates and CDK apps."""
    group.add_argument(
        "--parameter", metavar="NAME=VALUE", action="append", default=[], help="a parameter of a template"
    )
    group.add_argument(
        "--parameters-file", metavar="FILE", action="append", default=[], help="a file of parameters"
    )
    group.add_argument(
        "--import",
        dest="imports",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="what another stack exports",
    )
    group.add_argument("--synth", action="store_true", help="run cdk synth for a CDK app first")


def _asking(command: Arguments) -> None:
    """Who asks AWS."""
    group = command.add_argument_group("asking AWS (aws://..., --live)")
    group.add_argument("--profile", metavar="NAME", help="a profile of the AWS configuration")
    group.add_argument("--role-arn", metavar="ARN", help="take on this role first")
    group.add_argument("--endpoint-url", metavar="URL", help="ask there instead, as with a local AWS")


def _printing(command: Arguments, *formats: str) -> None:
    """How to print the answer."""
    group = command.add_argument_group("printing")
    group.add_argument("--format", choices=formats, default=formats[0], help=f"default: {formats[0]}")
    group.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")


def _check(command: Arguments) -> None:
    _reading(command)
    group = command.add_argument_group("judging")
    group.add_argument("--platform-version", metavar="VERSION", help="judge as if: 1.3.0, 1.4.0 or LATEST")
    group.add_argument(
        "--task", metavar="ADDRESS", action="append", default=[], help="only this task (repeatable)"
    )
    group.add_argument("--subnets", metavar="ID,...", action="append", default=[], help=STANDALONE)
    group.add_argument(
        "--security-groups", metavar="ID,...", action="append", default=[], help="their groups"
    )
    group.add_argument("--assign-public-ip", action="store_true", help="they get a public IP")
    group.add_argument("--allow-unknown", action="store_true", help="exit with 0 where something is unknown")
    _printing(command, "terminal", "json")
    command.add_argument("--quiet", action="store_true", help="print one line for each task, and the summary")


STANDALONE = "judge task definitions that nothing in the input runs, in these subnets"


def _upgrade(command: Arguments) -> None:
    _reading(command)
    group = command.add_argument_group("judging")
    group.add_argument("--from", dest="old", metavar="VERSION", default="1.3.0", help="default: 1.3.0")
    group.add_argument("--to", dest="new", metavar="VERSION", default="1.4.0", help="default: 1.4.0")
    group.add_argument(
        "--task", metavar="ADDRESS", action="append", default=[], help="only this task (repeatable)"
    )
    group.add_argument("--allow-unknown", action="store_true", help="exit with 0 where something is unknown")
    _printing(command, "terminal", "json")


def _fix(command: Arguments) -> None:
    _reading(command)
    group = command.add_argument_group("mending")
    group.add_argument(
        "--via",
        choices=("auto", "endpoints", "nat", "public-ip", "cheapest"),
        default="auto",
        help="how tasks reach AWS that cannot: by endpoints, unless their subnet is public",
    )
    group.add_argument(
        "--for",
        "--task",
        dest="task",
        metavar="all|ADDRESS",
        action="append",
        default=[],
        help="only this task (repeatable)",
    )
    _counting(command)
    group = command.add_argument_group("writing")
    group.add_argument("--write", action="store_true", help="change the configuration or template itself")
    group.add_argument("--diff", action="store_true", help="show what --write would change")
    group.add_argument("--force", action="store_true", help="write where git has changes not committed")
    group.add_argument(
        "--partial", action="store_true", help="also edits for tasks that keep another blocker"
    )
    group.add_argument("--out", metavar="FILE", help="write what is new to a file of its own")
    _printing(command, "terminal", "json", "terraform", "cloudformation", "cdk")


def _cost(command: Arguments) -> None:
    _reading(command)
    _counting(command)
    _printing(command, "terminal", "json")


def _counting(command: Arguments) -> None:
    """What a month costs."""
    group = command.add_argument_group("counting")
    group.add_argument(
        "--gb", type=_amount, default=0.0, metavar="N", help="gigabytes a month to and from AWS"
    )
    group.add_argument("--prices", action="store_true", help="today's prices from AWS; needs credentials")


def _amount(text: str) -> float:
    """A number of gigabytes."""
    number = float(text)
    if not 0 <= number < 1e12:
        raise ValueError(text)
    return number


def _explain(command: Arguments) -> None:
    command.add_argument(
        "text", metavar="CODE|TEXT", nargs="+", help="a code, a step, a stopped reason, or - to read one"
    )
    _printing(command, "terminal", "json")


def _why(command: Arguments) -> None:
    _reading(command, optional=True)
    group = command.add_argument_group("what failed")
    group.add_argument("--text", metavar="TEXT", help="the stopped reason or event; - reads standard input")
    group.add_argument(
        "--task", metavar="NAME", action="append", default=[], help="the task or service (repeatable)"
    )
    group.add_argument("--subnets", metavar="ID,...", action="append", default=[], help=STANDALONE)
    group.add_argument(
        "--security-groups", metavar="ID,...", action="append", default=[], help="their groups"
    )
    group.add_argument("--assign-public-ip", action="store_true", help="they get a public IP")
    _printing(command, "terminal", "json")


def _rules(command: Arguments) -> None:
    _printing(command, "terminal", "json")


def _path(command: Arguments) -> None:
    _reading(command)
    group = command.add_argument_group("the connection")
    group.add_argument(
        "--from",
        dest="start",
        metavar="ADDRESS",
        required=True,
        help="a task, an interface, an instance, or a subnet",
    )
    group.add_argument(
        "--to", dest="target", metavar="HOST:PORT", required=True, help="a name, an address, or an interface"
    )
    group.add_argument("--protocol", choices=("tcp", "udp"), default="tcp", help="default: tcp")
    group.add_argument(
        "--security-groups", metavar="ID,...", action="append", default=[], help="with a subnet"
    )
    group.add_argument("--assign-public-ip", action="store_true", help="with a subnet")
    group.add_argument("--allow-unknown", action="store_true", help="exit with 0 where something is unknown")
    _printing(command, "terminal", "json")


def _snapshot(command: Arguments) -> None:
    command.add_argument("input", metavar="ACCOUNT", help=ACCOUNT)
    command.add_argument("--out", metavar="DIR", required=True, help="the folder to write")
    command.add_argument(
        "--region",
        metavar="REGION,...",
        help="several with commas, or all; default: that of the profile or AWS_REGION",
    )
    command.add_argument(
        "--stopped", action="store_true", help="also how tasks stopped, for `pullproof why`: ECS forgets it"
    )
    _asking(command)


def _policy(command: Arguments) -> None:
    command.add_argument(
        "--for", dest="purpose", choices=("check", "snapshot", "why"), default="check", help="default: check"
    )
    command.add_argument("--region", metavar="REGION", help="only this region")
    command.add_argument("--account", metavar="ID", help="only this account")
    _printing(command, "json", "terraform")


def _lab(command: Arguments) -> None:
    from pullproof.cli.lab.parser import fill

    if isinstance(command, argparse.ArgumentParser):
        fill(command, _reading, _printing)


def _schema(command: Arguments) -> None:
    command.add_argument(
        "of",
        metavar="COMMAND",
        nargs="?",
        choices=("check", "fix", "cost", "why"),
        default="check",
        help="check, fix, cost or why: whose document (default: check)",
    )
    _printing(command, "json")


def _completion(command: Arguments) -> None:
    command.add_argument("shell", choices=("bash", "zsh", "fish"))


def _version(command: Arguments) -> None:
    """It has no options: main.py answers it."""


def _provision(command: Arguments) -> None:
    command.add_argument("name", metavar="NAME", help="of the service, and of what is made for it")
    command.add_argument("--region", metavar="REGION", help="default: that of the environment")
    group = command.add_argument_group("the task")
    group.add_argument("--image", metavar="IMAGE", required=True, help="the image, wherever it is kept")
    group.add_argument("--create-repository", action="store_true", help="make an ECR repository for it")
    group.add_argument("--secret", metavar="ARN", action="append", default=[], help="a secret (repeatable)")
    group.add_argument(
        "--parameter", metavar="NAME", action="append", default=[], help="a parameter (repeatable)"
    )
    group.add_argument("--logs", action=BooleanOptionalAction, default=True, help="keep its logs")
    group.add_argument("--efs", action="store_true", help="mount a file system")
    group.add_argument("--exec", action="store_true", help="let people in by ECS Exec")
    group.add_argument("--platform-version", metavar="VERSION", help="1.4.0 or LATEST")
    group = command.add_argument_group("the network")
    group.add_argument("--via", choices=("endpoints", "nat", "public-ip"), default="endpoints")
    group.add_argument("--vpc", metavar="ID|ADDRESS", help="one that is there; else a new one is made")
    group.add_argument("--subnets", metavar="ID,...", action="append", default=[], help="with --vpc")
    group.add_argument("--cidr", metavar="BLOCK", default="10.0.0.0/16", help="default: 10.0.0.0/16")
    group.add_argument("--zones", metavar="N|ZONE,...", help="default: 2")
    group = command.add_argument_group("writing and applying")
    group.add_argument(
        "--format",
        choices=("terraform", "cloudformation", "cdk"),
        default="terraform",
        help="default: terraform",
    )
    group.add_argument("--out", metavar="DIR", help="default: a folder of that name")
    group.add_argument("--force", action="store_true", help="write in a folder that is not empty")
    group.add_argument("--apply", action="store_true", help="apply it: the plan is shown, and you are asked")
    group.add_argument("--yes", action="store_true", help="apply without asking")
    group.add_argument("--endpoint-url", metavar="URL", help="apply to a local AWS at this address")


#: In the order of the help: what each does, and its options.
COMMANDS: dict[str, tuple[str, Callable[[Arguments], None]]] = {
    "check": ("say of every task whether it can start, and what keeps it", _check),
    "fix": ("offer the smallest change, proven, that lets the tasks start", _fix),
    "cost": ("compare what endpoints, NAT and public addresses cost for the tasks", _cost),
    "provision": ("write a private network and a service in it, proven, as a project", _provision),
    "upgrade": ("say which tasks would stop starting on another platform version", _upgrade),
    "explain": ("explain the code of a finding, or the stopped reason of a task", _explain),
    "why": ("say why a task did not start: its message, and what is proven of it now", _why),
    "path": ("follow one connection through the network, there and back", _path),
    "snapshot": ("store what AWS says of an account, to check it later and elsewhere", _snapshot),
    "policy": ("print the least that IAM must allow, to check an account", _policy),
    "lab": ("run the same network with real packets on this machine", _lab),
    "rules": ("list what a task needs in order to start", _rules),
    "schema": ("print the JSON Schema of what a command prints as JSON", _schema),
    "completion": ("print a completion script for a shell", _completion),
    "version": ("print the version", _version),
}
