"""Values of a plan: what is known, what stays a name of its own, what is certain behind references."""

import json
from typing import Any

import pytest

from pullproof.model.text import hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.follow import dig
from pullproof.sources.terraform.plan import tree_of_plan
from pullproof.sources.terraform.plan_json import read_plan
from pullproof.sources.terraform.planned import Planned
from pullproof.sources.terraform.tree import Resource, Some
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    Known,
    change,
    create,
    delete,
    keep,
    looked_up,
    plan,
    read,
    ref,
)

VPC = create("aws_vpc.main", cidr_block="10.0.0.0/16")
OLD_VPC = keep("aws_vpc.main", id="vpc-0aaaaaaaa", cidr_block="10.0.0.0/16")
SUBNETS = [
    create(f"aws_subnet.p[{index}]", vpc_id=ref("aws_vpc.main.id"), cidr_block=f"10.0.{index}.0/24")
    for index in range(2)
]
GROUP = create("aws_security_group.g", vpc_id=ref("aws_vpc.main.id"))


def resources(*blocks: Block | tuple[str, dict[str, Any]], **top: Any) -> dict[str, Resource]:
    return tree_of_plan(read_plan(plan(*blocks, **top), "plan.json")).resources


def service(subnets: Any, groups: Any = None, **more: Any) -> Block:
    network = {"subnets": subnets} | ({} if groups is None else {"security_groups": groups})
    return create("aws_ecs_service.s", network_configuration=[network], **more)


def network(*blocks: Block | tuple[str, dict[str, Any]], **top: Any) -> dict[str, Any]:
    """The network configuration of the service, as far as it is known."""
    found: dict[str, Any] = resources(*blocks, **top)["aws_ecs_service.s"].values["network_configuration"][0]
    return found


def test_what_aws_chooses_is_a_hole_of_its_own_name() -> None:
    """An attribute that nobody writes and that is not known yet stands for itself."""
    assert hole("aws_vpc.main.id") == resources(VPC)["aws_vpc.main"].values["id"]


def test_an_id_argument_is_the_one_unknown_name_in_it() -> None:
    """`vpc_id = aws_vpc.main.id` of a new VPC is that VPC's id."""
    assert hole("aws_vpc.main.id") == resources(VPC, *SUBNETS)["aws_subnet.p[0]"].values["vpc_id"]


def test_a_known_name_can_only_choose() -> None:
    """`var.create ? aws_vpc.main.id : var.old` is unknown, so it is the VPC and not the known variable."""
    subnet = create("aws_subnet.a", vpc_id=ref("var.create", "aws_vpc.main.id", "var.old"))
    variables = {"create": {"value": True}, "old": {"value": "vpc-0bbbbbbbb"}}

    assert (
        hole("aws_vpc.main.id")
        == resources(VPC, subnet, variables=variables)["aws_subnet.a"].values["vpc_id"]
    )


def test_two_unknown_names_are_not_guessed_between() -> None:
    """`c ? aws_vpc.a.id : aws_vpc.b.id` may be either."""
    subnet = create("aws_subnet.a", vpc_id=ref("aws_vpc.main.id", "aws_vpc.b.id"))
    value = resources(VPC, create("aws_vpc.b", cidr_block="10.1.0.0/16"), subnet)["aws_subnet.a"].values[
        "vpc_id"
    ]

    assert isinstance(value, Unknown)
    assert Why.NOT_FOLLOWED is value.why
    assert "aws_vpc.b.id" in value.what
    assert "--source" in value.settle_by


def test_an_index_that_is_not_there_is_another_branch() -> None:
    """`var.create ? aws_vpc.old[0].id : aws_vpc.main.id` where the first has no instance is the second."""
    gone = create("aws_vpc.old[1]", cidr_block="10.2.0.0/16")
    subnet = create("aws_subnet.a", vpc_id=ref("aws_vpc.old[0].id", "aws_vpc.main.id"))

    assert hole("aws_vpc.main.id") == resources(VPC, gone, subnet)["aws_subnet.a"].values["vpc_id"]


