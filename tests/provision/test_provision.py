"""`provision`: what is refused, what is written, and that it is proven before it is."""

from pathlib import Path

import pytest

from pullproof.cli.main import main
from pullproof.errors import UsageError
from pullproof.model.text import HOLE
from pullproof.prove import prove
from pullproof.provision.build import build
from pullproof.provision.readme import readme
from pullproof.provision.spec import Spec, variable
from pullproof.provision.terraform import project
from pullproof.sources.terraform.hcl.blocks import blocks_of
from pullproof.verdict import Verdict
from tests import golden
from tests.provision.wishes import IMAGE, SECRET, SUBNETS, VPC, WISHES, spec

GOLDEN = Path(__file__).parent / "golden"


def text_of(wish: Spec) -> str:
    """All files of a project, one after the other."""
    built = build(wish)
    files = {patch.path: patch.after.decode() for patch in project(built)} | {
        "README.md": readme(built, "terraform")
    }
    return "\n".join(f"==> {name} <==\n{text}" for name, text in files.items())


@pytest.mark.parametrize("name", WISHES)
def test_every_wish_is_proven_and_its_files_can_be_read(name: str) -> None:
    """The model with the edits starts, each file is configuration, and no text has an open part."""
    built = build(WISHES[name])

    assert [Verdict.WORKS] == [task.verdict for task in prove(built.after)]
    for patch in project(built):
        assert blocks_of(patch.after, patch.path)
        assert not HOLE.search(patch.after.decode())


@pytest.mark.parametrize("name", ["whole", "nat", "blog_post"])
def test_the_whole_project_is_the_one_that_was_read(name: str) -> None:
    """The files are those that somebody has read and approved."""
    golden.check(GOLDEN / f"{name}.txt", text_of(WISHES[name]))


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"name": "Web!"}, "a name"),
        ({"region": ""}, "a region"),
        ({"image": 'x"${y}'}, "an image"),
        ({"secrets": ("db",)}, "ARN of a secret"),
        ({"parameters": ("/a/${b}",)}, "name of a parameter"),
        ({"repository": True}, "names one that is there"),
        ({"zones": "0"}, "zones"),
        ({"zones": "us-east-1a"}, "is not in eu-west-1"),
        ({"block": "10.0.0.0/8"}, "sixteen subnets"),
        ({"block": "ten"}, "no CIDR block"),
        ({"vpc": VPC}, "which subnets"),
        ({"subnets": SUBNETS}, "existing VPC"),
        ({"vpc": VPC, "subnets": SUBNETS, "via": "nat"}, "changes the routes"),
        ({"vpc": VPC, "subnets": ("aws_subnet.a",)}, "in two ways"),
        ({"vpc": "vpc-main", "subnets": ("aws_subnet.a",)}, "not a VPC"),
        ({"vpc": "aws_vpc.a.id\n}", "subnets": ("aws_subnet.a",)}, "not a VPC"),
        ({"vpc": "aws_vpc.a", "subnets": ('aws_subnet.a["${x}"]',)}, "not a subnet"),
    ],
)
def test_what_cannot_be_is_refused(wish: dict[str, object], says: str) -> None:
    """A wish that makes no sense is refused with what to write instead."""
    with pytest.raises(UsageError, match=says) as refused:
        spec(**wish)  # type: ignore[arg-type]

    assert refused.value.remedy


def test_an_image_that_nothing_leads_to() -> None:
    """A public image has no endpoint: the way that would do is named."""
    with pytest.raises(UsageError) as refused:
        build(spec(image="nginx:1.27"))

    assert "--via nat" in refused.value.remedy


@pytest.mark.parametrize(
    ("name", "expected"),
    [(SECRET, "DB"), ("/web/db-host", "DB_HOST"), ("9lives", "VALUE_9LIVES")],
)
def test_variables_are_named_after_what_they_hold(name: str, expected: str) -> None:
    """The environment variable is the last part of the name."""
    assert expected == variable(name)


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is overwritten without --force."""
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    words = ["provision", "web", "--region", "eu-west-1", "--image", IMAGE, "--out", str(tmp_path)]

    assert 2 == main(words)
    assert "--force" in capsys.readouterr().err
    assert 0 == main([*words, "--force"])
    assert (tmp_path / "README.md").is_file()


def test_files_are_written_over_with_force_all_or_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link that lies in the place of one keeps all of them from being written."""
    words = ["provision", "web", "--region", "eu-west-1", "--image", IMAGE, "--out", str(tmp_path), "--force"]
    other = tmp_path / "elsewhere"
    other.write_text("mine", encoding="utf-8")
    (tmp_path / "README.md").symlink_to(other)

    assert 2 == main(words)
    assert "README.md is a link" in " ".join(capsys.readouterr().err.split())
    assert {"elsewhere", "README.md"} == {path.name for path in tmp_path.iterdir()}
    (tmp_path / "README.md").unlink()
    (tmp_path / "README.md").write_text("before", encoding="utf-8")

    assert 0 == main(words)
    assert "before" != (tmp_path / "README.md").read_text(encoding="utf-8")
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert "mine" == other.read_text(encoding="utf-8")


@pytest.mark.parametrize("more", [["--yes"], ["--apply"]])
def test_nothing_is_applied_without_an_answer(more: list[str], tmp_path: Path) -> None:
    """Where nobody can be asked, --yes has to say so, and it says nothing else."""
    words = ["provision", "web", "--region", "eu-west-1", "--image", IMAGE, "--out", str(tmp_path / "x")]

    assert 2 == main([*words, *more])
    assert not (tmp_path / "x").exists()
