"""Each row by itself: what it says where the input does not hold what it would change."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from pullproof.evidence import Gate, Step, Wanted
from pullproof.launch.requirement import Allow, Assume, Connect, Mount, Need, Refused
from pullproof.model import addresses
from pullproof.model.codes import BLOCKER_CODES
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, PrefixList
from pullproof.model.iam import Policy
from pullproof.model.packets import UDP, Service, tcp
from pullproof.model.value import Listing, Origin, Unknown
from pullproof.prove.gaps import Gap, survey
from pullproof.repair import candidates, endpoints, filters, internet, mounts, search, statements
from pullproof.repair.scene import Move, Names, Scene, Stands, Ways, leads
from pullproof.repair.warnings import warnings
from pullproof.verdict import Verdict
from tests.rules.build import UNKNOWN, at, change, document, estate, nat, without

API = Connect(host="api.ecr.eu-west-1.amazonaws.com")
CALL = Allow(
    caller="execution-role", role="execution", action="ecr:BatchGetImage", resource="arn:aws:ecr:::x"
)
WANTED = Wanted(egress=True, service=tcp(443), addresses=addresses.of("10.0.1.0/24"))


def a_gap(
    code: str,
    at_key: str,
    need: Need = API,
    *,
    subnet: str = "subnet-a",
    gate: Gate = Gate.ROUTE_TABLE,
    wanted: Wanted | None = None,
    cites: tuple[Origin, ...] = (),
    rule: str = "ecr-login",
) -> Gap:
    """A gap of the service in a subnet."""
    step = Step(
        gate=gate, at=at_key, verdict=Verdict.FAILS, says="it fails", code=code, wanted=wanted, cites=cites
    )
    return Gap(
        launch="service",
        step="ecr-login",
        rule=rule,
        subject="x",
        subnet=subnet,
        need=need,
        decision=step,
        source=None,
    )


def a_scene(made: Estate, *gaps: Gap, via: str = "auto") -> Scene:
    """The scene of those gaps."""
    return Scene(made, via, Names(), survey(made), gaps)


def test_every_code_has_a_row() -> None:
    """Each blocker code has what proposes a way to mend it, and nothing else has."""
    assert BLOCKER_CODES == candidates.ROWS.keys()


@pytest.mark.parametrize(
    ("row", "gap"),
    [
        (candidates.way_out, a_gap("no-route", "rtb", Mount(file_system="fs-1"))),
        (candidates.way_out, a_gap("no-route", "rtb")),
        (endpoints.endpoint, a_gap("endpoint-missing", "vpc", subnet="none")),
        (endpoints.endpoint, a_gap("endpoint-missing", "vpc", Mount(file_system="fs-1"))),
        (endpoints.associate, a_gap("gateway-not-associated", "rtb", subnet="none")),
        (endpoints.private_dns, a_gap("private-dns-off", "none")),
        (endpoints.record, a_gap("dns-no-record", "vpc")),
        (filters.group_ingress, a_gap("sg-ingress", "none", wanted=replace(WANTED, egress=False))),
        (filters.group_egress, a_gap("sg-egress", "sg-task", wanted=WANTED)),
        (filters.acl_entry, a_gap("nacl-egress", "none", wanted=WANTED)),
        (internet.public_ip, a_gap("no-public-ip", "service", subnet="none")),
        (internet.nat, a_gap("endpoint-missing", "vpc", subnet="none")),
        (mounts.mount_target, a_gap("no-mount-target", "none")),
        (statements.missing_action, a_gap("iam-missing-action", "none", CALL)),
        (statements.missing_action, a_gap("iam-missing-action", "execution")),
        (statements.resource_policy, a_gap("resource-policy", "elsewhere", CALL)),
        (statements.resource_policy, a_gap("resource-policy", "x", replace(CALL, role=UNKNOWN))),
        (statements.endpoint_policy, a_gap("endpoint-policy", "none", CALL)),
        (statements.trust, a_gap("role-trust", "none", Assume(role="none"))),
        (statements.role, a_gap("role-missing", "none", rule="execution-role")),
        (statements.platform, a_gap("platform-unsupported", "none")),
        (statements.no_way, a_gap("iam-denied", "p", CALL, gate=Gate.ORGANIZATION_POLICY)),
        (statements.no_way, a_gap("iam-denied", "p", CALL, gate=Gate.BOUNDARY, cites=(at("p"),))),
        (statements.missing_action, a_gap("iam-missing-action", "b", CALL, gate=Gate.BOUNDARY)),
    ],
)
def test_what_is_not_there_is_left_with_a_reason(row: Callable[[Gap, Scene], Ways], gap: Gap) -> None:
    """Where the input lacks what would have to change, the answer is a reason and what a person can do."""
    found = row(gap, a_scene(estate(), gap))

    assert isinstance(found, Stands)
    assert found.why
    assert found.remedy


def test_a_filter_without_a_known_other_end_waits() -> None:
    """A group that nothing is known to be wanted of is looked at again once the way is there."""
    gap = a_gap("sg-ingress", "sg-task")
    made = estate()

    assert () == filters.group_ingress(gap, a_scene(made, gap))
    assert () == candidates.ways(gap, a_scene(made, gap), frozenset({gap.claim}))


def test_one_endpoint_of_two_may_have_private_dns() -> None:
    """The second endpoint for a service is not given private DNS beside the first."""
    made = estate()
    made.endpoints["second"] = replace(made.endpoints["ecr.api"], key="second", private_dns=False)
    gap = a_gap("private-dns-off", "second")
    found = endpoints.private_dns(gap, a_scene(made, gap))

    assert isinstance(found, Stands)
    assert "ecr.api has private DNS for the same service" in found.why


def test_the_endpoint_that_is_there_is_mended() -> None:
    """Without private DNS it gets it, without a subnet it gets one, and a third reason is for a person."""
    gap = a_gap("endpoint-missing", "vpc")
    off, nowhere = estate(), estate()
    change(off.endpoints, "ecr.api", private_dns=False)
    change(nowhere.endpoints, "ecr.api", subnets=Listing())

    assert isinstance(endpoints.endpoint(gap, a_scene(off, gap)), tuple)
    assert isinstance(endpoints.endpoint(gap, a_scene(nowhere, gap)), tuple)
    assert isinstance(endpoints.endpoint(gap, a_scene(estate(), gap)), Stands)


def test_a_region_that_is_not_known_stays_a_name() -> None:
    """The service of a new endpoint has the region's name in place of the region."""
    made = without(estate(), "ecr.api")
    made.region = UNKNOWN
    change(made.vpcs, "vpc", region="\ue000var.region\ue001")
    gap = a_gap("endpoint-missing", "vpc")
    found = endpoints.endpoint(gap, a_scene(made, gap))

    assert isinstance(found, tuple)
    assert any("var.region" in str(getattr(edit, "service", "")) for edit in found[0].edits)


