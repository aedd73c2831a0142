"""One change in a template whose task can start: what is said of it, and what a fix writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.judge import run
from tests.templates.private_service import properties, ref, resource, template

#: What may stand for a security group that the template does not make.
OUTSIDE = {"parameter": ref("A"), "import": {"Fn::ImportValue": "group"}, "id": "sg-0123456789abcdef0"}


def written(held: dict[str, Any], where: Path) -> str:
    """The template as a file; its name."""
    (where / "template.json").write_text(json.dumps(held, indent=2), encoding="utf-8")
    return "template.json"


def groups(held: dict[str, Any], task: Any, admitted: Any) -> None:
    """The group of the task, and the one that the endpoints let in."""
    held["Parameters"] = {name: {"Type": "AWS::EC2::SecurityGroup::Id"} for name in "AB"}
    network = properties(held, "Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    network["SecurityGroups"] = [task]
    properties(held, "EndpointGroup")["SecurityGroupIngress"][0]["SourceSecurityGroupId"] = admitted


def test_it_can_start_as_it_is(tmp_path: Path) -> None:
    """What is changed below is what each verdict comes from."""
    status, _, _ = run(tmp_path, "check", written(template(), tmp_path))

    assert status == 0


@pytest.mark.parametrize("name", OUTSIDE)
def test_two_names_may_stand_for_one_group(name: str, tmp_path: Path) -> None:
    """A group that one parameter names may be the one that something else names."""
    held = template()
    groups(held, OUTSIDE[name], ref("B"))

    status, out, _ = run(tmp_path, "check", written(held, tmp_path), "--format", "json")

    assert (3, True) == (status, "are one security group" in out)


def test_two_ids_are_two_groups(tmp_path: Path) -> None:
    """Ids that are written out, and a group that the template makes, are told apart."""
    for task in ("sg-0123456789abcdef0", ref("TaskGroup")):
        held = template()
        groups(held, task, "sg-0123456789abcdef1")
        status, out, _ = run(tmp_path, "check", written(held, tmp_path))

        assert (1, True) == (status, "[sg-ingress]" in out)


def test_a_new_endpoint_is_for_the_region_of_the_stack(tmp_path: Path) -> None:
    """Nobody tells the region, and the service's name refers to it."""
    held = template()
    del held["Resources"]["EndpointApi"]

    status, _, _ = run(tmp_path, "fix", written(held, tmp_path), "--write")

    mended = json.loads((tmp_path / "template.json").read_text(encoding="utf-8"))
    found = [one["Properties"].get("ServiceName") for one in mended["Resources"].values()]
    assert status == 0
    assert {"Fn::Sub": "com.amazonaws.${AWS::Region}.ecr.api"} in found


def test_names_for_inbound_resolvers_only_become_names_for_all(tmp_path: Path) -> None:
    """Private DNS is on, and the option that keeps it from the VPC's own interfaces is what changes."""
    held = template()
    options = {"PrivateDnsOnlyForInboundResolverEndpoint": "OnlyInboundResolver"}
    changed = properties(held, "EndpointS3")
    del changed["RouteTableIds"]
    changed |= properties(held, "EndpointApi") | {
        "ServiceName": changed["ServiceName"],
        "DnsOptions": options,
    }
    name = written(held, tmp_path)

    statuses = [
        run(tmp_path, *words)[0] for words in (["check", name], ["fix", name, "--write"], ["check", name])
    ]

    mended = json.loads((tmp_path / name).read_text(encoding="utf-8"))
    assert [1, 0, 0] == statuses
    assert {"PrivateDnsOnlyForInboundResolverEndpoint": "AllResolvers"} == properties(mended, "EndpointS3")[
        "DnsOptions"
    ]


def test_no_second_endpoint_beside_one_of_the_wrong_type(tmp_path: Path) -> None:
    """AWS refuses the stack while the first one stands: it is what has to change."""
    held = template()
    del properties(held, "EndpointApi")["VpcEndpointType"]

    status, out, _ = run(tmp_path, "fix", written(held, tmp_path))

    assert (1, True) == (status, "make EndpointApi an interface endpoint" in out)


def test_a_new_rule_imports_what_the_task_imports(tmp_path: Path) -> None:
    """A group of another stack is referred to in the same way, and not by a parameter."""
    held = template()
    groups(held, OUTSIDE["import"], "sg-0123456789abcdef1")
    held["Resources"]["TaskGroup"] = resource("EC2::SecurityGroup", VpcId=ref("Vpc"), GroupDescription="t")
    properties(held, "EndpointGroup")["SecurityGroupIngress"] = [
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "192.168.0.0/16"}
    ]

    run(tmp_path, "fix", written(held, tmp_path), "--write")

    mended = json.loads((tmp_path / "template.json").read_text(encoding="utf-8"))
    rules = properties(mended, "EndpointGroup")["SecurityGroupIngress"]
    assert {"Fn::ImportValue": "group"} == rules[-1]["SourceSecurityGroupId"]


@pytest.mark.parametrize("name", ["Cluster", "Vpc"])
def test_a_number_where_properties_belong_is_no_fault_of_ours(name: str, tmp_path: Path) -> None:
    """YAML reads some digits as another number than is written: that is not known, and the rest is judged."""
    held = template()
    held["Resources"][name]["Properties"] = "THE NUMBER"
    text = json.dumps(held).replace('"THE NUMBER"', "01234567")
    (tmp_path / "template.yaml").write_text(text, encoding="utf-8")

    status, _, _ = run(tmp_path, "check", "template.yaml")

    assert (0 if name == "Cluster" else 3) == status


@pytest.mark.parametrize(
    "name", ["Vpc", "TaskGroup", "EndpointGroup", "EndpointApi", "Task", "Service", "Role"]
)
def test_properties_from_elsewhere_are_not_none(name: str, tmp_path: Path) -> None:
    """What is included from a bucket may say anything: CloudFormation's defaults are not what counts then."""
    held = template()
    held["Resources"][name]["Properties"] = {
        "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/part.yaml"}}
    }

    status, _, _ = run(tmp_path, "check", written(held, tmp_path))

    assert status == 3


def test_a_list_where_a_mapping_belongs_is_left_to_a_person(tmp_path: Path) -> None:
    """Nothing can be added to it under a name: the template stays as it is."""
    held = template()
    properties(held, "Role")["AssumeRolePolicyDocument"] = []
    name = written(held, tmp_path)
    before = (tmp_path / name).read_bytes()

    status, _, err = run(tmp_path, "fix", name, "--write")

    assert (True, before) == (status in (1, 2, 3), (tmp_path / name).read_bytes())
    assert "at fault" not in err


def test_terraform_has_no_use_for_the_names_of_a_template(tmp_path: Path) -> None:
    """A logical id is no id: what would need one is refused, in words that have no marks of ours in them."""
    held = template()
    del held["Resources"]["EndpointApi"]

    _, out, err = run(tmp_path, "fix", written(held, tmp_path), "--format", "terraform")

    assert (False, True) == ('"Vpc"' in out, "Vpc is a name of the template" in err)
    assert "com.amazonaws.${region}.ecr.api" in err
