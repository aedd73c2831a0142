"""What is asked about next: taken from task definitions and zones, no more and no less."""

from typing import Any

import pytest

from pullproof.sources.live import feeds, feeds_names, feeds_tasks
from pullproof.sources.live.collected import Collected
from pullproof.sources.live.values import Got, Take, Wanted

HOME = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1"
SSM = "arn:aws:ssm:us-east-1:{}:parameter{}"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"


def taken(take: Take, item: Any) -> list[Wanted]:
    return list(take(Got(region="eu-west-1", item=item), Collected(())))


def container(**fields: Any) -> dict[str, Any]:
    return {"taskDefinitionArn": HOME, "containerDefinitions": [fields]}


def naming(value: str) -> dict[str, Any]:
    return container(secrets=[{"name": "A", "valueFrom": value}])


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:1",
            [Wanted("team/app", "us-east-1", (("registryId", "123456789012"),))],
        ),
        (
            "123456789012.dkr-ecr.eu-west-1.on.aws/app@sha256:00",
            [Wanted("app", "eu-west-1", (("registryId", "123456789012"),))],
        ),
        (
            "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app",
            [Wanted("app", "us-gov-west-1", (("registryId", "123456789012"),))],
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app",
            [Wanted("app", "cn-north-1", (("registryId", "123456789012"),))],
        ),
        ("public.ecr.aws/nginx/nginx:1", []),
        ("nginx", []),
    ],
)
def test_repositories_are_those_of_the_images(image: str, expected: list[Wanted]) -> None:
    """An image of ECR names its registry and region; any other is nobody's to be asked about."""
    assert expected == taken(feeds_tasks.repositories, container(image=image))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (SECRET, [Wanted(SECRET, "us-east-1")]),
        (f"{SECRET}:key:AWSCURRENT:", [Wanted(SECRET, "us-east-1")]),
        ("/aws/reference/secretsmanager/db", [Wanted("db")]),
        (SSM.format("123456789012", "/aws/reference/secretsmanager/db"), [Wanted("db", "us-east-1")]),
        ("/app/url", []),
    ],
)
def test_secrets_are_asked_about_whole(value: str, expected: list[Wanted]) -> None:
    """Without the key and version that are picked, in the region that the ARN names."""
    assert expected == taken(feeds_tasks.secrets, naming(value))


def test_credentials_of_a_registry_are_a_secret_by_arn_or_name() -> None:
    """What logs in to a private registry may be named either way."""
    for value, region in ((SECRET, "us-east-1"), ("registry", "")):
        item = container(repositoryCredentials={"credentialsParameter": value})
        assert [Wanted(value, region)] == taken(feeds_tasks.secrets, item)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/app/url", [Wanted("/app/url")]),
        ("url", [Wanted("url")]),
        (SSM.format("123456789012", "/app/url"), [Wanted("/app/url", "us-east-1")]),
        (SSM.format("123456789012", "/url"), [Wanted("/url", "us-east-1"), Wanted("url", "us-east-1")]),
        (SSM.format("999999999999", "/app/url"), []),
        (SECRET, []),
        ("/aws/reference/secretsmanager/db", []),
    ],
)
def test_parameters_are_asked_about_by_name(value: str, expected: list[Wanted]) -> None:
    """An ARN of one part may be of either name; one of another account cannot be asked about."""
    assert expected == taken(feeds_tasks.parameters, naming(value))


def test_roles_are_those_of_the_account() -> None:
    """By the last part of their ARN, whatever their path."""
    item = {
        "taskDefinitionArn": HOME,
        "executionRoleArn": "arn:aws:iam::123456789012:role/team/execution",
        "taskRoleArn": "arn:aws:iam::999999999999:role/elsewhere",
    }

    assert [Wanted("execution")] == taken(feeds_tasks.roles, item)


@pytest.mark.parametrize(
    ("driver", "options", "expected"),
    [
        ("awslogs", {"awslogs-group": "/a", "awslogs-region": "us-east-1"}, [Wanted("/a", "us-east-1")]),
        ("awslogs", {"awslogs-group": "/a"}, [Wanted("/a")]),
        ("awslogs", None, []),
        ("splunk", {"awslogs-group": "/a"}, []),
    ],
)
def test_log_groups_are_those_of_the_driver(driver: str, options: Any, expected: list[Wanted]) -> None:
    """In the region that the options name."""
    log = {"logDriver": driver, "options": options}
    assert expected == taken(feeds_tasks.log_groups, container(logConfiguration=log))


def test_buckets_are_those_of_environment_files() -> None:
    """By the name in the ARN of the file."""
    files = [{"value": "arn:aws:s3:::settings/app/a.env"}, {"value": "nonsense"}]

    assert [Wanted("settings")] == taken(feeds_tasks.buckets, container(environmentFiles=files))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"Type": "SecureString", "KeyId": "alias/aws/ssm"}, []),
        ({"Type": "String"}, []),
        ({"Type": "SecureString", "KeyId": "alias/own"}, [Wanted("alias/own")]),
        (
            {"Type": "SecureString", "KeyId": "arn:aws:kms:us-east-1:1:key/2"},
            [Wanted("arn:aws:kms:us-east-1:1:key/2", "us-east-1")],
        ),
    ],
)
def test_keys_of_parameters_are_one_s_own(item: dict[str, str], expected: list[Wanted]) -> None:
    """AWS's own key needs no permission, and a String no key."""
    assert expected == taken(feeds_tasks.keys_of_parameters, item)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("api.ecr.eu-west-1.amazonaws.com", True),
        ("amazonaws.com", True),
        ("com", True),
        ("registry.example.com", True),
        ("example.com", True),
        ("cdn.registry.example.com", True),
        ("corp.internal", False),
        ("notamazonaws.com", False),
        ("other.example.com", False),
    ],
)
def test_zones_that_may_hide_a_host_are_read(zone: str, expected: bool) -> None:
    """At, above or below AWS's domains and the hosts that images name."""
    hosts = frozenset((*feeds_names.OURS, "registry.example.com"))

    assert expected == feeds_names.may_hide(zone, hosts)


def test_hosts_are_those_of_images_and_log_options() -> None:
    """What a task may ask for beside AWS is written in its definition."""
    seen = Collected(())
    item = container(
        image="Registry.example.com:5000/app:1",
        logConfiguration={"options": {"splunk-url": "https://splunk.example.com:8088"}},
    )
    seen._rows["task-definitions"] = [Got(region="eu-west-1", item=item)]

    assert {"registry.example.com", "splunk.example.com"} == feeds_names.hosts_named(seen) - set(
        feeds_names.OURS
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a", [{"b": [1, None, ""]}]), ("a.b[]", [1]), ("a.x.y", []), ("z[].q", []), ("a.b[].c", [])],
)
def test_paths_lead_into_answers(path: str, expected: list[Any]) -> None:
    """A path that leads nowhere finds nothing, and so do nothing and empty text."""
    assert expected == list(feeds.found({"a": {"b": [1, None, ""]}}, path))
