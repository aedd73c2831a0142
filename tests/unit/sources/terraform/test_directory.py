"""A directory planned by the real Terraform with mocked providers."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pullproof.errors import InputError, ToolError, UsageError
from pullproof.model.text import hole, holes
from pullproof.model.value import Unknown
from pullproof.sources.base import Options
from pullproof.sources.terraform.directory import Opened, load_directory, plan_directory
from pullproof.sources.terraform.jsontext import decode
from pullproof.sources.terraform.plan import tree_of_plan
from pullproof.sources.terraform.plan_json import read_plan
from pullproof.sources.terraform.tree import Resource, Tree
from tests.terraform import Terraform
from tests.unit.sources.terraform.hcl.evaluating import written

ROOT = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
  backend "s3" {
    bucket = "nobodys"
    key    = "state"
    region = "eu-west-1"
  }
}
provider "aws" {
  region = var.region
  assume_role {
    role_arn = "arn:aws:iam::123456789012:role/deploy"
  }
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
variable "region" { type = string }
variable "image" { type = string }
variable "sizes" {
  type = map(number)
}
variable "key" {
  sensitive = true
  default   = "hidden"
}
data "aws_region" "here" {}
data "aws_region" "west" {
  provider = aws.west
}
data "aws_availability_zones" "here" {
  state = "available"
}
data "aws_caller_identity" "me" {}
data "aws_partition" "this" {}
data "aws_vpc" "shared" {
  default = true
}
data "aws_iam_policy" "execution" {
  name = "AmazonECSTaskExecutionRolePolicy"
}
data "aws_vpc_endpoint_service" "s3" {
  service = "s3"
}
data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.app.arn}:*"]
  }
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  count             = length(data.aws_availability_zones.here.names)
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.here.names[count.index]
}
resource "aws_security_group" "app" {
  vpc_id = data.aws_vpc.shared.id
  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [data.aws_vpc.shared.cidr_block]
  }
  lifecycle {
    precondition {
      condition     = var.image == ""
      error_message = "not our business"
    }
  }
}
resource "aws_cloudwatch_log_group" "app" {
  name_prefix = "/app/${terraform.workspace}/"
  provisioner "local-exec" {
    command = "touch ${path.root}/ran"
  }
}
resource "aws_ecs_task_definition" "app" {
  family             = "app"
  execution_role_arn = aws_iam_role.app.arn
  container_definitions = templatefile("${path.module}/files/app.json", {
    image  = var.image
    group  = aws_cloudwatch_log_group.app.name
    region = data.aws_region.here.name
    secret = module.secret.arns["db"]
  })
}
resource "aws_iam_role" "app" {
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = data.aws_iam_policy.execution.arn
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = data.aws_vpc_endpoint_service.s3.service_name
}
resource "aws_s3_bucket" "b" {
  for_each = var.sizes
  bucket   = "b-${each.key}-${each.value}-${data.aws_partition.this.partition}"
}
resource "aws_acm_certificate" "c" {
  domain_name       = "example.com"
  validation_method = "DNS"
}
resource "aws_route53_record" "c" {
  for_each = { for o in aws_acm_certificate.c.domain_validation_options : o.domain_name => o }
  zone_id  = "Z1"
  name     = each.value.resource_record_name
  type     = each.value.resource_record_type
  records  = [each.value.resource_record_value]
  ttl      = 60
}
resource "aws_s3_bucket" "west" {
  provider = aws.west
  bucket   = "west-${data.aws_region.west.name}"
}
module "secret" {
  source = "../modules/secret"
  names  = ["db"]
}
check "something" {
  assert {
    condition     = var.image == ""
    error_message = "not our business either"
  }
}
import {
  to = aws_vpc.main
  id = "vpc-12345678"
}
moved {
  from = aws_vpc.old
  to   = aws_vpc.main
}
ephemeral "aws_secretsmanager_secret_version" "x" {
  secret_id = "x"
}
locals {
  password = ephemeral.aws_secretsmanager_secret_version.x.secret_string
}
"""
MODULE = """
provider "aws" {
  region = "eu-central-1"
}
provider "aws" {
  alias  = "own"
  region = "eu-south-1"
}
variable "names" {
  type = set(string)
}
resource "aws_secretsmanager_secret" "this" {
  for_each = var.names
  provider = aws.own
  name     = each.key
}
output "arns" {
  value = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}
"""
APP = """[{
  "name": "app",
  "image": "${image}",
  "logConfiguration": {"options": {"awslogs-group": "${group}", "awslogs-region": "${region}"}},
  "secrets": [{"name": "DB", "valueFrom": "${secret}"}]
}]
"""


