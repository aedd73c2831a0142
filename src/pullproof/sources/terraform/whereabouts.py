"""Region, account and partition of the resources of a tree."""

from pullproof.model.text import Text, hole
from pullproof.model.value import Maybe, Unknown, Why
from pullproof.sources.base import Options
from pullproof.sources.terraform.providers import Told
from pullproof.sources.terraform.tree import Resource, Tree

ACCOUNT = hole("account")
REGION = hole("region")


class Whereabouts:
    """Where the resources of a tree are."""

    def __init__(self, tree: Tree, options: Options) -> None:
        told = Told(tree.resources.values())
        self._told = told.regions
        self._given = options.region
        self._regions = tree.regions
        self._accounts = tree.accounts
        self.account = _account(tree, options, told.accounts)
        self.partition = _partition(told.partitions, self._all_regions())
        self._by_provider: dict[str, Maybe[str]] = {}

    def region(self, resource: Resource) -> Maybe[str]:
        """The region that a resource is in."""
        own_region = resource.values.get("region")
        # Version 6 of the provider lets each resource name its region.
        if isinstance(own_region, str) and own_region.isascii() and own_region.count("-") >= 2:
            return own_region
        return self.provider_region(resource.provider)

    def provider_region(self, provider: str) -> Maybe[str]:
        """The region of a provider block."""
        if provider not in self._by_provider:
            self._by_provider[provider] = self._find(provider)
        return self._by_provider[provider]

    def main_region(self) -> Maybe[str]:
        """The region of the input as a whole."""
        found = self.provider_region("aws")
        if isinstance(found, Unknown):
            regions = self._all_regions()
            return next(iter(regions)) if len(regions) == 1 else found
        return found

    def region_text(self, resource: Resource) -> Text:
        """The region as text for ARNs: a hole where it is not known."""
        found = self.region(resource)
        if isinstance(found, Unknown):
            return REGION if resource.provider in ("", "aws") else hole(f"{resource.provider}.region")
        return found

    def account_of(self, resource: Resource) -> Maybe[str]:
        """The account that a resource is in."""
        return self._accounts.get(resource.provider, self.account)

    def account_text(self) -> Text:
        """The account as text for ARNs: a hole where it is not known."""
        return ACCOUNT if isinstance(self.account, Unknown) else self.account

    def _find(self, provider: str) -> Maybe[str]:
        written = self._regions.get(provider)
        if isinstance(written, str):
            return written
        told = self._told.get(provider, set())
        if len(told) == 1:
            return next(iter(told))
        if self._given:
            return self._given
        # A block without a region, and a module's default one, have the region of the environment.
        others = {region for key, region in self._regions.items() if isinstance(region, str)}
        if written is None and not told and provider not in self._regions and len(others) == 1:
            return next(iter(others))
        if isinstance(written, Unknown):
            return written
        return Unknown(
            Why.NOT_IN_INPUT, "the region", "", "the provider block does not tell the region: pass --region"
        )

    def _all_regions(self) -> set[str]:
        named = {region for region in self._regions.values() if isinstance(region, str)}
        told = {region for regions in self._told.values() for region in regions}
        return named | told | ({self._given} if self._given else set())


def _account(tree: Tree, options: Options, accounts: set[str]) -> Maybe[str]:
    if options.account:
        return options.account
    if isinstance(tree.account, str):
        return tree.account
    if len(accounts) == 1:
        return next(iter(accounts))
    return Unknown(
        Why.NOT_IN_INPUT, "the account id", "", "the input does not tell the account: pass --account"
    )


def _partition(partitions: set[str], regions: set[str]) -> str:
    if len(partitions) == 1:
        return next(iter(partitions))
    for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso", "aws-iso")):
        if regions and all(region.startswith(prefix) for region in regions):
            return partition
    return "aws"
