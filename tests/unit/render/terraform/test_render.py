"""The two ways of writing edits: styles, instances, modules, and what is refused."""

import textwrap
from pathlib import Path

import msgspec
import pytest

from pullproof.errors import InputError, UsageError
from pullproof.model import edits as e
from pullproof.model.addresses import cidr
from pullproof.model.edits import Edit, new
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Policy, Principals, Role, Statement
from pullproof.model.packets import ALL_TRAFFIC, tcp
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import ListRef, Target, TargetKind
from pullproof.render.base import Rendered
from pullproof.render.terraform.render import in_place, standalone
from tests import build

GROUP, PEER = "aws_security_group.app", "aws_security_group.peer"


def files(folder: Path, **texts: str) -> str:
    """A configuration: file names have `__` for a slash."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.tf"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return str(folder)


def after(found: Rendered, name: str = "main.tf") -> str:
    """A file as it is to be."""
    assert () == found.refusals
    return next(patch.after.decode() for patch in found.patches if Path(patch.path).name == name)


def rule(group: str = GROUP, peer: str = PEER, *, egress: bool = False) -> Edit:
    """A rule for HTTPS between two groups."""
    return e.AddGroupRule(group=group, egress=egress, service=tcp(443), peer=GroupRef(peer))


def groups(*keys: str) -> Estate:
    """Groups without rules."""
    estate = build.an_estate()
    for key in keys or (GROUP, PEER):
        build.a_group(estate, key)
    return estate


ATTRIBUTE = """
    resource "aws_security_group" "app" {
      ingress = [{
        from_port        = 80
        to_port          = 80
        protocol         = "tcp"
        cidr_blocks      = ["10.0.0.0/8"]
        ipv6_cidr_blocks = []
        prefix_list_ids  = []
        security_groups  = []
        self             = false
        description      = ""
      }]
    }

    resource "aws_security_group" "peer" {
    }
"""


def test_rules_written_as_one_argument_get_an_item(tmp_path: Path) -> None:
    """A list of objects gets an object with every argument that it has to have."""
    found = after(in_place([rule()], groups(), files(tmp_path, main=ATTRIBUTE)))

    assert '}, {\n    description      = ""\n    from_port        = 443\n' in found
    assert "    security_groups  = [aws_security_group.peer.id]\n    cidr_blocks      = []\n" in found
    assert "    self             = false\n  }]\n" in found


def test_a_static_block_stands_beside_a_dynamic_one(tmp_path: Path) -> None:
    """Rules that a dynamic block makes stay, and a plain one is added."""
    text = """
    resource "aws_security_group" "app" {
      dynamic "ingress" {
        for_each = [80]
        content {
          from_port = ingress.value
        }
      }
    }
    """
    found = after(in_place([rule()], groups(), files(tmp_path, main=text)))

    assert "    }\n  }\n\n  ingress {\n    from_port       = 443\n" in found


CIRCLE = """
    resource "aws_security_group" "app" {
      %s
    }

    resource "aws_security_group" "peer" {
      ingress {
        security_groups = [local.app]
      }
    }

    locals {
      app = aws_security_group.app.id
    }
"""


def test_a_rule_that_would_be_a_cycle_is_refused(tmp_path: Path) -> None:
    """Two groups with rules inside their blocks cannot refer to each other."""
    root = files(tmp_path, main=CIRCLE % "egress {}")

    found = in_place([rule(egress=True)], groups(), root)

    assert () == found.patches
    assert ["cycle" in one.why for one in found.refusals] == [True]


def test_a_direction_that_the_block_does_not_write_takes_a_resource(tmp_path: Path) -> None:
    """Where the block says nothing of egress, a rule of its own goes round the cycle."""
    root = files(tmp_path, main=CIRCLE % "ingress {}")

    assert 'resource "aws_vpc_security_group_egress_rule" "app_to_peer"' in after(
        in_place([rule(egress=True)], groups(), root)
    )


BOTH_INSIDE = """
    resource "aws_security_group" "app" {
      egress {
        from_port = 80
      }
    }

    resource "aws_security_group" "peer" {
      ingress {
        from_port = 80
      }
    }