@pytest.fixture(scope="module")
def project(needs_terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a root module, a module beside it, a template, and Terraform's own files in place."""
    top = tmp_path_factory.mktemp("directory")
    root, module = top / "infra", top / "modules" / "secret"
    (root / "files").mkdir(parents=True)
    module.mkdir(parents=True)
    (top / ".git").mkdir()
    written(module, main=MODULE)
    written(root, main=ROOT)
    (root / "files" / "app.json").write_text(APP, encoding="utf-8")
    (root / "terraform.tfvars").write_text('image = "nginx"\nregion = "eu-west-1"\n', encoding="utf-8")
    (root / "more.auto.tfvars.json").write_text('{"sizes": {"x": "1"}}', encoding="utf-8")
    (root / "mine.tftest.hcl").write_text('run "mine" {\n  command = apply\n}\n', encoding="utf-8")
    needs_terraform.init(root)
    (root / ".terraform" / "environment").write_text("blue", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def environment(needs_terraform: Terraform) -> Iterator[None]:
    """The variables with which Terraform finds the provider, for the whole module."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in needs_terraform.variables.items():
            patch.setenv(name, value)
        patch.delenv("AWS_REGION", raising=False)
        patch.delenv("AWS_DEFAULT_REGION", raising=False)
        yield


@pytest.fixture(scope="module")
def calls() -> Iterator[list[str]]:
    """Addresses of whoever calls a proxy through which everything but a file would have to go."""
    found: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.setenv(name, f"http://127.0.0.1:{server.getsockname()[1]}")
        server.settimeout(0.2)
        done = threading.Event()
        thread = threading.Thread(target=_accept, args=(server, done, found))
        thread.start()
        yield found
        done.set()
        thread.join()


def _accept(server: socket.socket, done: threading.Event, found: list[str]) -> None:
    while not done.is_set():
        try:
            connection, address = server.accept()
        except TimeoutError:
            continue
        found.append(str(address))
        connection.close()


def _listing(top: Path) -> dict[str, bytes]:
    """Everything below a directory."""
    files = [path for path in top.rglob("*") if "providers" not in path.parts]
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in files}


@pytest.fixture(scope="module")
def loaded(
    project: Path, environment: None, calls: list[str]
) -> tuple[Tree, tuple[str, ...], dict[str, bytes]]:
    """The tree of the project, the notes, and what lay in its repository before."""
    before = _listing(project.parent)
    found = plan_directory(project, Options())
    tree = tree_of_plan(found.plan, Opened(found))
    return tree, found.notes, before


@pytest.fixture
def resources(loaded: tuple[Tree, tuple[str, ...], dict[str, bytes]]) -> dict[str, Resource]:
    """The resources by address."""
    return loaded[0].resources


pytestmark = pytest.mark.terraform


def test_nothing_is_written_in_the_directory(
    project: Path, loaded: tuple[Tree, tuple[str, ...], dict[str, bytes]]
) -> None:
    """The repository is byte for byte what it was, and no provisioner has run."""
    assert loaded[2] == _listing(project.parent)


def test_nobody_is_called(loaded: tuple[Tree, tuple[str, ...], dict[str, bytes]], calls: list[str]) -> None:
    """Neither AWS nor a backend nor a registry is called."""
    assert [] == calls


def test_how_it_was_read_is_told(
    loaded: tuple[Tree, tuple[str, ...], dict[str, bytes]], project: Path
) -> None:
    """The notes say what ran, and what was assumed."""
    first, second = loaded[1]

    assert first.startswith("terraform 1.")
    assert first.endswith(
        f"planned a copy of {project} with mocked providers: no credentials, no calls to AWS"
    )
    assert "the availability zones of eu-west-1 are taken to be eu-west-1a, eu-west-1b, eu-west-1c" == second


def test_containers_are_known_but_for_what_the_apply_chooses(resources: dict[str, Resource]) -> None:
    """A template with unknown values in it is read around them."""
    (container,) = decode(resources["aws_ecs_task_definition.app"].values["container_definitions"])

    assert {
        "name": "app",
        "image": "nginx",
        "logConfiguration": {
            "options": {
                "awslogs-group": hole("aws_cloudwatch_log_group.app.name"),
                "awslogs-region": "eu-west-1",
            }
        },
        "secrets": [
            {"name": "DB", "valueFrom": hole('module.secret.aws_secretsmanager_secret.this["db"].arn')}
        ],
    } == container


def test_what_needs_no_account_is_known(resources: dict[str, Resource]) -> None:
    """Regions, zones, partitions, service names and AWS's own policies are told without asking AWS."""
    assert ["eu-west-1a", "eu-west-1b", "eu-west-1c"] == [
        resources[f"aws_subnet.a[{at}]"].values["availability_zone"] for at in range(3)
    ]
    assert "com.amazonaws.eu-west-1.s3" == resources["aws_vpc_endpoint.s3"].values["service_name"]
    assert "b-x-1-aws" == resources['aws_s3_bucket.b["x"]'].values["bucket"]
    assert "west-us-west-2" == resources["aws_s3_bucket.west"].values["bucket"]
    assert (
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
        == resources["aws_iam_role_policy_attachment.app"].values["policy_arn"]
    )


def test_what_only_aws_knows_is_not_made_up(resources: dict[str, Resource]) -> None:
    """A data source that looks something up is known by its name only, wherever it is used."""
    group = resources["aws_security_group.app"].values

    assert hole("data.aws_vpc.shared.id") == group["vpc_id"]
    assert [[hole("data.aws_vpc.shared.cidr_block")]] == [rule["cidr_blocks"] for rule in group["egress"]]
    assert hole("aws_vpc.main.id") == resources["aws_subnet.a[0]"].values["vpc_id"]


def test_policy_documents_have_their_statements(resources: dict[str, Resource]) -> None:
    """A policy document is read from its arguments."""
    (statement,) = resources["data.aws_iam_policy_document.logs"].values["statement"]

    assert [hole("aws_cloudwatch_log_group.app.arn") + ":*"] == statement["resources"]


def test_defaults_of_the_provider_are_filled_in(resources: dict[str, Resource]) -> None:
    """What the provider would fill in is there although no provider planned it."""
    assert resources["aws_vpc.main"].values["enable_dns_support"] is True
    assert "Gateway" == resources["aws_vpc_endpoint.s3"].values["vpc_endpoint_type"]


def test_certificates_can_be_counted(resources: dict[str, Resource]) -> None:
    """A record for each validation option is planned, though its name is not known."""
    record = resources['aws_route53_record.c["example.com"]'].values

    assert ("aws_acm_certificate.c.domain_validation_options[0].resource_record_name",) == holes(
        record["name"]
    )
    assert "Z1" == record["zone_id"]


def test_providers_are_followed_into_modules(loaded: tuple[Tree, tuple[str, ...], dict[str, bytes]]) -> None:
    """Each resource knows its provider, and each provider of the root module its region."""
    tree = loaded[0]

    assert {"aws": "eu-west-1", "aws.west": "us-west-2"} == tree.regions
    assert "aws.west" == tree.resources["aws_s3_bucket.west"].provider
    assert (
        "module.secret:aws.own"
        == tree.resources['module.secret.aws_secretsmanager_secret.this["db"]'].provider
    )


def test_variables_come_from_the_command_line_too(project: Path, environment: None, tmp_path: Path) -> None:
    """`--var` beats a file, a file beats what lies in the directory, and places have lines."""
    file = tmp_path / "x.tfvars"
    file.write_text('image = "from-a-file"\nsizes = { y = 2, z = 3 }\n', encoding="utf-8")
    found = plan_directory(project, Options(), files=[str(file)], variables=["image=from-the-line"])
    tree = tree_of_plan(found.plan, Opened(found))

    assert {'aws_s3_bucket.b["y"]', 'aws_s3_bucket.b["z"]'} == {
        address for address in tree.resources if address.startswith("aws_s3_bucket.b[")
    }
    (container,) = decode(tree.resources["aws_ecs_task_definition.app"].values["container_definitions"])
    assert "from-the-line" == container["image"]
    assert f"{project}/main.tf:58" == found.settler.places()["aws_subnet.a[1]"]


def test_both_ways_of_reading_agree(environment: None, needs_terraform: Terraform, tmp_path: Path) -> None:
    """A plan by the real provider and the directory give the same tree, but for nothing and left out."""
    root = written(tmp_path, main=PLANNED)
    real = tree_of_plan(read_plan(json.dumps(needs_terraform.plan(root)).encode(), "plan.json"))
    found = plan_directory(root, Options())
    ours = tree_of_plan(found.plan, Opened(found))

    assert {address: _plain(one) for address, one in real.resources.items()} == {
        address: _plain(one) for address, one in ours.resources.items()
    }


PLANNED = """
provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  for_each   = { x = 1, y = 2 }
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, each.value)
}
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.main.id
  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = values(aws_subnet.a)[*].cidr_block
  }
}
resource "aws_vpc_endpoint" "api" {
  vpc_id             = aws_vpc.main.id
  service_name       = "com.amazonaws.eu-west-1.ecr.api"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.a["y"].id]
  security_group_ids = [aws_security_group.app.id]
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_ecs_task_definition" "app" {
  family                = "app"
  execution_role_arn    = aws_iam_role.app.arn
  container_definitions = jsonencode([{ name = "app", image = "nginx" }])
}
resource "aws_ecs_service" "app" {
  name            = "app"
  task_definition = aws_ecs_task_definition.app.arn
  launch_type     = "FARGATE"
  network_configuration {
    subnets = [aws_subnet.a["x"].id]
  }
}
"""


def _plain(resource: Resource) -> dict[str, Any]:
    """The values that say something: not what is left out, nothing or no."""
    return {
        name: kept
        for name, value in resource.values.items()
        if not (isinstance(value, str) and holes(value) == (f"{resource.address}.{name}",))
        and (kept := _kept(value)) is not None
        and name not in ("description", "tags_all", "container_definitions", *_PROVIDERS_OWN)
    }


#: What a provider fills in for its own use.
_PROVIDERS_OWN = (
    *("deployment_maximum_percent", "deployment_minimum_healthy_percent", "availability_zone_rebalancing"),
    *("max_session_duration",),
)


def _kept(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: kept for name, item in value.items() if (kept := _kept(item)) is not None} or None
    if isinstance(value, list):
        return [_kept(item) for item in value] or None
    return value if isinstance(value, Unknown) else value or None


def test_what_cannot_be_counted_is_unknown(
    environment: None, needs_terraform: Terraform, tmp_path: Path
) -> None:
    """Blocks whose number only AWS can tell leave everything open that depends on them, and nothing else."""
    root = written(tmp_path, main=UNCOUNTED)
    needs_terraform.init(root)
    found = plan_directory(root, Options())
    tree = tree_of_plan(found.plan, Opened(found))
    service = tree.resources["aws_ecs_service.app"].values

    (configuration,) = service["network_configuration"]
    assert isinstance(configuration["subnets"], Unknown)
    assert "app" == service["name"]
    assert isinstance(tree.resources["aws_route.r"].values["route_table_id"], Unknown)
    assert "10.0.0.0/16" == tree.resources["aws_vpc.main"].values["cidr_block"]
    assert {
        "how many aws_route.r there are, only AWS can tell",
        "how many data.aws_subnet.each there are, only AWS can tell",
    } <= set(found.notes)


VALIDATED = """data "aws_vpc" "v" {}
variable "n" {
  default = "x"
  validation {
    condition     = var.n == "y"
    error_message = "must be y"
  }
}
"""

UNCOUNTED = """
provider "aws" {
  region = "eu-west-1"
}
data "aws_subnets" "all" {}
data "aws_subnet" "each" {
  for_each = toset(data.aws_subnets.all.ids)
  id       = each.value
}
data "aws_route_tables" "all" {}
resource "aws_route" "r" {
  count                  = length(data.aws_route_tables.all.ids)
  route_table_id         = data.aws_route_tables.all.ids[count.index]
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = "igw-12345678"
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
locals {
  subnets = [for subnet in data.aws_subnet.each : subnet.id if subnet.map_public_ip_on_launch]
}
resource "aws_ecs_service" "app" {
  name = "app"
  network_configuration {
    subnets = local.subnets
  }
}
"""


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ('variable "a" {}\nvariable "b" {}\n', "main.tf:1", "2 required variables have no value: a, b"),
        ('variable "a" {}\n', "main.tf:1", "the required variable a has no value"),
        ("resource {\n", "main.tf:1", "the block `resource` has no closing brace"),
        (
            'locals {\n  a = nothing.here\n}\noutput "a" {\n  value = local.a\n}\n',
            "main.tf:2",
            'terraform refuses this: Reference to undeclared resource: A managed resource "nothing" "here"',
        ),
        (
            VALIDATED,
            "main.tf:2",
            "terraform refuses this: Invalid value for variable: must be y",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(  # noqa: PLR0917
    environment: None, needs_terraform: Terraform, tmp_path: Path, text: str, place: str, problem: str
) -> None:
    """Missing variables and whatever Terraform refuses are errors with the file and line of the user's own file."""
    written(tmp_path, main=text)
    if "closing" not in problem:
        needs_terraform.init(tmp_path)

    with pytest.raises(InputError) as caught:
        plan_directory(tmp_path, Options())

    assert f"{tmp_path}/{place}" == caught.value.place
    assert caught.value.problem.startswith(problem)
    assert caught.value.remedy


def test_what_is_not_installed_is_installed_into_the_copy(environment: None, tmp_path: Path) -> None:
    """Without `terraform init` the providers go into the copy, and the directory stays as it is."""
    root = written(tmp_path, main='resource "aws_vpc" "a" {\n  cidr_block = "10.0.0.0/16"\n}\n')
    found = plan_directory(root, Options(region="eu-west-1"))

    assert (
        "its providers and modules were installed into the copy (terraform init -backend=false)"
        in found.notes
    )
    assert ["main.tf"] == [path.name for path in root.iterdir()]


def test_a_provider_that_cannot_be_had_is_told(environment: None, tmp_path: Path) -> None:
    """When init fails, its own words are in the remedy, and the command to try."""
    text = 'terraform {\n  required_providers {\n    x = { source = "example.invalid/x/x" }\n  }\n}\n'
    root = written(tmp_path, main=text)

    with pytest.raises(ToolError) as caught:
        plan_directory(root, Options())

    assert ("terraform init failed", str(root)) == (caught.value.problem, caught.value.place)
    assert "example.invalid" in caught.value.remedy
    assert "terraform init -backend=false" in caught.value.remedy


def test_other_directories_are_refused(tmp_path: Path) -> None:
    """A directory without a configuration is an error that says what to pass."""
    with pytest.raises(InputError, match=r"there is no \.tf file in this directory"):
        load_directory(str(tmp_path), Options())
    with pytest.raises(InputError, match="cannot be read"):
        load_directory(str(tmp_path / "none"), Options())


def test_files_of_variables_must_be_there(tmp_path: Path) -> None:
    """A file of variables that is not there is a wrong command line."""
    written(tmp_path, main="")

    with pytest.raises(UsageError, match=r"there is no file none\.tfvars"):
        load_directory(str(tmp_path), Options(), files=["none.tfvars"])
    with pytest.raises(UsageError, match="--var takes NAME=VALUE, not nonsense"):
        load_directory(str(tmp_path), Options(), variables=["nonsense"])


def test_a_directory_is_an_input_like_any_other(project: Path, environment: None) -> None:
    """The estate has the task, and every address has its file and line."""
    loaded = load_directory(str(project), Options())

    assert ("terraform-directory", str(project)) == (loaded.kind, loaded.path)
    assert {"aws_ecs_task_definition.app"} == set(loaded.estate.task_definitions)
    assert f"{project}/main.tf:85" == loaded.places["aws_ecs_task_definition.app"]
