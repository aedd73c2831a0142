"""Finding the nouns that a task definition names: by ARN, by name, by id, whichever was written."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TypeVar

from pullproof.launch.parts import read_arn, split
from pullproof.launch.references import Reference, bare_name
from pullproof.model.estate import Estate
from pullproof.model.stores import (
    Bucket,
    FileSystem,
    Key,
    LogGroup,
    Parameter,
    PullThroughRule,
    Repository,
    Secret,
)
from pullproof.model.text import HOLE, OPEN, Text, is_exact

N = TypeVar("N")


class Stores:
    """The look-ups of one estate, each built when it is first asked.

    What is called by its name alone is that of one region and account, "" for any: of two log groups of
    one name in two accounts, a task writes to the one in its own.
    """

    def __init__(self, estate: Estate, region: Text = "", account: Text = "") -> None:
        self.estate = estate
        self._region = region
        self._account = account
        self._elsewhere: dict[tuple[Text, Text], Stores] = {}

    def at(self, region: Text, account: Text) -> "Stores":
        """The same look-ups as a task in a region and account has them."""
        place = (region, account)
        if place == (self._region, self._account):
            return self
        if place not in self._elsewhere:
            self._elsewhere[place] = Stores(self.estate, region, account)
        return self._elsewhere[place]

    def _is_here(self, arn: Text) -> bool:
        """Whether something with that ARN may be in this region and account."""
        parts = read_arn(arn)
        pairs = ((parts.region, self._region), (parts.account, self._account)) if parts is not None else ()
        return all(not (a and b and is_exact(a) and is_exact(b)) or a == b for a, b in pairs)

    def repository(self, url: Text) -> Repository | None:
        """The repository whose images are named `url:TAG`."""
        return self._repositories.get(url)

    def repository_at(self, arn: Text) -> Repository | None:
        """The repository with that ARN."""
        return self._repository_arns.get(arn)

    def repository_named(self, name: Text) -> Repository | None:
        """The repository of that name."""
        return self._repository_names.get(name)

    def secret(self, reference: Reference, *, here: bool) -> Secret | None:
        """The secret a reference names by ARN, or, if that is an ARN of the task's own account and region
        (`here`), by the name in it, with or without AWS's six letters.
        """
        if (found := self._secrets.get(reference.id)) is not None or not here:
            return found
        return self._secret_names.get(reference.name) or self._secret_names.get(bare_name(reference.name))

    def parameter(self, reference: Reference) -> Parameter | None:
        """The parameter a reference names."""
        return self._parameters.get(reference.id)

    def key(self, reference: Text) -> Key | None:
        """The KMS key with that id, ARN or alias; an alias may be given by its ARN."""
        if (found := self._keys.get(reference)) is not None:
            return found
        arn = read_arn(reference)
        return self._keys.get(arn.resource.removeprefix("key/")) if arn is not None else None

    def log_group(self, name: Text) -> LogGroup | None:
        """The log group of that name."""
        return self._log_groups.get(name)

    def log_group_like(self, name: Text) -> bool:
        """Whether a group of the input may be the one of a name that has holes."""
        if is_exact(name):
            return False
        pattern = ".*".join(map(re.escape, HOLE.sub(OPEN, name).split(OPEN)))
        return any(re.fullmatch(pattern, group.name) for group in self.estate.log_groups.values())

    def bucket(self, arn: Text) -> Bucket | None:
        """The bucket with that ARN or name."""
        return self._buckets.get(arn) or self._buckets.get(split(arn, ":")[-1])

    def file_system(self, id: Text) -> FileSystem | None:  # noqa: A002 - AWS's word
        """The file system with that id or ARN."""
        return self._file_systems.get(id)

    @property
    def pull_through_rules(self) -> Iterable[PullThroughRule]:
        """Every pull-through cache rule."""
        return self.estate.pull_through_rules.values()

    @cached_property
    def _repositories(self) -> dict[Text, Repository]:
        return _by((r.url, r) for r in self.estate.repositories.values())

    @cached_property
    def _repository_arns(self) -> dict[Text, Repository]:
        return _by((r.arn, r) for r in self.estate.repositories.values())

    @cached_property
    def _repository_names(self) -> dict[Text, Repository]:
        return _by((r.name, r) for r in self.estate.repositories.values() if self._is_here(r.arn))

    @cached_property
    def _secrets(self) -> dict[Text, Secret]:
        return _by((text, s) for s in self.estate.secrets.values() for text in (s.arn, s.key))

    @cached_property
    def _secret_names(self) -> dict[Text, Secret]:
        return _by((s.name, s) for s in self.estate.secrets.values() if self._is_here(s.arn))

    @cached_property
    def _parameters(self) -> dict[Text, Parameter]:
        return _by(
            (text, p)
            for p in self.estate.parameters.values()
            for text in (p.arn, p.name if self._is_here(p.arn) else "", p.key)
        )

    @cached_property
    def _keys(self) -> dict[Text, Key]:
        return _by(
            (text, k)
            for k in self.estate.keys.values()
            for text in (k.arn, k.id, *(k.aliases if self._is_here(k.arn) else ()), k.key)
        )

    @cached_property
    def _log_groups(self) -> dict[Text, LogGroup]:
        return _by(
            (text, g)
            for g in self.estate.log_groups.values()
            for text in (g.name if self._is_here(g.arn) else "", g.key)
        )

    @cached_property
    def _buckets(self) -> dict[Text, Bucket]:
        return _by((text, b) for b in self.estate.buckets.values() for text in (b.arn, b.name))

    @cached_property
    def _file_systems(self) -> dict[Text, FileSystem]:
        return _by((text, f) for f in self.estate.file_systems.values() for text in (f.id, f.arn, f.key))


def _by(pairs: Iterable[tuple[Text, N]]) -> dict[Text, N]:
    """Nouns by text; the first of two with the same text wins, and no text finds nothing."""
    found: dict[Text, N] = {}
    for text, noun in pairs:
        if text:
            found.setdefault(text, noun)
    return found
