"""What a lab made from an input needs before its tasks can run: images, secrets, parameters, log groups.

They are stand-ins: nothing of an account's is read. An image that the user pushed stays.
"""

import json
import re

from pullproof.lab.agent import Work
from pullproof.lab.image import Image, busybox
from pullproof.lab.lab import Lab
from pullproof.lab.reference import BadReference, parts_of, secret_parts
from pullproof.lab.registry import bucket, has, seed
from pullproof.lab.task import Task, work_of
from pullproof.model.ecs import Launch

VALUE = "from-the-lab"
#: The last part of a whole ARN: the name, and six characters that Secrets Manager chose.
#: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
_FULL = re.compile(r"(.+)-[A-Za-z0-9]{6}")


def furnish(lab: Lab) -> None:
    """Make what the launches of the lab's estate name and the stand-in for AWS does not hold."""
    image = busybox()
    fields: dict[str, list[str]] = {}
    for launch in lab.plan.estate.launches.values():
        for work in works(lab, launch):
            _image(lab, work, image)
            for secret in work.secrets:
                name, field = secret_parts(secret.value_from)
                fields.setdefault(name, []).extend([field] if field else [])
            if work.log is not None:
                _group(lab, work.log[0], work.log[2])
    for name, asked in fields.items():
        _secret(lab, name, asked)


def images(lab: Lab, task: Task) -> None:
    """Put busybox under the tags that a task asks for, in repositories into which nobody pushed anything.

    A repository of the account that does not exist stays so: the pull says what ECR says of it.
    """
    known = {repository.url for repository in lab.plan.estate.repositories.values()}
    for work in works(lab, task.held):
        try:
            host, name, _ = parts_of(work.image)
        except BadReference:
            continue  # the pull says so
        ours = ".dkr.ecr." in host
        if (not ours or f"{host}/{name}" in known) and repository_of(work.image)[0] not in lab.pushed:
            _image(lab, work, busybox())


def works(lab: Lab, launch: Launch) -> list[Work]:
    """What each container of a launch needs."""
    definition = lab.plan.estate.task_definitions.get(str(launch.task_definition))
    if definition is None:
        return []
    return [work_of(container, lab.plan.region, "task") for container in definition.containers.items]


def _image(lab: Lab, work: Work, image: Image) -> None:
    try:
        name, tag = repository_of(work.image)
    except BadReference:
        return
    if not has(lab.store, bucket(lab.plan.region), name, tag):
        seed(lab.store, lab.plan.region, name, tag, image)


def repository_of(image: str) -> tuple[str, str]:
    """What the lab's registry calls an image's repository, and the tag or digest.

    Raises:
        BadReference: the text names no image.
    """
    host, name, reference = parts_of(image)
    account, ours, rest = host.partition(".dkr.ecr.")
    if ours:
        return f"{account}/{rest.partition('.')[0]}/{name}", reference
    return f"public/{host.replace('.', '-').replace(':', '-')}/{name}", reference


def _secret(lab: Lab, value_from: str, fields: list[str]) -> None:
    """A text, or an object that has every field which is asked for."""
    parts = value_from.split(":")
    if len(parts) > 6 and parts[2] == "secretsmanager":
        full = _FULL.fullmatch(parts[6])
        name = full[1] if full is not None else parts[6]
        value = json.dumps(dict.fromkeys(fields, VALUE)) if fields else VALUE
        made = _quietly(lab, "secretsmanager", parts[3], "create_secret", Name=name, SecretString=value)
        if made and full is not None:
            lab.cloud.call_secret(name, value_from)
        return
    name = value_from.partition(":parameter")[2] or value_from
    _quietly(lab, "ssm", lab.plan.region, "put_parameter", Name=name, Value=VALUE, Type="SecureString")


def _group(lab: Lab, name: str, region: str) -> None:
    if name:
        _quietly(lab, "logs", region, "create_log_group", logGroupName=name)


def _quietly(lab: Lab, service: str, region: str, operation: str, **given: object) -> bool:
    """Make it; what is there already, or may not be called that, is left, and False."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        getattr(lab.cloud.client(service, region), operation)(**given)
    except (BotoCoreError, ClientError, ValueError):
        return False
    return True
