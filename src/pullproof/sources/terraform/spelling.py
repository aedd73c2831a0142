"""One spelling for each name, ARN and URL that the apply will choose.

An ARN that is not known yet is put together from what is known, with holes for the rest, so that
`arn:aws:secretsmanager:*:*:secret:app/*` in a policy can be seen to match it. The same resource always
gets the same text. Forms of ARNs: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Callable

from pullproof.model.text import Text, hole
from pullproof.sources.terraform.tree import Resource, own
from pullproof.sources.terraform.whereabouts import Whereabouts

#: Gives a resource's attribute as text, itself in its one spelling.
Ask = Callable[[Resource, str], Text]
Speller = Callable[[Resource, Whereabouts, Ask], Text]


def _arn(service: str, rest: Speller, *, regional: bool = True, owned: bool = True) -> Speller:
    def spell(resource: Resource, where: Whereabouts, ask: Ask) -> Text:
        region = where.region_text(resource) if regional else ""
        account = where.account_text() if owned else ""
        return f"arn:{where.partition}:{service}:{region}:{account}:{rest(resource, where, ask)}"

    return spell


def _named(prefix: str, attribute: str) -> Speller:
    return lambda resource, _where, ask: prefix + ask(resource, attribute)


def _same(attribute: str) -> Speller:
    return lambda resource, _where, ask: ask(resource, attribute)


def _role(resource: Resource, _where: Whereabouts, ask: Ask) -> Text:
    path = resource.values.get("path")
    return f"role{path if isinstance(path, str) and path else '/'}{ask(resource, 'name')}"


def _policy(resource: Resource, _where: Whereabouts, ask: Ask) -> Text:
    path = resource.values.get("path")
    return f"policy{path if isinstance(path, str) and path else '/'}{ask(resource, 'name')}"


def _secret(resource: Resource, _where: Whereabouts, ask: Ask) -> Text:
    # Secrets Manager adds a hyphen and six letters of its own choice.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
    return f"secret:{ask(resource, 'name')}-{hole(resource.address + '.suffix')}"


def _parameter(resource: Resource, _where: Whereabouts, ask: Ask) -> Text:
    name = ask(resource, "name")
    return f"parameter{name}" if name.startswith("/") else f"parameter/{name}"


def _repository_url(resource: Resource, where: Whereabouts, ask: Ask) -> Text:
    region, name = where.region_text(resource), ask(resource, "name")
    suffix = "amazonaws.com.cn" if where.partition == "aws-cn" else "amazonaws.com"
    return f"{where.account_text()}.dkr.ecr.{region}.{suffix}/{name}"


def _definition(resource: Resource, _where: Whereabouts, ask: Ask) -> Text:
    revision = resource.values.get("revision")
    number = str(revision) if isinstance(revision, int) else hole(f"{resource.address}.revision")
    return f"task-definition/{ask(resource, 'family')}:{number}"


#: (type, attribute) -> how it is put together. What is missing here is a hole of its own.
SPELLERS: dict[tuple[str, str], Speller] = {
    ("aws_iam_role", "arn"): _arn("iam", _role, regional=False),
    ("aws_iam_role", "id"): _same("name"),
    ("aws_iam_policy", "arn"): _arn("iam", _policy, regional=False),
    ("aws_iam_policy", "id"): _same("arn"),
    ("aws_ecs_cluster", "arn"): _arn("ecs", _named("cluster/", "name")),
    ("aws_ecs_cluster", "id"): _same("arn"),
    ("aws_ecs_task_definition", "arn"): _arn("ecs", _definition),
    ("aws_ecs_task_definition", "arn_without_revision"): _arn("ecs", _named("task-definition/", "family")),
    ("aws_ecs_task_definition", "id"): _same("family"),
    ("aws_ecr_repository", "arn"): _arn("ecr", _named("repository/", "name")),
    ("aws_ecr_repository", "id"): _same("name"),
    ("aws_ecr_repository", "registry_id"): lambda _resource, where, _ask: where.account_text(),
    ("aws_ecr_repository", "repository_url"): _repository_url,
    ("aws_secretsmanager_secret", "arn"): _arn("secretsmanager", _secret),
    ("aws_secretsmanager_secret", "id"): _same("arn"),
    ("aws_secretsmanager_secret_version", "arn"): _same("secret_id"),
    ("aws_ssm_parameter", "arn"): _arn("ssm", _parameter),
    ("aws_ssm_parameter", "id"): _same("name"),
    ("aws_cloudwatch_log_group", "arn"): _arn("logs", _named("log-group:", "name")),
    ("aws_cloudwatch_log_group", "id"): _same("name"),
    ("aws_kms_key", "arn"): _arn("kms", _named("key/", "key_id")),
    ("aws_kms_key", "id"): _same("key_id"),
    ("aws_kms_alias", "arn"): _arn("kms", _named("", "name")),
    ("aws_kms_alias", "id"): _same("name"),
    ("aws_s3_bucket", "arn"): _arn("s3", _named("", "bucket"), regional=False, owned=False),
    ("aws_s3_bucket", "id"): _same("bucket"),
    ("aws_efs_file_system", "arn"): _arn("elasticfilesystem", _named("file-system/", "id")),
    ("aws_efs_access_point", "arn"): _arn("elasticfilesystem", _named("access-point/", "id")),
    ("aws_vpc_endpoint_service", "service_name"): lambda resource, where, ask: (
        f"com.amazonaws.{where.region_text(resource)}.{ask(resource, 'service')}"
    ),
    ("aws_caller_identity", "account_id"): lambda _resource, where, _ask: where.account_text(),
    ("aws_caller_identity", "id"): lambda _resource, where, _ask: where.account_text(),
    ("aws_region", "name"): lambda resource, where, _ask: where.region_text(resource),
    ("aws_region", "region"): lambda resource, where, _ask: where.region_text(resource),
    ("aws_region", "id"): lambda resource, where, _ask: where.region_text(resource),
    ("aws_partition", "partition"): lambda _resource, where, _ask: where.partition,
    ("aws_partition", "dns_suffix"): lambda _resource, where, _ask: _suffix(where),
}


def spelt(resource: Resource, attribute: str, where: Whereabouts, ask: Ask) -> Text:
    """The text of an attribute that the apply will choose, or a hole of that name."""
    speller = SPELLERS.get((resource.type, attribute))
    value = resource.values.get(attribute)
    if isinstance(value, str) and value and value != own(resource.address, attribute):
        return value
    return speller(resource, where, ask) if speller else own(resource.address, attribute)


def _suffix(where: Whereabouts) -> Text:
    return "amazonaws.com.cn" if where.partition == "aws-cn" else "amazonaws.com"
