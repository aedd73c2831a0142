"""The app that the assembly beside this file was made of, by `python app.py` and aws-cdk-lib 2.

What an assembly holds beside what is read was taken out afterwards: `tree.json`, reports, feature flags,
and all but the logical ids of the metadata.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs


class Network(cdk.Stack):  # type: ignore[misc]  # it has no types here
    """A VPC in one zone."""

    def __init__(self, scope: Any, name: str, **more: Any) -> None:
        super().__init__(scope, name, **more)
        self.vpc = ec2.Vpc(self, "Vpc", max_azs=1)


class Groups(cdk.NestedStack):  # type: ignore[misc]  # it has no types here
    """A security group in a nested stack."""

    def __init__(self, scope: Any, name: str, vpc: ec2.IVpc) -> None:
        super().__init__(scope, name)
        self.group = ec2.SecurityGroup(self, "Group", vpc=vpc)


class Shop(cdk.Stack):  # type: ignore[misc]  # it has no types here
    """A service in the network of another stack."""

    def __init__(self, scope: Any, name: str, vpc: ec2.IVpc, **more: Any) -> None:
        super().__init__(scope, name, **more)
        task = ecs.FargateTaskDefinition(self, "Task")
        repository = ecr.Repository(self, "Repository")
        task.add_container("app", image=ecs.ContainerImage.from_ecr_repository(repository, "v1"))
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc)
        group = Groups(self, "Groups", vpc).group
        ecs.FargateService(self, "Service", cluster=cluster, task_definition=task, security_groups=[group])


class Found(cdk.Stack):  # type: ignore[misc]  # it has no types here
    """A service in a network that is looked up, by a synthesis without an account."""

    def __init__(self, scope: Any, name: str, **more: Any) -> None:
        super().__init__(scope, name, **more)
        task = ecs.FargateTaskDefinition(self, "Task")
        task.add_container("app", image=ecs.ContainerImage.from_registry("nginx"))
        vpc = ec2.Vpc.from_lookup(self, "Vpc", vpc_id="vpc-0abc")
        group = ec2.SecurityGroup.from_lookup_by_id(self, "Group", "sg-0123")
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc)
        ecs.FargateService(self, "Service", cluster=cluster, task_definition=task, security_groups=[group])


class Stage(cdk.Stage):  # type: ignore[misc]  # it has no types here
    """All of it, in one account and region."""

    def __init__(self, scope: Any, name: str, **more: Any) -> None:
        super().__init__(scope, name, **more)
        Shop(self, "Shop", Network(self, "Network").vpc)


app = cdk.App(outdir=".")
where = cdk.Environment(account="123456789012", region="eu-west-1")
Shop(app, "Shop", Network(app, "Network").vpc)
Found(app, "Found", env=where)
Stage(app, "Prod", env=where)
app.synth()
