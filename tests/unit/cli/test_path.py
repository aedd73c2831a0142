"""`path`: where it may start and go, and what it prints."""

import json

import pytest

from pullproof.cli.path import starts, target_of
from pullproof.errors import UsageError
from pullproof.model.addresses import of
from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.estate import Estate
from pullproof.model.gateways import NetworkInterface
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.model.vpc import Subnet, Vpc
from tests.cli.program import run
from tools.repository import ROOT

UNKNOWN = Unknown(Why.AFTER_APPLY, "the subnets", "aws_ecs_service.later", "apply first")
EXAMPLE = ROOT / "examples" / "blog-post"


@pytest.mark.parametrize(
    ("text", "host", "port", "addresses"),
    [
        ("db.example.com:5432", "db.example.com", 5432, None),
        ("API.ECR.eu-west-1.amazonaws.com.:443", "api.ecr.eu-west-1.amazonaws.com", 443, None),
        ("_srv.x_y:1", "_srv.x_y", 1, None),
        ("10.0.1.25:65535", "10.0.1.25", 65535, of("10.0.1.25")),
        ("10.0.0.0/16:443", "10.0.0.0/16", 443, of("10.0.0.0/16")),
        ("[2600::1]:443", "2600::1", 443, of("2600::1")),
    ],
)
def test_a_target_is_read(text: str, host: str, port: int, addresses: object) -> None:
    """A target is a name, an address or a block, with a port."""
    target = target_of(text, "tcp")

    assert (host, port, addresses, f"{host}, tcp/{port}") == (
        target.host,
        target.port,
        target.addresses,
        str(target),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("db.example.com", "is no host and port"),
        (":443", "is no host and port"),
        ("db:0", "is no host and port"),
        ("db:65536", "is no host and port"),
        ("db:https", "is no host and port"),
        ("db:٣", "is no host and port"),
        ("10.0.0.256:443", "is no address"),
        ("10.0.0.0/33:443", "is no address"),
        ("[2600::g]:443", "is no address"),
        ("https://db.example.com:443", "is no address"),
        ("db example:443", "is no host name"),
        ("db..example:443", "is no host name"),
    ],
)
def test_a_target_that_is_none_is_refused(text: str, says: str) -> None:
    """The message shows how a target is written."""
    with pytest.raises(UsageError, match=says) as raised:
        target_of(text, "tcp")

    assert raised.value.remedy.startswith("--to ")


def launch(key: str, subnets: Listing[str]) -> Launch:
    """A service."""
    return Launch(
        key=key,
        origin=Origin(key),
        kind=LaunchKind.SERVICE,
        task_definition="t",
        subnets=subnets,
        groups=Listing(("sg-app",)),
        public_ip=True,
    )


def interface(key: str, subnet: Maybe[str]) -> NetworkInterface:
    """An instance's interface."""
    return NetworkInterface(
        key=key,
        origin=Origin(key),
        subnet=subnet,
        groups=Listing(("sg-box",)),
        addresses=of("10.0.0.9"),
        public_ip=False,
    )


@pytest.fixture
def estate() -> Estate:
    """Two services of one name, one whose place is not known, two instances, two subnets."""
    found = Estate()
    for key, subnets in {
        "aws_ecs_service.app[0]": Listing(("subnet-a", "subnet-b")),
        "aws_ecs_service.app[1]": Listing(("subnet-a",)),
        "aws_ecs_service.later": Listing[str]((), (UNKNOWN,)),
    }.items():
        found.launches[key] = launch(key, subnets)
    found.interfaces["aws_instance.box"] = interface("aws_instance.box", "subnet-a")
    found.interfaces["aws_instance.adrift"] = interface("aws_instance.adrift", UNKNOWN)
    found.vpcs["vpc"] = Vpc(
        key="vpc",
        origin=Origin("vpc"),
        blocks=of("10.0.0.0/16"),
        dns_support=True,
        dns_hostnames=True,
        main_route_table="rtb",
        default_acl="acl",
        default_group="sg-default",
    )
    for key, vpc in {"subnet-a": "vpc", "subnet-x": "vpc-x"}.items():
        found.subnets[key] = Subnet(
            key=key,
            origin=Origin(key),
            vpc=vpc,
            blocks=of("10.0.0.0/24"),
            zone="a",
            route_table="rtb",
            acl="acl",
        )
    return found


