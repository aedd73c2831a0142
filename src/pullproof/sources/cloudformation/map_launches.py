"""What runs tasks beside services: rules, schedules, pipes, state machines, jobs."""

from pullproof.model.text import OPEN, Text, anything
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.map_ecs import PROVIDER, network
from pullproof.sources.cloudformation.rows import Part, Properties, Row, Values, each, items, members
from pullproof.sources.cloudformation.stack import Item
from pullproof.sources.terraform.tree import Value

ASKED = {
    "TaskDefinitionArn": "task_definition_arn",
    "LaunchType": "launch_type",
    "PlatformVersion": "platform_version",
    "EnableExecuteCommand": "enable_execute_command",
}


def _parameters(value: Value) -> Value:
    """`EcsParameters`, as a rule, a schedule and a pipe write them; None where there are none."""
    found = members(value)
    if isinstance(found, Unknown):
        return found
    if not found:
        return None
    asked: Values = {name: found[key] for key, name in ASKED.items() if key in found}
    asked["network_configuration"] = network(found.get("NetworkConfiguration"))
    asked["capacity_provider_strategy"] = each(found.get("CapacityProviderStrategy"), PROVIDER)
    return [{name: item for name, item in asked.items() if item is not None}]


def _targets(_item: Item, properties: Properties) -> list[Part]:
    """The targets of a rule that run tasks."""
    found = []
    for index, one in enumerate(items(properties.get("Targets"))):
        target = members(one)
        asked = target if isinstance(target, Unknown) else _parameters(target.get("EcsParameters"))
        if isinstance(target, Unknown) or isinstance(asked, Unknown) or asked is None:
            continue
        values = {"arn": target.get("Arn"), "ecs_target": asked}
        found.append(Part(path=f"Targets[{index}]", type="aws_cloudwatch_event_target", values=values))
    # A rule with one task is that task.
    return [Part(path="", type=one.type, values=one.values) for one in found] if len(found) == 1 else found


def _pipe(_item: Item, properties: Properties) -> list[Part]:
    """A pipe whose target runs tasks.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-pipes-pipe-pipetargetecstaskparameters.html
    """
    target = members(properties.get("TargetParameters"))
    asked = None if isinstance(target, Unknown) else _parameters(target.get("EcsTaskParameters"))
    if asked is None or isinstance(asked, Unknown):
        return []
    values = {"arn": properties.get("Target"), "ecs_target": asked}
    return [Part(path="", type="aws_cloudwatch_event_target", values=values)]


def _schedule(_item: Item, properties: Properties) -> Values:
    target = members(properties.get("Target"))
    if isinstance(target, Unknown):
        return {"target": target}
    asked = _parameters(target.get("EcsParameters"))
    return {"target": [{"arn": target.get("Arn"), "ecs_parameters": asked}]}


def _machine(item: Item, properties: Properties) -> Values:
    """The definition of a machine: text or an object, and what is put into it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
    """
    definition = properties.get("DefinitionString", properties.get("Definition"))
    if definition is None:
        definition = Unknown(
            Why.NOT_IN_INPUT,
            f"the definition of {item.address}",
            item.address,
            f"the definition of {item.address} is kept in S3: write it into the template",
        )
    given = members(properties.get("DefinitionSubstitutions"))
    return {"definition": substituted(definition, {} if isinstance(given, Unknown) else given)}


def substituted(value: Value, given: dict[str, Value]) -> Value:
    """A definition with `${NAME}` replaced, at any depth; a whole text may become another value."""
    if isinstance(value, dict):
        return {name: substituted(item, given) for name, item in value.items()}
    if isinstance(value, list):
        return [substituted(item, given) for item in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    for name, item in given.items():
        mark = f"${{{name}}}"
        if value == mark:
            return item
        if mark in value:
            value = value.replace(mark, _text(item, name))
    return value


def _text(item: Value, name: str) -> Text:
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(item) if isinstance(item, str | int | float) else anything(name)


def _environment(_item: Item, properties: Properties) -> Values:
    found = members(properties.get("ComputeResources"))
    if isinstance(found, Unknown):
        return {"compute_resources": found}
    names = {"Type": "type", "Subnets": "subnets", "SecurityGroupIds": "security_group_ids"}
    return {"compute_resources": [{name: found[key] for key, name in names.items() if key in found}]}


def unread(row: Row, values: Values) -> bool:
    """Whether a state machine may run tasks that nothing tells of."""
    definition = values.get("definition")
    whole = isinstance(definition, str) and definition.startswith(OPEN) and "{" not in definition
    return row.to == "aws_sfn_state_machine" and (whole or isinstance(definition, Unknown))


TARGET = {
    "arn": "Arn",
    "ecs_target": "EcsParameters",
    "task_definition": "EcsParameters.TaskDefinitionArn",
    "subnets": "EcsParameters.NetworkConfiguration.AwsVpcConfiguration.Subnets",
    "security_groups": "EcsParameters.NetworkConfiguration.AwsVpcConfiguration.SecurityGroups",
    "assign_public_ip": "EcsParameters.NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp",
    "launch_type": "EcsParameters.LaunchType",
    "platform_version": "EcsParameters.PlatformVersion",
}

MACHINE = {
    "definition": "DefinitionString",
    "task_definition": "TaskDefinition",
    "subnets": "Subnets",
    "security_groups": "SecurityGroups",
    "assign_public_ip": "AssignPublicIp",
}

ROWS = (
    Row(type="AWS::Events::Rule", parts=_targets, gives={"Arn": "arn"}, words=TARGET, launches=True),
    Row(type="AWS::Pipes::Pipe", parts=_pipe, gives={"Arn": "arn"}, words=TARGET, launches=True),
    Row(
        type="AWS::Scheduler::Schedule",
        to="aws_scheduler_schedule",
        build=_schedule,
        gives={"Arn": "arn"},
        words=TARGET,
        launches=True,
    ),
    Row(
        type="AWS::StepFunctions::StateMachine",
        to="aws_sfn_state_machine",
        build=_machine,
        ref="arn",
        gives={"Arn": "arn"},
        words=MACHINE,
        launches=True,
    ),
    Row(
        type="AWS::Batch::JobDefinition",
        to="aws_batch_job_definition",
        names={
            "JobDefinitionName": "name",
            "PlatformCapabilities": "platform_capabilities",
            "ContainerProperties": "container_properties",
            "EcsProperties": "ecs_properties",
        },
        ref="arn",
        launches=True,
    ),
    Row(
        type="AWS::Batch::ComputeEnvironment",
        to="aws_batch_compute_environment",
        build=_environment,
        ref="arn",
        gives={"ComputeEnvironmentArn": "arn"},
        words={
            "subnets": "ComputeResources.Subnets",
            "security_group_ids": "ComputeResources.SecurityGroupIds",
        },
    ),
)
