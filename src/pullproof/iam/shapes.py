"""What is known of a hole from its name: the shape of the text, and what it can never be equal to.

A hole is named like a Terraform attribute, "module.a.aws_s3_bucket.b[0].arn", or has its type behind its
name. The ARN of a bucket looks different from the ARN of a secret, and two buckets never have the same.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from functools import lru_cache

import msgspec

from pullproof.iam.tokens import NO_COLON, NO_SEPARATOR, ONE, RUN, Tokens, is_hole
from pullproof.model.text import CLOSE, HOLE, KIND, OPEN, Text, typed

#: Resource type -> the ARN of one. `%` stands for characters without colon and slash, `~` for characters
#: without colon, `?` for one character.
_ARNS = {
    "aws_acm_certificate": "arn:%:acm:%:%:certificate/%",
    "aws_cloudwatch_log_group": "arn:%:logs:%:%:log-group:~",
    "aws_cognito_user_pool": "arn:%:cognito-idp:%:%:userpool/%",
    "aws_db_instance": "arn:%:rds:%:%:db:%",
    "aws_dynamodb_table": "arn:%:dynamodb:%:%:table/%",
    "aws_ecr_repository": "arn:%:ecr:%:%:repository/~",
    "aws_ecs_cluster": "arn:%:ecs:%:%:cluster/%",
    "aws_efs_access_point": "arn:%:elasticfilesystem:%:%:access-point/%",
    "aws_efs_file_system": "arn:%:elasticfilesystem:%:%:file-system/%",
    "aws_iam_group": "arn:%:iam::%:group/~",
    "aws_iam_policy": "arn:%:iam::%:policy/~",
    "aws_iam_role": "arn:%:iam::%:role/~",
    "aws_iam_user": "arn:%:iam::%:user/~",
    "aws_kinesis_firehose_delivery_stream": "arn:%:firehose:%:%:deliverystream/%",
    "aws_kinesis_stream": "arn:%:kinesis:%:%:stream/%",
    "aws_kms_alias": "arn:%:kms:%:%:alias/~",
    "aws_kms_external_key": "arn:%:kms:%:%:key/%",
    "aws_kms_key": "arn:%:kms:%:%:key/%",
    "aws_kms_replica_key": "arn:%:kms:%:%:key/%",
    "aws_lambda_function": "arn:%:lambda:%:%:function:%",
    "aws_lb": "arn:%:elasticloadbalancing:%:%:loadbalancer/~",
    "aws_rds_cluster": "arn:%:rds:%:%:cluster:%",
    "aws_s3_bucket": "arn:%:s3:::%",
    "aws_secretsmanager_secret": "arn:%:secretsmanager:%:%:secret:~",
    "aws_sfn_state_machine": "arn:%:states:%:%:stateMachine:%",
    "aws_sns_topic": "arn:%:sns:%:%:%",
    "aws_sqs_queue": "arn:%:sqs:%:%:%",
    "aws_ssm_parameter": "arn:%:ssm:%:%:parameter/~",
}
#: (resource type, attribute) -> the shape of another attribute that tells resources apart.
_IDS = {
    ("aws_vpc", "id"): "vpc-%",
    ("aws_vpc_endpoint", "id"): "vpce-%",
    ("aws_s3_bucket", "bucket"): "%",
    ("aws_kms_key", "key_id"): "%",
    ("aws_efs_file_system", "id"): "fs-%",
    ("aws_efs_access_point", "id"): "fsap-%",
    ("aws_iam_role", "unique_id"): "%",
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
    ("aws_secretsmanager_secret", "suffix"): "??????",
}
#: (resource type, attribute) -> the shape of a name that no two of an account and region share.
_OWN = {
    ("aws_cloudwatch_log_group", "name"): "~",
    ("aws_ecr_repository", "name"): "~",
    ("aws_ecs_cluster", "name"): "%",
    ("aws_iam_role", "name"): "%",
    ("aws_secretsmanager_secret", "name"): "~",
    ("aws_ssm_parameter", "name"): "~",
}
#: Two attributes of one resource that are the same text.
_SAME = {
    ("aws_secretsmanager_secret", "id"): "arn",
    ("aws_iam_policy", "id"): "arn",
    ("aws_sns_topic", "id"): "arn",
    ("aws_s3_bucket", "id"): "bucket",
    ("aws_kms_key", "id"): "key_id",
    ("aws_iam_role", "id"): "name",
}
#: Attributes that are part of one segment of an ARN, whosever they are.
_PARTS = frozenset({"account", "account_id", "partition", "region", "suffix", "owner_id", "registry_id"})
#: The segments of data sources whose attribute is called something general.
_SEGMENTS = frozenset({("aws_region", "name"), ("aws_region", "id"), ("aws_caller_identity", "id")})
#: AWS ends the ARN of a secret with six random characters: nothing longer is another secret's ARN.
_ENDS_AT_RANDOM = frozenset({"aws_secretsmanager_secret"})

_NAME = (
    r"(?P<address>(?:module\.[^.\[]+(?:\[[^\]]*\])?\.)*"
    r"(?P<data>data\.)?(?P<type>[a-z0-9_]+)\.[A-Za-z0-9_-]+(?:\[[^\]]*\])?)"
    r"\.(?P<attribute>[a-z0-9_]+)"
)
_LETTERS = r"[^*%~?]*"
_SHAPED = {"*": RUN, "%": NO_SEPARATOR, "~": NO_COLON, "?": ONE}


class Named(msgspec.Struct, frozen=True):
    """What the name of a hole says: whose attribute it is. `data` marks a data source."""

    address: str
    type: str
    attribute: str
    data: bool


@lru_cache(maxsize=1 << 16)
def named(token: str) -> Named | None:
    """The attribute that a hole is; None for a name of another form."""
    name, _, kind = token[1:-1].partition(KIND)
    if kind:
        address, _, attribute = name.rpartition(".")
        return Named(address, kind, _SAME.get((kind, attribute), attribute), False)
    found = re.fullmatch(_NAME, name)
    if found is None:
        return None
    kind, attribute = found["type"], found["attribute"]
    attribute = _SAME.get((kind, attribute), attribute)
    return Named(found["address"], kind, attribute, found["data"] is not None)


@lru_cache(maxsize=1 << 16)
def shape(token: str, partition: str) -> Tokens:
    """Everything a hole may stand for, as literal characters and runs. `partition` is "" if not known."""
    return tuple(_SHAPED.get(letter, letter) for letter in _written(token, partition))


def _shape_of(token: str) -> str:
    whose = named(token)
    if whose is None:
        return "%" if token[1:-1].removeprefix("?") in _PARTS else "*"
    if written := _template(whose):
        return written
    if whose.attribute == "arn":
        return "arn:*"
    if whose.attribute in _PARTS or (whose.type, whose.attribute) in _SEGMENTS:
        return "%"
    return "~" if whose.attribute == "name" and whose.type in _ARNS else "*"


def _template(whose: Named) -> str:
    if whose.attribute == "arn":
        return _ARNS.get(whose.type, "")
    return _IDS.get((whose.type, whose.attribute), "")


def head_of(token: str, partition: str) -> str:
    """The letters that everything a hole may stand for begins with."""
    found = re.match(_LETTERS, _written(token, partition))
    return found[0] if found else ""


@lru_cache(maxsize=1 << 16)
def _written(token: str, partition: str) -> str:
    written = _shape_of(token)
    return written.replace("arn:%", f"arn:{partition}") if partition else written


def spread(tokens: Tokens, partition: str, keep: Text = "") -> Tokens:
    """The tokens with every hole as the characters and runs it may be, but for those that are in `keep`."""
    return tuple(
        part
        for token in tokens
        for part in (shape(token, partition) if is_hole(token) and token not in keep else (token,))
    )


@lru_cache(maxsize=1 << 16)
def canonical(text: Text) -> Text:
    """The text with every hole under the one name that all attributes with the same text share."""
    return HOLE.sub(_renamed, text) if OPEN in text else text


def _renamed(found: re.Match[str]) -> str:
    token = found[0]
    whose = named(token)
    if whose is None or token.endswith(f".{whose.attribute}{CLOSE}"):
        return token
    if KIND in token:
        return typed(f"{whose.address}.{whose.attribute}", whose.type)
    return f"{OPEN}{whose.address}.{whose.attribute}{CLOSE}"


def may_hold_colons(text: Text) -> bool:
    """Whether a hole somewhere in a text may stand for text with a colon."""
    return any(part in (":", RUN) for found in HOLE.finditer(text) for part in shape(found[0], ""))


def apart(pattern: Tokens, text: Tokens) -> bool:
    """Whether both begin with holes that are never equal, in a way that settles that they do not match.

    Both are what is left behind the same beginning. Two resources of one kind have different ARNs, ids and
    names. `A...` matches `B...` only if one of them begins with the other and goes on with what follows it;
    a name cannot go on with a colon (a bucket's neither with a slash), and none goes on after its end.
    """
    if not (pattern and text and is_hole(pattern[0]) and is_hole(text[0])):
        return False
    one, other = named(pattern[0]), named(text[0])
    if one is None or other is None or one.data or other.data or one.address == other.address:
        return False
    if one.type != other.type or one.attribute != other.attribute:
        return False
    template = _template(one) or _OWN.get((one.type, one.attribute), "")
    return bool(template) and _stops(one, template, pattern[1:]) and _stops(other, template, text[1:])


def _stops(whose: Named, template: str, rest: Tokens) -> bool:
    """Whether what follows the hole cannot be the rest of a longer name."""
    if not rest:
        return True
    if whose.type in _ENDS_AT_RANDOM:
        return whose.attribute != "name" or _ends_at_random(whose, rest)
    return rest[0] == ":" or (rest[0] == "/" and template.endswith("%"))


def _ends_at_random(whose: Named, rest: Tokens) -> bool:
    """Whether a secret's name is followed by the six characters that AWS added to it, and no other's."""
    after = named(rest[1]) if len(rest) > 1 and rest[0] == "-" and is_hole(rest[1]) else None
    return after is not None and after.address == whose.address and after.attribute == "suffix"
