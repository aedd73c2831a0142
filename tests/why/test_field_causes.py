"""The messages of the field's root causes, each against the scenario it comes from."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.judge import plan_of, run
from tests.scenarios.recipe import cases, name, write
from tests.schemas import wrong
from tests.unit.explain.messages import DENIED, ECR, MESSAGES, REGISTRY, RETRIED

VPC, TASK_GROUP, ROLE = "aws_vpc.main", "aws_security_group.app", "aws_iam_role.execution"
PRIVATE_TABLE, ENDPOINTS = "aws_route_table.private", "aws_security_group.endpoints"
RETRIED_LOGIN = (
    f"ResourceInitializationError: {ECR}: unable to retrieve ecr registry auth: RequestError: Post"
)
LOOK_UP = f'{RETRIED_LOGIN} "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp: lookup api.ecr.eu-west-1.amazonaws.com'
MANIFEST = f'{RETRIED} {REGISTRY}/app:1: failed to do request: Head "https://{REGISTRY}/v2/app/manifests/1"'
DIALLED = f"{RETRIED_LOGIN} https://api.ecr.eu-west-1.amazonaws.com/: dial tcp"

#: A scenario, a message of the catalogue by its row or in full, the conclusion, and what explains it.
Row = tuple[str, str, str, list[tuple[str, str]]]
TOLD: list[Row] = [
    ("E01-no-path/broken", "ecr-auth-connection", "certain", [("endpoint-missing", VPC)]),
    ("E01-no-path/broken-nothing", "layers-timeout", "certain", [("endpoint-missing", VPC)]),
    ("E01-no-path/broken-nothing", "secret-connection", "certain", [("endpoint-missing", VPC)]),
    (
        "E17-secrets-denied/broken-task-role",
        "ResourceInitializationError: unable to pull secrets or registry auth",
        "certain",
        [("iam-missing-action", ROLE)],
    ),
    ("E02-no-public-ip/broken", "ecr-auth-connection", "certain", [("no-public-ip", "aws_ecs_service.app")]),
    (
        "E03-default-route/broken-nat-in-private",
        "ecr-auth-connection",
        "certain",
        [("nat-not-public", "aws_route_table.public")],
    ),
    # These words leave open which of three services was waited for, and two of them need an endpoint.
    ("E03-default-route/broken-one-of-two", "ecr-auth-killed", "several", [("endpoint-missing", VPC)] * 2),
    ("E04-ecr-api-missing/broken", "ecr-auth-connection", "certain", [("endpoint-missing", VPC)]),
    ("E04-ecr-api-missing/broken", "image-manifest-timeout", "elsewhere", []),
    (
        "E05-gateway-not-associated/broken",
        "layers-timeout",
        "certain",
        [("gateway-not-associated", PRIVATE_TABLE)],
    ),
    (
        "E05-gateway-not-associated/broken",
        "image-connection",
        "certain",
        [("gateway-not-associated", PRIVATE_TABLE)],
    ),
    ("E06-task-egress/broken-none", "ecr-auth-retried", "certain", [("sg-egress", TASK_GROUP)]),
    (
        "E06-task-egress/broken-default-group-emptied",
        "ecr-auth-retried",
        "several",
        [("sg-egress", "aws_default_security_group.main"), ("sg-ingress", ENDPOINTS)],
    ),
    ("E07-prefix-list-egress/broken", "layers-timeout", "certain", [("sg-egress", TASK_GROUP)]),
    ("E08-endpoint-ingress/broken-port", "ecr-auth-retried", "certain", [("sg-ingress", ENDPOINTS)]),
    # A public address was dialled: the endpoint's name did not answer then.
    ("E08-endpoint-ingress/broken-port", "ecr-auth-connection", "elsewhere", []),
    (
        "E09-network-acl/broken-return",
        "ecr-auth-retried",
        "certain",
        [("nacl-return", "aws_network_acl.private")],
    ),
    (
        "E10-names/broken-private-dns",
        "ecr-auth-connection",
        "certain",
        [("private-dns-off", "aws_vpc_endpoint.ecr_api")],
    ),
    (
        "E10-names/broken-support",
        f"{LOOK_UP} on 10.0.0.2:53: read udp 10.0.1.7:5353: i/o timeout",
        "certain",
        [("dns-support-off", VPC)],
    ),
    (
        "E10-names/broken-zone",
        f"{MANIFEST}: dial tcp: lookup {REGISTRY} on 10.0.0.2:53: no such host",
        "certain",
        [("dns-no-record", VPC)],
    ),
    ("E10-names/unknown-resolver", f"{LOOK_UP} on 10.9.9.9:53: no such host", "unknown", []),
    (
        "E11-endpoint-breaks-nat/broken",
        "ecr-auth-retried",
        "certain",
        [("sg-ingress", "aws_security_group.endpoint")],
    ),
    (
        "E12-endpoint-policy/broken-layer-bucket",
        "layers-denied",
        "certain",
        [("endpoint-policy", "aws_vpc_endpoint.s3")],
    ),
    (
        "E12-endpoint-policy/broken-no-allow",
        "image-access-denied",
        "certain",
        [("endpoint-policy", "aws_vpc_endpoint.ecr_dkr")],
    ),
    (
        "E13-log-group/warned",
        "log-group-missing",
        "certain",
        [("log-group-missing", "aws_ecs_task_definition.app")],
    ),
    (
        "E14-logs-permission/broken-arn",
        f"ResourceInitializationError: failed to validate logger args: {DENIED}: logs:CreateLogStream",
        "certain",
        [("iam-missing-action", ROLE)],
    ),
    ("E15-logs-unreachable/broken", "log-connection", "certain", [("endpoint-missing", VPC)]),
    ("E16-secrets-unreachable/broken-secret", "secret-connection", "certain", [("endpoint-missing", VPC)]),
    (
        "E16-secrets-unreachable/broken-parameter",
        "parameter-connection",
        "certain",
        [("endpoint-missing", VPC)],
    ),
    (
        "E17-secrets-denied/broken-task-role",
        f"ResourceInitializationError: {ECR}: unable to retrieve secret from asm: {DENIED}: secretsmanager:GetSecretValue",
        "certain",
        [("iam-missing-action", ROLE)],
    ),
    ("E17-secrets-denied/broken-denied", "secret-denied-old", "certain", [("iam-denied", ROLE)]),
    ("E18-kms/broken-secret", "secret-key-denied", "certain", [("iam-missing-action", ROLE)]),
    ("E18-kms/broken-key-policy", "secret-key-denied", "certain", [("resource-policy", "aws_kms_key.app")]),
    ("E19-secret-reference/near-miss", "secret-json-key", "outside", []),
    (
        "E20-role-trust/broken-principal",
        "role-not-assumed",
        "several",
        [("role-trust", ROLE), ("role-trust", "aws_iam_role.task")],
    ),
    ("E20-role-trust/broken-condition", "role-not-assumed", "certain", [("role-trust", ROLE)]),
    ("E21-ecr-denied/broken", "ecr-auth-denied", "certain", [("iam-missing-action", ROLE)]),
    ("E22-cross-account/unknown", "image-access-denied", "unknown", []),
    (
        "E22-cross-account/broken-repository-policy",
        "image-access-denied",
        "certain",
        [("resource-policy", "aws_ecr_repository.app")],
    ),
    ("E23-guardduty/near-miss", "image-access-denied", "nothing-found", []),
    ("E24-architecture/near-miss", "image-platform", "outside", []),
    ("E25-storage/near-miss", "disk-full", "outside", []),
    (
        "E26-public-registry/broken-docker-hub",
        "image-public-timeout",
        "certain",
        [("public-registry-unreachable", PRIVATE_TABLE)],
    ),
    ("E27-pull-through/unknown", "image-not-found", "unknown", []),
    ("E28-rate-limit/near-miss", "image-rate-limit", "outside", []),
    (
        "E29-private-registry/broken-credentials",
        f"ResourceInitializationError: {ECR}: unable to retrieve secret from asm: {DENIED}: secretsmanager:GetSecretValue",
        "certain",
        [("iam-missing-action", ROLE)],
    ),
    (
        "E30-efs/broken-no-mount-target",
        "efs-name",
        "certain",
        [("no-mount-target", "aws_efs_file_system.data")],
    ),
    ("E30-efs/broken-ingress", "efs-timeout", "certain", [("sg-ingress", ENDPOINTS)]),
    ("E30-efs/broken-hostnames", "efs-name", "certain", [("dns-hostnames-off", VPC)]),
    (
        "E30-efs/broken-iam",
        "efs-denied",
        "several",
        [("iam-missing-action", "aws_iam_role.task"), ("resource-policy", "aws_efs_file_system.data")],
    ),
    ("E31-dual-stack/broken", "ecr-auth-connection", "certain", [("endpoint-missing", VPC)]),
    ("E32-subnet-full/near-miss", "subnet-full", "outside", []),
    # Two actions are missing, and the message names neither.
    ("E33-environment-files/broken-denied", "env-file-denied", "several", [("iam-missing-action", ROLE)] * 2),
    (
        "E33-environment-files/broken-endpoint-policy",
        "env-file-denied",
        "certain",
        [("endpoint-policy", "aws_vpc_endpoint.s3")],
    ),
    ("E34-endpoint-kind/broken", "ecr-auth-connection", "certain", [("endpoint-missing", VPC)]),
    ("E35-exec/warned", "exec-agent", "certain", [("exec-unreachable", "aws_ecs_service.app")]),
    ("E36-shared-endpoints/near-miss-hub", f"{DIALLED} 10.9.1.7:443: i/o timeout", "nothing-found", []),
    (
        "E36-shared-endpoints/broken-hub-return",
        f"{RETRIED_LOGIN}: i/o timeout",
        "certain",
        [("no-route", "aws_vpc.hub.main_route_table_id")],
    ),
    ("E37-other-subnets/near-miss", "ecr-auth-retried", "nothing-found", []),
    ("E38-transient/near-miss", "unpack-failed", "outside", []),
    # Before 1.4.0 images came by Fargate's own interface: what is proven is that version.
    ("E04-ecr-api-missing/near-miss", "image-timeout-docker", "nothing-found", []),
]
FOUND = {name(case, variant): (case, variant) for case in cases() for variant in case.variant}
STATUS = {"certain": 1, "several": 1, "elsewhere": 1, "unknown": 3, "nothing-found": 0, "outside": 0}


@pytest.mark.parametrize("row", TOLD, ids=[f"{row[0]} {row[1][:20]}" for row in TOLD])
def test_the_message_of_a_field_cause_leads_to_it(row: Row, tmp_path: Path) -> None:
    """What the field saw, put to the scenario, gives that root cause and no other."""
    scenario, message, conclusion, causes = row
    case, variant = FOUND[scenario]
    write(variant, tmp_path)
    shutil.copy(plan_of(case, variant), tmp_path / "plan.json")
    text = MESSAGES[message][0] if message in MESSAGES else message

    answer = asked(tmp_path, text, *variant.options, "--task", variant.task)

    assert (conclusion, causes) == (answer["conclusion"], told(answer))


def test_every_field_cause_has_a_message() -> None:
    """All 38 root causes are asked about."""
    assert {f"E{number:02d}" for number in range(1, 39)} == {row[0][:3] for row in TOLD}


def asked(folder: Path, text: str, *options: str) -> dict[str, Any]:
    """What is said of one message, which is about one task; the status fits it."""
    status, out, err = run(folder, "why", "plan.json", "--text", text, "--format", "json", *options)
    assert out, err
    assert [] == wrong("why", out)
    (failure,) = json.loads(out)["failures"]
    (answer,) = failure["messages"]
    assert (1 if answer["others"] else STATUS[answer["conclusion"]]) == status
    found: dict[str, Any] = answer
    return found


def told(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and resources of what explains a message."""
    return [(one["code"], one["resource"]) for one in (*answer["causes"], *answer["warnings"])]
