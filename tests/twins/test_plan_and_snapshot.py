"""Every scenario as an account shows it after the apply: the same verdict, steps, codes and resources."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.scenarios.judge import answer, check_json, expected, plan_of
from tests.scenarios.recipe import Case, Variant, every_variant, name, write
from tests.twins import as_snapshot_services
from tests.twins.applied import applied, keys

#: Types of resource that the answers are made from; a scenario with others is not turned into answers here.
SHOWN = frozenset(
    f"aws_{kind}"
    for kind in (
        *("vpc", "subnet", "route_table", "route_table_association", "route", "internet_gateway", "eip"),
        *("egress_only_internet_gateway", "nat_gateway", "network_interface", "vpc_endpoint"),
        *("vpc_endpoint_route_table_association", "vpc_peering_connection", "vpc_dhcp_options"),
        *("vpc_dhcp_options_association", "security_group", "default_security_group"),
        *("security_group_rule", "vpc_security_group_ingress_rule", "vpc_security_group_egress_rule"),
        *("network_acl", "network_acl_rule", "network_acl_association", "ecs_cluster", "ecs_service"),
        *("ecs_cluster_capacity_providers", "ecs_task_definition", "iam_role", "iam_role_policy"),
        *("iam_role_policy_attachment", "iam_policy", "ecr_repository", "ecr_repository_policy"),
        *("ecr_pull_through_cache_rule", "secretsmanager_secret", "secretsmanager_secret_policy"),
        *("ssm_parameter", "kms_key", "cloudwatch_log_group", "s3_bucket", "s3_bucket_policy"),
        *("efs_file_system", "efs_file_system_policy", "efs_mount_target", "efs_access_point"),
        *("route53_zone", "route53_record", "route53_zone_association", "guardduty_detector"),
        "guardduty_detector_feature",
    )
)
#: Data sources that compute, and look nothing up.
COMPUTED = frozenset(("aws_iam_policy_document",))
#: What the account shows and the plan does not tell: the verdict is another one, or a certain one.
SETTLED = {
    "W22-s3-gateway-policy/unknown-deny-elsewhere": "the account is known",
    "W28-trust/unknown-source-account": "the account is known",
    "W51-acl-traps/unknown-two-lists": "one of two attachments has won",
    "W51-acl-traps/unknown-two-tables": "one of two attachments has won",
    "W61-written-twice/unknown-group": "what is written twice is there once",
    "W61-written-twice/unknown-list": "what is written twice is there once",
}
#: Scenarios that are about the plan's own ways of telling, or of asking.
OF_PLANS = {
    "W36-platform-versions/broken-judged-as-new": "an option of the run is judged",
    "W40-nothing-runs-it": "nothing runs the task definition",
    "W59-ignored-changes": "a change that is not applied",
    "W43-elsewhere": "its VPC is elsewhere",
    "W67-regions-of-things": "it spans regions",
    **dict.fromkeys(
        (
            *("W04-peering/near-miss-zone-of-the-hub", "W13-group-references/near-miss-endpoint-cidrs"),
            *("W22-s3-gateway-policy/near-miss-deny-elsewhere", "W57-dynamic-blocks/near-miss-statements"),
            *("W22-s3-gateway-policy/broken-principal-arn", "W24-role-policies/near-miss-document-of-arns"),
            *("W24-role-policies/broken-document-of-arns", "W24-role-policies/near-miss-document-name-arn"),
            "W24-role-policies/broken-document-name-arn",
            "W32-task-definition-reference/near-miss-family-revision",
            "W32-task-definition-reference/near-miss-newer-revision",
            "W32-task-definition-reference/near-miss-arn-without-revision",
        ),
        "an attribute or a document that only the apply computes",
    ),
}


#: Bases in other regions, with modules that are called by name, or in a VPC that is only looked up.
ELSEWHERE = frozenset(("region", "alias", "modules", "default-vpc"))


class _Change(msgspec.Struct):
    type: str
    mode: str = "managed"


class _Plan(msgspec.Struct):
    resource_changes: list[_Change] = []


def shown(case: Case, variant: Variant) -> bool:
    """Whether a scenario can be turned into an account's answers here."""
    called = name(case, variant)
    if called in SETTLED or called in OF_PLANS or case.slug in OF_PLANS:
        return False
    if variant.before is not None or _base(variant) in ELSEWHERE:
        return False
    changes = msgspec.json.decode(plan_of(case, variant).read_bytes(), type=_Plan).resource_changes
    return all(
        each.type in (COMPUTED if each.mode == "data" else SHOWN) for each in changes
    ) and variant.task.startswith("aws_ecs_service.")


def _base(variant: Variant) -> str:
    return variant.base if variant.start is None else _base(variant.start)


SCENARIOS = [each for each in every_variant() if shown(*each)]


@pytest.mark.parametrize(("case", "variant"), SCENARIOS, ids=[name(*each) for each in SCENARIOS])
def test_a_snapshot_says_what_the_plan_says(case: Case, variant: Variant, tmp_path: Path) -> None:
    """What AWS would answer after the apply gets the case's verdict, blockers and warnings, by its ids."""
    told, called = judged(case, variant, tmp_path)

    assert _in_ids(expected(variant), called) == _in_ids(told, called)


@pytest.mark.parametrize("called", SETTLED)
def test_an_account_settles_what_the_plan_leaves_open(called: str, tmp_path: Path) -> None:
    """Where the plan is not certain and the account is, the account's answer is certain."""
    case, variant = next(each for each in every_variant() if name(*each) == called)

    told, _ = judged(case, variant, tmp_path)

    assert ("unknown", []) == (variant.verdict, told["unknown"])


def test_nearly_every_scenario_is_shown() -> None:
    """All field causes are among those that are turned into answers, and most of the others."""
    cases = {case.id for case, _ in SCENARIOS}

    assert {f"E{number:02d}" for number in range(1, 39)} <= cases
    assert len(SCENARIOS) > 440


def judged(case: Case, variant: Variant, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """What is said of the account after the apply, and what everything in it is called."""
    write(variant, folder)
    account = (
        variant.options[variant.options.index("--account") + 1] if "--account" in variant.options else ""
    )
    found = applied(plan_of(case, variant), folder, account)
    as_snapshot_services.write(found, folder / "snapshot")
    service = found.arn(found.tree.resources[variant.task]).partition("service/")[2]
    bare = msgspec.structs.replace(variant, options=[])
    return answer(check_json(folder, "snapshot", bare), service), keys(found)


def _in_ids(told: dict[str, Any], called: dict[str, str]) -> dict[str, Any]:
    """An answer with what AWS calls the resources."""
    return told | {
        part: sorted((*words, called.get(resource, resource)) for *words, resource in told[part])
        for part in ("blockers", "warnings")
    }
