"""Text of which some parts are known only by name.

An ARN that AWS has yet to choose is still *the* ARN of one resource. Such a part is a hole: a name
between two private-use characters, inside an ordinary string, so that text with holes can be joined,
parsed as JSON and compared like any other. Two holes of the same name are the same text; two holes of
different names may or may not be. By convention a hole's name is a Terraform-like reference
("aws_ecr_repository.app.arn"), or starts with `?` when it stands for anything at all. Where the addresses
of an input do not tell types (a logical id), the type follows the name, behind a mark of its own.
"""

import re
from typing import TypeAlias

#: Text that may have holes. Literal text never has the two marks: sources replace them on the way in.
Text: TypeAlias = str

OPEN = "\ue000"
CLOSE = "\ue001"
#: In a hole, between its name and the type of what it is an attribute of.
KIND = "\ue003"
#: Attributes that say which one something is: its logical id says as much.
WHOLE = frozenset(("id", "name", "bucket", "key_id", "family", "zone_id"))
HOLE = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")


def hole(name: str) -> Text:
    """The text known only as `name`."""
    return f"{OPEN}{name}{CLOSE}"


def anything(about: str) -> Text:
    """A hole that stands for any text at all; `about` tells two of them apart."""
    return f"{OPEN}?{about}{CLOSE}"


def typed(name: str, kind: str) -> Text:
    """The text known only as `name`, an attribute of something of that type."""
    return f"{OPEN}{name}{KIND}{kind}{CLOSE}"


def bare(name: str) -> str:
    """The name of a hole without the type behind it."""
    return name.partition(KIND)[0]


def is_exact(text: Text) -> bool:
    """Whether every character is known."""
    return OPEN not in text


def holes(text: Text) -> tuple[str, ...]:
    """The names of the holes, in order."""
    return tuple(HOLE.findall(text)) if OPEN in text else ()


def sole_hole(text: Text) -> str:
    """The name of the hole that is the whole text, or `""`."""
    if not text.startswith(OPEN) or not text.endswith(CLOSE):
        return ""
    name = text[1:-1]
    return "" if OPEN in name or CLOSE in name else name


def json_safe(text: Text) -> Text:
    """JSON in which the names of holes are escaped as strings have them: an encoder did that, a template did not."""
    return HOLE.sub(_escaped, text) if OPEN in text else text


def _escaped(found: re.Match[str]) -> str:
    plain = found[1].replace('\\"', '"').replace("\\\\", "\\")
    name = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f"{OPEN}{name}{CLOSE}"


def clean(literal: str) -> Text:
    """Literal text from outside, made safe: the two marks become the replacement character."""
    if OPEN in literal or CLOSE in literal or KIND in literal:
        return literal.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd").replace(KIND, "\ufffd")
    return literal


def shown(text: Text) -> str:
    """For people: holes become `${name}`, or `(unknown)` where they stand for anything."""
    if OPEN not in text:
        return text
    return HOLE.sub(lambda m: "(unknown)" if m[1].startswith("?") else f"${{{_told(m[1])}}}", text)


def _told(name: str) -> str:
    """The name of a hole as its input would write it: what has no type in its address is meant as a whole."""
    if KIND not in name:
        return name
    address, _, attribute = bare(name).rpartition(".")
    return address if attribute in WHOLE else f"{address}.{attribute.title().replace('_', '')}"
