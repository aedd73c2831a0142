"""Which policies have a say about a call: whose it is, and by which way it came."""

import base64
import json
from typing import Any

import pytest
from msgspec.structs import replace

from pullproof.cli.lab import story
from pullproof.lab.calls import Asked, asked
from pullproof.lab.front import Way
from pullproof.lab.judge import Judge, execution_role
from pullproof.lab.plan import planned
from pullproof.model.estate import Estate
from pullproof.model.iam import OrganizationLevel, Policy
from pullproof.model.stores import Bucket, Key, Secret
from pullproof.model.value import Listing, Maybe
from tests.build import at, unknown
from tests.unit.iam.build import allow, deny, policy, role

REGION, ACCOUNT = story.REGION, story.ACCOUNT
BUCKET = f"prod-{REGION}-starport-layer-bucket"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/orders"
GET, LAYER, MANIFEST = "secretsmanager:GetSecretValue", "s3:GetObject", "ecr:BatchGetImage"
OUTSIDE = Way(vpc="", interface="", sender="127.0.0.1")
INTERNET = Way(vpc="vpc", interface="", sender="10.0.1.9")
EVERYBODY = {"Principal": "*"}


def an_account(*policies: Policy) -> Estate:
    """The story's network with an endpoint for secrets, a secret, and a role that has these policies."""
    estate = story.before()
    estate.endpoints["secrets"] = story.interface("secretsmanager", "vpce")
    estate.endpoints["secrets"] = replace(estate.endpoints["secrets"], key="secrets", id="vpce-1")
    estate.roles["role"] = replace(role(*policies), key="role")
    estate.secrets["db"] = Secret(key="db", origin=at("db"), arn=SECRET, name="db")
    return estate


def a_judge(estate: Estate) -> tuple[Judge, str]:
    """A judge, and an access key of the role."""
    judge = Judge(planned(estate, ()))
    return judge, judge.credentials("role")


