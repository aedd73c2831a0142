"""An account of any size, answered from memory: how many calls a check makes, and tests without a network.

It answers as AWS does: filtered by what is asked, in pages, and with an empty list for what it does not have.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pullproof.sources.live.values import Answer, Trouble

ACCOUNT = "123456789012"
#: Items in a page, by call; EC2 gives a thousand, most others a hundred.
PAGE = {"ec2": 1000, "ecs": 100}
SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm")

Items = list[dict[str, Any]]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
MAY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["ecr:*", "logs:*", "secretsmanager:GetSecretValue", "ssm:GetParameters"],
            "Resource": "*",
        }
    ],
}


class Account:
    """Services spread over VPCs; each VPC has the endpoints that its tasks need, so that all can start.

    `families` is the number of task definitions, roles and repositories (services share them), `tasks` how
    many copies run, `rules` how many rules each group has that matter to nobody.
    """

    def __init__(
        self,
        *,
        services: int = 1,
        vpcs: int = 1,
        rules: int = 0,
        tasks: int = 1,
        families: int = 0,
        regions: tuple[str, ...] = ("eu-west-1",),
    ) -> None:
        self.services, self.vpcs, self.rules, self.tasks = services, vpcs, rules, tasks
        self.families = families or services
        self.regions = regions
        #: What is answered instead, by call ("ec2:DescribeVpcs").
        self.instead: dict[str, Trouble | list[Answer]] = {}
        #: Every request, in order of arrival.
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []
        self._ec2 = {region: self._network(region) for region in regions}

    def ask(
        self,
        service: str,
        operation: str,
        region: str,
        asked: Mapping[str, Any],
        *,
        pages: bool,  # noqa: ARG002  # part of what may be asked
    ) -> list[Answer] | Trouble:
        """All pages of an answer."""
        name = f"{service}:{operation}"
        self.asked.append((name, region, asked))
        if name in self.instead:
            return self.instead[name]
        if service == "ec2":
            return self._answer_ec2(operation, region, asked)
        answer: Callable[[str, Mapping[str, Any]], list[Answer] | Answer | Trouble] | None
        answer = getattr(self, f"_{service}_{operation}", None)
        if answer is None:
            return [{}]
        found = answer(region, asked)
        return [found] if isinstance(found, dict) else found

    # EC2: lists, filtered by what they belong to.

    def _answer_ec2(self, operation: str, region: str, asked: Mapping[str, Any]) -> list[Answer]:
        if operation == "DescribeVpcAttribute":
            name = asked["Attribute"][0].upper() + asked["Attribute"][1:]
            return [{"VpcId": asked["VpcId"], name: {"Value": True}}]
        if operation == "DescribeVpcBlockPublicAccessOptions":
            return [{"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}}]
        if operation == "GetManagedPrefixListEntries":
            return [{"Entries": [{"Cidr": "3.5.64.0/21"}, {"Cidr": "52.218.0.0/17"}]}]
        key = operation.removeprefix("Describe").replace("ManagedPrefixLists", "PrefixLists")
        items = self._ec2.get(region, {}).get(key, [])
        for one in asked.get("Filters", ()):
            items = [item for item in items if _matches(item, one["Name"], one["Values"])]
        return paged(key, items, PAGE["ec2"])

    def _network(self, region: str) -> dict[str, Items]:
        made: dict[str, Items] = {}
        for index in range(self.vpcs):
            for key, items in self._vpc(region, index).items():
                made.setdefault(key, []).extend(items)
        made["DhcpOptions"] = [
            {
                "DhcpOptionsId": f"dopt-{region}",
                "DhcpConfigurations": [
                    {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}
                ],
            }
        ]
        made["PrefixLists"] = [
            {
                "PrefixListId": f"pl-{region}",
                "PrefixListName": f"com.amazonaws.{region}.s3",
                "OwnerId": "AWS",
                "AddressFamily": "IPv4",
            }
        ]
        return made

    def _vpc(self, region: str, index: int) -> dict[str, Items]:
        tag = f"{region}-{index}"
        vpc, table, acl = f"vpc-{tag}", f"rtb-{tag}", f"acl-{tag}"
        subnets = [f"subnet-{tag}{zone}" for zone in "ab"]
        return {
            "Vpcs": [
                {
                    "VpcId": vpc,
                    "CidrBlock": "10.0.0.0/16",
                    "DhcpOptionsId": f"dopt-{region}",
                    "OwnerId": ACCOUNT,
                    "CidrBlockAssociationSet": [
                        {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}
                    ],
                }
            ],
            "Subnets": [
                {
                    "SubnetId": subnet,
                    "VpcId": vpc,
                    "CidrBlock": f"10.0.{number}.0/24",
                    "AvailabilityZone": f"{region}{'ab'[number]}",
                    "OwnerId": ACCOUNT,
                    "MapPublicIpOnLaunch": False,
                }
                for number, subnet in enumerate(subnets)
            ],
            "RouteTables": [_table(table, vpc, subnets, f"pl-{region}", f"vpce-{tag}-s3")],
            "NetworkAcls": [_acl(acl, vpc, subnets)],
            "SecurityGroups": self._groups(tag, vpc),
            "VpcEndpoints": _endpoints(tag, region, vpc, subnets, table),
            "NetworkInterfaces": [
                _interface(
                    f"eni-{tag}-{name}-{number}", subnet, vpc, f"sg-{tag}-end", f"10.0.{number}.{10 + place}"
                )
                for place, name in enumerate(SERVICES)
                for number, subnet in enumerate(subnets)
            ],
        }

    def _groups(self, tag: str, vpc: str) -> Items:
        def group(name: str, ingress: Items, egress: Items) -> dict[str, Any]:
            return {
                "GroupId": f"sg-{tag}-{name}",
                "GroupName": "default" if name == "default" else name,
                "VpcId": vpc,
                "OwnerId": ACCOUNT,
                "IpPermissions": [*ingress, *self._noise()],
                "IpPermissionsEgress": egress,
            }

        anywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "UserIdGroupPairs": []}
        https = {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
            "UserIdGroupPairs": [],
        }
        return [group("default", [], [anywhere]), group("task", [], [anywhere]), group("end", [https], [])]

    def _noise(self) -> Items:
        return [
            {
                "IpProtocol": "tcp",
                "FromPort": 10_000 + number,
                "ToPort": 10_000 + number,
                "IpRanges": [{"CidrIp": "192.0.2.0/24"}],
                "UserIdGroupPairs": [],
            }
            for number in range(self.rules)
        ]

    # ECS: one cluster, with all services.

    def _sts_GetCallerIdentity(self, _region: str, _asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/somebody"}

    def _cluster(self, region: str) -> str:
        return f"arn:aws:ecs:{region}:{ACCOUNT}:cluster/shop"

    def _ecs_ListClusters(self, region: str, _asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        return {"clusterArns": [self._cluster(region)] if self.services else []}

    def _ecs_DescribeClusters(self, region: str, asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        known = {"shop", self._cluster(region)} if self.services else set()
        held = [name for name in asked["clusters"] if name in known]
        cluster = {"clusterArn": self._cluster(region), "clusterName": "shop", "status": "ACTIVE"}
        return {"clusters": [cluster for _ in held[:1]]}

    def _ecs_ListServices(self, region: str, _asked: Mapping[str, Any]) -> list[Answer]:  # noqa: N802
        arns = [f"arn:aws:ecs:{region}:{ACCOUNT}:service/shop/web{number}" for number in range(self.services)]
        return paged("serviceArns", arns, PAGE["ecs"])

    def _ecs_DescribeServices(self, region: str, asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        numbers = [int(name.rpartition("web")[2]) for name in asked["services"] if "web" in name]
        return {"services": [self._service(region, number) for number in numbers if number < self.services]}

    def _service(self, region: str, number: int) -> dict[str, Any]:
        tag = f"{region}-{number % self.vpcs}"
        return {
            "serviceArn": f"arn:aws:ecs:{region}:{ACCOUNT}:service/shop/web{number}",
            "serviceName": f"web{number}",
            "clusterArn": self._cluster(region),
            "status": "ACTIVE",
            "launchType": "FARGATE",
            "platformVersion": "LATEST",
            "desiredCount": self.tasks,
            "runningCount": self.tasks,
            "taskDefinition": self._definition(region, number % self.families),
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": [f"subnet-{tag}a", f"subnet-{tag}b"],
                    "securityGroups": [f"sg-{tag}-task"],
                    "assignPublicIp": "DISABLED",
                }
            },
        }

    def _definition(self, region: str, number: int) -> str:
        return f"arn:aws:ecs:{region}:{ACCOUNT}:task-definition/web{number}:7"

    def _ecs_DescribeTaskDefinition(self, region: str, asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        arn: str = asked["taskDefinition"]
        number = arn.rpartition("web")[2].partition(":")[0]
        container = {
            "name": "web",
            "image": f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/web{number}:1",
            "environment": [{"name": "PASSWORD", "value": "hunter2"}],
            "secrets": [
                {
                    "name": "DB",
                    "valueFrom": f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:web{number}-AbCdEf",
                }
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": f"/web{number}",
                    "awslogs-region": region,
                    "awslogs-stream-prefix": "web",
                },
            },
        }
        return {
            "taskDefinition": {
                "taskDefinitionArn": arn,
                "family": f"web{number}",
                "revision": 7,
                "status": "ACTIVE",
                "networkMode": "awsvpc",
                "requiresCompatibilities": ["FARGATE"],
                "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/web{number}",
                "containerDefinitions": [container],
                "volumes": [],
            }
        }

    # What a task reads.

    def _iam_GetRole(self, _region: str, asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        name = asked["RoleName"]
        return {
            "Role": {
                "RoleName": name,
                "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
                "AssumeRolePolicyDocument": TRUST,
            }
        }

    def _iam_ListRolePolicies(self, _region: str, _asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        return {"PolicyNames": ["all"]}

    def _iam_GetRolePolicy(self, _region: str, asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        return {"RoleName": asked["RoleName"], "PolicyName": asked["PolicyName"], "PolicyDocument": MAY}

    def _ecr_DescribeRepositories(self, region: str, asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        return {
            "repositories": [
                {
                    "repositoryName": name,
                    "registryId": ACCOUNT,
                    "repositoryArn": f"arn:aws:ecr:{region}:{ACCOUNT}:repository/{name}",
                    "repositoryUri": f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{name}",
                }
                for name in asked["repositoryNames"]
            ]
        }

    def _ecr_GetRepositoryPolicy(self, _region: str, _asked: Mapping[str, Any]) -> Trouble:  # noqa: N802
        from pullproof.sources.live.trouble import judged

        return judged("RepositoryPolicyNotFoundException", "there is none")

    def _secretsmanager_DescribeSecret(self, _region: str, asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        arn = asked["SecretId"]
        return {"ARN": arn, "Name": arn.rpartition(":")[2].rpartition("-")[0]}

    def _secretsmanager_GetResourcePolicy(  # noqa: N802
        self, _region: str, asked: Mapping[str, Any]
    ) -> Answer:
        arn = asked["SecretId"]
        return {"ARN": arn, "Name": arn.rpartition(":")[2].rpartition("-")[0]}

    def _logs_DescribeLogGroups(self, region: str, asked: Mapping[str, Any]) -> Answer:  # noqa: N802
        name = asked["logGroupNamePrefix"]
        arn = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}:*"
        return {"logGroups": [{"logGroupName": name, "arn": arn}]}


def paged(key: str, items: Iterable[Any], size: int) -> list[Answer]:
    """A list in pages; an empty list is one page."""
    held = list(items)
    return [{key: held[start : start + size]} for start in range(0, max(len(held), 1), size)]


#: Filters of EC2: where in an item the value stands.
FILTERS = {
    "vpc-id": "VpcId",
    "subnet-id": "SubnetId",
    "group-id": "GroupId",
    "network-interface-id": "NetworkInterfaceId",
    "prefix-list-id": "PrefixListId",
    "dhcp-options-id": "DhcpOptionsId",
    "prefix-list-name": "PrefixListName",
}


def _matches(item: dict[str, Any], name: str, values: list[str]) -> bool:
    return item.get(FILTERS.get(name, ""), "") in values


def _table(key: str, vpc: str, subnets: list[str], prefix_list: str, gateway: str) -> dict[str, Any]:
    return {
        "RouteTableId": key,
        "VpcId": vpc,
        "Associations": [
            {"RouteTableId": key, "Main": True},
            *({"RouteTableId": key, "SubnetId": subnet, "Main": False} for subnet in subnets),
        ],
        "Routes": [
            {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
            {"DestinationPrefixListId": prefix_list, "GatewayId": gateway, "State": "active"},
        ],
        "PropagatingVgws": [],
    }


def _acl(key: str, vpc: str, subnets: list[str]) -> dict[str, Any]:
    return {
        "NetworkAclId": key,
        "VpcId": vpc,
        "IsDefault": True,
        "Associations": [{"NetworkAclId": key, "SubnetId": subnet} for subnet in subnets],
        "Entries": [
            {
                "RuleNumber": 100,
                "Protocol": "-1",
                "RuleAction": "allow",
                "Egress": egress,
                "CidrBlock": "0.0.0.0/0",
            }
            for egress in (True, False)
        ],
    }


def _interface(key: str, subnet: str, vpc: str, group: str, address: str) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": key,
        "SubnetId": subnet,
        "VpcId": vpc,
        "InterfaceType": "vpc_endpoint",
        "Groups": [{"GroupId": group, "GroupName": "end"}],
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "SourceDestCheck": True,
        "Status": "in-use",
    }


def _endpoints(tag: str, region: str, vpc: str, subnets: list[str], table: str) -> Items:
    interfaces: Items = [
        {
            "VpcEndpointId": f"vpce-{tag}-{name}",
            "VpcEndpointType": "Interface",
            "VpcId": vpc,
            "ServiceName": f"com.amazonaws.{region}.{name}",
            "State": "available",
            "PrivateDnsEnabled": True,
            "SubnetIds": subnets,
            "Groups": [{"GroupId": f"sg-{tag}-end", "GroupName": "end"}],
            "RouteTableIds": [],
            "NetworkInterfaceIds": [f"eni-{tag}-{name}-{number}" for number in range(len(subnets))],
        }
        for name in SERVICES
    ]
    gateway = {
        "VpcEndpointId": f"vpce-{tag}-s3",
        "VpcEndpointType": "Gateway",
        "VpcId": vpc,
        "ServiceName": f"com.amazonaws.{region}.s3",
        "State": "available",
        "PrivateDnsEnabled": False,
        "SubnetIds": [],
        "Groups": [],
        "RouteTableIds": [table],
        "NetworkInterfaceIds": [],
    }
    return [*interfaces, gateway]
