"""What may be asked of a lab."""

import argparse
from collections.abc import Callable

Command = argparse.ArgumentParser
Action = Callable[[str, str], Command]

NAME = "which lab (default: default)"


def scale(text: str) -> float:
    """How much of AWS's time something takes.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 1:
        raise argparse.ArgumentTypeError("a number above 0, and 1 at most")
    return found


def fill(command: Command, reading: Callable[..., None], printing: Callable[..., None]) -> None:
    """The actions of `pullproof lab`; `reading` and `printing` add the options that other commands have too."""
    actions = command.add_subparsers(dest="action", title="actions", required=True, metavar="ACTION")

    def action(name: str, says: str, *, named: bool = True) -> Command:
        made = actions.add_parser(
            name, help=says, description=says[0].upper() + says[1:] + ".", allow_abbrev=False
        )
        if named:
            made.add_argument("--name", metavar="NAME", default="default", help=NAME)
        return made

    up = action("up", "start a lab: an input's network and tasks, or an empty account for Terraform")
    reading(up, optional=True)
    up.add_argument(
        "--time-scale", metavar="X", type=scale, default=0.02, help="of all waiting (default: 0.02)"
    )
    up.add_argument("--foreground", action="store_true", help="stay until Ctrl-C")
    up.add_argument("--no-tasks", action="store_true", help="start no task by itself")
    _tasks(action, printing)
    _into(action)
    action("env", "print the variables that lead Terraform and aws to a lab, with its access keys")
    action("down", "end a lab")
    printing(action("list", "list the labs that run", named=False), "terminal", "json")
    demo = action("demo", "the story of the upgrade to platform 1.4.0, in real packets", named=False)
    demo.add_argument(
        "--time-scale", metavar="X", type=scale, default=0.01, help="of all waiting (default: 0.01)"
    )
    verify = action("verify", "compare the proof of an input with real packets, gate by gate", named=False)
    reading(verify)
    printing(verify, "terminal", "json")


def _tasks(action: Action, printing: Callable[..., None]) -> None:
    """What is asked about tasks and their connections."""
    run = action("run-task", "run a task, and show each step of its launch")
    run.add_argument("launch", metavar="SERVICE", help="what runs tasks in the lab")
    run.add_argument("--subnet", metavar="ID", help="default: its first one")
    run.add_argument("--platform-version", metavar="VERSION", help="1.3.0 or 1.4.0")
    printing(run, "terminal", "json")
    printing(action("ps", "list the tasks of a lab, also those that stopped, and why"), "terminal", "json")
    logs = action("logs", "print what the containers of a task wrote")
    logs.add_argument("task", metavar="TASK")
    execute = action("exec", "run a program in a task's container")
    execute.add_argument("task", metavar="TASK")
    execute.add_argument("words", metavar="-- PROGRAM", nargs=argparse.REMAINDER)
    shell = action("shell", "open this machine's shell in a task's network, or in the lab's own")
    shell.add_argument("task", metavar="TASK", nargs="?", default="")
    trace = action("trace", "try a connection of a task, and show what dropped it")
    trace.add_argument("task", metavar="TASK")
    trace.add_argument(
        "--to", dest="target", metavar="HOST[:PORT]", required=True, help="port 443 unless said"
    )
    printing(trace, "terminal", "json")
    action("flows", "print what crossed the network, as flow-log records")


def _into(action: Action) -> None:
    """What is put into a lab."""
    push = action("push", "put an image into the lab's registry")
    push.add_argument("image", metavar="IMAGE", help="a docker archive, an OCI layout, or busybox")
    push.add_argument("repository", metavar="REPOSITORY[:TAG]")
    apply = action("apply", "run a directory's own Terraform against a lab")
    apply.add_argument("directory", metavar="DIR")
    apply.add_argument("--var", metavar="NAME=VALUE", action="append", default=[], help="a variable")
    apply.add_argument("--var-file", metavar="FILE", action="append", default=[], help="a file of variables")
    apply.add_argument(
        "--state-of", metavar="DIR", help="go on from the state that another directory left in the lab"
    )
    apply.add_argument("--destroy", action="store_true", help="take down what it made")