def test_an_id_of_another_kind_cannot_be_meant() -> None:
    """A group mentioned in a `vpc_id` can only choose: its id is no VPC's."""
    subnet = create("aws_subnet.a", vpc_id=ref("aws_security_group.g.id", "aws_vpc.main.id"))

    assert hole("aws_vpc.main.id") == resources(VPC, GROUP, subnet)["aws_subnet.a"].values["vpc_id"]


def test_the_only_vpc_is_meant_by_a_dead_end() -> None:
    """`local.vpc_id` is not in the JSON; where one VPC alone is unknown, it is that one."""
    subnet = create("aws_subnet.a", vpc_id=ref("local.vpc_id"))

    assert hole("aws_vpc.main.id") == resources(VPC, subnet)["aws_subnet.a"].values["vpc_id"]


@pytest.mark.parametrize(
    "other",
    [
        create("aws_vpc.b", cidr_block="10.1.0.0/16"),
        read("data.aws_vpc.b", tags={}),
        read("data.aws_ssm_parameter.vpc", name="vpc", value=COMPUTED),
        create("aws_cloudformation_stack.net", outputs=COMPUTED),
        create("terraform_data.vpc", output=COMPUTED),
        create("aws_default_vpc.d"),
    ],
    ids=["another VPC", "looked up later", "a parameter", "a stack", "handed through", "the default VPC"],
)
def test_a_dead_end_is_not_guessed_where_an_id_may_come_from_elsewhere(other: Block) -> None:
    """Whatever else may carry the id of a VPC keeps the dead end open."""
    subnet = create("aws_subnet.a", vpc_id=ref("local.vpc_id"))

    assert isinstance(resources(VPC, other, subnet)["aws_subnet.a"].values["vpc_id"], Unknown)


@pytest.mark.parametrize(
    "other",
    [create("random_pet.name"), read("data.aws_iam_policy_document.d", json=COMPUTED), create("aws_eip.e")],
    ids=["a name", "a policy", "an address"],
)
def test_what_carries_no_id_leaves_the_dead_end_certain(other: Block) -> None:
    """Names, policies and resources with ids of their own kind cannot be where a VPC's id comes from."""
    subnet = create("aws_subnet.a", vpc_id=ref("local.vpc_id"))

    assert hole("aws_vpc.main.id") == resources(VPC, other, subnet)["aws_subnet.a"].values["vpc_id"]


def test_ids_written_one_by_one_are_all_there_in_a_new_vpc() -> None:
    """`[p[0].id, p[1].id]` is these two: nothing older can be in a VPC that does not exist yet."""
    value = network(VPC, *SUBNETS, service([ref("aws_subnet.p[0].id"), ref("aws_subnet.p[1].id")]))

    assert [hole("aws_subnet.p[0].id"), hole("aws_subnet.p[1].id")] == value["subnets"]


def test_beside_references_an_id_may_be_written_out_in_an_old_vpc() -> None:
    """In a VPC that exists, `[g.id, "sg-0e5d..."]` and `[g.id]` look the same: the list stays open."""
    value = network(
        OLD_VPC, GROUP, service([ref("aws_security_group.g.id")], [ref("aws_security_group.g.id")])
    )
    known, rest = value["security_groups"]

    assert hole("aws_security_group.g.id") == known
    assert isinstance(rest, Unknown)


def test_a_known_id_beside_a_new_one_is_in_the_references() -> None:
    """An old subnet beside a new one makes the set unknown; both are members, and there may be more."""
    old = keep("aws_subnet.old", id="subnet-0aaaaaaaa", vpc_id="vpc-0aaaaaaaa")
    new = create("aws_subnet.new", vpc_id=Known("vpc-0aaaaaaaa", ("aws_vpc.main.id",)))
    subnets = [ref("aws_subnet.old.id"), ref("aws_subnet.new.id")]
    value = network(OLD_VPC, old, new, service(subnets))["subnets"]

    assert ["subnet-0aaaaaaaa", hole("aws_subnet.new.id")] == value[:2]
    assert isinstance(value[2], Unknown)


