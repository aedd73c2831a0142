"""Parameters of Systems Manager's Parameter Store."""

from collections.abc import Iterator

from pullproof.launch.keys import Encrypted, decrypt, perhaps_decrypt
from pullproof.launch.parts import read_arn
from pullproof.launch.references import Reference, Store
from pullproof.launch.requirement import Allow, Connect, Notice, Requirement, Rule
from pullproof.launch.rules.secrets import too_old, unseen
from pullproof.launch.task import Task
from pullproof.model.services import host_of
from pullproof.model.stores import Parameter
from pullproof.model.text import Text, anything, shown, sole_hole
from pullproof.model.value import Maybe, Unknown

PARAMETER = Rule(
    id="parameter",
    step="parameters",
    title="read a parameter from Parameter Store",
    because="its value becomes an environment variable or an option of the log driver, so it is read before"
    " the containers start",
    symptom="ResourceInitializationError: unable to pull secrets or registry auth: ... unable to retrieve"
    " secrets from ssm",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html",
    checked_on="2026-11-23",
    after=("execution-role",),
)

ROWS = (PARAMETER,)

#: A parameter below this path is a secret of Secrets Manager, read through Parameter Store.
#: https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
SECRET_BEHIND = "/aws/reference/secretsmanager/"  # noqa: S105 - a path


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """One read for every parameter."""
    for name, reference in task.named:
        if isinstance(reference, Unknown) or reference.store is not Store.PARAMETER_STORE:
            continue
        subject = f"parameter {name}"
        if refused := too_old(task, picked=False):
            yield Requirement(rule=PARAMETER, subject=subject, needs=(refused,))
        else:
            yield from _read(task, reference, subject)


def _read(task: Task, reference: Reference, subject: str) -> Iterator[Requirement | Notice]:
    """One call of GetParameters, and of what is behind it."""
    parameter = task.stores.parameter(reference)
    arn = parameter.arn if parameter else _arn(task, reference)
    parts = read_arn(arn)
    region = parts.region if parts else task.home.region
    encrypted = Encrypted(
        key=_key(parameter) if parameter else "", via="ssm", region=region, context=("PARAMETER_ARN", arn)
    )
    yield Requirement(
        rule=PARAMETER,
        subject=subject,
        needs=(
            Connect(
                host=host_of("ssm", region, task.home.partition), fargate_interface=task.platform.outside
            ),
            *task.by_execution_role("ssm:GetParameters", arn),
            *_secret_behind(task, reference.name, region),
            *decrypt(task, encrypted),
            *task.untold("Parameter", parameter),
        ),
        perhaps=task.platform.unknown,
    )
    yield from perhaps_decrypt(task, PARAMETER, subject, encrypted)
    if parameter is None:
        yield unseen(task, f"the parameter {shown(reference.id)}")


def _key(parameter: Parameter) -> Maybe[Text]:
    """The key a parameter is encrypted with; only a SecureString is."""
    if isinstance(parameter.secure, Unknown):
        # A String, or a SecureString under AWS's own key: neither needs a permission.
        return "" if parameter.kms_key == "" else parameter.secure
    return parameter.kms_key if parameter.secure else ""


def _secret_behind(task: Task, name: Text, region: Text) -> tuple[Allow, ...]:
    if not name.startswith(SECRET_BEHIND):
        return ()
    secret = name.removeprefix(SECRET_BEHIND)
    home = task.home
    return task.by_execution_role(
        "secretsmanager:GetSecretValue",
        f"arn:{home.partition}:secretsmanager:{region}:{home.account}:secret:{secret}-{anything(secret)}",
        owner_kind="secrets",
        through_network=False,
        via_service=host_of("ssm", region, home.partition),
    )


def _arn(task: Task, reference: Reference) -> Text:
    """The ARN of a parameter that the input does not show."""
    if read_arn(reference.id) is not None or sole_hole(reference.id):
        return reference.id
    home, name = task.home, reference.name
    slash = "" if name.startswith("/") else "/"
    return f"arn:{home.partition}:ssm:{home.region}:{home.account}:parameter{slash}{name}"
