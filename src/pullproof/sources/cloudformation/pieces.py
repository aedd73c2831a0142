"""Text with holes cut at a separator: which pieces are certain."""

from pullproof.model.text import HOLE, OPEN, Text, hole, holes
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.run import Run


def pieces(run: Run, text: Text, separator: str, at: str) -> list[Text | Unknown]:
    """The pieces of a text. Unknown, which is any number of pieces, where a hole may hold the separator."""
    if not separator:
        return [text]
    if OPEN not in text:
        return list(text.split(separator))
    return [
        piece
        if all(_whole(run, name, separator) for name in holes(piece))
        else run.reason(piece, f"what {separator!r} cuts of {at}", at)
        for piece in _cut(run, text, separator)
    ]


def _cut(run: Run, text: Text, separator: str) -> list[Text]:
    """The text cut where the separator is written; ARNs of a known shape are spelt out for that."""
    found = [""]
    for number, part in enumerate(HOLE.split(text)):
        if number % 2 == 0:
            first, *rest = part.split(separator)
            found[-1] += first
            found += rest
        elif separator == ":" and (shape := run.shapes.get(part) or _entry(part)):
            first, *rest = _cut(run, shape, separator)
            found[-1] += first
            found += rest
        else:
            found[-1] += hole(part)
    return found


def _entry(name: str) -> Text:
    """A DNS name of an endpoint is behind the id of its hosted zone; "" for anything else.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html
    """
    list_, bracket, _ = name.rpartition("[")
    if not name.endswith("]") or not bracket or not list_.endswith(".DnsEntries"):
        return ""
    return f"{hole(f'{name}.HostedZoneId')}:{hole(f'{name}.DnsName')}"


def _whole(run: Run, name: str, separator: str) -> bool:
    """Whether what a hole stands for certainly has no such separator in it."""
    if name in run.identifiers:
        return True
    if name.startswith("?"):
        return False
    if ".DnsEntries[" in name:
        return name.endswith((".HostedZoneId", ".DnsName"))
    if separator == ":":
        return name in run.names
    if separator == ",":
        # Ids, names and ARNs have no comma; lists that AWS makes are named in the plural.
        last = name.rpartition(".")[2]
        return "." in name and (last == "Ref" or not last.endswith("s"))
    return False
