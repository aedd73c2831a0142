"""Estates that a live account shows in part, or in another way than a plan: shared VPCs, ways out, keys, zones."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from bench.account import ACCOUNT, Account
from pullproof.finding import Report, TaskReport
from pullproof.prove import report
from pullproof.sources.base import Options
from pullproof.sources.live.boto import Caller
from pullproof.sources.live.gather import gather_as
from pullproof.sources.live.load import load_gathered
from pullproof.sources.live.target import target_of
from pullproof.sources.live.values import Kind, Trouble
from pullproof.verdict import Verdict

REGION = "eu-west-1"
OWNER = "999988887777"
DENIED = Trouble(kind=Kind.DENIED, code="AccessDenied", message="no")
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-1111-2222-3333-444444444444"


def judge(account: Account, text: str = "aws://shop") -> Report:
    caller = Caller(asker=account, regions=account.regions, account=ACCOUNT, partition="aws")  # type: ignore[arg-type]
    return report(load_gathered(gather_as(caller, target_of(text), Options()), text, Options()))


def the_task(account: Account) -> TaskReport:
    (task,) = judge(account).tasks
    return task


def blockers(task: TaskReport) -> set[tuple[str, str]]:
    return {(blocker.code, blocker.resource) for step in task.steps for blocker in step.blockers}


def settle(task: TaskReport) -> str:
    return "\n".join(unknown.settle_by for step in task.steps for unknown in step.unknowns)


def of(account: Account, kind: str) -> list[dict[str, Any]]:
    """What an account has of a kind, to be changed in place."""
    return account._ec2[REGION].setdefault(kind, [])


def shared() -> Account:
    """A participant in somebody else's VPC: its endpoints cannot be seen, and are there all the same."""
    account = Account()
    for kind in ("Vpcs", "Subnets", "RouteTables", "NetworkAcls"):
        for item in of(account, kind):
            item["OwnerId"] = OWNER
    of(account, "VpcEndpoints").clear()
    of(account, "NetworkInterfaces").clear()
    return account


def test_a_participant_does_not_see_the_owner_s_endpoints() -> None:
    """In a shared VPC nothing is taken as missing; the remedy names the owner."""
    task = the_task(shared())

    assert Verdict.UNKNOWN is task.verdict
    assert set() == blockers(task)
    assert OWNER in settle(task)


