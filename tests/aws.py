"""moto's server for tests: one for a session, on a free port of this machine, with credentials that mean nothing.

The fixture `aws` (tests/conftest.py) gives an `Aws`: clients for it, and the environment for programs. Each test
that creates things asks for an account of its own (`aws.account()`), so that tests do not see each other's.
"""

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from tools.repository import ROOT

REGION = "eu-west-1"
#: Longer than moto ever takes to start on a busy machine.
PATIENCE = 60.0


class Aws:
    """A running server, seen by one account. The access key tells which."""

    def __init__(self, url: str, account: str, counter: "itertools.count[int]") -> None:
        self.url = url
        self.account_id = account
        self._counter = counter
        self._clients: dict[tuple[str, str], Any] = {}

    def account(self) -> "Aws":
        """The same server, seen by an account that has nothing yet."""
        return Aws(self.url, f"{next(self._counter):012}", self._counter)

    @property
    def environment(self) -> dict[str, str]:
        """Variables for programs that are to use this account, and no other that the machine knows."""
        return {
            "AWS_ACCESS_KEY_ID": f"AKIA{self.account_id}TEST",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @cached_property
    def session(self) -> Any:
        """A boto3 session of this account."""
        import boto3.session

        held = self.environment
        return boto3.session.Session(
            aws_access_key_id=held["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=held["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )

    def client(self, service: str, region: str = REGION) -> Any:
        """A client for this account; the library takes its time to make one."""
        if (service, region) not in self._clients:
            made = self.session.client(service, region_name=region, endpoint_url=self.url)
            self._clients[service, region] = made
        return self._clients[service, region]


def serve() -> Iterator[Aws]:
    """A server while it is needed; killed afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.moto_server", str(port)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COV"))}
        | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield Aws(f"http://127.0.0.1:{port}", "123456789012", itertools.count(200_000_000_001))
    finally:
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "moto's server has ended by itself"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"moto's server did not start in {PATIENCE} seconds")
