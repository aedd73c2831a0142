"""AWS services by host name and by endpoint service name."""

import pytest

from pullproof.model.services import (
    SERVICES,
    endpoint_name,
    endpoint_suffix,
    host_of,
    service,
    service_of,
)
from pullproof.model.text import hole

REGION = hole("data.aws_region.now.name")


@pytest.mark.parametrize(
    ("host", "suffix", "region"),
    [
        ("api.ecr.eu-west-1.amazonaws.com", "ecr.api", "eu-west-1"),
        ("API.ecr.eu-west-1.amazonaws.com.", "ecr.api", "eu-west-1"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "ecr.dkr", "eu-west-1"),
        (f"{hole('account.id')}.dkr.ecr.{REGION}.amazonaws.com", "ecr.dkr", REGION),
        ("123456789012.dkr-ecr.eu-west-1.on.aws", "ecr.dkr+", "eu-west-1"),
        ("ecr.eu-west-1.api.aws", "ecr.api+", "eu-west-1"),
        ("api.ecr-fips.us-gov-west-1.amazonaws.com", "ecr-fips.api", "us-gov-west-1"),
        ("prod-x-starport-layer-bucket.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
        ("s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
        ("a.b.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
        ("b.s3.dualstack.eu-west-1.amazonaws.com", "s3+", "eu-west-1"),
        ("s3-fips.us-east-1.amazonaws.com", "s3-fips", "us-east-1"),
        ("logs.cn-north-1.amazonaws.com.cn", "logs", "cn-north-1"),
        ("ssm.eusc-de-east-1.amazonaws.eu", "ssm", "eusc-de-east-1"),
        ("fs-1.efs.eu-west-1.amazonaws.com", "efs", "eu-west-1"),
        ("kms-fips.us-east-1.amazonaws.com", "kms-fips", "us-east-1"),
        ("secretsmanager.eu-west-1.api.aws", "secretsmanager+", "eu-west-1"),
        ("sqs.eu-west-1.amazonaws.com", "sqs", "eu-west-1"),
    ],
)
def test_a_host_tells_its_service_and_region(host: str, suffix: str, region: str) -> None:
    """Also where parts of it are known by name only."""
    found = service_of(host)

    assert found is not None
    assert (suffix, region) == (found[0].suffix, found[1])


def test_a_global_bucket_name_may_be_in_any_region() -> None:
    """Legacy names do not say where the bucket is."""
    found = service_of("bucket.s3.amazonaws.com")

    assert found is not None
    assert "s3!" == found[0].suffix
    assert found[1].startswith("\ue000?")


@pytest.mark.parametrize(
    "host",
    [
        "registry-1.docker.io",
        "public.ecr.aws",
        "amazonaws.com",
        ".amazonaws.com",
        "a.b.c.eu-west-1.amazonaws.com",
        "what.eu-west-1.api.aws",
        f"{hole('x')}.eu-west-1.amazonaws.com",
        hole("host"),
        "",
    ],
)
def test_other_hosts_are_no_service(host: str) -> None:
    """Nor are names that look like one and are not."""
    assert service_of(host) is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("com.amazonaws.eu-west-1.ecr.api", ("ecr.api", "eu-west-1")),
        ("cn.com.amazonaws.cn-north-1.ecr.dkr", ("ecr.dkr", "cn-north-1")),
        ("eu.amazonaws.eusc-de-east-1.s3", ("s3", "eusc-de-east-1")),
        (f"com.amazonaws.{REGION}.logs", ("logs", REGION)),
        (f"com.amazonaws.eu-west-1.{hole('each.key')}", (hole("each.key"), "eu-west-1")),
        ("com.amazonaws.eu-west-1", None),
        ("com.example.service", None),
        (hole("var.service"), None),
    ],
)
def test_an_endpoint_service_tells_its_service_and_region(name: str, found: tuple[str, str] | None) -> None:
    """By its end, as the beginning differs between partitions."""
    assert found == endpoint_suffix(name)


def test_names_are_made_for_every_partition() -> None:
    """Hosts end, and endpoint services begin, as the partition has it."""
    assert "1.dkr.ecr.eu-west-1.amazonaws.com" == host_of("ecr.dkr", "eu-west-1", label="1")
    assert "api.ecr.cn-north-1.amazonaws.com.cn" == host_of("ecr.api", "cn-north-1", "aws-cn")
    assert "s3.eu-west-1.amazonaws.com" == host_of("s3", "eu-west-1")
    assert "cn.com.amazonaws.cn-north-1.ecr.api" == endpoint_name("ecr.api", "cn-north-1", "aws-cn")
    assert "com.amazonaws.cn-north-1.logs" == endpoint_name("logs", "cn-north-1", "aws-cn")
    assert "eu.amazonaws.eusc-de-east-1.s3" == endpoint_name("s3", "eusc-de-east-1", "aws-eusc")
    assert "com.amazonaws.eu-west-1.s3" == endpoint_name("s3", "eu-west-1")


def test_every_row_is_found_by_its_own_names() -> None:
    """No row hides another, and each usual host leads back to its row."""
    assert len(SERVICES) == len({row.suffix for row in SERVICES})
    for row in SERVICES:
        assert row is service(row.suffix)
        if row.heads:
            found = service_of(host_of(row.suffix, "eu-west-1", label="x"))
            assert found is not None
            assert row is found[0]