def test_a_splat_is_one_or_more_of_its_instances() -> None:
    """`slice(p[*].id, 0, 1)` and `p[*].id` look the same: some of them, nothing else."""
    value = network(VPC, *SUBNETS, service(ref("aws_subnet.p")))["subnets"]

    assert isinstance(value, Some)
    assert (hole("aws_subnet.p[0].id"), hole("aws_subnet.p[1].id")) == value.values


def test_a_splat_of_one_instance_is_that_one() -> None:
    """One instance leaves nothing to choose from."""
    value = network(VPC, SUBNETS[0], service(ref("aws_subnet.p")))["subnets"]

    assert [hole("aws_subnet.p[0].id")] == value


def test_something_that_chooses_leaves_the_only_candidate() -> None:
    """`var.on ? [g.id] : []` is unknown and therefore not empty; in a new VPC it is the group alone."""
    value = network(
        VPC, GROUP, service([], ref("var.on", "aws_security_group.g.id")), variables={"on": {"value": True}}
    )

    assert [hole("aws_security_group.g.id")] == value["security_groups"]


def test_a_splat_in_an_old_vpc_may_have_company() -> None:
    """Where ids may be written out as well, a splat tells nothing certain."""
    new = [create(f"aws_subnet.n[{i}]", vpc_id=Known("vpc-0aaaaaaaa", ("aws_vpc.main.id",))) for i in (0, 1)]

    assert isinstance(network(OLD_VPC, *new, service(ref("aws_subnet.n")))["subnets"], Unknown)


def test_the_default_vpc_is_older_than_the_plan() -> None:
    """A default VPC is adopted, not made: ids written out may be in it."""
    group = create("aws_security_group.g", vpc_id=ref("aws_default_vpc.d.id"))
    value = network(create("aws_default_vpc.d"), group, service([], [ref("aws_security_group.g.id")]))

    assert isinstance(value["security_groups"][1], Unknown)


@pytest.mark.parametrize("key", [0, 1])
def test_as_many_links_as_subnets_are_one_each(key: int) -> None:
    """`p[count.index].id` may be `element(p, count.index + 1)`: where all else is alike, it does not matter."""
    links = [
        create(f"aws_route_table_association.a[{i}]", subnet_id=ref("aws_subnet.p", "count.index"))
        for i in (0, 1)
    ]
    found = resources(VPC, *SUBNETS, *links)[f"aws_route_table_association.a[{key}]"]

    assert hole(f"aws_subnet.p[{key}].id") == found.values["subnet_id"]


def test_a_second_argument_picked_by_the_index_makes_it_matter() -> None:
    """Subnet and table both by `count.index`: which goes with which is custom, and not certain."""
    tables = [create(f"aws_route_table.t[{i}]", vpc_id=ref("aws_vpc.main.id")) for i in (0, 1)]
    links = [
        create(
            f"aws_route_table_association.a[{i}]",
            subnet_id=ref("aws_subnet.p", "count.index"),
            route_table_id=ref("aws_route_table.t", "count.index"),
        )
        for i in (0, 1)
    ]
    found = resources(VPC, *SUBNETS, *tables, *links)["aws_route_table_association.a[0]"]

    assert isinstance(found.values["subnet_id"], Some)
    assert isinstance(found.values["route_table_id"], Some)
    assert hole("aws_subnet.p[0].id") == found.values["subnet_id"].values[0]


def test_fewer_links_than_subnets_may_be_of_any() -> None:
    """One association over two subnets: which is left out is not in the JSON."""
    link = create("aws_route_table_association.a[0]", subnet_id=ref("aws_subnet.p", "count.index"))

    assert isinstance(
        resources(VPC, *SUBNETS, link)["aws_route_table_association.a[0]"].values["subnet_id"], Some
    )


