"""The README of a project: what it makes, what it costs by the month, how to apply and how to take it away."""

from collections.abc import Iterator

from pullproof.model import edits as e
from pullproof.model.edits import Edit
from pullproof.model.endpoints import EndpointType
from pullproof.model.value import Unknown
from pullproof.provision.build import Built
from pullproof.provision.spec import VPC_ID, Spec
from pullproof.repair.cost import monthly, of_edits, prices_of, shipped

HOW = {"terraform": ("terraform init\nterraform apply", "terraform destroy")}


def readme(built: Built, form: str) -> str:
    """The text."""
    spec = built.spec
    apply, destroy = (text.format(name=spec.name, region=spec.region) for text in HOW[form])
    return "\n".join(
        [
            f"# {spec.name}",
            "",
            f"One ECS service on Fargate in {spec.region}, and everything that its tasks need in order to start.",
            "Before these files were written, `pullproof` proved on a model of them that the task starts.",
            "",
            "## What it makes",
            "",
            *(f"- {line}" for line in (*_seeds(spec), *_made(built.edits))),
            "",
            "## What it costs",
            "",
            *_cost(built),
            "",
            *_assumed(spec),
            "## Apply",
            "",
            *(f"    {line}" for line in apply.splitlines()),
            "",
            *_image_first(spec),
            "## Take it away",
            "",
            f"    {destroy}",
            "",
        ]
    )


def _seeds(spec: Spec) -> Iterator[str]:
    if not spec.vpc:
        zones = ", ".join(spec.zones)
        yield f"a VPC with {spec.block}, and a private subnet in each of {zones}"
    yield "an ECS cluster, a task definition and a service, with one security group for its tasks"
    yield "an execution role and a task role that may do what the task needs, and nothing else"
    if spec.repository:
        yield "an ECR repository for the image"
    if spec.logs:
        yield f"the log group /ecs/{spec.name}, kept for 30 days"
    if spec.efs:
        yield "an encrypted EFS file system, mounted at /data"


def _made(edits: tuple[Edit, ...]) -> Iterator[str]:
    endpoints = [one for one in edits if isinstance(one, e.AddEndpoint)]
    for endpoint in endpoints:
        article = "an interface" if endpoint.type is EndpointType.INTERFACE else "a gateway"
        yield f"{article} endpoint for {endpoint.service}"
    if any(isinstance(one, e.AddNatGateway) for one in edits):
        yield "a NAT gateway in a public subnet"
    if any(isinstance(one, e.AddInternetGateway) for one in edits):
        yield "an internet gateway"
    if endpoints:
        yield "security group rules for port 443 only, by reference and by prefix list"


def _cost(built: Built) -> Iterator[str]:
    price = monthly(of_edits(built.edits, built.before), prices_of(built.spec.region))
    if isinstance(price, Unknown):
        yield f"The network: {price.settle_by}."
    else:
        yield f"The network about {price:.2f} US dollars a month, without data ({shipped().as_of}, {shipped().source})."
    yield "The task itself, logs, storage and data come to that."


def _assumed(spec: Spec) -> Iterator[str]:
    if not spec.vpc:
        return
    yield "## What is taken for granted"
    yield ""
    yield f"{spec.vpc} is kept elsewhere, and was not looked at."
    yield "The proof holds if both of its DNS attributes are on, if the network ACLs of the subnets let HTTPS through,"
    yield "if each subnet is associated with a route table of its own right, and if the VPC has none of these endpoints yet."
    if VPC_ID.fullmatch(spec.vpc):
        yield "The first of these is checked by every plan."
    yield "A new gateway endpoint interrupts the connections to S3 that are open in these subnets."
    yield ""


def _image_first(spec: Spec) -> Iterator[str]:
    if spec.repository:
        yield "The service waits for its image: push one to the repository, which is the output `repository`."
        yield ""
