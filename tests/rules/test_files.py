"""The rules `efs-mount` and `efs-write`."""

from typing import Any

import pytest

from pullproof.model.estate import Estate
from pullproof.model.value import Listing
from tests.rules.build import (
    UNKNOWN,
    change,
    document,
    efs,
    estate,
    may,
    may_not,
    proved,
    said,
    warned,
)


def mounting(**volume: Any) -> Estate:
    """An estate whose task mounts the file system."""
    return estate(volumes=efs(**volume))


def denying(made: Estate, **more: object) -> Estate:
    """The estate whose file system denies everyone, under a condition or not."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "elasticfilesystem:*"}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "elasticfilesystem:ClientMount", **more}
    change(made.file_systems, "files", policy=document([allow, deny]))
    return made


def test_a_file_system_is_mounted_at_the_target_of_the_zone() -> None:
    """Each subnet's zone has a mount target that lets the task in on port 2049."""
    report = proved(mounting())
    (step,) = (step for step in report.steps if step.rule.id == "efs-mount")

    assert ("works", 2049, ("subnet-a", "subnet-b")) == (step.verdict.value, step.port, step.subnets)


def test_a_zone_without_a_mount_target_fails_some_launches() -> None:
    """Tasks placed in the other zone start."""
    made = mounting()
    del made.mount_targets["target-subnet-b"]
    report = proved(made)

    assert {"works", "no-mount-target files"} == set(said(report, "efs-mount"))
    assert report.intermittent


def test_the_mount_target_s_group_must_let_the_task_in() -> None:
    """A mount target with the endpoints' group admits 443 only."""
    made = mounting()
    for target in made.mount_targets:
        change(made.mount_targets, target, groups=Listing(("sg-endpoints",)))

    assert ("sg-ingress sg-endpoints",) == said(proved(made), "efs-mount")


@pytest.mark.parametrize("file_system", [UNKNOWN, "fs-elsewhere"])
def test_a_file_system_that_is_not_shown_is_not_known(file_system: Any) -> None:
    """Nobody can tell where its mount targets are."""
    assert ("unknown",) == said(proved(mounting(file_system=file_system)), "efs-mount")


def test_with_iam_the_task_role_mounts() -> None:
    """Without a policy of its own, a file system lets in every client; with one, the role must be allowed."""
    role_only = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/x"}, "Action": "*"}
    open_, closed = (may(mounting(iam=True, transit_encryption=True), "app", []) for _ in range(2))
    change(closed.file_systems, "files", policy=document([role_only]))

    assert ("works",) == said(proved(open_), "efs-mount")
    assert ("iam-missing-action app",) == said(proved(closed), "efs-mount")


def test_with_iam_and_without_a_task_role_nobody_mounts() -> None:
    """The mount is made with the task role's credentials, which are not there."""
    made = estate(volumes=efs(iam=True), task_role="")

    assert ("role-missing task",) == said(proved(made), "efs-mount")


def test_without_iam_the_client_is_anybody() -> None:
    """A policy for one role refuses a client without IAM, whatever the task role may do."""
    made = denying(mounting())

    assert ("resource-policy files",) == said(proved(made), "efs-mount")


@pytest.mark.parametrize(
    ("encrypted", "expected"), [(True, "works"), (False, "resource-policy files"), (UNKNOWN, "unknown")]
)
def test_a_policy_may_ask_for_encryption(encrypted: Any, expected: str) -> None:
    """A denial of clients without TLS meets those that do not use it."""
    plain = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    made = denying(mounting(transit_encryption=encrypted), **plain)

    assert (expected,) == said(proved(made), "efs-mount")


def test_whether_iam_is_on_may_not_be_known() -> None:
    """Then nobody knows who the client is."""
    assert ("unknown",) == said(proved(mounting(iam=UNKNOWN)), "efs-mount")


def test_who_may_not_write_reads_and_the_task_starts() -> None:
    """A mount without ClientWrite is read-only: a warning, unless reading is all that is wanted."""
    only_mount = {"Effect": "Allow", "Principal": "*", "Action": "elasticfilesystem:ClientMount"}
    made, reader = mounting(iam=True), mounting(iam=True, read_only=True)
    for each in (made, reader):
        change(each.file_systems, "files", policy=document([only_mount]))
        may_not(each, "elasticfilesystem:ClientWrite", "app")
    report = proved(made)

    assert (("works",), ()) == (said(report, "efs-mount"), said(report, "efs-write"))
    assert ({("efs-read-only", "service")}, set()) == (warned(report), warned(proved(reader)))


def test_volumes_that_may_be_more_are_not_known() -> None:
    """An open list may hold a volume that fails."""
    assert ("unknown",) == said(proved(estate(volumes=Listing((), (UNKNOWN,)))), "efs-mount")


@pytest.mark.parametrize(
    ("os", "version", "expected"),
    [
        ("LINUX", "1.3.0", "platform-unsupported service"),
        ("WINDOWS_SERVER_2022_CORE", None, "platform-unsupported task"),
        ("LINUX", "1.4.0", "works"),
    ],
)
def test_only_linux_1_4_0_mounts(os: str, version: str | None, expected: str) -> None:
    """EFS came with 1.4.0, and has no Windows client."""
    assert (expected,) == said(proved(estate(volumes=efs(), os=os), version), "efs-mount")