def test_blocks_with_the_same_names_as_keys_are_paired() -> None:
    """`t[each.key].id` where both have the same names as keys is the one of the same name."""
    tables = [create(f'aws_route_table.t["{key}"]', vpc_id=ref("aws_vpc.main.id")) for key in "ab"]
    links = [
        create(f'aws_route_table_association.l["{key}"]', route_table_id=ref("aws_route_table.t", "each.key"))
        for key in "ab"
    ]
    found = resources(VPC, *tables, *links)['aws_route_table_association.l["b"]']

    assert hole('aws_route_table.t["b"].id') == found.values["route_table_id"]


def test_blocks_with_other_keys_are_not_paired() -> None:
    """Three associations over two subnets pick by some rule that is not in the JSON."""
    links = [
        create(f"aws_route_table_association.a[{i}]", subnet_id=ref("aws_subnet.p", "count.index"))
        for i in range(3)
    ]
    found = resources(VPC, *SUBNETS, *links)

    assert all(
        isinstance(found[f"aws_route_table_association.a[{i}]"].values["subnet_id"], Unknown)
        for i in range(3)
    )


def test_each_value_of_a_resource_is_the_instance_of_that_key() -> None:
    """With `for_each = aws_subnet.q`, `each.value.id` is that subnet's."""
    subnets = [create(f'aws_subnet.q["{key}"]', vpc_id=ref("aws_vpc.main.id")) for key in "ab"]
    link = create('aws_route_table_association.l["a"]', subnet_id=ref("each.value.id"))
    link.written["for_each_expression"] = {"references": ["aws_subnet.q"]}

    found = resources(VPC, *subnets, link)['aws_route_table_association.l["a"]']

    assert hole('aws_subnet.q["a"].id') == found.values["subnet_id"]


@pytest.mark.parametrize("for_each", [None, {"references": ["var.a", "var.b"]}, {"references": ["local.x"]}])
def test_each_value_of_anything_else_is_not_read(for_each: dict[str, Any] | None) -> None:
    """A map made of several things, or in a local, is not in the JSON."""
    link = create('aws_route_table_association.l["a"]', subnet_id=ref("each.value.id"))
    link.written["for_each_expression"] = for_each
    if for_each is None:
        del link.written["for_each_expression"]

    found = resources(VPC, *SUBNETS, link)['aws_route_table_association.l["a"]']

    assert isinstance(found.values["subnet_id"], Unknown)


def test_module_inputs_and_outputs_are_followed() -> None:
    """A service in one module, subnets in another: by `module.net.ids` and `var.subnets`."""
    vpc = create("module.net.aws_vpc.main", cidr_block="10.0.0.0/16")
    subnet = create("module.net.aws_subnet.a", vpc_id=ref("aws_vpc.main.id"))
    app = create("module.app.aws_ecs_service.s", network_configuration=[{"subnets": ref("var.subnets")}])
    calls = {
        "net": {
            "module": {
                "outputs": {"ids": {"expression": {"references": ["aws_subnet.a.id", "aws_subnet.a"]}}}
            }
        },
        "app": {
            "expressions": {"subnets": {"references": ["module.net.ids", "module.net"]}},
            "module": {"variables": {"subnets": {}}},
        },
    }
    found = resources(vpc, subnet, app, calls=calls)["module.app.aws_ecs_service.s"]

    assert [hole("module.net.aws_subnet.a.id")] == found.values["network_configuration"][0]["subnets"]