def test_default_and_shared_groups_are_not_the_endpoints_own() -> None:
    """A group that other things carry, or the default one, is not opened: a new one is made."""
    made = without(estate(), "ecr.api")
    change(made.mount_targets, "target-subnet-a", groups=Listing(("sg-endpoints",)))
    gap = a_gap("endpoint-missing", "vpc")
    found = endpoints.endpoint(gap, a_scene(made, gap))

    assert isinstance(found, tuple)
    assert any(type(edit).__name__ == "AddSecurityGroup" for edit in found[0].edits)


def test_entries_about_other_packets_do_not_count() -> None:
    """An entry that denies another protocol is not what the new entry has to come before."""
    made = estate()
    deny = AclEntry(
        origin=at("acl"),
        number=50,
        allow=False,
        service=Service(UDP, ((0, 65535),)),
        block=addresses.EVERYWHERE,
    )
    change(made.acls, "acl", egress=Listing((deny,)))
    gap = a_gap("nacl-egress", "acl", wanted=WANTED)
    found = filters.acl_entry(gap, a_scene(made, gap))

    assert isinstance(found, tuple)
    assert [60] == [edit.number for edit in found[0].edits if hasattr(edit, "number")]


def test_an_entry_whose_block_is_not_known_may_deny() -> None:
    """What may deny has to come after the new entry."""
    made = estate()
    deny = AclEntry(origin=at("acl"), number=50, allow=False, service=UNKNOWN, block=UNKNOWN)
    change(made.acls, "acl", egress=Listing((deny,)))
    gap = a_gap("nacl-egress", "acl", wanted=WANTED)
    found = filters.acl_entry(gap, a_scene(made, gap))

    assert isinstance(found, tuple)
    assert [40] == [edit.number for edit in found[0].edits if hasattr(edit, "number")]


