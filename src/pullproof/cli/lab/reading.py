"""What the stand-in for AWS holds, read as any account is, but all of it: tasks may be asked for anywhere."""

from typing import Any

from pullproof.lab.servers import AMAZON
from pullproof.model.estate import Estate
from pullproof.sources.base import Options
from pullproof.sources.live.boto import Caller, Login, log_in
from pullproof.sources.live.gather import Seed, gather_as
from pullproof.sources.live.load import load_gathered
from pullproof.sources.live.target import target_of

EVERYTHING = "aws://"


class Reader:
    """Reads again and again, with one login."""

    def __init__(self) -> None:
        self._callers: dict[tuple[str, str], Caller] = {}

    def __call__(self, endpoint: str, region: str) -> Estate:
        """The estate as it is now. Raises as every reading of an account does."""
        if (endpoint, region) not in self._callers:
            self._callers[endpoint, region] = log_in(Login(regions=(region,), endpoint_url=endpoint))
        caller = self._callers[endpoint, region]
        there = Options(
            region=region,
            subnets=_every(caller, "ec2", "DescribeSubnets", "Subnets", "SubnetId"),
            groups=_every(caller, "ec2", "DescribeSecurityGroups", "SecurityGroups", "GroupId"),
        )
        definitions = _every(caller, "ecs", "ListTaskDefinitions", "taskDefinitionArns")
        seeds: tuple[Seed, ...] = tuple(("services", {"taskDefinition": arn}) for arn in definitions)
        # Whatever stands at the address of a DNS server is wanted as if a route led there.
        seeds += tuple(("RouteTables", {"Routes": [{"NetworkInterfaceId": key}]}) for key in _servers(caller))
        gathered = gather_as(caller, target_of(EVERYTHING), there, seeds=seeds)
        estate = load_gathered(gathered, EVERYTHING, Options(region=region)).estate
        # Whatever other regions its ARNs name, a lab's account was read in this one.
        estate.region = region
        return estate


def _every(caller: Caller, service: str, operation: str, key: str, name: str = "") -> tuple[str, ...]:
    """What a list of the account names; nothing where it cannot be read."""
    held = _items(caller, service, operation, key)
    return tuple(str(item[name] if name else item) for item in held)


def _servers(caller: Caller) -> tuple[str, ...]:
    """The interfaces at the addresses that DHCP options name as DNS servers."""
    options = _items(caller, "ec2", "DescribeDhcpOptions", "DhcpOptions")
    told = [each for item in options for each in item.get("DhcpConfigurations") or ()]
    named = {
        str(value["Value"])
        for each in told
        if each["Key"] == "domain-name-servers"
        for value in each.get("Values") or ()
    }
    if named <= {AMAZON}:
        return ()
    interfaces = _items(caller, "ec2", "DescribeNetworkInterfaces", "NetworkInterfaces")
    return tuple(
        str(each["NetworkInterfaceId"])
        for each in interfaces
        if each.get("PrivateIpAddress") in named and each.get("InterfaceType") == "interface"
    )


def _items(caller: Caller, service: str, operation: str, key: str) -> list[Any]:
    answer: Any = caller.asker.ask(service, operation, caller.regions[0], {}, pages=True)
    pages = answer if isinstance(answer, list) else []
    return [item for page in pages for item in page.get(key) or ()]
