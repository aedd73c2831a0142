"""YAML as `yamldecode` reads it, by PyYAML where that is installed.

PyYAML only finds the structure: what a plain scalar is, is decided here, and whatever YAML 1.1, YAML 1.2 and
Terraform read differently (`0o14`, `1_000`, `1:30`, dates) is refused rather than guessed.
https://developer.hashicorp.com/terraform/language/functions/yamldecode
"""

import importlib
import re
from typing import Any

from pullproof.model.text import clean
from pullproof.sources.terraform.hcl.gaps import Exhausted
from pullproof.sources.terraform.hcl.values import Refused, Value, as_text, normal

_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d*)")
_FRACTION = re.compile(
    r"[-+]?(?:0|[1-9]\d*)?\.\d+(?:[eE][-+]?\d+)?|[-+]?(?:0|[1-9]\d*)(?:\.\d*)?[eE][-+]?\d+"
)
#: Numbers, dates and times to one reader and text to another; `=` and `<<` mean something in YAML 1.1.
_AMBIGUOUS = re.compile(r"[-+.]?\d[\d_.,:xobXOBTZ+-]*[\da-fA-F_]*|[-+]?\.(?:inf|nan)|=|<<", re.IGNORECASE)
_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **{form: True for word in ("true", "yes", "on") for form in (word, word.title(), word.upper())},
    **{form: False for word in ("false", "no", "off") for form in (word, word.title(), word.upper())},
}
MOST_NODES = 100_000


def decode_yaml(text: str) -> Value:
    """The value of a YAML text.

    Raises:
        Refused: it is no YAML.
        ValueError: it may mean more than one thing, or no parser is installed.
        Exhausted: aliases in it multiply.
    """
    try:
        yaml = importlib.import_module("yaml")
    except ImportError as missing:
        raise ValueError("no YAML parser is installed") from missing
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as wrong:
        raise Refused("no YAML") from wrong
    return None if node is None else _value(node, [0], 0)


def _value(node: Any, count: list[int], depth: int) -> Value:
    count[0] += 1
    if count[0] > MOST_NODES or depth > 100:
        raise Exhausted
    if node.id == "mapping":
        return {_key(key): _value(item, count, depth + 1) for key, item in node.value}
    if node.id == "sequence":
        return [_value(item, count, depth + 1) for item in node.value]
    if node.style is not None or (node.tag.endswith(":str") and _INTEGER.fullmatch(node.value)):
        return clean(str(node.value))  # in quotation marks, or tagged as a string
    return _plain(node.value)


def _key(node: Any) -> str:
    if node.id != "scalar":
        raise Refused("a key is no string")
    return clean(str(node.value)) if node.style is not None else as_text(_plain(node.value))


def _plain(text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 300:
        return int(text)
    if _FRACTION.fullmatch(text) and len(text) < 300:
        return normal(float(text))
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError(f"{text} may mean more than one thing in YAML")
    return clean(text)
