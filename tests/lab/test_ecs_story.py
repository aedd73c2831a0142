"""ECS of a running lab, asked by its API: tasks, services, environment, secrets, logs. Real packets, real containers."""

from collections.abc import Iterator

import pytest

from tests.lab.running import Shop, a_lab

pytestmark = pytest.mark.usefixtures("needs_lab")

SCRIPT = 'echo "$GREETING $WORD"; trap "exit 0" TERM; sleep 600 & wait'


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """One lab for all of them."""
    with a_lab("--time-scale", "0.02") as lab:
        yield Shop(lab)


def test_a_task_that_runtask_asks_for_runs_in_the_network(shop: Shop) -> None:
    """RunTask answers PROVISIONING; then the container runs, with environment, secret, log lines, and its address."""
    definition = shop.define(
        SCRIPT,
        environment=[{"name": "GREETING", "value": "hello"}],
        secrets=[{"name": "WORD", "valueFrom": f"{shop.secret}:word::"}],
    )

    asked = shop.run(definition)
    running = shop.reaches(asked["taskArn"], "RUNNING")

    details = {each["name"]: each["value"] for each in running["attachments"][0]["details"]}
    number = asked["taskArn"].rpartition("/")[2]
    inside = next(task for task in shop.lab.ask("ps") if task["id"] == number)
    assert "PROVISIONING" == asked["lastStatus"]
    assert inside["address"] == details["privateIPv4Address"]
    assert "10.0.1." in details["privateIPv4Address"]
    assert ["RUNNING"] == [each["lastStatus"] for each in running["containers"]]
    logs = shop.lab.client("logs")
    events = shop.lab.until(
        lambda: logs.get_log_events(logGroupName="/ecs/orders", logStreamName=f"x/orders/{number}")["events"]
    )
    assert ["hello open sesame"] == [each["message"] for each in events]

    ecs = shop.lab.client("ecs")
    ecs.stop_task(cluster="shop", task=asked["taskArn"], reason="enough")
    stopped = shop.reaches(asked["taskArn"], "STOPPED")
    assert ("UserInitiated", "enough") == (stopped["stopCode"], stopped["stoppedReason"])
    assert [0] == [each["exitCode"] for each in stopped["containers"]]
    assert "DELETED" == stopped["attachments"][0]["status"]


def test_a_container_that_ends_takes_its_task_with_it(shop: Shop) -> None:
    """An essential container's exit stops the task, and its exit code is told."""
    asked = shop.run(shop.define("echo gone; exit 3"))

    stopped = shop.reaches(asked["taskArn"], "STOPPED")

    assert "EssentialContainerExited" == stopped["stopCode"]
    assert "Essential container in task exited" == stopped["stoppedReason"]
    assert [3] == [each["exitCode"] for each in stopped["containers"]]


def test_an_image_that_is_not_there_stops_the_task(shop: Shop) -> None:
    """A repository that nobody made has no image, and the container says why it could not be pulled."""
    definition = shop.define(SCRIPT, image=shop.image.replace("orders:v1", "nothing:v1"))

    stopped = shop.reaches(shop.run(definition)["taskArn"], "STOPPED")

    assert "TaskFailedToStart" == stopped["stopCode"]
    assert stopped["stoppedReason"].startswith("CannotPullContainerError")
    assert stopped["stoppedReason"] == stopped["containers"][0]["reason"]


def test_a_key_that_the_role_may_not_use_keeps_its_secret(shop: Shop) -> None:
    """Without kms:Decrypt for the role, a secret under a customer's key stops the task."""
    kms = shop.lab.client("kms")
    nobody = kms.get_key_policy(KeyId=shop.key, PolicyName="default")["Policy"]
    other = nobody.replace(":root", ":role/other")
    definition = shop.define(SCRIPT, secrets=[{"name": "WORD", "valueFrom": shop.secret}])
    kms.put_key_policy(KeyId=shop.key, PolicyName="default", Policy=other)
    try:
        shop.lab.until(shop.followed)
        stopped = shop.reaches(shop.run(definition)["taskArn"], "STOPPED")
    finally:
        kms.put_key_policy(KeyId=shop.key, PolicyName="default", Policy=nobody)

    assert stopped["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets")
    assert "kms:Decrypt" in stopped["stoppedReason"]


def test_files_of_a_file_system_are_read_by_another_task(shop: Shop) -> None:
    """What one task writes on EFS another reads; without a way to port 2049 it does not start."""
    system = shop.file_system()
    volumes = [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": system}}]
    mounts = [{"sourceVolume": "data", "containerPath": "/data"}]
    writes = shop.define("echo kept > /data/file", volumes=volumes, mountPoints=mounts)
    reads = shop.define("grep kept /data/file", volumes=volumes, mountPoints=mounts)
    shop.lab.until(shop.followed)

    codes = [
        shop.reaches(shop.run(each)["taskArn"], "STOPPED")["containers"][0]["exitCode"]
        for each in (writes, reads)
    ]
    alone = shop.reaches(shop.run(reads, groups=[shop.other_group()])["taskArn"], "STOPPED")

    assert [0, 0] == codes
    assert alone["stoppedReason"].startswith(
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes"
    )


def test_a_service_keeps_its_count_and_rolls_over(shop: Shop) -> None:
    """A service becomes steady, replaces its tasks when its definition changes, and ends them at a count of none."""
    ecs = shop.lab.client("ecs")
    first, second = shop.define(SCRIPT), shop.define("trap 'exit 0' TERM; sleep 700 & wait")
    ecs.create_service(
        cluster="shop",
        serviceName="orders",
        taskDefinition=first,
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=shop.network,
    )

    def steady(count: int, definition: str) -> bool:
        told = ecs.describe_services(cluster="shop", services=["orders"])["services"][0]
        now = told["deployments"]
        numbers = (told["runningCount"], told["pendingCount"], len(now), now[0]["taskDefinition"])
        return numbers == (count, 0, 1, definition)

    shop.lab.until(lambda: steady(2, first))
    before = set(ecs.list_tasks(cluster="shop", serviceName="orders")["taskArns"])
    ecs.update_service(cluster="shop", service="orders", taskDefinition=second)
    shop.lab.until(lambda: steady(2, second))
    after = set(ecs.list_tasks(cluster="shop", serviceName="orders")["taskArns"])
    ecs.update_service(cluster="shop", service="orders", desiredCount=0)
    shop.lab.until(lambda: steady(0, second))

    told = ecs.describe_services(cluster="shop", services=["orders"])["services"][0]
    assert (2, 2, set()) == (len(before), len(after), before & after)
    assert any("has reached a steady state" in event["message"] for event in told["events"])
    assert [] == ecs.list_tasks(cluster="shop", serviceName="orders")["taskArns"]
