"""Decisions: the layers, one by one and folded."""

from typing import Any

import msgspec
import pytest

from pullproof.evidence import Gate, Step
from pullproof.iam import principals
from pullproof.iam.context import NotOurs
from pullproof.iam.evaluate import decide
from pullproof.iam.request import Anonymous, Decision, Foreign, Request
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.iam import OrganizationLevel, Policy, Role
from pullproof.model.managed_policies import managed_policy, not_shipped
from pullproof.model.text import anything, hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.verdict import Verdict
from tests.unit.iam.build import (
    ACCOUNT,
    READ,
    ROLE_ARN,
    SECRET,
    UNTOLD,
    allow,
    arn,
    deny,
    policy,
    request,
    role,
    with_open,
)

YES, NO, MAYBE = Verdict.WORKS, Verdict.FAILS, Verdict.UNKNOWN
ESTATE = Estate()
EVERYONE: dict[str, Any] = {"Principal": "*"}
THE_ROLE: dict[str, Any] = {"Principal": {"AWS": ROLE_ARN}}
THE_ACCOUNT: dict[str, Any] = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
NOT_SHIPPED = not_shipped("arn:aws:iam::aws:policy/AmazonNobodyKnows", "aws_iam_role.app")
DENYING = not_shipped("arn:aws:iam::aws:policy/S3UnlockBucketPolicy", "aws_iam_role.app")
LAYERS = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/any"
GRANTS = policy(allow())


def only(decision: Decision, verdict: Verdict) -> Step:
    """The one step of a decision with this verdict."""
    found = [step for step in decision.steps if step.verdict is verdict]
    assert len(found) == 1, decision
    return found[0]


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ((), NO),
        ((GRANTS,), YES),
        ((policy(allow("secretsmanager:Describe*")),), NO),
        ((policy(allow(resource="arn:aws:s3:::x")),), NO),
        ((GRANTS, policy(deny())), NO),
        ((policy(deny()), UNTOLD), NO),
        ((UNTOLD,), MAYBE),
        ((GRANTS, UNTOLD), MAYBE),
        ((NOT_SHIPPED,), MAYBE),
        ((GRANTS, NOT_SHIPPED), YES),
        ((GRANTS, DENYING), MAYBE),
        ((with_open(GRANTS, UNTOLD),), MAYBE),
        ((with_open(policy(), UNTOLD),), MAYBE),
        ((policy(allow(Effect=hole("local.effect"))),), MAYBE),
        ((GRANTS, policy(allow(Effect=hole("local.effect")))), MAYBE),
        ((policy(allow(resource=anything("x"))),), MAYBE),
        ((GRANTS, policy(allow(resource=anything("x")))), YES),
        ((GRANTS, policy(deny(resource=anything("x")))), MAYBE),
        ((GRANTS, policy(deny(Condition={"StringEquals": {"aws:PrincipalOrgID": "o"}}))), MAYBE),
        ((policy(allow([UNTOLD])),), MAYBE),
        ((policy(allow([UNTOLD, "*"])),), YES),
        ((policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),), YES),
        ((policy({"Effect": "Allow", "NotAction": READ, "Resource": "*"}),), NO),
        ((policy({"Effect": "Allow", "NotAction": [UNTOLD], "Resource": "*"}),), MAYBE),
        ((policy({"Effect": "Allow", "Action": "*", "NotResource": SECRET}),), NO),
        ((policy({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}),), YES),
        ((policy({"Effect": "Allow", "Action": "*"}),), YES),
        ((policy(allow(Condition=UNTOLD)),), MAYBE),
        ((policy(allow(resource="arn:aws:secretsmanager:*:${aws:PrincipalAccount}:secret:*")),), YES),
    ],
)
def test_identity_policies(policies: tuple[Maybe[Policy], ...], expected: Verdict) -> None:
    """A statement must allow, and none may deny; what is not known may allow, and may deny if not AWS's."""
    assert expected is decide(ESTATE, request(role(*policies))).verdict


def test_a_missing_permission_is_the_role_s_to_mend() -> None:
    """The step names the role, the action and the resource, and where the action is allowed on others."""
    step = only(decide(ESTATE, request(role(policy(allow(resource="arn:aws:s3:::x"))))), NO)

    assert ("iam-missing-action", "aws_iam_role.app") == (step.code, step.to_change)
    assert (
        f"no policy of aws_iam_role.app allows {READ} on {SECRET};"
        " aws_iam_role_policy.p.policy.Statement[0] allows the action, but not this call"
    ) == step.says


