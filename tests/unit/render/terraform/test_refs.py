"""References between modules, and texts that become them."""

from pathlib import Path

import pytest

from pullproof.model.edits import new
from pullproof.model.estate import Estate
from pullproof.model.filters import PrefixList
from pullproof.model.stores import Repository, Secret
from pullproof.model.text import anything, hole
from pullproof.render.base import CannotWrite
from pullproof.render.terraform.keys import Pointer, pointer
from pullproof.render.terraform.refs import Refs, leads_to
from pullproof.render.terraform.workspace import Workspace
from pullproof.render.terraform.writer import Writer
from pullproof.sources.terraform.hcl.syntax import Source
from tests import build

FILES = {
    "main.tf": """
module "net" {
  source = "./net"
}
module "app" {
  source     = "./app"
  for_each   = toset(["a", "b"])
  vpc        = module.net.vpc_id
  subnet_ids = module.net.private
  whole      = module.net.vpc
}
module "far" {
  source = "terraform-aws-modules/vpc/aws"
}
""",
    "net/main.tf": """
resource "aws_vpc" "this" {}
resource "aws_subnet" "private" {
  count = 2
}
resource "aws_subnet" "keyed" {
  for_each = {}
}
resource "aws_security_group" "hidden" {}
output "vpc_id" {
  value = try(aws_vpc.this.id, null)
}
output "vpc" {
  value = aws_vpc.this
}
output "private" {
  value = aws_subnet.private[*].id
}
output "keyed" {
  value = { for k, s in aws_subnet.keyed : k => s.id }
}
""",
    "app/main.tf": """
variable "vpc" {}
variable "subnet_ids" {}
variable "whole" {}
resource "aws_security_group" "this" {}
""",
}
APP = (("app", "a"),)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A configuration with two modules."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Workspace(str(tmp_path))


@pytest.mark.parametrize(
    ("key", "scope", "expected"),
    [
        ("aws_vpc.main", (), "aws_vpc.main.id"),
        ('aws_subnet.a["x"]', (), 'aws_subnet.a["x"].id'),
        ("data.aws_vpc.main", (), "data.aws_vpc.main.id"),
        ("aws_vpc.main.default_security_group_id", (), "aws_vpc.main.default_security_group_id"),
        ("sg-0abc", (), '"sg-0abc"'),
        ("module.net.aws_vpc.this", (), "module.net.vpc_id"),
        ("module.net.aws_subnet.private[1]", (), "module.net.private[1]"),
        ('module.net.aws_subnet.keyed["k"]', (), 'module.net.keyed["k"]'),
        ("module.net.aws_vpc.this", APP, "var.vpc"),
        ("module.net.aws_subnet.private[0]", APP, "var.subnet_ids[0]"),
        ('module.app["a"].aws_security_group.this', APP, "aws_security_group.this.id"),
    ],
)
def test_what_is_written_to_refer_to_something(
    workspace: Workspace, key: str, scope: tuple[tuple[str, str]], expected: str
) -> None:
    """From the root through outputs, inside a module by its own names and through its inputs."""
    assert expected == Refs(workspace).of(key, "id", scope)


@pytest.mark.parametrize(
    "key", ["module.net.aws_security_group.hidden", "module.far.aws_vpc.this", new("x"), 'a"b ${c}']
)
def test_what_nothing_leads_to(workspace: Workspace, key: str) -> None:
    """What no output gives, what is not made, and what is no address cannot be referred to."""
    with pytest.raises(CannotWrite):
        Refs(workspace).of(key, "id", ())


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        ("one(aws_vpc.a[*].id)", "aws_vpc.a[0].id", ""),
        ('join("", aws_vpc.a.*.id)', "aws_vpc.a[0].id", ""),
        ("aws_vpc.a.id", "aws_vpc.b.id", None),
        ("aws_vpc.a", "aws_vpc.ab.id", None),
        ("aws_subnet.a[*].id", 'aws_subnet.a["k"].id', None),
        ("[aws_vpc.a.id]", "aws_vpc.a.id", None),
    ],
)
def test_which_outputs_lead_to_something(value: str, wanted: str, expected: str | None) -> None:
    """Only forms that certainly give the thing are taken for it."""
    assert expected == leads_to(Source(text=value, file="x", line=1), wanted)


