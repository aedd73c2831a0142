"""Whether the first line of a commit message reads `area: verb ...`; a hook gives the file it is in."""

import re
import sys
from pathlib import Path

SUBJECT = re.compile(r"([a-z][a-z0-9-]*: [a-z]|Merge |Revert ).{2,70}")


def main() -> int:
    """0 when the subject is in order; otherwise 1, with an example."""
    subject = (Path(sys.argv[1]).read_text(encoding="utf-8").splitlines() or [""])[0]
    if SUBJECT.fullmatch(subject):
        return 0
    print(f"{subject!r} should read like `reach: walk on past a closed security group`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
