"""Edits of every kind, each with a broken scenario that it mends."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from pullproof.model import edits as e
from pullproof.model.addresses import cidr, of
from pullproof.model.edits import Edit, managed_list, new
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Principals, Statement
from pullproof.model.packets import EPHEMERAL_WIDE, TCP, Service, tcp
from pullproof.model.text import Text
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import ListRef, Target, TargetKind
from pullproof.sources.base import Loaded, Options
from pullproof.sources.terraform.load import load_plan
from tests.scenarios.judge import plan_of
from tests.scenarios.recipe import Case, Variant, cases, every_variant, name, write

VPC, TABLE = "aws_vpc.main", "aws_route_table.private"
ROLE, TASK_ROLE = "aws_iam_role.execution", "aws_iam_role.task"
GROUP, ENDPOINTS = "aws_security_group.app", "aws_security_group.endpoints"
PRIVATE = ("aws_subnet.private[0]", "aws_subnet.private[1]")


class Mending(msgspec.Struct, frozen=True, kw_only=True):
    """Edits that make the tasks of a scenario start; `alone` says that a new file can do it."""

    scenario: str
    edits: Callable[[Estate], list[Edit]]
    alone: bool = False

    @property
    def slug(self) -> str:
        """The scenario as one word."""
        return self.scenario.replace("/", "_").replace("-", "_").lower()


def found(scenario: str) -> tuple[Case, Variant]:
    """The case and the variant by their name."""
    return next((case, variant) for case, variant in every_variant() if scenario == name(case, variant))


def written(scenario: str, folder: Path) -> Loaded:
    """A scenario's configuration written into an empty folder, and its estate from the plan beside it."""
    case, variant = found(scenario)
    write(variant, folder)
    shutil.copy(plan_of(case, variant), folder / "plan.json")
    options = Options(source=str(folder))
    return load_plan((folder / "plan.json").read_bytes(), str(folder / "plan.json"), options)


#: The field causes whose first broken configuration nothing in the account can mend, with the default strategy:
#: a registry on the internet, names that no endpoint is known to answer for, a route in somebody else's VPC.
NOT_MENDED = frozenset({"E26", "E31", "E34", "E36"})


#: Two levels of modules, one of them by `for_each`: what is to be referred to gets an output where it has none.
MODULES = ("W41-modules/broken-no-nat", "W41-modules/broken-one-service")


def field_causes() -> list[str]:
    """The first broken variant of every root cause met in the field that can be mended."""
    broken = {case.id: name(case, one) for case in cases() for one in _broken(case)[:1]}
    return [scenario for key, scenario in broken.items() if key.startswith("E") and key not in NOT_MENDED]


def _broken(case: Case) -> list[Variant]:
    return [variant for variant in case.variant if variant.verdict == "cannot_start"]


def allow(*actions: str, on: tuple[Text, ...] = ("*",), to: tuple[str, str] | None = None) -> Statement:
    """A statement that allows actions."""
    return Statement(
        origin=Origin(""),
        allow=True,
        actions=Listing(actions),
        resources=Listing(on) if on else None,
        principals=Principals(of=((to[0], Listing((to[1],))),)) if to else None,
    )


def interface(suffix: str, *groups: str) -> e.AddEndpoint:
    """An interface endpoint in both private subnets."""
    return e.AddEndpoint(
        name=suffix.replace(".", "_"),
        vpc=VPC,
        service=f"com.amazonaws.eu-west-1.{suffix}",
        type=EndpointType.INTERFACE,
        subnets=PRIVATE,
        groups=groups or (ENDPOINTS,),
        private_dns=True,
    )


def gateway() -> e.AddEndpoint:
    """The gateway endpoint for S3."""
    return e.AddEndpoint(
        name="s3",
        vpc=VPC,
        service="com.amazonaws.eu-west-1.s3",
        type=EndpointType.GATEWAY,
        route_tables=(TABLE,),
    )


def rule(group: str, peer: GroupRef | ListRef | str, *, egress: bool, port: int = 443) -> e.AddGroupRule:
    """A rule for one port; a peer as text is a block."""
    who = of(peer) if isinstance(peer, str) else peer
    return e.AddGroupRule(group=group, egress=egress, service=tcp(port), peer=who, description="for tasks")


def by_nat(_: Estate) -> list[Edit]:
    """A public subnet with a NAT gateway, and a way there."""
    internet = Target(TargetKind.INTERNET_GATEWAY, new("internet"))
    return [
        e.SetRoute(
            table=TABLE, destination=cidr("0.0.0.0/0"), target=Target(TargetKind.NAT_GATEWAY, new("out"))
        ),
        e.AddNatGateway(name="out", subnet=new("public")),
        e.AddSubnet(name="public", vpc=VPC, block=cidr("10.0.200.0/24"), zone="eu-west-1a"),
        e.AddRouteTable(name="public_routes", vpc=VPC, subnets=(new("public"),)),
        e.AddInternetGateway(name="internet", vpc=VPC),
        e.SetRoute(table=new("public_routes"), destination=cidr("0.0.0.0/0"), target=internet),
    ]


