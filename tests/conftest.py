"""What all tests share: how many cases Hypothesis tries, the real Terraform, and what stands in for AWS."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

from tests.aws import Aws, serve
from tests.terraform import Missing, Terraform, find_terraform

# `make test` runs "ci", pytest alone "dev". No deadline: two cores are shared, and slow is not wrong.
settings.register_profile("dev", max_examples=30, deadline=None)
settings.register_profile(
    "ci",
    max_examples=80,
    deadline=None,
    print_blob=True,
    database=None,  # what was tried before must not decide what is tried now
    suppress_health_check=[HealthCheck.too_slow],
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
settings.load_profile(PROFILE)

MIRROR = "pullproof/provider-mirror"


def pytest_report_header(config: pytest.Config) -> str:
    """How to repeat this run."""
    seed = config.getoption("--hypothesis-seed")
    return f"hypothesis: profile {PROFILE}, seed {'chosen by test' if seed is None else seed}"


def do_without(reason: str) -> NoReturn:
    """Skip a test that this machine cannot run; in CI a missing tool is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must be able to run every test: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def needs_terraform(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """The real Terraform with the AWS provider; see `tests.terraform`."""
    cache = pytestconfig.cache
    assert cache is not None
    known = cache.get(MIRROR, "")
    try:
        found, mirror = find_terraform(tmp_path_factory.mktemp("terraform"), Path(known) if known else None)
    except Missing as missing:
        do_without(str(missing))
    cache.set(MIRROR, str(mirror or ""))
    return found


@pytest.fixture
def terraform_env(needs_terraform: Terraform, monkeypatch: pytest.MonkeyPatch) -> Terraform:
    """The same, and this process' own environment set so that programs it starts find the provider."""
    for name, value in needs_terraform.variables.items():
        monkeypatch.setenv(name, value)
    return needs_terraform


@pytest.fixture(scope="session")
def aws_server() -> Iterator[Aws]:
    """moto's server; see `tests.aws`."""
    yield from serve()


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that knows of no account: no variables, no files, no machine that gives credentials."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def aws(aws_server: Aws, no_aws: None, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """An account of its own on moto's server, which is also what this process' environment names."""
    account = aws_server.account()
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    return account
