"""Golden files: what a person sees, whole. `PULLPROOF_GOLDEN=write pytest ...` writes them again."""

import os
from pathlib import Path


def check(file: Path, actual: str) -> None:
    """Compare with a golden file, or write it when asked to."""
    if os.environ.get("PULLPROOF_GOLDEN") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(actual, encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == actual
