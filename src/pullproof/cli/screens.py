"""Error screens: nothing was checked, what is wrong, what to do."""

import os

from pullproof.errors import PullproofError
from pullproof.report.look import Look
from pullproof.report.text import safe, wrapped


def fatal(error: PullproofError, look: Look) -> str:
    """The screen for an error that we know."""
    place = f"{safe(error.place)}: " if error.place else ""
    return _screen(f"{place}{safe(error.problem)}", error.remedy.splitlines(), look)


def bug(error: Exception, words: list[str], look: Look) -> str:
    """The screen for a fault of ours: what, where in the program, how to report it."""
    problem = f"pullproof itself is at fault: {type(error).__name__}: {safe(str(error))}{_where(error)}"
    if os.environ.get("PULLPROOF_DEBUG"):
        return _screen(
            problem, ["please report this, with the lines above and the input if you can share it"], look
        )
    import shlex

    again = f"PULLPROOF_DEBUG=1 pullproof {shlex.join(words)}"
    return _screen(problem, ["please report this, with what the next line prints:", safe(again)], look)


def _screen(problem: str, remedy: list[str], look: Look) -> str:
    lines = [f"{look.painted('fatal', 'red')}: {look.painted('nothing was checked', 'bold')}"]
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