def test_a_condition_that_does_not_hold_is_a_near_miss() -> None:
    """The statement that would allow it elsewhere is named."""
    elsewhere = policy(allow(Condition={"StringEquals": {"aws:PrincipalAccount": "999999999999"}}))

    assert "policy.Statement[0] allows the action" in only(decide(ESTATE, request(role(elsewhere))), NO).says


def test_what_fails_in_one_account_needs_no_second_look() -> None:
    """Nothing is said to be unknown about the account of a resource that is refused anyway."""
    decision = decide(ESTATE, secret(None, cross_account=UNTOLD))

    assert [NO] == [step.verdict for step in decision.steps]


def test_a_denial_cites_the_statement() -> None:
    """Both what is missing and what denies is said, each once."""
    steps = decide(ESTATE, request(role(policy(deny(), allow("s3:*"))))).steps

    assert ["iam-missing-action", "iam-denied"] == [step.code for step in steps]
    assert (Origin("aws_iam_role_policy.p", "policy.Statement[0]"),) == steps[1].cites
    assert f"aws_iam_role_policy.p.policy.Statement[0] denies {READ} on {SECRET}" == steps[1].says


def test_a_permission_cites_the_statement() -> None:
    """The statement that allows stands with the step."""
    step = only(decide(ESTATE, request(role(GRANTS))), YES)

    assert Gate.IDENTITY_POLICY is step.gate
    assert (Origin("aws_iam_role_policy.p", "policy.Statement[0]"),) == step.cites


def test_doubt_is_said_once() -> None:
    """A policy that may allow and may deny is one reason for not knowing."""
    assert UNTOLD == only(decide(ESTATE, request(role(UNTOLD))), MAYBE).unknown


def test_doubt_about_a_resource_names_both_texts() -> None:
    """The reason says what is written and what is asked for."""
    asked = request(
        role(policy(allow(resource="arn:aws:ecr:x:1:repository/a"))), resource=arn("aws_ecr_repository.a")
    )
    unknown = only(decide(ESTATE, asked), MAYBE).unknown

    assert unknown is not None
    assert "whether arn:aws:ecr:x:1:repository/a covers ${aws_ecr_repository.a.arn}" == unknown.what
    assert "aws_iam_role_policy.p" == unknown.resource


def test_a_role_that_the_input_does_not_show() -> None:
    """It may hold any policy; what refuses it for certain still does."""
    closed = policy(allow("s3:*", **EVERYONE))
    through: dict[str, Any] = {"endpoint": "aws_vpc_endpoint.a", "endpoint_policy": closed}

    assert UNTOLD.resource == only(decide(ESTATE, request(UNTOLD)), MAYBE).at
    assert NO is decide(ESTATE, request(UNTOLD, **through)).verdict


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        (policy(allow("*")), YES),
        (policy(allow("s3:*")), NO),
        (policy(allow("*"), deny()), NO),
        (UNTOLD, MAYBE),
        (with_open(policy(), UNTOLD), MAYBE),
    ],
)
def test_a_boundary_has_to_allow_as_well(boundary: Maybe[Policy], expected: Verdict) -> None:
    """What the boundary leaves out is not allowed, whatever the role's policies say."""
    assert expected is decide(ESTATE, request(role(GRANTS, boundary=boundary))).verdict


def test_what_a_boundary_refuses_is_the_role_s_to_mend() -> None:
    """The step stands at the boundary, and the role is what has to change."""
    boundary = policy(allow("s3:*"), deny("iam:*"), at="aws_iam_policy.limit")
    step = only(decide(ESTATE, request(role(GRANTS, boundary=boundary))), NO)

    assert (Gate.BOUNDARY, "aws_iam_policy.limit") == (step.gate, step.at)
    assert ("iam-missing-action", "aws_iam_role.app") == (step.code, step.to_change)
    assert f"the permissions boundary of aws_iam_role.app does not allow {READ} on {SECRET}" == step.says


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ((policy(deny("s3:*")),), YES),
        ((policy(deny("*")),), NO),
        ((policy(allow("*", "*")), policy(deny("s3:*"))), YES),
        ((policy(allow("s3:*")),), MAYBE),
        ((policy(allow("*")), policy(allow("s3:*"))), MAYBE),
        ((with_open(policy(allow("*")), UNTOLD),), MAYBE),
    ],
)
def test_organization_policies_take_away(policies: tuple[Policy, ...], expected: Verdict) -> None:
    """A denial decides; a list of what is allowed may stand in the place of `FullAWSAccess`."""
    estate = Estate()
    estate.organization_policies = policies

    assert expected is decide(estate, request(role(GRANTS))).verdict


