"""A construct that gives services on Fargate what they need in a private network."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Annotations, CfnElement, CfnResource, Stack, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from constructs import Construct

from pullproof.cdk.needs import Needs, needs_of, together

#: The calls that the agent of a task makes before its containers start, by the name of the service.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
CALLS = {
    "ecr.api": ("ecr:GetAuthorizationToken",),
    "ecr.dkr": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"),
    "secretsmanager": ("secretsmanager:GetSecretValue",),
    "ssm": ("ssm:GetParameters",),
    "logs": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "ssmmessages": (
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ),
}
HTTPS = 443


class FargateEndpoints(Construct):  # type: ignore[misc]  # the CDK is not type-checked here
    """The endpoints, rules and policies that services on Fargate need in order to start.

    What is needed is read from the task definitions as they are when this is made, so make it after their
    containers. Rules refer to groups, and to S3's own prefix list; endpoints' policies allow what the
    tasks' agents ask for and nothing else, unless `restrict` is False.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        vpc: ec2.IVpc,
        services: Sequence[ecs.FargateService],
        subnets: ec2.SubnetSelection | None = None,
        existing: Sequence[str] = (),
        file_systems: Sequence[efs.IFileSystem] = (),
        s3_prefix_list: ec2.IPrefixList | None = None,
        s3_resources: Sequence[str] = (),
        restrict: bool = True,
    ) -> None:
        """`existing` names endpoints that the VPC has already ("logs", "s3"). `subnets` are where the
        endpoints are, those of the services by default. `s3_resources` are ARNs of objects that the
        services themselves read through the gateway endpoint.
        """
        super().__init__(scope, id)
        if not services:
            raise ValueError("FargateEndpoints: give at least one service")
        self.vpc = vpc
        self.services = list(services)
        self._subnets = subnets
        self._restrict = restrict
        self.needs = together([self._needs(service) for service in services])
        #: The interface endpoints, by the name of their service.
        self.interface: dict[str, ec2.InterfaceVpcEndpoint] = {}
        #: The gateway endpoint of S3, where one is made here.
        self.gateway: ec2.GatewayVpcEndpoint | None = None
        self.security_group: ec2.SecurityGroup | None = None
        self._warn()
        self._interfaces([name for name in self.needs.services if name not in ("s3", *existing)])
        if "s3" in self.needs.services:
            if "s3" not in existing:
                self._gateway(s3_resources)
            self._let_out_to_s3(s3_prefix_list)
        for file_system in file_systems:
            for service in self.services:
                file_system.connections.allow_default_port_from(service, "NFS from the tasks")

    def _needs(self, service: ecs.FargateService) -> Needs:
        stack = Stack.of(service)
        definition = _resource(service.task_definition, "AWS::ECS::TaskDefinition")
        own = _resource(service, "AWS::ECS::Service")
        properties = {
            "containerDefinitions": stack.resolve(definition.container_definitions),
            "volumes": stack.resolve(definition.volumes),
        }
        exec_enabled = stack.resolve(own.enable_execute_command) is True
        return needs_of(properties, exec_enabled=exec_enabled, types=_types(stack))

    def _warn(self) -> None:
        for image in self.needs.public:
            Annotations.of(self).add_warning_v2(
                "pullproof:public-registry",
                f"the image {image} is in no private ECR repository: no endpoint leads to its registry, so that a"
                " task in a private subnet needs a NAT gateway, or a copy of the image in ECR",
            )

    def _interfaces(self, names: list[str]) -> None:
        if not names:
            return
        group = ec2.SecurityGroup(
            self,
            "Group",
            vpc=self.vpc,
            description="Endpoints that tasks on Fargate need in order to start",
            allow_all_outbound=False,
        )
        self.security_group = group
        for service in self.services:
            group.connections.allow_from(service, ec2.Port.tcp(HTTPS), "HTTPS from the tasks to endpoints")
        for name in names:
            endpoint = ec2.InterfaceVpcEndpoint(
                self,
                "".join(part.capitalize() for part in name.split(".")),
                vpc=self.vpc,
                service=ec2.InterfaceVpcEndpointAwsService(name),
                subnets=self._subnets,
                security_groups=[group],
                private_dns_enabled=True,
                open=False,  # the rule for the whole VPC that the CDK would add
            )
            if self._restrict:
                for statement in self._statements(name):
                    endpoint.add_to_policy(statement)
            self.interface[name] = endpoint

    def _statements(self, name: str) -> list[iam.PolicyStatement]:
        """Only what the agents of the tasks ask this service for."""
        actions = [*CALLS["ecr.api"], *CALLS["ecr.dkr"]] if name.startswith("ecr.") else list(CALLS[name])
        resources = [_token(arn) for arn in self.needs.resources[name]] or ["*"]
        return [iam.PolicyStatement(principals=[iam.AnyPrincipal()], actions=actions, resources=resources)]

    def _gateway(self, more: Sequence[str]) -> None:
        self.gateway = ec2.GatewayVpcEndpoint(
            self,
            "S3",
            vpc=self.vpc,
            service=ec2.GatewayVpcEndpointAwsService.S3,
            subnets=[self._subnets] if self._subnets else None,
        )
        if not self._restrict:
            return
        stack = Stack.of(self)
        layers = f"arn:{stack.partition}:s3:::prod-{stack.region}-starport-layer-bucket/*"
        objects = [_token(arn) for arn in self.needs.resources["s3"]]
        self.gateway.add_to_policy(
            iam.PolicyStatement(
                principals=[iam.AnyPrincipal()],
                actions=["s3:GetObject"],
                resources=list(dict.fromkeys([layers, *objects, *more])),
            )
        )

    def _let_out_to_s3(self, given: ec2.IPrefixList | None) -> None:
        """S3 behind a gateway endpoint has public addresses: groups know them by AWS's prefix list.

        https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-security
        """
        closed = [
            group
            for service in self.services
            for group in service.connections.security_groups
            if not group.allow_all_outbound
        ]
        if not closed:
            return
        peer = ec2.Peer.prefix_list((given or self._looked_up()).prefix_list_id)
        for group in dict.fromkeys(closed):
            group.add_egress_rule(peer, ec2.Port.tcp(HTTPS), "Image layers from S3")

    def _looked_up(self) -> ec2.IPrefixList:
        stack = Stack.of(self)
        if Token.is_unresolved(stack.region) or Token.is_unresolved(stack.account):
            raise ValueError(
                f"FargateEndpoints: {stack.node.path} has no `env` with region and account, in which the prefix list"
                " of S3 could be looked up: give `env`, or `s3_prefix_list=PrefixList.from_prefix_list_id(...)`"
            )
        name = f"com.amazonaws.{stack.region}.s3"
        return ec2.PrefixList.from_lookup(self, "S3PrefixList", prefix_list_name=name)


def _resource(construct: Construct, kind: str) -> CfnResource:
    """The resource of a type that a construct makes."""
    for one in construct.node.find_all():
        if CfnResource.is_cfn_resource(one) and one.cfn_resource_type == kind:
            return one
    raise ValueError(
        f"FargateEndpoints: {construct.node.path} makes no {kind}, so that what it needs cannot be read"
    )


def _types(stack: Stack) -> dict[str, str]:
    """The types of a stack's resources, by logical id."""
    return {
        stack.resolve(one.logical_id): one.cfn_resource_type
        for one in stack.node.find_all()
        if CfnElement.is_cfn_element(one) and CfnResource.is_cfn_resource(one)
    }


def _token(value: Any) -> str:
    """A function of CloudFormation in the place of a text."""
    return value if isinstance(value, str) else Token.as_string(value)
