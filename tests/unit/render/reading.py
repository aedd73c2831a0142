"""Templates read independently of the program: PyYAML's own loader, and functions in their long form."""

import json
from typing import Any

import yaml  # type: ignore[import-untyped]


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML 1.1 with CloudFormation's short tags."""


def _short(loader: Any, suffix: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", _short)


def read_yaml(text: str | bytes) -> Any:
    """What a template in YAML says."""
    return yaml.load(text, Loader=Loader)


def read(path: str, data: bytes) -> Any:
    """What a template says, by the ending of its name."""
    return json.loads(data) if path.endswith(".json") else read_yaml(data)


def ref(name: str) -> dict[str, str]:
    """`!Ref`."""
    return {"Ref": name}


def get(name: str, attribute: str) -> dict[str, list[str]]:
    """`!GetAtt`."""
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str) -> dict[str, str]:
    """`!Sub`."""
    return {"Fn::Sub": text}
