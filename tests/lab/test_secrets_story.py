"""A template with secrets and an image of several layers, in a lab: each call that is refused stops the task, and mended it runs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.lab.images import layer, layered
from tests.lab.running import Running, Shop, a_lab

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]

REGION, ACCOUNT = "eu-west-1", "123456789012"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:shop/db-a1b2c3"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/shop/word"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop:v1"
#: What the role may do, one statement for each step.
ALLOWED = {
    "ecr-login": ("ecr:GetAuthorizationToken", "*"),
    "image-manifest": ("ecr:BatchGetImage", "*"),
    "image-layers": ("ecr:GetDownloadUrlForLayer", "*"),
    "secrets": ("secretsmanager:GetSecretValue", SECRET),
    "parameters": ("ssm:GetParameters", PARAMETER),
    "logs": ("logs:CreateLogStream", "*"),
    "lines": ("logs:PutLogEvents", "*"),
}
HEAD = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
DENIED = "service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/"
#: The step whose action the role lacks, and the reason; in the words of ECS.
ROLE_LACKS = {
    "secrets": f"{HEAD}unable to retrieve secret from asm: {DENIED}",
    "parameters": f"{HEAD}unable to retrieve secrets from ssm: {DENIED}",
    "ecr-login": f"{HEAD}unable to retrieve ecr registry auth: {DENIED}",
    "image-manifest": f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {IMAGE}: ",
    "logs": "ResourceInitializationError: failed to validate logger args: create stream has been retried ",
}
#: The endpoint whose policy allows nothing: the step, and the reason.
ENDPOINT_DENIES = {
    "secretsmanager": ("secrets", f"{HEAD}unable to retrieve secret from asm: {DENIED}"),
    "s3": (
        "image-layers",
        (
            "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed"
            f" open: unexpected status code https://prod-{REGION}-starport-layer-bucket.s3.{REGION}.amazonaws.com/"
        ),
    ),
}
SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm")


def template(lacks: str = "", closed: str = "") -> dict[str, Any]:
    """A network and a service; the role `lacks` the action of a step, an endpoint is `closed` by its policy."""
    ref = {name: {"Ref": name} for name in ("Vpc", "Subnet", "Group", "Table", "Cluster", "Task", "Role")}
    nothing = {"Version": "2012-10-17", "Statement": []}
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource}
        for step, (action, resource) in ALLOWED.items()
        if step != lacks
    ]
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    container = {
        "Name": "app",
        "Image": IMAGE,
        "Secrets": [
            {"Name": "PASSWORD", "ValueFrom": f"{SECRET}:password::"},
            {"Name": "WORD", "ValueFrom": PARAMETER},
        ],
        "LogConfiguration": {
            "LogDriver": "awslogs",
            "Options": {"awslogs-group": "/shop", "awslogs-region": REGION, "awslogs-stream-prefix": "x"},
        },
    }
    resources: dict[str, Any] = {
        "Vpc": _of("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True),
        "Subnet": _of(
            "EC2::Subnet", VpcId=ref["Vpc"], CidrBlock="10.0.1.0/24", AvailabilityZone=f"{REGION}a"
        ),
        "Table": _of("EC2::RouteTable", VpcId=ref["Vpc"]),
        "Use": _of("EC2::SubnetRouteTableAssociation", SubnetId=ref["Subnet"], RouteTableId=ref["Table"]),
        "Group": _of(
            "EC2::SecurityGroup",
            GroupDescription="all",
            VpcId=ref["Vpc"],
            SecurityGroupIngress=[
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}
            ],
        ),
        "S3": _of(
            "EC2::VPCEndpoint",
            VpcId=ref["Vpc"],
            ServiceName=f"com.amazonaws.{REGION}.s3",
            RouteTableIds=[ref["Table"]],
            **({"PolicyDocument": nothing} if closed == "s3" else {}),
        ),
        "Role": _of(
            "IAM::Role",
            RoleName="starts",
            AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
            Policies=[
                {"PolicyName": "all", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
            ],
        ),
        "Logs": _of("Logs::LogGroup", LogGroupName="/shop"),
        "Cluster": _of("ECS::Cluster", ClusterName="shop"),
        "Task": _of(
            "ECS::TaskDefinition",
            Family="shop",
            NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"],
            Cpu="256",
            Memory="512",
            ExecutionRoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            ContainerDefinitions=[container],
        ),
        "Service": _of(
            "ECS::Service",
            Cluster=ref["Cluster"],
            TaskDefinition=ref["Task"],
            LaunchType="FARGATE",
            DesiredCount=1,
            NetworkConfiguration={
                "AwsvpcConfiguration": {"Subnets": [ref["Subnet"]], "SecurityGroups": [ref["Group"]]}
            },
        ),
    }
    for number, service in enumerate(SERVICES):
        resources[f"Endpoint{number}"] = _of(
            "EC2::VPCEndpoint",
            VpcId=ref["Vpc"],
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            VpcEndpointType="Interface",
            PrivateDnsEnabled=True,
            SubnetIds=[ref["Subnet"]],
            SecurityGroupIds=[ref["Group"]],
            **({"PolicyDocument": nothing} if closed == service else {}),
        )
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image of four layers: what one hides, and what another replaces, the container does not see."""
    return layered(
        tmp_path_factory.mktemp("image"),
        {"Cmd": ["sh", "/app/start"], "Env": ["PATH=/bin"]},
        layer({"app/start": "echo wrong", "app/old": "old", "data/one": "1", "data/two": "2"}),
        layer({"app/.wh.old": "", "data/.wh..wh..opq": "", "data/three": "3"}),
        layer({"app/start": 'echo "$PASSWORD $WORD"; ls /app /data; sleep 600'}),
    )


