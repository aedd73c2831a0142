"""Fargate platform versions: which one a launch gets, and what it can do.

Linux and Windows are numbered independently. Versions:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-versions-changelog.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-windows-fargate.html
"""

import msgspec

from pullproof.model.ecs import Launch, TaskDefinition
from pullproof.model.value import Maybe, Unknown, Why

Release = tuple[int, int, int]

LATEST = "LATEST"
#: Every Linux version there has been, oldest first.
LINUX: dict[str, Release] = {
    "1.0.0": (1, 0, 0),
    "1.1.0": (1, 1, 0),
    "1.2.0": (1, 2, 0),
    "1.3.0": (1, 3, 0),
    "1.4.0": (1, 4, 0),
}
WINDOWS: dict[str, Release] = {"1.0.0": (1, 0, 0)}
#: No new task starts on these; the day 1.3.0 ended is given differently by AWS's pages (March or June 2026).
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-versions-retired.html
RETIRED = frozenset({"1.0.0", "1.1.0", "1.2.0", "1.3.0"})

REGISTRY_CREDENTIALS: Release = (1, 2, 0)
SECRETS: Release = (1, 3, 0)
ONE_INTERFACE: Release = (1, 4, 0)


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """The platform a task is judged on.

    `version` is "" when it is not known; the newest of Linux is then assumed in order to find what it would
    meet, and `unknown` says why it is not known.
    """

    version: str
    windows: bool = False
    unknown: Unknown | None = None

    @property
    def name(self) -> str:
        """As people call it: "platform version 1.3.0"."""
        return (
            f"Windows platform version {self.version}" if self.windows else f"platform version {self.version}"
        )

    @property
    def retired(self) -> bool:
        """Whether AWS starts no new tasks on it."""
        return not self.windows and self.version in RETIRED

    def has(self, since: Release) -> bool:
        """Whether it has a feature that Linux has since that release; Windows 1.0.0 came after all of them."""
        return self.windows or LINUX.get(self.version, ONE_INTERFACE) >= since

    @property
    def outside(self) -> bool:
        """Whether login and secrets leave by Fargate's own interface, outside the VPC.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
        """
        return not self.has(ONE_INTERFACE)


def platform_of(launch: Launch, definition: TaskDefinition, judge_as: str | None = None) -> Platform:
    """The platform a launch gets; `judge_as` replaces what is written ("1.3.0", "1.4.0", "LATEST").

    A Linux number says nothing about Windows tasks, which keep their own.
    """
    if isinstance(definition.os, Unknown):
        return Platform(version="", unknown=definition.os)
    windows = definition.os.upper().startswith("WINDOWS")
    known = WINDOWS if windows else LINUX
    written: Maybe[str] = launch.platform_version
    if judge_as is not None and (judge_as == LATEST or judge_as in known):
        written = judge_as
    if isinstance(written, Unknown):
        return Platform(version="", windows=windows, unknown=written)
    # A new deployment of an unwritten or LATEST version gets the newest there is.
    version = next(reversed(known)) if written.upper() in ("", LATEST) else written
    if version not in known:
        return Platform(version="", windows=windows, unknown=_no_such(version, launch.key))
    return Platform(version=version, windows=windows)


def _no_such(version: str, at: str) -> Unknown:
    return Unknown(
        Why.NOT_MODELLED,
        f"platform version {version}",
        at,
        f"this version of pullproof does not know platform version {version}:"
        " write LATEST, or pass --platform-version",
    )
