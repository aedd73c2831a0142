"""Resources of which it is not settled whether they exist.

What acts by itself (a rule, a route, an endpoint, a policy) and may not be there is kept with what it does
unknown: it proves nothing, neither that a task can start nor that it cannot. What acts only where something
refers to it needs no such care: CloudFormation refuses a reference to what is not there.
"""

from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.rows import Row, Values
from pullproof.sources.cloudformation.stack import Item, Stacks
from pullproof.sources.cloudformation.tables import rows
from pullproof.sources.terraform.tree import Value


class Doubts:
    """Which items of an input may not be there."""

    def __init__(self, stacks: Stacks) -> None:
        table = rows()
        guards = {
            item.guard if item.condition is not None else ""
            for item in stacks.items.values()
            if item.type in table and table[item.type].launches
        }
        #: Every task of the input runs only if this holds: then all else under it is there too.
        self._supposed = guards.pop() if len(guards) == 1 else ""

    def applied(self, item: Item, row: Row, values: Values) -> Values:
        """The arguments of a resource, with what it does unknown if it may not be there."""
        reason = item.condition
        if reason is None or not row.doubt or (item.guard and item.guard == self._supposed):
            return values
        changed = {
            name: perhaps(values.get(name), reason) if name == "policy" else reason for name in row.doubt
        }
        return {**values, **changed}


def perhaps(document: Value, reason: Unknown) -> Value:
    """A policy that may not be there: each statement counts only under a condition that is not known."""
    if not isinstance(document, dict):
        return reason
    written = document.get("Statement")
    statements = written if isinstance(written, list) else [written]
    doubted = [{**one, "Condition": reason} if isinstance(one, dict) else reason for one in statements]
    return {**document, "Statement": doubted}
