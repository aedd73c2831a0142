"""Platform versions."""

from typing import Any

import pytest

from pullproof.launch.platform import ONE_INTERFACE, REGISTRY_CREDENTIALS, SECRETS, Platform, platform_of
from pullproof.model.value import Unknown
from tests.rules.build import UNKNOWN, change, estate


def of(judge_as: str | None = None, os: Any = "LINUX", version: Any = "LATEST") -> Platform:
    """The platform of a task on that operating system, written with that version."""
    made = estate(os=os)
    change(made.launches, "service", platform_version=version)
    return platform_of(made.launches["service"], made.task_definitions["task"], judge_as)


@pytest.mark.parametrize(
    ("os", "version", "judge_as", "expected"),
    [
        ("LINUX", "LATEST", None, "1.4.0"),
        ("LINUX", "latest", None, "1.4.0"),
        ("LINUX", "", None, "1.4.0"),
        ("LINUX", "1.3.0", None, "1.3.0"),
        ("LINUX", "1.3.0", "LATEST", "1.4.0"),
        ("LINUX", "LATEST", "1.3.0", "1.3.0"),
        ("LINUX", UNKNOWN, "1.4.0", "1.4.0"),
        ("WINDOWS_SERVER_2022_CORE", "LATEST", None, "1.0.0"),
        ("WINDOWS_SERVER_2022_CORE", "LATEST", "1.3.0", "1.0.0"),
        ("WINDOWS_SERVER_2022_CORE", "1.0.0", None, "1.0.0"),
    ],
)
def test_the_version_a_task_gets(
    os: str, version: str | Unknown, judge_as: str | None, expected: str
) -> None:
    """LATEST is the newest of its operating system; a Linux number does not judge a Windows task."""
    platform = of(judge_as, os, version)

    assert (expected, None) == (platform.version, platform.unknown)


@pytest.mark.parametrize(
    ("version", "outside", "retired", "credentials", "secrets"),
    [
        ("1.0.0", True, True, False, False),
        ("1.1.0", True, True, False, False),
        ("1.2.0", True, True, True, False),
        ("1.3.0", True, True, True, True),
        ("1.4.0", False, False, True, True),
    ],
)
def test_what_linux_versions_have(
    version: str, outside: bool, retired: bool, credentials: bool, secrets: bool
) -> None:
    """Before 1.4.0 login and secrets leave outside the VPC, and features came one by one."""
    platform = of(version=version)

    assert (outside, retired) == (platform.outside, platform.retired)
    assert (credentials, secrets) == (platform.has(REGISTRY_CREDENTIALS), platform.has(SECRETS))
    assert f"platform version {version}" == platform.name


def test_windows_has_one_interface_and_is_not_retired() -> None:
    """Windows 1.0.0 is newer than Linux 1.0.0 and has what came before it."""
    platform = of(os="WINDOWS_SERVER_2019_FULL")

    assert (False, False, True) == (platform.outside, platform.retired, platform.has(ONE_INTERFACE))
    assert "Windows platform version 1.0.0" == platform.name


@pytest.mark.parametrize(
    ("os", "version"), [(UNKNOWN, "LATEST"), ("LINUX", UNKNOWN), ("LINUX", "1.9.9"), ("WINDOWS_X", "1.4.0")]
)
def test_an_unknown_version_is_taken_for_the_newest_and_said_to_be_unknown(
    os: str | Unknown, version: str | Unknown
) -> None:
    """What is not known, or not a version of this operating system, is judged as the newest and marked."""
    platform = of(None, os, version)

    assert ("", False) == (platform.version, platform.outside)
    assert isinstance(platform.unknown, Unknown)
