"""The stand-in for AWS, where moto alone would answer otherwise than AWS does."""

import io
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from pullproof.lab.cloud import Cloud, operation
from pullproof.lab.ecs import Account, address_of, on_fargate, subnet_of
from pullproof.lab.guard import made

REGION = "eu-west-1"
KEYS = made()


class Api:
    """moto in this process, on two sockets: the lab's own, and the one that others ask."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.cloud = Cloud(*(_socket() for _ in range(2)), keys=KEYS, changed=self.heard.append)
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A client of the second socket."""
        if service not in self._clients:
            import boto3.session

            session = boto3.session.Session(
                aws_access_key_id=KEYS.id, aws_secret_access_key=KEYS.secret, region_name=REGION
            )
            self._clients[service] = session.client(service, endpoint_url=f"http://{self.cloud.address}")
        return self._clients[service]

    def close(self) -> None:
        """End it."""
        for client in self._clients.values():
            client.close()
        self.cloud.close()


def _socket() -> socket.socket:
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen()
    return held


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """One for all."""
    made = Api()
    yield made
    made.close()


class Place:
    """A VPC with two subnets."""

    def __init__(self, api: Api) -> None:
        self.ec2 = api.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.7.{n}.0/24")["Subnet"]["SubnetId"]
            for n in (1, 2)
        ]

    def interfaces(self, endpoint: str) -> list[tuple[str, str, list[str]]]:
        """Of an endpoint: subnet, address and groups of each interface."""
        keys = self.endpoint(endpoint)["NetworkInterfaceIds"]
        if not keys:
            return []
        found = self.ec2.describe_network_interfaces(NetworkInterfaceIds=keys)["NetworkInterfaces"]
        return sorted(
            (each["SubnetId"], each["PrivateIpAddress"], [group["GroupId"] for group in each["Groups"]])
            for each in found
        )

    def endpoint(self, key: str) -> dict[str, Any]:
        """An endpoint as it is described."""
        found: dict[str, Any] = self.ec2.describe_vpc_endpoints(VpcEndpointIds=[key])["VpcEndpoints"][0]
        return found


def test_an_endpoint_has_interfaces_where_and_with_the_groups_that_it_says(api: Api) -> None:
    """Subnets, groups and private DNS of an endpoint come true when it is made and when it is changed."""
    place = Place(api)
    first, second = (
        place.ec2.create_security_group(VpcId=place.vpc, GroupName=n, Description=n)["GroupId"] for n in "ab"
    )
    key = place.ec2.create_vpc_endpoint(
        VpcId=place.vpc,
        ServiceName=f"com.amazonaws.{REGION}.ecr.api",
        VpcEndpointType="Interface",
        SubnetIds=place.subnets[:1],
        SecurityGroupIds=[first],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]["VpcEndpointId"]
    made = place.interfaces(key)
    place.ec2.modify_vpc_endpoint(
        VpcEndpointId=key,
        AddSubnetIds=place.subnets[1:],
        RemoveSubnetIds=place.subnets[:1],
        AddSecurityGroupIds=[second],
        RemoveSecurityGroupIds=[first],
        PrivateDnsEnabled=True,
    )
    changed = place.interfaces(key)

    assert [(place.subnets[0], "10.7.1.4", [first])] == made
    assert [(place.subnets[1], "10.7.2.4", [second])] == changed
    assert place.endpoint(key)["PrivateDnsEnabled"] is True
    assert Account(REGION).managed() >= set(place.endpoint(key)["NetworkInterfaceIds"])


