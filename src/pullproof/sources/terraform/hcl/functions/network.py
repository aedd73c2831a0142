"""Functions over address ranges.

https://developer.hashicorp.com/terraform/language/functions#ip-network-functions
"""

import re

import msgspec

from pullproof.sources.terraform.hcl.functions.base import Function, exact_function
from pullproof.sources.terraform.hcl.values import Refused, Value, as_number, as_text

_IPV4 = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})/(\d{1,2})")


class _Range(msgspec.Struct, frozen=True):
    """The addresses from `begin` on that share the first `length` of `bits` bits."""

    begin: int
    length: int
    bits: int

    @property
    def size(self) -> int:
        return 1 << (self.bits - self.length)

    def __str__(self) -> str:
        return f"{_address(self.begin, self.bits)}/{self.length}"


def _range(value: Value) -> _Range:
    text = as_text(value)
    if found := _IPV4.fullmatch(text):
        *parts, length = (int(part) for part in found.groups())
        # A leading zero is octal to some and refused by others.
        plain = all(part < 256 for part in parts) and not re.search(r"(?:^|\.)0\d", text)
        if plain and length <= 32:
            number = int.from_bytes(bytes(parts), "big")
            return _Range(number >> (32 - length) << (32 - length), length, 32)
        raise Refused(f"{text} is no address range")
    import ipaddress  # slow to import, and IPv6 is rare

    try:
        network = ipaddress.IPv6Network(text, strict=False)
    except ValueError as wrong:
        raise Refused(f"{text} is no address range") from wrong
    return _Range(int(network.network_address), network.prefixlen, 128)


def _address(number: int, bits: int) -> str:
    if bits == 32:
        return ".".join(map(str, number.to_bytes(4, "big")))
    import ipaddress

    return str(ipaddress.IPv6Address(number))


def _whole(value: Value) -> int:
    number = as_number(value)
    if isinstance(number, float):
        raise Refused("a whole number is required")
    return number


def _subnet(prefix: Value, bits: Value, number: Value) -> Value:
    whole, more, at = _range(prefix), _whole(bits), _whole(number)
    if more < 0 or whole.length + more > whole.bits:
        raise Refused(f"{whole} has no room for {more} more bits")
    if not -(1 << more) <= at < 1 << more:
        raise Refused(f"{whole} has no part {at}")
    size = whole.size >> more
    return str(_Range(whole.begin + at % (1 << more) * size, whole.length + more, whole.bits))


def _subnets(prefix: Value, *bits: Value) -> Value:
    """Parts one after the other, each on a boundary of its own size."""
    whole = _range(prefix)
    begin, end = whole.begin, whole.begin + whole.size
    found: list[Value] = []
    for more in map(_whole, bits):
        if not 1 <= more <= whole.bits - whole.length:
            raise Refused(f"{whole} has no room for {more} more bits")
        size = whole.size >> more
        begin = -(-begin // size) * size
        if begin + size > end:
            raise Refused(f"{whole} has no room for all parts")
        found.append(str(_Range(begin, whole.length + more, whole.bits)))
        begin += size
    return found


def _host(prefix: Value, number: Value) -> Value:
    whole, at = _range(prefix), _whole(number)
    if not -whole.size <= at < whole.size:
        raise Refused(f"{whole} has no address {at}")
    return _address(whole.begin + at % whole.size, whole.bits)


def _netmask(prefix: Value) -> Value:
    whole = _range(prefix)
    if whole.bits != 32:
        raise Refused("only IPv4 has netmasks")
    return _address((1 << 32) - whole.size, 32)


FUNCTIONS: dict[str, Function] = {
    "cidrsubnet": exact_function(_subnet, 3),
    "cidrsubnets": exact_function(_subnets, 1, None),
    "cidrhost": exact_function(_host, 2),
    "cidrnetmask": exact_function(_netmask, 1),
}
