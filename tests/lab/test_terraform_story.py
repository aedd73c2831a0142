"""The story of the blog post, told by the real Terraform: as printed its tasks stop, as mended they run."""

import pytest

from tests.lab.running import EXAMPLES, Running, a_lab
from tests.terraform import Terraform

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]


def test_the_story_of_the_blog_post(terraform_env: Terraform) -> None:
    """DescribeTasks gives the reason; after the mended files over the same state the service is steady."""
    before = sorted(path for path in EXAMPLES.rglob("*"))
    with a_lab() as lab:
        lab.cli("apply", str(EXAMPLES / "as-printed"))
        stopped = lab.until(lambda: _stopped(lab))
        lab.cli("apply", str(EXAMPLES / "mended"), "--state-of", str(EXAMPLES / "as-printed"))
        told = lab.until(lambda: _steady(lab))

    assert ("STOPPED", "TaskFailedToStart") == (stopped["lastStatus"], stopped["stopCode"])
    assert str(stopped["stoppedReason"]).startswith(
        "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry"
        " auth from Amazon ECR: There is a connection issue between the task and Amazon ECR."
    )
    assert 2 == told["runningCount"]
    assert before == sorted(path for path in EXAMPLES.rglob("*"))
    assert terraform_env.program


def _stopped(lab: Running) -> dict[str, object] | None:
    """A task of the service that stopped."""
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster="shop", serviceName="orders", desiredStatus="STOPPED")["taskArns"]
    found: list[dict[str, object]] = (
        ecs.describe_tasks(cluster="shop", tasks=arns[:1])["tasks"] if arns else []
    )
    return next((task for task in found if task["lastStatus"] == "STOPPED"), None)


def _steady(lab: Running) -> dict[str, int] | None:
    """The service, once it is steady."""
    told: dict[str, int] = lab.client("ecs").describe_services(cluster="shop", services=["orders"])[
        "services"
    ][0]
    return told if told["runningCount"] == 2 and told["pendingCount"] == 0 else None