def test_two_values_under_one_name_may_be_cut_to_fewer() -> None:
    """A list handed through a module may be sliced where it is used."""
    app = create("module.app.aws_ecs_service.s", network_configuration=[{"subnets": ref("var.subnets")}])
    listed = {
        "references": [
            "aws_subnet.p[0].id",
            "aws_subnet.p[0]",
            "aws_subnet.p",
            "aws_subnet.p[1].id",
            "aws_subnet.p[1]",
            "aws_subnet.p",
        ]
    }
    calls = {"app": {"expressions": {"subnets": listed}, "module": {"variables": {"subnets": {}}}}}
    found = resources(VPC, *SUBNETS, app, calls=calls)["module.app.aws_ecs_service.s"]

    assert isinstance(found.values["network_configuration"][0]["subnets"], Some)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            {"references": ['module.app.made["a"]', "module.app.made", "module.app"]},
            hole('module.app.aws_subnet.q["a"].id'),
        ),
        ({"references": ["module.app.gone", "module.app"]}, None),
        ({"references": ["module.nowhere.x", "module.nowhere"]}, None),
        ({"references": ["module.app"]}, None),
        ({"references": ["var.nowhere"]}, None),
        ({"references": ["aws_subnet.nowhere.id", "aws_subnet.nowhere"]}, None),
    ],
)
def test_a_key_of_a_map_in_an_output_is_that_instance(
    expression: dict[str, Any], expected: str | None
) -> None:
    """`module.app.made["a"]` of `{for k, s in aws_subnet.q : k => s.id}` is q["a"]; dead ends stay open."""
    subnets = [create(f'module.app.aws_subnet.q["{key}"]', vpc_id=ref("aws_vpc.main.id")) for key in "ab"]
    link = create("aws_route_table_association.l", subnet_id=COMPUTED)
    link.written["expressions"]["subnet_id"] = expression
    calls = {"app": {"module": {"outputs": {"made": {"expression": {"references": ["aws_subnet.q"]}}}}}}

    value = resources(*subnets, link, calls=calls)["aws_route_table_association.l"].values["subnet_id"]

    assert expected == value if expected else isinstance(value, Unknown)


def test_an_index_into_a_list_is_not_guessed() -> None:
    """`module.app.ids[0]` may be the first of a slice: with several instances it stays open."""
    subnets = [create(f"module.app.aws_subnet.q[{i}]", vpc_id=ref("aws_vpc.main.id")) for i in (0, 1)]
    link = create("aws_route_table_association.l", subnet_id=ref("module.app.ids[0]"))
    calls = {"app": {"module": {"outputs": {"ids": {"expression": {"references": ["aws_subnet.q"]}}}}}}

    value = resources(*subnets, link, calls=calls)["aws_route_table_association.l"].values["subnet_id"]

    assert isinstance(value, Unknown)


def test_a_circle_of_modules_ends() -> None:
    """Inputs and outputs that lead to each other are no endless chain."""
    app = create("module.app.aws_ecs_service.s", network_configuration=[{"subnets": ref("var.x")}])
    calls = {
        "app": {
            "expressions": {"x": {"references": ["module.app.y", "module.app"]}},
            "module": {"outputs": {"y": {"expression": {"references": ["var.x"]}}}, "variables": {"x": {}}},
        }
    }
    found = resources(app, calls=calls)["module.app.aws_ecs_service.s"]

    assert isinstance(found.values["network_configuration"][0]["subnets"], Unknown)


def test_resources_that_refer_to_each_other_end() -> None:
    """Two attributes that lead to each other stay open."""
    first = create("aws_subnet.a", vpc_id=ref("aws_subnet.b.vpc_id"))
    second = create("aws_subnet.b", vpc_id=ref("aws_subnet.a.vpc_id"))

    assert isinstance(resources(first, second)["aws_subnet.a"].values["vpc_id"], Unknown)


def test_a_default_of_a_variable_is_used() -> None:
    """An input that the call leaves out has its default."""
    subnet = create("module.app.aws_subnet.a", vpc_id=ref("var.vpc", "aws_vpc.m.id"))
    vpc = create("module.app.aws_vpc.m", cidr_block="10.0.0.0/16")
    calls = {"app": {"module": {"variables": {"vpc": {"default": "vpc-0aaaaaaaa"}}}}}

    found = resources(subnet, vpc, calls=calls)["module.app.aws_subnet.a"]

    assert hole("module.app.aws_vpc.m.id") == found.values["vpc_id"]


def test_text_put_together_is_not_read() -> None:
    """A policy with an ARN in it mentions the ARN; what is around it is not in the JSON."""
    policy = create("aws_iam_role_policy.p", role=ref("aws_iam_role.r.id"), policy=ref("aws_s3_bucket.b.arn"))
    found = resources(create("aws_iam_role.r"), create("aws_s3_bucket.b"), policy)["aws_iam_role_policy.p"]

    assert hole("aws_iam_role.r.id") == found.values["role"]
    assert isinstance(found.values["policy"], Unknown)


