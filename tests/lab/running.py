"""A lab that runs for a test, as people start it, with clients of its API."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from pullproof.lab.remote import Remote
from tools.repository import ROOT

REGION = "eu-west-1"
ACCOUNT = "123456789012"
#: Longer than anything takes on a busy machine.
PATIENCE = 60.0


class Running:
    """One lab: its command line, its API, and questions to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._clients: dict[str, Any] = {}

    def cli(self, *words: str, ok: bool = True) -> str:
        """What `pullproof lab WORDS` prints; with `ok`, an AssertionError when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "pullproof", "lab", words[0], "--name", self.name, *words[1:]],
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
            check=False,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert not ok or done.returncode == 0, f"{words}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def ask(self, what: str, **given: object) -> list[dict[str, Any]]:
        """Answers of the lab's own socket."""
        return list(Remote(self.name).ask(what, **given))

    @cached_property
    def api(self) -> str:
        """Where the stand-in for AWS answers."""
        return str(self.ask("status")[0]["api"])

    def client(self, service: str) -> Any:
        """A client of the stand-in for AWS."""
        if service not in self._clients:
            import boto3.session

            keys = self.ask("keys")[0]
            session = boto3.session.Session(
                aws_access_key_id=keys["id"], aws_secret_access_key=keys["secret"], region_name=REGION
            )
            self._clients[service] = session.client(service, endpoint_url=self.api)
        return self._clients[service]

    def close(self) -> None:
        """End the lab."""
        for client in self._clients.values():
            client.close()
        self.cli("down", ok=False)

    @staticmethod
    def until(what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """The first answer that is true; an AssertionError when none is in time."""
        end = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.1)
        return found

    def task(self, cluster: str, arn: str) -> dict[str, Any]:
        """A task as DescribeTasks shows it."""
        found: dict[str, Any] = self.client("ecs").describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]
        return found


@contextmanager
def a_lab(*words: str) -> Iterator[Running]:
    """A lab of its own name, from `lab up WORDS`, that ends with the block."""
    lab = Running(f"test-{os.getpid()}-{time.monotonic_ns() % 10**9}")
    lab.cli("up", *words)
    try:
        yield lab
    finally:
        lab.close()


class Shop:
    """A small account, made by calls of its API: one private subnet, four endpoints, a role."""

    def __init__(self, lab: Running) -> None:
        self.lab = lab
        ec2 = lab.client("ec2")
        vpc = self.vpc = str(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
        for name in ("EnableDnsHostnames", "EnableDnsSupport"):
            ec2.modify_vpc_attribute(VpcId=vpc, **{name: {"Value": True}})
        self.subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        self.group = ec2.describe_security_groups(
            Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
        )["SecurityGroups"][0]["GroupId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=self.subnet)
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", RouteTableIds=[table])
        for service in ("ecr.api", "ecr.dkr", "logs", "secretsmanager"):
            ec2.create_vpc_endpoint(
                VpcId=vpc,
                ServiceName=f"com.amazonaws.{REGION}.{service}",
                VpcEndpointType="Interface",
                SubnetIds=[self.subnet],
                SecurityGroupIds=[self.group],
                PrivateDnsEnabled=True,
            )
        self._stores()

    def _stores(self) -> None:
        lab = self.lab
        url = lab.client("ecr").create_repository(repositoryName="orders")["repository"]["repositoryUri"]
        self.image = f"{url}:v1"
        lab.client("logs").create_log_group(logGroupName="/ecs/orders")
        self.key = lab.client("kms").create_key(Policy=_policy("kms:*", "root"))["KeyMetadata"]["Arn"]
        secret = lab.client("secretsmanager").create_secret(
            Name="token", SecretString=json.dumps({"word": "open sesame"}), KmsKeyId=self.key
        )
        self.secret = secret["ARN"]
        iam = lab.client("iam")
        trust = _policy("sts:AssumeRole", "")
        self.role = iam.create_role(RoleName="start", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
        iam.attach_role_policy(RoleName="start", PolicyArn=managed)
        reading = [
            {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": self.secret},
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": self.key},
        ]
        iam.put_role_policy(
            RoleName="start",
            PolicyName="secrets",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": reading}),
        )
        lab.client("ecs").create_cluster(clusterName="shop")

    @property
    def network(self) -> dict[str, Any]:
        """Where tasks run."""
        return {"awsvpcConfiguration": {"subnets": [self.subnet], "securityGroups": [self.group]}}

    def other_group(self) -> str:
        """A group that no endpoint and no mount target lets in."""
        made = self.lab.client("ec2").create_security_group(
            VpcId=self.vpc, GroupName="other", Description="other"
        )
        self.lab.until(self.followed)
        return str(made["GroupId"])

    def followed(self) -> bool:
        """Whether the lab's network is what the account says."""
        status = self.lab.ask("status")[0]
        return bool(status["followed"] >= status["changes"])

    def file_system(self) -> str:
        """A file system with a mount target in the subnet."""
        efs = self.lab.client("efs")
        system = efs.create_file_system(CreationToken="files")["FileSystemId"]
        efs.create_mount_target(FileSystemId=system, SubnetId=self.subnet, SecurityGroups=[self.group])
        return str(system)

    def define(self, script: str, *, volumes: Sequence[Mapping[str, Any]] = (), **more: Any) -> str:
        """A task definition of one container that runs a script; its ARN."""
        options = {"awslogs-group": "/ecs/orders", "awslogs-region": REGION, "awslogs-stream-prefix": "x"}
        container = {
            "name": "orders",
            "image": self.image,
            "essential": True,
            "entryPoint": ["sh", "-c"],
            "command": [script],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
            **more,
        }
        found = self.lab.client("ecs").register_task_definition(
            family="orders",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=self.role,
            containerDefinitions=[container],
            volumes=list(volumes),
        )
        return str(found["taskDefinition"]["taskDefinitionArn"])

    def run(self, definition: str, groups: Sequence[str] = ()) -> dict[str, Any]:
        """RunTask; the task as the call answers it."""
        network = self.network
        if groups:
            network["awsvpcConfiguration"]["securityGroups"] = list(groups)
        found: dict[str, Any] = self.lab.client("ecs").run_task(
            cluster="shop", taskDefinition=definition, launchType="FARGATE", networkConfiguration=network
        )["tasks"][0]
        return found

    def reaches(self, arn: str, status: str) -> dict[str, Any]:
        """A task once it has a status."""

        def found() -> dict[str, Any] | None:
            task = self.lab.task("shop", arn)
            ended = task["lastStatus"] == "STOPPED" != status
            assert not ended, f"{task['stopCode']}: {task['stoppedReason']}"
            return task if task["lastStatus"] == status else None

        task: dict[str, Any] = self.lab.until(found)
        return task


def _policy(action: str, principal: str) -> str:
    """A policy with one statement, for the account or for ECS."""
    who = (
        {"AWS": f"arn:aws:iam::{ACCOUNT}:{principal}"}
        if principal
        else {"Service": "ecs-tasks.amazonaws.com"}
    )
    statement = {"Effect": "Allow", "Action": action, "Principal": who}
    if principal:
        statement["Resource"] = "*"
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


EXAMPLES = Path(ROOT, "examples", "blog-post")
