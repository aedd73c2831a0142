"""Service control policies: at the levels to which they are attached, where that is told."""

from collections.abc import Iterator

from pullproof.model.estate import Estate
from pullproof.model.iam import OrganizationLevel, Policy
from pullproof.model.policy_json import policy_of
from pullproof.model.value import Listing, Origin, Unknown
from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.told import Told

SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
#: AWS's own policy, which every level has until somebody takes it away.
#: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
FULL_ACCESS = "p-FullAWSAccess"
EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def organize(estate: Estate, told: Told) -> None:
    """Add what the organization's policies take away."""
    policies = dict(_policies(told))
    levels = {item.text("TargetId"): item for item in told.of("OrganizationLevels")}
    managing = {item.text("MasterAccountId") for item in told.of("Organization")}
    for account in sorted(
        {folder.account for folder in told.folders} | {each for each in levels if each.isdigit()}
    ):
        if account in managing:
            estate.organization_levels[account] = ()
        elif account in levels:
            above = _above(account, levels)
            estate.organization_levels[account] = tuple(_level(item, policies, told) for item in above)
    attached = {one.text("Id") for item in levels.values() for one in item.items("Policies")}
    free = (policy for key, policy in policies.items() if key not in attached)
    estate.organization_policies = (*estate.organization_policies, *free)


def _policies(told: Told) -> Iterator[tuple[str, Policy]]:
    """Service control policies by id; one that cannot be read may say anything."""
    for item in told.of("OrganizationPolicies"):
        if item.text("Type") not in ("", SERVICE_CONTROL):
            continue
        key, name = item.text("Id"), item.text("Name")
        policy = policy_of(item.tree("Content"), Origin(key), name)
        if isinstance(policy, Unknown):
            policy = Policy(origin=Origin(key), statements=Listing((), (policy,)), name=name)
        yield key, policy


def _above(account: str, levels: dict[str, Item]) -> list[Item]:
    """The account and what is above it, as far as it is told, of what has any policy.

    Where service control policies are on, AWS lets nobody take away the last one of a level: a level without
    any is one of an organization that does not use them.
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_DetachPolicy.html
    """
    found: dict[str, Item] = {}
    at = account
    while at in levels and at not in found:
        found[at] = levels[at]
        at = next((parent.text("Id") for parent in levels[at].items("Parents")), "")
    return [item for item in found.values() if any(True for _ in item.items("Policies"))]


def _level(item: Item, policies: dict[str, Policy], told: Told) -> OrganizationLevel:
    at = item.text("TargetId")
    named = [one.text("Id") for one in item.items("Policies")]
    untold = [key for key in named if key not in policies and key != FULL_ACCESS]
    whole = policy_of(EVERYTHING, Origin(FULL_ACCESS), "FullAWSAccess")
    held = [policies.get(key, whole) for key in named if key not in untold]
    return OrganizationLevel(
        at=at,
        policies=Listing(
            tuple(policy for policy in held if not isinstance(policy, Unknown)),
            tuple(
                told.untold("OrganizationPolicies", item.scope, f"what the policy {key} of {at} says", at)
                for key in untold
            ),
        ),
    )
