"""The page of every code, word for word as in the docs.

The pages are written once, in the folder docs/ of the repository. A wheel carries them as a part of the
package (pyproject.toml says so); in a working copy they are read from the repository itself.
"""

import os

from pullproof.errors import InputError
from pullproof.model.codes import BLOCKER_CODES, WARNING_CODES

# pathlib is slow to import.
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
SHIPPED = os.path.join(PACKAGE, "docs")  # noqa: PTH118
WORKING_COPY = os.path.join(PACKAGE, "..", "..", "docs")  # noqa: PTH118

CODES = BLOCKER_CODES | WARNING_CODES


def page(code: str) -> str:
    """The page of a blocker or warning, as Markdown.

    Raises:
        InputError: the installation lacks it.
    """
    return document(f"{'blockers' if code in BLOCKER_CODES else 'warnings'}/{code}.md")


def document(name: str) -> str:
    """A file of the docs that is shipped with the program ("blockers/sg-egress.md").

    Raises:
        InputError: the installation lacks it.
    """
    for folder in (SHIPPED, WORKING_COPY):
        path = os.path.join(folder, *name.split("/"))  # noqa: PTH118
        if os.path.isfile(path):  # noqa: PTH113
            with open(path, encoding="utf-8") as file:  # noqa: PTH123
                return file.read()
    raise InputError(f"the installation lacks docs/{name}", remedy="install pullproof again")