"""
BOTH = [rule(egress=True), rule(PEER, GROUP)]


def test_two_new_rules_do_not_make_a_cycle(tmp_path: Path) -> None:
    """The second of them is for the addresses of the VPC that both groups are in, and a note says so."""
    estate = groups()
    build.a_vpc(estate, "vpc", "10.7.0.0/16")

    found = in_place(BOTH, estate, files(tmp_path, main=BOTH_INSIDE))

    text = after(found)
    assert (1, 0) == (
        text.count("[aws_security_group.peer.id]"),
        text.count("[aws_security_group.app.id]"),
    )
    assert text.count('["10.7.0.0/16"]') == 1
    assert [note for note in found.notes if "would be a cycle" in note]


def test_two_new_rules_that_would_be_a_cycle_are_not_both_written(tmp_path: Path) -> None:
    """Where nobody knows the VPC's addresses, the second one is left to a person."""
    found = in_place(BOTH, groups(), files(tmp_path, main=BOTH_INSIDE))

    assert ["cycle" in one.why for one in found.refusals] == [True]


KEYED = """
    resource "aws_security_group" "app" {
      for_each = toset(["a", "b"])

      ingress {
        from_port = 80
      }
    }

    resource "aws_security_group" "peer" {
      for_each = toset(["a", "b"])
    }
"""
A, B, PEER_A, PEER_B = (
    f'aws_security_group.{name}["{key}"]' for name in ("app", "peer") for key in ("a", "b")
)


def test_what_all_instances_need_is_written_once(tmp_path: Path) -> None:
    """The same rule for each instance becomes one, with `each.key` for what differs."""
    found = after(
        in_place(
            [rule(A, PEER_A), rule(B, PEER_B)], groups(A, B, PEER_A, PEER_B), files(tmp_path, main=KEYED)
        )
    )

    assert 1 == found.count("aws_security_group.peer[each.key].id")


def test_what_one_instance_needs_is_not_given_to_all(tmp_path: Path) -> None:
    """A rule for one of two instances is refused, and the other one is named."""
    found = in_place([rule(A, PEER_A)], groups(A, B, PEER_A, PEER_B), files(tmp_path, main=KEYED))

    assert () == found.patches
    assert B in found.refusals[0].why


def test_a_module_that_is_called_twice_is_changed_for_all_or_not_at_all(tmp_path: Path) -> None:
    """What a module's file says holds for every call of it."""
    module = 'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    calls = 'module "a" {\n  source = "./net"\n}\n\nmodule "b" {\n  source = "./net"\n}\n'
    root = files(tmp_path, main=calls, net__main=module)
    estate = build.an_estate()
    keys = [f"module.{name}.aws_vpc.this" for name in "ab"]
    for key in keys:
        build.a_vpc(estate, key)
    wanted = [e.SetVpcAttribute(vpc=key, attribute="enableDnsHostnames") for key in keys]

    assert "enable_dns_hostnames = true" in after(in_place(wanted, estate, root))
    refused = in_place(wanted[:1], estate, root)
    assert () == refused.patches
    assert "module.b.aws_vpc.this" in refused.refusals[0].why


def test_a_module_from_the_registry_is_not_changed(tmp_path: Path) -> None:
    """The input that does it is named instead."""
    root = files(
        tmp_path,
        main='module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n',
        vpc__main='resource "aws_vpc" "this" {\n}\n',
    )
    (tmp_path / ".terraform" / "modules").mkdir(parents=True)
    (tmp_path / ".terraform" / "modules" / "modules.json").write_text(
        '{"Modules":[{"Key":"vpc","Source":"registry/terraform-aws-modules/vpc/aws","Dir":"vpc"}]}',
        encoding="utf-8",
    )
    estate = build.an_estate()
    build.a_vpc(estate, "module.vpc.aws_vpc.this")

    for found in (
        in_place(
            [e.SetVpcAttribute(vpc="module.vpc.aws_vpc.this", attribute="enableDnsSupport")], estate, root
        ),
    ):
        assert () == found.patches
        assert "enable_dns_support = true" in found.refusals[0].remedy


