"""The rules `ecr-login`, `ecr-manifest`, `ecr-layers` and `pull-through-import`."""

import pytest

from pullproof.model.endpoints import EndpointType
from pullproof.model.stores import PullThroughRule
from pullproof.model.text import anything, hole
from pullproof.model.value import Listing, Unknown
from pullproof.verdict import Verdict
from tests.rules.build import (
    ACCOUNT,
    EXECUTION,
    REGION,
    REGISTRY,
    UNKNOWN,
    allow,
    at,
    change,
    container,
    document,
    estate,
    may,
    may_not,
    nat,
    proved,
    said,
    warned,
    without,
)

RULES = ("ecr-login", "ecr-manifest", "ecr-layers")
OTHER = "444455556666"


def test_a_task_with_every_endpoint_pulls_its_image() -> None:
    """Login, manifest and layers work, each at its own host by its own endpoint."""
    report = proved(estate())
    steps = {step.rule.id: step for step in report.steps}

    assert Verdict.WORKS is report.verdict
    assert {
        "ecr-login": f"api.ecr.{REGION}.amazonaws.com",
        "ecr-manifest": REGISTRY,
        "ecr-layers": f"prod-{REGION}-starport-layer-bucket.s3.{REGION}.amazonaws.com",
    } == {rule: steps[rule].host for rule in RULES}
    assert ("subnet-a", "subnet-b") == steps["ecr-login"].subnets


@pytest.mark.parametrize(
    ("rule", "service"), [("ecr-login", "ecr.api"), ("ecr-manifest", "ecr.dkr"), ("ecr-layers", "s3")]
)
def test_each_needs_its_endpoint(rule: str, service: str) -> None:
    """Without the endpoint of one service only that rule fails."""
    report = proved(without(estate(), service))

    assert ("endpoint-missing vpc",) == said(report, rule)
    assert {("works",)} == {said(report, other) for other in RULES if other != rule}


@pytest.mark.parametrize(
    ("action", "rule"),
    [
        ("ecr:GetAuthorizationToken", "ecr-login"),
        ("ecr:BatchGetImage", "ecr-manifest"),
        ("ecr:GetDownloadUrlForLayer", "ecr-manifest"),
    ],
)
def test_each_needs_its_permission(action: str, rule: str) -> None:
    """Without one action of the pull the execution role is named."""
    assert ("iam-missing-action execution",) == said(proved(may_not(estate(), action)), rule)


def test_layers_need_no_permission_of_the_role() -> None:
    """The link to a layer is signed by an account of AWS's."""
    assert ("works",) == said(proved(may(estate(), "execution", [])), "ecr-layers")


