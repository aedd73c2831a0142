"""Patterns against texts of which parts are known only by name."""

import pytest

from pullproof.iam.match import action_like, arn_like, like, lowered, resource_like, same
from pullproof.model.text import anything, hole, typed
from pullproof.verdict import Verdict
from tests.unit.iam.build import arn

YES, NO, MAYBE = Verdict.WORKS, Verdict.FAILS, Verdict.UNKNOWN
A, B = arn("aws_secretsmanager_secret.a"), arn("aws_secretsmanager_secret.b")
BUCKET, OTHER_BUCKET = arn("aws_s3_bucket.a"), arn("aws_s3_bucket.b")
GROUP, OTHER_GROUP = arn("aws_cloudwatch_log_group.a"), arn("aws_cloudwatch_log_group.b")
REPOSITORY = arn('module.x["y.z"].aws_ecr_repository.app[0]')
ACCOUNT = hole("account")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", YES),
        ("", "", YES),
        ("a", "a", YES),
        ("a", "A", NO),
        ("a*", "a", YES),
        ("a*a", "a", NO),
        ("a*c", "abc", YES),
        ("a*b*c", "a-b-c", YES),
        ("a*b*c", "a-x-c", NO),
        ("a?c", "abc", YES),
        ("a?c", "ac", NO),
        ("a?*", "a\n", YES),
        ("a.c", "abc", NO),
        ("x*b*b", "xb", NO),
        ("*a*", "a", YES),
        ("*a*b", "ab", YES),
    ],
)
def test_wildcards_match_known_text(pattern: str, text: str, expected: Verdict) -> None:
    """`*` stands for any characters and `?` for one; everything else for itself."""
    assert expected is like(pattern, text, "aws")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (A, A, YES),
        (A, B, NO),
        (f"{A}*", A, YES),
        (f"{A}*", B, NO),
        (f"{A}:*", B, NO),
        (hole("aws_secretsmanager_secret.a.id"), A, YES),
        (arn("data.aws_secretsmanager_secret.a"), A, MAYBE),
        (A, arn("data.aws_secretsmanager_secret.a"), MAYBE),
        (f"{BUCKET}/*", f"{BUCKET}/a.env", YES),
        (f"{BUCKET}/*", f"{OTHER_BUCKET}/a.env", NO),
        (f"{BUCKET}*", OTHER_BUCKET, MAYBE),
        (f"{BUCKET}/x/*", f"{BUCKET}/a.env", NO),
        (f"{BUCKET}/*", REPOSITORY, NO),
        (f"{GROUP}:*", f"{GROUP}:log-stream:x", YES),
        (f"{GROUP}:*", f"{OTHER_GROUP}:log-stream:x", NO),
        (GROUP, f"{GROUP}:log-stream:x", NO),
        (f"{GROUP}/*", f"{OTHER_GROUP}:x", MAYBE),
        (f"{GROUP}?", OTHER_GROUP, MAYBE),
        (arn("aws_other_thing.a"), arn("aws_other_thing.b"), MAYBE),
        (arn("aws_other_thing.a"), "no arn", NO),
        (arn("aws_s3_bucket.a"), hole("aws_s3_bucket.b.bucket"), NO),
        (arn("aws_kms_key.a"), arn("aws_kms_replica_key.b"), MAYBE),
        (hole("aws_vpc_endpoint.a.id"), hole("aws_vpc_endpoint.b.id"), NO),
        (hole("aws_vpc_endpoint.a.id"), "vpce-0123", MAYBE),
        (hole("aws_vpc_endpoint.a.id"), "vpc-0123", NO),
        (hole("local.x"), hole("local.y"), MAYBE),
        ("arn:aws:ecr:*:*:repository/*", REPOSITORY, YES),
        ("arn:*:ecr:*:*:repository/*", REPOSITORY, YES),
        ("arn:aws-cn:ecr:*:*:repository/*", REPOSITORY, NO),
        ("arn:aws:ecr:*:*:repository/app", REPOSITORY, MAYBE),
        ("arn:aws:s3:::*", REPOSITORY, NO),
        (f"arn:aws:ecr:*:{ACCOUNT}:repository/a", f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/a", YES),
        (f"arn:aws:ecr:*:{ACCOUNT}:repository/a", f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/b", NO),
        ("arn:aws:ecr:x:1:repository/a", f"arn:aws:ecr:x:{ACCOUNT}:repository/a", MAYBE),
        ("arn:aws:ecr:x:1:repository/a:b", f"arn:aws:ecr:x:{ACCOUNT}:repository/a", NO),
        (f"x-{hole('aws_iam_role.r.name')}", "x-a:b", NO),
        (f"x-{hole('aws_iam_role.r.name')}", "x-a/b", MAYBE),
        (hole("data.aws_region.r.name"), "eu-west-1", MAYBE),
        (hole("data.aws_region.r.name"), "eu:west", NO),
        (hole("data.aws_caller_identity.c.account_id"), "1/2", NO),
        (anything("x"), A, MAYBE),
        (A, anything("x"), MAYBE),
        (anything("x"), anything("x"), YES),
        (f"a{anything('x')}", "b", NO),
        (f"a?{hole('x.y')}", "ab", MAYBE),
        ("??", hole("x.y"), MAYBE),
        ("a?", f"a{hole('x.y')}", MAYBE),
        (f"{hole('x.y')}*?", "", NO),
        ("secret:db-??????", f"secret:db-{hole('aws_secretsmanager_secret.db.suffix')}", YES),
        ("secret:db-?????", f"secret:db-{hole('aws_secretsmanager_secret.db.suffix')}", NO),
        ("secret:db-AbCdEf", f"secret:db-{hole('aws_secretsmanager_secret.db.suffix')}", MAYBE),
        ("secret:db-AbCdE", f"secret:db-{hole('aws_secretsmanager_secret.db.suffix')}", NO),
    ],
)
def test_names_stand_for_text(pattern: str, text: str, expected: Verdict) -> None:
    """A hole equals itself, may equal what has its shape, and nothing else."""
    assert expected is like(pattern, text, "aws")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a${*}", "a*", YES),
        ("a${*}", "ab", NO),
        ("${?}${$}", "?$", YES),
        ("${aws:PrincipalTag/team}-*", "x-y", MAYBE),
        ("a-${aws:PrincipalTag/team}", "b-x", NO),
    ],
)
def test_policy_variables_stand_for_what_is_not_known(pattern: str, text: str, expected: Verdict) -> None:
    """`${*}` is an asterisk; a variable that nobody filled in is any text."""
    assert expected is like(pattern, text, "aws")


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [("a*", "a*", YES), ("a*", "ab", NO), (f"{ACCOUNT}*", f"{ACCOUNT}*", YES), (f"{ACCOUNT}*", "1?", NO)],
)
def test_equality_knows_no_wildcards(written: str, text: str, expected: Verdict) -> None:
    """In `StringEquals`, an asterisk is an asterisk."""
    assert expected is same(written, text, "aws")


