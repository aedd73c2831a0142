"""Whether two subnets are in one Availability Zone."""

from pullproof.model.text import holes, is_exact
from pullproof.model.value import Maybe, Unknown
from pullproof.verdict import Verdict


def same_zone(a: Maybe[str], b: Maybe[str]) -> Verdict:
    """Whether two zones are one.

    Different entries of AWS's own list of zones are different zones, whatever they will be.
    """
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return Verdict.UNKNOWN
    if a == b:
        return Verdict.WORKS
    if is_exact(a) and is_exact(b):
        return Verdict.FAILS
    first, second = _entry(a), _entry(b)
    if first and second and first[0] == second[0] and first[1] != second[1]:
        return Verdict.FAILS
    return Verdict.UNKNOWN


def _entry(zone: str) -> tuple[str, str] | None:
    """The list and the index of `data.aws_availability_zones.all.names[0]`, or of a template's `zones[0]`."""
    names = holes(zone)
    if len(names) != 1 or not ("aws_availability_zones." in names[0] or names[0].startswith("zones[")):
        return None
    source, bracket, index = names[0].rstrip("]").rpartition("[")
    return (source, index) if bracket and index.isdigit() else None