def test_names_that_are_taken_are_not_taken_again(tmp_path: Path) -> None:
    """A new resource gets a name that no resource of its type has, and its users refer to that."""
    text = 'resource "aws_vpc" "main" {\n}\n\nresource "aws_security_group" "endpoints" {\n}\n'
    estate = build.an_estate()
    build.a_vpc(estate, "aws_vpc.main")
    made = e.AddSecurityGroup(name="endpoints", vpc="aws_vpc.main", description="d")
    found = in_place([rule(new("endpoints"), "sg-1"), made], estate, files(tmp_path, main=text))

    assert "security_group_id            = aws_security_group.endpoints_2.id" in after(found)


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    """The new file must be new."""
    root = files(tmp_path, main=KEYED)

    with pytest.raises(UsageError):
        standalone([], groups(), root, str(tmp_path / "main.tf"))


def test_files_with_errors_are_refused(tmp_path: Path) -> None:
    """A configuration that cannot be read is not changed."""
    with pytest.raises(InputError):
        in_place([rule()], groups(), files(tmp_path, main="resource {{"))


def test_two_calls_of_a_module_share_its_new_output(tmp_path: Path) -> None:
    """What is written into the module is there for both, and written once: a second time is an error."""
    main = """
        module "one" {
          source = "./m"
        }

        module "two" {
          source = "./m"
        }
    """
    root = files(tmp_path, main=main, m__main='resource "aws_security_group" "app" {\n}\n')
    one, two = (f"module.{name}.aws_security_group.app" for name in ("one", "two"))

    found = in_place([rule(one, two)], groups(one, two), root)

    written = "".join(patch.after.decode() for patch in found.patches)
    assert (1, 1, 1) == tuple(
        map(
            written.count,
            (
                'output "security_group_app_id"',
                "module.one.security_group_app_id",
                "module.two.security_group_app_id",
            ),
        )
    )


def test_two_calls_of_a_module_share_what_is_looked_up(tmp_path: Path) -> None:
    """The list that rules in both refer to is looked up once in the module."""
    main = 'module "one" {\n  source = "./m"\n}\n\nmodule "two" {\n  source = "./m"\n}\n'
    group = 'resource "aws_security_group" "app" {\n  egress {\n    from_port = 80\n  }\n}\n'
    both = [f"module.{name}.aws_security_group.app" for name in ("one", "two")]
    peer = ListRef(e.managed_list("com.amazonaws.eu-west-1.s3"))
    edits = [e.AddGroupRule(group=key, egress=True, service=tcp(443), peer=peer) for key in both]

    found = in_place(edits, groups(*both), files(tmp_path, main=main, m__main=group))

    written = "".join(patch.after.decode() for patch in found.patches)
    assert (1, ()) == (written.count('data "aws_ec2_managed_prefix_list"'), found.refusals)


def test_json_is_refused(tmp_path: Path) -> None:
    """A block that is written as JSON is named with its line."""
    (tmp_path / "main.tf.json").write_text(
        '{"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}}', encoding="utf-8"
    )
    estate = build.an_estate()
    build.a_vpc(estate, "aws_vpc.main")
    found = in_place(
        [e.SetVpcAttribute(vpc="aws_vpc.main", attribute="enableDnsSupport")], estate, str(tmp_path)
    )

    assert "main.tf.json:1" in found.refusals[0].why


def test_what_an_override_file_says_is_left_alone(tmp_path: Path) -> None:
    """A change that an override file may undo is refused."""
    text = 'resource "aws_vpc" "main" {\n}\n'
    estate = build.an_estate()
    build.a_vpc(estate, "aws_vpc.main")
    root = files(tmp_path, main=text, override=text)
    found = in_place([e.SetVpcAttribute(vpc="aws_vpc.main", attribute="enableDnsSupport")], estate, root)

    assert "override" in found.refusals[0].why