def test_actions_match_in_any_case() -> None:
    """The case of an action does not matter; the name of a hole keeps its own."""
    assert YES is action_like("S3:get*", "s3:GetObject")
    assert f"a{hole('X.y')}b" == lowered(f"A{hole('X.y')}B")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("arn:aws:s3*", "arn:aws:s3:::a", YES),
        ("arn:aws:ecr:eu-*-1:1:repository/a", "arn:aws:ecr:eu-west-1:1:repository/a", YES),
        ("arn:aws:ecr:e*y/a", "arn:aws:ecr:eu-west-1:1:repository/a", MAYBE),
        ("arn:aws:s3:::a*z", f"arn:aws:s3:::a-{hole('x.y')}-z", MAYBE),
        ("arn:aws:s3:::a*z", f"arn:aws:s3:::a-{ACCOUNT}-z", YES),
        (f"arn:aws:s3:::a*{hole('x.y')}", f"arn:aws:s3:::a-{hole('x.y')}", YES),
        ("arn:aws:s3:::a*?z", "arn:aws:s3:::abcz", YES),
        ("arn:aws:*r:*:*:repository/*", REPOSITORY, YES),
        ("arn:a*r:*:*:repository/*", REPOSITORY, MAYBE),
        ("arn:aws:s3", "arn:aws:s3:::a", MAYBE),
        ("arn:aws:s3", "arn:aws:ecr:x:1:repository/a", NO),
        ("arn:aws:s3:::a", "arn:aws:s3:::b", NO),
        ("arn:aws:s3:::a", "arn:aws:s3:::a:b", NO),
    ],
)
def test_asterisks_in_resources_keep_to_their_segment(pattern: str, text: str, expected: Verdict) -> None:
    """A `*` that ends a segment of an ARN goes on; of another, AWS does not say that it does."""
    assert expected is resource_like(pattern, text, "aws")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("arn:aws:ecs:*:1:*", "arn:aws:ecs:eu-west-1:1:task/a:b", YES),
        ("arn:aws:ecs:*:2:*", "arn:aws:ecs:eu-west-1:1:task/a", NO),
        ("arn:aws:ecs:*:task/*", "arn:aws:ecs:eu-west-1:1:task/a", MAYBE),
        ("arn:*:b:*:c:d", "arn:aws:x:b:eu:c:d", NO),
        ("arn:aws:ecs:*", "arn:aws:ecs:eu-west-1:1:task/a", MAYBE),
        ("*", "*", YES),
        ("*", "no arn", NO),
        (A, A, YES),
        (A, B, NO),
        ("arn:aws:secretsmanager:*:*:*", A, MAYBE),
        (f"arn:aws:ecs:*:{ACCOUNT}:*", f"arn:aws:ecs:x:{ACCOUNT}:task/a", YES),
        ("arn:aws:ecs:*:1:*", f"arn:aws:ecs:x:{ACCOUNT}:task/a", MAYBE),
        (f"arn:aws:ecs:x:1:task/{hole('x.y')}", f"arn:aws:ecs:x:1:task/{hole('x.z')}", MAYBE),
    ],
)
def test_arns_match_part_by_part(pattern: str, text: str, expected: Verdict) -> None:
    """`ArnLike` compares the six parts each by itself."""
    assert expected is arn_like(pattern, text, "aws")


