"""Log drivers: what they must reach before the container starts."""

from collections.abc import Iterator

from pullproof.launch.parts import is_port
from pullproof.launch.platform import SECRETS
from pullproof.launch.requirement import Connect, Need, Notice, Refused, Requirement, Rule, Unsettled
from pullproof.launch.task import BATCH_GROUP, Task
from pullproof.model.ecs import Container, LogConfiguration
from pullproof.model.services import host_of
from pullproof.model.text import Text, anything, is_exact, shown
from pullproof.model.value import Maybe, Unknown, Why

AWSLOGS = Rule(
    id="awslogs",
    step="logs",
    title="open a log stream in CloudWatch Logs",
    because="the awslogs driver creates its stream (and, if asked to, its group) before the container starts",
    symptom="ResourceInitializationError: failed to validate logger args: ... : signal: killed",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
    checked_on="2026-11-23",
    after=("execution-role",),
)
WRITES = Rule(
    id="awslogs-writes",
    step="logs",
    title="write to the log stream",
    because="the awslogs driver sends what the container writes; a task starts and runs without, and its logs"
    " are lost",
    symptom="the log stream stays empty",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
    checked_on="2026-11-23",
    after=("awslogs",),
)
SPLUNK = Rule(
    id="splunk",
    step="logs",
    title="reach Splunk's HTTP event collector",
    because="the splunk driver checks its connection when the container starts, unless told not to",
    symptom="CannotStartContainerError: ... failed to initialize logging driver: splunk: ...",
    doc="https://docs.docker.com/engine/logging/drivers/splunk/",
    checked_on="2026-11-23",
)
DRIVER = Rule(
    id="log-driver",
    step="logs",
    title="use a log driver that Fargate has",
    because="Fargate has awslogs, splunk and awsfirelens, and no other",
    symptom="ClientException: Log driver ... is not supported on Fargate",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
    checked_on="2026-11-23",
)

ROWS = (AWSLOGS, WRITES, SPLUNK, DRIVER)


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """What each container's driver needs. FireLens sends while the container runs, not before."""
    for container, log in task.logs:
        if isinstance(log, Unknown):
            yield Requirement(rule=DRIVER, subject="log driver", needs=(Unsettled(unknown=log),))
        elif isinstance(log.driver, Unknown):
            yield Requirement(rule=DRIVER, subject="log driver", needs=(Unsettled(unknown=log.driver),))
        elif log.driver == "awslogs":
            yield from _awslogs(task, log, _stream(task, container, log))
        elif refused := _unsupported(task, log.driver):
            yield Requirement(rule=DRIVER, subject=f"log driver {log.driver}", needs=(refused,))
        elif log.driver == "splunk":
            yield from _splunk(log)


def _awslogs(task: Task, log: LogConfiguration, name_of_stream: Text) -> Iterator[Requirement | Notice]:
    """A stream in the group, in the region the option names."""
    home = task.home
    options = dict(log.options)
    region = _told(options.get("awslogs-region", home.region), log)
    name = _told(options.get("awslogs-group", ""), log)
    group = task.stores.log_group(name) if region == home.region else None
    arn = group.arn if group else f"arn:{home.partition}:logs:{region}:{home.account}:log-group:{name}"
    create = options.get("awslogs-create-group", "false")
    # The driver asks for the group only when opening the stream finds none.
    creates = group is None and not isinstance(create, Unknown) and create.lower() == "true"
    # Error messages show what each call is checked against: the group's streams, even to create the group.
    stream = f"{arn}:log-stream:{name_of_stream}"
    yield Requirement(
        rule=AWSLOGS,
        subject=f"log group {shown(name)}",
        needs=(
            Connect(host=host_of("logs", region, home.partition)),
            *(task.by_execution_role("logs:CreateLogGroup", f"{arn}:log-stream:") if creates else ()),
            *task.by_execution_role("logs:CreateLogStream", stream),
        ),
    )
    # The stream is opened and the container starts; what it writes is lost.
    if writes := task.by_execution_role("logs:PutLogEvents", stream):
        yield Requirement(
            rule=WRITES,
            subject=f"log group {shown(name)}",
            needs=(Connect(host=host_of("logs", region, home.partition)), *writes),
            only_warns="logs-not-written",
        )
    if (
        group is None
        and isinstance(create, Unknown)
        and (calls := task.by_execution_role("logs:CreateLogGroup", f"{arn}:log-stream:"))
    ):
        yield Requirement(rule=AWSLOGS, subject=f"log group {shown(name)}", needs=calls, perhaps=create)
    perhaps_shown = region == home.region and task.stores.log_group_like(name)
    if group is None and create == "false" and name != BATCH_GROUP and not perhaps_shown:
        yield Notice(
            code="log-group-missing",
            resource=task.definition.key,
            message=f"log group {shown(name)} in {shown(region)} is not part of this input, and"
            " awslogs-create-group is not set: it must exist, or the task will not start",
        )


