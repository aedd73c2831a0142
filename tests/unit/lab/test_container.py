"""What a container is called and runs with, whatever an input calls it."""

import re
from pathlib import Path

import pytest

from pullproof.lab.container import plain

HOSTILE = [
    "../../x",
    "/etc",
    "..",
    ".",
    "",
    "a/b",
    "x\ny",
    "x\0y",
    "-rf",
    "ä" * 300,
    "\udcff",
    "a b; rm -rf /",
    ".hidden",
]


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_a_hostile_name_is_one_folder(name: str) -> None:
    """Below the one that it is meant for."""
    found = plain(name)

    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", found)
    assert Path("/a") == (Path("/a") / found).parent
    assert len(found) < 128


def test_names_stay_apart() -> None:
    """A plain one stays as it is."""
    assert "3fa-app_1.x" == plain("3fa-app_1.x")
    assert len(HOSTILE) == len({plain(name) for name in HOSTILE})
