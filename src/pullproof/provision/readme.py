"""The README of a project: what it makes, what it costs by the month, how to apply and how to take it away."""

from collections.abc import Iterator

from pullproof.model import edits as e
from pullproof.model.edits import Edit
from pullproof.model.endpoints import EndpointType
from pullproof.model.text import OPEN
from pullproof.model.value import Unknown
from pullproof.provision.build import Built
from pullproof.provision.resources import S3_LIST, asks_for, s3_list
from pullproof.provision.seed import account
from pullproof.provision.spec import VPC_ID, Spec
from pullproof.repair.cost import monthly, of_edits, prices_of, shipped

LISTS = (
    "aws ec2 describe-managed-prefix-lists --region {region} --filters Name=prefix-list-name,Values={list}"
)
TABLES = (
    "aws ec2 describe-route-tables --region {region} --filters Name=association.subnet-id,Values={subnets}"
    " --query 'RouteTables[].RouteTableId' --output text"
)
DEPLOY = (
    "aws cloudformation deploy --stack-name {name} --template-file template.yaml"
    " --capabilities CAPABILITY_IAM --region {region}{overrides}"
)
#: How each form is applied, taken away, and checked again.
HOW = {
    "terraform": (
        "terraform init\nterraform apply",
        "terraform destroy",
        "pullproof check . --account {account}",
    ),
    "cloudformation": (
        DEPLOY,
        "aws cloudformation delete-stack --stack-name {name} --region {region}",
        "pullproof check template.yaml --region {region} --account {account}",
    ),
    "cdk": (
        "pip install -r requirements.txt\ncdk deploy{parameters}",
        "cdk destroy",
        "pullproof check . --synth --region {region} --account {account}",
    ),
}


def readme(built: Built, form: str) -> str:
    """The text."""
    spec = built.spec
    apply, destroy, check = (text.format(**_words(built)) for text in HOW[form])
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
            *_assumed(spec, form),
            "## Apply",
            "",
            *(f"    {line}" for line in apply.splitlines()),
            "",
            *(_asked(built) if form != "terraform" else ()),
            *_image_first(spec, form),
            "## Check it again",
            "",
            f"    {check}",
            "",
            "## Take it away",
            "",
            f"    {destroy}",
            "",
        ]
    )


def _words(built: Built) -> dict[str, str]:
    """What the commands are about."""
    spec = built.spec
    owner = account(spec)
    asked = asks_for(built)
    pairs = [f"{name}=ID" for name in asked]
    return {
        "name": spec.name,
        "region": spec.region,
        "account": "ACCOUNT" if OPEN in owner else owner,
        "overrides": f" --parameter-overrides {' '.join(pairs)}" if pairs else "",
        "parameters": "".join(f" --parameters {pair}" for pair in pairs),
    }


def _asked(built: Built) -> Iterator[str]:
    """Where the values of the parameters are found, which no function of CloudFormation gives."""
    spec = built.spec
    commands = {
        S3_LIST: LISTS.format(region=spec.region, list=s3_list(spec))
        + " --query 'PrefixLists[0].PrefixListId' --output text",
        "RouteTableIds": TABLES.format(region=spec.region, subnets=",".join(spec.subnets)),
    }
    for name in asks_for(built):
        yield f"`{name}` is what this prints{', with commas between' if name == 'RouteTableIds' else ''}:"
        yield ""
        yield f"    {commands[name]}"
        yield ""
    if not spec.vpc:
        yield "The default security group of the VPC keeps the rules that AWS gives it: no template can take them away, and nothing here uses it."
        yield ""


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


def _assumed(spec: Spec, form: str) -> Iterator[str]:
    if not spec.vpc:
        return
    yield "## What is taken for granted"
    yield ""
    yield f"{spec.vpc} is kept elsewhere, and was not looked at."
    yield "The proof holds if both of its DNS attributes are on, if the network ACLs of the subnets let HTTPS through,"
    yield "if each subnet is associated with a route table of its own right, and if the VPC has none of these endpoints yet."
    if VPC_ID.fullmatch(spec.vpc) and form == "terraform":
        yield "The first of these is checked by every plan."
    yield "A new gateway endpoint interrupts the connections to S3 that are open in these subnets."
    yield ""


def _image_first(spec: Spec, form: str) -> Iterator[str]:
    if not spec.repository:
        return
    if form == "terraform":
        yield "The service waits for its image: push one to the repository, which is the output `repository`."
    else:
        yield "CloudFormation waits until a task runs, and a task for its image."
        yield "So deploy once with `DesiredCount=0`, push the image to the repository, which is the output"
        yield "`RepositoryUrl`, and deploy again with `DesiredCount=1`."
    yield ""