def test_a_gateway_endpoint_has_routes_in_its_tables_only(api: Api) -> None:
    """A table that is added has the route, and one that is removed has it no more."""
    place = Place(api)
    one, two = (place.ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"] for _ in "ab")
    key = place.ec2.create_vpc_endpoint(
        VpcId=place.vpc, ServiceName=f"com.amazonaws.{REGION}.s3", RouteTableIds=[one]
    )["VpcEndpoint"]["VpcEndpointId"]
    before = [_leads(place, table, key) for table in (one, two)]
    place.ec2.modify_vpc_endpoint(VpcEndpointId=key, AddRouteTableIds=[two], RemoveRouteTableIds=[one])

    assert [True, False] == before
    assert [False, True] == [_leads(place, table, key) for table in (one, two)]


def _leads(place: Place, table: str, endpoint: str) -> bool:
    found = place.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return any(route.get("GatewayId") == endpoint for route in found)


def test_what_services_of_aws_hold_is_told_apart(api: Api) -> None:
    """Interfaces of NAT gateways and mount targets are AWS's own affair; one that somebody made is not."""
    place, efs = Place(api), api.client("efs")
    system = efs.create_file_system(CreationToken="one")["FileSystemId"]
    target = efs.create_mount_target(FileSystemId=system, SubnetId=place.subnets[0])
    own = place.ec2.create_network_interface(SubnetId=place.subnets[0])["NetworkInterface"]
    address = place.ec2.allocate_address(Domain="vpc")["AllocationId"]
    place.ec2.create_nat_gateway(SubnetId=place.subnets[1], AllocationId=address)
    managed = Account(REGION).managed()
    gateway = place.ec2.describe_network_interfaces(
        Filters=[{"Name": "subnet-id", "Values": place.subnets[1:]}]
    )["NetworkInterfaces"]

    assert ("10.7.1.4", "10.7.1.5") == (target["IpAddress"], own["PrivateIpAddress"])
    assert {target["NetworkInterfaceId"], *(each["NetworkInterfaceId"] for each in gateway)} <= managed
    assert own["NetworkInterfaceId"] not in managed


def test_the_default_group_lets_itself_in(api: Api) -> None:
    """Whatever carries a VPC's default group reaches whatever carries it."""
    place = Place(api)
    group = place.ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [place.vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]

    assert [group["GroupId"]] == [
        pair["GroupId"] for rule in group["IpPermissions"] for pair in rule["UserIdGroupPairs"]
    ]


def test_a_task_begins_without_anything_that_it_has_not_done_yet(api: Api) -> None:
    """RunTask answers PROVISIONING with every container, an address of the subnet, and no exit code."""
    place, ecs = Place(api), api.client("ecs")
    ecs.create_cluster(clusterName="one")
    ecs.register_task_definition(
        family="two",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": name, "image": f"{name}:1"} for name in ("app", "side")],
    )
    network = {"awsvpcConfiguration": {"subnets": place.subnets[:1]}}
    task = ecs.run_task(
        cluster="one", taskDefinition="two", launchType="FARGATE", networkConfiguration=network
    )["tasks"][0]
    number = task["taskArn"].rpartition("/")[2]
    held = Account(REGION).task(number)

    assert ("PROVISIONING", "RUNNING") == (task["lastStatus"], task["desiredStatus"])
    assert [("app", None), ("side", None)] == [(c["name"], c.get("exitCode")) for c in task["containers"]]
    assert {task["taskArn"]} == {container["taskArn"] for container in task["containers"]}
    assert (place.subnets[0], 0x0A070104) == (subnet_of(held), address_of(held))
    assert 32 == len(number)

    stopped = ecs.stop_task(cluster="one", task=number)["task"]
    again = ecs.describe_tasks(cluster="one", tasks=[number])["tasks"][0]
    assert ("PROVISIONING", "STOPPED") == (stopped["lastStatus"], stopped["desiredStatus"])
    assert ("UserInitiated", "Task stopped by user") == (again["stopCode"], again["stoppedReason"])
    assert [] == ecs.list_tasks(cluster="one")["taskArns"]
    assert [task["taskArn"]] == ecs.list_tasks(cluster="one", desiredStatus="STOPPED")["taskArns"]
    with pytest.raises(ecs.exceptions.InvalidParameterException, match="was not found"):
        ecs.stop_task(cluster="one", task="0" * 32)


def test_how_containers_run_is_read_from_the_definition_and_its_overrides(api: Api) -> None:
    """Environment, command, entry point, folder and user; what RunTask overrides comes on top."""
    container = {
        "name": "app",
        "image": "app:1",
        "entryPoint": ["run"],
        "command": ["a"],
        "environment": [{"name": "ONE", "value": "1"}, {"name": "TWO", "value": "2"}],
        "workingDirectory": "/srv",
        "user": "7",
    }
    arn = api.client("ecs").register_task_definition(
        family="wishes", cpu="256", memory="512", containerDefinitions=[container]
    )["taskDefinition"]["taskDefinitionArn"]
    overrides = {
        "containerOverrides": [
            {"name": "app", "command": ["b", "c"], "environment": [{"name": "TWO", "value": "3"}]}
        ]
    }

    plain = Account(REGION).wishes(arn)["app"]
    changed = Account(REGION).wishes(arn, overrides)["app"]

    assert (("run",), ("a",), "/srv", "7") == (
        plain.entry_point,
        plain.command,
        plain.directory,
        plain.user,
    )
    assert {"ONE": "1", "TWO": "2"} == plain.environment
    assert (("b", "c"), {"ONE": "1", "TWO": "3"}) == (changed.command, changed.environment)
    assert {} == Account(REGION).wishes("nothing:9")


def test_only_what_may_change_something_is_told(api: Api) -> None:
    """Reading through the API tells nobody; making does, by the operation's name."""
    api.heard.clear()
    api.client("ec2").describe_vpcs()
    api.client("ecs").list_clusters()
    api.cloud.client("ecs", REGION).create_cluster(clusterName="quiet")
    silent = list(api.heard)
    api.client("ecs").create_cluster(clusterName="loud")
    api.client("ec2").create_vpc(CidrBlock="10.8.0.0/16")

    assert [] == silent
    assert ["CreateCluster", "CreateVpc"] == api.heard


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HTTP_X_AMZ_TARGET": "AmazonEC2ContainerServiceV20141113.RunTask"}, "RunTask"),
        ({"CONTENT_TYPE": "application/x-www-form-urlencoded", "body": b"Version=1&Action=A"}, "A"),
        ({"CONTENT_TYPE": "application/x-www-form-urlencoded", "body": b"\xff&&=&"}, ""),
        ({"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "many"}, ""),
        ({"CONTENT_TYPE": "application/xml", "body": b"Action=A"}, ""),
        ({}, ""),
    ],
)
def test_the_operation_is_read_and_the_body_stays(environ: dict[str, Any], expected: str) -> None:
    """Whatever a client sends, its body is there to be read again."""
    body = environ.pop("body", b"")
    given: dict[str, Any] = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)} | environ

    assert expected == operation(given)
    assert body == given["wsgi.input"].read()


@pytest.mark.parametrize(
    ("launch", "strategy", "expected"),
    [
        ("FARGATE", None, True),
        ("EC2", None, False),
        (None, [{"capacityProvider": "FARGATE_SPOT"}], True),
        (None, [{"capacityProvider": "mine"}], False),
    ],
)
def test_services_on_fargate(launch: str | None, strategy: Any, expected: bool) -> None:
    """By the launch type, or by the capacity providers."""
    from types import SimpleNamespace

    service = SimpleNamespace(launch_type=launch, capacity_provider_strategy=strategy)

    assert expected is on_fargate(service)
