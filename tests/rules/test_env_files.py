"""The rule `env-file`."""

from typing import Any

import pytest

from pullproof.model.ecs import Container
from pullproof.model.text import hole
from pullproof.model.value import Listing
from tests.rules.build import (
    UNKNOWN,
    allow,
    change,
    container,
    document,
    estate,
    may_not,
    nat,
    proved,
    said,
    warned,
    without,
)

FILE = "arn:aws:s3:::settings/app.env"


def reading(*files: Any) -> Container:
    """A container with environment files."""
    return container(environment_files=Listing(files or (FILE,)))


def test_a_file_is_read_by_the_gateway_endpoint_with_both_permissions() -> None:
    """The object and its bucket's location; without the endpoint or one permission, that is missing."""
    assert ("works",) == said(proved(estate(reading())), "env-file")
    assert ("endpoint-missing vpc",) == said(proved(without(estate(reading()), "s3")), "env-file")
    for action in ("s3:GetObject", "s3:GetBucketLocation"):
        lacking = proved(may_not(estate(reading()), action))
        assert ("iam-missing-action execution",) == said(lacking, "env-file")


def test_the_endpoint_s_policy_sees_the_task_s_own_role() -> None:
    """Unlike a layer, a file is fetched by the execution role: a policy for layers only refuses it."""
    made = estate(reading())
    layers = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
    change(made.endpoints, "s3", policy=allow(["s3:GetObject"], layers, Principal="*"))
    report = proved(made)

    assert ("endpoint-policy s3",) == said(report, "env-file")
    assert ("works",) == said(report, "ecr-layers")


def test_the_bucket_s_policy_has_a_say() -> None:
    """A denial in the bucket's policy decides; one of plain HTTP does not meet a task."""
    made = estate(reading())
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    change(made.buckets, "bucket", policy=document([deny | {"Condition": plain}]))
    assert ("works",) == said(proved(made), "env-file")

    made = estate(reading())
    change(made.buckets, "bucket", policy=document([deny]))
    assert ("resource-policy bucket",) == said(proved(made), "env-file")


@pytest.mark.parametrize("region", ["us-east-1", UNKNOWN])
def test_a_bucket_that_may_be_in_another_region_is_not_served_by_this_one_s_endpoint(region: Any) -> None:
    """A gateway endpoint carries its own region's buckets only; NAT leads to all."""
    isolated, open_ = estate(reading()), without(nat(estate(reading())), "s3")
    for made in (isolated, open_):
        change(made.buckets, "bucket", region=region)

    expected = ("endpoint-missing vpc",) if region == "us-east-1" else ("unknown",)
    assert expected == said(proved(isolated), "env-file")
    assert ("works",) == said(proved(open_), "env-file")


def test_a_bucket_that_is_not_shown_may_be_anywhere() -> None:
    """Its region is not known, and that it must exist is a warning."""
    elsewhere = reading("arn:aws:s3:::elsewhere/app.env")
    report = proved(without(nat(estate(elsewhere)), "s3"))

    assert ("works",) == said(report, "env-file")
    assert {("missing-resource", "task")} == warned(report)
    assert ("unknown",) == said(proved(estate(elsewhere)), "env-file")


@pytest.mark.parametrize("file", [hole("aws_s3_object.env.arn"), f"{hole('aws_s3_bucket.b.arn')}/app.env"])
def test_a_file_is_known_by_a_hole(file: str) -> None:
    """With a bucket of the input the file is in its region; of an object alone the bucket is not known."""
    made = estate(reading(file))
    change(made.buckets, "bucket", arn=hole("aws_s3_bucket.b.arn"), name=hole("aws_s3_bucket.b.bucket"))

    assert (("works",) if "/" in file else ("unknown",)) == said(proved(made), "env-file")


def test_files_that_may_be_more_are_not_known() -> None:
    """An open list may hold a file that fails."""
    made = estate(container(environment_files=Listing((), (UNKNOWN,))))

    assert ("unknown",) == said(proved(made), "env-file")


def test_old_platforms_and_windows_are_not_sure_to_read_files() -> None:
    """Before 1.4.0 there are none; for Windows AWS's pages disagree."""
    assert ("platform-unsupported service",) == said(proved(estate(reading()), "1.3.0"), "env-file")
    assert ("unknown",) == said(proved(estate(reading(), os="WINDOWS_SERVER_2022_CORE")), "env-file")
