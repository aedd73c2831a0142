"""Sets of IP addresses, both families, with an exact algebra; and single CIDR blocks.

Addresses are whole numbers inside `Ranges`. `ipaddress` costs ten milliseconds to import, so IPv4,
which is nearly everything, is read here and IPv6 is left to it.
"""

from functools import lru_cache

import msgspec

from pullproof.model import ranges
from pullproof.model.ranges import Ranges

V4_BITS = 32
V6_BITS = 128


class Cidr(msgspec.Struct, frozen=True, order=True):
    """One block: the family (4 or 6), the first address as a number, the length of the prefix."""

    family: int
    first: int
    prefix: int

    @property
    def last(self) -> int:
        """The last address of the block."""
        return self.first + (1 << (self.bits - self.prefix)) - 1

    @property
    def bits(self) -> int:
        """How many bits an address of this family has."""
        return V4_BITS if self.family == 4 else V6_BITS

    def __str__(self) -> str:
        """As `10.0.0.0/16`."""
        return f"{dotted(self.first) if self.family == 4 else colons(self.first)}/{self.prefix}"


class Addresses(msgspec.Struct, frozen=True):
    """A set of addresses; the two families never mix."""

    v4: Ranges = ()
    v6: Ranges = ()

    def __bool__(self) -> bool:
        """Whether there is any address in it."""
        return bool(self.v4 or self.v6)

    def __or__(self, other: "Addresses") -> "Addresses":
        """Addresses in either."""
        return Addresses(ranges.union(self.v4, other.v4), ranges.union(self.v6, other.v6))

    def __and__(self, other: "Addresses") -> "Addresses":
        """Addresses in both."""
        return Addresses(ranges.intersection(self.v4, other.v4), ranges.intersection(self.v6, other.v6))

    def __sub__(self, other: "Addresses") -> "Addresses":
        """Addresses here and not there."""
        return Addresses(ranges.difference(self.v4, other.v4), ranges.difference(self.v6, other.v6))

    def covers(self, other: "Addresses") -> bool:
        """Whether every address of `other` is here."""
        return ranges.covers(self.v4, other.v4) and ranges.covers(self.v6, other.v6)

    def __str__(self) -> str:
        """As CIDR blocks, comma-separated."""
        return ", ".join(str(block) for block in blocks(self)) or "no address"


NOWHERE = Addresses()
EVERY_V4 = Addresses(v4=((0, (1 << V4_BITS) - 1),))
EVERY_V6 = Addresses(v6=((0, (1 << V6_BITS) - 1),))
EVERYWHERE = EVERY_V4 | EVERY_V6


@lru_cache(maxsize=65536)
def cidr(text: str) -> Cidr:
    """Read `10.0.0.0/16`, `10.0.0.1` (a /32) or an IPv6 block; host bits are dropped, as AWS does.

    Raises ValueError for anything else.
    """
    address, slash, length = text.strip().partition("/")
    family, number = (6, _v6(address)) if ":" in address else (4, _v4(address))
    bits = V4_BITS if family == 4 else V6_BITS
    if slash and not (length.isascii() and length.isdigit()):
        raise ValueError(f"not a CIDR block: {text!r}")
    prefix = int(length) if slash else bits
    if prefix > bits:
        raise ValueError(f"not a CIDR block: {text!r}")
    return Cidr(family, number >> (bits - prefix) << (bits - prefix), prefix)


@lru_cache(maxsize=65536)
def of_cidr(block: Cidr) -> Addresses:
    """The addresses of one block."""
    span = ((block.first, block.last),)
    return Addresses(v4=span) if block.family == 4 else Addresses(v6=span)


def of(*texts: str) -> Addresses:
    """The addresses of several blocks, each as `cidr` reads it."""
    if len(texts) == 1:
        return of_cidr(cidr(texts[0]))
    found = [cidr(text) for text in texts]
    return Addresses(
        ranges.normal((block.first, block.last) for block in found if block.family == 4),
        ranges.normal((block.first, block.last) for block in found if block.family == 6),
    )


def blocks(addresses: Addresses) -> tuple[Cidr, ...]:
    """The fewest blocks that make up the set, IPv4 first."""
    found: list[Cidr] = []
    for family, bits, spans in ((4, V4_BITS, addresses.v4), (6, V6_BITS, addresses.v6)):
        for first, last in spans:
            while first <= last:
                free = (first & -first).bit_length() - 1 if first else bits
                fits = (last - first + 1).bit_length() - 1
                size = min(free, fits)
                found.append(Cidr(family, first, bits - size))
                first += 1 << size
    return tuple(found)


def dotted(number: int) -> str:
    """An IPv4 address as people write it."""
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def colons(number: int) -> str:
    """An IPv6 address as people write it."""
    from ipaddress import IPv6Address

    return str(IPv6Address(number))


def _v4(address: str) -> int:
    parts = address.split(".")
    if len(parts) != 4 or not all(p.isascii() and p.isdigit() and len(p) <= 3 for p in parts):
        raise ValueError(f"not an IP address: {address!r}")
    numbers = [int(part) for part in parts]
    if max(numbers) > 255:
        raise ValueError(f"not an IP address: {address!r}")
    return numbers[0] << 24 | numbers[1] << 16 | numbers[2] << 8 | numbers[3]


def _v6(address: str) -> int:
    from ipaddress import IPv6Address

    return int(IPv6Address(address.partition("%")[0]))


#: Special-purpose blocks that no public service lives in (IANA's registries, RFC 6890).
PRIVATE_V4 = of(
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
)  # fmt: skip
#: Where a public IPv4 host may be.
PUBLIC_V4 = EVERY_V4 - PRIVATE_V4
#: Where a public IPv6 host may be: global unicast.
PUBLIC_V6 = Addresses(v6=((0x2000 << 112, (0x4000 << 112) - 1),))
