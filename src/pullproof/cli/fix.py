"""`fix`: the smallest proven change that lets the tasks start, shown, rendered or written."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from pullproof.cli.again import typed
from pullproof.cli.answer import deliver, look_for
from pullproof.cli.cost import prices_for
from pullproof.cli.loading import load
from pullproof.cli.out import emit, look_of, warn
from pullproof.cli.tasks import nothing_runs, only
from pullproof.errors import ToolError, UsageError
from pullproof.finding import Offer
from pullproof.model.edits import Edit
from pullproof.render.base import Rendered
from pullproof.repair.offer import offer
from pullproof.report.text import safe, safe_lines
from pullproof.sources.base import Loaded

MENDED = 0
BLOCKED = 1
UNKNOWN = 3
RENDERED = ("terraform", "cloudformation", "cdk")


def fix(options: Namespace) -> int:
    """Offer a fix, and print, render or write it.

    Raises:
        NothingToCheck: nothing in the input runs a task on Fargate.
        UsageError: options exclude each other.
        ToolError: a file cannot be written.
    """
    _sensible(options)
    _finish(options)
    loaded = load(options)
    asked = [name for name in options.task if name != "all"]
    if not loaded.estate.launches:
        raise nothing_runs(loaded.kind, loaded.path)
    found = offer(
        loaded,
        via=options.via,
        only=only(asked, loaded),
        gigabytes=options.gb,
        prices=prices_for(loaded.estate, options),
    )
    edits = tuple(e for one in found.fixes if one.whole or options.partial for e in one.edits)
    if options.write or options.diff:
        return _within(found, edits, loaded, options)
    if options.out or options.format in RENDERED:
        return _beside(found, edits, loaded, options)
    deliver(shown(found, options), options)
    return status(found)


def shown(found: Offer, options: Namespace) -> str:
    """The offer in the format that was asked for."""
    if options.format == "json":
        from pullproof.render.as_json import edit_json
        from pullproof.report.fix_json import render as as_json

        return as_json(found, edit_json)
    from pullproof.report.fix import render

    template = found.source_kind.startswith(("cloudformation", "cdk"))
    file = "mend.yaml" if template else "mend.tf"
    again = f"pullproof fix {typed(options)} --diff, then --write; or --out {file} for what is new in a file of its own"
    return render(found, look_for(options), again=again)


def status(found: Offer) -> int:
    """Whether a blocker stays; then whether something is unknown."""
    if not found.mended:
        return BLOCKED
    unsettled = any(fix.proof.unsettled for fix in found.fixes)
    return UNKNOWN if found.unknown or unsettled else MENDED


def _within(found: Offer, edits: tuple[Edit, ...], loaded: Loaded, options: Namespace) -> int:
    """Change the files of the input: the difference first, then the files, then the proof of what is written."""
    from pullproof.cli.rendering import within
    from pullproof.cli.writing import diff, write

    if not edits:
        deliver(shown(found, options), options)
        return status(found)
    rendered = within(edits, loaded)
    _told(rendered)
    if rendered.refusals:
        return BLOCKED
    text = diff(rendered.patches)
    deliver(text if options.output or not sys.stdout.isatty() else safe_lines(text), options)
    if not options.write:
        return status(found)
    write(rendered.patches, _root(options, loaded), force=options.force)
    for patch in rendered.patches:
        emit(f"wrote {safe(patch.path)}\n")
    return _again(found, loaded, options)


def _again(found: Offer, loaded: Loaded, options: Namespace) -> int:
    """What was written, read and judged again; a plan has to be made again first."""
    if loaded.kind in ("terraform-plan", "terraform-state"):
        emit("plan again, and check the new plan: the files have changed, and this plan has not\n")
        return status(found)
    from pullproof.prove import report
    from pullproof.report.terminal import render

    asked = [name for name in options.task if name != "all"]
    written = load(options)
    emit(render(report(written, only=only(asked, written)), look_of(sys.stdout), quiet=True))
    return status(found)


def _beside(found: Offer, edits: tuple[Edit, ...], loaded: Loaded, options: Namespace) -> int:
    """Render what is new; to a file if one is named."""
    from pullproof.cli.rendering import beside
    from pullproof.cli.writing import write

    if not edits:
        warn("there is nothing to write\n")
        return status(found)
    rendered = beside(edits, loaded, options)
    _told(rendered)
    if options.out:
        write(rendered.patches, Path(options.out).resolve().parent, force=True)
        for patch in rendered.patches:
            emit(f"wrote {safe(patch.path)}\n")
    else:
        deliver("\n".join(patch.after.decode() for patch in rendered.patches), options)
    return BLOCKED if rendered.refusals else status(found)


def _told(rendered: Rendered) -> None:
    """What cannot be written, and what to know, on standard error."""
    for one in rendered.refusals:
        warn(safe_lines(f"cannot be written: {one.edit}: {one.why}\n  = to do: {one.remedy}\n"))
    for note in rendered.notes:
        warn(safe_lines(f"note: {note}\n"))
    if rendered.refusals:
        warn("what can be written is not the whole fix, and not proven by itself\n")


def _sensible(options: Namespace) -> None:
    if options.out and (options.write or options.diff):
        raise UsageError("--out writes a new file, --write changes yours", remedy="leave one of them out")
    if options.format != "terminal" and (options.write or options.diff):
        raise UsageError("--write and --diff take the language of the input", remedy="leave --format out")

    if options.out and options.format == "json":
        raise UsageError("--out writes edits, and JSON is a report", remedy="--output FILE for the report")
    if options.out and options.output:
        raise UsageError("--out and --output exclude each other", remedy="leave one of them out")
    if options.force and not options.write:
        raise UsageError("--force goes with --write", remedy="add --write, or leave --force out")


def _finish(options: Namespace) -> None:
    """Finish what an interrupted run had decided to write."""
    if options.write:
        from pullproof.cli.writing import recover

        for path in recover(_root(options, None)):
            warn(f"an interrupted run is finished: wrote {safe(path)}\n")


def _root(options: Namespace, loaded: Loaded | None) -> Path:
    """The folder of the input."""
    place = options.source or (loaded.root if loaded is not None else "") or options.input
    if options.input == "-" and place == "-":
        raise ToolError("what came through a pipe has no files to change", remedy="--source DIR")
    path = Path(place)
    return (path if os.path.isdir(path) else path.parent).resolve()  # noqa: PTH112