def _secret(name: str, ending: str = "", kind: str = "aws_secretsmanager_secret") -> str:
    """The ARN of a secret that has a logical id, put together as a source does it."""
    ending = ending or typed(f"{name}.suffix", kind)
    return f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:{typed(f'{name}.name', kind)}-{ending}"


def _key(name: str) -> str:
    return f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{typed(f'{name}.key_id', 'aws_kms_key')}"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (_secret("A"), _secret("A"), YES),
        (_secret("A"), _secret("B"), NO),
        (_secret("A", "*"), _secret("B"), MAYBE),
        (_secret("A", "??????"), _secret("A"), YES),
        ("arn:aws:secretsmanager:*:*:secret:*", _secret("A"), YES),
        ("arn:aws:secretsmanager:*:*:secret:a*", _secret("A"), MAYBE),
        (_secret("A"), _secret("A", kind="aws_ssm_parameter"), MAYBE),
        (_key("A"), _key("A"), YES),
        (_key("A"), _key("B"), NO),
        ("arn:aws:kms:*:*:key/*", _key("B"), YES),
    ],
)
def test_names_with_types_behind_them_tell_resources_apart(
    pattern: str, text: str, expected: Verdict
) -> None:
    """Two resources of a type that share the beginning of their ARNs have different ones."""
    assert expected is like(pattern, text, "aws")
