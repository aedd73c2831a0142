"""The pages are where `explain` looks for them, in a working copy and in a wheel."""

import tomllib
from pathlib import Path

import pytest

from pullproof.errors import InputError
from pullproof.explain import pages
from tools.repository import ROOT


@pytest.mark.parametrize("code", sorted(pages.CODES))
def test_every_code_has_its_page(code: str) -> None:
    """The page of a code begins with its name."""
    assert pages.page(code).startswith(f"# {code}\n")


def test_the_wheel_carries_what_explain_reads() -> None:
    """Each folder of the docs that is read is shipped, in the place where it is looked for first."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
        "targets"
    ]["wheel"]
    shipped = Path(pages.SHIPPED).relative_to(Path(pages.PACKAGE).parent).as_posix()

    for folder in ("blockers", "schema", "warnings"):
        assert f"{shipped}/{folder}" == wheel["sources"][f"docs/{folder}"]
        assert f"docs/{folder}" in wheel["only-include"]


def test_shipped_pages_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed copy reads its own pages."""
    (tmp_path / "blockers").mkdir()
    (tmp_path / "blockers" / "sg-egress.md").write_text("shipped", encoding="utf-8")
    monkeypatch.setattr(pages, "SHIPPED", str(tmp_path))

    assert "shipped" == pages.page("sg-egress")


def test_a_page_that_is_not_there_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken installation is told as such."""
    monkeypatch.setattr(pages, "SHIPPED", str(tmp_path))
    monkeypatch.setattr(pages, "WORKING_COPY", str(tmp_path))

    with pytest.raises(InputError, match=r"lacks docs/blockers/sg-egress\.md"):
        pages.page("sg-egress")
