"""Several files written at once: all or none, and never over somebody's work."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pullproof.cli import writing
from pullproof.cli.writing import JOURNAL, diff, recover, write
from pullproof.errors import ToolError
from pullproof.render.base import Patch

OLD = {"a.tf": b"a = 1\n", "b.tf": b"b = 1", "deep/c.tf": b"c = 1\n"}
NEW = {"a.tf": b"a = 2\n", "b.tf": b"b = 2", "deep/c.tf": b"c = 2\n", "d.tf": b"d = 2\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files."""
    (tmp_path / "deep").mkdir()
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def patches(folder: Path) -> list[Patch]:
    """Each of them changed, and a new one."""
    return [Patch(path=str(folder / name), before=OLD.get(name), after=NEW[name]) for name in NEW]


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def test_every_file_is_written(folder: Path) -> None:
    """All files have their new content, permissions stay, and nothing else is left behind."""
    (folder / "a.tf").chmod(0o640)

    write(patches(folder), folder)

    assert NEW == content(folder)
    assert 0o640 == (folder / "a.tf").stat().st_mode & 0o777


def test_a_link_is_followed(folder: Path) -> None:
    """What a link leads to is written, and the link stays one."""
    (folder / "link.tf").symlink_to(folder / "a.tf")

    write([Patch(path=str(folder / "link.tf"), before=OLD["a.tf"], after=b"new")], folder)

    assert (folder / "link.tf").is_symlink()
    assert b"new" == (folder / "a.tf").read_bytes()


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("a.tf", lambda path: path.write_bytes(b"mine"), "has changed since it was read"),
        ("a.tf", lambda path: path.unlink(), "is gone since it was read"),
        ("a.tf", lambda path: path.chmod(0o444), "is read-only"),
        ("a.tf", lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
        ("d.tf", lambda path: path.write_bytes(b"mine"), "exists already"),
    ],
)
def test_what_changed_meanwhile_is_kept(folder: Path, name: str, change: object, expected: str) -> None:
    """Where one file is not as it was read, nothing at all is written."""
    change(folder / name)  # type: ignore[operator]
    before = content(folder)

    with pytest.raises(ToolError, match=expected):
        write(patches(folder), folder, force=True)

    assert before == content(folder)


def test_a_new_file_needs_its_folder(folder: Path) -> None:
    """No folder is made up."""
    with pytest.raises(ToolError, match="there is no folder"):
        write([Patch(path=str(folder / "no" / "x.tf"), before=None, after=b"x")], folder)


def test_a_dirty_tree_is_refused(folder: Path) -> None:
    """Changes that git does not have keep everything as it is, unless they may be mixed with ours."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one: two"]):
        subprocess.run([*git, *words], check=True)
    (folder / "b.tf").write_bytes(b"b = 3")
    only_a = [Patch(path=str(folder / "a.tf"), before=OLD["a.tf"], after=NEW["a.tf"])]

    with pytest.raises(ToolError, match="not committed"):
        write(only_a, folder)
    assert OLD["a.tf"] == (folder / "a.tf").read_bytes()
    write(only_a, folder, force=True)
    assert NEW["a.tf"] == (folder / "a.tf").read_bytes()


def test_without_git_nothing_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no git there is nothing to protect."""
    monkeypatch.setenv("PATH", str(folder))

    write(patches(folder), folder)

    assert NEW == content(folder)


def test_a_full_disk_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk refuses, the files are as they were and nothing lies about."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_decide", full)

    with pytest.raises(ToolError, match="No space left"):
        write(patches(folder), folder)

    assert OLD == content(folder)


DRIVER = """
import os, sys
from pathlib import Path
from pullproof.cli import writing
from pullproof.render.base import Patch
folder, at = Path(sys.argv[1]), int(sys.argv[2])
old, new = eval(sys.argv[3]), eval(sys.argv[4])
calls = 0
def counted(event, arguments):
    global calls
    if event in ("open", "os.rename", "os.remove", "os.chmod"):
        calls += 1
        if calls == at:
            os.kill(os.getpid(), 9)
sys.addaudithook(counted)
patches = [Patch(path=str(folder / name), before=old.get(name), after=new[name]) for name in new]
writing.write(patches, folder, force=True)
"""


