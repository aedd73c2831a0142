"""Providers, regions and input variables, as far as they are known before anything is planned."""

from pathlib import Path

import pytest

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.jsontext import decode
from pullproof.sources.terraform.mocked.answers import answers, computed, is_answered, zones
from pullproof.sources.terraform.mocked.inputs import given_inputs
from pullproof.sources.terraform.mocked.mocks import inputs_file
from pullproof.sources.terraform.mocked.mocks import test_file as mocking
from pullproof.sources.terraform.mocked.providers import provider_key, sources_of
from pullproof.sources.terraform.mocked.where import Where, where
from pullproof.sources.terraform.mocked.written import configuration_of
from tests.unit.sources.terraform.hcl.evaluating import written

ROOT = """
terraform {
  required_providers {
    aws   = { source = "hashicorp/aws", version = "~> 5.0" }
    cloud = { source = "cloudflare/cloudflare" }
    old   = "~> 1.0"
  }
}
provider "aws" {
  region              = var.region
  allowed_account_ids = ["123456789012"]
}
provider "aws" {
  alias  = "west"
  region = local.west
}
variable "region" {}
locals { west = "us-west-2" }
resource "aws_vpc" "a" {}
resource "aws_vpc" "b" { provider = aws.west }
resource "random_id" "r" {}
module "m" {
  source    = "./m"
  providers = { aws = aws.west, aws.spare = aws }
}
"""
INNER = """
provider "google" {}
resource "aws_vpc" "a" {}
resource "aws_vpc" "b" { provider = aws.spare }
resource "google_x" "c" {}
module "n" { source = "./n" }
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A root module with two regions, and modules that get them under other names."""
    (tmp_path / "m" / "n").mkdir(parents=True)
    written(tmp_path / "m", main=INNER)
    written(tmp_path / "m" / "n", main='resource "aws_vpc" "a" {}\ndata "aws_region" "r" {}\n')
    return Project(written(tmp_path, main=ROOT))


@pytest.mark.parametrize(
    ("path", "block", "expected"),
    [
        ((), "aws_vpc.a", "aws"),
        ((), "aws_vpc.b", "aws.west"),
        ((), "random_id.r", "random"),
        (("m",), "aws_vpc.a", "aws.west"),
        (("m",), "aws_vpc.b", "aws"),
        (("m",), "google_x.c", "module.m:google"),
        (("m", "n"), "aws_vpc.a", "aws.west"),
    ],
)
def test_providers_are_followed_through_calls(
    project: Project, path: tuple[str, ...], block: str, expected: str
) -> None:
    """The provider of a resource is the block that it leads to, by whatever names in between."""
    module = project.module(path)
    assert module is not None

    assert expected == provider_key(project, path, module.resources[block])


def test_sources_of_providers_are_told(project: Project) -> None:
    """Each local name has its source, that of HashiCorp where nothing is written."""
    assert {
        "aws": "hashicorp/aws",
        "cloud": "cloudflare/cloudflare",
        "old": "hashicorp/old",
        "random": "hashicorp/random",
    } == sources_of(project, ())
    assert {"aws": "hashicorp/aws", "google": "hashicorp/google"} == sources_of(project, ("m",))
    assert {} == sources_of(project, ("none",))


@pytest.mark.parametrize(
    ("env", "region", "expected"),
    [
        ({}, "", {"aws.west": "us-west-2"}),
        ({"TF_VAR_region": "eu-west-1"}, "", {"aws": "eu-west-1", "aws.west": "us-west-2"}),
    ],
)
def test_regions_are_told_by_the_configuration(
    project: Project, env: dict[str, str], region: str, expected: dict[str, str]
) -> None:
    """The region of a provider is evaluated with the variables; one that is not known is left out."""
    given = {name.removeprefix("TF_VAR_"): value for name, value in env.items()}

    assert Where(expected, "123456789012") == where(project, given, env, region, "")


@pytest.mark.parametrize(
    ("env", "region", "expected"),
    [
        ({}, "", {}),
        ({}, "eu-west-1", {"aws": "eu-west-1"}),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1", {"aws": "eu-west-2"}),
        ({"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-2"}, "", {"aws": "eu-west-3"}),
    ],
)
def test_regions_are_told_by_the_environment(
    tmp_path: Path, env: dict[str, str], region: str, expected: dict[str, str]
) -> None:
    """A provider without a region of its own takes that of the environment, as the real one does."""
    project = Project(written(tmp_path, main='provider "aws" {\n}\n'))

    assert Where(expected, "") == where(project, {}, env, region, "")
    assert "1" == where(project, {}, env, region, "1").account


def test_the_configuration_part_is_made_from_the_files(project: Project) -> None:
    """Resources, calls, providers and regions are as a plan has them, expressions are only named."""
    found = configuration_of(project, {"aws": "eu-west-1"}, "123456789012")
    root = found.root_module

    assert {"aws"} == set(found.provider_config)
    assert {"constant_value": "eu-west-1"} == found.provider_config["aws"].expressions["region"]
    assert {("aws_vpc", "a", "aws"), ("aws_vpc", "b", "aws.west"), ("random_id", "r", "random")} == {
        (one.type, one.name, one.provider_config_key) for one in root.resources
    }
    inner = root.module_calls["m"].module.module_calls["n"].module
    assert {("aws_vpc", "managed"), ("aws_region", "data")} == {
        (one.type, one.mode) for one in inner.resources
    }


