"""Functions over address ranges.

https://developer.hashicorp.com/terraform/language/functions#ip-network-functions
"""

from typing import TYPE_CHECKING, TypeAlias

from pullproof.sources.terraform.hcl.functions.base import Function, exact_function
from pullproof.sources.terraform.hcl.values import Refused, Value, as_number, as_text

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

Network: TypeAlias = "IPv4Network | IPv6Network"


def _network(value: Value) -> Network:
    import ipaddress

    try:
        return ipaddress.ip_network(as_text(value), strict=False)
    except ValueError as wrong:
        raise Refused(f"{value} is no address range") from wrong


def _whole(value: Value) -> int:
    number = as_number(value)
    if isinstance(number, float):
        raise Refused("a whole number is required")
    return number


def _subnet(prefix: Value, bits: Value, number: Value) -> Value:
    return str(_part(_network(prefix), _whole(bits), _whole(number)))


def _part(network: Network, bits: int, number: int) -> Network:
    if bits < 0 or network.prefixlen + bits > network.max_prefixlen:
        raise Refused(f"{network} has no room for {bits} more bits")
    if number >= 2**bits or number < -(2**bits):
        raise Refused(f"{network} has no part {number}")
    size = network.max_prefixlen - network.prefixlen - bits
    begin = int(network.network_address) + ((number % 2**bits) << size)
    return type(network)((begin, network.prefixlen + bits))


def _subnets(prefix: Value, *bits: Value) -> Value:
    """Parts one after the other, each on a boundary of its own size."""
    network = _network(prefix)
    begin, end = int(network.network_address), int(network.broadcast_address)
    found: list[Value] = []
    for each in map(_whole, bits):
        if not 1 <= each <= network.max_prefixlen - network.prefixlen:
            raise Refused(f"{network} has no room for {each} more bits")
        size = 2 ** (network.max_prefixlen - network.prefixlen - each)
        begin = -(-begin // size) * size
        if begin + size - 1 > end:
            raise Refused(f"{network} has no room for all parts")
        found.append(str(type(network)((begin, network.prefixlen + each))))
        begin += size
    return found


def _host(prefix: Value, number: Value) -> Value:
    network, at = _network(prefix), _whole(number)
    if not -network.num_addresses <= at < network.num_addresses:
        raise Refused(f"{network} has no address {at}")
    return str(network[at])


def _netmask(prefix: Value) -> Value:
    network = _network(prefix)
    if network.version != 4:
        raise Refused("only IPv4 has netmasks")
    return str(network.netmask)


FUNCTIONS: dict[str, Function] = {
    "cidrsubnet": exact_function(_subnet, 3),
    "cidrsubnets": exact_function(_subnets, 1, None),
    "cidrhost": exact_function(_host, 2),
    "cidrnetmask": exact_function(_netmask, 1),
}
