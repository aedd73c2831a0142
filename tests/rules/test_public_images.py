"""The rules `public-image`, `ecr-public-image` and `image`."""

import pytest

from pullproof.model.text import anything
from tests.rules.build import UNKNOWN, change, container, estate, launch, nat, proved, said

HUB, PUBLIC, QUAY = "nginx:1.27", "public.ecr.aws/nginx/nginx:1", "quay.io/org/app:1"
IMAGES = [(HUB, "public-image"), (PUBLIC, "ecr-public-image"), (QUAY, "public-image")]


@pytest.mark.parametrize(("image", "rule"), IMAGES)
def test_a_registry_on_the_internet_is_reached_by_nat(image: str, rule: str) -> None:
    """Behind a NAT gateway every registry is in reach, and no login to ECR is asked for."""
    report = proved(nat(estate(container(image))))

    assert (("works",), ()) == (said(report, rule), said(report, "ecr-login"))


@pytest.mark.parametrize(("image", "rule"), IMAGES)
def test_no_endpoint_leads_to_a_registry_on_the_internet(image: str, rule: str) -> None:
    """With endpoints alone the image is out of reach; the route table is what has to change."""
    assert ("public-registry-unreachable rtb",) == said(proved(estate(container(image))), rule)


@pytest.mark.parametrize(("image", "rule"), IMAGES)
def test_a_way_out_that_lacks_a_public_address_keeps_its_own_code(image: str, rule: str) -> None:
    """By an internet gateway a task needs a public address, whatever it wants there."""
    private, public = (nat(estate(container(image))) for _ in range(2))
    for made in (private, public):
        for subnet in ("subnet-a", "subnet-b"):
            change(made.subnets, subnet, route_table="rtb-public")

    assert ("no-public-ip service",) == said(proved(private), rule)
    assert ("works",) == said(proved(launch(public, public_ip=True)), rule)


@pytest.mark.parametrize(("image", "rule"), IMAGES)
def test_an_unknown_route_table_leaves_it_unknown(image: str, rule: str) -> None:
    """Where the way is not known, neither is the answer."""
    made = estate(container(image))
    for subnet in ("subnet-a", "subnet-b"):
        change(made.subnets, subnet, route_table=UNKNOWN)

    assert ("unknown",) == said(proved(made), rule)


def test_the_port_of_a_registry_is_the_one_that_is_written() -> None:
    """A registry on another port is reached there."""
    report = proved(nat(estate(container("registry.example.com:5000/app"))))
    (step,) = (step for step in report.steps if step.rule.id == "public-image")

    assert ("registry.example.com", 5000) == (step.host, step.port)


@pytest.mark.parametrize("image", [UNKNOWN, anything("var.image")])
def test_an_image_that_cannot_be_read_is_not_known(image: str) -> None:
    """Which registry it comes from decides what the task must reach."""
    assert ("unknown",) == said(proved(estate(container(image))), "image")


def test_nothing_is_said_of_the_image_of_an_inferred_container() -> None:
    """Of a container that only references hint at, nothing else is known, and the task is unknown anyway."""
    assert () == said(proved(estate(container(UNKNOWN, inferred=True))), "image")
