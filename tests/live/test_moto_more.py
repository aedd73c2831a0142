"""Everything else that a task may name or meet, on moto's server: files, keys, schedules, other networks."""

import json
from pathlib import Path
from typing import Any

import pytest

from pullproof.cli.main import main
from tests.aws import REGION, Aws
from tests.live.estate import ENDPOINTS, Made, build

MORE = ["kms:Decrypt", "s3:GetObject", "s3:GetBucketLocation"]


def _stores(made: Made) -> dict[str, str]:
    """A file system with mount targets, a secret and a parameter under a key, a bucket."""
    aws = made.aws
    efs = aws.client("efs")
    system = efs.create_file_system(CreationToken="a")["FileSystemId"]
    for subnet in made.subnets:
        efs.create_mount_target(FileSystemId=system, SubnetId=subnet, SecurityGroups=[made.endpoint_group])
    point = efs.create_access_point(FileSystemId=system, ClientToken="x")["AccessPointId"]
    nfs = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049}
    aws.client("ec2").authorize_security_group_ingress(
        GroupId=made.endpoint_group,
        IpPermissions=[nfs | {"UserIdGroupPairs": [{"GroupId": made.task_group}]}],
    )
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/own", TargetKeyId=key)
    secret = aws.client("secretsmanager").create_secret(
        Name="own", SecretString="hunter9", KmsKeyId="alias/own"
    )["ARN"]
    aws.client("ssm").put_parameter(Name="one", Value="hunter8", Type="SecureString", KeyId="alias/own")
    aws.client("s3").create_bucket(
        Bucket=f"settings-{aws.account_id}", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    statement = {"Effect": "Allow", "Action": MORE, "Resource": "*"}
    aws.client("iam").put_role_policy(
        RoleName="execution",
        PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return {"system": system, "point": point, "secret": secret}


def _job(made: Made, held: dict[str, str]) -> str:
    """A task definition that names all of it."""
    image = made.aws.client("ecr").describe_repositories()["repositories"][0]["repositoryUri"]
    file = f"arn:aws:s3:::settings-{made.aws.account_id}/a.env"
    container = {
        "name": "job",
        "image": f"{image}:1",
        "memory": 512,
        "environmentFiles": [{"type": "s3", "value": file}],
        "secrets": [{"name": "A", "valueFrom": held["secret"]}, {"name": "B", "valueFrom": "one"}],
    }
    volume = {
        "fileSystemId": held["system"],
        "transitEncryption": "ENABLED",
        "authorizationConfig": {"accessPointId": held["point"]},
    }
    definition: str = made.aws.client("ecs").register_task_definition(
        family="job",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=made.role,
        volumes=[{"name": "files", "efsVolumeConfiguration": volume}],
        containerDefinitions=[container],
    )["taskDefinition"]["taskDefinitionArn"]
    return definition


def _scheduled(made: Made, definition: str) -> None:
    """A rule and a schedule that run the job."""
    aws = made.aws
    cluster = aws.client("ecs").describe_clusters(clusters=["shop"])["clusters"][0]["clusterArn"]
    network = {"Subnets": list(made.subnets), "SecurityGroups": [made.task_group]}
    target = {
        "Arn": cluster,
        "RoleArn": made.role,
        "Input": json.dumps({"containerOverrides": [{"environment": [{"name": "P", "value": "hunter10"}]}]}),
        "EcsParameters": {
            "TaskDefinitionArn": definition,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {"awsvpcConfiguration": network},
        },
    }
    events = aws.client("events")
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="nightly", Targets=[target | {"Id": "1"}])
    aws.client("scheduler").create_schedule(
        Name="hourly",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )


def _neighbours(made: Made) -> None:
    """A transit gateway, a peering, a private NAT gateway and a hosted zone: there, and in nobody's way."""
    ec2 = made.aws.client("ec2")
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=made.vpc, SubnetIds=list(made.subnets)
    )
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=made.vpc, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])
    ec2.create_nat_gateway(SubnetId=made.subnets[0], ConnectivityType="private")
    made.aws.client("route53").create_hosted_zone(
        Name="corp.example.com",
        CallerReference="1",
        VPC={"VPCRegion": REGION, "VPCId": made.vpc},
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )


def test_all_that_a_task_can_name_is_read_back(
    aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service, a rule and a schedule can start; a snapshot says the same, and holds no secret."""
    made = build(aws, endpoints=ENDPOINTS)
    _scheduled(made, _job(made, _stores(made)))
    _neighbours(made)
    out = str(tmp_path)

    assert 0 == main(["snapshot", "aws://", "--out", out]), capsys.readouterr().err
    assert "" == capsys.readouterr().err
    documents: list[dict[str, Any]] = []
    for source in ("aws://", out):
        assert 0 == main(["check", source, "--format", "json"]), capsys.readouterr().out
        documents.append(json.loads(capsys.readouterr().out))
    live, stored = documents

    expected = {
        "shop/web": "service",
        "nightly/1": "eventbridge-target",
        "default/hourly": "scheduler-schedule",
    }
    assert expected == {task["id"]: task["kind"] for task in live["tasks"]}
    assert live["tasks"] == stored["tasks"]
    steps = {step["step"] for task in live["tasks"] for step in task["steps"]}
    assert {"secrets", "parameters", "env-files", "efs", "logs", "image-layers"} <= steps
    assert b"hunter" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
