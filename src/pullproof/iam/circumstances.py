"""The condition keys that are known of a request, by who makes it and how it travels.

Each function gives a part of a `Request.context`, with keys in lower case; parts are merged with `|`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from pullproof.iam.context import ABSENT, NotOurs, Value
from pullproof.model.endpoints import Endpoint
from pullproof.model.iam import Role
from pullproof.model.text import Text, is_exact
from pullproof.model.value import Maybe, Unknown
from pullproof.model.vpc import Vpc

#: What no call of a task's role has: these belong to people, browsers, or services calling.
_NOT_OF_TASKS: dict[str, Value] = dict.fromkeys(
    (
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:referer",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:username",
        "ec2:sourceinstancearn",
    ),
    ABSENT,
)


def of_role(role: Role, account: Maybe[str]) -> dict[str, Value]:
    """What is known of a call by a session of a role; `account` is that of the input."""
    part = role.arn.split(":")
    own = part[4] if len(part) == 6 and is_exact(part[4]) else account
    return {
        **_NOT_OF_TASKS,
        "aws:principalarn": role.arn,
        "aws:principalaccount": own,
        "aws:principaltype": "AssumedRole",
        "aws:principalisawsservice": "false",
        "aws:securetransport": "true",
        "kms:calleraccount": own,
    }


def of_nobody() -> dict[str, Value]:
    """What is known of a call without credentials."""
    absent = dict.fromkeys(("aws:principalarn", "aws:principalaccount", "aws:principalorgid"), ABSENT)
    return {
        **_NOT_OF_TASKS,
        **absent,
        "aws:principaltype": "Anonymous",
        "aws:principalisawsservice": "false",
    }


def of_aws(ours: Maybe[str]) -> dict[str, Value]:
    """What is known of a call that an account of AWS's own has signed, on a resource of AWS's own.

    https://github.com/aws-samples/data-perimeter-policy-examples/blob/main/service_owned_resources.md
    """
    account = NotOurs(kind="account", ours=ours)
    organization = NotOurs(kind="organization", ours=ours)
    return {
        "aws:principalarn": NotOurs(kind="arn", ours=ours),
        "aws:principalaccount": account,
        "aws:principalorgid": organization,
        "aws:resourceaccount": account,
        "aws:resourceorgid": organization,
        "aws:securetransport": "true",
    }


def of_service(account: Maybe[str], source: Text) -> dict[str, Value]:
    """What is known when a service assumes a role for what has the ARN `source`, in an account.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    return {
        "aws:sourceaccount": account,
        "aws:sourcearn": source,
        "aws:principalisawsservice": "true",
        "aws:multifactorauthpresent": ABSENT,
        "sts:externalid": ABSENT,
    }


def through(endpoint: Endpoint, vpc: Maybe[Vpc]) -> dict[str, Value]:
    """What is known of a call that goes through a VPC endpoint.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
    """
    known: dict[str, Value] = {"aws:sourceip": ABSENT, "aws:viaawsservice": "false", "aws:calledvia": ABSENT}
    if endpoint.id:
        known["aws:sourcevpce"] = endpoint.id
    if isinstance(vpc, Unknown):
        known["aws:sourcevpc"] = vpc
    elif vpc.id:
        known["aws:sourcevpc"] = vpc.id
    return known


def past_endpoints() -> dict[str, Value]:
    """What is known of a call that goes through no VPC endpoint, whatever its public address is."""
    return {
        "aws:sourcevpce": ABSENT,
        "aws:sourcevpc": ABSENT,
        "aws:sourcevpcarn": ABSENT,
        "aws:vpcsourceip": ABSENT,
        "aws:viaawsservice": "false",
        "aws:calledvia": ABSENT,
    }


def on_behalf(service: str) -> dict[str, Value]:
    """What is known of a call to KMS that a service ("secretsmanager.eu-west-1.amazonaws.com") makes on
    the caller's behalf. By which way it goes is AWS's affair.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    return {"aws:viaawsservice": "true", "kms:viaservice": service}
