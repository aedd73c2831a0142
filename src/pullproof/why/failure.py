"""What ECS tells of a failure: a stopped task, the events of a service, or a text that somebody pasted."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from pullproof.explain.pasted import as_written
from pullproof.explain.understand import understand
from pullproof.model.redact import redacted

Json = Mapping[str, Any]

#: Stop codes of tasks that ran, or that somebody wanted to end.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
NO_FAILURE = frozenset(("UserInitiated", "ServiceSchedulerInitiated", "TerminationNotice"))
#: A reason longer than this is cut: ECS's own are at most 1,024 characters.
LONGEST = 8192
#: Of one service: the tasks that are looked at, newest first. They fail alike.
MOST_TASKS = 20


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of ECS's, without credentials. `where` says what it stood in; "" for a text given."""

    text: str
    where: str


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Something that did not start. `kind` is "task", "service" or "text".

    What is not told is "". `subnet` is the id of the subnet that the task was placed in, `group` ECS's word
    for what started it ("service:api"). `times` counts the tasks that failed with the same words.
    """

    kind: str
    messages: tuple[Message, ...]
    id: str = ""
    cluster: str = ""
    group: str = ""
    task_definition: str = ""
    platform_version: str = ""
    stop_code: str = ""
    stopped_at: str = ""
    subnet: str = ""
    times: int = 1

    @property
    def service(self) -> str:
        """The name of the service, where one started it."""
        return self.group.removeprefix("service:") if self.group.startswith("service:") else ""


def of_text(text: str) -> Failure:
    """A reason that somebody pasted."""
    return Failure(kind="text", messages=(Message(text=redacted(as_written(text)[:LONGEST]), where=""),))


def of_task(item: Json) -> Failure | None:
    """A task as `aws ecs describe-tasks` shows it; None for one that has not failed."""
    if not _text(item, "stoppedReason") and _text(item, "lastStatus") != "STOPPED":
        return None
    if _text(item, "stopCode") in NO_FAILURE:
        return None
    return Failure(
        kind="task",
        messages=tuple(_of_task(item)),
        id=_text(item, "taskArn"),
        cluster=_text(item, "clusterArn"),
        group=_text(item, "group"),
        task_definition=_text(item, "taskDefinitionArn"),
        platform_version=_text(item, "platformVersion"),
        stop_code=_text(item, "stopCode"),
        stopped_at=_time(item.get("stoppedAt")),
        subnet=_subnet(item),
    )


def of_service(service: Json, tasks: Iterable[Json]) -> tuple[Failure, ...]:
    """How the tasks of a service failed, newest first and each way once; then what its events add."""
    name, cluster = _text(service, "serviceName"), _text(service, "clusterArn")
    own = [
        item
        for item in tasks
        if _text(item, "group") == f"service:{name}" and _text(item, "clusterArn") in ("", cluster)
    ]
    own.sort(key=lambda item: _time(item.get("stoppedAt")), reverse=True)
    found: dict[tuple[str, ...], Failure] = {}
    for failure in filter(None, map(of_task, own[:MOST_TASKS])):
        like = _alike(failure)
        first = found.setdefault(like, failure)
        if first is not failure:
            found[like] = msgspec.structs.replace(first, times=first.times + 1)
    told = {row for like in found for row in like}
    events = tuple(message for message in _events(service) if not told & {*_rows(message.text)})
    if events:
        found["events",] = Failure(
            kind="service",
            messages=events,
            id=_text(service, "serviceArn"),
            cluster=cluster,
            group=f"service:{name}",
            task_definition=_text(service, "taskDefinition"),
        )
    return tuple(found.values())


def failures(asked: Sequence[str], services: Iterable[Json], tasks: Iterable[Json]) -> tuple[Failure, ...]:
    """What failed among services and tasks: those that are asked for by name, id or ARN, or all."""
    stopped = list(tasks)
    found: list[Failure] = []
    told: set[str] = set()
    for service in services:
        if _is_asked(asked, _text(service, "serviceArn"), _text(service, "serviceName")):
            found += of_service(service, stopped)
            told.add(_text(service, "serviceName"))
    for item in stopped:
        of = _text(item, "group").removeprefix("service:")
        failure = of_task(item) if of not in told and _is_asked(asked, _text(item, "taskArn")) else None
        if failure is not None:
            found.append(failure)
    return tuple(found)


def _is_asked(asked: Sequence[str], *names: str) -> bool:
    """Whether a thing of these names is asked for: by the name, or by its last part or parts."""
    return not asked or any(
        name == one or name.endswith(f"/{one}") for name in names if name for one in asked
    )


def _of_task(item: Json) -> Iterator[Message]:
    """The task's own reason, and those of its containers that say something else."""
    said = redacted(_text(item, "stoppedReason")[:LONGEST])
    if said:
        yield Message(text=said, where="stoppedReason")
    containers = item.get("containers")
    for container in containers if isinstance(containers, list) else ():
        if isinstance(container, Mapping):
            reason = redacted(_text(container, "reason")[:LONGEST])
            if reason and reason not in said:
                said += reason
                yield Message(text=reason, where=f"reason of the container {_text(container, 'name')}")


def _events(service: Json) -> Iterator[Message]:
    """What a service's events and deployments say that the catalogue knows; each kind once, the newest."""
    known: set[str] = set()
    events = service.get("events")
    for event in events if isinstance(events, list) else ():
        if isinstance(event, Mapping):
            text = redacted(_text(event, "message")[:LONGEST])
            rows = set(_rows(text))
            if rows and not rows <= known:
                known |= rows
                yield Message(text=text, where=f"event of {_time(event.get('createdAt')) or 'the service'}")
    deployments = service.get("deployments")
    for deployment in deployments if isinstance(deployments, list) else ():
        if isinstance(deployment, Mapping):
            text = redacted(_text(deployment, "rolloutStateReason")[:LONGEST])
            rows = set(_rows(text))
            if rows and not rows <= known:
                known |= rows
                yield Message(text=text, where="the state of the deployment")


def _rows(text: str) -> tuple[str, ...]:
    return tuple(meaning.row.id for meaning in understand(text))


def _alike(failure: Failure) -> tuple[str, ...]:
    """What tasks that failed in the same way share: kinds of message, not their addresses and times."""
    rows = [row for message in failure.messages for row in _rows(message.text)]
    return tuple(rows) or tuple(re.sub(r"[0-9a-f]{8,}|\d+", "*", each.text) for each in failure.messages)


def _subnet(item: Json) -> str:
    """The subnet of the task's interface."""
    attachments = item.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else ():
        details = attachment.get("details") if isinstance(attachment, Mapping) else None
        for detail in details if isinstance(details, list) else ():
            if isinstance(detail, Mapping) and detail.get("name") == "subnetId":
                return _text(detail, "value")
    return ""


def _text(item: Json, name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _time(value: object) -> str:
    """A time as the CLI prints it; some versions print seconds since 1970."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, int | float):
        try:
            return datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
        except (OverflowError, ValueError, OSError):
            return ""
    return value if isinstance(value, str) else ""
