"""Wishes for provisioning that several tests make."""

from pullproof.provision.spec import Spec, checked

ACCOUNT = "123456789012"
IMAGE = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/web:1.0"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:web/db-AbCdEf"
VPC, SUBNETS = "vpc-0123456789abcdef0", ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")


def spec(zones: str = "2", block: str = "10.0.0.0/16", subnets: tuple[str, ...] = (), **wish: object) -> Spec:
    """A wish, checked."""
    asked = Spec(**{"name": "web", "region": "eu-west-1", "image": IMAGE, **wish})  # type: ignore[arg-type]
    return checked(asked, "" if asked.vpc or subnets else zones, block, subnets)


WISHES: dict[str, Spec] = {
    "small": spec(),
    "whole": spec(secrets=(SECRET,), parameters=("/web/host",), efs=True, exec=True),
    "quiet": spec(logs=False),
    "nat": spec(image="nginx:1.27", via="nat"),
    "public": spec(image="nginx:1.27", via="public-ip", exec=True),
    "own_repository": spec(image="web:1.0", repository=True, zones="1"),
    "blog_post": spec(secrets=(SECRET,), vpc=VPC, subnets=SUBNETS),
    "by_address": spec(vpc="aws_vpc.main", subnets=('aws_subnet.a["x"]', "aws_subnet.b")),
    "china": spec(region="cn-north-1", image="web:1.0", repository=True),
}
