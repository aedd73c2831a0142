"""Which of AWS's own prefix lists an id is: the template cannot look that up, and its metadata may say it.

    Metadata:
      Pullproof:
        PrefixLists:
          S3PrefixListId: com.amazonaws.${AWS::Region}.s3
          pl-6da54004: com.amazonaws.eu-west-1.s3

AWS's lists have an id of their own in each region, and no function of CloudFormation gives it. A key is a
parameter of the template, or an id.
https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
"""

import re
from collections.abc import Iterable, Iterator

from pullproof.errors import InputError
from pullproof.model.text import Text, hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.frame import StackFrame
from pullproof.sources.cloudformation.names import near
from pullproof.sources.cloudformation.nodes import Node

#: Where the metadata of a template says it.
SECTION = ("Metadata", "Pullproof", "PrefixLists")
REGION = "${AWS::Region}"
NAME = re.compile(r"com\.amazonaws\.(?:\$\{AWS::Region\}|[a-z0-9-]+)\.[a-z0-9.-]+")
ID = re.compile(r"pl-[0-9a-f]+")


def named_lists(frames: Iterable[StackFrame]) -> dict[Text, Text | Unknown]:
    """The names of AWS's lists by what refers to them: the value of a parameter, or an id.

    Raises:
        InputError: a key is neither, or a name is none of AWS's.
    """
    found: dict[Text, Text | Unknown] = {}
    for frame in frames:
        for reference, name in _of(frame):
            held = found.setdefault(reference, name)
            if held != name:
                found[reference] = Unknown(
                    Why.CONFLICT, "which list this is", "", "two templates name it differently: keep one name"
                )
    return found


def _of(frame: StackFrame) -> Iterator[tuple[Text, Text]]:
    for key, node in _said(frame):
        name, place = frame.document.value(node), frame.document.place(node)
        if not isinstance(name, str) or NAME.fullmatch(name) is None:
            raise InputError(
                "this is no name of one of AWS's prefix lists",
                place=place,
                remedy=f"{key}: com.amazonaws.{REGION}.s3",
            )
        if key not in frame.parameters and ID.fullmatch(key) is None:
            raise InputError(
                f"{key} is neither a parameter of the template nor the id of a prefix list",
                place=place,
                remedy=near(key, frame.parameters) or "write the parameter, or an id: pl-6da54004",
            )
        value = frame.parameters[key].value if key in frame.parameters else key
        region = frame.place.region
        if isinstance(value, str):
            yield value, name.replace(REGION, region if isinstance(region, str) else hole("region"))


def _said(frame: StackFrame) -> Iterator[tuple[str, Node]]:
    """The keys and what is written for them; whatever else the metadata holds is not looked at."""
    node = frame.document.sections.get(SECTION[0])
    for name in SECTION[1:]:
        if node is None or node.id != "mapping":
            return
        node = next((value for key, value in node.value if key.value == name), None)
    if node is not None and node.id == "mapping":
        yield from frame.document.pairs(node)
