"""From launches to reports: places, folding, warnings, what is not settled."""

from typing import Any

import msgspec
import pytest

from pullproof.evidence import Via
from pullproof.finding import TaskReport
from pullproof.model import addresses
from pullproof.model.ecs import LaunchKind
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry
from pullproof.model.packets import TCP, Service
from pullproof.model.value import Listing, Unknown
from pullproof.prove import prove, report
from pullproof.verdict import Verdict
from tests.rules.build import (
    REGION,
    UNKNOWN,
    allow,
    at,
    awslogs,
    change,
    container,
    document,
    efs,
    estate,
    launch,
    may,
    may_not,
    nat,
    proved,
    said,
    secrets,
    warned,
    without,
)

WORKS, FAILS, NOT_KNOWN = Verdict.WORKS, Verdict.FAILS, Verdict.UNKNOWN


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """As `sources.base.Loaded`."""

    estate: Estate
    kind: str = "terraform-plan"
    path: str = "plan.json"
    notes: tuple[str, ...] = ("a note",)
    not_launched: tuple[str, ...] = ("other",)
    places: dict[str, str] = {}


def everything() -> Estate:
    """The working estate with a task that uses every step."""
    return launch(
        estate(
            container(
                secrets=secrets(
                    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", "/app/mode"
                ),
                environment_files=Listing(("arn:aws:s3:::settings/app.env",)),
                log=awslogs(),
            ),
            container("registry.example.com/app", repository_credentials="db"),
            volumes=efs(),
        ),
        exec_enabled=True,
    )


def test_a_report_has_every_step_in_launch_order() -> None:
    """Steps come in the order in which Fargate does them, those that work too."""
    made = nat(everything())
    steps = list(dict.fromkeys(step.step for step in proved(made).steps))

    assert [
        "role",
        "registry-credentials",
        "secrets",
        "parameters",
        "ecr-login",
        "image-manifest",
        "image-layers",
        "env-files",
        "logs",
        "efs",
        "exec",
    ] == steps


def test_a_report_says_how_the_input_was_read() -> None:
    """What the source says is passed on."""
    found = report(Loaded(estate=estate(), places={"service": "main.tf:1"}))

    assert ("terraform-plan", "plan.json", ("a note",)) == (found.source_kind, found.source_path, found.notes)
    assert (("other",), {"service": "main.tf:1"}) == (found.not_launched, found.places)
    assert 1 == found.count(WORKS)


def test_a_report_names_its_task() -> None:
    """Address, kind, definition and platform are the launch's."""
    found = proved(launch(estate(), kind=LaunchKind.SCHEDULER))

    assert ("service", "scheduler-schedule", "task", "1.4.0") == (
        found.id,
        found.kind,
        found.task_definition,
        found.platform_version,
    )


def test_the_same_estate_gives_the_same_report() -> None:
    """Nothing depends on the order of a set or on what was asked before."""
    made = without(everything(), "logs")

    assert proved(made) == proved(made) == proved(without(everything(), "logs"))


def test_only_what_is_asked_for_is_judged() -> None:
    """Launches can be chosen by key; what certainly is not on Fargate is left out."""
    made = estate()
    for key, fargate in (("elsewhere", False), ("perhaps", UNKNOWN)):
        made.launches[key] = msgspec.structs.replace(made.launches["service"], key=key, fargate=fargate)

    assert ["service", "perhaps"] == [task.id for task in prove(made)]
    assert ["perhaps"] == [task.id for task in prove(made, only={"perhaps", "elsewhere"})]
    assert [WORKS, NOT_KNOWN] == [task.verdict for task in prove(made)]


@pytest.mark.parametrize("definition", ["elsewhere", UNKNOWN])
def test_a_task_definition_that_is_not_shown_is_not_known(definition: Any) -> None:
    """Without a definition nothing is known that would have to work."""
    found = proved(launch(estate(), task_definition=definition))

    assert (NOT_KNOWN, ()) == (found.verdict, found.steps)


