"""Each edit makes the change it names, on a copy; what it cannot change stays as it is."""

from typing import Any

import jsonschema
import pytest

from pullproof.finding import Fix, Proof
from pullproof.model import addresses
from pullproof.model import edits as e
from pullproof.model.edits import Edit, managed_list, new
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Condition, Principals, Statement
from pullproof.model.names import HostedZone
from pullproof.model.packets import ALL_TRAFFIC, Service, tcp
from pullproof.model.text import hole
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import ListRef, Target, TargetKind
from pullproof.prove import prove
from pullproof.render.as_json import edit_json
from pullproof.repair.apply import edited
from pullproof.repair.cost import of_edits
from pullproof.repair.exposure import Exposure, Level, score
from pullproof.repair.order import KINDS, ordered, stated, tidy
from pullproof.repair.warnings import warnings
from pullproof.repair.words import resource, says
from pullproof.verdict import Verdict
from tests.rules.build import UNKNOWN, allow, at, change, estate, nat, without
from tests.schemas import published

S3 = "com.amazonaws.eu-west-1.s3"
ANY = addresses.cidr("0.0.0.0/0")
STATEMENT = Statement(
    origin=Origin("x"),
    allow=True,
    actions=Listing(("kms:Decrypt",)),
    resources=Listing((hole("aws_kms_key.a.arn"),)),
    principals=Principals(of=(("AWS", Listing(("arn:aws:iam::1:role/x",))),)),
    conditions=Listing(
        (Condition(operator="StringEquals", key="kms:ViaService", values=Listing(("ssm.amazonaws.com",))),)
    ),
)
GROUP_RULE = e.AddGroupRule(group="sg-task", egress=True, service=tcp(443), peer=GroupRef("sg-endpoints"))
INTERFACE = e.AddEndpoint(
    name="logs",
    vpc="vpc",
    service="com.amazonaws.eu-west-1.logs",
    type=EndpointType.INTERFACE,
    subnets=("subnet-a",),
    groups=("sg-endpoints",),
    private_dns=True,
)
GATEWAY = e.AddEndpoint(
    name="s3", vpc="vpc", service=S3, type=EndpointType.GATEWAY, route_tables=("rtb",), policy=(STATEMENT,)
)
#: One edit of every kind, in no order.
EVERY: tuple[Edit, ...] = (
    INTERFACE,
    GATEWAY,
    e.AssociateRouteTable(endpoint="s3", table="rtb"),
    e.AddEndpointSubnet(endpoint="ecr.api", subnet="subnet-b"),
    e.SetPrivateDns(endpoint="ecr.api"),
    e.SetVpcAttribute(vpc="vpc", attribute="enableDnsHostnames"),
    e.AddSecurityGroup(name="endpoints", vpc="vpc", description="Interface endpoints"),
    GROUP_RULE,
    e.AddAclEntry(acl="acl", egress=True, number=90, service=tcp(443), block=addresses.of("10.0.1.0/24")),
    e.AddRouteTable(name="public", vpc="vpc", subnets=("subnet-a",)),
    e.SetRoute(table="rtb", destination=ANY, target=Target(TargetKind.NAT_GATEWAY, new("nat"))),
    e.AddInternetGateway(name="internet", vpc="vpc"),
    e.AddNatGateway(name="nat", subnet="subnet-a"),
    e.AddRecord(zone="zone", record="api.ecr.eu-west-1.amazonaws.com", endpoint="ecr.api"),
    e.AssignPublicIp(launch="service"),
    e.SetPlatformVersion(launch="service", version="1.4.0"),
    e.AddMountTarget(name="mount", file_system="files", subnet="subnet-a", groups=("sg-files",)),
    e.AddStatement(kind="roles", holder="execution", statement=STATEMENT),
    e.AddTrust(role="execution"),
    e.AddRole(name="execution", managed=("AmazonECSTaskExecutionRolePolicy",), statements=(STATEMENT,)),
    e.SetExecutionRole(task_definition="task", role=new("execution")),
    e.AddVpc(name="net", block=addresses.cidr("10.1.0.0/16")),
    e.AddSubnet(name="private", vpc=new("net"), block=addresses.cidr("10.1.1.0/24"), zone="eu-west-1a"),
)


