"""Calls that find what runs tasks: clusters, services, rules, schedules; and the definitions they run."""

from pullproof.sources.live import feeds, feeds_tasks, keeps
from pullproof.sources.live.values import Call, Feed

#: What of a service changes by itself, or quotes messages.
_MOVES = (
    *("events", "runningCount", "pendingCount", "deployments", "taskSets[].runningCount"),
    *("taskSets[].pendingCount", "taskSets[].computedDesiredCount", "taskSets[].stabilityStatus"),
    *("taskSets[].stabilityStatusAt", "taskSets[].updatedAt", "currentServiceRevisions"),
)
_COUNTS = (
    *("registeredContainerInstancesCount", "runningTasksCount", "pendingTasksCount", "activeServicesCount"),
    *("statistics", "attachments", "attachmentsStatus"),
)
#: What of a container may hold a secret, and is not needed to see whether the task can start.
_PRIVATE = (
    *("environment[].value", "command", "entryPoint", "healthCheck", "dockerLabels", "extraHosts"),
    *("firelensConfiguration.options",),
)

TASKS: tuple[Call, ...] = (
    Call(
        row="cluster-arns",
        leads="Clusters",
        service="ecs",
        operation="ListClusters",
        keep=keeps.texts("clusterArns", "arn"),
        feeds=(Feed("start", feeds_tasks.every_cluster),),
        actions=("ecs:ListClusters",),
    ),
    Call(
        row="clusters",
        service="ecs",
        operation="DescribeClusters",
        file="Clusters",
        keep=keeps.clusters,
        feeds=(Feed("start", feeds_tasks.clusters_of), Feed("cluster-arns", feeds.at("arn"))),
        into="clusters[]",
        most=100,
        fixed={"include": ["CONFIGURATIONS"]},
        actions=("ecs:DescribeClusters",),
        resource="arn:{partition}:ecs:{region}:{account}:cluster/*",
        absent=("ClusterNotFoundException",),
        leaves=_COUNTS,
    ),
    Call(
        row="service-arns",
        leads="Services",
        service="ecs",
        operation="ListServices",
        keep=lambda asked, answer: [
            {"arn": arn, "cluster": asked["cluster"]} for arn in answer.get("serviceArns") or ()
        ],
        feeds=(Feed("clusters", feeds.at("clusterArn")),),
        into="cluster",
        fixed={"maxResults": 100},
        actions=("ecs:ListServices",),
        absent=("ClusterNotFoundException",),
        whole=True,
    ),
    Call(
        row="services",
        service="ecs",
        operation="DescribeServices",
        file="Services",
        keep=keeps.services,
        feeds=(
            Feed("start", feeds_tasks.service_asked),
            Feed("service-arns", feeds.beside("arn", cluster="cluster")),
            Feed("tasks", feeds_tasks.service_of_task),
        ),
        into="services[]",
        most=10,
        actions=("ecs:DescribeServices",),
        resource="arn:{partition}:ecs:{region}:{account}:service/*",
        absent=("ClusterNotFoundException", "ServiceNotFoundException"),
        leaves=_MOVES,
    ),
    Call(
        row="event-buses",
        leads="EventTargets",
        service="events",
        operation="ListEventBuses",
        keep=keeps.items("EventBuses"),
        feeds=(Feed("clusters", feeds.once),),
        actions=("events:ListEventBuses",),
        whole=True,
    ),
    Call(
        row="rule-names",
        leads="EventTargets",
        service="events",
        operation="ListRuleNamesByTarget",
        keep=lambda asked, answer: [
            {"Name": name} | {key: asked[key] for key in ("EventBusName",) if key in asked}
            for name in answer.get("RuleNames") or ()
        ],
        feeds=(Feed("clusters", feeds_tasks.buses),),
        into="TargetArn",
        actions=("events:ListRuleNamesByTarget",),
        absent=("ResourceNotFoundException",),
        whole=True,
    ),
    Call(
        row="rules",
        service="events",
        operation="DescribeRule",
        file="EventRules",
        keep=keeps.with_asked(),
        feeds=(Feed("rule-names", feeds.beside("Name", EventBusName="EventBusName")),),
        into="Name",
        actions=("events:DescribeRule",),
        resource="arn:{partition}:events:{region}:{account}:rule/*",
        absent=("ResourceNotFoundException",),
        whole=True,
        leaves=("Description",),
    ),
    Call(
        row="targets",
        service="events",
        operation="ListTargetsByRule",
        file="EventTargets",
        keep=keeps.targets,
        feeds=(Feed("rule-names", feeds.beside("Name", EventBusName="EventBusName")),),
        into="Rule",
        actions=("events:ListTargetsByRule",),
        resource="arn:{partition}:events:{region}:{account}:rule/*",
        absent=("ResourceNotFoundException",),
        whole=True,
        leaves=("Targets[].Input", "Targets[].InputPath", "Targets[].InputTransformer"),
    ),
    Call(
        row="schedule-names",
        leads="Schedules",
        service="scheduler",
        operation="ListSchedules",
        keep=keeps.items("Schedules"),
        feeds=(Feed("clusters", feeds.once),),
        actions=("scheduler:ListSchedules",),
        whole=True,
    ),
    Call(
        row="schedules",
        service="scheduler",
        operation="GetSchedule",
        file="Schedules",
        keep=keeps.with_asked(),
        feeds=(Feed("schedule-names", feeds_tasks.schedules),),
        into="Name",
        actions=("scheduler:GetSchedule",),
        resource="arn:{partition}:scheduler:{region}:{account}:schedule/*",
        absent=("ResourceNotFoundException",),
        whole=True,
        leaves=("Target.Input", "Description"),
    ),
    Call(
        row="task-definitions",
        service="ecs",
        operation="DescribeTaskDefinition",
        file="TaskDefinitions",
        keep=keeps.task_definition,
        feeds=(
            Feed("services", feeds.at("taskDefinition", "taskSets[].taskDefinition")),
            Feed("targets", feeds.at("Targets[].EcsParameters.TaskDefinitionArn")),
            Feed("schedules", feeds.at("Target.EcsParameters.TaskDefinitionArn")),
            Feed("tasks", feeds.at("taskDefinitionArn")),
        ),
        into="taskDefinition",
        actions=("ecs:DescribeTaskDefinition",),
        # An unknown one is a ClientException, which says other things too.
        leaves=tuple(f"containerDefinitions[].{path}" for path in _PRIVATE),
    ),
)