@pytest.mark.parametrize(
    ("kind", "arguments", "region", "account", "expected"),
    [
        ("aws_region", set(), True, False, True),
        ("aws_region", {"provider", "count"}, True, False, True),
        ("aws_region", {"name"}, True, False, False),
        ("aws_region", set(), False, False, False),
        ("aws_availability_zones", {"state", "filter"}, True, False, True),
        ("aws_caller_identity", set(), True, False, False),
        ("aws_caller_identity", set(), True, True, True),
        ("aws_vpc", set(), True, True, False),
    ],
)
def test_only_what_needs_no_account_is_answered(
    kind: str, arguments: set[str], region: bool, account: bool, expected: bool
) -> None:
    """A data source is answered when region (and account) tell all, and its arguments ask for nothing else."""
    assert expected == is_answered(kind, frozenset(arguments), region=region, account=account)


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_partitions_follow_from_regions(region: str, partition: str, suffix: str) -> None:
    """The region tells the partition and its domain."""
    found = answers(region, "", str)

    assert (partition, suffix) == (found["aws_partition"]["partition"], found["aws_partition"]["dns_suffix"])
    assert f"ec2.{region}.{suffix}" == found["aws_region"]["endpoint"]
    assert "aws_caller_identity" not in found
    assert "1" == answers(region, "1", str)["aws_caller_identity"]["account_id"]


def test_zones_are_those_that_accounts_see() -> None:
    """Three letters, but for the regions where others are usual."""
    assert ["eu-west-1a", "eu-west-1b", "eu-west-1c"] == zones("eu-west-1")
    assert ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"] == zones("ap-northeast-1")


def test_the_test_file_mocks_every_provider() -> None:
    """Each provider and alias is mocked, with the answers of its own region, and one plan is made."""
    text = mocking({"aws": "", "aws.west": ""}, {"aws.west": {"aws_region": {"name": "us-west-2"}}})

    assert (
        'mock_provider "aws" {\n}\n\n'
        'mock_provider "aws" {\n  alias = "west"\n  mock_data "aws_region" {\n    defaults = {\n'
        '      name = "us-west-2"\n    }\n  }\n}\n\n'
        'run "plan" {\n  command = plan\n}\n'
    ) == text
    assert "    a = var.a\n" in inputs_file(["a"])


def test_inputs_are_taken_in_the_order_of_terraform(tmp_path: Path) -> None:
    """The environment, the directory's own files, files that are named, and the command line, each beating the last."""
    written(
        tmp_path,
        main="".join(f'variable "{name}" {{}}\n' for name in "abcde")
        + 'variable "l" {\n  type = list(string)\n}\n',
    )
    (tmp_path / "terraform.tfvars").write_text(
        'b = "own"\nc = "own"\nd = "own"\ne = "own"\nz = 1\n', encoding="utf-8"
    )
    (tmp_path / "x.auto.tfvars.json").write_text('{"c": "auto"}', encoding="utf-8")
    (tmp_path / "named").write_text('d = "named"\n', encoding="utf-8")
    env = {"TF_VAR_a": "env", "TF_VAR_b": "env", "TF_VAR_l": '["x"]', "OTHER": "x"}
    found = given_inputs(tmp_path, Project(tmp_path).main, ["e=line=1"], [str(tmp_path / "named")], env)

    assert {"a": "env", "b": '"own"', "c": '"auto"', "d": '"named"', "e": "line=1", "l": '["x"]'} == {
        name: value if isinstance(value, str) else value.text for name, value in found.items()
    }


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("terraform.tfvars", "a = ", "expected a name"),
        ("x.auto.tfvars.json", "[]", "not a JSON object"),
        ("x.auto.tfvars.json", "{", "not a JSON object"),
    ],
)
def test_broken_files_of_variables_are_told(tmp_path: Path, name: str, text: str, problem: str) -> None:
    """A file of variables that cannot be read is an error that names it."""
    written(tmp_path, main="")
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=problem) as caught:
        given_inputs(tmp_path, Project(tmp_path).main, [], [], {})

    assert caught.value.place.startswith(str(tmp_path / name))


def test_a_file_of_variables_that_is_gone_is_told(tmp_path: Path) -> None:
    """A named file that cannot be read is an error that names it."""
    written(tmp_path, main="")

    with pytest.raises(InputError, match="cannot be read"):
        given_inputs(tmp_path, Project(tmp_path).main, [], [str(tmp_path / "none")], {})


@pytest.mark.parametrize(
    ("kind", "name", "arguments", "expected"),
    [
        ("aws_vpc_endpoint_service", "service_name", {"service": "s3"}, "com.amazonaws.eu-west-1.s3"),
        ("aws_vpc_endpoint_service", "service_name", {}, None),
        ("aws_vpc_endpoint_service", "id", {"service": "s3"}, None),
        (
            "aws_iam_policy",
            "arn",
            {"name": "AdministratorAccess"},
            "arn:aws:iam::aws:policy/AdministratorAccess",
        ),
        ("aws_iam_policy", "arn", {"name": "mine"}, None),
        ("aws_iam_policy", "arn", {}, None),
        ("aws_iam_policy", "policy", {"name": "mine"}, None),
        ("aws_iam_policy", "policy", {"arn": "arn:aws:iam::123456789012:policy/AdministratorAccess"}, None),
        ("aws_vpc", "id", {}, None),
    ],
)
def test_some_things_follow_from_arguments(
    kind: str, name: str, arguments: dict[str, str], expected: str | None
) -> None:
    """What an object's arguments determine is known; nothing else is."""
    assert expected == computed(kind, name, "data.x.y", "eu-west-1", arguments.get)


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": "AmazonECSTaskExecutionRolePolicy"},
        {"arn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"},
    ],
)
def test_policies_of_aws_have_their_text(arguments: dict[str, str]) -> None:
    """A policy of AWS's own that is looked up has the text that is shipped."""
    text = computed("aws_iam_policy", "policy", "data.x.y", "eu-west-1", arguments.get)

    assert "ecr:GetAuthorizationToken" in decode(text)["Statement"][0]["Action"]