def with_zone() -> Estate:
    """The working estate with a private zone."""
    made = estate()
    made.zones["zone"] = HostedZone(
        key="zone",
        origin=at("zone"),
        name="eu-west-1.amazonaws.com",
        vpcs=Listing(("vpc",)),
        records=Listing(),
    )
    return made


def test_there_is_one_of_every_kind() -> None:
    """The list below covers the closed list, and so does the order."""
    assert set(KINDS) == {type(edit) for edit in EVERY}


@pytest.mark.parametrize("edit", EVERY, ids=lambda edit: type(edit).__name__)
def test_every_edit_changes_a_copy(edit: Edit) -> None:
    """The edited estate differs, the given one does not, and words, JSON, price and exposure know the edit."""
    made = with_zone()
    change(made.endpoints, "s3", route_tables=Listing())
    change(made.endpoints, "ecr.api", private_dns=False, subnets=Listing(("subnet-a",)))
    change(made.vpcs, "vpc", dns_hostnames=False)
    change(made.launches, "service", platform_version="1.3.0")
    kept = {name: repr(value) for name, value in made.nouns().items()}

    after = edited(made, [edit])

    assert made != after
    assert kept == {name: repr(value) for name, value in made.nouns().items()}
    assert says(edit)
    assert resource(edit)
    assert type(edit).__name__ == edit_json(edit)["kind"]
    of_edit = published("fix") | {"$ref": "#/$defs/edit"}
    for whole in ("required", "properties", "type"):
        del of_edit[whole]
    assert [] == list(jsonschema.Draft202012Validator(of_edit).iter_errors(edit_json(edit)))
    assert of_edits([edit], after).endpoint_zones in (0, 1)
    assert len(Level) == len(score(Exposure(after).of([edit])))
    assert isinstance(warnings([edit], made, after), tuple)


@pytest.mark.parametrize(
    "edit",
    [
        e.AssociateRouteTable(endpoint="none", table="rtb"),
        e.AddStatement(kind="keys", holder="key", statement=STATEMENT),
        e.AddStatement(kind="endpoints", holder="s3", statement=STATEMENT),
        e.AddGroupRule(group="none", egress=True, service=tcp(443), peer=GroupRef("x")),
    ],
)
def test_what_is_not_there_stays_so(edit: Edit) -> None:
    """An edit of what the estate does not hold, or of AWS's own default policy, changes nothing."""
    assert estate() == edited(estate(), [edit])


def test_policies_get_their_statement() -> None:
    """A policy gets one more, no policy becomes one, and an unknown one stays unknown."""
    made = estate()
    change(made.endpoints, "s3", policy=allow(["s3:GetObject"]))
    change(made.endpoints, "logs", policy=UNKNOWN)
    change(made.roles, "app", trust=UNKNOWN)
    after = edited(
        made,
        [
            e.AddStatement(kind="endpoints", holder="s3", statement=STATEMENT),
            e.AddStatement(kind="endpoints", holder="logs", statement=STATEMENT),
            e.AddStatement(kind="secrets", holder="secret", statement=STATEMENT),
            e.AddTrust(role="app"),
        ],
    )

    held: Any = after.endpoints["s3"].policy
    own: Any = after.secrets["secret"].policy
    assert 2 == len(held.statements.items)
    assert (STATEMENT,) == own.statements.items
    assert UNKNOWN == after.endpoints["logs"].policy
    assert UNKNOWN == after.roles["app"].trust


