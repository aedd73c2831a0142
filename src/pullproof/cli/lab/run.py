"""From the words to the action; each is imported when it is asked for."""

from argparse import Namespace
from collections.abc import Callable
from importlib import import_module

#: Action -> module and function.
ACTIONS = {
    "up": ("up", "up"),
    "run-task": ("asking", "run_task"),
    "ps": ("asking", "ps"),
    "logs": ("asking", "logs"),
    "trace": ("asking", "trace"),
    "flows": ("asking", "flows"),
    "push": ("asking", "push"),
    "env": ("keys", "env"),
    "down": ("asking", "down"),
    "list": ("asking", "every"),
    "exec": ("inside", "execute"),
    "shell": ("inside", "shell"),
    "apply": ("apply", "apply"),
    "demo": ("demo", "demo"),
    "verify": ("verify", "verify"),
}


def run(options: Namespace) -> int:
    """Do what is asked of a lab; the exit status."""
    module, name = ACTIONS[options.action]
    do: Callable[[Namespace], int] = getattr(import_module(f"pullproof.cli.lab.{module}"), name)
    return do(options)