def test_without_a_configuration_only_new_resources_are_written(tmp_path: Path) -> None:
    """From a plan or state alone, what exists is referred to and not changed."""
    estate = groups()
    build.a_group(
        estate, "aws_security_group.inline", ingress=(build.a_rule("10.0.0.0/8", path="ingress[0]"),)
    )
    held = estate.groups["aws_security_group.inline"].ingress.items[0]
    assert held.origin.path == "ingress[0]"
    file = str(tmp_path / "fix.tf")
    found = standalone([rule(), rule("sg-0abc")], estate, None, file)

    assert 'security_group_id            = "sg-0abc"' in after(found, "fix.tf")


def role(trust: str, policy: str = "") -> str:
    """A role with these two expressions."""
    text = f'resource "aws_iam_role" "app" {{\n  assume_role_policy = {trust}\n}}\n'
    if policy:
        text += f'\nresource "aws_iam_role_policy" "app" {{\n  role   = aws_iam_role.app.id\n  policy = {policy}\n}}\n'
    return text


def roles() -> Estate:
    """A role with an inline policy."""
    estate = build.an_estate()
    key = "aws_iam_role.app"

    def written(address: str, path: str) -> Policy:
        return Policy(origin=Origin(address, path), statements=Listing())

    estate.roles[key] = Role(
        key=key,
        origin=build.at(key),
        arn="arn:aws:iam::1:role/app",
        name="app",
        trust=written(key, "assume_role_policy"),
        policies=Listing((written("aws_iam_role_policy.app", "policy"),)),
    )
    return estate


def more(action: str = "ssm:GetParameters") -> Edit:
    """One more action for the role."""
    statement = Statement(
        origin=Origin(""),
        allow=True,
        actions=Listing((action,)),
        resources=Listing(("arn:aws:ssm:x:1:parameter/${evil}",)),
    )
    return e.AddStatement(kind="roles", holder="aws_iam_role.app", statement=statement)


MORE = '{ Effect = "Allow", Action = "ssm:GetParameters", Resource = "arn:aws:ssm:x:1:parameter/$${evil}" }'
HEREDOC = """<<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": "a:b", "Resource": "${aws_x.y["k"].arn}"}
      ]
    }
  EOT"""


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            'jsonencode({ Statement = [{ Effect = "Allow" }] })',
            'jsonencode({ Statement = [{ Effect = "Allow" }, ' + MORE + "] })",
        ),
        (
            'jsonencode({ "Statement" : { Effect = "Allow" } })',
            'jsonencode({ "Statement" : [{ Effect = "Allow" }, ' + MORE + "] })",
        ),
        (
            HEREDOC,
            HEREDOC.replace(
                '.arn}"}\n',
                '.arn}"},\n        {\n          "Effect": "Allow",\n          "Action": "ssm:GetParameters",\n'
                '          "Resource": "arn:aws:ssm:x:1:parameter/$${evil}"\n        }\n',
            ),
        ),
    ],
)
def test_a_statement_is_added_in_the_style_of_its_policy(policy: str, expected: str, tmp_path: Path) -> None:
    """One line stays one line, JSON stays JSON, and a name cannot break out of either."""
    root = files(tmp_path, main=role("var.trust", policy))

    assert role("var.trust", expected) == after(in_place([more()], roles(), root))


def test_a_policy_from_elsewhere_is_left_alone_and_another_one_is_added(tmp_path: Path) -> None:
    """Where the policy is a file or a variable, the role gets a second one."""
    root = files(tmp_path, main=role("var.trust", 'file("policy.json")'))
    found = after(in_place([more(), more("kms:Decrypt")], roles(), root))

    assert 'resource "aws_iam_role_policy" "app_more"' in found
    assert 2 == found.count("Effect   =")