def signed(host: str, key: str) -> dict[str, str]:
    """Headers of a call, signed with a key or by nobody."""
    service = "s3" if ".s3." in host else host.partition(".")[0].removeprefix("api")
    scope = f"{key}/20260101/{REGION}/{service}/aws4_request"
    return {"Host": host} | (
        {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"}
        if key
        else {}
    )


def secret(key: str, what: str = SECRET) -> Asked:
    """Somebody reads a secret."""
    headers = signed(f"secretsmanager.{REGION}.amazonaws.com", key) | {
        "X-Amz-Target": "secretsmanager.GetSecretValue"
    }
    return asked("POST", "/", headers, json.dumps({"SecretId": what}).encode(), REGION)


def layer(key: str = "", query: str = "") -> Asked:
    """Somebody reads a layer, or whoever has its URL."""
    return asked("GET", f"/a{query}", signed(f"{BUCKET}.s3.{REGION}.amazonaws.com", key), b"", REGION)


def manifest(login: str) -> Asked:
    """Somebody reads a manifest."""
    word = base64.b64encode(f"AWS:{login}".encode()).decode()
    headers = {"Host": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com", "Authorization": f"Basic {word}"}
    return asked("GET", "/v2/orders/manifests/latest", headers, b"", REGION)


def by(judge: Judge, endpoint: str) -> Way:
    """The way through an interface endpoint."""
    [first, *_] = judge.plan.of(endpoint)
    return Way(vpc="vpc", interface=first.name, sender="10.0.1.9")


READS = allow(GET, SECRET)


@pytest.mark.parametrize(
    ("identity", "endpoint", "expected"),
    [
        ([READS], None, ""),
        ([], None, "no statement allows it"),
        ([READS, deny(GET)], None, "denied"),
        ([allow(GET, SECRET.replace("db", "web"))], None, "no statement allows it"),
        ([READS], [allow(GET, SECRET, **EVERYBODY)], ""),
        ([READS], [allow("secretsmanager:ListSecrets", **EVERYBODY)], "endpoint policy"),
        ([], [allow(GET, **EVERYBODY)], "no statement allows it"),
    ],
)
def test_the_role_and_the_endpoint_have_their_say(
    identity: list[dict[str, Any]], endpoint: list[dict[str, Any]] | None, expected: str
) -> None:
    """Both have to allow a call that goes through an endpoint; past it, the role alone."""
    estate = an_account(policy(*identity))
    held = None if endpoint is None else policy(*endpoint)
    estate.endpoints["secrets"] = replace(estate.endpoints["secrets"], policy=held)
    judge, key = a_judge(estate)

    assert expected == judge.why_not(secret(key), by(judge, "secrets"))
    past = "" if expected == "endpoint policy" else expected
    assert [past, past] == [judge.why_not(secret(key), way) for way in (INTERNET, OUTSIDE)]


@pytest.mark.parametrize(("name", "value"), [("aws:SourceVpce", "vpce-1"), ("aws:SourceVpc", "vpc")])
def test_the_way_is_among_what_policies_can_ask_for(name: str, value: str) -> None:
    """The endpoint and the VPC by their ids, the key where they have none; past an endpoint, neither."""
    statement = allow(GET, SECRET, Condition={"StringEquals": {name: value}})
    judge, key = a_judge(an_account(policy(statement)))

    assert ["", "no statement allows it"] == [
        judge.why_not(secret(key), way) for way in (by(judge, "secrets"), INTERNET)
    ]


def test_a_policy_can_ask_for_the_role() -> None:
    """By its ARN."""
    name = {"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/app"}}
    judge, key = a_judge(an_account(policy(allow(GET, SECRET, Condition=name))))

    assert "" == judge.why_not(secret(key), INTERNET)


def test_the_gateway_endpoint_of_s3_is_the_one_on_the_sender_s_table() -> None:
    """Its policy is asked for those who are led through it, and for nobody else."""
    estate = an_account(policy(allow(LAYER)))
    estate.endpoints["s3"] = replace(
        estate.endpoints["s3"], policy=policy(allow(LAYER, "arn:aws:s3:::other/*", **EVERYBODY))
    )
    estate.subnets["private-b"] = replace(estate.subnets["private-b"], route_table="other")
    judge, key = a_judge(estate)
    ways = [replace(INTERNET, sender=sender) for sender in ("10.0.1.9", "10.0.2.9", "10.0.9.9")]

    assert ["endpoint policy", "", ""] == [judge.why_not(layer(key), way) for way in (*ways,)]
    assert "" == judge.why_not(layer(key), OUTSIDE)


def test_who_holds_a_signed_url_needs_no_permission_of_its_own() -> None:
    """ECR signed it: only the endpoint on the way has a say."""
    scope = f"?X-Amz-Credential=ASIA9%2F20260101%2F{REGION}%2Fs3%2Faws4_request&X-Amz-Signature=0"
    estate = an_account()
    estate.buckets["layers"] = Bucket(
        key="layers",
        origin=at("layers"),
        name=BUCKET,
        arn=f"arn:aws:s3:::{BUCKET}",
        policy=policy(deny(LAYER, **EVERYBODY)),
    )
    judge, key = a_judge(estate)

    judge.plan.estate.organization_policies = (policy(deny("*")),)
    assert "" == judge.why_not(layer(query=scope), INTERNET)
    assert "denied" == judge.why_not(layer(key), INTERNET)
    assert "denied" == judge.why_not(layer(query=scope.replace("ASIA9", key)), INTERNET), "signed by the role"
    estate.endpoints["s3"] = replace(estate.endpoints["s3"], policy=policy(deny(LAYER, **EVERYBODY)))
    judge, _ = a_judge(estate)
    assert "denied" == judge.why_not(layer(query=scope), INTERNET)


@pytest.mark.parametrize("kind", ["secret", "repository", "bucket"])
def test_the_resource_s_own_policy_has_its_say(kind: str) -> None:
    """It allows what the role does not, and denies what the role allows."""
    names_role = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}}
    for statement, identity, expected in (
        (allow("*", **names_role), [], ""),
        (deny("*", **EVERYBODY), [allow("*")], "denied"),
        (allow("*", Principal={"AWS": "210987654321"}), [], "no statement allows it"),
    ):
        estate = an_account(policy(*identity))
        if kind == "repository":
            # What a repository's policy says has no resource.
            statement = {name: value for name, value in statement.items() if name != "Resource"}
        held = policy(statement)
        estate.secrets["db"] = replace(estate.secrets["db"], policy=held)
        estate.repositories["repository"] = replace(estate.repositories["repository"], policy=held)
        estate.buckets["layers"] = Bucket(key="layers", origin=at("layers"), name=BUCKET, arn="", policy=held)
        judge, key = a_judge(estate)
        call = {"secret": secret(key), "repository": manifest(key), "bucket": layer(key)}[kind]

        assert expected == judge.why_not(call, INTERNET)


