"""The rule `guardduty-image`: a warning, whatever it finds."""

import msgspec
import pytest

from pullproof.model.estate import Estate
from pullproof.model.value import Listing
from pullproof.verdict import Verdict
from tests.rules.build import (
    ACCOUNT,
    EXECUTION,
    REGION,
    UNKNOWN,
    allow,
    at,
    change,
    estate,
    launch,
    proved,
    said,
    warned,
)

OWN = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app"
WARNING = {("guardduty-endpoint-policy", "service")}


def watched(made: Estate) -> Estate:
    """The estate with GuardDuty's endpoint, and one of a service that is not AWS's."""
    endpoint = made.endpoints["logs"]
    service = f"com.amazonaws.{REGION}.guardduty-data"
    made.endpoints["watch"] = msgspec.structs.replace(
        endpoint, key="watch", origin=at("watch"), service=service, id="vpce-watch"
    )
    made.endpoints["other"] = msgspec.structs.replace(
        endpoint, key="other", origin=at("other"), service="com.example.service", id="vpce-other"
    )
    return made


def scoped(made: Estate) -> Estate:
    """The estate whose role may pull its own repository only."""
    pulls = [action for action in EXECUTION if action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")]
    rest = [action for action in EXECUTION if action not in pulls]
    change(made.roles, "execution", policies=Listing((allow(rest), allow(pulls, OWN))))
    return made


def test_a_role_that_may_pull_anything_pulls_the_side_car() -> None:
    """Nothing refuses it for certain."""
    assert set() == warned(proved(watched(estate())))


def test_a_role_for_one_repository_does_not_pull_the_side_car() -> None:
    """The task starts without it, unwatched."""
    report = proved(watched(scoped(estate())))

    assert (Verdict.WORKS, WARNING) == (report.verdict, warned(report))
    assert () == said(report, "guardduty-image")


def test_an_endpoint_policy_for_one_repository_refuses_the_side_car() -> None:
    """The endpoint's policy is asked as for any other image."""
    made = watched(estate())
    change(made.endpoints, "ecr.dkr", policy=allow(["ecr:*"], OWN, Principal="*"))

    assert WARNING == warned(proved(made))


def test_without_the_endpoint_nothing_shows_that_guardduty_watches() -> None:
    """No warning is given for an account that may not use GuardDuty at all."""
    made = scoped(estate())
    change(made.endpoints, "logs", service=UNKNOWN)

    assert set() == warned(proved(made))


@pytest.mark.parametrize(("os", "version"), [("WINDOWS_SERVER_2022_CORE", None), ("LINUX", "1.3.0")])
def test_there_is_no_side_car_on_windows_or_old_platforms(os: str, version: str | None) -> None:
    """Runtime Monitoring watches Linux 1.4.0 and later."""
    assert not WARNING & warned(proved(watched(scoped(estate(os=os))), version))


def test_without_a_vpc_nothing_shows_at_all() -> None:
    """Subnets that the input does not hold have no endpoints that it shows."""
    made = launch(watched(scoped(estate())), subnets=Listing(("subnet-elsewhere",)))

    assert not WARNING & warned(proved(made))