def test_new_things_have_what_aws_gives_them() -> None:
    """A VPC comes with table, ACL and group; what names no group has the default one, if that is known."""
    inside = e.AddSubnet(name="a", vpc=new("net"), block=addresses.cidr("10.1.1.0/24"), zone="eu-west-1a")
    lost = e.AddSubnet(name="b", vpc="none", block=addresses.cidr("10.2.1.0/24"), zone="eu-west-1a")
    bare = e.AddEndpoint(
        name="x", vpc=new("net"), service="s", type=EndpointType.INTERFACE, subnets=(new("a"),)
    )
    made = estate()
    change(made.vpcs, "vpc", default_group=UNKNOWN)
    after = edited(
        made,
        [
            e.AddVpc(name="net", block=addresses.cidr("10.1.0.0/16")),
            inside,
            lost,
            bare,
            e.AddMountTarget(name="m", file_system="files", subnet="subnet-a", groups=()),
            e.AddMountTarget(name="n", file_system="files", subnet="nowhere", groups=()),
            e.AddNatGateway(name="nat", subnet="nowhere"),
            e.AddRole(name="r", managed=("NobodyKnowsThisPolicy",)),
            e.AddEndpoint(name="y", vpc="none", service="s", type=EndpointType.INTERFACE, subnets=("z",)),
        ],
    )

    vpc = after.vpcs[new("net")]
    assert (vpc.main_route_table, vpc.default_acl) == (
        after.subnets[new("a")].route_table,
        after.subnets[new("a")].acl,
    )
    assert (vpc.default_group,) == after.endpoints[new("x")].groups.items
    assert ALL_TRAFFIC == after.groups[f"{new('net')}.default"].egress.items[0].service
    assert (UNKNOWN,) == after.mount_targets[new("m")].groups.open
    assert Listing() == after.mount_targets[new("n")].groups
    assert "" == after.nat_gateways[new("nat")].vpc
    assert not after.roles[new("r")].policies.complete
    assert Listing() == after.endpoints[new("y")].groups


def test_a_route_takes_the_place_of_another() -> None:
    """There is one route for a destination, and AWS's own list is there without anybody making it."""
    made = nat(estate())
    target = Target(TargetKind.INTERNET_GATEWAY, "igw")
    listed = ListRef(managed_list(S3))
    after = edited(
        made,
        [
            e.SetRoute(table="rtb", destination=ANY, target=target),
            e.SetRoute(table="rtb", destination=listed, target=target),
            e.AddGroupRule(group="sg-task", egress=True, service=tcp(443), peer=listed),
            e.AddGroupRule(group="sg-task", egress=True, service=tcp(443), peer=ListRef("other")),
        ],
    )

    assert [ANY, listed] == [route.destination for route in after.route_tables["rtb"].routes.items]
    assert S3 == after.prefix_lists[managed_list(S3)].name
    assert "other" not in after.prefix_lists


def test_a_listing_that_is_not_certain_stays_so() -> None:
    """One more group does not tell which of several there are; what is listed already is not listed twice."""
    made = estate()
    change(made.endpoints, "s3", route_tables=Listing((), (UNKNOWN,), ("a", "b")))
    twice = e.AddEndpointSubnet(endpoint="ecr.api", subnet="subnet-a")

    assert made == edited(made, [e.AssociateRouteTable(endpoint="s3", table="c"), twice])


def test_edits_come_in_an_order_in_which_they_can_be_made() -> None:
    """Whatever the order they were found in, each comes after what it refers to."""
    backwards = ordered(reversed(EVERY))

    assert ordered(EVERY) == backwards
    assert list(KINDS) == list(dict.fromkeys(type(edit) for edit in backwards))


