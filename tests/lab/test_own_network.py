"""A lab that follows an account with its own DNS server and its own firewall: `lab up`, API calls, RunTask."""

from collections.abc import Iterator

import pytest

from tests.lab.running import REGION, Shop, a_lab

BIND = "10.0.1.53"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]


@pytest.fixture
def shop() -> Iterator[tuple[Shop, str]]:
    """An account whose VPC asks an instance for names, and the firewall to which its default route leads."""
    with a_lab() as lab:
        made, ec2 = Shop(lab), lab.client("ec2")
        ec2.create_network_interface(SubnetId=made.subnet, Groups=[made.group], PrivateIpAddress=BIND)
        named = [{"Key": "domain-name-servers", "Values": [BIND, "AmazonProvidedDNS"]}]
        options = ec2.create_dhcp_options(DhcpConfigurations=named)["DhcpOptions"]["DhcpOptionsId"]
        ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=made.vpc)
        walls = ec2.create_subnet(VpcId=made.vpc, CidrBlock="10.0.8.0/28")["Subnet"]["SubnetId"]
        wall = ec2.create_vpc_endpoint(
            VpcId=made.vpc,
            ServiceName=f"com.amazonaws.vpce.{REGION}.vpce-svc-0123456789abcdef0",
            VpcEndpointType="GatewayLoadBalancer",
            SubnetIds=[walls],
        )["VpcEndpoint"]["VpcEndpointId"]
        tables = ec2.describe_route_tables(
            Filters=[{"Name": "association.subnet-id", "Values": [made.subnet]}]
        )["RouteTables"]
        ec2.create_route(
            RouteTableId=tables[0]["RouteTableId"],
            DestinationCidrBlock="0.0.0.0/0",
            VpcEndpointId=wall,
        )
        yield made, wall


def test_a_task_asks_the_accounts_server_and_meets_its_firewall(shop: tuple[Shop, str]) -> None:
    """The account's instance answers it, in its container too; what goes away is seen by the firewall."""
    account, wall = shop
    lab = account.lab
    lab.until(account.followed)
    arn = account.run(
        account.define("cat /etc/resolv.conf; nslookup api.ecr.eu-west-1.amazonaws.com; sleep 300")
    )
    account.reaches(arn["taskArn"], "RUNNING")
    task = arn["taskArn"].rpartition("/")[2]
    text = lab.until(lambda: found if "Name:" in (found := lab.cli("logs", task)) else "")
    traced = lab.cli("trace", task, "--to", "registry.example.com:443", ok=False)

    assert text.startswith(f"nameserver {BIND}\nnameserver 169.254.169.253\n")
    assert f"Server:\t\t{BIND}" in text.replace("\\t", "\t")
    assert "tcp/443 does not open: no-route" in traced
    assert f"2 - {wall} 10.0.1." in lab.cli("flows")
