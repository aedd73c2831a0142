"""Policy statements as they are written: an object of HCL, a block of a policy document, or JSON.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import msgspec

from pullproof.model.iam import Principals, Statement
from pullproof.model.text import Text
from pullproof.model.value import Listing, Unknown
from pullproof.render.base import CannotWrite
from pullproof.render.terraform import hcl
from pullproof.render.terraform.hcl import Assign, Item, Nested
from pullproof.render.terraform.keys import Calls
from pullproof.render.terraform.writer import Writer


class Written(msgspec.Struct, frozen=True):
    """A statement whose texts are expressions already."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, tuple[str, ...]], ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]


def written(writer: Writer, statement: Statement, scope: Calls, own: str | int | None = None) -> Written:
    """A statement with every text as an expression.

    Raises:
        CannotWrite: a part of it is not known, or cannot be referred to from the module.
    """
    if statement.allow is not True or statement.not_actions or statement.not_resources:
        raise CannotWrite("only statements that allow are written", "write the statement by hand")

    def texts(listing: Listing[Text] | None) -> tuple[str, ...]:
        if listing is not None and listing.open:
            raise CannotWrite("a part of the statement is not known", "write the statement by hand")
        return tuple(writer.text(text, scope, own) for text in (listing.items if listing is not None else ()))

    return Written(
        hcl.label(statement.sid).title().replace("_", "") if statement.sid else "",
        texts(statement.actions),
        texts(statement.resources),
        tuple((kind, texts(values)) for kind, values in _principals(statement)),
        tuple((c.operator, c.key, texts(c.values)) for c in statement.conditions.items),
    )


def _principals(statement: Statement) -> tuple[tuple[str, Listing[Text]], ...]:
    found = statement.principals
    if found is None:
        return ()
    if isinstance(found, Unknown) or found.excluded:
        raise CannotWrite("whom the statement is about is not known", "write the statement by hand")
    return found.of


def ecs_tasks() -> Statement:
    """The statement that lets ECS start tasks with a role.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    from pullproof.model.value import Origin

    return Statement(
        origin=Origin(""),
        allow=True,
        actions=Listing(("sts:AssumeRole",)),
        principals=Principals(of=(("Service", Listing(("ecs-tasks.amazonaws.com",))),)),
    )


def _one_or_more(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else hcl.listed(values)


def as_object(statement: Written) -> str:
    """The statement as an object inside `jsonencode`."""
    items = [("Sid", hcl.quoted(statement.sid))] if statement.sid else []
    items.append(("Effect", '"Allow"'))
    if statement.principals:
        items.append(("Principal", _principal_object(statement)))
    items.append(("Action", _one_or_more(statement.actions)))
    if statement.resources:
        items.append(("Resource", _one_or_more(statement.resources)))
    if statement.conditions:
        operators: dict[str, list[tuple[str, str]]] = {}
        for operator, name, values in statement.conditions:
            operators.setdefault(operator, []).append((name, _one_or_more(values)))
        items.append(
            ("Condition", hcl.object_of([(op, hcl.object_of(rows)) for op, rows in operators.items()]))
        )
    return hcl.object_of(items)


def _principal_object(statement: Written) -> str:
    if statement.principals[0][0] == "*":
        return '"*"'
    pairs = ", ".join(f"{hcl.key(kind)} = {_one_or_more(values)}" for kind, values in statement.principals)
    return f"{{ {pairs} }}"


def document(statements: list[Written]) -> str:
    """A whole policy as a call of `jsonencode`."""
    whole = hcl.object_of(
        [("Version", '"2012-10-17"'), ("Statement", hcl.objects([as_object(one) for one in statements]))]
    )
    return f"jsonencode({whole})"


def as_block(statement: Written) -> Nested:
    """The statement as a block of `aws_iam_policy_document`."""
    items: list[Item] = [Assign("sid", hcl.quoted(statement.sid))] if statement.sid else []
    items.append(Assign("actions", hcl.listed(statement.actions)))
    if statement.resources:
        items.append(Assign("resources", hcl.listed(statement.resources)))
    for kind, values in statement.principals:
        anyone = ('"*"',)
        items.append(
            Nested(
                "principals",
                (
                    Assign("type", hcl.quoted(kind)),
                    Assign("identifiers", hcl.listed(anyone if kind == "*" else values)),
                ),
            )
        )
    for operator, name, values in statement.conditions:
        items.append(
            Nested(
                "condition",
                (
                    Assign("test", hcl.quoted(operator)),
                    Assign("variable", hcl.quoted(name)),
                    Assign("values", hcl.listed(values)),
                ),
            )
        )
    return Nested("statement", tuple(items))


def as_json(statement: Written, indent: str) -> str:
    """The statement as JSON inside a heredoc; references stand in its strings.

    Raises:
        CannotWrite: something in it is not text.
    """
    rows: list[tuple[str, str]] = [("Sid", f'"{statement.sid}"')] if statement.sid else []
    rows.append(("Effect", '"Allow"'))
    if statement.principals:
        if statement.principals[0][0] == "*":
            rows.append(("Principal", '"*"'))
        else:
            inside = ", ".join(f'"{kind}": {_json_list(values)}' for kind, values in statement.principals)
            rows.append(("Principal", f"{{{inside}}}"))
    rows.append(("Action", _json_list(statement.actions)))
    if statement.resources:
        rows.append(("Resource", _json_list(statement.resources)))
    if statement.conditions:
        operators: dict[str, list[str]] = {}
        for operator, name, values in statement.conditions:
            operators.setdefault(operator, []).append(f'"{name}": {_json_list(values)}')
        inside = ", ".join(f'"{op}": {{{", ".join(rows_)}}}' for op, rows_ in operators.items())
        rows.append(("Condition", f"{{{inside}}}"))
    lines = ",\n".join(f'{indent}  "{name}": {value}' for name, value in rows)
    return f"{{\n{lines}\n{indent}}}"


def _json_list(values: tuple[str, ...]) -> str:
    texts = [value if value.startswith('"') else f'"${{{value}}}"' for value in values]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