def test_a_denial_of_the_organization_is_found_at_the_role() -> None:
    """The role is what the person who reads the report can change."""
    estate = Estate()
    estate.organization_policies = (policy(deny("*"), at="aws_organizations_policy.p"),)
    step = only(decide(estate, request(role(GRANTS))), NO)

    assert ("iam-denied", "aws_iam_role.app", "aws_organizations_policy.p") == (
        step.code,
        step.to_change,
        step.at,
    )


LEVELS = {
    "every level allows": (((allow("*"),), (allow("secretsmanager:*"),)), YES),
    "one of two policies of a level allows": (((allow("s3:*"), allow("*")),), YES),
    "a level allows something else": (((allow("*"),), (allow("s3:*"),)), NO),
    "a level denies": (((allow("*"),), (allow("*"), deny("secretsmanager:*"))), NO),
    "no level limits the management account": ((), YES),
}


@pytest.mark.parametrize(("levels", "expected"), LEVELS.values(), ids=LEVELS)
def test_every_level_of_the_organization_has_to_allow(
    levels: tuple[tuple[dict[str, Any], ...], ...], expected: Verdict
) -> None:
    """Root, units and account each allow by some policy; beside known levels, no other policy matters."""
    estate = Estate()
    estate.organization_policies = (policy(deny("*")),)
    estate.organization_levels["999999999999"] = ()
    estate.organization_levels[ACCOUNT] = tuple(
        OrganizationLevel(at=f"ou-{index}", policies=Listing(tuple(policy(each) for each in level)))
        for index, level in enumerate(levels)
    )

    assert expected is decide(estate, request(role(GRANTS))).verdict


def test_a_level_that_does_not_allow_is_named() -> None:
    """The step stands at the level; a policy of it that is not told may allow."""
    estate = Estate()
    level = OrganizationLevel(at="ou-1", policies=Listing((policy(allow("s3:*")),)))
    estate.organization_levels[ACCOUNT] = (level,)
    step = only(decide(estate, request(role(GRANTS))), NO)

    assert ("iam-denied", "ou-1", "aws_iam_role.app") == (step.code, step.at, step.to_change)
    assert f"no service control policy of ou-1 allows {READ} on {SECRET}" == step.says

    untold = OrganizationLevel(at="ou-1", policies=Listing(level.policies.items, (UNTOLD,)))
    estate.organization_levels[ACCOUNT] = (untold,)
    assert MAYBE is decide(estate, request(role(GRANTS))).verdict


@pytest.mark.parametrize(
    ("accounts", "expected"), [((ACCOUNT,), NO), ((ACCOUNT, "999999999999"), YES), ((), YES)]
)
def test_a_role_without_a_known_account_is_of_the_only_one(
    accounts: tuple[str, ...], expected: Verdict
) -> None:
    """Where the role's ARN is not known, it is in the account whose levels are told, if only one's are."""
    estate = Estate()
    for account in accounts:
        estate.organization_levels[account] = (
            OrganizationLevel(at="r-1", policies=Listing((policy(deny("*")),))),
        )
    unnamed = msgspec.structs.replace(role(GRANTS), arn=anything("arn"))

    assert expected is decide(estate, request(unnamed)).verdict


def secret(resource_policy: Maybe[Policy] | None, *policies: Policy, **more: Any) -> Request:
    """A request for a secret with a policy of its own."""
    fields = {"owner": "aws_secretsmanager_secret.s", "owner_kind": "secrets"} | more
    boundary = fields.pop("boundary", None)
    return request(role(*policies, boundary=boundary), resource_policy=resource_policy, **fields)


@pytest.mark.parametrize(
    ("resource_policy", "expected"),
    [
        (None, NO),
        (policy(allow(**EVERYONE)), YES),
        (policy(allow(**THE_ROLE)), YES),
        (policy(allow(**THE_ACCOUNT)), NO),
        (policy(allow(Principal={"AWS": anything("x")})), MAYBE),
        (policy(allow(Principal={"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/app/x"})), MAYBE),
        (policy(deny(**EVERYONE)), NO),
        (UNTOLD, MAYBE),
    ],
)
def test_within_an_account_the_resource_may_allow_alone(
    resource_policy: Maybe[Policy] | None, expected: Verdict
) -> None:
    """A policy of the resource that names the role does as well as one of the role."""
    assert expected is decide(ESTATE, secret(resource_policy)).verdict


