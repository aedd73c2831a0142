"""A launch as the rules see it: its task definition, platform, roles, place, and all it refers to, read."""

from collections.abc import Iterator

import msgspec

from pullproof.launch.platform import Platform, platform_of
from pullproof.launch.pulls import Home, Pull, pull_of
from pullproof.launch.references import Reference, Store, read_reference
from pullproof.launch.requirement import Allow, Unsettled
from pullproof.launch.stores import Stores
from pullproof.model.ecs import Container, Launch, LaunchKind, LogConfiguration, SecretRef, TaskDefinition
from pullproof.model.estate import Estate, look_up
from pullproof.model.services import DNS_SUFFIX
from pullproof.model.text import Text, hole, shown
from pullproof.model.value import Maybe, Unknown, Why
from pullproof.model.vpc import Vpc

#: What Batch's jobs log to; Batch itself makes the group.
BATCH_GROUP = "/aws/batch/job"
BATCH_LOGS = (("awslogs-group", BATCH_GROUP),)


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One launch with what belongs to it. Roles are as in `TaskDefinition`, the launch's overrides applied.

    `references` are the entries of `secrets` and `secretOptions`.
    """

    launch: Launch
    definition: TaskDefinition
    platform: Platform
    home: Home
    execution_role: Maybe[str]
    task_role: Maybe[str]
    pulls: tuple[Pull, ...]
    references: tuple[tuple[SecretRef, Maybe[Reference]], ...]
    stores: Stores

    @property
    def named(self) -> Iterator[tuple[str, Maybe[Reference]]]:
        """The references, each under a name for people."""
        for ref, reference in self.references:
            written = ref.value_from
            yield ref.name or ("value" if isinstance(written, Unknown) else shown(written)), reference

    @property
    def logs(self) -> Iterator[tuple[Container, Maybe[LogConfiguration]]]:
        """What each container logs to, where it logs at all.

        Batch logs to a group of its own unless told otherwise:
        https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
        """
        batch = self.launch.kind is LaunchKind.BATCH
        for container in self.definition.containers.items:
            if container.log is not None:
                yield container, container.log
            elif batch and not container.inferred:
                yield (
                    container,
                    LogConfiguration(origin=container.origin, driver="awslogs", options=BATCH_LOGS),
                )

    def is_here(self, region: Text, account: Text) -> bool:
        """Whether a region and an account ("" for not told) are certainly the task's own."""
        return region in ("", self.home.region) and account in ("", self.home.account)

    def by_execution_role(
        self,
        action: str,
        resource: Text,
        *,
        owner: str = "",
        owner_kind: str = "",
        through_network: bool = True,
        via_service: str = "",
        context: tuple[tuple[str, Text], ...] = (),
    ) -> tuple[Allow, ...]:
        """The permission for a call by the execution role.

        Nothing where the task has no execution role: that is said once, by the role's own rule.
        """
        if is_none(self.execution_role):
            return ()
        return (
            Allow(
                caller="execution-role",
                role=self.execution_role,
                action=action,
                resource=resource,
                owner=owner,
                owner_kind=owner_kind,
                through_network=through_network,
                via_service=via_service,
                context=context,
            ),
        )

    def by_task_role(
        self, action: str, resource: Text, *, owner: str = "", owner_kind: str = ""
    ) -> tuple[Allow, ...]:
        """The permission for a call by the task role; nothing where there is none."""
        if is_none(self.task_role):
            return ()
        return (
            Allow(
                caller="task-role",
                role=self.task_role,
                action=action,
                resource=resource,
                owner=owner,
                owner_kind=owner_kind,
            ),
        )

    def untold(self, kind: str, shown: object | None) -> tuple[Unsettled, ...]:
        """What is not settled about a thing that is not shown, where that is because nobody could ask."""
        held = () if shown is not None else self.stores.estate.open.get(kind, ())
        return tuple(Unsettled(unknown=why) for why in held)


def is_none(role: Maybe[str]) -> bool:
    """Whether there certainly is no role."""
    return not isinstance(role, Unknown) and not role


def task_of(stores: Stores, launch: Launch, judge_as: str | None = None) -> Maybe[Task]:
    """A launch read, or why its task definition is not known; `judge_as` as in `platform_of`."""
    definition = look_up(
        stores.estate.task_definitions, launch.task_definition, "the task definition", launch.key
    )
    if isinstance(definition, Unknown):
        return definition
    home = home_of(stores, launch)
    stores = stores.at(home.region, home.account)
    return Task(
        launch=launch,
        definition=definition,
        platform=platform_of(launch, definition, judge_as),
        home=home,
        execution_role=_overridden(launch.execution_role_override, definition.execution_role),
        task_role=_overridden(launch.task_role_override, definition.task_role),
        pulls=tuple(pull_of(container, stores, home) for container in definition.containers.items),
        references=tuple((ref, _read(ref, stores)) for ref in _secret_refs(definition)),
        stores=stores,
    )


def home_of(stores: Stores, launch: Launch) -> Home:
    """Where a launch runs: as written, else where its VPC is, else where the whole input is."""
    estate = stores.estate
    vpc = vpc_of(estate, launch)
    return Home(
        estate.partition if estate.partition in DNS_SUFFIX else "aws",
        _first_told(launch.region, vpc.region if vpc else "", estate.region, "region"),
        _first_told(launch.account, vpc.account if vpc else "", estate.account, "account"),
    )


def vpc_of(estate: Estate, launch: Launch) -> Vpc | None:
    """The VPC of a launch, where the input shows it; all its subnets are in one."""
    subnet = next((estate.subnets[key] for key in launch.subnets.items if key in estate.subnets), None)
    if subnet is None or isinstance(subnet.vpc, Unknown):
        return None
    return estate.vpcs.get(subnet.vpc)


def _first_told(own: Maybe[str], of_vpc: Maybe[str], of_input: Maybe[str], name: str) -> Text:
    """The first that is told. What one launch does not tell is not what the rest of the input does."""
    for value in (own, of_vpc) if isinstance(own, Unknown) else (own, of_vpc, of_input):
        if not isinstance(value, Unknown) and value:
            return value
    return hole(name)


def _overridden(override: Maybe[str], written: Maybe[str]) -> Maybe[str]:
    return override if isinstance(override, Unknown) or override else written


def _secret_refs(definition: TaskDefinition) -> Iterator[SecretRef]:
    for container in definition.containers.items:
        yield from container.secrets.items
        if isinstance(container.log, LogConfiguration):
            yield from container.log.secret_options.items


def _read(ref: SecretRef, stores: Stores) -> Maybe[Reference]:
    """What an entry names. A hole is settled by the noun whose ARN or name it is."""
    if isinstance(ref.value_from, Unknown):
        return ref.value_from
    reference = read_reference(ref.value_from)
    if reference is not None and reference.store is None:
        if stores.secret(reference, here=False) is not None:
            return msgspec.structs.replace(reference, store=Store.SECRETS_MANAGER)
        if stores.parameter(reference) is not None:
            return msgspec.structs.replace(reference, store=Store.PARAMETER_STORE)
        reference = None
    if reference is not None:
        return reference
    return Unknown(
        Why.NOT_FOLLOWED,
        f"where {ref.name} is read from ({shown(ref.value_from)})",
        str(ref.origin),
        f"write valueFrom of {ref.name} so that it can be told whether it is a secret or a parameter,"
        " or give the variable a value",
    )
