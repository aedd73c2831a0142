"""What is to be built, checked: a wish that cannot be is refused before anything is thought out."""

import re
from collections.abc import Sequence

import msgspec

from pullproof.errors import UsageError
from pullproof.model.addresses import Cidr, cidr

_NAME = re.compile(r"[a-z][a-z0-9-]{0,24}[a-z0-9]")
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d")
_ZONE = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d[a-z]")
_ECR = re.compile(
    r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9][a-z0-9._/-]*)([:@].+)?"
)
_SECRET = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+")
_PARAMETER = re.compile(r"/?[\w.-]+(?:/[\w.-]+)*")
_IMAGE = re.compile(r"[\w][\w.:/@-]{0,254}")
_VARIABLE = re.compile(r"[^A-Z0-9]+")
VPC_ID = re.compile(r"vpc-[0-9a-f]{8,17}")
SUBNET_ID = re.compile(r"subnet-[0-9a-f]{8,17}")
#: Addresses become expressions as they are: nothing but an address may stand in one.
_INDEX = r'(?:\[(?:\d+|"[^"\\$%\x00-\x1f]*")\])?'
_VPC_ADDRESS = re.compile(rf"(?:data\.)?aws_(?:default_)?vpc\.[A-Za-z_][\w-]*{_INDEX}")
_SUBNET_ADDRESS = re.compile(rf"(?:data\.)?aws_(?:default_)?subnet\.[A-Za-z_][\w-]*{_INDEX}")

MOST_ZONES = 6


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """A service and its network. `vpc` is an id, a Terraform address, or "" for a new one."""

    name: str
    region: str
    image: str
    repository: bool = False
    secrets: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    logs: bool = True
    efs: bool = False
    exec: bool = False
    platform: str = "LATEST"
    via: str = "endpoints"
    vpc: str = ""
    subnets: tuple[str, ...] = ()
    block: Cidr = Cidr(4, 10 << 24, 16)
    zones: tuple[str, ...] = ()

    @property
    def ecr(self) -> tuple[str, str, str] | None:
        """The account, region and name of the repository that the image is in; None where it is in none of ECR."""
        found = _ECR.fullmatch(self.image)
        return (found[1], found[2], found[3]) if found else None

    @property
    def private(self) -> tuple[tuple[str, Cidr], ...]:
        """The zones of a new network and the block of the subnet in each: sixteen fit in the VPC's block."""
        prefix = self.block.prefix + 4
        size = 1 << (32 - prefix)
        return tuple(
            (zone, Cidr(4, self.block.first + at * size, prefix)) for at, zone in enumerate(self.zones)
        )


def variable(name: str) -> str:
    """The environment variable for a secret or parameter: the last part of its name."""
    last = name.rpartition(":")[2].rpartition("/")[2]
    # Secrets Manager ends each ARN with a hyphen and six characters of its own.
    plain = re.sub(r"-[A-Za-z0-9]{6}$", "", last) if ":secret:" in name else last
    found = _VARIABLE.sub("_", plain.upper()).strip("_")
    return found if found and not found[0].isdigit() else f"VALUE_{found}".rstrip("_")


def checked(spec: Spec, zones: str, block: str, subnets: Sequence[str]) -> Spec:
    """The spec with its zones, block and subnets, which come as text.

    Raises:
        UsageError: it cannot be built; the message says what to write instead.
    """
    _match(
        _NAME,
        spec.name,
        "a name",
        "2 to 26 lower-case letters, digits and hyphens, a letter first and no hyphen last",
    )
    _match(_REGION, spec.region, "a region", "--region eu-west-1")
    _match(_IMAGE, spec.image, "an image", "--image 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1.0")
    for secret in spec.secrets:
        _match(
            _SECRET,
            secret,
            "the ARN of a secret",
            "--secret arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX",
        )
    for parameter in spec.parameters:
        _match(_PARAMETER, parameter, "the name of a parameter", "--parameter /app/db-host")
    if spec.repository and "/" in spec.image and spec.image.split("/")[0].count("."):
        raise UsageError(
            f"--create-repository makes a repository, and {spec.image} names one that is there",
            remedy="--image NAME:TAG --create-repository",
        )
    if spec.vpc:
        return _in_existing(spec, zones, subnets)
    if subnets:
        raise UsageError("--subnets are those of an existing VPC", remedy="add --vpc, or leave --subnets out")
    return msgspec.structs.replace(spec, zones=_zones(zones, spec.region), block=_block(block))


def _in_existing(spec: Spec, zones: str, subnets: Sequence[str]) -> Spec:
    if zones:
        raise UsageError("--zones are those of a new VPC", remedy="name the subnets: --subnets ID,ID")
    if not subnets:
        raise UsageError("which subnets of the VPC is the service to run in?", remedy="--subnets ID,ID")
    if spec.via != "endpoints":
        raise UsageError(
            f"--via {spec.via} changes the routes of a network, and this one is kept elsewhere",
            remedy="--via endpoints, or let `pullproof fix --via nat` change the configuration that keeps it",
        )
    if not VPC_ID.fullmatch(spec.vpc):
        _match(_VPC_ADDRESS, spec.vpc, "a VPC", "--vpc vpc-0123456789abcdef0, or --vpc aws_vpc.main")
    for subnet in subnets:
        if not SUBNET_ID.fullmatch(subnet):
            _match(_SUBNET_ADDRESS, subnet, "a subnet", "--subnets ID,ID, or --subnets aws_subnet.a")
        if bool(VPC_ID.fullmatch(spec.vpc)) != bool(SUBNET_ID.fullmatch(subnet)):
            raise UsageError(
                f"{spec.vpc} and {subnet} are named in two ways",
                remedy="both by id (vpc-..., subnet-...) or both by Terraform address",
            )
    return msgspec.structs.replace(spec, subnets=tuple(dict.fromkeys(subnets)))


def _zones(text: str, region: str) -> tuple[str, ...]:
    if text.isdecimal():
        count = int(text)
        if not 1 <= count <= MOST_ZONES:
            raise UsageError(f"{count} zones cannot be", remedy=f"--zones 2 (at most {MOST_ZONES})")
        return tuple(f"{region}{'abcdef'[at]}" for at in range(count))
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for zone in found:
        _match(_ZONE, zone, "an Availability Zone", f"--zones 2, or --zones {region}a,{region}b")
        if not zone.startswith(region):
            raise UsageError(f"{zone} is not in {region}", remedy=f"--zones {region}a,{region}b")
    return found or _zones("2", region)


def _block(text: str) -> Cidr:
    try:
        found = cidr(text)
    except ValueError as wrong:
        raise UsageError(f"{text} is no CIDR block", remedy="--cidr 10.0.0.0/16") from wrong
    # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    if found.family != 4 or not 16 <= found.prefix <= 24:
        raise UsageError(f"a VPC with sixteen subnets cannot have {text}", remedy="a block from /16 to /24")
    return found


def _match(pattern: re.Pattern[str], text: str, what: str, remedy: str) -> None:
    if not pattern.fullmatch(text):
        raise UsageError(f"{text[:80]!r} is not {what}", remedy=remedy)