def test_a_definition_without_containers_is_not_a_task_that_starts() -> None:
    """No requirement at all is no proof."""
    made = estate()
    change(made.task_definitions, "task", containers=Listing())

    assert NOT_KNOWN is proved(made).verdict


def test_containers_that_may_be_more_leave_a_task_unknown_at_best() -> None:
    """What is known of them works; a blocker among it still decides."""
    made, blocked = estate(), without(estate(), "ecr.api")
    for each in (made, blocked):
        change(each.task_definitions, "task", containers=Listing((container(inferred=True),), (UNKNOWN,)))

    assert (NOT_KNOWN, (UNKNOWN,)) == (proved(made).verdict, proved(made).unsettled)
    assert FAILS is proved(blocked).verdict


@pytest.mark.parametrize("subnets", [Listing(), Listing((), (UNKNOWN,))])
def test_without_a_subnet_nothing_is_proven(subnets: Listing[str]) -> None:
    """The network is not known, and why is said; roles and policies are judged all the same."""
    made = launch(may_not(everything(), "secretsmanager:GetSecretValue"), subnets=subnets)
    found = proved(made)

    assert (FAILS, False) == (found.verdict, found.intermittent)
    assert (("unknown",), ("iam-missing-action execution",)) == (
        said(found, "ecr-login"),
        said(found, "secret"),
    )
    assert {()} == {step.subnets for step in found.steps}
    assert 1 == len(found.unsettled)
    assert NOT_KNOWN is proved(launch(estate(), subnets=subnets)).verdict


def test_subnets_that_may_be_more_leave_a_task_unknown() -> None:
    """A subnet that is not listed may be one in which it fails."""
    found = proved(launch(estate(), subnets=Listing(("subnet-a",), (UNKNOWN,))))

    assert (NOT_KNOWN, (UNKNOWN,)) == (found.verdict, found.unsettled)


def among(made: Estate) -> TaskReport:
    """The report on a task that runs in one or both of two subnets, nobody knows in which."""
    return proved(launch(made, subnets=Listing((), (UNKNOWN,), ("subnet-a", "subnet-b"))))


def test_a_task_in_some_of_several_subnets_is_judged_in_all() -> None:
    """What works in all of them works, what fails in all fails, and anything else is not settled."""
    assert [WORKS, NOT_KNOWN, FAILS] == [
        among(made).verdict for made in (estate(), one_bad_subnet(), without(estate(), "s3"))
    ]
    assert ("works", "unknown") == said(among(one_bad_subnet()), "ecr-layers")


def test_a_subnet_that_is_not_shown_is_not_known() -> None:
    """Where it leads is in another input."""
    found = proved(launch(estate(), subnets=Listing(("subnet-a", "subnet-elsewhere"))))

    assert NOT_KNOWN is found.verdict
    assert {"works", "unknown"} == set(said(found, "ecr-login"))


def one_bad_subnet() -> Estate:
    """The second subnet has a route table of its own, without the S3 endpoint."""
    made = estate()
    made.route_tables["rtb-b"] = msgspec.structs.replace(
        made.route_tables["rtb"], key="rtb-b", origin=at("rtb-b")
    )
    change(made.subnets, "subnet-b", route_table="rtb-b")
    return made


def layers(found: TaskReport) -> dict[tuple[str, ...], tuple[str, Via, bool]]:
    """By subnets, what is said of the layers."""
    return {
        step.subnets: (step.verdict.value, step.via, step.intermittent)
        for step in found.steps
        if step.rule.id == "ecr-layers"
    }


def test_one_bad_subnet_fails_some_launches() -> None:
    """The task cannot start, intermittently; each kind of subnet is a step of its own."""
    found = proved(one_bad_subnet())

    assert (FAILS, True) == (found.verdict, found.intermittent)
    assert {
        ("subnet-a",): ("works", Via.GATEWAY_ENDPOINT, False),
        ("subnet-b",): ("fails", Via.NONE, False),
    } == layers(found)
    assert ("works", "gateway-not-associated rtb-b") == said(found, "ecr-layers")


