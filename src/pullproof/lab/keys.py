"""KMS on behalf of a caller: a secret under a customer's key is had only by who may use the key.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/services-parameterstore.html
"""

import msgspec

from pullproof.lab.policy import Call, Layers, NoOpinion, allowed
from pullproof.model.estate import Estate
from pullproof.model.iam import Policy, Role
from pullproof.model.stores import Key
from pullproof.model.value import Listing, Maybe, Unknown

#: Actions that hand out what a key protects.
READS = frozenset(["secretsmanager:GetSecretValue", "ssm:GetParameters"])


def why_no_key(estate: Estate, call: Call, role: Role) -> str:
    """Which layer refuses the key of what a call reads; empty text when there is none, or it may be used.

    Raises:
        NoOpinion: the key, or a policy of it, is not known.
    """
    if call.action not in READS or (key := _key_of(estate, call)) is None:
        return ""
    service, region = call.action.partition(":")[0], call.resource.split(":")[3]
    context = {
        "aws:principalarn": role.arn,
        "aws:viaawsservice": "true",
        "kms:calleraccount": call.account,
        "kms:viaservice": f"{service}.{region}.amazonaws.com",
    }
    asked = Call(
        caller=role.arn, account=call.account, action="kms:Decrypt", resource=key.arn, context=context
    )
    found = _usable(asked, role, key.policy, estate.organization_policies)
    return f"kms:Decrypt on {key.arn}: {found}" if found else ""


def _usable(call: Call, role: Role, policy: Maybe[Policy] | None, organization: tuple[Policy, ...]) -> str:
    """Who the key's policy names may use it; where it names the account, the identity's policies decide.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    by_identity = allowed(call, Layers(role=role, organization=organization))
    if policy is None or by_identity == "denied":
        return by_identity
    both = allowed(call, Layers(role=role, resource=policy, organization=organization, same_account=False))
    if both in ("", "denied"):
        return both
    # Without an account, only what names the caller is left.
    alone = msgspec.structs.replace(call, account="")
    nobody = msgspec.structs.replace(role, policies=Listing())
    if not allowed(alone, Layers(role=nobody, resource=policy, organization=organization)):
        return ""
    return by_identity or "the key's policy"


def _key_of(estate: Estate, call: Call) -> Key | None:
    """The customer's key of what a call reads; None for AWS's own."""
    name = _name_of(estate, call)
    if not name or name.rpartition(":")[2].removeprefix("alias/").startswith("aws/"):
        return None
    for key in estate.keys.values():
        if name in (key.key, key.arn, key.id, *key.aliases) or name.rpartition(":")[2] in key.aliases:
            return key
    raise NoOpinion(f"the key {name} is not in the lab")


def _name_of(estate: Estate, call: Call) -> str:
    held: Maybe[str] = ""
    if call.action.startswith("secretsmanager:"):
        held = next((each.kms_key for each in estate.secrets.values() if each.arn == call.resource), "")
    else:
        found = next((each for each in estate.parameters.values() if each.arn == call.resource), None)
        if found is not None and found.secure is not False:
            held = found.kms_key
    if isinstance(held, Unknown):
        raise NoOpinion(held.what)
    return held