def test_nat_is_not_put_where_it_cannot_be() -> None:
    """A VPC of another input, and a NAT gateway whose place is not known, are for a person."""
    elsewhere = without(estate(), "ecr.api")
    change(elsewhere.vpcs, "vpc", unseen=UNKNOWN)
    lost = nat(estate())
    change(lost.nat_gateways, "nat", subnet=UNKNOWN)
    gap = a_gap("endpoint-missing", "vpc")

    for made in (elsewhere, lost):
        assert isinstance(internet.nat(gap, a_scene(made, gap, via="nat")), Stands)


def test_a_public_address_is_not_given_twice() -> None:
    """A task that has one already is kept by something else."""
    made = nat(estate())
    change(made.launches, "service", public_ip=True)
    gap = a_gap("no-public-ip", "service", subnet="subnet-public")

    assert isinstance(internet.public_ip(gap, a_scene(made, gap)), Stands)


def test_the_policy_of_a_resource_gets_its_statement() -> None:
    """A repository's has no resource, a bucket's has; an NFS client without IAM is anybody."""
    made = estate()
    empty: Policy = document([])
    for kind, owner, role, caller in (
        ("repositories", "repository", "execution", "execution-role"),
        ("buckets", "bucket", "arn:aws:iam::111122223333:role/execution", "execution-role"),
        ("file_systems", "files", "", "anonymous"),
    ):
        change(getattr(made, kind), owner, policy=empty)
        need = replace(CALL, owner=owner, owner_kind=kind, role=role, caller=caller)
        gap = a_gap("resource-policy", owner, need)
        found = statements.resource_policy(gap, a_scene(made, gap))
        assert isinstance(found, tuple)
        (edit,) = found[0].edits
        statement: Any = edit.statement  # type: ignore[union-attr]
        assert (kind == "repositories") is (statement.resources is None)


def test_a_denying_trust_is_not_touched() -> None:
    """A role whose trust denies somebody is for a person to change."""
    made = estate()
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*"}
    change(made.roles, "execution", trust=document([deny]))
    gap = a_gap("role-trust", "execution", Assume(role="execution"), cites=(at("execution"),))

    assert isinstance(statements.trust(gap, a_scene(made, gap)), Stands)


def test_the_platform_is_raised_where_a_launch_has_it() -> None:
    """A launch on an old platform gets the current one."""
    refused = Refused(code="platform-unsupported", resource="service", says="it cannot")
    gap = a_gap("platform-unsupported", "service", refused)
    found = statements.platform(gap, a_scene(estate(), gap))

    assert isinstance(found, tuple)


def test_gateway_endpoints_are_told_from_interface_ones() -> None:
    """The policy of a gateway endpoint means everybody, that of an interface endpoint the role."""
    made = estate()
    for key, expected in (("s3", "*"), ("ecr.dkr", "AWS")):
        gap = a_gap("endpoint-policy", key, CALL)
        found: Any = statements.endpoint_policy(gap, a_scene(made, gap))
        assert isinstance(found[0], Move)
        edit: Any = found[0].edits[0]
        assert expected == edit.statement.principals.of[0][0]
    assert EndpointType.GATEWAY is made.endpoints["s3"].type


def test_what_a_table_leads_to() -> None:
    """A table that is not known leads nowhere, and neither does one whose target is not."""
    made = nat(estate())
    change(
        made.route_tables,
        "rtb",
        routes=Listing((replace(made.route_tables["rtb"].routes.items[0], target=UNKNOWN),)),
    )

    assert None is leads(None)
    assert None is leads(made.route_tables["rtb"])
    assert isinstance(UNKNOWN, Unknown)


def test_subnets_whose_table_is_not_known_are_in_none() -> None:
    """A subnet is listed under its table, or under none."""
    made = estate()
    change(made.subnets, "subnet-b", route_table=UNKNOWN)
    scene = a_scene(made)

    assert ["subnet-a"] == [subnet.key for subnet in scene.in_table("rtb")]
    assert None is scene.table(made.subnets["subnet-b"])


def test_a_key_behind_an_alias_is_not_every_key() -> None:
    """What would be allowed on every key there is, is not allowed at all."""
    need = replace(CALL, action="kms:Decrypt", resource="arn:aws:kms:eu-west-1:1:key/\ue000?alias\ue001")
    gap = a_gap("iam-missing-action", "execution", need)
    found = statements.missing_action(gap, a_scene(estate(), gap))

    assert isinstance(found, Stands)
    assert "which resource" in found.why


