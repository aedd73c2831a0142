"""Which files of a folder are answers, and of which account and region."""

import json
from pathlib import Path
from typing import Any

import pytest

from pullproof.errors import InputError
from pullproof.sources.base import Options
from pullproof.sources.folders import SNAPSHOT, TERRAFORM, folder_kind
from pullproof.sources.snapshot.layout import MANIFEST, UNFINISHED
from pullproof.sources.snapshot.load import load_folder
from pullproof.sources.snapshot.read import is_snapshot, read_folder
from tests import account
from tests.dumps import written

Json = dict[str, Any]
VPC = {"Vpcs": [{"VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/16"}]}


def put(folder: Path, name: str, document: object) -> Path:
    """A file of JSON."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document), encoding="utf-8")
    return folder


def found(folder: Path) -> dict[str, list[str]]:
    """The kinds that were found, by account and region."""
    folders, _, _ = read_folder(str(folder))
    return {f"{one.account}/{one.region}": sorted(one.documents) for one in folders}


@pytest.mark.parametrize(
    ("place", "scope"),
    [
        ("Vpcs.json", "/"),
        ("my-vpcs.json", "/"),
        ("eu-west-1/Vpcs.json", "/eu-west-1"),
        ("123456789012/eu-west-1/Vpcs.json", "123456789012/eu-west-1"),
        ("aws_configs/accounts/111/us-gov-west-1/Vpcs.json", "111/us-gov-west-1"),
        ("eu-west-1/123456789012/Vpcs.json", "123456789012/eu-west-1"),
        ("123456789012/global/Vpcs.json", "123456789012/global"),
        ("aws-global/Vpcs.json", "/global"),
    ],
)
def test_folders_name_the_account_and_the_region(tmp_path: Path, place: str, scope: str) -> None:
    """In any order, and whatever the file is called: its top-level key tells what it is."""
    assert {scope: ["Vpcs"]} == found(put(tmp_path, place, VPC))


def test_the_folder_itself_may_be_a_region(tmp_path: Path) -> None:
    """Whoever passes the folder of one region gets that region."""
    put(tmp_path, "123456789012/eu-west-1/Vpcs.json", VPC)

    assert {"123456789012/eu-west-1": ["Vpcs"]} == found(tmp_path / "123456789012" / "eu-west-1")


def test_one_file_may_hold_several_answers(tmp_path: Path) -> None:
    """As `get-account-authorization-details` does."""
    role = {"Arn": "arn:aws:iam::1:role/a"}
    policy = {"Arn": "arn:aws:iam::1:policy/b", "PolicyVersionList": []}
    put(tmp_path, "iam.json", {"RoleDetailList": [role], "Policies": [policy], "UserDetailList": []})

    assert {"/": ["Policies", "Roles"]} == found(tmp_path)


def test_single_answers_are_put_together(tmp_path: Path) -> None:
    """One file for each task definition, key or zone is as good as one for all."""
    for revision in (1, 2):
        arn = f"arn:aws:ecs:eu-west-1:1:task-definition/app:{revision}"
        put(tmp_path, f"{revision}.json", {"taskDefinition": {"taskDefinitionArn": arn}, "tags": []})
    put(tmp_path, "key.json", {"KeyMetadata": {"KeyId": "k", "Arn": "arn:aws:kms:eu-west-1:1:key/k"}})
    put(tmp_path, "zone.json", {"HostedZone": {"Id": "/hostedzone/Z1", "Name": "a."}, "VPCs": []})
    [folder] = read_folder(str(tmp_path))[0]

    assert 2 == len(folder.documents["TaskDefinitions"]["taskDefinitions"])
    assert ["HostedZones", "Keys", "TaskDefinitions"] == sorted(folder.documents)


def test_pages_in_files_of_their_own_are_one_answer(tmp_path: Path) -> None:
    """What each of them lists is there; a token in any says that nobody knows whether this is all."""
    put(tmp_path, "a.json", {**VPC, "NextToken": "x"})
    put(tmp_path, "b.json", {"Vpcs": [{"VpcId": "vpc-0b", "CidrBlock": "10.1.0.0/16"}]})

    assert {"vpc-0a", "vpc-0b"} == set(load_folder(str(tmp_path), Options()).estate.vpcs)


@pytest.mark.parametrize(
    "document",
    [
        {"Aliases": [{"AliasArn": "arn", "Name": "live", "FunctionVersion": "1"}]},
        {"clusters": ["a-cluster-of-another-service"]},
        {"FileSystems": [{"FileSystemId": "fs-1", "ResourceARN": "arn"}]},
        {"Policies": [{"Id": "p-1", "Arn": "arn", "Type": "SERVICE_CONTROL_POLICY"}]},
        {"Rules": [{"RuleArn": "arn", "Priority": "1"}]},
        {"Tags": []},
        [1, 2],
        "text",
    ],
)
def test_what_other_services_answer_under_the_same_key_is_passed_over(
    tmp_path: Path, document: object
) -> None:
    """Told by what identifies their things; a note names the file."""
    put(tmp_path, "Vpcs.json", VPC)
    put(tmp_path, "other.json", document)
    loaded = load_folder(str(tmp_path), Options())

    assert ("passed over, because nothing here depends on it: other.json",) == loaded.notes


def test_half_a_snapshot_is_refused(tmp_path: Path) -> None:
    """A run that did not end leaves its mark, and the remedy says what to do about it."""
    put(tmp_path, "eu-west-1/Vpcs.json", VPC)
    (tmp_path / UNFINISHED).touch()

    with pytest.raises(InputError, match="half a snapshot") as caught:
        load_folder(str(tmp_path), Options())
    assert UNFINISHED in caught.value.remedy
    assert SNAPSHOT == folder_kind(str(tmp_path))


def test_a_manifest_says_what_was_asked_and_what_was_denied(tmp_path: Path) -> None:
    """Also of accounts of which nothing else is there."""
    put(tmp_path, "1/eu-west-1/Vpcs.json", VPC)
    manifest = {
        "schema": 1,
        "taken": "2026-01-02T03:04:05Z",
        "asked": "aws://main",
        "denied": {
            "123456789012/eu-west-1": {"Subnets": "allow ec2:DescribeSubnets", "Nonsense": "x"},
            "/eu-west-1": {"VpcEndpoints": "allow ec2:DescribeVpcEndpoints"},
        },
    }
    put(tmp_path, MANIFEST, manifest)
    folders, _, _ = read_folder(str(tmp_path))

    assert {
        ("", "eu-west-1"): {"VpcEndpoints": "allow ec2:DescribeVpcEndpoints"},
        ("123456789012", "eu-west-1"): {"Subnets": "allow ec2:DescribeSubnets"},
    } == {(one.account, one.region): one.denied for one in folders}
    [note] = load_folder(str(tmp_path), Options()).notes
    assert (
        "this is a snapshot of aws://main, taken 2026-01-02T03:04:05Z: what was there then is judged" == note
    )


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (MANIFEST, '{"schema": 2}', "form 2"),
        (MANIFEST, "{", "no manifest"),
        (MANIFEST, '{"schema": "x"}', "no manifest"),
        ("Vpcs.json", '{"Vpcs": [', "no answer of AWS"),
        ("Vpcs.json", '{"Vpcs": {"a": 1}}', "Vpcs is no list"),
        ("Vpcs.json", '{"Vpcs": [1]}', "an object is expected here"),
        ("Vpcs.json", '{"Vpcs": [{"VpcId": "vpc-0a"}, {"CidrBlock": "x"}]}', "there is no VpcId"),
        ("Vpcs.json", '{"Vpcs": [{"VpcId": 1}]}', "VpcId is 1, and text is expected"),
        ("Vpcs.json", '{"Vpcs": [{"VpcId": "v", "CidrBlockAssociationSet": 1}]}', "a list is expected"),
        ("Vpcs.json", '{"Vpcs": [{"VpcId": "v", "CidrBlockAssociationSet": [1]}]}', "an object is expected"),
        (
            "NetworkAcls.json",
            '{"NetworkAcls": [{"NetworkAclId": "a", "Entries": [{"RuleNumber": 1.5, "Egress": true}]}]}',
            "a whole number is expected",
        ),
        (
            "NetworkAcls.json",
            '{"NetworkAcls": [{"NetworkAclId": "a", "Entries": [{"RuleNumber": 1, "Egress": "x"}]}]}',
            "true or false is expected",
        ),
        (
            "SecurityGroups.json",
            '{"SecurityGroups": [{"GroupId": "g", "IpPermissions": [{"PrefixListIds": "x"}]}]}',
            "a list is expected",
        ),
        (
            "VpcEndpoints.json",
            '{"VpcEndpoints": [{"VpcEndpointId": "e", "SubnetIds": [{}]}]}',
            "SubnetIds is an object, and text is expected",
        ),
        (
            "NatGateways.json",
            '{"VpcPeeringConnections": [{"VpcPeeringConnectionId": "p", "Status": []}]}',
            "Status is a list, and an object is expected",
        ),
    ],
)
def test_what_aws_would_not_answer_is_an_error_with_its_place(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    """Never a traceback: the file, the thing in it, and what is expected."""
    put(tmp_path, "Subnets.json", {"Subnets": []})
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=says) as caught:
        load_folder(str(tmp_path), Options())
    assert caught.value.remedy
    assert name.removesuffix(".json") in caught.value.place or name == "NatGateways.json"


def test_json_that_is_no_answer_and_not_called_one_is_passed_over(tmp_path: Path) -> None:
    """Broken files of others are none of our business."""
    put(tmp_path, "Vpcs.json", VPC)
    (tmp_path / "other.json").write_text("{", encoding="utf-8")
    (tmp_path / "deep.json").write_text('{"Vpcs": ' + "[" * 5000, encoding="utf-8")

    assert {"/": ["Vpcs"]} == found(tmp_path)


def test_other_encodings_are_read(tmp_path: Path) -> None:
    """PowerShell writes UTF-16, and some editors a mark in front."""
    (tmp_path / "Vpcs.json").write_bytes(json.dumps(VPC).encode("utf-16"))

    assert {"/": ["Vpcs"]} == found(tmp_path)


def test_folders_are_told_apart(tmp_path: Path) -> None:
    """A configuration is Terraform's, a dump beside one is a dump, and nothing is left to Terraform."""
    empty, terraform, dump, both = (tmp_path / name for name in ("a", "b", "c", "d"))
    empty.mkdir()
    put(terraform, "answers/Vpcs.json", VPC)
    (terraform / "main.tf").touch()
    put(dump, "Vpcs.json", VPC)
    put(both, "aws_configs/Vpcs.json", VPC)
    (both / "main.tf").touch()

    assert [TERRAFORM, TERRAFORM, SNAPSHOT, SNAPSHOT] == [
        folder_kind(str(folder)) for folder in (empty, terraform, dump, both)
    ]
    assert TERRAFORM == folder_kind(str(tmp_path / "nowhere"))
    assert not is_snapshot(str(empty))


def test_a_folder_without_any_answer_says_so(tmp_path: Path) -> None:
    """Whoever names it as a dump is told that it is none."""
    (tmp_path / "aws_configs").mkdir()

    with pytest.raises(InputError, match="no answer of AWS"):
        load_folder(str(tmp_path), Options())


def test_marks_of_holes_from_outside_are_taken_out(tmp_path: Path) -> None:
    """Text of an account never stands for something that is not known."""
    forged = "\ue000?anything\ue001"
    put(tmp_path, "Vpcs.json", {"Vpcs": [{"VpcId": f"vpc-{forged}", "CidrBlock": forged}]})
    [vpc] = load_folder(str(tmp_path), Options()).estate.vpcs

    assert "vpc-\ufffd?anything\ufffd" == vpc


def test_a_flat_dump_tells_its_region_and_account_by_its_things(tmp_path: Path) -> None:
    """Zones and owners tell where it was taken, and the command line may."""
    answers = account.network()
    written({name: answers[name] for name in ("Vpcs", "Subnets")}, tmp_path)
    estate = load_folder(str(tmp_path), Options()).estate

    assert (account.REGION, account.ACCOUNT) == (estate.region, estate.account)