def test_a_trust_policy_from_elsewhere_is_joined_with_a_statement(tmp_path: Path) -> None:
    """What a variable says still holds, and ECS tasks are let in beside it."""
    root = files(tmp_path, main=role("var.trust"))
    found = after(in_place([e.AddTrust(role="aws_iam_role.app")], roles(), root))

    assert "assume_role_policy = data.aws_iam_policy_document.app_more.json" in found
    assert "source_policy_documents = [var.trust]" in found


def test_a_first_policy_that_would_take_away_is_refused(tmp_path: Path) -> None:
    """An endpoint without a policy lets everything through; one with a single statement would not."""
    estate = build.an_estate()
    build.a_gateway_endpoint(estate, key="aws_vpc_endpoint.s3")
    statement = Statement(
        origin=Origin(""),
        allow=True,
        actions=Listing(("s3:GetObject",)),
        principals=Principals(of=(("*", Listing(("*",))),)),
    )
    edit = e.AddStatement(kind="endpoints", holder="aws_vpc_endpoint.s3", statement=statement)
    root = files(tmp_path, main='resource "aws_vpc_endpoint" "s3" {\n}\n')

    assert "less than none" in in_place([edit], estate, root).refusals[0].why


TABLES = """
    resource "aws_route_table" "a" {
      route {
        cidr_block = "0.0.0.0/0"
        gateway_id = aws_internet_gateway.x.id
      }
    }

    resource "aws_route_table" "b" {
    }

    resource "aws_route" "b" {
      route_table_id         = aws_route_table.b.id
      destination_cidr_block = "0.0.0.0/0"
      gateway_id             = aws_internet_gateway.x.id
    }
"""


def test_a_route_takes_the_place_of_the_one_that_is_there(tmp_path: Path) -> None:
    """Inside its table or as a resource, the route for the same destination gets another target."""
    estate = build.an_estate()
    for name, address in (("a", "aws_route_table.a"), ("b", "aws_route.b")):
        route = msgspec.structs.replace(
            build.a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "aws_internet_gateway.x"),
            origin=Origin(address, "route[0]"),
        )
        build.a_table(estate, f"aws_route_table.{name}", route)
    to = Target(TargetKind.NAT_GATEWAY, "nat-0123456789")
    wanted = [
        e.SetRoute(table=f"aws_route_table.{name}", destination=cidr("0.0.0.0/0"), target=to) for name in "ab"
    ]
    found = after(in_place(wanted, estate, files(tmp_path, main=TABLES)))

    assert '    cidr_block     = "0.0.0.0/0"\n    nat_gateway_id = "nat-0123456789"\n' in found
    assert '  nat_gateway_id         = "nat-0123456789"\n' in found
    assert "internet_gateway" not in found


def test_acl_entries_inside_their_block(tmp_path: Path) -> None:
    """An ACL that writes its entries gets one more there."""
    text = 'resource "aws_network_acl" "a" {\n  ingress {\n    rule_no = 1\n  }\n}\n'
    estate = build.an_estate()
    build.an_acl(estate, "aws_network_acl.a")
    edit = e.AddAclEntry(
        acl="aws_network_acl.a", egress=False, number=7, service=ALL_TRAFFIC, block=build.blocks("10.0.0.0/8")
    )
    found = after(in_place([edit], estate, files(tmp_path, main=text)))

    assert '  ingress {\n    rule_no    = 7\n    protocol   = "-1"\n    action     = "allow"\n' in found


def test_lists_of_an_endpoint_are_added_to(tmp_path: Path) -> None:
    """A list from a variable whose type says list is joined as one."""
    text = """
    variable "tables" {
      type = list(string)
    }

    resource "aws_vpc_endpoint" "s3" {
      route_table_ids = var.tables
    }
    """
    estate = build.an_estate()
    build.a_gateway_endpoint(estate, "rtb-1", key="aws_vpc_endpoint.s3")
    edit = e.AssociateRouteTable(endpoint="aws_vpc_endpoint.s3", table="rtb-0abcdef")

    assert 'route_table_ids = concat(var.tables, ["rtb-0abcdef"])' in after(
        in_place([edit], estate, files(tmp_path, main=text))
    )