def test_calls_of_other_vpcs_do_not_count() -> None:
    """What the tasks of a VPC ask of S3 is not asked in another one."""
    scene = a_scene(estate())

    assert () == scene.calls("elsewhere", "s3:")
    assert scene.calls("vpc", "s3:")


def test_a_free_block_is_certain_or_none() -> None:
    """Subnets of other VPCs take no room; a VPC whose blocks are not known, or too small, has none."""
    made = estate()
    made.subnets["far"] = replace(made.subnets["subnet-a"], key="far", vpc="other")
    small, lost = estate(), estate()
    change(small.vpcs, "vpc", blocks=addresses.of("10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/29"))
    change(lost.vpcs, "vpc", blocks=UNKNOWN)

    assert "10.0.255.240/28" == str(internet.free_block(a_scene(made), made.vpcs["vpc"]))
    assert None is internet.free_block(a_scene(small), small.vpcs["vpc"])
    assert None is internet.free_block(a_scene(lost), lost.vpcs["vpc"])


def test_the_internet_gateway_of_another_vpc_is_not_used() -> None:
    """A VPC without an internet gateway gets one, whatever other VPCs have."""
    made = nat(without(estate(), "ecr.api"))
    change(made.internet_gateways, "igw", vpc="other")
    made.nat_gateways.clear()
    change(made.route_tables, "rtb", routes=Listing())
    change(made.route_tables, "rtb-public", routes=Listing())
    gap = a_gap("endpoint-missing", "vpc")
    (move,) = internet.nat(gap, a_scene(made, gap, via="nat"))  # type: ignore[misc]

    assert isinstance(move, Move)
    assert any(type(edit).__name__ == "AddInternetGateway" for edit in move.edits)


def test_groups_of_mount_targets_that_are_not_known_are_not_reused() -> None:
    """A new mount target takes the groups of one whose groups are all known."""
    made = estate()
    change(made.mount_targets, "target-subnet-a", groups=Listing((), (UNKNOWN,)))
    gap = a_gap("no-mount-target", "files", Mount(file_system="fs-1"))
    (move,) = mounts.mount_target(gap, a_scene(made, gap))  # type: ignore[misc]

    assert isinstance(move, Move)
    assert ("sg-files",) == move.edits[-1].groups  # type: ignore[union-attr]


LAYERS = Connect(host="prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com")


def test_blocked_public_access_is_passed_by_endpoints_only() -> None:
    """An endpoint needs no internet; with NAT the block stays somebody's decision."""
    made = without(estate(), "ecr.api")
    gap = a_gap("public-access-blocked", "vpc")

    assert isinstance(candidates.blocked_access(gap, a_scene(made, gap)), tuple)
    assert isinstance(candidates.blocked_access(gap, a_scene(made, gap, via="nat")), Stands)


def test_a_service_of_another_region_has_no_endpoint_here() -> None:
    """Endpoints are for the services of their own region, and one of another region is not taken for it."""
    far = a_gap("endpoint-missing", "vpc", Connect(host="api.ecr.us-east-1.amazonaws.com"))
    found = endpoints.endpoint(far, a_scene(estate(), far))
    made = without(estate(), "ecr.api")
    made.endpoints["far"] = replace(
        made.endpoints["ecr.dkr"], key="far", service="com.amazonaws.us-east-1.ecr.api"
    )

    assert isinstance(found, Stands)
    assert "us-east-1" in found.why
    assert None is a_scene(made).endpoint_for("vpc", "ecr.api", EndpointType.INTERFACE)


def test_a_gateway_endpoint_gets_the_table_that_it_lacks() -> None:
    """A table that it is on already is not the trouble."""
    made = estate()
    gap = a_gap("gateway-not-associated", "rtb", LAYERS)
    there = endpoints.associate(gap, a_scene(made, gap))
    bare = estate()
    change(bare.endpoints, "s3", route_tables=Listing())
    lacking = endpoints.associate(gap, a_scene(bare, gap))

    assert isinstance(there, Stands)
    assert isinstance(lacking, tuple)


def test_a_group_of_another_vpc_is_for_a_person() -> None:
    """A rule mends nothing where the group cannot be on the task; a rule that nobody knows to want waits."""
    gap = a_gap("sg-egress", "sg-task")
    wrong = replace(gap, decision=replace(gap.decision, says="sg-task is of another VPC"))
    scene = a_scene(estate(), gap)

    assert () == filters.group_egress(gap, scene)
    assert isinstance(filters.group_egress(wrong, scene), Stands)


