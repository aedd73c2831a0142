"""The variables that lead Terraform, the AWS CLI and the SDKs to a lab, with the keys that its API asks for."""

from argparse import Namespace
from typing import Any

from pullproof.cli.out import emit


def variables(told: dict[str, Any]) -> dict[str, str]:
    """Of what a lab tells about its API."""
    return {
        "AWS_ENDPOINT_URL": str(told["api"]),
        "AWS_REGION": str(told["region"]),
        "AWS_ACCESS_KEY_ID": str(told["id"]),
        "AWS_SECRET_ACCESS_KEY": str(told["secret"]),
    }


def exported(told: dict[str, Any]) -> str:
    """The same as a line for a shell; none of the values has a character that a shell would take for its own."""
    return "export " + " ".join(f"{name}={value}" for name, value in variables(told).items())


def env(options: Namespace) -> int:
    """Print it: `eval "$(pullproof lab env)"`."""
    from pullproof.lab.remote import Remote

    emit(exported(Remote(options.name).one("keys")) + "\n")
    return 0