@contextmanager
def of_template(folder: Path, image: Path, **what: str) -> Iterator[Running]:
    """A lab of a template, whose repository holds the image; its tasks start when they are asked for."""
    path = folder / "template.json"
    path.write_text(json.dumps(template(**what)), encoding="utf-8")
    with a_lab(str(path), "--region", REGION, "--no-tasks", "--time-scale", "0.01") as lab:
        lab.cli("push", str(image), "shop:v1")
        yield lab


def launched(lab: Running) -> dict[str, Any]:
    """A task, once it runs or has stopped."""
    done: dict[str, Any] = json.loads(lab.cli("run-task", "Service", "--format", "json", ok=False))["task"]
    return done


def test_a_task_has_its_secrets_and_its_image_s_last_word(tmp_path: Path, image: Path) -> None:
    """Stand-in values in the environment, the layers one above the other, and lines that `lab logs` reads."""
    with of_template(tmp_path, image) as lab:
        task = launched(lab)
        assert "RUNNING" == task["status"], task
        seen = lab.cli("exec", task["id"], "--", "sh", "-c", "env; ls -a /app /data")
        lines = lab.until(lambda: lab.cli("logs", task["id"]).splitlines())

    steps = [event["step"] for event in task["events"]]
    assert ["secrets", "parameters", "ecr-login", "image-manifest", "image-layers", "logs"] == steps
    assert {"PASSWORD=from-the-lab", "WORD=from-the-lab"} <= set(seen.splitlines())
    assert ["from-the-lab from-the-lab", "/app:", "start", "", "/data:", "three"] == lines
    assert not {"old", "one", "two"} & set(seen.split())


@pytest.mark.parametrize("step", ROLE_LACKS)
def test_a_role_that_lacks_an_action_stops_the_task_where_it_is_needed(
    tmp_path: Path, image: Path, step: str
) -> None:
    """The step, and the words that ECS has for it, with the action that is missing."""
    with of_template(tmp_path, image, lacks=step) as lab:
        task = launched(lab)

    assert ("STOPPED", "TaskFailedToStart", step) == (task["status"], task["code"], task["step"])
    assert task["reason"].startswith(ROLE_LACKS[step]), task["reason"]
    assert step == "image-manifest" or ALLOWED[step][0] in task["reason"]
    assert (
        step not in ("secrets", "parameters", "ecr-login")
        or "because no identity-based policy" in task["reason"]
    )


@pytest.mark.parametrize("service", ENDPOINT_DENIES)
def test_an_endpoint_that_allows_nothing_stops_the_task(tmp_path: Path, image: Path, service: str) -> None:
    """The service's own way of refusing: an exception, or a layer that is forbidden."""
    step, reason = ENDPOINT_DENIES[service]
    with of_template(tmp_path, image, closed=service) as lab:
        task = launched(lab)

    assert ("STOPPED", step) == (task["status"], task["step"])
    assert task["reason"].startswith(reason), task["reason"]
    assert ("403 Forbidden" if service == "s3" else "because no VPC endpoint policy") in task["reason"]


def test_an_account_is_mended_while_its_lab_runs(image: Path) -> None:
    """A service without a permission tries again and again; with it, its next task runs, and reads its secret."""
    script = 'echo "$WORD"; sleep 600'
    with a_lab("--time-scale", "0.002") as lab:
        shop = Shop(lab)
        iam, ecs = lab.client("iam"), lab.client("ecs")
        allowed = iam.get_role_policy(RoleName="start", PolicyName="secrets")["PolicyDocument"]
        iam.delete_role_policy(RoleName="start", PolicyName="secrets")
        lab.cli("push", str(image), "orders:v1")
        definition = shop.define(script, secrets=[{"name": "WORD", "valueFrom": f"{shop.secret}:word::"}])
        ecs.create_service(
            cluster="shop",
            serviceName="orders",
            taskDefinition=definition,
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration=shop.network,
        )

        def tasks(status: str) -> list[dict[str, Any]]:
            arns = ecs.list_tasks(cluster="shop", serviceName="orders", desiredStatus=status)["taskArns"]
            found = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []
            return [task for task in found if task["lastStatus"] == status]

        stopped = lab.until(lambda: tasks("STOPPED"))[0]
        iam.put_role_policy(RoleName="start", PolicyName="secrets", PolicyDocument=json.dumps(allowed))
        running = lab.until(lambda: tasks("RUNNING"))[0]
        number = running["taskArn"].rpartition("/")[2]
        lines = lab.until(lambda: lab.cli("logs", number).splitlines())

    assert "TaskFailedToStart" == stopped["stopCode"]
    assert stopped["stoppedReason"].startswith(f"{HEAD}unable to retrieve secret from asm: {DENIED}start/")
    assert ["open sesame"] == lines
