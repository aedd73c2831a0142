"""Calls about the organization of an account: its policies, from the account up to the root, level by level.

Only the organization's management account and delegated administrators may ask; for anybody else the first
of these calls is denied, and the run goes on.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pullproof.sources.live import feeds, keeps
from pullproof.sources.live.values import Answer, Call, Feed, Got, Seen, Wanted

_TARGET = "arn:{partition}:organizations::*:*"


def _members(got: Got, seen: Seen) -> Iterator[Wanted]:
    """The accounts of the roles; but for the management account, which no service control policy limits.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    for role in seen.of("roles"):
        account = feeds.account_of(str(role.item.get("Arn")))
        if account and account != got.item.get("MasterAccountId"):
            yield Wanted(account)


def _below_a_parent(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """An account or a unit; a root has nothing above it."""
    if not str(got.item["TargetId"]).startswith("r-"):
        yield Wanted(got.item["TargetId"])


def _attached(asked: keeps.Asked, answer: Answer) -> Iterable[Any]:
    """The policies of a level, by name."""
    held = [{"Id": one.get("Id"), "Name": one.get("Name")} for one in answer.get("Policies") or ()]
    return ({"TargetId": asked["TargetId"], "Policies": held},)


def _parents(asked: keeps.Asked, answer: Answer) -> Iterable[Any]:
    """What is above a level."""
    return ({"TargetId": asked["ChildId"], "Parents": answer.get("Parents") or []},)


def _content(_asked: keeps.Asked, answer: Answer) -> Iterable[Any]:
    """A policy with its text beside its name."""
    policy = answer.get("Policy") or {}
    summary = policy.get("PolicySummary") or {}
    if not summary.get("Id"):
        return ()
    return (
        {name: summary.get(name) for name in ("Id", "Name", "Type")} | {"Content": policy.get("Content")},
    )


ORGANIZATION: tuple[Call, ...] = (
    Call(
        row="organization",
        service="organizations",
        operation="DescribeOrganization",
        file="Organization",
        keep=keeps.only("Organization"),
        feeds=(Feed("roles", feeds.once),),
        actions=("organizations:DescribeOrganization",),
        absent=("AWSOrganizationsNotInUseException",),
        everywhere=True,
        leaves=("MasterAccountEmail", "AvailablePolicyTypes"),
    ),
    Call(
        row="organization-levels",
        service="organizations",
        operation="ListPoliciesForTarget",
        file="OrganizationLevels",
        keep=_attached,
        feeds=(
            Feed("organization", _members),
            Feed("organization-parents", feeds.at("Parents[].Id")),
        ),
        into="TargetId",
        fixed={"Filter": "SERVICE_CONTROL_POLICY"},
        actions=("organizations:ListPoliciesForTarget",),
        resource=_TARGET,
        everywhere=True,
    ),
    Call(
        row="organization-parents",
        service="organizations",
        operation="ListParents",
        file="OrganizationLevels",
        keep=_parents,
        feeds=(Feed("organization-levels", _below_a_parent),),
        into="ChildId",
        actions=("organizations:ListParents",),
        everywhere=True,
    ),
    Call(
        row="organization-policies",
        service="organizations",
        operation="DescribePolicy",
        file="OrganizationPolicies",
        keep=_content,
        feeds=(Feed("organization-levels", feeds.at("Policies[].Id")),),
        into="PolicyId",
        actions=("organizations:DescribePolicy",),
        resource="arn:{partition}:organizations::*:policy/*",
        absent=("PolicyNotFoundException",),
        everywhere=True,
    ),
)