def test_a_condition_on_the_caller_keeps_layers_out() -> None:
    """An S3 endpoint policy that asks for the own organisation refuses the account that signed the link."""
    made = estate()
    mine = {"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}
    change(made.endpoints, "s3", policy=allow(["s3:GetObject"], Principal="*", Condition=mine))

    assert ("endpoint-policy s3",) == said(proved(made), "ecr-layers")


def test_the_policy_of_the_registry_s_endpoint_is_asked() -> None:
    """A policy that names another repository refuses this one."""
    made = estate()
    other = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/other"
    change(made.endpoints, "ecr.dkr", policy=allow(["ecr:*"], other, Principal="*"))

    assert ("endpoint-policy ecr.dkr",) == said(proved(made), "ecr-manifest")


def test_the_way_is_seen_by_conditions() -> None:
    """A denial of everything but the VPC's own endpoint is met by that endpoint, and not by NAT."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "ecr:*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-ecrdkr"}},
    }
    inside, outside = estate(), nat(without(estate(), "ecr.dkr"))
    for made in (inside, outside):
        change(made.repositories, "repository", policy=document([deny]))

    assert ("works",) == said(proved(inside), "ecr-manifest")
    assert ("resource-policy repository",) == said(proved(outside), "ecr-manifest")


@pytest.mark.parametrize(
    "image",
    [
        f"{hole('aws_ecr_repository.app.repository_url')}:1",
        f"{REGISTRY}/app@sha256:0",
    ],
)
def test_the_repository_s_policy_is_asked_however_the_image_is_written(image: str) -> None:
    """By its URL, known or not, the image leads to the repository of the input."""
    made = estate(container(image))
    deny = [{"Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage"}]
    url = image.rpartition(":")[0].removesuffix("@sha256")
    change(made.repositories, "repository", policy=document(deny), url=url)

    assert ("resource-policy repository",) == said(proved(made), "ecr-manifest")


def test_a_repository_is_found_by_its_name() -> None:
    """Where neither its URL nor its ARN is known, account, region and name lead to the repository."""
    made = estate()
    deny = [{"Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage"}]
    change(made.repositories, "repository", policy=document(deny), url=hole("r.url"), arn=hole("r.arn"))

    assert ("resource-policy repository",) == said(proved(made), "ecr-manifest")


def test_a_repository_whose_url_is_not_known_is_where_the_task_is() -> None:
    """Neither URL nor ARN tells: account and region are the input's own."""
    url = hole("aws_ecr_repository.app.repository_url")
    made = estate(container(f"{url}:1"))
    change(made.repositories, "repository", url=url, arn=hole("aws_ecr_repository.app.arn"))
    report = proved(made)

    assert {("works",)} == {said(report, rule) for rule in RULES}
    assert REGISTRY in {step.host for step in report.steps}


def test_a_repository_of_china_has_china_s_names() -> None:
    """In China hosts end in amazonaws.com.cn."""
    url = hole("aws_ecr_repository.app.repository_url")
    made = estate(container(f"{url}:1"))
    made.partition, made.region = "aws-cn", "cn-north-1"
    change(made.repositories, "repository", url=url, arn=hole("aws_ecr_repository.app.arn"))
    hosts = {step.host for step in proved(made).steps if step.rule.id in RULES}

    assert {
        "api.ecr.cn-north-1.amazonaws.com.cn",
        f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn",
        "prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn",
    } == hosts


def test_another_account_s_repository_is_not_known() -> None:
    """Both accounts must allow, and the policy of the other one's repository is not in sight."""
    image = f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/app:1"

    assert ("unknown",) == said(proved(estate(container(image))), "ecr-manifest")


def test_another_account_s_repository_fails_without_a_permission_here() -> None:
    """Whatever the other account allows, this one's role must allow it as well."""
    made = may_not(estate(container(f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/app:1")), "ecr:BatchGetImage")

    assert ("iam-missing-action execution",) == said(proved(made), "ecr-manifest")


def test_a_repository_of_the_image_s_very_name_is_the_one_meant() -> None:
    """The account is written in the image and told nowhere else: the input's own repository it is."""
    made = estate(container(f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/app:1"))
    made.account = UNKNOWN
    change(made.roles, "execution", arn=hole("aws_iam_role.execution.arn"))
    change(made.repositories, "repository", arn=f"arn:aws:ecr:{REGION}:{hole('account')}:repository/app")

    assert ("works",) == said(proved(made), "ecr-manifest")


@pytest.mark.parametrize(
    ("image", "arn_account"),
    [
        (f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com/app:1", hole("account")),
        (f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/other:1", hole("account")),
        (f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/app:1", ACCOUNT),
        (f"{hole('theirs')}.dkr.ecr.{REGION}.amazonaws.com/app:1", hole("account")),
    ],
)
def test_a_repository_that_differs_in_anything_is_not_the_one_meant(image: str, arn_account: str) -> None:
    """Another region, another name, another account; or an account that is as little told."""
    made = nat(estate(container(image)))
    made.account = UNKNOWN
    change(made.roles, "execution", arn=hole("aws_iam_role.execution.arn"))
    change(made.repositories, "repository", arn=f"arn:aws:ecr:{REGION}:{arn_account}:repository/app")

    assert ("unknown",) == said(proved(made), "ecr-manifest")


def test_an_account_that_is_not_told_may_be_another() -> None:
    """Without the task's account nobody can tell whether the image is in it."""
    made = estate()
    made.account = UNKNOWN
    made.repositories.clear()
    change(made.roles, "execution", arn=hole("aws_iam_role.execution.arn"))

    assert ("unknown",) == said(proved(made), "ecr-manifest")


def test_an_image_of_another_region_may_log_in_at_either() -> None:
    """AWS does not say which region hands out the token: one out of reach leaves the login unknown."""
    image = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app:1"
    isolated, open_ = proved(estate(container(image))), proved(nat(estate(container(image))))

    assert {"works", "unknown"} == set(said(isolated, "ecr-login"))
    assert ("endpoint-missing vpc",) == said(isolated, "ecr-manifest")
    assert {("works",)} == {said(open_, rule) for rule in RULES}


def test_old_platforms_log_in_outside_of_the_vpc() -> None:
    """Up to 1.3.0 the login needs no endpoint; manifest and layers do."""
    made = without(estate(), "ecr.api")
    report = proved(made, "1.3.0")
    login = next(step for step in report.steps if step.rule.id == "ecr-login")

    assert ("works", "fargate-eni") == (login.verdict.value, login.via.value)
    assert ("endpoint-missing vpc",) == said(proved(made, "1.4.0"), "ecr-login")
    assert ("endpoint-missing vpc",) == said(proved(without(estate(), "ecr.dkr"), "1.3.0"), "ecr-manifest")


def test_on_an_unknown_platform_a_failing_login_is_not_known() -> None:
    """It fails on 1.4.0 and works on 1.3.0, so that nothing is certain."""
    made = without(estate(), "ecr.api")
    change(made.launches, "service", platform_version=UNKNOWN)

    assert ("unknown",) == said(proved(made), "ecr-login")


def test_an_unknown_registry_is_not_known() -> None:
    """An image that may be anywhere is judged by no rule of ECR's."""
    report = proved(estate(container(f"{anything('var.image')}:1")))

    assert (("unknown",), ()) == (said(report, "image"), said(report, "ecr-login"))


def test_two_containers_of_one_repository_need_it_once() -> None:
    """Side-cars are judged too, and what they share is judged once."""
    twice = estate(container(), container(f"{REGISTRY}/app:2"), container(f"{REGISTRY}/other:1"))
    subjects = [step.subject for step in proved(twice).steps if step.rule.id == "ecr-manifest"]

    assert [f"image {REGISTRY}/app:1", f"image {REGISTRY}/other:1"] == subjects


WARNING = {("s3-interface-endpoint", "s3")}


@pytest.mark.parametrize(
    ("group", "private_dns", "expected", "warnings"),
    [
        ("sg-endpoints", True, "works", WARNING),
        ("sg-files", True, "sg-ingress sg-files", WARNING),
        ("sg-endpoints", False, "private-dns-off s3", set()),
    ],
)
def test_an_interface_endpoint_that_takes_the_layers_is_worth_a_warning(
    group: str, private_dns: bool, expected: str, warnings: set[tuple[str, str]]
) -> None:
    """Packets get through it; AWS's pages disagree on whether they should."""
    made = estate()
    change(
        made.endpoints,
        "s3",
        type=EndpointType.INTERFACE,
        subnets=made.endpoints["logs"].subnets,
        groups=Listing((group,)),
        private_dns=private_dns,
    )
    report = proved(made)

    assert ((expected,), warnings) == (said(report, "ecr-layers"), warned(report))


def test_names_and_systems_that_are_special_are_worth_a_warning() -> None:
    """Dual-stack names, and Windows images whose base layers may be elsewhere."""
    dual = proved(nat(estate(container(f"{ACCOUNT}.dkr-ecr.{REGION}.on.aws/app:1"))))
    windows = proved(estate(os="WINDOWS_SERVER_2022_CORE"))

    assert {("dual-stack-registry", "task")} == warned(dual)
    assert {("foreign-layers", "task")} == warned(windows)


def cached(prefix: str | Unknown, image: str = f"{REGISTRY}/hub/library/nginx:1") -> PullThroughRule:
    """A pull-through cache rule."""
    return PullThroughRule(key="cache", origin=at("cache"), prefix=prefix, upstream="registry-1.docker.io")


@pytest.mark.parametrize("prefix", ["hub", "ROOT", UNKNOWN])
def test_a_role_that_may_import_pulls_through_the_cache(prefix: str | Unknown) -> None:
    """The first pull may need the internet, which is a warning."""
    made = estate(container(f"{REGISTRY}/hub/library/nginx:1"))
    made.pull_through_rules["cache"] = cached(prefix)
    report = proved(
        may(made, "execution", [*EXECUTION, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"])
    )

    assert ("works",) == said(report, "pull-through-import")
    assert {("pull-through-first-pull", "cache")} == warned(report)


def test_a_role_that_may_not_import_may_find_the_image_in_the_cache() -> None:
    """Whether the cache holds the image already is not in the input."""
    made = estate(container(f"{REGISTRY}/hub/library/nginx:1"))
    made.pull_through_rules["cache"] = cached("hub")

    assert ("unknown",) == said(proved(made), "pull-through-import")
    assert () == said(proved(may(estate(execution_role=""), "execution", [])), "pull-through-import")


@pytest.mark.parametrize("image", [f"{REGISTRY}/app:1", f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/hub/app:1"])
def test_other_images_do_not_go_through_the_cache(image: str) -> None:
    """Neither another prefix nor another registry is the cache's."""
    made = estate(container(image))
    made.pull_through_rules["cache"] = cached("hub")

    assert () == said(proved(made), "pull-through-import")


def test_without_an_execution_role_there_is_nothing_to_import_with() -> None:
    """The missing role is said once, and no rule asks for its permissions."""
    made = estate(container(f"{REGISTRY}/hub/library/nginx:1"), execution_role="")
    made.pull_through_rules["cache"] = cached("hub")

    assert () == said(proved(made), "pull-through-import")