def test_references_to_the_same_instance_become_general() -> None:
    """For a text that is written once for several instances, the index they share is `each.key`."""
    refs = Refs(None)

    assert "aws_x.a[each.key].id" == refs.of('aws_x.a["k"]', "id", (), "k")
    assert "aws_x.a[count.index].id" == refs.of("aws_x.a[1]", "id", (), 1)
    assert "aws_x.a[0].id" == refs.of("aws_x.a[0]", "id", (), 1)


def an_estate() -> Estate:
    """A secret and a repository whose ARNs have parts that nobody knows yet."""
    estate = build.an_estate()
    secret = f"arn:aws:secretsmanager:eu-west-1:{hole('account')}:secret:db-{hole('aws_s.x.suffix')}"
    key = "aws_secretsmanager_secret.db"
    estate.secrets[key] = Secret(key=key, origin=build.at(key), arn=secret, name="db")
    key = "aws_ecr_repository.app"
    estate.repositories[key] = Repository(
        key=key, origin=build.at(key), name="app", arn="arn:aws:ecr:eu-west-1:1:repository/app", url="u"
    )
    return estate


def test_texts_of_arns_become_references() -> None:
    """An ARN of something in the configuration is a reference to it, with what follows kept."""
    estate = an_estate()
    writer = Writer(estate, None)
    secret = estate.secrets["aws_secretsmanager_secret.db"].arn

    assert "aws_secretsmanager_secret.db.arn" == writer.text(secret, ())
    assert '"${aws_secretsmanager_secret.db.arn}:*"' == writer.text(f"{secret}:*", ())
    assert "aws_ecr_repository.app.arn" == writer.text("arn:aws:ecr:eu-west-1:1:repository/app", ())
    assert '"arn:aws:ecr:eu-west-1:1:repository/application"' == writer.text(
        "arn:aws:ecr:eu-west-1:1:repository/application", ()
    )


def test_the_account_is_asked_for() -> None:
    """What only the account tells is looked up, once."""
    writer = Writer(an_estate(), None)

    assert '"arn:${data.aws_caller_identity.current.account_id}:x"' == writer.text(
        f"arn:{hole('account')}:x", ()
    )
    writer.text(f"{hole('account')}", ())
    assert ["data.aws_caller_identity.current"] == [one.address for one in writer.asked.values()]
    with pytest.raises(CannotWrite):
        writer.text(anything("name"), ())


def test_prefix_lists_by_endpoint_by_address_and_by_name() -> None:
    """AWS's own list is that of the gateway endpoint where there is one, else it is looked up by its name."""
    estate = an_estate()
    writer = Writer(estate, None)
    name = "managed.com.amazonaws.eu-west-1.s3"

    assert "data.aws_ec2_managed_prefix_list.s3.id" == writer.prefix_list(name, ())
    build.a_gateway_endpoint(estate, "t", key="aws_vpc_endpoint.s3")
    assert "aws_vpc_endpoint.s3.prefix_list_id" == writer.prefix_list(name, ())
    assert '"pl-123"' == writer.prefix_list("pl-123", ())
    key = "aws_ec2_managed_prefix_list.own"
    estate.prefix_lists[key] = PrefixList(
        key=key, origin=build.at(key), name="own", entries=build.blocks("1.0.0.0/8")
    )
    assert f"{key}.id" == writer.prefix_list(key, ())


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("aws_vpc.a", Pointer((), "aws_vpc.a")),
        ('module.x["k"].data.aws_vpc.a[0]', Pointer((("x", "k"),), "data.aws_vpc.a", 0)),
        ('aws_x.a["q\\"$${r}"]', Pointer((), "aws_x.a", 'q"${r}')),
        ("aws_vpc.a.b_c", Pointer((), "aws_vpc.a", None, ".b_c")),
        ("com.amazonaws.eu-west-1.s3", None),
        ("arn:aws:iam::1:role/x", None),
    ],
)
def test_keys_are_taken_apart(key: str, expected: Pointer | None) -> None:
    """An address is told from an id, and put together again it is the same."""
    assert expected == pointer(key)
    assert expected is None or key == expected.address