def test_the_organization_has_its_say() -> None:
    """Every level above the account; of what is not told to be a level only denials are certain."""
    judge, key = a_judge(an_account(policy(READS)))
    levels = {
        "": (policy(allow("*")),),
        "organization policy": (policy(allow("s3:*")),),
        "denied": (policy(allow("*"), deny(GET)),),
    }
    for expected, policies in levels.items():
        told = judge.plan.estate
        told.organization_policies = policies
        told.organization_levels = {}
        certain = "" if expected == "organization policy" else expected
        assert certain == judge.why_not(secret(key), INTERNET)
        assert (certain != expected) is any("FullAWSAccess" in why for _, why in judge.left_out)
        judge.left_out.clear()
        told.organization_policies = (policy(deny("*")),)
        level = OrganizationLevel(at="r-1", policies=Listing(policies))
        told.organization_levels = {
            ACCOUNT: (level, OrganizationLevel(at="o", policies=Listing((policy(allow("*")),))))
        }
        assert expected == judge.why_not(secret(key), INTERNET)


def test_a_key_that_was_not_handed_out_is_nobody_s() -> None:
    """Calls from outside the network are Terraform's; in the network, an endpoint's policy is asked all the same."""
    estate = an_account()
    estate.endpoints["secrets"] = replace(estate.endpoints["secrets"], policy=policy(deny(GET, **EVERYBODY)))
    judge, _ = a_judge(estate)

    assert ["", "denied", ""] == [
        judge.why_not(secret("AKIAOTHER"), way) for way in (OUTSIDE, by(judge, "secrets"), INTERNET)
    ]


