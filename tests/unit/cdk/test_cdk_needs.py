"""What a task definition of an app needs, read from what will be synthesised."""

from typing import Any

import pytest

from pullproof.cdk.needs import Needs, needs_of, together

ECR = {"Fn::Join": ["", ["123456789012.dkr.ecr.", {"Ref": "AWS::Region"}, ".amazonaws.com/app:1"]]}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3"


def needs(types: dict[str, str] | None = None, *, exec_enabled: bool = False, **container: Any) -> Needs:
    """The needs of one container with an image in ECR."""
    definition = {"containerDefinitions": [{"image": ECR} | container]}
    return needs_of(definition, exec_enabled=exec_enabled, types=types or {})


def secret(value: Any, types: dict[str, str] | None = None) -> tuple[list[str], Any]:
    """What reading a secret needs beside the image."""
    found = needs(types, secrets=[{"name": "A", "valueFrom": value}])
    names = [name for name in found.services if name not in ("ecr.api", "ecr.dkr", "s3")]
    return names, found.resources[names[0]]


def test_an_image_of_ecr_needs_three_services() -> None:
    """The login, the manifest, and the layers."""
    assert (
        Needs(services=("ecr.api", "ecr.dkr", "s3"), resources={"ecr.api": (), "ecr.dkr": (), "s3": ()})
        == needs()
    )


def test_an_image_of_a_public_registry_is_told() -> None:
    """No endpoint leads there."""
    found = needs_of({"containerDefinitions": [{"image": "nginx:1"}]}, exec_enabled=False, types={})

    assert Needs(services=(), public=("nginx:1",)) == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (SECRET, (["secretsmanager"], (SECRET,))),
        (f"{SECRET}:key::", (["secretsmanager"], (SECRET,))),
        ({"Ref": "Secret"}, (["secretsmanager"], ({"Ref": "Secret"},))),
        ({"Fn::Join": ["", [{"Ref": "Secret"}, ":key::"]]}, (["secretsmanager"], ({"Ref": "Secret"},))),
        (
            {
                "Fn::Join": [
                    "",
                    ["arn:aws:secretsmanager:", {"Ref": "AWS::Region"}, ":1:secret:db-a1b2c3:k::"],
                ]
            },
            (
                ["secretsmanager"],
                (
                    {
                        "Fn::Join": [
                            "",
                            ["arn:aws:secretsmanager:", {"Ref": "AWS::Region"}, ":1:secret:db-a1b2c3"],
                        ]
                    },
                ),
            ),
        ),
        ("arn:aws:ssm:eu-west-1:1:parameter/a", (["ssm"], ("arn:aws:ssm:eu-west-1:1:parameter/a",))),
        (
            {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":ssm:eu-west-1:1:parameter/a"]]},
            (
                ["ssm"],
                ({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":ssm:eu-west-1:1:parameter/a"]]},),
            ),
        ),
        ({"Ref": "Parameter"}, (["ssm"], ())),
        ({"Ref": "Elsewhere"}, (["secretsmanager", "ssm"], ())),
    ],
)
def test_a_secret_needs_the_service_that_holds_it(value: Any, expected: Any) -> None:
    """An ARN without key, stage and version; where it does not show which service is meant, both are."""
    types = {"Secret": "AWS::SecretsManager::Secret", "Parameter": "AWS::SSM::Parameter"}

    assert expected == secret(value, types)


@pytest.mark.parametrize(("name", "path"), [("app", "/app"), ("/app/x", "/app/x")])
def test_a_parameter_may_be_given_by_its_name(name: str, path: str) -> None:
    """Its ARN is that of the stack's account and region."""
    _, (arn,) = secret(name)

    assert f":parameter{path}" == arn["Fn::Join"][1][-1]


def test_logs_credentials_files_and_exec() -> None:
    """Each thing that an agent reads or opens needs its service."""
    found = needs(
        exec_enabled=True,
        logConfiguration={
            "logDriver": "awslogs",
            "options": {"awslogs-group": "app"},
            "secretOptions": [{"name": "A", "valueFrom": SECRET}],
        },
        repositoryCredentials={"credentialsParameter": SECRET},
        environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::b/env"}],
    )

    assert ("ecr.api", "ecr.dkr", "s3", "secretsmanager", "logs", "ssmmessages") == found.services
    assert (SECRET,) == found.resources["secretsmanager"]
    assert ("arn:aws:s3:::b/env",) == found.resources["s3"]
    assert [":log-group:", "app", ":*"] == found.resources["logs"][0]["Fn::Join"][1][-3:]
    assert () == needs(logConfiguration={"logDriver": "awslogs"}).resources["logs"]


def test_several_tasks_together_need_what_each_needs() -> None:
    """A resource that one of them does not tell leaves the whole service open."""
    known = needs(secrets=[{"name": "A", "valueFrom": SECRET}])
    open_ = needs(secrets=[{"name": "A", "valueFrom": {"Ref": "X"}}])

    assert (SECRET,) == together([known, needs()]).resources["secretsmanager"]
    assert () == together([known, open_]).resources["secretsmanager"]


def test_a_file_system_is_seen() -> None:
    """A volume of EFS is mounted over the network."""
    found = needs_of(
        {"volumes": [{"efsVolumeConfiguration": {"filesystemId": "fs-1"}}]}, exec_enabled=False, types={}
    )

    assert True is found.efs
