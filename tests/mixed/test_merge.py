"""What an input decides about things that the account has: its attachments, and what it takes away."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pullproof.model.text import hole
from pullproof.prove import prove
from pullproof.sources.base import Options
from pullproof.sources.mixed.account import Account
from pullproof.sources.mixed.merge import merged
from pullproof.sources.snapshot.layout import KINDS
from pullproof.sources.snapshot.read import read_folder
from pullproof.sources.terraform.adapt import adapt
from pullproof.sources.terraform.tree import Resource, Tree
from pullproof.verdict import Verdict
from tests.mixed.split import cut, least, together
from tests.scenarios.judge import plan_of
from tests.scenarios.recipe import Case, Variant, every_variant, name, write
from tests.twins.applied import applied

ROLE = "arn:aws:iam::123456789012:role/app"
MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
#: The first scenario of each field cause that is certain.
FIRST = [
    next(each for each in every_variant() if each[0].id == f"E{number:02d}" and each[1].verdict != "unknown")
    for number in range(1, 39)
]


def there(kind: str, key: str, **values: Any) -> Resource:
    """A resource of the account."""
    return Resource(
        address=key, type=kind, name=key, values=values, provider="123456789012/eu-west-1", exists=True
    )


def planned(address: str, *, deleted: bool = False, **values: Any) -> Resource:
    """A resource of the plan."""
    kind, _, label = address.partition(".")
    return Resource(
        address=f"{address} (before)" if deleted else address,
        type=kind,
        name=label,
        values=values,
        provider="aws",
        written=frozenset(values),
        deleted=deleted,
    )


def tree(*resources: Resource) -> Tree:
    """A tree of these."""
    return Tree(resources={each.address: each for each in resources}, regions={"aws": "eu-west-1"})


ACCOUNT = (
    there("aws_vpc", "vpc-0a1b2c3d", id="vpc-0a1b2c3d", cidr_block="10.0.0.0/16"),
    there("aws_subnet", "subnet-0a1b2c3d", id="subnet-0a1b2c3d", vpc_id="vpc-0a1b2c3d", cidr_block="10.0.1.0/24"),
    there("aws_route_table", "rtb-0a1b2c3d", id="rtb-0a1b2c3d", vpc_id="vpc-0a1b2c3d", route=[
        {"cidr_block": "0.0.0.0/0", "gateway_id": "igw-0a1b2c3d"}
    ]),
    there("aws_route_table", "rtb-0b1b2c3d", id="rtb-0b1b2c3d", vpc_id="vpc-0a1b2c3d", route=[]),
    there("aws_route_table_association", "subnet-0a1b2c3d #1", subnet_id="subnet-0a1b2c3d", route_table_id="rtb-0a1b2c3d"),
    there(
        "aws_vpc_endpoint",
        "vpce-0a1b2c3d",
        id="vpce-0a1b2c3d",
        vpc_id="vpc-0a1b2c3d",
        service_name="com.amazonaws.eu-west-1.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=["rtb-0a1b2c3d", "rtb-0b1b2c3d"],
    ),
    there("aws_iam_role", ROLE, arn=ROLE, name="app", assume_role_policy="{}", inline_policy=[], managed_policy_arns=[MANAGED]),
    there("aws_security_group", "sg-0a1b2c3d", id="sg-0a1b2c3d", vpc_id="vpc-0a1b2c3d", ingress=[], egress=[
        {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}
    ]),
    there("aws_ecs_service", "shop/web", name="web"),
)  # fmt: skip


def estate(*resources: Resource) -> Any:
    """The estate of a plan of these and the account."""
    return adapt(merged(tree(*resources), tree(*ACCOUNT)), Options())


def test_a_table_that_the_plan_attaches_takes_the_place_of_the_accounts() -> None:
    """A subnet has one route table: the plan's association decides, not a conflict of two."""
    moved = planned(
        "aws_route_table_association.a", subnet_id="subnet-0a1b2c3d", route_table_id="rtb-0b1b2c3d"
    )

    assert "rtb-0a1b2c3d" == estate().subnets["subnet-0a1b2c3d"].route_table
    assert "rtb-0b1b2c3d" == estate(moved).subnets["subnet-0a1b2c3d"].route_table


def test_a_table_that_the_plan_detaches_is_not_the_subnets_any_more() -> None:
    """The association that the plan destroys is still in the account; the subnet is left to the main table."""
    gone = planned(
        "aws_route_table_association.a",
        deleted=True,
        subnet_id="subnet-0a1b2c3d",
        route_table_id="rtb-0a1b2c3d",
    )

    assert "vpc-0a1b2c3d.main_route_table_id" == estate(gone).subnets["subnet-0a1b2c3d"].route_table


def test_a_route_that_the_plan_destroys_is_gone() -> None:
    """The account's table still shows it."""
    gone = planned(
        "aws_route.a",
        deleted=True,
        route_table_id="rtb-0a1b2c3d",
        destination_cidr_block="0.0.0.0/0",
        gateway_id="igw-0a1b2c3d",
    )

    assert 1 == len(estate().route_tables["rtb-0a1b2c3d"].routes.items)
    assert 0 == len(estate(gone).route_tables["rtb-0a1b2c3d"].routes.items)