def test_the_registry_wants_a_login_that_was_handed_out() -> None:
    """It remembers whose the login is: what that role may not do, the login may not."""
    estate = an_account(policy(allow(MANIFEST, REPOSITORY)))
    estate.roles["other"] = replace(role(), key="other")
    judge, key = a_judge(estate)
    answer = json.dumps(
        {"authorizationData": [{"authorizationToken": "x", "proxyEndpoint": "https://r"}]}
    ).encode()
    logins = []
    for each in (key, judge.credentials("other")):
        document = json.loads(judge.token(secret(each), answer))["authorizationData"][0]
        assert "https://r" == document["proxyEndpoint"]
        user, _, login = base64.b64decode(document["authorizationToken"]).decode().partition(":")
        assert "AWS" == user
        logins.append(login)

    assert ["", "no statement allows it", "login", "login"] == [
        judge.why_not(manifest(login), INTERNET) for login in (*logins, "made-up", "")
    ]
    ping = asked("GET", "/v2/", {"Host": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"}, b"", REGION)
    assert "" == judge.why_not(ping, INTERNET)


@pytest.mark.parametrize("name", ["/db", "db", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/db"])
def test_a_parameter_is_meant_by_its_name_and_by_its_arn(name: str) -> None:
    """Policies name it by the ARN."""
    arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/db"
    judge, key = a_judge(an_account(policy(allow("ssm:GetParameters", arn))))
    headers = signed(f"ssm.{REGION}.amazonaws.com", key) | {"X-Amz-Target": "AmazonSSM.GetParameters"}
    calls = [
        asked("POST", "/", headers, json.dumps({"Names": [each]}).encode(), REGION) for each in (name, "/web")
    ]

    assert ["", "no statement allows it"] == [judge.why_not(call, INTERNET) for call in calls]


def test_a_log_group_is_in_the_account() -> None:
    """Its name is all that a call tells."""
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/orders"
    judge, key = a_judge(an_account(policy(allow("logs:CreateLogGroup", arn))))
    headers = signed(f"logs.{REGION}.amazonaws.com", key) | {"X-Amz-Target": "Logs_20140328.CreateLogGroup"}
    calls = [
        asked("POST", "/", headers, json.dumps({"logGroupName": name}).encode(), REGION)
        for name in ("/ecs/orders", "x")
    ]

    assert ["", "no statement allows it"] == [judge.why_not(call, INTERNET) for call in calls]


def test_what_a_key_protects_needs_the_key() -> None:
    """A secret under a customer's key is had by who may decrypt with it."""
    key_arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    for identity, expected in (([READS], False), ([READS, allow("kms:Decrypt", key_arn)], True)):
        estate = an_account(policy(*identity))
        estate.keys["key"] = Key(key="key", origin=at("key"), arn=key_arn, id="1")
        estate.secrets["db"] = replace(estate.secrets["db"], kms_key=key_arn)
        judge, key = a_judge(estate)
        found = judge.why_not(secret(key), INTERNET)

        assert expected is (found == "")
        assert expected or key_arn in found


@pytest.mark.parametrize(
    ("role", "why"), [(unknown("who it is"), "who it is"), ("gone", "the role gone is not in the input")]
)
def test_of_a_role_that_is_not_known_only_the_endpoint_refuses(role: Maybe[str], why: str) -> None:
    """What it may do is not known; what nobody may do through the endpoint, it may not either."""
    estate = an_account()
    judge, _ = a_judge(estate)
    key = judge.credentials(role)

    assert "" == judge.why_not(secret(key), by(judge, "secrets"))
    assert [(GET, why)] == judge.left_out
    estate.endpoints["secrets"] = replace(estate.endpoints["secrets"], policy=policy(deny(GET, **EVERYBODY)))
    assert "denied" == judge.why_not(secret(key), by(judge, "secrets"))


def test_a_task_without_a_role_may_do_nothing() -> None:
    """Nobody's policies allow it; what a resource gives to everybody, it has."""
    estate = an_account()
    judge, _ = a_judge(estate)
    key = judge.credentials("")
    assert "no statement allows it" == judge.why_not(secret(key), INTERNET)

    estate.secrets["db"] = replace(estate.secrets["db"], policy=policy(allow(GET, **EVERYBODY)))
    assert "" == judge.why_not(secret(key), INTERNET)


@pytest.mark.parametrize("what", ["role", "secret", "endpoint"])
def test_where_a_policy_is_not_known_the_call_passes_and_it_is_said(what: str) -> None:
    """A lab refuses nothing of which it does not know that AWS would."""
    estate = an_account()
    if what == "role":
        estate.roles["role"] = replace(role(unknown("the policy")), key="role")
    elif what == "secret":
        estate.secrets["db"] = replace(estate.secrets["db"], policy=unknown("the policy"))
    else:
        estate.endpoints["secrets"] = replace(estate.endpoints["secrets"], policy=unknown("the policy"))
    judge, key = a_judge(estate)

    assert "" == judge.why_not(secret(key), by(judge, "secrets"))
    assert [(GET, "the policy")] == judge.left_out


@pytest.mark.parametrize(
    ("override", "written", "expected"),
    [
        ("", "role", "role"),
        ("other", "role", "other"),
        ("", "", ""),
        (unknown("who"), "role", unknown("who")),
        ("", unknown("who"), unknown("who")),
    ],
)
def test_which_role_starts_a_task(override: Maybe[str], written: Maybe[str], expected: Maybe[str]) -> None:
    """The launch's own, else that of the task definition; or why it is not known."""
    estate = an_account()
    estate.task_definitions["task"] = replace(estate.task_definitions["task"], execution_role=written)
    launch = replace(estate.launches[story.SERVICE], execution_role_override=override)

    assert expected == execution_role(planned(estate, ()), launch)


def test_a_task_definition_that_is_not_known_names_no_role() -> None:
    """Nothing is made up."""
    launch = replace(story.before().launches[story.SERVICE], task_definition="gone")

    assert "" == execution_role(planned(story.before(), ()), launch)
