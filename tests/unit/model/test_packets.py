"""Protocols and ports, as rules write them."""

import pytest

from pullproof.model.packets import (
    ALL_TRAFFIC,
    ANY_PROTOCOL,
    EVERY_PORT,
    ICMP,
    TCP,
    UDP,
    Service,
    ports_text,
    protocol_name,
    protocol_number,
    service,
    tcp,
)


@pytest.mark.parametrize(
    ("text", "number"), [("tcp", 6), ("6", 6), ("-1", -1), ("ALL", -1), (" Udp ", 17), ("50", 50)]
)
def test_protocols_are_read_by_name_and_number(text: str, number: int) -> None:
    """As AWS accepts them."""
    assert number == protocol_number(text)


@pytest.mark.parametrize("text", ["", "tcpp", "256", "-2", "1.5"])
def test_what_is_no_protocol_is_refused(text: str) -> None:
    """Anything else is an error of the caller."""
    with pytest.raises(ValueError, match=r".+"):
        protocol_number(text)


def test_only_tcp_and_udp_have_ports() -> None:
    """Other protocols carry every port, whatever is written; ports are clipped to what there is."""
    assert EVERY_PORT == service(ICMP, 8, 0).ports
    assert EVERY_PORT == service(ANY_PROTOCOL, 443, 443).ports
    assert ((0, 65535),) == service(TCP, -1, 99999).ports
    assert ((443, 443),) == service(UDP, 443, 443).ports


def test_a_rule_for_everything_means_every_packet() -> None:
    """And a rule for one port no other."""
    assert ALL_TRAFFIC.covers(TCP, ((443, 443),))
    assert tcp(443).covers(TCP, ((443, 443),))
    assert not tcp(443).covers(TCP, ((443, 444),))
    assert not tcp(443).covers(UDP, ((443, 443),))
    assert ((443, 443),) == tcp(443).meets(TCP, EVERY_PORT)
    assert () == tcp(443).meets(UDP, EVERY_PORT)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (tcp(443), "tcp 443"),
        (ALL_TRAFFIC, "all"),
        (Service(TCP, ((80, 80), (443, 445))), "tcp 80, 443-445"),
        (service(50, 0, 0), "protocol 50"),
        (service(TCP, 0, 65535), "tcp"),
    ],
)
def test_services_are_written_as_people_say_them(what: Service, text: str) -> None:
    """The protocol, and the ports if there are any to name."""
    assert text == str(what)


def test_ports_and_protocols_have_words() -> None:
    """For messages."""
    assert "1024-65535" == ports_text(((1024, 65535),))
    assert "icmpv6" == protocol_name(58)
