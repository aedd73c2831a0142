"""The published addresses of S3."""

from pullproof.model import s3_ranges
from pullproof.model.addresses import PUBLIC_V4, of


def test_the_list_says_where_it_is_from_and_of_when() -> None:
    """So that anybody can tell how old an answer is."""
    published = s3_ranges.published()

    assert "https://ip-ranges.amazonaws.com/ip-ranges.json" == published.source
    assert "2026" == published.created[:4]
    assert "S3" == published.service


def test_every_region_has_public_addresses() -> None:
    """None is empty, and none strays into private space."""
    for region in s3_ranges.published().regions:
        found = s3_ranges.prefixes(region)

        assert found
        assert PUBLIC_V4.covers(found)


def test_regions_share_no_address() -> None:
    """S3 of another region is never S3 of this one."""
    regions = [
        found for name in s3_ranges.published().regions if (found := s3_ranges.prefixes(name)) is not None
    ]
    together = of()
    for found in regions:
        assert not together & found
        together |= found


def test_a_region_not_in_the_list_is_not_known() -> None:
    """Rather than empty."""
    assert s3_ranges.prefixes("xx-new-1") is None
