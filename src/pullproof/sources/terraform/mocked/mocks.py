"""The test file that makes Terraform plan a configuration with mocked providers.

https://developer.hashicorp.com/terraform/language/tests/mocking
"""

from collections.abc import Mapping
from typing import Any

import msgspec

FILE = "pullproof.tftest.hcl"
#: In the root module's copy: what its variables are, as Terraform itself reads and converts them.
INPUTS_FILE = "pullproof_inputs.tf"
INPUTS = "pullproof_inputs"


def test_file(providers: Mapping[str, str], answers: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """A test that plans everything: `providers` are keys (`aws.west`), `answers` what data sources tell, by key."""
    blocks = [_mock(key, answers.get(key, {})) for key in providers]
    return "\n".join([*blocks, 'run "plan" {\n  command = plan\n}\n'])


def inputs_file(names: list[str]) -> str:
    """An output with the values of all variables."""
    pairs = "".join(f"    {name} = var.{name}\n" for name in names)
    workspace = '    "terraform.workspace" = terraform.workspace\n'
    return f'output "{INPUTS}" {{\n  sensitive = true\n  value = {{\n{pairs}{workspace}  }}\n}}\n'


def _mock(key: str, answers: Mapping[str, Mapping[str, Any]]) -> str:
    name, _, alias = key.partition(".")
    lines = [f'mock_provider "{name}" {{', *([f'  alias = "{alias}"'] if alias else [])]
    for kind, values in answers.items():
        lines.append(f'  mock_data "{kind}" {{')
        lines.append("    defaults = {")
        lines += [f"      {attribute} = {_literal(value)}" for attribute, value in values.items()]
        lines += ["    }", "  }"]
    return "\n".join([*lines, "}", ""])


def _literal(value: Any) -> str:
    """A JSON value as an expression: JSON is one, but for the two template marks, which no value here has."""
    return msgspec.json.encode(value).decode()