@pytest.mark.parametrize(
    ("resource_policy", "expected"),
    [
        (None, YES),
        (policy(allow("secretsmanager:Delete*", **EVERYONE)), YES),
        (policy(deny(**EVERYONE)), NO),
        (policy(deny(**THE_ACCOUNT)), NO),
        (policy(deny(Principal={"AWS": "999999999999"})), YES),
        (policy(deny(NotPrincipal={"AWS": ROLE_ARN})), MAYBE),
        (policy(deny(NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"})), NO),
        (policy(deny(NotPrincipal="*")), YES),
        (policy(deny(Principal=UNTOLD)), MAYBE),
        (policy(deny(Principal=[UNTOLD])), MAYBE),
        (policy(deny(Principal={"AWS": [UNTOLD]})), MAYBE),
        (policy(deny()), MAYBE),
        (policy(allow(Effect=hole("local.x"), **THE_ROLE)), MAYBE),
        (policy(allow(Effect=hole("local.x"), Principal={"AWS": "999999999999"})), YES),
        (with_open(policy(), UNTOLD), MAYBE),
        (UNTOLD, MAYBE),
    ],
)
def test_within_an_account_the_resource_may_deny(
    resource_policy: Maybe[Policy] | None, expected: Verdict
) -> None:
    """A role that is allowed is stopped by the resource's policy only where that denies."""
    assert expected is decide(ESTATE, secret(resource_policy, GRANTS)).verdict


def test_a_denial_of_the_resource_is_its_own_to_mend() -> None:
    """The step names the noun whose policy it is."""
    step = only(decide(ESTATE, secret(policy(deny(**EVERYONE)), GRANTS)), NO)

    assert ("resource-policy", "aws_secretsmanager_secret.s") == (step.code, step.to_change)


@pytest.mark.parametrize(
    ("granted", "expected"),
    [(EVERYONE, YES), (THE_ROLE, NO), ({"Principal": {"AWS": hole("local.who")}}, MAYBE)],
)
def test_a_boundary_limits_what_a_resource_grants_to_the_role(
    granted: dict[str, Any], expected: Verdict
) -> None:
    """A grant to the role's ARN ends at its boundary, one to everyone reaches the session itself."""
    asked = secret(policy(allow(**granted)), boundary=policy(allow("s3:*")))

    assert expected is decide(ESTATE, asked).verdict


@pytest.mark.parametrize(
    ("resource_policy", "policies", "expected"),
    [
        (None, (GRANTS,), NO),
        (policy(allow(**THE_ROLE)), (GRANTS,), YES),
        (policy(allow(**THE_ACCOUNT)), (GRANTS,), YES),
        (policy(allow(**EVERYONE)), (GRANTS,), YES),
        (policy(allow(**EVERYONE)), (), NO),
        (policy(allow(Principal={"AWS": "999999999999"})), (GRANTS,), NO),
        (UNTOLD, (GRANTS,), MAYBE),
    ],
)
def test_between_accounts_both_sides_have_to_allow(
    resource_policy: Maybe[Policy] | None, policies: tuple[Policy, ...], expected: Verdict
) -> None:
    """The account of the resource lets the other in, and that one its role out."""
    assert expected is decide(ESTATE, secret(resource_policy, *policies, cross_account=True)).verdict


def test_a_resource_of_another_account_that_the_input_does_not_show() -> None:
    """Where not even the noun is known, its policy is not either."""
    step = only(decide(ESTATE, request(role(GRANTS), cross_account=True)), MAYBE)

    assert step.unknown is not None
    assert Why.NOT_IN_INPUT is step.unknown.why


@pytest.mark.parametrize(
    ("resource_policy", "policies", "expected"),
    [
        (None, (), NO),
        (None, (GRANTS,), MAYBE),
        (policy(allow(**THE_ROLE)), (GRANTS,), YES),
        (policy(allow(**THE_ROLE)), (), MAYBE),
        (policy(deny(**EVERYONE)), (GRANTS,), NO),
    ],
)
def test_where_it_is_not_known_whether_the_accounts_differ(
    resource_policy: Maybe[Policy] | None, policies: tuple[Policy, ...], expected: Verdict
) -> None:
    """What fails in one account fails between two, and what works between two works in one."""
    assert expected is decide(ESTATE, secret(resource_policy, *policies, cross_account=UNTOLD)).verdict


@pytest.mark.parametrize(
    ("resource_policy", "policies", "cross_account", "expected"),
    [
        (None, (GRANTS,), False, YES),
        (None, (), False, NO),
        (None, (GRANTS,), True, NO),
        (policy(allow(**THE_ACCOUNT)), (GRANTS,), False, YES),
        (policy(allow(**THE_ACCOUNT)), (), False, NO),
        (policy(allow(**THE_ROLE)), (), False, YES),
        (policy(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"})), (GRANTS,), False, NO),
        (UNTOLD, (GRANTS,), False, MAYBE),
    ],
)
def test_a_key_s_policy_has_to_allow(
    resource_policy: Maybe[Policy] | None,
    policies: tuple[Policy, ...],
    cross_account: bool,
    expected: Verdict,
) -> None:
    """A key is used by whom its policy names, or, where it names the account, by whom that allows."""
    asked = secret(
        resource_policy, *policies, owner="aws_kms_key.k", owner_kind="keys", cross_account=cross_account
    )

    assert expected is decide(ESTATE, asked).verdict


def test_a_refusing_key_policy_says_so() -> None:
    """The step names the key and what its policy allows instead."""
    closed = policy(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}), at="aws_kms_key.k")
    step = only(decide(ESTATE, secret(closed, GRANTS, owner="aws_kms_key.k", owner_kind="keys")), NO)

    assert ("resource-policy", "aws_kms_key.k") == (step.code, step.to_change)
    assert step.says.startswith(
        f"the policy of aws_kms_key.k does not allow {READ} on {SECRET}; aws_kms_key.k."
    )


def test_who_lets_a_key_be_used_is_said() -> None:
    """A key without a policy has AWS's; statements about other actions are no near misses."""
    key = {"owner": "aws_kms_key.k", "owner_kind": "keys"}
    default = decide(ESTATE, secret(None, GRANTS, **key)).steps[-1]
    other = policy(allow("kms:List*", **EVERYONE), at="aws_kms_key.k")
    refused = only(decide(ESTATE, secret(other, GRANTS, **key)), NO)

    assert f"AWS's default for aws_kms_key.k allows {READ} on {SECRET}" == default.says
    assert f"the policy of aws_kms_key.k does not allow {READ} on {SECRET}" == refused.says


ANONYMOUS = Anonymous(who="an NFS client without IAM")
MOUNT = "elasticfilesystem:ClientMount"


@pytest.mark.parametrize(
    ("caller", "resource_policy", "expected"),
    [
        (ANONYMOUS, None, YES),
        (ANONYMOUS, policy(allow(MOUNT, **EVERYONE)), YES),
        (ANONYMOUS, policy(allow(MOUNT, **THE_ROLE)), NO),
        (ANONYMOUS, policy(allow(MOUNT, Principal={"AWS": anything("x")})), MAYBE),
        (ANONYMOUS, UNTOLD, MAYBE),
        (role(), None, YES),
        (role(policy(deny(MOUNT))), None, NO),
        (role(), policy(allow(MOUNT, **THE_ROLE)), YES),
        (role(), policy(), NO),
    ],
)
def test_what_anyone_may_do(
    caller: Role | Anonymous, resource_policy: Maybe[Policy] | None, expected: Verdict
) -> None:
    """A file system without a policy is open to every client; with one, to those it lets in."""
    asked = request(
        caller,
        MOUNT,
        "arn:aws:elasticfilesystem:x:1:file-system/fs-1",
        owner="aws_efs_file_system.f",
        owner_kind="file_systems",
        resource_policy=resource_policy,
        anyone_may=True,
    )

    assert expected is decide(ESTATE, asked).verdict


def estate_with(kind: Maybe[EndpointType]) -> Estate:
    """An estate with one endpoint."""
    estate = Estate()
    estate.endpoints["aws_vpc_endpoint.e"] = Endpoint(
        key="aws_vpc_endpoint.e",
        origin=Origin("aws_vpc_endpoint.e"),
        vpc="aws_vpc.v",
        service="com.amazonaws.eu-west-1.s3",
        type=kind,
    )
    return estate


GATEWAY, INTERFACE = estate_with(EndpointType.GATEWAY), estate_with(EndpointType.INTERFACE)


@pytest.mark.parametrize(
    ("estate", "endpoint_policy", "expected"),
    [
        (INTERFACE, None, YES),
        (INTERFACE, policy(allow("*", **EVERYONE)), YES),
        (INTERFACE, policy(allow("*", **THE_ROLE)), YES),
        (INTERFACE, policy(allow("*", **THE_ACCOUNT)), YES),
        (INTERFACE, policy(allow("s3:*", **EVERYONE)), NO),
        (INTERFACE, policy(allow("*", **EVERYONE), deny(**EVERYONE)), NO),
        (INTERFACE, UNTOLD, MAYBE),
        (GATEWAY, policy(allow("*", **EVERYONE)), YES),
        (GATEWAY, policy(allow("*", **THE_ACCOUNT)), NO),
        (GATEWAY, policy(allow("*", **THE_ROLE)), MAYBE),
        (GATEWAY, policy(allow("*", Principal={"AWS": "999999999999"})), NO),
        (ESTATE, policy(allow("*", **THE_ACCOUNT)), YES),
    ],
)
def test_an_endpoint_is_a_filter(
    estate: Estate, endpoint_policy: Maybe[Policy] | None, expected: Verdict
) -> None:
    """Its policy has to allow the call; a gateway endpoint's names everyone or nobody."""
    asked = request(role(GRANTS), endpoint="aws_vpc_endpoint.e", endpoint_policy=endpoint_policy)

    assert expected is decide(estate, asked).verdict


def signed(endpoint_policy: Maybe[Policy] | None, ours: Maybe[str] = ACCOUNT) -> Decision:
    """The decision about an image layer, fetched with a URL that ECR's own account has signed."""
    return decide(
        GATEWAY,
        request(
            Foreign(who="ECR's own account", ours=ours),
            "s3:GetObject",
            LAYERS,
            endpoint="aws_vpc_endpoint.e",
            endpoint_policy=endpoint_policy,
            context={
                "aws:PrincipalOrgID": NotOurs(kind="organization", ours=ours),
                "aws:PrincipalAccount": NotOurs(kind="account", ours=ours),
                "aws:PrincipalArn": NotOurs(kind="arn", ours=ours),
                "aws:ResourceAccount": NotOurs(kind="account", ours=ours),
            },
        ),
    )


def when(operator: str, key: str, value: str) -> dict[str, Any]:
    """A condition."""
    return {"Condition": {operator: {key: value}}, "Principal": "*"}


@pytest.mark.parametrize(
    ("endpoint_policy", "expected"),
    [
        (None, YES),
        (policy(allow("*", **EVERYONE)), YES),
        (
            policy(allow("s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*", **EVERYONE)),
            YES,
        ),
        (policy(allow("s3:GetObject", "arn:aws:s3:::mine/*", **EVERYONE)), NO),
        (policy(allow("*", **when("StringEquals", "aws:PrincipalOrgID", "o-1"))), NO),
        (policy(allow("*", **when("StringEquals", "aws:PrincipalAccount", ACCOUNT))), NO),
        (policy(allow("*", **when("StringEquals", "aws:ResourceAccount", ACCOUNT))), NO),
        (policy(allow("*", **when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:*"))), NO),
        (policy(allow("*", **when("StringEquals", "aws:PrincipalAccount", "210987654321"))), MAYBE),
        (
            policy(allow("*", **EVERYONE), deny("*", **when("StringNotEquals", "aws:PrincipalOrgID", "o-1"))),
            NO,
        ),
        (policy(allow("*", Principal={"AWS": ACCOUNT})), NO),
        (policy(allow("*", Principal={"AWS": ROLE_ARN})), NO),
        (policy(allow("*", Principal={"AWS": "210987654321"})), MAYBE),
        (policy(allow("*", Principal={"Service": "ecr.amazonaws.com"})), NO),
        (UNTOLD, MAYBE),
    ],
)
def test_layers_are_fetched_by_an_account_that_is_not_ours(
    endpoint_policy: Maybe[Policy] | None, expected: Verdict
) -> None:
    """Conditions that only principals of ours meet keep the layers out, and no policy of ours lets them in."""
    assert expected is signed(endpoint_policy).verdict


def test_a_layer_that_the_endpoint_refuses() -> None:
    """The step says who asks, and is the endpoint's to mend."""
    step = only(signed(policy(allow("*", **when("StringEquals", "aws:PrincipalOrgID", "o-1")))), NO)

    assert ("endpoint-policy", "aws_vpc_endpoint.e") == (step.code, step.to_change)
    assert f"lets ECR's own account call s3:GetObject on {LAYERS}" in step.says


def test_the_ways_a_principal_may_name_the_role() -> None:
    """By ARN, as an account, or not at all; whatever is not clear stays open."""
    own = arn("aws_iam_role.app")
    caller = role(arn=own)
    written_for: list[tuple[Any, Verdict]] = [
        ({"AWS": own}, YES),
        ({"AWS": arn("aws_iam_role.other")}, NO),
        ({"AWS": arn("aws_iam_user.u")}, NO),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}, NO),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}, MAYBE),
        ({"AWS": "AROAEXAMPLE"}, MAYBE),
        ({"AWS": "AIDAEXAMPLE"}, NO),
        ({"AWS": hole("data.aws_caller_identity.c.account_id")}, MAYBE),
        ({"AWS": f"arn:aws:iam::{hole('data.aws_caller_identity.c.account_id')}:root"}, MAYBE),
        ({"AWS": ACCOUNT}, YES),
        ({"AWS": hole("local.who")}, MAYBE),
        ({"AWS": hole("aws_iam_role.app.unique_id")}, YES),
        ({"AWS": hole("aws_iam_role.other.unique_id")}, MAYBE),
        ({"AWS": hole("aws_iam_role.app.tags_all")}, MAYBE),
        ({"CanonicalUser": "79a5"}, MAYBE),
        ({"Federated": "x"}, NO),
        (f"arn:aws:iam::{ACCOUNT}:root", YES),
    ]
    answers = [
        (written, decide(INTERFACE, _through(caller, allow("*", Principal=written))).verdict)
        for written, _ in written_for
    ]

    assert written_for == answers


def _through(caller: Role, statement: dict[str, Any]) -> Request:
    caller = role(GRANTS, arn=caller.arn)
    return request(caller, endpoint="aws_vpc_endpoint.e", endpoint_policy=policy(statement))


def test_an_account_that_is_not_known_may_be_any() -> None:
    """A policy that names an account may mean the caller's, where that is not known."""
    asked = request(
        role(GRANTS), context={"aws:PrincipalAccount": UNTOLD}, **_owned(policy(allow(**THE_ACCOUNT)))
    )

    assert MAYBE is decide(ESTATE, asked).verdict


def _owned(resource_policy: Policy) -> dict[str, Any]:
    return {
        "owner": "aws_kms_key.k",
        "owner_kind": "keys",
        "resource_policy": resource_policy,
        "cross_account": False,
    }


def test_a_managed_policy_answers_for_the_execution_role() -> None:
    """AWS's policy for execution roles covers the login, and no secret."""
    attached = managed_policy("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")
    assert attached is not None

    assert YES is decide(ESTATE, request(role(attached), "ecr:GetAuthorizationToken", "*")).verdict
    assert NO is decide(ESTATE, request(role(attached))).verdict


def test_decisions_are_remembered() -> None:
    """With a cache the second answer is the first."""
    cache: dict[object, Decision] = {}
    asked = request(role(GRANTS), context={"aws:PrincipalOrgID": UNTOLD})
    first = decide(ESTATE, asked, cache)

    assert first is decide(ESTATE, asked, cache)
    assert first is not decide(ESTATE, request(role(GRANTS), "s3:GetObject"), cache)
    assert 2 == len(cache)


def test_a_decision_needs_evidence() -> None:
    """An empty answer would say that all is well."""
    with pytest.raises(ValueError, match="at least one hop"):
        Decision(hops=())


def test_an_unknown_statement_beside_a_role_s_unknown_policy() -> None:
    """Two reasons for doubt are two steps when they are about different things."""
    asked = secret(with_open(policy(), Unknown(Why.NOT_ALLOWED, "other", "x", "look")), GRANTS)

    assert ["works", "unknown"] == [step.verdict.value for step in decide(ESTATE, asked).steps]
    assert Listing() == role().policies


def test_an_account_that_is_known_only_by_name_is_an_account() -> None:
    """A principal that is the hole of the account, and nothing else, names the account."""
    assert hole("account") == principals._account_written(hole("account"))