def public(**more: Any) -> Account:
    """A task with a public address in a subnet with an internet gateway, and no endpoint."""
    account = Public(**more)
    of(account, "VpcEndpoints").clear()
    of(account, "NetworkInterfaces").clear()
    (table,) = of(account, "RouteTables")
    table["Routes"][1] = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
    of(account, "InternetGateways").append(
        {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": f"vpc-{REGION}-0", "State": "available"}]}
    )
    return account


class Public(Account):
    """Services that get a public address."""

    def _service(self, region: str, number: int) -> dict[str, Any]:
        found = super()._service(region, number)
        found["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] = "ENABLED"
        return found

    def _answer_ec2(self, operation: str, region: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        if operation == "DescribeInternetGateways":
            return [{"InternetGateways": of(self, "InternetGateways")}]
        return super()._answer_ec2(operation, region, asked)


def test_a_public_task_can_start() -> None:
    """By its public address and the internet gateway."""
    assert Verdict.WORKS is the_task(public()).verdict


@pytest.mark.parametrize(
    "call",
    [
        "ec2:DescribeInternetGateways",
        "ec2:DescribeVpcBlockPublicAccessOptions",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeRouteTables",
    ],
)
def test_what_decides_about_the_internet_is_not_guessed(call: str) -> None:
    """Without the gateway, the block of public access, the endpoints or the routes, nothing is certain."""
    account = public()
    account.instead[call] = DENIED
    found = judge(account)

    assert [Verdict.UNKNOWN] == [task.verdict for task in found.tasks]
    assert [f"allow {call} to the caller"] == [note.rpartition(": ")[2] for note in found.notes]


class Keyed(Account):
    """Secrets under a key of the account's own, whose policy lets the account's policies decide."""

    policy: Any = (
        '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},'
        ' "Action": "kms:*", "Resource": "*"}]}'
    )
    may: tuple[str, ...] = ("kms:Decrypt",)

    def _secretsmanager_DescribeSecret(self, region: str, asked: Any) -> dict[str, Any]:  # noqa: N802
        return super()._secretsmanager_DescribeSecret(region, asked) | {"KmsKeyId": KEY}

    def _kms_DescribeKey(self, _region: str, asked: Any) -> dict[str, Any]:  # noqa: N802
        return {
            "KeyMetadata": {"KeyId": asked["KeyId"].rpartition("/")[2], "Arn": KEY, "KeyManager": "CUSTOMER"}
        }

    def _kms_GetKeyPolicy(self, _region: str, _asked: Any) -> dict[str, Any]:  # noqa: N802
        return {"Policy": self.policy, "PolicyName": "default"}

    def _iam_GetRolePolicy(self, region: str, asked: Any) -> dict[str, Any]:  # noqa: N802
        found = super()._iam_GetRolePolicy(region, asked)
        (statement,) = found["PolicyDocument"]["Statement"]
        actions = [*statement["Action"], *self.may]
        return found | {"PolicyDocument": {"Statement": [statement | {"Action": actions}]}}


def test_a_key_of_one_s_own_is_asked_about() -> None:
    """With the permission to decrypt it works; without, the role lacks it."""
    assert Verdict.WORKS is the_task(Keyed()).verdict

    class Lacking(Keyed):
        may = ()

    role = f"arn:aws:iam::{ACCOUNT}:role/web0"
    assert {("iam-missing-action", role)} == blockers(the_task(Lacking()))


@pytest.mark.parametrize("call", ["kms:DescribeKey", "kms:GetKeyPolicy"])
def test_a_key_that_may_not_be_read_is_not_settled(call: str) -> None:
    """No call works without the key's policy, and it may say anything."""
    account = Keyed()
    account.instead[call] = DENIED

    assert Verdict.UNKNOWN is the_task(account).verdict


class Zoned(Account):
    """A private hosted zone in the VPC."""

    zone: ClassVar[dict[str, Any]] = {"HostedZoneId": "Z1", "Name": "api.ecr.eu-west-1.amazonaws.com."}
    records: tuple[dict[str, Any], ...] = ()

    def _route53_ListHostedZonesByVPC(self, _region: str, _asked: Any) -> dict[str, Any]:  # noqa: N802
        return {"HostedZoneSummaries": [self.zone]}

    def _route53_ListResourceRecordSets(self, _region: str, _asked: Any) -> dict[str, Any]:  # noqa: N802
        return {"ResourceRecordSets": list(self.records)}


def test_a_zone_that_hides_a_name_is_seen() -> None:
    """A zone without a record for a name of ECR's keeps the task from starting."""
    assert {("dns-no-record", f"vpc-{REGION}-0")} == blockers(the_task(Zoned()))


def test_a_zone_of_another_account_is_not_settled() -> None:
    """Its records may not be read: nobody knows what the name is there."""
    account = Zoned()
    account.instead["route53:ListResourceRecordSets"] = DENIED

    assert Verdict.UNKNOWN is the_task(account).verdict


@pytest.mark.parametrize(
    "zone",
    [
        {"HostedZoneId": "Z1", "Name": "internal.example.com."},
        {
            "HostedZoneId": "Z1",
            "Name": "api.ecr.eu-west-1.amazonaws.com.",
            "Owner": {"OwningService": "vpce.amazonaws.com"},
        },
    ],
)
def test_a_zone_that_hides_nothing_is_not_read(zone: dict[str, Any]) -> None:
    """Neither a zone of other names nor those that AWS keeps for endpoints cost a call, and both are harmless."""

    class Other(Zoned):
        pass

    Other.zone = zone
    account = Other()
    task = the_task(account)

    assert Verdict.WORKS is task.verdict
    assert "route53:ListResourceRecordSets" not in {name for name, _, _ in account.asked}