def test_what_belongs_together_is_one_edit() -> None:
    """Actions on one resource are one statement; what is added to something new is part of it."""

    def may(action: str, holder: str, kind: str = "roles") -> e.AddStatement:
        statement = Statement(
            origin=Origin("x"), allow=True, actions=Listing((action,)), resources=Listing(("*",))
        )
        return e.AddStatement(kind=kind, holder=holder, statement=statement)

    edits: list[Edit] = [
        may("ecr:BatchGetImage", "execution"),
        may("ecr:GetDownloadUrlForLayer", "execution"),
        e.AddRole(name="r"),
        may("logs:CreateLogStream", new("r")),
        may("ecr:BatchGetImage", new("r")),
        INTERFACE,
        e.AddEndpointSubnet(endpoint=new("logs"), subnet="subnet-b"),
        e.AddEndpointSubnet(endpoint=new("logs"), subnet="subnet-a"),
        e.SetPrivateDns(endpoint=new("logs")),
        may("logs:PutLogEvents", new("logs"), "endpoints"),
        GATEWAY,
        e.AssociateRouteTable(endpoint=new("s3"), table="rtb-2"),
    ]

    found = tidy(edits)

    assert len(edits) == sum(map(len, found.values()))
    assert 4 == len(found)
    by_kind = {type(edit): edit for edit in found}
    role, statement = by_kind[e.AddRole], by_kind[e.AddStatement]
    assert isinstance(role, e.AddRole)
    assert isinstance(statement, e.AddStatement)
    assert ("ecr:BatchGetImage", "logs:CreateLogStream") == role.statements[0].actions.items
    assert ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer") == statement.statement.actions.items
    endpoints = {edit.name: edit for edit in found if isinstance(edit, e.AddEndpoint)}
    assert ("subnet-a", "subnet-b") == endpoints["logs"].subnets
    assert 1 == len(endpoints["logs"].policy)
    assert ("rtb", "rtb-2") == endpoints["s3"].route_tables


def test_statements_of_other_resources_stay_apart() -> None:
    """Only what has the same resources, principals and conditions is joined."""
    plain = Statement(origin=Origin("x"), allow=True, actions=Listing(("a:B",)), resources=Listing(("*",)))

    assert (plain, STATEMENT) == stated((plain,), STATEMENT)


@pytest.mark.parametrize(
    ("edit", "level"),
    [
        (GROUP_RULE, Level.GROUP),
        (e.AddGroupRule(group="sg-task", egress=True, service=tcp(443), peer=ListRef("l")), Level.LIST),
        (
            e.AddGroupRule(group="g", egress=True, service=tcp(443), peer=addresses.of("10.0.0.0/8")),
            Level.BLOCK,
        ),
        (e.AddGroupRule(group="g", egress=True, service=tcp(443), peer=addresses.EVERY_V4), Level.ANYWHERE),
        (e.AddGroupRule(group="g", egress=False, service=tcp(443), peer=addresses.EVERY_V4), Level.REACHED),
        (
            e.AddAclEntry(acl="a", egress=True, number=1, service=tcp(443), block=addresses.EVERY_V4),
            Level.ANYWHERE,
        ),
        (
            e.AddAclEntry(acl="a", egress=False, number=1, service=tcp(443), block=addresses.EVERY_V4),
            Level.BLOCK,
        ),
        (e.SetRoute(table="t", destination=ANY, target=Target(TargetKind.NAT_GATEWAY, "n")), Level.ANYWHERE),
        (
            e.SetRoute(table="t", destination=ANY, target=Target(TargetKind.INTERNET_GATEWAY, "i")),
            Level.REACHED,
        ),
        (
            e.SetRoute(table="t", destination=ListRef("l"), target=Target(TargetKind.NAT_GATEWAY, "n")),
            Level.LIST,
        ),
        (
            e.SetRoute(
                table="t",
                destination=addresses.cidr("10.9.0.0/16"),
                target=Target(TargetKind.TRANSIT_GATEWAY, "x"),
            ),
            Level.BLOCK,
        ),
        (e.AssociateRouteTable(endpoint="s3", table="t"), Level.GROUP),
        (e.AddStatement(kind="roles", holder="r", statement=STATEMENT), Level.NARROW),
        (e.AddRole(name="r", managed=("P",)), Level.WIDE),
        (e.AddTrust(role="r"), Level.NARROW),
        (e.AssignPublicIp(launch="service"), Level.ANYWHERE),
        (e.AssignPublicIp(launch="nobody"), Level.REACHED),
    ],
)
def test_how_much_an_edit_opens(edit: Edit, level: Level) -> None:
    """Each kind of permission is counted at its level and no other."""
    counted = score(Exposure(estate()).of([edit]))

    assert [level] == [Level(place) for place, number in enumerate(counted) if number]


