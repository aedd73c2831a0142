"""The details of a message: addresses, names, the policy that refused."""

import pytest

from pullproof.explain.clues import is_private
from pullproof.explain.row import CUSTOM_DNS, Nature
from pullproof.explain.understand import Meaning, understand

POST = 'cannot pull registry auth from Amazon ECR: Post "https://api.ecr.eu-west-1.amazonaws.com/"'
LAYER = (
    "failed to copy: httpReadSeeker: failed open: failed to do request: Get https://bucket.s3.amazonaws.com"
)
LOOKUP = "dial tcp: lookup api.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53"


def meaning(text: str) -> Meaning:
    """What a text with one message means."""
    (only,) = understand(text)
    return only


def test_a_private_address_leaves_the_filters() -> None:
    """A private address means that the endpoint's name worked, so that only groups and ACLs are left."""
    told = meaning(f"{POST}: dial tcp 10.0.1.25:443: i/o timeout")

    assert ("sg-ingress", "sg-egress", "nacl-egress", "nacl-ingress", "nacl-return") == told.causes
    assert CUSTOM_DNS not in told.others
    assert "dialled 10.0.1.25:443" == told.clues[0].says


def test_a_public_address_rules_the_endpoint_out() -> None:
    """A public address means that no endpoint with private DNS was met."""
    told = meaning(f"{POST}: dial tcp 54.239.33.7:443: i/o timeout")

    assert {"endpoint-missing", "private-dns-off", "no-public-ip"} <= set(told.causes)
    assert set() == {"sg-ingress", "nacl-ingress"} & set(told.causes)
    assert CUSTOM_DNS in told.others


def test_a_public_address_of_s3_rules_nothing_out() -> None:
    """Layers come from public addresses of S3 even through a gateway endpoint."""
    told = meaning(f"{LAYER}: dial tcp 52.218.1.2:443: i/o timeout")

    assert "gateway-not-associated" == told.causes[0]
    assert "right for a gateway endpoint" in told.clues[0].means


def test_an_address_of_ipv6_is_shown() -> None:
    """An IPv6 address is said to be one, and rules nothing out."""
    told = meaning(f"{POST}: dial tcp [2600:1f18::5]:443: i/o timeout")

    assert "dialled [2600:1f18::5]:443" == told.clues[0].says
    assert "endpoint-missing" == told.causes[0]


@pytest.mark.parametrize(
    ("tail", "says"),
    [
        (f"{LOOKUP}: no such host", "lookup api.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53"),
        (
            f"{LOOKUP}: read udp 10.0.1.9:5000->10.0.0.2:53: i/o timeout",
            "lookup api.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53",
        ),
        ("dial tcp: no such host", "no such host"),
    ],
)
def test_a_name_that_does_not_resolve_leaves_dns(tail: str, says: str) -> None:
    """When the name is the trouble, only causes in name resolution are left; the resolver's own address is no clue."""
    told = meaning(f"{POST}: {tail}")

    assert Nature.NAMES is told.nature
    assert {"dns-support-off", "dns-hostnames-off", "dns-no-record", "private-dns-off"} == set(told.causes)
    assert [says] == [clue.says for clue in told.clues]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("because no VPC endpoint policy allows the ecr:GetAuthorizationToken action", "endpoint-policy"),
        (
            "because no identity-based policy allows the ecr:GetAuthorizationToken action",
            "iam-missing-action",
        ),
        ("because no permissions boundary allows the ecr:GetAuthorizationToken action", "iam-missing-action"),
        ("with an explicit deny in an identity-based policy", "iam-denied"),
        ("with an explicit deny in a service control policy", "iam-denied"),
        ("with an explicit deny in a VPC endpoint policy", "endpoint-policy"),
    ],
)
def test_the_words_of_a_refusal_name_the_policy(words: str, expected: str) -> None:
    """Where AWS says which policy refused, that one is left."""
    told = meaning(
        f"unable to retrieve ecr registry auth: not authorized to perform: ecr:GetAuthorizationToken {words}"
    )

    assert (expected,) == told.causes
    assert "allow ecr:GetAuthorizationToken" == told.clues[-1].means


def test_a_refusal_that_the_row_does_not_know_keeps_its_causes() -> None:
    """A detail never leaves a message without any cause."""
    told = meaning(
        "unable to retrieve ecr registry auth: AccessDenied because no resource-based policy allows it"
    )

    assert ("iam-missing-action", "iam-denied", "endpoint-policy") == told.causes


def test_a_killed_agent_is_explained() -> None:
    """`signal: killed` means that a connection hung until Fargate stopped waiting."""
    told = meaning("failed to validate logger args: : signal: killed")

    assert ["signal: killed"] == [clue.says for clue in told.clues]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.2.3", True),
        ("172.15.0.1", False),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("192.168.9.9", True),
        ("192.169.0.1", False),
        ("100.64.0.1", True),
        ("100.128.0.1", False),
        ("169.254.170.2", True),
        ("52.95.0.1", False),
    ],
)
def test_private_addresses_are_told_from_public_ones(address: str, expected: bool) -> None:
    """The private blocks end where they end."""
    assert expected == is_private(address)


@pytest.mark.parametrize(
    ("host", "step"),
    [
        ("api.ecr.eu-west-1.amazonaws.com", "ecr-login"),
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com", "image-manifest"),
        ("secretsmanager.eu-west-1.amazonaws.com", "secrets"),
        ("ssm.eu-west-1.amazonaws.com", "parameters"),
        ("logs.eu-west-1.amazonaws.com", "logs"),
        ("fs-01.efs.eu-west-1.amazonaws.com", "efs"),
        ("prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com", "image-layers"),
        ("example.com", ""),
    ],
)
def test_a_bare_network_fault_is_placed_by_its_host(host: str, step: str) -> None:
    """Without the words around it, a time-out is told by the host that was called."""
    told = meaning(f"Get https://{host}/: dial tcp 52.95.1.1:443: i/o timeout")

    assert (step, Nature.NETWORK) == (told.row.step, told.nature)
    assert told.causes


@pytest.mark.parametrize("text", ["", "  \n ", "everything is fine", "a\x00b"])
def test_text_that_is_no_message_has_no_meaning(text: str) -> None:
    """Nothing is guessed about text that is no message."""
    assert () == understand(text)


def test_several_messages_are_told_one_by_one() -> None:
    """Two messages in one paste are explained both, one repeated only once."""
    one = f"ResourceInitializationError: {POST}: dial tcp 10.0.1.25:443: i/o timeout"
    two = f"CannotPullContainerError: {LAYER}: dial tcp 52.218.1.2:443: i/o timeout"

    assert ["ecr-auth-connection", "layers-timeout"] == [
        told.row.id for told in understand(f"{one}\n{two}\n{one}")
    ]
