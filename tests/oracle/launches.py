"""Random services of which everything is known: what they need to start is there, and then some of it is damaged.

Each is drawn from a `random.Random`: the network around the task, the policies of every layer, the
platform version. About a third starts.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from msgspec.structs import replace

from pullproof.cli.lab.story import ACCOUNT, REGION, SERVICE, SUBNETS, before, with_login
from pullproof.model.ecs import SecretRef
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.iam import Policy
from pullproof.model.stores import Parameter, Secret
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import TargetKind
from tests.build import a_nat, a_route, a_rule, a_subnet, a_table, an_acl, an_entry, an_internet_gateway
from tests.unit.iam.build import allow, deny, policy

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/app/key"
REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/orders"
STREAMS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/orders:*"
STARPORT = f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/*"
INTERFACES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm")
#: What the execution role may do, a statement each.
GRANTS = (
    ("ecr:GetAuthorizationToken", "*"),
    ("ecr:BatchGetImage", REPOSITORY),
    ("ecr:GetDownloadUrlForLayer", REPOSITORY),
    ("logs:CreateLogStream", STREAMS),
    ("logs:PutLogEvents", STREAMS),
    ("secretsmanager:GetSecretValue", SECRET),
    ("ssm:GetParameters", PARAMETER),
)
EVERYBODY = {"Principal": "*"}
MINE = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/orders"}}

Damage = Callable[[Random, Estate], None]


def drawn(random: Random) -> Estate:
    """A service that starts, with up to four things changed."""
    estate = whole()
    if random.random() < 0.3:
        on_the_internet(random, estate)
    for damage in random.sample(DAMAGES, random.choice((0, 1, 1, 1, 2, 2, 3, 4))):
        damage(random, estate)
    return estate


def whole() -> Estate:
    """A service with a secret, a parameter and a log stream, in private subnets with all endpoints."""
    estate = with_login(before())
    for suffix in INTERFACES:
        told = estate.endpoints.get(suffix, estate.endpoints["logs"])
        service = f"com.amazonaws.{REGION}.{suffix}"
        estate.endpoints[suffix] = replace(
            told,
            key=suffix,
            origin=Origin(suffix),
            service=service,
            id=f"vpce-{suffix}",
            groups=Listing(("vpce",)),
        )
    estate.secrets["secret"] = Secret(key="secret", origin=Origin("secret"), arn=SECRET, name="db")
    estate.parameters["parameter"] = Parameter(
        key="parameter", origin=Origin("parameter"), arn=PARAMETER, name="/app/key", secure=True
    )
    role = estate.roles["role"]
    grants = policy(*(allow(action, resource) for action, resource in GRANTS), at="role")
    estate.roles["role"] = replace(role, policies=Listing((grants,)))
    task = estate.task_definitions["task"]
    container = replace(
        task.containers.items[0],
        secrets=Listing(
            (
                SecretRef(origin=Origin("task"), name="DB", value_from=SECRET),
                SecretRef(origin=Origin("task"), name="KEY", value_from=PARAMETER),
            )
        ),
    )
    estate.task_definitions["task"] = replace(task, containers=Listing((container,)))
    estate.launches[SERVICE] = replace(estate.launches[SERVICE], platform_version="1.4.0")
    return estate


# The network ------------------------------------------------------------------------------------------


def on_the_internet(random: Random, estate: Estate) -> None:
    """A way out beside the endpoints: a NAT gateway, or public addresses."""
    an_internet_gateway(estate)
    a_table(estate, "out", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"))
    a_subnet(estate, "public", "10.0.9.0/24", table="out", acl="acl")
    if random.random() < 0.5:
        a_nat(estate)
        a_table(estate, "private", a_route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "nat"))
    else:
        a_table(estate, "private", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"))
        estate.launches[SERVICE] = replace(estate.launches[SERVICE], public_ip=random.random() < 0.7)
    if random.random() < 0.7:
        lets_out(estate, a_rule("0.0.0.0/0"))
    for suffix in random.sample(INTERFACES, random.randint(0, len(INTERFACES))):
        estate.endpoints.pop(suffix, None)
    if random.random() < 0.4:
        estate.endpoints.pop("s3")


def lets_out(estate: Estate, *rules: Any) -> None:
    """The service's group with these rules and no others."""
    group = estate.groups["service"]
    estate.groups["service"] = replace(group, egress=Listing(rules))