def test_two_bad_subnets_fail_every_launch() -> None:
    """Where no subnet is good, or something fails everywhere, nothing is intermittent."""
    nowhere = without(estate(), "s3")
    everywhere = without(one_bad_subnet(), "ecr.api")

    assert [(FAILS, False)] * 2 == [(p.verdict, p.intermittent) for p in map(proved, (nowhere, everywhere))]


def test_a_denied_call_fails_every_launch() -> None:
    """What policies refuse does not depend on the subnet."""
    found = proved(may_not(one_bad_subnet(), "ecr:GetAuthorizationToken"))

    assert (FAILS, False) == (found.verdict, found.intermittent)


def test_subnets_that_answer_alike_share_a_step() -> None:
    """Decisions of both are kept, and the path of the first is shown."""
    found = proved(without(estate(), "ecr.api"))
    (login,) = (step for step in found.steps if step.rule.id == "ecr-login")

    assert ("subnet-a", "subnet-b") == login.subnets
    assert 1 == len(login.blockers)
    assert {hop.verdict for hop in login.network} >= {FAILS}


def partly() -> Estate:
    """An endpoint with interfaces in both subnets, of which the first one's ACL drops what comes in."""
    made = estate()
    entry = AclEntry(
        origin=at("acl-a"),
        number=1,
        allow=False,
        service=Service(TCP, ((443, 443),)),
        block=addresses.of("10.0.2.0/24"),
    )
    rest = made.acls["acl"].ingress.items[0]
    made.acls["acl-a"] = msgspec.structs.replace(
        made.acls["acl"], key="acl-a", origin=at("acl-a"), ingress=Listing((entry, rest))
    )
    change(made.subnets, "subnet-a", acl="acl-a")
    return made


def test_one_bad_target_fails_some_launches() -> None:
    """From the second subnet only one interface of each endpoint is in reach."""
    found = proved(partly())
    logins = {step.subnets: step for step in found.steps if step.rule.id == "ecr-login"}

    assert (FAILS, True) == (found.verdict, found.intermittent)
    assert (WORKS, FAILS) == (logins["subnet-a",].verdict, logins["subnet-b",].verdict)
    assert logins["subnet-b",].intermittent
    assert not logins["subnet-a",].intermittent


def test_a_refusal_beside_a_bad_target_fails_every_launch() -> None:
    """A policy refuses whichever interface is met."""
    found = proved(may(partly(), "execution", []))
    logins = {step.subnets: step for step in found.steps if step.rule.id == "ecr-login"}

    assert not logins["subnet-b",].intermittent
    assert not found.intermittent


@pytest.mark.parametrize(("unseen", "expected"), [(None, FAILS), (UNKNOWN, WORKS)])
def test_no_task_has_a_group_of_another_vpc(unseen: Any, expected: Verdict) -> None:
    """AWS refuses it; a VPC that the input does not make may be the same by another name."""
    made = estate()
    vpc, (group, *_) = next(iter(made.vpcs.values())), made.launches["service"].groups.items
    made.vpcs["other"] = msgspec.structs.replace(vpc, key="other", unseen=unseen)
    change(made.groups, group, vpc="other")

    assert expected is proved(made).verdict


