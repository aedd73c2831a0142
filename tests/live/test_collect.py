"""What is asked and what comes of it, with an account in memory: refusals, pages, regions, secrets."""

import itertools
import json
import time
from typing import Any

import msgspec
import pytest

from bench.account import ACCOUNT, Account
from bench.api_calls import SIZES, Size, counted
from pullproof.errors import ToolError, UsageError
from pullproof.finding import Report
from pullproof.prove import report
from pullproof.sources.base import Options
from pullproof.sources.live.boto import Caller
from pullproof.sources.live.calls import CALLS
from pullproof.sources.live.collect import Collector, Start
from pullproof.sources.live.gather import Gathered, every_region, gather_as
from pullproof.sources.live.load import load_gathered
from pullproof.sources.live.target import target_of
from pullproof.sources.live.trouble import judged
from pullproof.sources.live.values import Call, Kind, Trouble
from pullproof.verdict import Verdict

DENIED = Trouble(kind=Kind.DENIED, code="AccessDenied", message="no")


def gathered(account: Any, text: str = "aws://shop", regions: tuple[str, ...] = ("eu-west-1",)) -> Gathered:
    caller = Caller(asker=account, regions=regions, account=ACCOUNT, partition="aws")
    return gather_as(caller, target_of(text), Options())


def judge(account: Any, text: str = "aws://shop", regions: tuple[str, ...] = ("eu-west-1",)) -> Report:
    return report(load_gathered(gathered(account, text, regions), text, Options()))


def verdicts(found: Report) -> list[Verdict]:
    return [task.verdict for task in found.tasks]


def test_an_account_in_order_can_start() -> None:
    """Services that have all they need can start."""
    assert [Verdict.WORKS] * 12 == verdicts(judge(Account(services=12, vpcs=2)))


@pytest.mark.parametrize("call", [pytest.param(call, id=call.row) for call in CALLS])
@pytest.mark.parametrize("kind", [Kind.DENIED, Kind.THROTTLED, Kind.UNREACHABLE, Kind.FAILED])
def test_a_call_without_an_answer_never_ends_in_a_guess(call: Call, kind: Kind) -> None:
    """Each call of the table fails in turn: no verdict turns good or bad by it, and what is lacking is named."""
    account = Account()
    account.instead[call.name] = Trouble(kind=kind, code="Code", message="said")
    if call.row in ("clusters", "services", "service-arns"):
        with pytest.raises(ToolError) as raised:
            gathered(account)
        assert call.actions[0] in raised.value.remedy or call.name in raised.value.remedy
        return
    held = gathered(account)
    asked = any(name == call.name for name, _, _ in account.asked)
    says = [text for kinds in held.manifest.denied.values() for text in kinds.values()]
    found = report(load_gathered(held, "aws://shop", Options()))

    assert asked == any(call.name in text or call.actions[0] in text for text in says)
    if call.row in DECIDES:
        assert [Verdict.UNKNOWN] == verdicts(found)
    elif kind is Kind.UNREACHABLE:  # which takes the service's other calls with it
        assert verdicts(found) in ([Verdict.WORKS], [Verdict.UNKNOWN])
    else:
        assert [Verdict.WORKS] == verdicts(found)


#: Rows without which nothing is certain about a task in a private network with endpoints.
DECIDES = {
    *("task-definitions", "subnets-named", "Vpcs", "dns-support", "dns-hostnames", "DhcpOptions", "Subnets"),
    *("RouteTables", "NetworkAcls", "SecurityGroups", "groups-named", "VpcEndpoints", "zones"),
    *("resolver-rules", "resolver-associations", "dns-firewalls", "profiles", "roles", "role-policy-names"),
    *(
        "role-policies",
        "attached-policies",
        "repository-policies",
        "secret-policies",
        "secrets",
        "repositories",
    ),
}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            [{"Regions": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}, {"RegionName": "../x"}]}],
            ("eu-west-1", "us-east-1"),
        ),
        ([{}], ("eu-west-1",)),
    ],
)
def test_all_regions_are_those_that_are_switched_on(answer: Any, expected: tuple[str, ...]) -> None:
    """The caller's own is first, and a name that is none is passed over."""
    account = Account()
    account.instead["ec2:DescribeRegions"] = answer

    assert expected == every_region(account, "eu-west-1")


def test_regions_that_may_not_be_listed_have_to_be_named() -> None:
    """The screen says what to allow, and what to type instead."""
    account = Account()
    account.instead["ec2:DescribeRegions"] = DENIED

    with pytest.raises(ToolError) as raised:
        every_region(account, "eu-west-1")
    assert "allow ec2:DescribeRegions" in raised.value.remedy
    assert "--region eu-west-1,us-east-1" in raised.value.remedy


