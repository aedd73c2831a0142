"""The addresses S3 answers from, by region, as AWS publishes them.

The list is a superset of AWS's managed prefix list of the region, which AWS publishes nowhere.
docs/decisions/0002-s3-prefixes.md says what follows from that. IPv4 only, as is the engine.
"""

from functools import lru_cache

import msgspec

from pullproof.model import addresses
from pullproof.model.addresses import Addresses


class Published(msgspec.Struct, frozen=True):
    """The file beside this module: AWS's address and date, and blocks by region, space-separated."""

    source: str
    created: str
    service: str
    regions: dict[str, str]


@lru_cache(maxsize=1)
def published() -> Published:
    """The whole file, blocks still as text."""
    with open(f"{__file__.removesuffix('.py')}.json", "rb") as file:  # noqa: PTH123 - pathlib is slow to import
        return msgspec.json.decode(file.read(), type=Published)


@lru_cache(maxsize=64)
def prefixes(region: str) -> Addresses | None:
    """Where S3 may answer from in a region; None for a region that is not in the list."""
    blocks = published().regions.get(region)
    return None if blocks is None else addresses.of(*blocks.split())
