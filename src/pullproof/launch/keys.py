"""The permission to decrypt with a KMS key of one's own, where another service makes the call."""

from collections.abc import Iterator

import msgspec

from pullproof.launch.parts import read_arn
from pullproof.launch.requirement import Allow, Requirement, Rule
from pullproof.launch.task import Task
from pullproof.model.services import host_of
from pullproof.model.text import Text, anything, is_exact, sole_hole
from pullproof.model.value import Maybe, Unknown


class Encrypted(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is read through a service which decrypts it.

    `key` is "" for AWS's own; `via` the service ("secretsmanager"), `region` its region, `context` the
    encryption context it gives to KMS, one key and its value.
    """

    key: Maybe[Text]
    via: str
    region: Text
    context: tuple[str, Text]


def decrypt(task: Task, what: Encrypted) -> tuple[Allow, ...]:
    """The permission to decrypt; nothing for AWS's own keys, and while it is not known which key it is.

    The service makes the call: no packet of the task goes to KMS.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    if isinstance(what.key, Unknown) or is_managed(what.key):
        return ()
    noun = task.stores.key(what.key)
    return task.by_execution_role(
        "kms:Decrypt",
        noun.arn if noun else key_arn(task, what.key, what.region),
        owner=noun.key if noun else "",
        owner_kind="keys",
        through_network=False,
        via_service=host_of(what.via, what.region, task.home.partition),
        context=((f"kms:EncryptionContext:{what.context[0]}", what.context[1]),),
    )


def perhaps_decrypt(task: Task, rule: Rule, subject: str, what: Encrypted) -> Iterator[Requirement]:
    """The same where it is not known which key it is: who may decrypt with any key may with this one."""
    if isinstance(what.key, Unknown):
        anyone = msgspec.structs.replace(what, key=anything(what.key.what))
        if calls := decrypt(task, anyone):
            yield Requirement(rule=rule, subject=subject, needs=calls, perhaps=what.key)


def is_managed(key: Text) -> bool:
    """Whether a key reference means AWS's own key: every principal of the account may use it, through its
    service.

    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
    """
    return not key or "alias/aws/" in key


def key_arn(task: Task, key: Text, region: Text) -> Text:
    """The ARN of a key that the input does not show: an id, an ARN, or an alias of one."""
    arn = read_arn(key)
    if sole_hole(key) or (arn is not None and arn.resource.startswith("key/")):
        return key
    alias = arn is not None or key.startswith("alias/") or not is_exact(key)
    account = arn.account if arn is not None else task.home.account
    return f"arn:{task.home.partition}:kms:{region}:{account}:key/{anything(key) if alias else key}"
