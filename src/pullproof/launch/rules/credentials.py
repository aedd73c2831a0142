"""Credentials of a private registry, kept in Secrets Manager."""

from collections.abc import Iterator

import msgspec

from pullproof.launch.platform import REGISTRY_CREDENTIALS
from pullproof.launch.references import Reference, Store, read_reference
from pullproof.launch.requirement import Notice, Refused, Requirement, Rule, Unsettled
from pullproof.launch.rules.secrets import secret_read
from pullproof.launch.task import Task
from pullproof.model.text import Text, shown
from pullproof.model.value import Unknown

CREDENTIALS = Rule(
    id="registry-credentials",
    step="registry-credentials",
    title="read the registry's credentials from Secrets Manager",
    because="Fargate logs in to the registry with them; they are read once, when the task starts",
    symptom="ResourceInitializationError: unable to pull secrets or registry auth: ... unable to retrieve"
    " secret from asm",
    doc="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html",
    checked_on="2026-11-23",
    after=("execution-role",),
)

ROWS = (CREDENTIALS,)


def needed(task: Task) -> Iterator[Requirement | Notice]:
    """One read for every secret with credentials."""
    for container in task.definition.containers.items:
        written = container.repository_credentials
        if isinstance(written, Unknown):
            yield Requirement(
                rule=CREDENTIALS, subject="registry credentials", needs=(Unsettled(unknown=written),)
            )
        elif written and not task.platform.has(REGISTRY_CREDENTIALS):
            yield Requirement(
                rule=CREDENTIALS,
                subject="registry credentials",
                needs=(
                    Refused(
                        code="platform-unsupported",
                        resource=task.launch.key,
                        says=f"{task.platform.name} cannot log in to private registries: 1.2.0 and later can",
                    ),
                ),
            )
        elif written:
            yield from secret_read(
                task, CREDENTIALS, _secret(written), f"registry credentials {shown(written)}"
            )


def _secret(written: Text) -> Reference:
    """What `credentialsParameter` names: the ARN or the name of a secret, never a parameter."""
    reference = read_reference(written)
    if reference is None:
        return Reference(store=Store.SECRETS_MANAGER, id=written, name=written)
    return msgspec.structs.replace(reference, store=Store.SECRETS_MANAGER)