def test_a_path_may_start_at_whatever_runs_tasks(estate: Estate) -> None:
    """An address without its index means every task of that name, in each of its subnets."""
    found = starts(estate, "aws_ecs_service.app", (), public_ip=False)

    assert [
        ("aws_ecs_service.app[0]", "subnet-a"),
        ("aws_ecs_service.app[0]", "subnet-b"),
        ("aws_ecs_service.app[1]", "subnet-a"),
    ] == [(source.key, source.subnet) for source in found]
    assert {(("sg-app",), True)} == {(source.groups.items, source.public_ip) for source in found}


def test_a_path_may_start_at_an_instance(estate: Estate) -> None:
    """An interface starts where it is, with its own groups and addresses."""
    (source,) = starts(estate, "aws_instance.box", (), public_ip=False)

    assert ("subnet-a", ("sg-box",), of("10.0.0.9")) == (source.subnet, source.groups.items, source.addresses)


def test_a_path_may_start_anywhere_in_a_subnet(estate: Estate) -> None:
    """In a subnet the groups are those given, else the VPC's default group, else not known."""
    (given,) = starts(estate, "subnet-a", ("sg-1", "sg-2"), public_ip=True)
    (default,) = starts(estate, "subnet-a", (), public_ip=False)
    (unseen,) = starts(estate, "subnet-x", (), public_ip=False)

    assert (("sg-1", "sg-2"), True) == (given.groups.items, given.public_ip)
    assert (("sg-default",), False) == (default.groups.items, default.public_ip)
    assert (False, ()) == (unseen.groups.complete, unseen.groups.items)


@pytest.mark.parametrize(
    ("name", "groups", "says", "remedy"),
    [
        (
            "aws_ecs_service.latr",
            (),
            "nothing called aws_ecs_service.latr",
            "did you mean: --from aws_ecs_service.later",
        ),
        ("nowhere", (), "nothing called nowhere", "there is: aws_ecs_service.app[0]"),
        ("aws_ecs_service.later", (), "the subnets: known only after apply", "apply first"),
        ("aws_instance.adrift", (), "the subnets: known only after apply", "apply first"),
        ("aws_ecs_service.app", ("sg-1",), "--security-groups goes with a subnet", "leave them out"),
        ("aws_instance.box", ("sg-1",), "--security-groups goes with a subnet", "leave them out"),
    ],
)
def test_a_start_that_is_none_is_refused(
    name: str, groups: tuple[str, ...], says: str, remedy: str, estate: Estate
) -> None:
    """The message names what was probably meant, or what would settle it."""
    with pytest.raises(UsageError, match=says) as raised:
        starts(estate, name, groups, public_ip=False)

    assert raised.value.remedy.startswith(remedy)


def test_an_input_without_interfaces_has_no_start() -> None:
    """Without any interface there is nothing to suggest."""
    with pytest.raises(UsageError, match="nothing called x") as raised:
        starts(Estate(), "x", (), public_ip=False)

    assert "pass the input that has it" == raised.value.remedy


SECRETS = "secretsmanager.eu-west-1.amazonaws.com:443"
LOGIN = "api.ecr.eu-west-1.amazonaws.com:443"


@pytest.mark.parametrize(
    ("form", "words", "status", "last"),
    [
        ("as-printed", ("--to", SECRETS), 1, "from 2 subnets: 0 reached, 2 not reached, 0 unknown"),
        ("mended", ("--to", LOGIN), 0, "from 2 subnets: 2 reached, 0 not reached, 0 unknown"),
        (
            "mended",
            ("--to", "10.0.0.5:53", "--protocol", "udp"),
            1,
            "from 2 subnets: 0 reached, 2 not reached, 0 unknown",
        ),
    ],
)
def test_a_path_is_followed_in_the_example(form: str, words: tuple[str, ...], status: int, last: str) -> None:
    """On the network of the blog post, the status and the last line tell whether the connection comes about."""
    done = run("path", "plan.json", "--from", "aws_ecs_service.orders", *words, cwd=EXAMPLE / form)

    assert (status, "") == (done.status, done.err)
    assert last == done.out.splitlines()[-1]


def test_a_path_for_programs() -> None:
    """As JSON: the question, the verdict, every way with its hops, what has to change."""
    words = ("path", "plan.json", "--from", "aws_ecs_service.orders", "--to", SECRETS, "--format", "json")
    document = json.loads(run(*words, cwd=EXAMPLE / "as-printed").out)
    (way,) = document["ways"]

    assert ("blocked", "aws_ecs_service.orders") == (document["verdict"], document["from"])
    assert {"host": SECRETS.removesuffix(":443"), "port": 443, "protocol": "tcp"} == document["to"]
    assert {"sg-egress", "endpoint-missing"} == {blocker["code"] for blocker in way["blockers"]}
    assert "out" == way["paths"][0][0]["way"]
    assert "names" == way["paths"][0][0]["hops"][0]["gate"]
