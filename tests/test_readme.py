"""The report in the README is what the program prints."""

from tests.scenarios.judge import run
from tools.repository import ROOT


def test_the_report_in_the_readme_is_real() -> None:
    """The README shows, letter for letter, the report on the network as printed."""
    _, out, _ = run(ROOT, "check", "examples/blog-post/as-printed/plan.json")
    report = "".join(f"    {line}".rstrip() + "\n" for line in out.splitlines())

    assert report in (ROOT / "README.md").read_text(encoding="utf-8")
