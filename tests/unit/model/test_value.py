"""Values that may not be known, and look-ups."""

import pytest

from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import look_up
from pullproof.model.value import Listing, Origin, Unknown, Why
from tests.build import a_vpc, an_endpoint, an_open_network, unknown


def test_an_unknown_is_neither_true_nor_false() -> None:
    """Asking is an error, so that no `if` takes it for an answer."""
    with pytest.raises(TypeError, match="isinstance"):
        bool(unknown())


def test_a_listing_is_complete_when_nothing_is_open() -> None:
    """Complete and empty means that there is none."""
    assert Listing().complete
    assert not Listing(("a",), (unknown(),)).complete


def test_an_origin_is_written_as_an_address() -> None:
    """With the path inside it, if there is one."""
    assert "aws_vpc.main" == str(Origin("aws_vpc.main"))
    assert "aws_vpc.main.tags[0]" == str(Origin("aws_vpc.main", "tags[0]"))


def test_a_reference_leads_to_a_noun_or_to_a_reason() -> None:
    """What is not part of the input is said so, with the address that refers to it."""
    estate = an_open_network()

    assert estate.vpcs["vpc"] is look_up(estate.vpcs, "vpc", "the VPC", "subnet")
    assert unknown() == look_up(estate.vpcs, unknown(), "the VPC", "subnet")
    missing = look_up(estate.vpcs, "vpc-1", "the VPC", "subnet")
    assert isinstance(missing, Unknown)
    assert (Why.NOT_IN_INPUT, "the VPC vpc-1", "subnet") == (missing.why, missing.what, missing.resource)
    nameless = look_up(estate.vpcs, "", "the VPC", "subnet")
    assert isinstance(nameless, Unknown)
    assert "the VPC" == nameless.what


def test_a_reference_into_what_was_denied_names_the_permission() -> None:
    """Where the listing was denied that would hold it, that is said, and a copy of the nouns says it too."""
    estate = an_open_network()
    estate.vpcs.lacks = Unknown(Why.NOT_ALLOWED, "Vpcs", "", "allow ec2:DescribeVpcs to the caller")
    found = look_up(estate.vpcs.copy(), "vpc-1", "the VPC", "subnet")

    assert isinstance(found, Unknown)
    assert (Why.NOT_ALLOWED, "the VPC vpc-1") == (found.why, found.what)
    assert "subnet refers to vpc-1: allow ec2:DescribeVpcs to the caller" == found.settle_by
    assert "vpc" in estate.vpcs.copy()


def test_estates_of_the_same_nouns_are_equal() -> None:
    """Whatever else was worked out about them."""
    assert an_open_network() == an_open_network()
    assert an_open_network() != an_open_network().nouns()
    other = an_open_network()
    a_vpc(other, "second")
    assert an_open_network() != other


def test_a_copy_of_an_estate_is_free_to_be_changed() -> None:
    """It shows the same, knows why nouns may be missing, and what becomes of it is not the first one's."""
    estate = an_open_network()
    estate.vpcs.lacks = Unknown(Why.NOT_ALLOWED, "Vpcs", "", "allow ec2:DescribeVpcs to the caller")
    estate.open["Endpoint"] = (estate.vpcs.lacks,)
    other = estate.copy()
    assert estate == other
    assert estate.vpcs.lacks == other.vpcs.lacks

    del other.vpcs["vpc"], other.open["Endpoint"]
    other.region = "us-east-1"

    assert an_open_network().vpcs == estate.vpcs
    assert ("Endpoint", an_open_network().region) == (*estate.open, estate.region)


def test_endpoints_of_a_vpc_are_open_where_more_may_exist() -> None:
    """In a VPC that is not created here, of a VPC not known, or for a reason of the whole estate."""
    estate = an_open_network()
    held = an_endpoint(estate, "ecr.api")
    assert Listing((held,)) == estate.endpoints_of(estate.vpcs["vpc"])

    more = an_open_network()
    a_vpc(more, unseen=unknown("unseen"))
    an_endpoint(more, "logs", vpc=unknown("vpc"), kind=EndpointType.INTERFACE)
    more.open["Endpoint"] = (unknown("open"),)
    assert (unknown("unseen"), unknown("vpc"), unknown("open")) == more.endpoints_of(more.vpcs["vpc"]).open
