"""Apps with a service on Fargate in a private network, for the real CDK."""

import json
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager

ENVIRONMENT = Environment(account="123456789012", region="eu-west-1")


class Site:
    """A stack with a VPC without a way out, and a service in it."""

    def __init__(
        self, folder: Path, *, env: Environment | None = None, closed: bool = True, **service: Any
    ) -> None:
        self.folder = folder / "cdk.out"
        self.app = App(outdir=str(self.folder), analytics_reporting=False)
        self.stack = Stack(self.app, "Site", env=env)
        private = ec2.SubnetConfiguration(name="private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.vpc = ec2.Vpc(self.stack, "Vpc", max_azs=1, nat_gateways=0, subnet_configuration=[private])
        self.secret = secretsmanager.Secret(self.stack, "Secret")
        self.task = ecs.FargateTaskDefinition(self.stack, "Task")
        self.task.add_container(
            "app",
            image=ecs.ContainerImage.from_ecr_repository(ecr.Repository(self.stack, "Repository")),
            logging=ecs.LogDrivers.aws_logs(stream_prefix="app"),
            secrets={"PASSWORD": ecs.Secret.from_secrets_manager(self.secret, "password")},
        )
        self.group = ec2.SecurityGroup(
            self.stack, "Group", vpc=self.vpc, allow_all_outbound=not closed, description="The tasks"
        )
        self.service = ecs.FargateService(
            self.stack,
            "Service",
            cluster=ecs.Cluster(self.stack, "Cluster", vpc=self.vpc),
            task_definition=self.task,
            security_groups=[self.group],
            min_healthy_percent=100,
            **service,
        )
        self.list = ec2.PrefixList.from_prefix_list_id(self.stack, "S3", "pl-0123456789abcdef0")

    def synthesised(self) -> dict[str, list[Any]]:
        """The properties of the resources, by type."""
        self.app.synth()
        template = json.loads((self.folder / "Site.template.json").read_bytes())
        found: dict[str, list[Any]] = {}
        for one in template["Resources"].values():
            found.setdefault(one["Type"], []).append(one.get("Properties"))
        return found