def organized(content: str, managed_by: str = "999999999999") -> Account:
    """The account in an organization whose root and account have one policy."""
    account = Account()
    account.instead |= {
        "organizations:DescribeOrganization": [
            {"Organization": {"Id": "o-1", "MasterAccountId": managed_by, "MasterAccountEmail": "x@y.z"}}
        ],
        "organizations:ListPoliciesForTarget": [{"Policies": [{"Id": "p-1", "Name": "guard"}]}],
        "organizations:ListParents": [{"Parents": [{"Id": "r-1", "Type": "ROOT"}]}],
        "organizations:DescribePolicy": [
            {"Policy": {"PolicySummary": {"Id": "p-1", "Name": "guard"}, "Content": content}}
        ],
    }
    return account


ALL = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
LOGS = '{"Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}'


@pytest.mark.parametrize(
    ("content", "managed_by", "expected"),
    [(ALL, "9", Verdict.WORKS), (LOGS, "9", Verdict.FAILS), (LOGS, ACCOUNT, Verdict.WORKS)],
)
def test_policies_of_the_organization_decide_where_they_may_be_read(
    content: str, managed_by: str, expected: Verdict
) -> None:
    """From the account up to the root, but not for the account that manages the organization."""
    account = organized(content, managed_by)
    held = gathered(account)
    folder = next(each for each in held.folders if each.region == "global")
    asked = [call["TargetId"] for name, _, call in account.asked if name.endswith("ListPoliciesForTarget")]

    assert ([] if managed_by == ACCOUNT else [ACCOUNT, "r-1"]) == asked
    assert {"Id": "o-1", "MasterAccountId": managed_by} == folder.documents["Organization"]["Organization"]
    assert [expected] == verdicts(report(load_gathered(held, "aws://shop", Options())))


def test_an_organization_that_may_not_be_read_is_taken_to_deny_nothing_and_said() -> None:
    """Most accounts may not read it: a note says so, and no verdict hangs on it."""
    account = organized(LOGS)
    account.instead["organizations:ListPoliciesForTarget"] = DENIED
    held = gathered(account)

    assert [Verdict.WORKS] == verdicts(report(load_gathered(held, "aws://shop", Options())))
    (note,) = held.notes
    assert "allow organizations:ListPoliciesForTarget, which only the organization's management" in note


def test_a_refusal_names_the_permission() -> None:
    """The unknown says which permission settles it."""
    account = Account()
    account.instead["ec2:DescribeRouteTables"] = DENIED
    (task,) = judge(account).tasks
    supplies = {unknown.settle_by for step in task.steps for unknown in step.unknowns}

    assert any("allow ec2:DescribeRouteTables to the caller" in text for text in supplies)


def test_a_service_that_does_not_answer_is_asked_once() -> None:
    """After one time-out the other calls to the same service are not tried."""
    account = Account(services=20, families=20)
    account.instead["iam:GetRole"] = Trouble(kind=Kind.UNREACHABLE, code="ConnectTimeoutError")
    gathered(account)

    # Those that were on their way already are answered, the rest is not sent.
    assert len([name for name, _, _ in account.asked if name.startswith("iam:")]) < 20


def test_credentials_that_expire_in_the_middle_end_the_run() -> None:
    """No half answer is judged."""
    account = Account()
    account.instead["ec2:DescribeVpcs"] = judged("ExpiredToken", "The security token is expired")
    with pytest.raises(ToolError) as raised:
        gathered(account)

    assert "expired" in raised.value.problem
    assert "log in again" in raised.value.remedy


def test_one_repository_that_is_not_there_costs_the_others_nothing() -> None:
    """Where one of several things asked about is not there, each is asked about alone."""

    class Lacking(Account):
        def _ecr_DescribeRepositories(self, region: str, asked: Any) -> Any:  # noqa: N802
            if "web1" in asked["repositoryNames"]:
                return judged("RepositoryNotFoundException", "there is none")
            return super()._ecr_DescribeRepositories(region, asked)

    held = gathered(Lacking(services=3))
    (folder,) = (one for one in held.folders if one.region == "eu-west-1")

    names = [one["repositoryName"] for one in folder.documents["Repositories"]["repositories"]]
    assert ["web0", "web2"] == names
    assert {} == held.manifest.denied


def test_pages_of_a_thousand_are_all_read() -> None:
    """400 VPCs have 1,200 groups and 2,000 endpoints: more than one filter holds and more than one page."""
    held = gathered(Account(services=400, vpcs=400, families=1))
    (folder,) = (one for one in held.folders if one.region == "eu-west-1")

    assert 1200 == len(folder.documents["SecurityGroups"]["SecurityGroups"])
    assert 400 * 6 == len(folder.documents["VpcEndpoints"]["VpcEndpoints"])
    # 200 VPCs have 1,200 endpoints, two pages; the subnets and groups of two filters fit on one each.
    assert 4 == held.requests["ec2:DescribeVpcEndpoints"]


