"""`make demo`: the network of the blog post, as printed and as mended, and what lies between them.

Ends with 0 only if the printed network is refused and the mended one accepted.
"""

import difflib
import os
import subprocess
import sys
from pathlib import Path

from tools.repository import ROOT, named

EXAMPLE = ROOT / "examples" / "blog-post"

#: folder -> the exit status that its check must have
EXPECTED = {"as-printed": 1, "mended": 0}


def run(command: str, folder: str) -> int:
    """Run the program on one of the two plans, as a user would, and say how it ended."""
    plan = named(EXAMPLE / folder / "plan.json")
    print(f"$ pullproof {command} {plan}", flush=True)
    program = Path(sys.executable).with_name("pullproof")
    status = subprocess.run([str(program), command, plan], cwd=ROOT, check=False).returncode
    print(f"[exit status {status}]\n", flush=True)
    return status


def difference() -> str:
    """What the mended configuration changes in the printed one, as a unified diff."""
    before, after = (EXAMPLE / folder for folder in EXPECTED)
    files = sorted({path.relative_to(folder) for folder in (before, after) for path in folder.rglob("*.tf")})
    lines: list[str] = []
    for file in files:
        if ".terraform" in file.parts:
            continue
        old, new = (_lines(folder / file) for folder in (before, after))
        lines += difflib.unified_diff(old, new, f"as-printed/{file}", f"mended/{file}")
    return "".join(lines)


def coloured(diff: str) -> str:
    """A diff as git shows it in a terminal; plain everywhere else."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return diff
    colours = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}
    painted = (
        f"{colours[line[0]]}{line}\033[0m" if line[:1] in colours else line for line in diff.splitlines()
    )
    return "\n".join(painted) + "\n"


def main() -> int:
    """Show both reports with the difference between them; 0 if they say what they should."""
    print("== The network as the post prints it ==\n")
    statuses = {"as-printed": run("check", "as-printed")}
    print("== The smallest change that helps ==\n")
    run("fix", "as-printed")
    print("== What has to change ==\n")
    print(coloured(difference()))
    print("== The network with that change ==\n")
    statuses["mended"] = run("check", "mended")
    for folder, status in statuses.items():
        if status != EXPECTED[folder]:
            print(f"demo: {folder} ended with {status} instead of {EXPECTED[folder]}", file=sys.stderr)
    return 0 if statuses == EXPECTED else 1


def _lines(file: Path) -> list[str]:
    """The lines of a file; none when there is no such file."""
    return file.read_text(encoding="utf-8").splitlines(keepends=True) if file.is_file() else []


if __name__ == "__main__":
    sys.exit(main())