def test_a_public_address_behind_an_open_group_is_reached() -> None:
    """A group that lets in from outside, from a list, or from nobody knows whom, makes the address public."""
    made = estate()
    for peer in (addresses.EVERY_V4, ListRef("l"), UNKNOWN):
        made = estate()
        rule = made.groups["sg-endpoints"].ingress.items[0]
        from msgspec.structs import replace

        change(made.groups, "sg-task", ingress=Listing((replace(rule, peer=peer),)))
        counted = score(Exposure(made).of([e.AssignPublicIp(launch="service")]))
        assert 1 == counted[Level.REACHED]
    change(made.groups, "sg-task", ingress=Listing((), (UNKNOWN,)))
    assert 1 == score(Exposure(made).of([e.AssignPublicIp(launch="service")]))[Level.REACHED]


def test_quotas_are_told() -> None:
    """More rules or entries than AWS admits are a warning; blocks count one by one."""
    many = addresses.of(*(f"10.{n}.0.0/24" for n in range(61)))
    rule = e.AddGroupRule(group="sg-task", egress=True, service=tcp(443), peer=many)
    entries = [
        e.AddAclEntry(acl="acl", egress=True, number=n, service=tcp(443), block=addresses.of("10.0.0.0/24"))
        for n in range(1, 25)
    ]
    made = estate()
    told = " ".join(warnings([rule, *entries], made, edited(made, [rule, *entries])))

    assert "63 egress rules" in told
    assert "25 entries" in told


def test_private_dns_beside_another_way_is_told() -> None:
    """Where subnets of the VPC have another way out today, the shadow of private DNS is a warning."""
    made = nat(without(estate(), "logs"))
    told = " ".join(warnings([INTERFACE], made, edited(made, [INTERFACE])))

    assert "goes through new.logs from then on" in told
    assert () == warnings(
        [INTERFACE], without(estate(), "logs"), edited(without(estate(), "logs"), [INTERFACE])
    )


def test_a_route_that_is_replaced_or_shared_is_told() -> None:
    """Who else gets the route, what breaks off, and that one NAT gateway is one."""
    made = nat(estate())
    edit = e.SetRoute(table="rtb", destination=ANY, target=Target(TargetKind.NAT_GATEWAY, new("nat")))
    told = " ".join(warnings([edit], made, edited(made, [edit])))

    assert "all of them get the new route" in told
    assert "is replaced" in told
    assert "one NAT gateway serves every zone" in told


def test_no_fix_without_proof() -> None:
    """A fix that has no edit, makes something worse, or starts nothing, cannot be built."""

    def built(edits: bool, **proof: Any) -> Fix:
        from pullproof.finding import Change

        changes = (Change(edit=GROUP_RULE, says="x", resource="y"),) if edits else ()
        whole = {"starts": ("a",), "unsettled": (), "settles": 1, "judged": 1, **proof}
        return Fix(
            whole=True, changes=changes, exposure=(), score=(), monthly=0.0, warnings=(), proof=Proof(**whole)
        )

    assert (GROUP_RULE,) == built(True).edits
    cases: list[dict[str, Any]] = [
        {"edits": False},
        {"edits": True, "opens": ("b",)},
        {"edits": True, "starts": ()},
    ]
    for wrong in cases:
        with pytest.raises(ValueError, match="fix"):
            built(**wrong)


def test_json_of_what_cannot_be_written_is_a_fault() -> None:
    """A field that no edit has is refused, not guessed; a principal of everybody is a star."""
    from pullproof.render.as_json import _noun, statement_json

    with pytest.raises(TypeError):
        _noun(object())
    anyone = Statement(
        origin=Origin("x"),
        allow=True,
        actions=Listing(("a:B",)),
        principals=Principals(of=(("*", Listing(("*",))),)),
    )
    assert {"Effect": "Allow", "Action": ["a:B"], "Principal": "*"} == statement_json(anyone)
    assert {"protocol": "all", "ports": "all"} == _noun(ALL_TRAFFIC)
    assert {"protocol": "tcp", "ports": "443"} == _noun(Service(6, ((443, 443),)))


def test_the_working_estate_starts() -> None:
    """The estate these tests change is one in which the task starts."""
    assert [Verdict.WORKS] == [task.verdict for task in prove(estate())]