def test_two_regions_are_told_apart() -> None:
    """Each region's services are judged with that region's network."""
    regions = ("eu-west-1", "us-east-1")
    found = judge(Account(regions=regions), "aws://", regions)

    assert [Verdict.WORKS, Verdict.WORKS] == verdicts(found)
    assert 2 == len({task.id for task in found.tasks})


def test_an_account_with_nothing_has_nothing_to_check() -> None:
    """No cluster is no error: the report is empty."""
    assert [] == verdicts(judge(Account(services=0), "aws://"))


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("aws://shpo", "did you mean: aws://shop"),
        ("aws://shop/wbe0", "did you mean: aws://shop/web0"),
        ("aws://zzzzz", "there is: shop"),
    ],
)
def test_a_name_that_is_nearly_right_is_noticed(text: str, remedy: str) -> None:
    """A cluster or service that is not there leads to those that are."""
    with pytest.raises(UsageError) as raised:
        gathered(Account(), text)

    assert remedy == raised.value.remedy


def test_one_service_is_asked_about_alone() -> None:
    """No rule, schedule or other service is looked at where one service is named."""
    account = Account(services=5)
    (task,) = judge(account, "aws://shop/web3").tasks

    assert "shop/web3" == task.id
    assert not {name.partition(":")[0] for name, _, _ in account.asked} & {"events", "scheduler"}


def test_no_value_of_the_environment_is_kept() -> None:
    """What a task definition holds in the clear is neither in the answers nor, therefore, in a snapshot."""

    class Chatty(Account):
        def _ecs_DescribeTaskDefinition(self, region: str, asked: Any) -> Any:  # noqa: N802
            answer = super()._ecs_DescribeTaskDefinition(region, asked)
            (container,) = answer["taskDefinition"]["containerDefinitions"]
            container |= {
                "command": ["--token=hunter3"],
                "entryPoint": ["hunter4"],
                "dockerLabels": {"a": "hunter5"},
                "healthCheck": {"command": ["hunter6"]},
                "logConfiguration": {"logDriver": "splunk", "options": OPTIONS},
            }
            return answer

    kept = msgspec.json.encode([one.documents for one in gathered(Chatty()).folders]).decode()

    assert "hunter" not in kept
    assert "PASSWORD" in kept
    assert "splunk.example.com" in kept


OPTIONS = {"splunk-url": "https://splunk.example.com:8088", "splunk-token": "hunter7"}


def test_the_same_account_gives_the_same_answers() -> None:
    """Whichever answer comes first, what is collected is the same."""

    class Slow(Account):
        turns = itertools.cycle([0.003, 0.0, 0.001, 0.002, 0.0])

        def ask(self, *arguments: Any, **more: Any) -> Any:
            time.sleep(next(self.turns))
            return super().ask(*arguments, **more)

    quick = gathered(Account(services=4, vpcs=2)).folders
    slow = gathered(Slow(services=4, vpcs=2)).folders

    assert json.dumps(msgspec.to_builtins(quick)) == json.dumps(msgspec.to_builtins(slow))


def test_the_progress_ends_with_everything_done() -> None:
    """What is told of the progress grows, and ends where all calls are made."""
    seen: list[tuple[int, int]] = []
    account = Account()
    Collector(account, CALLS, Start(regions=account.regions), lambda *now: seen.append(now)).run()

    assert seen == sorted(seen)
    assert (len(seen), len(seen)) == seen[-1]


def test_calls_grow_with_vpcs_and_pages_not_with_tasks_or_rules() -> None:
    """Running tasks and rules cost no call; another VPC costs a few, a hundred services as many pages."""
    base = sum(counted(Size(title="")).values())

    assert base == sum(counted(Size(title="", tasks=1000)).values())
    assert base == sum(counted(Size(title="", rules=500)).values())
    assert base == sum(counted(Size(title="", services=10)).values())
    assert 9 == sum(counted(Size(title="", services=100)).values()) - base
    per_vpc = [sum(counted(Size(title="", services=100, vpcs=n)).values()) for n in (20, 40, 60)]
    # Three of its own for each VPC, and for twenty one more for the addresses of their endpoints.
    assert per_vpc[1] - per_vpc[0] == per_vpc[2] - per_vpc[1] == 20 * 3 + 1
    assert max(sum(counted(size).values()) for size in SIZES) < 1000
