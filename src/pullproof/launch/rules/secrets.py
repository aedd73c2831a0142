"""Secrets of Secrets Manager, handed to containers and log drivers."""

from collections.abc import Iterator

from pullproof.launch.keys import Encrypted, decrypt, perhaps_decrypt
from pullproof.launch.parts import read_arn
from pullproof.launch.platform import ONE_INTERFACE, SECRETS
from pullproof.launch.references import Reference, Store, has_ending
from pullproof.launch.requirement import Connect, Notice, Refused, Requirement, Rule, Unsettled
from pullproof.launch.task import Task
from pullproof.model.ecs import LogConfiguration
from pullproof.model.services import host_of
from pullproof.model.text import Text, anything, is_exact, shown
from pullproof.model.value import Unknown, Why

SECRET = Rule(
    id="secret",
    step="secrets",
    title="read a secret from Secrets Manager",
    because="its value becomes an environment variable or an option of the log driver, so it is read before"
    " the containers start",
    symptom="ResourceInitializationError: unable to pull secrets or registry auth: ... unable to retrieve"
    " secret from asm",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
    checked_on="2026-11-23",
    after=("execution-role",),
)

ROWS = (SECRET,)

#: How long the id of a version is.
#: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
VERSION_ID = (0, *range(32, 65))


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """One read for every secret; and what keeps us from knowing which there are."""
    for name, reference in task.named:
        subject = f"secret {name}"
        if isinstance(reference, Unknown):
            yield _unsettled(reference, subject)
        elif reference.store is Store.SECRETS_MANAGER:
            if refused := too_old(task, picked=reference.picked):
                yield Requirement(rule=SECRET, subject=subject, needs=(refused,))
            else:
                yield from secret_read(task, SECRET, reference, subject)
            if is_exact(reference.version) and len(reference.version) not in VERSION_ID:
                yield _unsettled(_no_version(task, reference), subject)
    for container in task.definition.containers.items:
        for unknown in container.secrets.open:
            yield _unsettled(unknown, "secrets")
        if isinstance(container.log, LogConfiguration):
            for unknown in container.log.secret_options.open:
                yield _unsettled(unknown, "secret options of the log driver")


def secret_read(task: Task, rule: Rule, reference: Reference, subject: str) -> Iterator[Requirement | Notice]:
    """One call of GetSecretValue, and of KMS behind it."""
    secret = task.stores.secret(reference, here=task.is_here(reference.region, reference.account))
    arn = secret.arn if secret else _arn(task, reference)
    parts = read_arn(arn)
    region = parts.region if parts else task.home.region
    encrypted = Encrypted(
        key=secret.kms_key if secret else "", via="secretsmanager", region=region, context=("SecretARN", arn)
    )
    yield Requirement(
        rule=rule,
        subject=subject,
        needs=(
            Connect(
                host=host_of("secretsmanager", region, task.home.partition),
                fargate_interface=task.platform.outside,
            ),
            *task.by_execution_role(
                "secretsmanager:GetSecretValue",
                arn,
                owner=secret.key if secret else "",
                owner_kind="secrets",
            ),
            *decrypt(task, encrypted),
            *task.untold("Secret", secret),
        ),
        perhaps=task.platform.unknown,
    )
    yield from perhaps_decrypt(task, rule, subject, encrypted)
    if secret is None:
        yield unseen(task, f"the secret {shown(arn)}")


def too_old(task: Task, *, picked: bool) -> Refused | None:
    """Why the platform cannot read this, where it cannot; `picked`: a JSON key or a version is asked for."""
    if not task.platform.has(SECRETS):
        says = f"{task.platform.name} cannot read secrets: 1.3.0 and later can"
    elif picked and not task.platform.has(ONE_INTERFACE):
        says = f"{task.platform.name} reads whole secrets only: 1.4.0 and later read a JSON key or a version"
    else:
        return None
    return Refused(code="platform-unsupported", resource=task.launch.key, says=says)


def unseen(task: Task, what: str) -> Notice:
    """The warning that something encrypted is read which the input does not show."""
    return Notice(
        code="missing-resource",
        resource=task.definition.key,
        message=f"{what} is not part of this input: it must exist, and if it is encrypted with a key of your"
        " own, the execution role must be allowed kms:Decrypt on that key",
    )


def _unsettled(unknown: Unknown, subject: str) -> Requirement:
    return Requirement(rule=SECRET, subject=subject, needs=(Unsettled(unknown=unknown),))


def _no_version(task: Task, reference: Reference) -> Unknown:
    """What is written where the id of a version goes cannot be one."""
    written = shown(reference.version)
    return Unknown(
        Why.CONFLICT,
        f"the version {written!r} of the secret {shown(reference.id)}",
        task.definition.key,
        f"mend {written!r} at the end of valueFrom: the id of a version has 32 to 64 characters",
    )


def _arn(task: Task, reference: Reference) -> Text:
    """The ARN of a secret that the input does not show.

    AWS ends the ARN of a secret with a dash and six letters of its own, which a reference may leave out:
    `...:secret:my-secret` may be the whole ARN of "my" or the beginning of that of "my-secret".
    """
    if not reference.name and not is_exact(reference.id):
        return reference.id
    home, arn = task.home, reference.id
    end = anything(f"end of the ARN of {reference.name}")
    if read_arn(arn) is None:
        return f"arn:{home.partition}:secretsmanager:{home.region}:{home.account}:secret:{arn}-{end}"
    if not has_ending(arn):
        return f"{arn}-{end}"
    return f"{arn}{end}" if arn[-6:].isalpha() and arn[-6:].islower() else arn