def test_a_table_that_the_plan_takes_off_an_endpoint_is_off() -> None:
    """The account's endpoint still lists it."""
    gone = planned(
        "aws_vpc_endpoint_route_table_association.a",
        deleted=True,
        vpc_endpoint_id="vpce-0a1b2c3d",
        route_table_id="rtb-0a1b2c3d",
    )

    assert ("rtb-0b1b2c3d",) == estate(gone).endpoints["vpce-0a1b2c3d"].route_tables.items


def test_a_policy_that_the_plan_detaches_is_off_the_role() -> None:
    """The account's role still lists it: what the plan destroys must not let a task start."""
    gone = planned("aws_iam_role_policy_attachment.a", deleted=True, role="app", policy_arn=MANAGED)
    kept = planned("aws_iam_role_policy_attachment.a", role="app", policy_arn=MANAGED)

    assert (1, 0, 1) == tuple(
        len(found.roles[ROLE].policies.items) for found in (estate(), estate(gone), estate(kept))
    )


def test_a_rule_that_the_plan_destroys_is_gone_and_one_that_it_adds_is_there() -> None:
    """Rules of their own belong to the account's group as the plan leaves it."""
    rule: dict[str, Any] = {
        "security_group_id": "sg-0a1b2c3d",
        "type": "egress",
        "protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_blocks": ["0.0.0.0/0"],
    }
    gone = planned("aws_security_group_rule.a", deleted=True, **rule)
    added = planned("aws_security_group_rule.b", **{**rule, "from_port": 80, "to_port": 80})

    assert 0 == len(estate(gone).groups["sg-0a1b2c3d"].egress.items)
    assert 2 == len(estate(added).groups["sg-0a1b2c3d"].egress.items)


def test_what_both_show_is_counted_once_as_the_plan_has_it() -> None:
    """A group of the plan's state, and a role of the same name, are the plan's; what runs in the account is left out."""
    group = planned("aws_security_group.own", id="sg-0a1b2c3d", vpc_id="vpc-0a1b2c3d", ingress=[], egress=[])
    role = planned("aws_iam_role.own", name="app", arn=hole("aws_iam_role.own.arn"), assume_role_policy="{}")

    found = estate(group, role)

    assert ["aws_security_group.own"] == [key for key in found.groups if "default" not in key]
    assert ["aws_iam_role.own"] == list(found.roles)
    assert {} == found.launches


def test_nothing_of_the_account_is_older_than_a_vpc_of_the_plan() -> None:
    """An account that does not tell all leaves its own VPCs open, and not the one that the plan makes."""
    own = planned("aws_vpc.own", cidr_block="10.9.0.0/16")
    from pullproof.model.value import Unknown, Why

    why = Unknown(Why.NOT_ALLOWED, "the endpoints", "vpc-0a1b2c3d", "allow ec2:DescribeVpcEndpoints")
    account = msgspec.structs.replace(tree(*ACCOUNT), open={"Endpoint": (why,)})
    found = adapt(merged(tree(own), account), Options())
    without = adapt(merged(tree(), account), Options())

    assert (None, why) == (found.vpcs["aws_vpc.own"].unseen, found.vpcs["vpc-0a1b2c3d"].unseen)
    assert {} == {noun: whys for noun, whys in found.open.items() if whys}
    assert (why,) == without.open["Endpoint"]


@pytest.mark.parametrize(("case", "variant"), FIRST, ids=[name(*each) for each in FIRST])
def test_less_of_the_account_never_says_the_opposite(case: Case, variant: Variant, tmp_path: Path) -> None:
    """Whichever files a snapshot lacks, and in whatever order the rest is read: the same, or not known."""
    write(variant, tmp_path)
    options = Options(account=variant.options[1] if variant.options else "")
    found = applied(plan_of(case, variant), tmp_path, options.account)
    plan, _ = cut(found, least(found.tree), tmp_path / "account")
    dice = random.Random(name(case, variant))
    for kind in dice.sample(KINDS, 3):
        for file in (tmp_path / "account").rglob(kind.file):
            file.unlink()
    folders, _, _ = read_folder(str(tmp_path / "account"))
    expected = {"can_start": Verdict.WORKS, "cannot_start": Verdict.FAILS}[variant.verdict]

    verdicts = []
    for order in (folders, list(reversed([_shuffled(each, dice) for each in folders]))):
        tasks = prove(together(plan, Account(order), options))
        verdicts += [task.verdict for task in tasks if task.id == variant.task]

    assert verdicts[0] is verdicts[1]
    assert verdicts[0] in (expected, Verdict.UNKNOWN)


def _shuffled(folder: Any, dice: random.Random) -> Any:
    """The same answers with every list in another order."""
    documents = {
        kind: {
            key: dice.sample(value, len(value)) if isinstance(value, list) else value
            for key, value in document.items()
        }
        for kind, document in folder.documents.items()
    }
    return msgspec.structs.replace(folder, documents=documents)
