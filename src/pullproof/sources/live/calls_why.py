"""Calls that only the question why a task failed needs: the stopped tasks, which ECS keeps for an hour."""

from pullproof.sources.live import feeds, feeds_tasks, keeps
from pullproof.sources.live.values import Call, Feed

#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html
WHY: tuple[Call, ...] = (
    Call(
        row="stopped-arns",
        leads="Tasks",
        service="ecs",
        operation="ListTasks",
        keep=lambda asked, answer: [
            {"arn": arn, "cluster": asked["cluster"]} for arn in answer.get("taskArns") or ()
        ],
        feeds=(Feed("clusters", feeds_tasks.stopped),),
        into="cluster",
        fixed={"desiredStatus": "STOPPED"},
        actions=("ecs:ListTasks",),
        absent=("ClusterNotFoundException", "ServiceNotFoundException"),
    ),
    Call(
        row="tasks",
        service="ecs",
        operation="DescribeTasks",
        file="Tasks",
        keep=keeps.harmless(keeps.items("tasks")),
        feeds=(
            Feed("start", feeds_tasks.task_asked),
            Feed("stopped-arns", feeds.beside("arn", cluster="cluster")),
        ),
        into="tasks[]",
        most=100,
        actions=("ecs:DescribeTasks",),
        resource="arn:{partition}:ecs:{region}:{account}:task/*",
        absent=("ClusterNotFoundException",),
        leaves=(
            "overrides.containerOverrides[].environment[].value",
            "overrides.containerOverrides[].command",
            "tags",
        ),
    ),
)