def test_the_list_of_a_service_is_the_one_that_the_input_has() -> None:
    """AWS's own prefix list is named by its key in the input, whatever other lists stand there."""
    made = estate()
    for key, name in (("mine", "partners"), ("theirs", "com.amazonaws.eu-west-1.s3")):
        made.prefix_lists[key] = PrefixList(key=key, origin=at(key), name=name, entries=UNKNOWN)

    assert "theirs" == filters._list_of("com.amazonaws.eu-west-1.s3", a_scene(made))


def test_a_nat_gateway_gets_a_table_of_its_own() -> None:
    """Where its subnet shares a table with others, they are not led to the internet with it."""
    made = nat(without(estate(), "ecr.api"))
    change(made.route_tables, "rtb-public", routes=Listing())
    change(made.subnets, "subnet-b", route_table="rtb-public")
    gap = a_gap("nat-not-public", "rtb")
    found = internet.nat(gap, a_scene(made, gap, via="nat"))

    assert isinstance(found, tuple)
    assert any(type(edit).__name__ == "AddRouteTable" for edit in found[0].edits)


def test_mount_targets_are_in_one_vpc() -> None:
    """A file system that is mounted from another VPC gets no mount target here."""
    made = estate()
    for key in ("subnet-a", "subnet-b"):
        made.subnets[f"far-{key}"] = replace(made.subnets[key], key=f"far-{key}", vpc="far")
        change(made.mount_targets, f"target-{key}", subnet=f"far-{key}")
    gap = a_gap("no-mount-target", "files", Mount(file_system="fs-1"))
    found = mounts.mount_target(gap, a_scene(made, gap))

    assert isinstance(found, Stands)
    assert "another VPC" in found.why


def test_a_policy_that_denies_is_not_opened() -> None:
    """A statement that denies in the policy of an endpoint is somebody's decision."""
    gap = a_gap("endpoint-policy", "ecr.api", CALL, cites=(at("ecr.api"),))

    assert isinstance(statements.endpoint_policy(gap, a_scene(estate(), gap)), Stands)


def test_what_was_not_asked_for_before_is_not_worse() -> None:
    """Requirements that an edit brings with it are as good as their tasks; what was tried has its own reason."""
    before = survey(estate())
    nothing = replace(before, standing={})

    assert () == search.worse(nothing, before)
    assert search.NOT_PROVEN == search._why_left((Move(()),), frozenset())


def test_no_endpoint_is_promised_where_aws_promises_none() -> None:
    """Dual-stack names, and an endpoint of a type that AWS does not have for its service, are for a person."""
    dual = a_gap("endpoint-missing", "vpc", Connect(host="ecr.eu-west-1.api.aws"))
    gap = a_gap("endpoint-missing", "vpc")
    made = estate()
    change(made.endpoints, "ecr.api", type=EndpointType.GATEWAY)

    for found in (
        endpoints.endpoint(dual, a_scene(estate(), dual)),
        endpoints.endpoint(gap, a_scene(made, gap)),
    ):
        assert isinstance(found, Stands)
        assert found.remedy


def test_across_a_transit_gateway_a_block_is_let_in() -> None:
    """Where a rule may not name the other end's group, its block is let in."""
    gap = a_gap("sg-ingress", "sg-endpoints", wanted=replace(WANTED, egress=False))
    found: Any = filters.group_ingress(gap, a_scene(estate(), gap))

    assert [WANTED.addresses] == [edit.peer for move in found for edit in move.edits]


def test_a_resource_that_denies_is_not_opened() -> None:
    """A statement that denies in the policy of a repository is somebody's decision."""
    need = replace(CALL, owner="repository", owner_kind="repositories")
    gap = a_gap("resource-policy", "repository", need, cites=(at("repository"),))

    assert isinstance(statements.resource_policy(gap, a_scene(estate(), gap)), Stands)


def test_a_trust_with_conditions_is_told() -> None:
    """ECS tasks get a statement of their own, and that it has no condition is said."""
    made = estate()
    bound = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": "1"}},
    }
    change(made.roles, "execution", trust=document([bound]))
    gap = a_gap("role-trust", "execution", Assume(role="execution"))
    found: Any = statements.trust(gap, a_scene(made, gap))

    assert any("trusts on conditions" in text for text in warnings(found[0].edits, made, made))