def secret(estate: Estate) -> Text:
    """The ARN of the secret that the task reads."""
    return estate.secrets["aws_secretsmanager_secret.db"].arn


MENDINGS = (
    Mending(scenario="E01-no-path/broken-nothing", edits=by_nat, alone=True),
    Mending(
        scenario="E02-no-public-ip/broken-false",
        edits=lambda _: [e.AssignPublicIp(launch="aws_ecs_service.app")],
    ),
    Mending(scenario="E04-ecr-api-missing/broken", edits=lambda _: [interface("ecr.api")], alone=True),
    Mending(
        scenario="E05-gateway-not-associated/broken",
        edits=lambda _: [e.AssociateRouteTable(endpoint="aws_vpc_endpoint.s3", table=TABLE)],
        alone=True,
    ),
    Mending(
        scenario="E05-gateway-not-associated/broken-one-subnet",
        edits=lambda _: [e.AssociateRouteTable(endpoint="aws_vpc_endpoint.s3", table=f"{TABLE}[1]")],
    ),
    Mending(scenario="E05-gateway-not-associated/broken-missing", edits=lambda _: [gateway()], alone=True),
    Mending(
        scenario="E06-task-egress/broken-none",
        edits=lambda _: [
            rule(GROUP, GroupRef(ENDPOINTS), egress=True),
            rule(GROUP, ListRef(managed_list("com.amazonaws.eu-west-1.s3")), egress=True),
        ],
        alone=True,
    ),
    Mending(
        scenario="E08-endpoint-ingress/broken-other-group",
        edits=lambda _: [rule(ENDPOINTS, GroupRef(GROUP), egress=False)],
    ),
    Mending(
        scenario="E09-network-acl/broken-return",
        edits=lambda _: [
            e.AddAclEntry(
                acl="aws_network_acl.private",
                egress=False,
                number=50,
                service=Service(TCP, EPHEMERAL_WIDE),
                block=of("0.0.0.0/0"),
            )
        ],
        alone=True,
    ),
    Mending(
        scenario="E10-names/broken-private-dns",
        edits=lambda _: [e.SetPrivateDns(endpoint="aws_vpc_endpoint.ecr_api")],
    ),
    Mending(
        scenario="E10-names/broken-hostnames",
        edits=lambda _: [e.SetVpcAttribute(vpc=VPC, attribute="enableDnsHostnames")],
    ),
    Mending(
        scenario="E12-endpoint-policy/broken-layer-bucket",
        edits=lambda _: [
            e.AddStatement(
                kind="endpoints",
                holder="aws_vpc_endpoint.s3",
                statement=allow(
                    "s3:GetObject", on=("arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",), to=("*", "*")
                ),
            )
        ],
    ),
    Mending(
        scenario="E14-logs-permission/broken-no-role",
        edits=lambda estate: [
            e.SetExecutionRole(task_definition="aws_ecs_task_definition.app", role=new("start")),
            e.AddRole(
                name="start",
                managed=("AmazonECSTaskExecutionRolePolicy",),
                statements=tuple(
                    allow("secretsmanager:GetSecretValue", on=(one.arn,)) for one in estate.secrets.values()
                ),
            ),
        ],
    ),
    Mending(
        scenario="E17-secrets-denied/broken-task-role",
        edits=lambda estate: [
            e.AddStatement(
                kind="roles",
                holder=ROLE,
                statement=allow("secretsmanager:GetSecretValue", on=(secret(estate),)),
            )
        ],
        alone=True,
    ),
    Mending(
        scenario="E17-secrets-denied/broken-other-secret",
        edits=lambda estate: [
            e.AddStatement(
                kind="roles",
                holder=ROLE,
                statement=allow("secretsmanager:GetSecretValue", on=(secret(estate),)),
            )
        ],
        alone=True,
    ),
    Mending(
        scenario="E19-secret-reference/broken-platform",
        edits=lambda _: [e.SetPlatformVersion(launch="aws_ecs_service.app", version="1.4.0")],
    ),
    Mending(
        scenario="E20-role-trust/broken-principal",
        edits=lambda _: [e.AddTrust(role=ROLE), e.AddTrust(role=TASK_ROLE)],
    ),
    Mending(
        scenario="E30-efs/broken-no-mount-target",
        edits=lambda _: [
            e.AddMountTarget(
                name="data_b",
                file_system="aws_efs_file_system.data",
                subnet=PRIVATE[1],
                groups=("aws_security_group.efs",),
            )
        ],
        alone=True,
    ),
)
