"""What tasks read as they start, and how its names are spelt."""

from typing import Any

import pytest

from pullproof.model.addresses import of
from pullproof.model.iam import Policy
from pullproof.model.text import hole
from pullproof.model.value import Listing, Unknown
from pullproof.sources.base import Options
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    Known,
    create,
    estate,
    keep,
    looked_up,
    ref,
    vpc,
)

TEXT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}'
ACCOUNT = hole("account")
HERE = looked_up("data.aws_caller_identity.me", account_id="123456789012")
REPOSITORY = create("aws_ecr_repository.r", name="team/app", repository_url=COMPUTED, registry_id=COMPUTED)
KEY = create("aws_kms_key.k", key_id=COMPUTED, policy=COMPUTED)
SECRET = create("aws_secretsmanager_secret.s", name="app/db", policy=COMPUTED)


def test_a_repository_is_spelt_from_what_is_known() -> None:
    """ARN and URL have a hole for the account where it is not known, else none."""
    unknown = estate(REPOSITORY).repositories["aws_ecr_repository.r"]
    known = estate(HERE, REPOSITORY).repositories["aws_ecr_repository.r"]

    assert f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/team/app" == unknown.arn
    assert f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team/app" == unknown.url
    assert "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app" == known.url
    assert unknown.policy is None


def test_the_account_and_region_may_be_given() -> None:
    """What the command line says is used in every ARN."""
    options = Options(account="210987654321", use_source=False)
    found = estate(REPOSITORY, options=options)

    assert (
        "arn:aws:ecr:eu-west-1:210987654321:repository/team/app"
        == found.repositories["aws_ecr_repository.r"].arn
    )
    assert "210987654321" == found.account


def test_a_repository_has_its_policy() -> None:
    """By reference or by name; one of an unknown repository may be of any."""
    by_reference = create(
        "aws_ecr_repository_policy.p", repository=ref("aws_ecr_repository.r.id"), policy=TEXT
    )
    by_name = create("aws_ecr_repository_policy.p", repository="team/app", policy=TEXT)
    stray = create("aws_ecr_repository_policy.p", repository=ref("local.a"), policy=TEXT)

    assert isinstance(estate(REPOSITORY, by_reference).repositories["aws_ecr_repository.r"].policy, Policy)
    assert isinstance(estate(REPOSITORY, by_name).repositories["aws_ecr_repository.r"].policy, Policy)
    assert isinstance(estate(REPOSITORY, stray).repositories["aws_ecr_repository.r"].policy, Unknown)


def test_registry_policies_and_pull_through_rules_are_read() -> None:
    """Those of the whole registry."""
    found = estate(
        create("aws_ecr_registry_policy.p", policy=TEXT),
        create(
            "aws_ecr_pull_through_cache_rule.c",
            ecr_repository_prefix="hub",
            upstream_registry_url="registry-1.docker.io",
        ),
    )

    assert isinstance(found.registry_policies["aws_ecr_registry_policy.p"].policy, Policy)
    assert "hub" == found.pull_through_rules["aws_ecr_pull_through_cache_rule.c"].prefix


@pytest.mark.parametrize(
    ("values", "arn"),
    [
        (
            {"name": "app/db"},
            f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:app/db-{hole('aws_secretsmanager_secret.s.suffix')}",
        ),
        (
            {"name": COMPUTED},
            f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:{hole('aws_secretsmanager_secret.s.name')}-{hole('aws_secretsmanager_secret.s.suffix')}",
        ),
    ],
)
def test_a_secret_is_spelt_with_the_letters_aws_adds(values: dict[str, Any], arn: str) -> None:
    """The six letters at the end are a hole of the secret's own."""
    found = estate(create("aws_secretsmanager_secret.s", **values)).secrets["aws_secretsmanager_secret.s"]

    assert arn == found.arn
    assert "" == found.kms_key


def test_a_secret_has_its_policy_and_key() -> None:
    """Its own policy, one that is separate, and the key by ARN or alias."""
    separate = create(
        "aws_secretsmanager_secret_policy.p", secret_arn=ref("aws_secretsmanager_secret.s.arn"), policy=TEXT
    )
    keyed = create("aws_secretsmanager_secret.s", name="s", kms_key_id=ref("aws_kms_key.k.arn"), policy=TEXT)
    found = estate(KEY, keyed)

    assert isinstance(estate(SECRET, separate).secrets["aws_secretsmanager_secret.s"].policy, Policy)
    assert isinstance(found.secrets["aws_secretsmanager_secret.s"].policy, Policy)
    assert found.keys["aws_kms_key.k"].arn == found.secrets["aws_secretsmanager_secret.s"].kms_key
    assert estate(SECRET).secrets["aws_secretsmanager_secret.s"].policy is None