def _stream(task: Task, container: Container, log: LogConfiguration) -> Text:
    """The name of a container's stream: PREFIX/CONTAINER/TASK.

    Where several containers write to one group with one prefix, one name stands for all of their streams.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    written = _place(log)
    if isinstance(written[1], Unknown) or not written[1]:
        return anything("a log stream")
    same = [other for other, its in task.logs if isinstance(its, LogConfiguration) and _place(its) == written]
    if len(same) == 1 and isinstance(container.name, str) and container.name and not container.inferred:
        return f"{written[1]}/{container.name}/{anything('a task')}"
    return f"{written[1]}/{anything('a container and a task')}"


def _place(log: LogConfiguration) -> tuple[Maybe[Text], Maybe[Text]]:
    """Group and prefix as written."""
    options = dict(log.options)
    return options.get("awslogs-group", ""), options.get("awslogs-stream-prefix", "")


def _told(option: Maybe[Text], log: LogConfiguration) -> Text:
    """An option as text; one that is not known may be anything."""
    return anything(f"{option.what} ({log.origin})") if isinstance(option, Unknown) else option


def _unsupported(task: Task, driver: str) -> Refused | None:
    """Why a driver cannot be used, if it cannot."""
    key = task.definition.key
    if driver not in ("splunk", "awsfirelens"):
        says = f"Fargate has no log driver {driver}: only awslogs, splunk and awsfirelens"
    elif driver == "awsfirelens" and task.platform.windows:
        says = "FireLens does not run on Windows"
    elif not task.platform.has(SECRETS):
        key = task.launch.key
        says = f"{task.platform.name} has no log driver {driver}: 1.3.0 and later have"
    else:
        return None
    return Refused(code="platform-unsupported", resource=key, says=says)


def _splunk(log: LogConfiguration) -> Iterator[Requirement]:
    options = dict(log.options)
    verify = options.get("splunk-verify-connection", "true")
    if not isinstance(verify, Unknown) and verify.lower() == "false":
        return
    url = options.get("splunk-url", "")
    perhaps = verify if isinstance(verify, Unknown) else None
    subject = f"Splunk at {shown(url)}" if isinstance(url, str) else "Splunk"
    yield Requirement(rule=SPLUNK, subject=subject, needs=(_collector(url, log),), perhaps=perhaps)


def _collector(url: Maybe[Text], log: LogConfiguration) -> Need:
    """The host and port of `https://HOST:PORT`."""
    if isinstance(url, Unknown):
        return Unsettled(unknown=url)
    scheme, _, rest = url.partition("://")
    host, _, port = rest.partition("/")[0].partition(":")
    number = port or {"https": "443", "http": "80"}.get(scheme, "")
    if not (host and is_exact(url) and is_port(number)):
        return Unsettled(
            unknown=Unknown(
                Why.NOT_FOLLOWED,
                f"the host of splunk-url ({shown(url)})",
                str(log.origin),
                "write splunk-url as https://HOST:PORT",
            )
        )
    return Connect(host=host, port=int(number))
