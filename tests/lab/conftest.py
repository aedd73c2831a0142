"""What the tests of the lab need: a kernel that lets them have namespaces, and a few programs."""

import shutil

import pytest

from pullproof.errors import PullproofError
from pullproof.lab import sandbox
from pullproof.lab.image import busybox
from tests.conftest import do_without

PROGRAMS = ("nft", "docker-registry", "runc", "conntrack", "nsenter", "ip")


@pytest.fixture(scope="session")
def needs_lab() -> None:
    """A machine that can have a lab; in CI it is a failure to be none."""
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        do_without(f"the lab needs {', '.join(missing)}")
    try:
        sandbox.allowed()
        busybox()
    except PullproofError as why:
        do_without(str(why))
