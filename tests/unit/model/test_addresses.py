"""Single blocks and sets of addresses: how they are read and written."""

import pytest

from pullproof.model import addresses
from pullproof.model.addresses import (
    EVERYWHERE,
    NOWHERE,
    PRIVATE_V4,
    PUBLIC_V4,
    Addresses,
    Cidr,
    blocks,
    cidr,
    of,
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("10.0.3.7/16", "10.0.0.0/16"),
        (" 10.0.0.1 ", "10.0.0.1/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("fd00::1/64", "fd00::/64"),
        ("::/0", "::/0"),
        ("fe80::1%eth0", "fe80::1/128"),
    ],
)
def test_a_block_is_read_as_aws_reads_it(text: str, written: str) -> None:
    """Host bits are dropped; an address alone is a block of one."""
    assert written == str(cidr(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0",
        "10.0.0.0/33",
        "10.0.0.256",
        "10.0.0.0/x",
        "10.0.0.0/",
        "a.b.c.d",
        "::/129",
        "1000.1.1.1",
        "10/8",
    ],
)
def test_what_is_no_block_is_refused(text: str) -> None:
    """Anything else is an error of the caller."""
    with pytest.raises(ValueError, match=r".+"):
        cidr(text)


def test_the_two_families_never_mix() -> None:
    """Every IPv4 address and every IPv6 address are two sets."""
    assert EVERYWHERE.covers(of("10.0.0.0/8", "fd00::/8"))
    assert not of("0.0.0.0/0").covers(of("::/128"))
    assert not of("0.0.0.0/0") & of("::/0")


def test_sets_are_written_as_blocks() -> None:
    """IPv4 first; nothing has a word of its own."""
    assert "10.0.0.0/23, 10.0.2.0/24, fd00::/64" == str(
        of("fd00::/64", "10.0.2.0/24", "10.0.0.0/24", "10.0.1.0/24")
    )
    assert "no address" == str(NOWHERE)
    assert "0.0.0.0/0" == str(addresses.EVERY_V4)
    assert bool(EVERYWHERE)
    assert not NOWHERE


def test_public_and_private_make_up_all_of_ipv4() -> None:
    """What is not special is where a public host may be."""
    assert addresses.EVERY_V4 == PUBLIC_V4 | PRIVATE_V4
    assert not PUBLIC_V4 & PRIVATE_V4
    assert PUBLIC_V4.covers(of("52.218.0.0/17"))


def test_a_block_knows_its_ends() -> None:
    """The first and the last address, and how many bits they have."""
    block = cidr("10.0.0.0/24")

    assert (block.first, block.first + 255, 32) == (block.first, block.last, block.bits)
    assert 128 == cidr("::1").bits
    assert (Cidr(4, 0, 0),) == blocks(Addresses(v4=((0, 2**32 - 1),)))
