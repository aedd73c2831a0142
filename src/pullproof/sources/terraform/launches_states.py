"""Tasks that Step Functions runs: states of the integration with ECS, however deep they are nested.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
"""

import re
from collections.abc import Iterator

from pullproof.model.ecs import LaunchKind
from pullproof.model.value import Maybe, Unknown, Why
from pullproof.sources.terraform.adapt_ecs import cluster_key
from pullproof.sources.terraform.adapt_iam import role_key
from pullproof.sources.terraform.containers import read_json
from pullproof.sources.terraform.launches import Asked, add_launch
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, given

RUN_TASK = re.compile(r"arn:[^:]*:states:::(?:aws-sdk:)?ecs:runTask(?:\.sync|\.waitForTaskToken)?$")
DEEP = 30


def adapt_states(world: World) -> None:
    """Fill in the states that run ECS tasks."""
    for resource in world.of("aws_sfn_state_machine"):
        value = resource.values.get("definition")
        machine = read_json(world, value, resource, "definition") if isinstance(value, str) else value
        if isinstance(machine, Unknown):
            _hinted(world, resource, machine)
            continue
        states = list(_running(machine))
        for name, state in states:
            key = resource.address if len(states) == 1 else f"{resource.address}#{name}"
            add_launch(world, resource, LaunchKind.STEP_FUNCTIONS, _asked(world, resource, state), key)


def _running(machine: Value, depth: int = 0) -> Iterator[tuple[str, dict[str, Value]]]:
    """The states that run tasks, by name, also inside of Parallel and Map states."""
    states = machine.get("States") if isinstance(machine, dict) and depth < DEEP else None
    for name, state in states.items() if isinstance(states, dict) else ():
        if not isinstance(state, dict):
            continue
        target = state.get("Resource")
        if isinstance(target, str) and RUN_TASK.match(target):
            yield name, state
        branches = state.get("Branches")
        inner = list(branches) if isinstance(branches, list) else []
        for part in (*inner, state.get("ItemProcessor"), state.get("Iterator")):
            yield from _running(part, depth + 1)


def _asked(world: World, resource: Resource, state: dict[str, Value]) -> Asked:
    # Arguments are JSONata's, Parameters JSONPath's.
    # https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
    given_ = state.get("Arguments", state.get("Parameters"))
    fields = _fields(given_ if isinstance(given_, dict) else {}, resource)
    network = _fields(fields.get("NetworkConfiguration"), resource)
    config = network.get("AwsvpcConfiguration")
    vpc = config if isinstance(config, Unknown) else _fields(config, resource)
    overrides = _fields(fields.get("Overrides"), resource)
    strategy = fields.get("CapacityProviderStrategy")
    return Asked(
        task_definition=fields.get("TaskDefinition"),
        cluster=cluster_key(world, fields.get("Cluster"), resource),
        network=vpc
        if isinstance(vpc, Unknown)
        else {
            "subnets": vpc.get("Subnets"),
            "security_groups": vpc.get("SecurityGroups"),
            "assign_public_ip": vpc.get("AssignPublicIp"),
        },
        launch_type=fields.get("LaunchType"),
        strategy=_providers(strategy, resource),
        platform_version=fields.get("PlatformVersion"),
        exec_enabled=fields.get("EnableExecuteCommand"),
        execution_role=_role(world, resource, overrides.get("ExecutionRoleArn")),
        task_role=_role(world, resource, overrides.get("TaskRoleArn")),
    )


def _fields(value: Value, resource: Resource) -> dict[str, Value]:
    """The members of an object; what the machine computes as it runs is `Unknown`."""
    if not isinstance(value, dict):
        return {}
    found: dict[str, Value] = {}
    for name, item in value.items():
        if name.endswith(".$") or (isinstance(item, str) and item.startswith("{%")):
            found[name.removesuffix(".$")] = _computed(resource, name)
        else:
            found[name] = item
    return found


def _providers(value: Value, resource: Resource) -> Value:
    if not isinstance(value, list):
        return value
    return [
        {"capacity_provider": _fields(item, resource).get("CapacityProvider")}
        for item in value
        if isinstance(item, dict)
    ]


def _role(world: World, resource: Resource, value: Value) -> Maybe[str]:
    return role_key(world, value, resource, "a role that replaces the task's") if given(value) else ""


def _computed(resource: Resource, name: str) -> Unknown:
    return Unknown(
        Why.NOT_IN_INPUT,
        f"{name} of {resource.address}",
        resource.address,
        f"{name} is computed while {resource.address} runs: write it out to have it judged",
    )


def _hinted(world: World, resource: Resource, unknown: Unknown) -> None:
    """A machine whose definition is unknown, and whose references say that it runs a task."""
    owners = [
        world.owner(name)[0] or world.tree.resources.get(name)
        for name in resource.mentions.get("definition", ())
    ]
    definitions = dict.fromkeys(
        owner.address for owner in owners if owner is not None and owner.type == "aws_ecs_task_definition"
    )
    for key in definitions:
        asked = Asked(task_definition=key, cluster=unknown, network=unknown, launch_type=unknown)
        name = resource.address if len(definitions) == 1 else f"{resource.address}#{key}"
        add_launch(world, resource, LaunchKind.STEP_FUNCTIONS, asked, name)
