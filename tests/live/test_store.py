"""A snapshot on disk is whole, or says that it is not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pullproof.errors import ToolError, UsageError
from pullproof.sources.live.store import check_room, save_snapshot
from pullproof.sources.snapshot.answers import Folder, Manifest
from pullproof.sources.snapshot.layout import MANIFEST, UNFINISHED
from tools.repository import ROOT

VPCS = {"Vpcs": {"Vpcs": [{"VpcId": "vpc-1"}]}}
ROLES: dict[str, dict[str, list[str]]] = {"Roles": {"RoleDetailList": []}}


def folders(account: str = "111111111111") -> list[Folder]:
    return [
        Folder(account=account, region="eu-west-1", documents=VPCS),
        Folder(account=account, region="global", documents=ROLES),
    ]


def held(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_a_snapshot_is_files_and_a_manifest(tmp_path: Path) -> None:
    """Each answer is a file in the folder of its account and region; nothing else is left."""
    save_snapshot(folders(), Manifest(asked="aws://shop"), str(tmp_path / "new" / "deep"))
    root = tmp_path / "new" / "deep"

    expected = {"111111111111/eu-west-1/Vpcs.json", "111111111111/global/Roles.json", MANIFEST}
    assert expected == held(root)
    assert VPCS["Vpcs"] == json.loads((root / "111111111111/eu-west-1/Vpcs.json").read_text())
    assert "aws://shop" == json.loads((root / MANIFEST).read_text())["asked"]


def test_links_in_the_folder_are_not_followed(tmp_path: Path) -> None:
    """A link where a file or the folder of an account goes is replaced, and what it leads to stays."""
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "snapshot"
    elsewhere.mkdir()
    root.mkdir()
    (elsewhere / "file").write_text("mine", encoding="utf-8")
    (root / f"{MANIFEST}.part").symlink_to(elsewhere / "file")
    (root / "111111111111").symlink_to(elsewhere)

    save_snapshot(folders(), Manifest(), str(root))

    assert ({"file"}, "mine") == (held(elsewhere), (elsewhere / "file").read_text())


def test_the_same_answers_are_the_same_bytes(tmp_path: Path) -> None:
    """Keys are sorted, so that two snapshots can be compared line by line."""
    one = Folder(account="1", region="r", documents={"Vpcs": {"Vpcs": [{"B": 1, "A": {"d": 1, "c": 2}}]}})
    other = Folder(account="1", region="r", documents={"Vpcs": {"Vpcs": [{"A": {"c": 2, "d": 1}, "B": 1}]}})
    save_snapshot([one], Manifest(), str(tmp_path / "one"))
    save_snapshot([other], Manifest(), str(tmp_path / "other"))

    assert (tmp_path / "one/1/r/Vpcs.json").read_bytes() == (tmp_path / "other/1/r/Vpcs.json").read_bytes()


def test_another_snapshot_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """What the account no longer has is gone; other accounts' answers and what was denied there stay."""
    save_snapshot(
        folders("222222222222"), Manifest(denied={"222222222222/global": {"Roles": "why"}}), str(tmp_path)
    )
    save_snapshot(folders(), Manifest(denied={"111111111111/global": {"Roles": "x"}}), str(tmp_path))
    save_snapshot(folders()[:1], Manifest(), str(tmp_path))

    assert {
        "111111111111/eu-west-1/Vpcs.json",
        "222222222222/eu-west-1/Vpcs.json",
        "222222222222/global/Roles.json",
        MANIFEST,
    } == held(tmp_path)
    assert {"222222222222/global": {"Roles": "why"}} == json.loads((tmp_path / MANIFEST).read_text())[
        "denied"
    ]


@pytest.mark.parametrize("name", ["photo.jpg", "main.tf"])
def test_a_folder_of_something_else_is_not_touched(name: str, tmp_path: Path) -> None:
    """A folder that holds other files is refused before anybody is asked."""
    (tmp_path / name).write_text("mine")

    with pytest.raises(UsageError, match="something else"):
        check_room(str(tmp_path))


def test_room_is_found_where_there_is_some(tmp_path: Path) -> None:
    """A new folder, an empty one, a snapshot and half a snapshot may be written; a file may not."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / UNFINISHED).touch()
    (tmp_path / "file").touch()

    for name in ("new", "empty", "half"):
        check_room(str(tmp_path / name))
    with pytest.raises(UsageError, match="a folder is needed"):
        check_room(str(tmp_path / "file"))


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A file where a folder must be ends in an error that names it, with the mark left behind."""
    (tmp_path / "111111111111").write_text("in the way")

    with pytest.raises(ToolError, match="cannot be written"):
        save_snapshot(folders(), Manifest(), str(tmp_path))
    assert (tmp_path / UNFINISHED).exists()


#: Saves a snapshot and kills itself, as `kill -9` would, at the given step; prints nothing if it gets to the end.
VICTIM = """
import os, signal, sys
from pathlib import Path
from pullproof.sources.live import store
from pullproof.sources.snapshot.answers import Folder, Manifest

left = int(sys.argv[1])

def deadly(original):
    def wrapped(*arguments, **more):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return original(*arguments, **more)
    return wrapped

for name in ("replace", "unlink", "mkdir", "open"):
    setattr(Path, name, deadly(getattr(Path, name)))
documents = {"Vpcs": {"Vpcs": []}, "Subnets": {"Subnets": []}}
folders = [Folder(account="1", region=region, documents=documents) for region in ("a", "b")]
store.save_snapshot(folders, Manifest(asked="second"), sys.argv[2])
"""


def test_a_run_that_is_killed_leaves_nothing_that_reads_as_whole(tmp_path: Path) -> None:
    """Killed before any step: the old snapshot is there, or the mark is, or the new one is complete."""
    seen = set()
    for step in range(40):
        root = tmp_path / str(step)
        old = [Folder(account="1", region="a", documents={"Vpcs": {"Vpcs": [{"VpcId": "old"}]}})]
        save_snapshot(old, Manifest(asked="first"), str(root))
        before = {name: (root / name).read_bytes() for name in held(root)}
        done = subprocess.run(
            [sys.executable, "-c", VICTIM, str(step), str(root)], cwd=ROOT, check=False, capture_output=True
        )
        if (root / UNFINISHED).exists():
            seen.add("marked")
        elif done.returncode == 0:
            seen.add("whole")
            assert "second" == json.loads((root / MANIFEST).read_text())["asked"]
            assert 5 == len(held(root))
            break
        else:
            seen.add("old")
            now = {name: (root / name).read_bytes() for name in held(root) if not name.endswith(".part")}
            assert before == now
        save_snapshot(folders("1"), Manifest(asked="third"), str(root))
        assert {"1/eu-west-1/Vpcs.json", "1/global/Roles.json", MANIFEST} == {
            name for name in held(root) if not name.endswith(".part")
        }

    assert {"old", "marked", "whole"} == seen
