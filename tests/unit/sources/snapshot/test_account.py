"""The small account, judged: as it is, with something broken, and with something not told."""

from typing import Any

import pytest

from pullproof.model.value import Why
from pullproof.prove import report
from pullproof.sources.base import Options
from pullproof.sources.snapshot.load import load_answers
from pullproof.verdict import Verdict
from tests import account
from tests.unit.sources.snapshot.reading import codes, folders, judged, loaded, only, whys

Json = dict[str, Any]


def one(name: str, **members: Any) -> Json:
    """The answer of one kind, its first thing changed."""
    documents = {**account.regional(), **account.roles()}
    [key] = documents[name]
    first, *rest = documents[name][key]
    return {key: [{**first, **members}, *rest]}


def test_the_small_account_can_start() -> None:
    """From what AWS answers alone: the service is called by its cluster's name and its own."""
    answer = judged()

    assert Verdict.WORKS is only(answer).verdict
    assert ("main/web", "app:7", "1.4.0") == (
        only(answer).id,
        only(answer).task_definition,
        only(answer).platform_version,
    )
    assert ("snapshot", "here") == (answer.source_kind, answer.source_path)


ENDPOINT = {"GroupId": "sg-0endpoint", "GroupName": "endpoint", "VpcId": "vpc-0a", "IpPermissionsEgress": []}


@pytest.mark.parametrize(
    ("name", "answer", "code"),
    [
        (
            "SecurityGroups",
            account.listed("SecurityGroups", account.group("sg-0app", "app"), ENDPOINT),
            ("sg-ingress", "sg-0endpoint"),
        ),
        (
            "VpcEndpoints",
            account.listed("VpcEndpoints", *account.network()["VpcEndpoints"]["VpcEndpoints"][:-1]),
            ("endpoint-missing", "vpc-0a"),
        ),
        ("VpcAttributes", one("VpcAttributes", EnableDnsSupport=False), ("dns-support-off", "vpc-0a")),
        ("NetworkAcls", one("NetworkAcls", Entries=[]), ("nacl-egress", "acl-0a")),
        ("Roles", one("Roles", RolePolicyList=[]), ("iam-missing-action", account.ROLE)),
        (
            "SecretPolicies",
            one(
                "SecretPolicies",
                ResourcePolicy='{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}',
            ),
            ("resource-policy", account.SECRET),
        ),
    ],
)
def test_what_is_broken_is_named(name: str, answer: Json, code: tuple[str, str]) -> None:
    """Each by the code of a blocker and the id that AWS gave it."""
    assert code in codes(judged(**{name: answer}))


@pytest.mark.parametrize(
    "name",
    [
        *("VpcAttributes", "DhcpOptions", "Subnets", "RouteTables", "NetworkAcls", "SecurityGroups"),
        *("VpcEndpoints", "HostedZonesByVpc", "ResolverRules", "ResolverRuleAssociations"),
        *("FirewallRuleGroupAssociations", "ProfileAssociations", "TaskDefinitions", "Roles"),
        *("RepositoryPolicies", "SecretPolicies"),
    ],
)
def test_what_is_not_told_is_not_known(name: str) -> None:
    """Without any of the files on which the answer rests there is no certain answer, and no blocker."""
    answer = judged(**{name: None})

    assert Verdict.UNKNOWN is only(answer).verdict
    assert [] == codes(answer)


@pytest.mark.parametrize("name", ["VpcEndpoints", "NetworkAcls", "RouteTables", "SecretPolicies"])
def test_the_remedy_names_the_file_and_the_command(name: str) -> None:
    """A person can settle it by typing what stands there."""
    answer = judged(**{name: None})
    remedies = {
        unknown.settle_by for task in answer.tasks for step in task.steps for unknown in step.unknowns
    }

    assert any(f"{name}.json is not in the snapshot: aws " in remedy for remedy in remedies)


def test_a_call_that_was_denied_says_so() -> None:
    """The reason is that the caller may not, and the remedy what was written down then."""
    regional, everywhere = folders(VpcAttributes=None)
    regional.denied["VpcAttributes"] = "allow ec2:DescribeVpcAttribute to the caller"
    answer = report(load_answers([regional, everywhere], "here", Options()))
    found = {
        (unknown.why, unknown.settle_by)
        for task in answer.tasks
        for step in task.steps
        for unknown in step.unknowns
    }

    assert {(Why.NOT_ALLOWED, "allow ec2:DescribeVpcAttribute to the caller")} == found


def test_a_list_that_goes_on_is_not_whole() -> None:
    """With a token beside it there may be more: here, an endpoint that is not shown."""
    whole = account.network()["VpcEndpoints"]["VpcEndpoints"]
    part = {"VpcEndpoints": whole[:-1], "NextToken": "more"}

    assert Verdict.UNKNOWN is only(judged(VpcEndpoints=part)).verdict


def test_an_empty_list_says_that_there_is_none() -> None:
    """Nothing has to be supplied then: every endpoint is missing."""
    answer = judged(VpcEndpoints=account.listed("VpcEndpoints"), RouteTables=one("RouteTables", Routes=[]))

    assert Verdict.FAILS is only(answer).verdict
    assert [] == whys(answer)


def test_block_public_access_that_may_not_be_read_is_not_taken_as_off() -> None:
    """Where nobody asked it is taken as off, as everywhere; where the call was denied it is not known."""
    regional, everywhere = folders()
    regional.denied["VpcBlockPublicAccessOptions"] = "allow it"
    estate = load_answers([regional, everywhere], "here", Options()).estate

    assert {"block-public-access 123456789012/eu-west-1"} == set(estate.public_access_blocks)
    assert {} == loaded().estate.public_access_blocks


def test_a_participant_of_a_shared_vpc_does_not_see_what_its_owner_keeps() -> None:
    """Endpoints, and tables that are not shown, are the owner's: not known, with the remedy."""
    answer = judged(
        Vpcs=one("Vpcs", OwnerId="999999999999"),
        Subnets=one("Subnets", OwnerId="999999999999"),
        VpcEndpoints=account.listed("VpcEndpoints"),
        VpcAttributes=None,
        NetworkAcls=account.listed("NetworkAcls"),
    )
    remedies = [unknown.settle_by for step in only(answer).steps for unknown in step.unknowns]

    assert Verdict.UNKNOWN is only(answer).verdict
    assert [] == codes(answer)
    assert any("shared by the account 999999999999" in remedy for remedy in remedies)


def test_the_owners_folder_beside_it_tells_the_rest() -> None:
    """With both accounts' folders the participant's service is judged in the owner's VPC."""
    regional, everywhere = folders()
    network = {name: regional.documents.pop(name) for name in account.network()}
    theirs = "999999999999"
    for name, key in (("Vpcs", "Vpcs"), ("Subnets", "Subnets")):
        for thing in network[name][key]:
            thing["OwnerId"] = theirs
    regional.documents["Vpcs"] = network["Vpcs"]
    regional.documents["SecurityGroups"] = network["SecurityGroups"]
    owner = type(regional)(account=theirs, region=account.REGION, documents=network)
    answer = report(load_answers([regional, everywhere, owner], "here", Options()))

    assert Verdict.WORKS is only(answer).verdict
