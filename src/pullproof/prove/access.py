"""Whether the calls of a launch are allowed: each need put to `iam` with what is known of its circumstances."""

from collections.abc import Mapping
from functools import cached_property

import msgspec

from pullproof.evidence import Hop
from pullproof.iam.circumstances import (
    of_aws,
    of_nobody,
    of_role,
    of_service,
    on_behalf,
    past_endpoints,
    through,
)
from pullproof.iam.context import Value
from pullproof.iam.evaluate import Cache, decide
from pullproof.iam.request import Anonymous, Caller, Foreign, Request
from pullproof.iam.trust import trusts
from pullproof.launch.parts import Arn, read_arn
from pullproof.launch.pulls import Home
from pullproof.launch.requirement import Allow, Assume
from pullproof.model.estate import Estate, look_up
from pullproof.model.iam import Policy, Role
from pullproof.model.stores import Bucket, FileSystem, Key, Repository, Secret
from pullproof.model.text import Text, anything, is_exact, shown
from pullproof.model.value import Maybe, Unknown, Why

TASKS = "ecs-tasks.amazonaws.com"

Owner = Bucket | FileSystem | Key | Repository | Secret


class Road(msgspec.Struct, frozen=True):
    """How a call travels, as far as policies can tell: by which VPC endpoint ("" for none), if that is
    `certain`.
    """

    endpoint: str = ""
    certain: bool = True


#: The network does not tell: it leads nowhere, or it is not known which way it goes.
NOT_TOLD = Road(certain=False)


class Access:
    """The permissions of one estate, each asked for once."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._decisions: Cache = {}
        self._hops: dict[object, tuple[Hop, ...]] = {}

    def allowed(self, need: Allow, road: Road, home: Home) -> tuple[Hop, ...]:
        """The hops of every layer of policies that has a say in a call."""
        key = (need, road, home)
        found = self._hops.get(key)
        if found is None:
            request = self._request(need, road if need.through_network else NOT_TOLD, home)
            found = self._hops[key] = decide(self.estate, request, self._decisions).hops
        return found

    def assumed(self, need: Assume, home: Home) -> tuple[Hop, ...]:
        """The hop of a role's trust policy."""
        key = (need, home)
        found = self._hops.get(key)
        if found is None:
            # Which task it will be is not known; trust policies can ask for the account and the region.
            source = f"arn:{home.partition}:ecs:{home.region}:{home.account}:{anything('task')}"
            context = of_service(home.account, source)
            found = self._hops[key] = trusts(self.estate, self.role(need.role), TASKS, context).hops
        return found

    def role(self, ref: Maybe[str]) -> Maybe[Role]:
        """The role with that key or ARN, or why it is not known."""
        if isinstance(ref, str) and ref in self._role_arns:
            return self._role_arns[ref]
        at = "" if isinstance(ref, Unknown) else shown(ref)
        return look_up(self.estate.roles, ref, "the role", at)

    @cached_property
    def _role_arns(self) -> dict[Text, Role]:
        return {role.arn: role for role in self.estate.roles.values()}

    def _request(self, need: Allow, road: Road, home: Home) -> Request:
        caller = self._caller(need, home)
        owner = self._owner(need)
        arn = read_arn(need.resource)
        crosses = _crosses(need, caller, arn, home)
        endpoint = self.estate.endpoints.get(road.endpoint)
        known: dict[str, Value] = {
            **_who(caller, home),
            **self._way(need, road),
            **_what(need, arn, owner, home),
            **{key.lower(): value for key, value in need.context},
        }
        return Request(
            caller=caller,
            action=need.action,
            resource=need.resource,
            context=known,
            owner=need.owner,
            owner_kind=need.owner_kind,
            resource_policy=_policy(need, owner, crosses),
            endpoint=road.endpoint,
            endpoint_policy=endpoint.policy if endpoint else None,
            cross_account=crosses,
            anyone_may=need.anyone_may,
        )

    def _caller(self, need: Allow, home: Home) -> Caller:
        if need.caller == "aws":
            return Foreign(who="ECR's own account", ours=home.account)
        if need.caller == "anonymous":
            return Anonymous(who="an NFS client without IAM")
        return self.role(need.role)

    def _owner(self, need: Allow) -> Owner | None:
        estate = self.estate
        kinds: dict[str, Mapping[str, Owner]] = {
            "buckets": estate.buckets,
            "file_systems": estate.file_systems,
            "keys": estate.keys,
            "repositories": estate.repositories,
            "secrets": estate.secrets,
        }
        return kinds[need.owner_kind].get(need.owner) if need.owner else None

    def _way(self, need: Allow, road: Road) -> dict[str, Value]:
        """What policies can see of the way."""
        if not need.through_network:
            return on_behalf(need.via_service)
        if not road.certain:
            return {}
        endpoint = self.estate.endpoints.get(road.endpoint)
        if endpoint is None:
            return past_endpoints()
        return through(endpoint, look_up(self.estate.vpcs, endpoint.vpc, "the VPC", endpoint.key))


def _who(caller: Caller, home: Home) -> dict[str, Value]:
    if isinstance(caller, Role):
        return of_role(caller, home.account)
    if isinstance(caller, Foreign):
        return of_aws(home.account)
    return of_nobody() if isinstance(caller, Anonymous) else {}


def _what(need: Allow, arn: Arn | None, owner: Owner | None, home: Home) -> dict[str, Value]:
    """What is known of the resource. A bucket's ARN does not say whose it is."""
    if need.caller == "aws":
        return {}
    known: dict[str, Value] = {}
    if account := (arn.account if arn else "") or (home.account if owner else ""):
        known["aws:resourceaccount"] = account
    if region := (arn.region if arn else home.region):
        known["aws:requestedregion"] = region
    return known


def _policy(need: Allow, owner: Owner | None, crosses: Maybe[bool]) -> Maybe[Policy] | None:
    """The policy of the resource.

    Of a key that the input does not hold it must be known, since no call works without it. What else is
    kept elsewhere in the same account is taken to have none that stands in the way (docs/limits.md).
    """
    if need.owner_kind == "keys":
        return owner.policy if owner is not None else _unseen_key(need)
    if owner is None:
        return None
    elsewhere = isinstance(owner.policy, Unknown) and owner.policy.why is Why.NOT_IN_INPUT
    return None if elsewhere and crosses is False else owner.policy


def _unseen_key(need: Allow) -> Unknown:
    named = shown(need.resource)
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the policy of the key {named}",
        named,
        f"the key {named} is not part of this input: add the configuration that holds it",
    )


def _crosses(need: Allow, caller: Caller, arn: Arn | None, home: Home) -> Maybe[bool]:
    """Whether the resource belongs to another account than the caller."""
    theirs = arn.account if arn else ""
    role = read_arn(caller.arn) if isinstance(caller, Role) else None
    ours = (role.account if role else "") or home.account
    if not theirs or theirs == ours:
        return False
    if is_exact(theirs) and is_exact(ours):
        return True
    if need.owner:  # one input, one account, unless it says otherwise
        return False
    return Unknown(
        Why.NOT_IN_INPUT,
        f"whether account {shown(theirs)} is the task's own",
        shown(need.resource),
        f"pass the task's account with --account, to tell whether {shown(need.resource)} is in it",
    )