def test_a_policy_document_is_followed() -> None:
    """`policy = data.aws_iam_policy_document.d.json` is that document."""
    policy = create("aws_iam_role_policy.p", policy=ref("data.aws_iam_policy_document.d.json"))
    document = read("data.aws_iam_policy_document.d", json=COMPUTED, statement=[{"actions": ["s3:*"]}])

    assert (
        hole("data.aws_iam_policy_document.d.json")
        == resources(document, policy)["aws_iam_role_policy.p"].values["policy"]
    )


def test_inline_rules_share_their_references() -> None:
    """One unknown list of groups among the rules has the one group that is mentioned."""
    rules = [
        {"from_port": 443, "cidr_blocks": ["10.0.0.0/8"], "security_groups": []},
        {"from_port": 80, "security_groups": [ref("aws_security_group.g.id")]},
    ]
    found = resources(VPC, GROUP, create("aws_security_group.h", ingress=rules))["aws_security_group.h"]

    assert [hole("aws_security_group.g.id")] == found.values["ingress"][1]["security_groups"]


def test_two_unknown_lists_among_rules_are_not_told_apart() -> None:
    """Which of two groups is in which of two rules is not in the JSON."""
    other = create("aws_security_group.x", vpc_id=ref("aws_vpc.main.id"))
    rules = [
        {"from_port": 443, "security_groups": [ref("aws_security_group.g.id")]},
        {"from_port": 80, "security_groups": [ref("aws_security_group.x.id")]},
    ]
    found = resources(VPC, GROUP, other, create("aws_security_group.h", ingress=rules))[
        "aws_security_group.h"
    ]

    assert all(isinstance(rule["security_groups"], Unknown) for rule in found.values["ingress"])


def test_a_known_group_beside_an_unknown_one_may_be_in_another_rule() -> None:
    """A group with a known id is in some rule; that it is in the unknown one is not certain."""
    old = keep("aws_security_group.old", id="sg-0aaaaaaaa", vpc_id="vpc-0aaaaaaaa")
    rules = [
        {"from_port": 443, "security_groups": ["sg-0aaaaaaaa"]},
        {
            "from_port": 80,
            "security_groups": [ref("aws_security_group.old.id"), ref("aws_security_group.g.id")],
        },
    ]
    found = resources(VPC, GROUP, old, create("aws_security_group.h", ingress=rules))["aws_security_group.h"]

    assert isinstance(found.values["ingress"][1]["security_groups"], Unknown)


def test_what_a_dynamic_block_makes_counts_as_written() -> None:
    """A dynamic block has no expressions; its values are there, with what is unknown in them open."""
    group = create("aws_security_group.h", vpc_id=ref("aws_vpc.main.id"))
    group.change["change"]["after"]["egress"] = [{"from_port": 443, "security_groups": None}]
    group.change["change"]["after_unknown"]["egress"] = [{"security_groups": True}]
    found = resources(VPC, group)["aws_security_group.h"]

    assert not found.leaves_out("egress")
    assert isinstance(found.values["egress"][0]["security_groups"], Unknown)


def test_sensitive_values_stay_out() -> None:
    """What is marked sensitive is unknown, unless it is how things are connected."""
    group = create("aws_security_group.h", vpc_id="vpc-0aaaaaaaa", description="hunter2")
    group.change["change"]["after_sensitive"] = {"description": True, "vpc_id": True}
    found = resources(group)["aws_security_group.h"]

    assert isinstance(found.values["description"], Unknown)
    assert Why.SENSITIVE is found.values["description"].why
    assert "hunter2" not in str(found)
    assert "vpc-0aaaaaaaa" == found.values["vpc_id"]


