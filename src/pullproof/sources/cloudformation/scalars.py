"""A scalar of a template, as YAML 1.1 reads it and CloudFormation takes it.

CloudFormation supports YAML 1.1 without its dates:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

import math

from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.nodes import Node

_TAG = "tag:yaml.org,2002:"
_TRUE = frozenset(("yes", "true", "on"))


def scalar(node: Node) -> str | int | float | bool | Unknown | None:
    """What an untagged scalar says.

    A number is one only where its text is how the number is written anyway; where YAML 1.1 reads another
    number than people do (`010` is eight, `22:22` is 1342), nobody can tell which is meant.
    """
    text: str = node.value
    match node.tag.removeprefix(_TAG):
        case "int":
            return _int(text)
        case "bool":
            return text.lower() in _TRUE
        case "null":
            return None
        case "float":
            return _float(text)
        case _:
            return text


def canonical(text: str) -> str:
    """How CloudFormation writes a value that a template writes as this text without quotes."""
    if text.lower() in ("yes", "on", "true", "no", "off", "false"):
        return "true" if text.lower() in _TRUE else "false"
    return text


def _int(text: str) -> int | Unknown:
    plain = text[1:] if text[:1] in "+-" else text
    if plain.isascii() and plain.isdigit() and len(plain) < 20 and (plain == "0" or plain[0] != "0"):
        return int(text)
    return Unknown(
        Why.CONFLICT,
        f"{text}, which YAML 1.1 reads as another number",
        "",
        f"write it in quotes: '{text}'",
    )


def _float(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) and repr(number) == text else text
