"""From `aws://...` to the answers of a snapshot."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from pullproof import __version__
from pullproof.errors import PullproofError, ToolError, UsageError
from pullproof.sources.base import Options
from pullproof.sources.live.boto import REGION, Caller, Login, log_in
from pullproof.sources.live.calls import calls_for
from pullproof.sources.live.collect import Collector, Progress, Start, silent
from pullproof.sources.live.collected import Collected, settled_by
from pullproof.sources.live.target import Target
from pullproof.sources.live.values import Asker, Trouble
from pullproof.sources.snapshot.answers import Folder, Manifest
from pullproof.sources.snapshot.layout import BY_NAME

#: The name of a row of calls, and an item that stands in for one of its answers.
Seed = tuple[str, Mapping[str, Any]]
#: What stands for all regions of an account.
EVERY_REGION = "all"
POLICY = "pullproof policy prints the least that IAM must allow"


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of an account, as a snapshot holds them, and how many requests were made by call."""

    folders: Sequence[Folder]
    manifest: Manifest
    notes: tuple[str, ...]
    requests: dict[str, int]


def gather(
    target: Target, login: Login, options: Options, *, purpose: str = "check", progress: Progress = silent
) -> Gathered:
    """Ask the account everything that the question needs.

    Raises:
        ToolError: boto3 is missing, the credentials do not work, or nothing may be read.
        UsageError: there is no such profile, region, cluster or service.
    """
    if not login.regions and target.region:
        login = msgspec.structs.replace(login, regions=(target.region,))
    if login.regions != (EVERY_REGION,):
        return gather_as(log_in(login), target, options, purpose=purpose, progress=progress)
    caller = log_in(msgspec.structs.replace(login, regions=()))
    caller = msgspec.structs.replace(caller, regions=every_region(caller.asker, caller.regions[0]))
    return gather_as(caller, target, options, purpose=purpose, progress=progress)


def every_region(asker: Asker, home: str) -> tuple[str, ...]:
    """The regions that are switched on for the account, that of the caller first.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html

    Raises:
        ToolError: the account does not tell.
    """
    answer = asker.ask("ec2", "DescribeRegions", home, {}, pages=False)
    if isinstance(answer, Trouble):
        raise ToolError(
            f"the account's regions cannot be read: {answer.message or answer.code}",
            place=home,
            remedy="allow ec2:DescribeRegions to the caller, or name them: --region eu-west-1,us-east-1",
        )
    names = {str(one.get("RegionName")) for page in answer for one in page.get("Regions") or ()}
    return (home, *sorted(name for name in names - {home} if REGION.fullmatch(name)))


def gather_as(
    caller: Caller,
    target: Target,
    options: Options,
    *,
    purpose: str = "check",
    progress: Progress = silent,
    seeds: tuple[Seed, ...] = (),
) -> Gathered:
    """The same, for a caller who has logged in; `seeds` are wanted beside the target, as `Start` has them.

    Raises:
        ToolError: the credentials do not work any more, or nothing may be read.
        UsageError: there is no such cluster or service.
    """
    start = Start(
        regions=caller.regions,
        cluster=target.cluster,
        service=target.service,
        task=target.task,
        subnets=options.subnets,
        groups=options.groups,
        seeds=seeds,
    )
    found = Collector(caller.asker, calls_for(purpose), start, progress).run()
    _expect(found, caller, target)
    denied = {f"{caller.account}/{region}": says for region, says in found.denied().items()}
    asked = f"{target.text} in {', '.join(caller.regions)}"
    return Gathered(
        folders=found.folders(caller.account, target.text),
        manifest=Manifest(
            taken=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            asked=asked,
            tool=f"pullproof {__version__}",
            denied=dict(sorted(denied.items())),
            notes=_notes(found),
        ),
        notes=_notes(found),
        requests=found.requests,
    )


def _notes(found: Collected) -> tuple[str, ...]:
    """What had no answer, for the head of the report: not every unknown that follows from it can name it."""
    return tuple(
        sorted({f"not told: {BY_NAME[lost.file].tells}: {settled_by(lost)}" for lost in found.missing})
    )


def _expect(found: Collected, caller: Caller, target: Target) -> None:
    """See that what was named is there, and that not everything was denied."""
    where = ", ".join(caller.regions)
    for file, rows, name in (
        ("Clusters", ("cluster-arns", "clusters"), target.cluster),
        ("Services", ("service-arns", "services"), target.service),
    ):
        if any(True for _ in found.of(rows[1])):
            continue
        lost = [one for one in found.missing if one.call.row in rows]
        if lost:
            raise ToolError(
                f"{file.lower()} cannot be read: {lost[0].trouble.message or lost[0].trouble.code}",
                place=f"{target.text} in {where}",
                remedy=f"{settled_by(lost[0])}\n{POLICY}",
            )
        if name:
            raise _not_there(caller, target, file, name, where)


def _not_there(caller: Caller, target: Target, file: str, name: str, where: str) -> PullproofError:
    """The error for a cluster or service that is not there, with those of nearly its name."""
    import difflib

    is_cluster = file == "Clusters"
    operation, key = ("ListClusters", "clusterArns") if is_cluster else ("ListServices", "serviceArns")
    asked = {} if is_cluster else {"cluster": target.cluster}
    names = set()
    for region in caller.regions:
        answer = caller.asker.ask("ecs", operation, region, asked, pages=True)
        if not isinstance(answer, Trouble):
            names |= {arn.rpartition("/")[2] for page in answer for arn in page.get(key) or ()}
    before = "aws://" if is_cluster else f"aws://{target.cluster}/"
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.6)
    if close:
        remedy = f"did you mean: {before}{close[0]}"
    elif names:
        remedy = f"there is: {', '.join(sorted(names)[:6])}"
    else:
        remedy = "name another --region, --profile or --role-arn"
    word = "cluster" if is_cluster else "service"
    place = f"account {caller.account}, {where}"
    return UsageError(f"there is no {word} called {name}", place=place, remedy=remedy)
