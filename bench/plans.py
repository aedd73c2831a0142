"""The plans that are measured, made when they are first needed and kept under bench/work/."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "bench" / "work"
MADE_FROM = (ROOT / "bench" / "scale.py", ROOT / "bench" / "data" / "plan.json")


def plan(*, networks: int = 1, services: int = 1, rules: int = 1, lacking: Sequence[str] = ()) -> Path:
    """A plan of this size, alone in its folder, so that no configuration is found next to it.

    Each network is without the parts that it is `lacking`: some of the first ones of bench.scale.PARTS.
    """
    size = f"{networks}-{services}-{rules}" + (f"-{len(lacking)}" if lacking else "")
    file = WORK / size / "plan.json"
    if not file.exists() or any(file.stat().st_mtime < source.stat().st_mtime for source in MADE_FROM):
        file.parent.mkdir(parents=True, exist_ok=True)
        sizes = ["--networks", str(networks), "--services", str(services), "--rules", str(rules)]
        sizes += [word for part in lacking for word in ("--lacking", part)]
        # In a process of its own: the peak of a measured child is never below that of this process.
        subprocess.run([sys.executable, "-m", "bench.scale", str(file), *sizes], cwd=ROOT, check=True)
    return file