def test_killed_at_any_moment_all_or_none(folder: Path) -> None:
    """Killed at each step that touches the disk, the next run finds all files old or makes all files new."""
    outcomes = set()
    for moment in range(1, 60):
        for name, text in OLD.items():
            (folder / name).write_bytes(text)
        (folder / "d.tf").unlink(missing_ok=True)
        ended = subprocess.run(
            [sys.executable, "-c", DRIVER, str(folder), str(moment), repr(OLD), repr(NEW)], check=False
        )
        recover(folder)
        left = {key: value for key, value in content(folder).items() if not key.endswith(writing.SCRATCH)}
        outcomes.add("old" if left == OLD else "new" if left == NEW else "mixed")
        if ended.returncode == 0:
            break
        assert -signal.SIGKILL == ended.returncode
    assert {"old", "new"} == outcomes
    write(patches(folder), folder) if content(folder) == OLD else None
    assert NEW == {key: value for key, value in content(folder).items() if not key.endswith(writing.SCRATCH)}


def test_a_link_in_place_of_a_scratch_file_is_not_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What came with a folder cannot have a run write elsewhere."""
    victim = tmp_path_factory.mktemp("elsewhere") / "file"
    victim.write_bytes(b"mine")
    for name in (".a.tf.pullproof-part", f"{JOURNAL}{writing.SCRATCH}"):
        (folder / name).symlink_to(victim)

    write(patches(folder), folder)

    assert b"mine" == victim.read_bytes()
    assert NEW == content(folder)


@pytest.mark.parametrize("link", [False, True])
def test_a_journal_that_came_with_the_folder_writes_nothing(folder: Path, *, link: bool) -> None:
    """A journal whose new contents do not lie beside their files as plain files is not believed."""
    target = folder / "elsewhere"
    scratch = target.with_name(f".{target.name}{writing.SCRATCH}") if link else folder / "a.tf"
    if link:
        scratch.symlink_to(folder / "a.tf")
    entry = writing.Entry(
        scratch=str(scratch), target=str(target), before="", after=writing._print_of(OLD["a.tf"])
    )
    writing._decide(writing.Journal(entries=(entry,)), folder)

    with pytest.raises(ToolError, match="not written by pullproof"):
        recover(folder)

    assert not target.exists()


def decided(folder: Path) -> None:
    """A run that was killed right after the moment of decision."""
    entries = tuple(writing._prepared(patch, Path(os.path.realpath(patch.path))) for patch in patches(folder))
    writing._decide(writing.Journal(entries=entries), folder)


def test_an_interrupted_run_is_finished(folder: Path) -> None:
    """The next run writes what was decided, and says which files."""
    decided(folder)

    assert {str((folder / name).resolve()) for name in NEW} == set(recover(folder))
    assert NEW == content(folder)
    assert () == recover(folder)


def test_work_after_an_interruption_is_kept(folder: Path) -> None:
    """A file that somebody changed after the interruption is not written over."""
    decided(folder)
    (folder / "b.tf").write_bytes(b"mine")

    with pytest.raises(ToolError, match="has changed since"):
        recover(folder)

    assert b"mine" == (folder / "b.tf").read_bytes()
    assert OLD["a.tf"] == (folder / "a.tf").read_bytes()


def test_a_broken_journal_is_named(folder: Path) -> None:
    """A journal that cannot be read is an error that says which file to remove."""
    (folder / JOURNAL).write_bytes(b"{")

    with pytest.raises(ToolError, match="cannot be read"):
        recover(folder)


def test_two_runs_do_not_mix(folder: Path) -> None:
    """While one run writes, another one refuses."""
    decided(folder)
    code = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder / JOURNAL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert "held\n" == other.stdout.readline()
        with pytest.raises(ToolError, match="another run"):
            recover(folder)
        other.communicate("\n")


def test_the_difference_is_shown_whole(folder: Path) -> None:
    """A diff names both sides, a new file comes from nowhere, and a missing last line break is told."""
    shown = diff(patches(Path("x")))

    assert "--- a/x/a.tf\n+++ b/x/a.tf\n@@ -1 +1 @@\n-a = 1\n+a = 2\n" in shown
    assert "-b = 1\n\\ No newline at end of file\n+b = 2\n\\ No newline at end of file\n" in shown
    assert "--- /dev/null\n+++ b/x/d.tf\n@@ -0,0 +1 @@\n+d = 2\n" in shown