def test_an_endpoint_policy_is_asked_of_what_goes_through_it() -> None:
    """By NAT the same call meets no endpoint and no policy of one."""
    shut, around = estate(), without(nat(estate()), "ecr.api")
    change(shut.endpoints, "ecr.api", policy=allow(["ecr:Describe*"], Principal="*"))

    assert ("endpoint-policy ecr.api",) == said(proved(shut), "ecr-login")
    assert ("works",) == said(proved(around), "ecr-login")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (estate, "works"),
        (lambda: without(nat(estate()), "ecr.dkr"), "resource-policy repository"),
        (lambda: without(estate(), "ecr.dkr"), "endpoint-missing vpc"),
    ],
    ids=["endpoint", "nat", "nowhere"],
)
def test_conditions_see_the_way_that_the_network_takes(made: Any, expected: str) -> None:
    """A denial outside of the VPC is met by NAT; of a call that leads nowhere the way is not known."""
    each = made()
    change(each.vpcs, "vpc", id="vpc-1")
    outside = {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage", "Condition": outside}
    change(each.repositories, "repository", policy=document([deny]))

    assert (expected,) == said(proved(each), "ecr-manifest")


def test_the_account_of_a_resource_is_seen_by_conditions() -> None:
    """A role that may read secrets of its own account may read this one."""
    mine = {"StringEquals": {"aws:ResourceAccount": "111122223333", "aws:RequestedRegion": REGION}}
    made = estate(
        container(secrets=secrets("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"))
    )
    read = allow(["secretsmanager:GetSecretValue"], Condition=mine)
    change(made.roles, "execution", policies=Listing((read,)))

    assert ("works",) == said(proved(made), "secret")


def test_a_trust_policy_may_ask_for_the_account() -> None:
    """ECS assumes roles for tasks of one account and region."""
    condition = {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:111122223333:*"},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    made = estate()
    change(made.roles, "execution", trust=document([statement]))

    assert ("works",) == said(proved(made), "execution-role")


@pytest.mark.parametrize(
    ("policy", "account", "expected"),
    [
        (None, "111122223333", "works"),
        (Unknown(UNKNOWN.why, "the policy", "secret", "apply"), "111122223333", "unknown"),
    ],
)
def test_a_policy_that_is_not_known_may_deny(policy: Any, account: str, expected: str) -> None:
    """A policy in the input whose text is not known leaves it unknown."""
    made = estate(
        container(secrets=secrets("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"))
    )
    made.account = account
    change(made.secrets, "secret", policy=policy)

    assert (expected,) == said(proved(made), "secret")


def test_warnings_of_the_launch_are_passed_on() -> None:
    """A retired platform, no task wanted, a region whose needs are disputed."""
    made = launch(estate(), platform_version="1.3.0", desired_count=0, region="ca-west-1")

    assert {
        ("platform-retired", "service"),
        ("no-desired-tasks", "service"),
        ("new-region-endpoints", "service"),
    } == warned(proved(made))


def test_replies_to_a_part_of_the_ephemeral_ports_are_worth_a_warning() -> None:
    """Linux's own ports are let in, and not all that AWS says to open."""
    made = estate()
    entries = tuple(
        AclEntry(origin=at("acl"), number=n, allow=True, service=service, block=addresses.EVERYWHERE)
        for n, service in enumerate((Service(TCP, ((443, 443),)), Service(TCP, ((32768, 60999),))))
    )
    change(made.acls, "acl", ingress=Listing(entries))
    found = proved(made)

    assert (WORKS, {("ephemeral-range", "acl")}) == (found.verdict, warned(found))


@pytest.mark.parametrize(
    ("os", "blocked"), [("LINUX", False), ("WINDOWS_SERVER_2022_CORE", True), (UNKNOWN, False)]
)
def test_windows_starts_from_other_ports(os: Any, blocked: bool) -> None:
    """An ACL that admits replies to Linux's ports only drops those to a Windows task's."""
    made = estate(os=os)
    entries = tuple(
        AclEntry(origin=at("acl"), number=n, allow=True, service=service, block=addresses.EVERYWHERE)
        for n, service in enumerate((Service(TCP, ((443, 443),)), Service(TCP, ((32768, 60999),))))
    )
    change(made.acls, "acl", ingress=Listing(entries))

    assert blocked is (FAILS is proved(made).verdict)


def test_a_task_on_old_platforms_is_the_story_of_the_upgrade() -> None:
    """A network with ecr.dkr, logs and S3 alone is enough for 1.3.0, and not for 1.4.0."""
    made = estate(container(secrets=secrets("/app/mode"), log=awslogs()))
    for service in ("ecr.api", "secretsmanager", "ssm"):
        without(made, service)
    before, after = proved(made, "1.3.0"), proved(made, "1.4.0")

    assert (WORKS, FAILS) == (before.verdict, after.verdict)
    assert {"ecr-login", "parameters"} == {step.step for step in after.steps if step.verdict is FAILS}
