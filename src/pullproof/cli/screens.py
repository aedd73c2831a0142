"""Error screens: what did not happen, what is wrong, what to do."""

import os

from pullproof.errors import PullproofError
from pullproof.report.look import Look
from pullproof.report.text import safe, wrapped

#: Commands of a lab whose answer is a check, as that of most other commands is.
CHECKING = ("verify",)


def fatal(error: PullproofError, words: list[str], look: Look) -> str:
    """The screen for an error that we know, met by `pullproof WORDS`."""
    place = f"{safe(error.place)}: " if error.place else ""
    return _screen(_head(words), f"{place}{safe(error.problem)}", error.remedy.splitlines(), look)


def _head(words: list[str]) -> str:
    """What did not happen: a lab checks nothing, it does something."""
    if words[:1] != ["lab"] or words[1:2] in ([each] for each in CHECKING):
        return "nothing was checked"
    from pullproof.cli.lab.run import ACTIONS

    action = next(iter(words[1:]), "")
    return f"lab {action} failed" if action in ACTIONS else "lab did nothing"


def bug(error: Exception, words: list[str], look: Look) -> str:
    """The screen for a fault of ours: what, where in the program, how to report it."""
    problem = f"pullproof itself is at fault: {type(error).__name__}: {safe(str(error))}{_where(error)}"
    if os.environ.get("PULLPROOF_DEBUG"):
        return _screen(
            _head(words),
            problem,
            ["please report this, with the lines above and the input if you can share it"],
            look,
        )
    import shlex

    again = f"PULLPROOF_DEBUG=1 pullproof {shlex.join(words)}"
    advice = ["please report this, with what the next line prints:", safe(again)]
    return _screen(_head(words), problem, advice, look)


def _screen(head: str, problem: str, remedy: list[str], look: Look) -> str:
    lines = [f"{look.painted('fatal', 'red')}: {look.painted(head, 'bold')}"]
    lines += [f"  {line}" for line in wrapped(problem, look.width - 2)]
    for number, line in enumerate(map(safe, remedy)):
        lines.append(f"  = help: {line}" if number == 0 else f"          {line}")
    return "\n".join(lines) + "\n"


def _where(error: Exception) -> str:
    """The last line of ours that the error passed: "(sources/detect.py:41)"."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        _, ours, file = trace.tb_frame.f_code.co_filename.replace(os.sep, "/").rpartition("/pullproof/")
        if ours:
            place = f" ({file}:{trace.tb_lineno})"
        trace = trace.tb_next
    return place
