"""Stand-ins for what an input's tasks name: which are made, where, and what is left alone."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from msgspec.structs import replace

from pullproof.cli.lab import story
from pullproof.lab import furnish
from pullproof.lab.plan import planned
from pullproof.model.ecs import SecretRef
from pullproof.model.value import Listing
from tests.build import at

SECRET = f"arn:aws:secretsmanager:{story.REGION}:{story.ACCOUNT}:secret:team/db-AbCdEf"


class FakeLab:
    """A lab in which every call of the stand-in for AWS is written down; `fails` is what calls raise."""

    def __init__(self, *value_from: str, image: str = story.IMAGE) -> None:
        estate = story.before()
        task = estate.task_definitions["task"]
        [container] = task.containers.items
        refs = tuple(SecretRef(origin=at("task"), name="A", value_from=each) for each in value_from)
        container = replace(container, secrets=Listing(refs), image=image)
        estate.task_definitions["task"] = replace(task, containers=Listing((container,)))
        self.plan = planned(estate, ())
        self.calls: list[tuple[str, str, str, dict[str, Any]]] = []
        self.fails: Exception | None = None
        self.store = "store"
        self.pushed: set[str] = set()
        #: The ARNs that secrets are to have, by their names.
        self.arns: dict[str, str] = {}
        self.cloud = SimpleNamespace(client=self.client, call_secret=self.arns.__setitem__)

    def client(self, service: str, region: str) -> Any:
        """A client of a service in a region."""
        lab = self

        class Client:
            def __getattr__(self, name: str) -> Callable[..., None]:
                def call(**given: Any) -> None:
                    lab.calls.append((service, region, name, given))
                    if lab.fails is not None:
                        raise lab.fails

                return call

        return Client()


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Repositories and tags into which an image was put; what is there already is "there"."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(furnish, "busybox", lambda: "image")
    monkeypatch.setattr(furnish, "has", lambda _store, _bucket, _name, tag: tag == "there")
    monkeypatch.setattr(furnish, "seed", lambda _store, _region, name, tag, _image: found.append((name, tag)))
    return found


def test_everything_that_a_launch_names_is_made(seeded: list[tuple[str, str]]) -> None:
    """The image, secrets and parameters, the log group."""
    lab: Any = FakeLab(
        SECRET, f"{SECRET}:word::", "/team/web", f"arn:aws:ssm:us-east-1:{story.ACCOUNT}:parameter/x/y"
    )
    furnish.furnish(lab)

    made = {
        (service, region, name, given.get("Name") or given["logGroupName"])
        for service, region, name, given in lab.calls
    }
    assert {
        ("secretsmanager", "eu-west-1", "create_secret", "team/db"),
        ("ssm", "eu-west-1", "put_parameter", "/team/web"),
        ("ssm", "eu-west-1", "put_parameter", "/x/y"),
        ("logs", "eu-west-1", "create_log_group", "/ecs/orders"),
    } == made
    assert {"team/db": SECRET} == lab.arns
    assert [(f"{story.ACCOUNT}/{story.REGION}/orders", "latest")] == seeded


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([SECRET], "from-the-lab"),
        ([f"{SECRET}:::"], "from-the-lab"),
        ([f"{SECRET}:user::", f"{SECRET}:word::"], {"user": "from-the-lab", "word": "from-the-lab"}),
        ([SECRET, f"{SECRET}:word:AWSCURRENT:"], {"word": "from-the-lab"}),
    ],
)
def test_a_secret_has_every_field_that_is_asked_for(
    seeded: list[tuple[str, str]], asked: list[str], expected: object
) -> None:
    """It is made once, whoever asks for which part of it."""
    lab: Any = FakeLab(*asked)
    furnish.furnish(lab)
    [value] = [given["SecretString"] for _, _, name, given in lab.calls if name == "create_secret"]

    assert expected == (json.loads(value) if isinstance(expected, dict) else value)
    assert 1 == len(seeded)


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ResourceExistsException"}}, "CreateSecret"),
        ParamValidationError(report="name"),
    ],
)
def test_what_is_there_or_may_not_be_called_that_is_left(
    seeded: list[tuple[str, str]], error: Exception
) -> None:
    """The step that needs it says so; the lab comes up."""
    lab: Any = FakeLab(SECRET, "/team/web", image=story.IMAGE.replace("latest", "there"))
    lab.fails = error
    furnish.furnish(lab)

    assert 3 == len(lab.calls)
    assert [] == seeded


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (story.IMAGE, (f"{story.ACCOUNT}/{story.REGION}/orders", "latest")),
        (
            f"1.dkr.ecr.us-east-1.amazonaws.com/team/web@sha256:{'12' * 32}",
            ("1/us-east-1/team/web", f"sha256:{'12' * 32}"),
        ),
        ("nginx", ("public/registry-1-docker-io/library/nginx", "latest")),
        ("team/nginx:1.27", ("public/registry-1-docker-io/team/nginx", "1.27")),
        ("docker.io/nginx:1.27", ("public/registry-1-docker-io/library/nginx", "1.27")),
        ("public.ecr.aws/x/y:2", ("public/public-ecr-aws/x/y", "2")),
        ("registry.example.com:5000/x", ("public/registry-example-com-5000/x", "latest")),
        ("localhost/x:1", ("public/localhost/x", "1")),
        ("registry:5000/x", ("public/registry-5000/x", "latest")),
    ],
)
def test_what_the_lab_s_registry_calls_an_image(image: str, expected: tuple[str, str]) -> None:
    """Those of ECR by account and region, all others by their registry."""
    assert expected == furnish.repository_of(image)


def asked_for(lab: Any) -> Any:
    """A task of the lab's one service."""
    return SimpleNamespace(held=lab.plan.estate.launches[story.SERVICE])


def test_an_image_is_put_where_nobody_pushed_anything(seeded: list[tuple[str, str]]) -> None:
    """Under the tag that the task asks for, in a repository that the account has, or in a public one."""
    own = (f"{story.ACCOUNT}/{story.REGION}/orders", "v7")
    cases = {
        story.IMAGE.replace("latest", "v7"): [own],
        "nginx:1": [("public/registry-1-docker-io/library/nginx", "1")],
        story.IMAGE.replace("orders", "other"): [],
        story.IMAGE.replace("latest", "there"): [],
        "": [],
    }
    for image, expected in cases.items():
        lab: Any = FakeLab(image=image)
        furnish.images(lab, asked_for(lab))
        assert expected == seeded
        seeded.clear()

    lab = FakeLab()
    lab.pushed.add(own[0])
    furnish.images(lab, asked_for(lab))
    assert [] == seeded


def test_a_launch_of_which_the_task_definition_is_not_known_needs_nothing() -> None:
    """What it would pull, nobody knows."""
    lab: Any = FakeLab()
    launch = replace(lab.plan.estate.launches[story.SERVICE], task_definition="gone")

    assert [] == furnish.works(lab, launch)