def test_what_is_deleted_is_kept_as_such() -> None:
    """A deleted resource is there with its old values, and no reference leads to it."""
    found = resources(delete("aws_nat_gateway.n", id="nat-0aaaaaaaa"))["aws_nat_gateway.n"]

    assert found.deleted
    assert "nat-0aaaaaaaa" == found.values["id"]


def test_what_is_forgotten_goes_on_existing() -> None:
    """`removed` blocks make Terraform forget an object, and the object stays."""
    block = delete("aws_nat_gateway.n", id="nat-0aaaaaaaa")
    block.change["change"]["actions"] = ["forget"]

    assert not resources(block)["aws_nat_gateway.n"].deleted


def test_a_changed_route_is_kept_as_it_was_too() -> None:
    """What a route was before is known beside what it becomes: its table still shows it."""
    old = {"id": "r-1", "route_table_id": "rtb-0aaaaaaaa", "destination_cidr_block": "0.0.0.0/0"}
    found = resources(change("aws_route.r", old, route_table_id="rtb-0aaaaaaaa"))

    assert found["aws_route.r (before)"].deleted
    assert "0.0.0.0/0" == found["aws_route.r (before)"].values["destination_cidr_block"]


def test_deposed_objects_are_not_there() -> None:
    """An object that a replacement left over is none of the configuration's."""
    block = create("aws_vpc.main", cidr_block="10.0.0.0/16")
    block.change["deposed"] = "12345678"

    assert {} == resources(block)


def test_the_state_before_is_read_where_the_plan_says_nothing() -> None:
    """Data sources that were read, and resources that a targeted plan leaves alone."""
    found = resources(
        looked_up("data.aws_vpc.d", id="vpc-0aaaaaaaa"), looked_up("aws_subnet.s", id="subnet-0a")
    )

    assert found["data.aws_vpc.d"].data
    assert found["aws_subnet.s"].exists


def test_types_that_say_nothing_are_passed_over() -> None:
    """What no adapter reads is not even decoded."""
    assert {} == resources(create("aws_sqs_queue.q"))


def test_an_attribute_of_something_that_is_not_there_is_its_name() -> None:
    """A reference to what the plan does not have stays a name."""
    planned = Planned(read_plan(plan(), "p"))

    assert hole("aws_vpc.gone.id") == planned.attribute("aws_vpc.gone", "id")


def test_unknown_text_tells_what_it_is_made_of() -> None:
    """For container definitions the references are kept, through modules too."""
    definition = create(
        "aws_ecs_task_definition.t",
        container_definitions=ref(
            "aws_ecr_repository.r.repository_url", "local.x", "aws_cloudwatch_log_group.l"
        ),
    )
    group = create("aws_cloudwatch_log_group.l")
    repository = create("aws_ecr_repository.r", name="r", repository_url=COMPUTED)
    found = resources(definition, repository, group)["aws_ecs_task_definition.t"]

    assert ("aws_ecr_repository.r.repository_url", "aws_cloudwatch_log_group.l") == (
        found.mentions["container_definitions"]
    )


def test_known_things_in_unknown_text_are_told_by_their_names() -> None:
    """A log group's name is known before it exists; which group it is matters all the same."""
    definition = create(
        "aws_ecs_task_definition.t",
        container_definitions=ref("aws_cloudwatch_log_group.l.name", "aws_ssm_parameter.p.value"),
    )
    group = create("aws_cloudwatch_log_group.l", name="/app")
    parameter = create("aws_ssm_parameter.p", value=ref("aws_ecr_repository.r.repository_url"))
    repository = create("aws_ecr_repository.r", name="r", repository_url=COMPUTED)
    found = resources(definition, group, parameter, repository)["aws_ecs_task_definition.t"]

    assert {"aws_cloudwatch_log_group.l.name", "aws_ssm_parameter.p.value"} <= set(
        found.mentions["container_definitions"]
    )


def test_values_that_are_no_table_are_none() -> None:
    """A resource whose values are nonsense has none."""
    block = create("aws_vpc.main")
    block.change["change"] |= {"after": ["x"], "after_unknown": True}

    assert {} == resources(block)["aws_vpc.main"].values