def _endpoint(random: Random, estate: Estate, *kinds: EndpointType) -> Endpoint | None:
    held = [each for each in estate.endpoints.values() if each.type in (kinds or (EndpointType.INTERFACE,))]
    return random.choice(held) if held else None


def no_endpoint(random: Random, estate: Estate) -> None:
    """One endpoint is not there."""
    if (found := _endpoint(random, estate, *EndpointType)) is not None:
        del estate.endpoints[found.key]


def one_subnet_only(random: Random, estate: Estate) -> None:
    """An endpoint in one zone serves both."""
    if (found := _endpoint(random, estate)) is not None:
        estate.endpoints[found.key] = replace(found, subnets=Listing((random.choice(SUBNETS),)))


def no_private_dns(random: Random, estate: Estate) -> None:
    """Names lead past an endpoint."""
    if (found := _endpoint(random, estate)) is not None:
        estate.endpoints[found.key] = replace(found, private_dns=False)


def no_dns(random: Random, estate: Estate) -> None:
    """One of the VPC's two attributes is off."""
    off: dict[str, Any] = {random.choice(("dns_support", "dns_hostnames")): False}
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], **off)


def closed_endpoints(random: Random, estate: Estate) -> None:
    """The endpoints' group admits less."""
    rules = random.choice(((), (a_rule("10.0.1.0/24"),), (a_rule("vpce"),), (a_rule("10.0.0.0/16"),)))
    estate.groups["vpce"] = replace(estate.groups["vpce"], ingress=Listing(rules))


def closed_service(random: Random, estate: Estate) -> None:
    """The service's group lets out less."""
    rules = list(estate.groups["service"].egress.items)
    if rules:
        rules.pop(random.randrange(len(rules)))
    lets_out(estate, *rules)


def an_acl_of_its_own(random: Random, estate: Estate) -> None:
    """A subnet's ACL forgets the replies, or some of what is asked."""
    ports = random.choice(((443, 443), (1024, 65535), (32768, 60999), (1024, 40000)))
    from pullproof.model.packets import TCP, service

    some, every = an_entry(10, "0.0.0.0/0", service(TCP, *ports)), an_entry(100)
    denied = an_entry(5, random.choice(("52.218.0.0/17", "10.0.2.0/24", "10.0.0.0/16")), allow=False)
    ways = random.choice(
        (((some,), (every,)), ((every,), (some,)), ((denied, every), (every,)), ((every,), (denied, every)))
    )
    an_acl(estate, "own", ingress=ways[0], egress=ways[1])
    key = random.choice(SUBNETS)
    estate.subnets[key] = replace(estate.subnets[key], acl="own")


def another_table(random: Random, estate: Estate) -> None:
    """A subnet's route table has neither the gateway endpoint nor a way out."""
    key = random.choice(SUBNETS)
    a_table(estate, "alone")
    estate.subnets[key] = replace(estate.subnets[key], route_table="alone")


# Policies ---------------------------------------------------------------------------------------------


def _call(random: Random) -> tuple[str, str]:
    return random.choice([each for each in GRANTS if each[0] != "logs:PutLogEvents"])


def _identity(estate: Estate, *more: Policy, drop: str = "") -> None:
    role = estate.roles["role"]
    kept = tuple(
        replace(
            each, statements=Listing(tuple(s for s in each.statements.items if drop not in s.actions.items))
        )
        for each in role.policies.items
    )
    estate.roles["role"] = replace(role, policies=Listing((*kept, *more)))


def no_statement(random: Random, estate: Estate) -> None:
    """The role may not do one of the calls."""
    _identity(estate, drop=_call(random)[0])


def other_resource(random: Random, estate: Estate) -> None:
    """The role may do it to something else, or to more."""
    action, resource = _call(random)
    held = random.choice((f"{resource}x", f"{resource[:-3]}*", "*", resource.replace(REGION, "us-east-1")))
    _identity(estate, policy(allow(action, held), at="other"), drop=action)


def denied(random: Random, estate: Estate) -> None:
    """A statement denies a call, sometimes only from elsewhere."""
    action, resource = _call(random)
    _identity(estate, policy(deny(action, random.choice(("*", resource)), **_condition(random)), at="denial"))


