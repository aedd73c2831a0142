"""What SAM adds: state machines whose definition may be in a file of its own.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
"""

from pathlib import Path

import msgspec

from pullproof.model.text import OPEN
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.map_launches import MACHINE, substituted
from pullproof.sources.cloudformation.rows import Properties, Row, Values, members
from pullproof.sources.cloudformation.stack import Item
from pullproof.sources.terraform.tree import Value


def _machine(item: Item, properties: Properties) -> Values:
    definition = properties.get("Definition")
    if definition is None:
        definition = _of_file(item, properties.get("DefinitionUri"))
    given = members(properties.get("DefinitionSubstitutions"))
    return {"definition": substituted(definition, {} if isinstance(given, Unknown) else given)}


def _of_file(item: Item, uri: Value) -> Value:
    """The definition in a file beside the template: JSON, or YAML."""
    if not isinstance(uri, str) or OPEN in uri or uri.startswith("s3://"):
        return _not_here(item)
    file = Path(item.file).parent / uri
    try:
        if not file.is_file():
            return _not_here(item)
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return _not_here(item)
    if uri.endswith((".yaml", ".yml")):
        return _of_yaml(item, text)
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _not_here(item)


def _of_yaml(item: Item, text: str) -> Value:
    import yaml  # type: ignore[import-untyped]

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return _not_here(item)


def _not_here(item: Item) -> Unknown:
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the definition of {item.address}",
        item.address,
        f"the definition of {item.address} is not beside the template: put it where DefinitionUri says",
    )


ROWS = (
    Row(
        type="AWS::Serverless::StateMachine",
        to="aws_sfn_state_machine",
        build=_machine,
        ref="arn",
        gives={"Arn": "arn"},
        words={**MACHINE, "definition": "Definition"},
        launches=True,
    ),
)
