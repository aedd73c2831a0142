"""What is known of a request's condition keys."""

import pytest

from pullproof.iam import circumstances
from pullproof.iam.context import ABSENT, NotOurs
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.text import hole
from pullproof.model.value import Listing, Maybe, Origin
from pullproof.model.vpc import Vpc
from tests.unit.iam.build import ACCOUNT, UNTOLD, arn, role

ENDPOINT_ID = hole("aws_vpc_endpoint.e.id")


def endpoint(identity: str = ENDPOINT_ID) -> Endpoint:
    """An endpoint with this id."""
    return Endpoint(
        key="aws_vpc_endpoint.e",
        origin=Origin("aws_vpc_endpoint.e"),
        vpc="aws_vpc.v",
        service="com.amazonaws.eu-west-1.s3",
        type=EndpointType.GATEWAY,
        id=identity,
    )


def vpc(identity: str) -> Vpc:
    """A VPC with this id."""
    return Vpc(
        key="aws_vpc.v",
        origin=Origin("aws_vpc.v"),
        blocks=UNTOLD,
        dns_support=True,
        dns_hostnames=True,
        main_route_table=UNTOLD,
        default_acl=UNTOLD,
        default_group=UNTOLD,
        id=identity,
    )


@pytest.mark.parametrize(
    ("role_arn", "expected"),
    [
        ("arn:aws:iam::999999999999:role/app", "999999999999"),
        (arn("aws_iam_role.app"), ACCOUNT),
        (f"arn:aws:iam::{hole('account')}:role/app", ACCOUNT),
    ],
)
def test_the_account_of_a_role_is_in_its_arn(role_arn: str, expected: str) -> None:
    """A role elsewhere is in its own account; one whose ARN is not known, in that of the input."""
    known = circumstances.of_role(role(arn=role_arn), ACCOUNT)

    assert (role_arn, expected) == (known["aws:principalarn"], known["aws:principalaccount"])
    assert ABSENT is known["aws:sourcearn"]


def test_a_call_without_credentials_has_no_principal() -> None:
    """An anonymous call has neither account nor organisation."""
    known = circumstances.of_nobody()

    assert (ABSENT, "Anonymous") == (known["aws:principalaccount"], known["aws:principaltype"])


def test_a_call_of_aws_s_own_is_not_ours() -> None:
    """Its account, organisation and ARN are somebody else's, and so are the resource's."""
    known = circumstances.of_aws(ACCOUNT)

    assert (
        NotOurs(kind="account", ours=ACCOUNT) == known["aws:principalaccount"] == known["aws:resourceaccount"]
    )
    assert NotOurs(kind="organization", ours=ACCOUNT) == known["aws:principalorgid"]


@pytest.mark.parametrize(
    ("owner", "identity", "expected"),
    [
        (vpc("vpc-1"), ENDPOINT_ID, {"aws:sourcevpce": ENDPOINT_ID, "aws:sourcevpc": "vpc-1"}),
        (vpc(""), "", {}),
        (UNTOLD, "vpce-1", {"aws:sourcevpce": "vpce-1", "aws:sourcevpc": UNTOLD}),
    ],
)
def test_a_call_through_an_endpoint(owner: Maybe[Vpc], identity: str, expected: dict[str, object]) -> None:
    """The endpoint and its VPC are known where their ids are; what is not known is left out."""
    known = circumstances.through(endpoint(identity), owner)

    assert expected == {key: known[key] for key in ("aws:sourcevpce", "aws:sourcevpc") if key in known}
    assert ABSENT is known["aws:sourceip"]


def test_a_call_past_all_endpoints() -> None:
    """It has no endpoint and no VPC; its public address is not known."""
    known = circumstances.past_endpoints()

    assert ABSENT is known["aws:sourcevpce"]
    assert "aws:sourceip" not in known


def test_a_call_of_a_service_for_the_caller() -> None:
    """`kms:ViaService` is the service; by which way it calls is not known."""
    known = circumstances.on_behalf("secretsmanager.eu-west-1.amazonaws.com")

    assert "secretsmanager.eu-west-1.amazonaws.com" == known["kms:viaservice"]
    assert "aws:sourcevpce" not in known
    assert Listing() == role().policies
