"""Things that a task definition names and that nobody could ask about: nothing is assumed of them."""

from typing import Any

import pytest

from pullproof.model.ecs import Container
from pullproof.model.value import Listing
from tests.rules.build import PARAMETER, SECRET, UNKNOWN, container, estate, proved, said, secrets


@pytest.mark.parametrize(
    ("kind", "nouns", "holder", "rule"),
    [
        ("Secret", "secrets", container(secrets=secrets(SECRET)), "secret"),
        ("Parameter", "parameters", container(secrets=secrets(PARAMETER)), "parameter"),
        ("Repository", "repositories", container(), "ecr-manifest"),
        (
            "Bucket",
            "buckets",
            container(environment_files=Listing(("arn:aws:s3:::settings/app.env",))),
            "env-file",
        ),
    ],
)
def test_what_nobody_could_ask_about_is_not_settled(
    kind: str, nouns: str, holder: Container, rule: str
) -> None:
    """One that is shown is judged; one that is hidden from the caller is unknown, not taken as harmless."""
    made: Any = estate(holder)
    made.open[kind] = (UNKNOWN,)
    assert ("works",) == said(proved(made), rule)

    getattr(made, nouns).clear()
    assert ("unknown",) == said(proved(made), rule)
