"""What containers write, on its way to a log group that the test holds."""

from pathlib import Path

from pullproof.lab.agent import Work
from pullproof.lab.logs import Shipper
from tests.lab.running import Running


class FakeSender:
    """Keeps the lines; or says that they did not go."""

    def __init__(self, trouble: str = "") -> None:
        self.lines: list[tuple[str, str]] = []
        self.trouble = trouble

    def log(self, work: Work, lines: list[tuple[int, str]]) -> str:
        """Keep them."""
        self.lines += [(work.container, text) for _, text in lines]
        return self.trouble


def _work(name: str) -> Work:
    return Work(container=name, image="", region="eu-west-1")


def test_lines_are_sent_as_they_are_written_and_the_rest_at_the_end(tmp_path: Path) -> None:
    """Half a line waits for its end, or for that of the task; bytes that are no text do not matter."""
    sender, path = FakeSender(), tmp_path / "output"
    path.write_bytes(b"one\n\ntw")
    shipper = Shipper(sender, [(_work("app"), path)])
    Running.until(lambda: sender.lines, seconds=10)
    early = list(sender.lines)
    with path.open("ab") as file:
        file.write(b"o\nthree \xff")
    shipper.close()

    assert [("app", "one")] == early
    assert [("app", "one"), ("app", "two"), ("app", "three \ufffd")] == sender.lines
    assert "" == shipper.trouble


def test_every_container_has_its_own_stream_and_trouble_is_kept(tmp_path: Path) -> None:
    """Output of two containers is not mixed; that lines were lost is known afterwards."""
    sender = FakeSender("no way there")
    paths = [tmp_path / name for name in ("app", "side")]
    for path in paths:
        path.write_text(f"hello from {path.name}\n" * 1500, encoding="utf-8")
    shipper = Shipper(sender, [(_work(path.name), path) for path in paths])
    shipper.close()

    assert {("app", "hello from app"), ("side", "hello from side")} == set(sender.lines)
    assert 3000 == len(sender.lines)
    assert "no way there" == shipper.trouble