def bounded(random: Random, estate: Estate) -> None:
    """A permissions boundary."""
    action, _ = _call(random)
    held = random.choice(
        (
            [allow("*")],
            [allow(["ecr:*", "logs:*", "ssm:*", "secretsmanager:*"])],
            [allow(["ecr:*", "logs:*"])],
            [allow("*"), deny(action)],
        )
    )
    estate.roles["role"] = replace(estate.roles["role"], boundary=policy(*held, at="boundary"))


def endpoint_policy(random: Random, estate: Estate) -> None:
    """An interface endpoint has a policy."""
    if (found := _endpoint(random, estate)) is None:
        return
    action, resource = _call(random)
    whom = random.choice((EVERYBODY, MINE, {"Principal": {"AWS": "999999999999"}}))
    held = random.choice(
        (
            [allow("*", **whom)],
            [allow(action, resource, **whom)],
            [allow(f"{action.split(':')[0]}:*", **whom)],
            [allow("*", **EVERYBODY), deny(action, **whom)],
            [allow("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, **EVERYBODY)],
        )
    )
    estate.endpoints[found.key] = replace(found, policy=policy(*held, at=found.key))


def layer_policy(random: Random, estate: Estate) -> None:
    """The gateway endpoint has a policy: layers are fetched by nobody of this account."""
    if (found := estate.endpoints.get("s3")) is None:
        return
    held = random.choice(
        (
            [allow("s3:GetObject", STARPORT, **EVERYBODY)],
            [allow("s3:*", "*", **EVERYBODY)],
            [allow("s3:GetObject", "arn:aws:s3:::mine/*", **EVERYBODY)],
            [allow("s3:GetObject", STARPORT, **MINE)],
            [allow("s3:PutObject", STARPORT, **EVERYBODY)],
            [allow("*", **EVERYBODY), deny("s3:GetObject", STARPORT, **EVERYBODY)],
        )
    )
    estate.endpoints["s3"] = replace(found, policy=policy(*held, at="s3"))


def secret_policy(random: Random, estate: Estate) -> None:
    """The secret has a policy."""
    held = random.choice(
        (
            [allow("secretsmanager:*", **MINE)],
            [deny("secretsmanager:GetSecretValue", **EVERYBODY, **_condition(random))],
            [allow("secretsmanager:*", Principal={"AWS": "999999999999"})],
        )
    )
    estate.secrets["secret"] = replace(estate.secrets["secret"], policy=policy(*held, at="secret"))


def repository_policy(random: Random, estate: Estate) -> None:
    """The repository has a policy."""
    held = random.choice(
        (
            [allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], **MINE)],
            [deny(random.choice(("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")), **EVERYBODY)],
            [allow("ecr:BatchGetImage", Principal={"AWS": "999999999999"})],
        )
    )
    found = [{name: value for name, value in each.items() if name != "Resource"} for each in held]
    estate.repositories["repository"] = replace(
        estate.repositories["repository"], policy=policy(*found, at="repository")
    )


def organization(random: Random, estate: Estate) -> None:
    """A service control policy."""
    action, _ = _call(random)
    held = random.choice(([allow("*"), deny(action)], [allow(["ecr:*", "logs:*", "s3:*"])], [allow("*")]))
    estate.organization_policies = (policy(*held, at="scp"),)


def _condition(random: Random) -> dict[str, Any]:
    return random.choice(
        (
            {},
            {"Condition": {"StringNotEquals": {"aws:SourceVpce": f"vpce-{random.choice(INTERFACES)}"}}},
            {"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}},
            {"Condition": {"Null": {"aws:SourceVpce": random.choice(("true", "false"))}}},
        )
    )


def older(random: Random, estate: Estate) -> None:
    """Platform version 1.3.0 logs in and reads secrets by an interface of Fargate's own."""
    version = random.choice(("1.3.0", "1.3.0", "LATEST"))
    estate.launches[SERVICE] = replace(estate.launches[SERVICE], platform_version=version)


DAMAGES: tuple[Damage, ...] = (
    no_endpoint,
    one_subnet_only,
    no_private_dns,
    no_dns,
    closed_endpoints,
    closed_service,
    an_acl_of_its_own,
    another_table,
    no_statement,
    other_resource,
    denied,
    bounded,
    endpoint_policy,
    layer_policy,
    secret_policy,
    repository_policy,
    organization,
    older,
)