@pytest.mark.parametrize(
    ("key", "expected"), [("alias/aws/secretsmanager", ""), ("", ""), (None, ""), ("alias/own", "alias/own")]
)
def test_awss_own_key_is_none(key: str | None, expected: str) -> None:
    """An alias of AWS's is the managed key, as if nothing were written."""
    secret = create("aws_secretsmanager_secret.s", name="s", kms_key_id=key)

    assert expected == estate(secret).secrets["aws_secretsmanager_secret.s"].kms_key


@pytest.mark.parametrize(
    ("values", "secure", "arn"),
    [
        (
            {"name": "/app/token", "type": "SecureString"},
            True,
            f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/app/token",
        ),
        ({"name": "token", "type": "String"}, False, f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/token"),
        ({"name": "token", "type": ref("local.t")}, None, f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/token"),
    ],
)
def test_parameters_are_spelt_with_one_slash(values: dict[str, Any], secure: bool | None, arn: str) -> None:
    """A name with a slash in front and one without."""
    found = estate(create("aws_ssm_parameter.p", **values)).parameters["aws_ssm_parameter.p"]

    assert arn == found.arn
    assert isinstance(found.secure, Unknown) if secure is None else secure is found.secure


def test_keys_have_their_aliases_and_policy() -> None:
    """Aliases by key id or ARN; the policy inline or as a resource."""
    alias = create(
        "aws_kms_alias.a",
        name="alias/app",
        target_key_id=ref("aws_kms_key.k.key_id"),
        target_key_arn=COMPUTED,
    )
    separate = create("aws_kms_key_policy.p", key_id=ref("aws_kms_key.k.id"), policy=TEXT)
    inline = create("aws_kms_key.k", key_id=COMPUTED, policy=TEXT)
    found = estate(KEY, alias).keys["aws_kms_key.k"]

    assert ("alias/app",) == found.aliases
    assert hole("aws_kms_key.k.key_id") == found.id
    assert found.policy is None
    assert isinstance(estate(KEY, separate).keys["aws_kms_key.k"].policy, Policy)
    assert isinstance(estate(inline).keys["aws_kms_key.k"].policy, Policy)


def test_log_groups_are_spelt_without_their_streams() -> None:
    """What data sources of old show ends in `:*`."""
    made = create("aws_cloudwatch_log_group.g", name="/app")
    looked = looked_up(
        "data.aws_cloudwatch_log_group.d",
        name="/old",
        arn="arn:aws:logs:eu-west-1:123456789012:log-group:/old:*",
    )
    found = estate(made, looked).log_groups

    assert (
        f"arn:aws:logs:eu-west-1:{hole('account')}:log-group:/app" == found["aws_cloudwatch_log_group.g"].arn
    )
    assert (
        "arn:aws:logs:eu-west-1:123456789012:log-group:/old" == found["data.aws_cloudwatch_log_group.d"].arn
    )


def test_buckets_have_their_policy() -> None:
    """By reference to the bucket, whose id is its name."""
    bucket = create("aws_s3_bucket.b", bucket="files", policy=COMPUTED)
    policy = create("aws_s3_bucket_policy.p", bucket=ref("aws_s3_bucket.b.id"), policy=TEXT)
    found = estate(bucket, policy).buckets["aws_s3_bucket.b"]

    assert ("files", "arn:aws:s3:::files", "eu-west-1") == (found.name, found.arn, found.region)
    assert isinstance(found.policy, Policy)


SUBNET = create("aws_subnet.a", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.0.0/24")
FILES = create("aws_efs_file_system.f")


def target(**values: Any) -> Block:
    return create(
        "aws_efs_mount_target.t",
        **(
            {
                "file_system_id": ref("aws_efs_file_system.f.id"),
                "subnet_id": ref("aws_subnet.a.id"),
                "security_groups": COMPUTED,
                "ip_address": COMPUTED,
            }
            | values
        ),
    )


def test_file_systems_have_targets_points_and_a_policy() -> None:
    """A mount target without groups has the VPC's own."""
    policy = create(
        "aws_efs_file_system_policy.p", file_system_id=ref("aws_efs_file_system.f.id"), policy=TEXT
    )
    point = create("aws_efs_access_point.a", file_system_id=ref("aws_efs_file_system.f.id"))
    found = estate(vpc(), SUBNET, FILES, target(), policy, point)
    mount = found.mount_targets["aws_efs_mount_target.t"]

    assert isinstance(found.file_systems["aws_efs_file_system.f"].policy, Policy)
    assert ("aws_efs_file_system.f", "aws_subnet.a") == (mount.file_system, mount.subnet)
    assert Listing(("aws_vpc.main.default_security_group_id",)) == mount.groups
    assert mount.addresses is None
    assert "aws_efs_file_system.f" == found.access_points["aws_efs_access_point.a"].file_system


def test_a_mount_target_has_its_groups_and_address() -> None:
    """Written groups replace the VPC's own."""
    found = estate(
        vpc(), SUBNET, FILES, target(security_groups=["sg-0aaaaaaaa"], ip_address="10.0.0.9")
    ).mount_targets["aws_efs_mount_target.t"]

    assert Listing(("sg-0aaaaaaaa",)) == found.groups
    assert of("10.0.0.9") == found.addresses


@pytest.mark.parametrize(
    ("address", "values", "kind"),
    [
        (
            "data.aws_ecr_repository.d",
            {"name": "r", "arn": "arn:aws:ecr:eu-west-1:1:repository/r", "repository_url": "u"},
            "repositories",
        ),
        (
            "data.aws_secretsmanager_secret.d",
            {"name": "s", "arn": "arn:aws:secretsmanager:eu-west-1:1:secret:s-AbCdEf"},
            "secrets",
        ),
        ("data.aws_kms_key.d", {"id": "k", "arn": "arn:aws:kms:eu-west-1:1:key/k"}, "keys"),
        ("data.aws_s3_bucket.d", {"bucket": "b", "arn": "arn:aws:s3:::b"}, "buckets"),
        (
            "data.aws_efs_file_system.d",
            {"id": "fs-0aaaaaaaa", "arn": "arn:aws:elasticfilesystem:eu-west-1:1:file-system/fs-0aaaaaaaa"},
            "file_systems",
        ),
    ],
)
def test_what_is_looked_up_has_a_policy_that_is_not_shown(
    address: str, values: dict[str, Any], kind: str
) -> None:
    """The thing is known; who keeps it may have put a policy on it."""
    (found,) = getattr(estate((address, values)), kind).values()

    assert address == found.key
    assert isinstance(found.policy, Unknown)


@pytest.mark.parametrize(
    ("made", "looked", "kind"),
    [
        (
            keep(
                "aws_ecr_repository.r",
                name="r",
                arn="arn:aws:ecr:eu-west-1:1:repository/r",
                repository_url="u",
            ),
            looked_up("data.aws_ecr_repository.d", name="r", arn="arn:aws:ecr:eu-west-1:1:repository/r"),
            "repositories",
        ),
        (
            keep(
                "aws_secretsmanager_secret.s",
                name="s",
                id="arn:aws:secretsmanager:eu-west-1:1:secret:s-AbCdEf",
                arn="arn:aws:secretsmanager:eu-west-1:1:secret:s-AbCdEf",
            ),
            looked_up(
                "data.aws_secretsmanager_secret.d",
                name="s",
                arn="arn:aws:secretsmanager:eu-west-1:1:secret:s-AbCdEf",
            ),
            "secrets",
        ),
        (
            keep("aws_kms_key.k", key_id="k", arn="arn:aws:kms:eu-west-1:1:key/k"),
            looked_up("data.aws_kms_key.d", id="k", arn="arn:aws:kms:eu-west-1:1:key/k"),
            "keys",
        ),
        (
            keep("aws_efs_file_system.f", id="fs-0aaaaaaaa"),
            looked_up("data.aws_efs_file_system.d", id="fs-0aaaaaaaa"),
            "file_systems",
        ),
        (
            keep("aws_s3_bucket.b", bucket="b", arn="arn:aws:s3:::b"),
            looked_up("data.aws_s3_bucket.d", bucket="b", arn="arn:aws:s3:::b"),
            "buckets",
        ),
    ],
)
def test_what_is_made_here_is_not_there_twice(
    made: Block, looked: tuple[str, dict[str, Any]], kind: str
) -> None:
    """A data source for something of the same configuration adds nothing."""
    assert 1 == len(getattr(estate(made, looked), kind))


@pytest.mark.parametrize(
    ("region", "partition", "url"),
    [
        ("cn-north-1", "aws-cn", f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/team/app"),
        ("us-gov-west-1", "aws-us-gov", f"{ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com/team/app"),
        ("us-iso-east-1", "aws-iso", f"{ACCOUNT}.dkr.ecr.us-iso-east-1.amazonaws.com/team/app"),
    ],
)
def test_partitions_are_told_by_their_regions(region: str, partition: str, url: str) -> None:
    """China, GovCloud and the others have ARNs and hosts of their own."""
    configuration = {
        "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": region}}}},
        "root_module": {"resources": [REPOSITORY.written]},
    }
    found = estate(REPOSITORY, configuration=configuration)

    assert partition == found.partition
    assert url == found.repositories["aws_ecr_repository.r"].url
    assert found.repositories["aws_ecr_repository.r"].arn.startswith(f"arn:{partition}:ecr:{region}:")