def test_resources_without_any_values_are_read() -> None:
    """Everything of a resource may be unknown: then there are no values at all."""
    link = create("aws_vpc_endpoint_route_table_association.a", vpc_endpoint_id=ref("aws_vpc_endpoint.e.id"))
    link.change["change"]["after"] = {}
    document = json.loads(plan(create("aws_vpc_endpoint.e"), link))
    found = tree_of_plan(read_plan(json.dumps(document).encode(), "p")).resources

    assert (
        hole("aws_vpc_endpoint.e.id")
        == found["aws_vpc_endpoint_route_table_association.a"].values["vpc_endpoint_id"]
    )


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        ("x", (), "x"),
        ([{"a": "x"}], (0, "a"), "x"),
        ([], (0,), None),
        ({}, ("a",), None),
        ({"a": 1}, (0,), None),
        (7, ("a",), None),
        (None, ("a",), None),
        ("plain", ("a",), None),
        (hole("a.b.c"), (0, "d"), hole("a.b.c[0].d")),
    ],
)
def test_a_path_leads_into_a_value(value: Any, path: tuple[str | int, ...], expected: Any) -> None:
    """Lists by number, tables by name; what is known only by name gets a longer name."""
    assert expected == dig(value, path)


def test_a_constant_behind_a_module_can_only_choose() -> None:
    """Inputs and outputs that are constants are known; what is unknown comes from elsewhere."""
    subnet = create("module.app.aws_subnet.a", vpc_id=ref("var.net.vpc", "module.inner.none", "aws_vpc.m.id"))
    made = create("module.app.aws_vpc.m", cidr_block="10.0.0.0/16")
    inner = {"module": {"outputs": {"none": {"expression": {"constant_value": None}}}}}
    calls = {
        "app": {
            "expressions": {"net": {"constant_value": {"vpc": "vpc-0aaaaaaaa"}}},
            "module": {"variables": {"net": {}}, "module_calls": {"inner": inner}},
        }
    }
    found = resources(subnet, made, calls=calls)["module.app.aws_subnet.a"]

    assert hole("module.app.aws_vpc.m.id") == found.values["vpc_id"]


def test_each_value_of_a_constant_is_known() -> None:
    """`for_each = { a = "vpc-..." }` has its values in the JSON."""
    subnet = create('aws_subnet.s["a"]', vpc_id=ref("each.value", "aws_vpc.main.id"))
    subnet.written["for_each_expression"] = {"constant_value": {"a": "vpc-0aaaaaaaa"}}

    assert hole("aws_vpc.main.id") == resources(VPC, subnet)['aws_subnet.s["a"]'].values["vpc_id"]


def test_a_part_of_an_object_is_one_of_what_is_in_it() -> None:
    """`var.cfg.sg` of `{ sg = aws_security_group.g.id, subnet = aws_subnet.p[0].id }` can only be the group."""
    app = create(
        "module.app.aws_ecs_service.s", network_configuration=[{"security_groups": ref("var.cfg.sg")}]
    )
    cfg = {
        "references": [
            "aws_security_group.g.id",
            "aws_security_group.g",
            "aws_subnet.p[0].id",
            "aws_subnet.p[0]",
            "aws_subnet.p",
        ]
    }
    calls = {"app": {"expressions": {"cfg": cfg}, "module": {"variables": {"cfg": {}}}}}
    found = resources(VPC, GROUP, *SUBNETS, app, calls=calls)["module.app.aws_ecs_service.s"]

    assert [hole("aws_security_group.g.id")] == found.values["network_configuration"][0]["security_groups"]


@pytest.mark.parametrize("name", ["local.x", "path.module", "self.x"])
def test_other_names_lead_nowhere(name: str) -> None:
    """Locals are not in the JSON; paths and workspaces are known texts and no ids."""
    link = create("aws_route_table_association.l", subnet_id=ref(name))

    assert isinstance(
        resources(VPC, *SUBNETS, link)["aws_route_table_association.l"].values["subnet_id"], Unknown
    )
