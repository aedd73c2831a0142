"""`snapshot`: the answers of an account, stored for later and elsewhere."""

from argparse import Namespace

from pullproof.cli.live import asked, login_of
from pullproof.cli.out import emit, warn
from pullproof.report.text import quoted, safe
from pullproof.sources.base import Options
from pullproof.sources.live.store import check_room, save_snapshot


def snapshot(options: Namespace) -> int:
    """Ask, store, and say what is there.

    Raises:
        UsageError: the input is no account, or the folder holds something else.
        ToolError: the account cannot be asked, or the folder cannot be written.
    """
    check_room(options.out)
    gathered = asked(options.input, login_of(options), Options(), "why" if options.stopped else "snapshot")
    save_snapshot(gathered.folders, gathered.manifest, options.out)
    files = sum(len(folder.documents) for folder in gathered.folders)
    calls = sum(gathered.requests.values())
    emit(f"{safe(options.out)}: {files} files from {calls} calls of {gathered.manifest.asked}\n")
    for region, kinds in gathered.manifest.denied.items():
        for name, says in kinds.items():
            warn(f"{safe(f'not told: {name} in {region}: {says}')}\n")
    emit(f"next: pullproof check {safe(quoted(options.out))}\n")
    return 0