@pytest.mark.parametrize(
    ("providers", "blocks", "expected"),
    [
        ({"aws": {"expressions": {"region": {"references": ["var.region"]}}}}, [], "eu-central-1"),
        ({"aws": {}}, [create("aws_subnet.a", availability_zone="eu-north-1b")], "eu-north-1"),
        (
            {"aws": {}},
            [create("aws_vpc_endpoint.e", service_name="com.amazonaws.eu-south-1.s3")],
            "eu-south-1",
        ),
        (
            {"aws": {}},
            [keep("aws_ecs_cluster.c", arn="arn:aws:ecs:ap-south-1:123456789012:cluster/c")],
            "ap-south-1",
        ),
        ({"aws": {}}, [looked_up("data.aws_region.r", name="sa-east-1")], "sa-east-1"),
        ({"aws": {"expressions": {"region": {"references": ["local.region"]}}}}, [], None),
        (
            {"aws": {}},
            [
                create("aws_subnet.a", availability_zone="eu-north-1b"),
                create("aws_subnet.b", availability_zone="eu-west-1b"),
            ],
            None,
        ),
        ({"null": {"name": "null"}}, [], None),
    ],
    ids=["variable", "zone", "service", "ARN", "data source", "local", "two", "nothing"],
)
def test_the_region_is_found_wherever_it_is_told(
    providers: dict[str, Any], blocks: list[Any], expected: str | None
) -> None:
    """A provider block, or what its resources show; two answers are none."""
    configuration = {
        "provider_config": providers,
        "root_module": {"resources": [b.written for b in blocks if isinstance(b, Block)]},
    }
    found = estate(*blocks, configuration=configuration, variables={"region": {"value": "eu-central-1"}})

    assert isinstance(found.region, Unknown) if expected is None else expected == found.region


