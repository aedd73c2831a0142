"""What a project says of its service, told once: every form writes these values, so that none drifts from the others.

References to what the project makes are holes ("aws_iam_role.execution.arn"), which each form spells its own way.
"""

from typing import Any, TypeAlias

from pullproof.model.text import hole
from pullproof.provision.seed import CLUSTER, LOGS, REPOSITORY, SERVICE, TASKS, image, parameter_arn
from pullproof.provision.spec import Spec, variable

#: Texts, numbers and truth values, in lists and mappings; texts may have holes.
Told: TypeAlias = Any

#: The smallest size of a task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
CPU, MEMORY = 256, 512
COUNT = 1
#: How many days logs are kept.
KEPT = 30
#: The volume of a task with a file system, and where it is mounted.
VOLUME, MOUNTED = "data", "/data"


def log_group(spec: Spec) -> str:
    """The name of the log group."""
    return f"/ecs/{spec.name}"


def repository(spec: Spec) -> str:
    """The name of the repository that is made."""
    return spec.image.partition(":")[0]


def about_tasks(spec: Spec) -> str:
    """The description of the security group of the tasks."""
    return f"Tasks of {spec.name}"


def container(spec: Spec) -> dict[str, Told]:
    """The container, in the spelling of ECS."""
    found: dict[str, Told] = {"name": spec.name, "image": _image(spec), "essential": True}
    if spec.efs:
        found["mountPoints"] = [{"sourceVolume": VOLUME, "containerPath": MOUNTED}]
    wanted = [
        {"name": variable(name), "valueFrom": name if name.startswith("arn:") else parameter_arn(spec, name)}
        for name in (*spec.secrets, *spec.parameters)
    ]
    if wanted:
        found["secrets"] = wanted
    if spec.logs:
        options = {
            "awslogs-group": hole(f"{LOGS}.name"),
            "awslogs-region": spec.region,
            "awslogs-stream-prefix": spec.name,
        }
        found["logConfiguration"] = {"logDriver": "awslogs", "options": options}
    return found


def _image(spec: Spec) -> str:
    """The image, by the repository that is made for it."""
    if not spec.repository:
        return spec.image
    return f"{hole(f'{REPOSITORY}.repository_url')}:{image(spec).rpartition(':')[2]}"


def outputs(spec: Spec) -> tuple[tuple[str, str, str], ...]:
    """What people will ask a project for: a name, the address of the thing, and its attribute."""
    rows = [("service", SERVICE, "name"), ("cluster", CLUSTER, "name"), ("task_security_group", TASKS, "id")]
    if spec.repository:
        rows.append(("repository", REPOSITORY, "repository_url"))
    return tuple(rows)