def test_each_resource_is_in_the_region_of_its_provider() -> None:
    """An alias has a region of its own, and version 6 of the provider lets a resource name its own."""
    away = create("aws_s3_bucket.away", bucket="away")
    away.written["provider_config_key"] = "aws.west"
    own = create("aws_s3_bucket.own", bucket="own", region="eu-south-2")
    providers = {
        "aws": {"expressions": {"region": {"constant_value": "eu-west-1"}}},
        "aws.west": {
            "name": "aws",
            "alias": "west",
            "expressions": {"region": {"constant_value": "us-west-2"}},
        },
    }
    configuration = {"provider_config": providers, "root_module": {"resources": [away.written, own.written]}}
    found = estate(away, own, configuration=configuration).buckets

    assert ["us-west-2", "eu-south-2"] == [found[f"aws_s3_bucket.{name}"].region for name in ("away", "own")]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([keep("aws_vpc.v", owner_id="123456789012")], "123456789012"),
        ([keep("aws_iam_role.r", name="r", arn="arn:aws:iam::123456789012:role/r")], "123456789012"),
        ([HERE], "123456789012"),
        ([HERE, keep("aws_vpc.v", owner_id="210987654321")], None),
        (
            [
                looked_up(
                    "data.aws_ecr_repository.d",
                    name="r",
                    arn="arn:aws:ecr:eu-west-1:210987654321:repository/r",
                )
            ],
            None,
        ),
    ],
    ids=["owner", "ARN", "identity", "two", "somebody else's"],
)
def test_the_account_is_found_wherever_it_is_told(blocks: list[Any], expected: str | None) -> None:
    """By what is owned or made; what is looked up may be another account's."""
    account = estate(*blocks).account

    assert isinstance(account, Unknown) if expected is None else expected == account


def test_the_only_account_a_provider_allows_is_the_account() -> None:
    """`allowed_account_ids` with one entry."""
    expressions = {
        "region": {"constant_value": "eu-west-1"},
        "allowed_account_ids": {"constant_value": ["123456789012"]},
    }
    configuration = {"provider_config": {"aws": {"name": "aws", "expressions": expressions}}}

    assert "123456789012" == estate(configuration=configuration).account


def test_names_of_data_sources_are_spelt_too() -> None:
    """`data.aws_region.r.name` in a text is the region, wherever it is read."""
    container = '[{"name": "a", "image": "x", "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": "%s"}}}]'
    definition = create(
        "aws_ecs_task_definition.t", family="t", container_definitions=container % "eu-west-1"
    )
    bucket = create("aws_s3_bucket.b", bucket=Known("files-eu-west-1", ("data.aws_region.r.name",)))

    found = estate(definition, bucket)
    assert "files-eu-west-1" == found.buckets["aws_s3_bucket.b"].name


def test_a_file_system_that_is_looked_up_may_have_other_mount_targets() -> None:
    """Mount targets made elsewhere are not in the input; those of a new file system all are."""
    found = estate(looked_up("data.aws_efs_file_system.f", file_system_id="fs-0123456789abcdef0"))

    assert ["the mount targets of data.aws_efs_file_system.f"] == [
        why.what for why in found.open["MountTarget"]
    ]
    assert "MountTarget" not in estate(FILES).open
