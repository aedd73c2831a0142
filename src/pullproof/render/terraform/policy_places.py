"""Where a policy is written that gets statements more, and in which style."""

from collections.abc import Sequence

import msgspec

from pullproof.model.iam import Policy, Statement
from pullproof.model.value import Origin, Unknown
from pullproof.render.base import CannotWrite
from pullproof.render.terraform import policies
from pullproof.render.terraform.changes import AddStatements, AddToDocument, Placed, WrapPolicy
from pullproof.render.terraform.document import Spot, inner, mentioned
from pullproof.render.terraform.keys import Pointer, pointer
from pullproof.render.terraform.resources_iam import POLICY_RESOURCES
from pullproof.render.terraform.styles import Styles
from pullproof.render.terraform.workspace import Found
from pullproof.render.terraform.writer import Writer

DOCUMENT = "aws_iam_policy_document"


class Way(msgspec.Struct, frozen=True):
    """How to write: for all instances of a block, and beside it where that will do."""

    general: bool
    beside: bool


def statement_change(
    writer: Writer, styles: Styles, holder: tuple[str, str], statements: Sequence[Statement], way: Way
) -> list[Placed]:
    """The change that adds statements to the policy of something; none where a new resource holds them.

    `holder` is the estate's attribute and the key.

    Raises:
        CannotWrite: the policy is nowhere that can be changed.
    """
    kind, key = holder
    noun = getattr(writer.estate, kind).get(key)
    if noun is None:
        return []
    if kind == "roles":
        return _on_role(writer, styles, noun.policies.items, (key, statements), way)
    policy = noun.policy
    if isinstance(policy, Unknown):
        raise CannotWrite(f"the policy of {key} is not known", policy.settle_by)
    if policy is not None:
        return [_change(writer, policy.origin, statements, way.general)]
    if kind not in POLICY_RESOURCES:
        raise CannotWrite(
            f"{key} has no policy, and a first one would allow less than none", "leave it without"
        )
    return []


def trust_change(writer: Writer, role: str) -> list[Placed]:
    """The change that lets ECS tasks assume a role.

    Raises:
        CannotWrite: its trust policy is nowhere that can be changed.
    """
    noun = writer.estate.roles.get(role)
    if noun is None or not isinstance(noun.trust, Policy):
        raise CannotWrite(
            f"the trust policy of {role} is not part of this input", "let ecs-tasks.amazonaws.com assume it"
        )
    return [_change(writer, noun.trust.origin, [policies.ecs_tasks()], False)]


def _on_role(
    writer: Writer,
    styles: Styles,
    held: Sequence[Policy],
    asked: tuple[str, Sequence[Statement]],
    way: Way,
) -> list[Placed]:
    """A policy of the role's own that takes the statements; one that other roles have too is left alone."""
    key, statements = asked
    role = writer.refs.where(key)
    if writer.workspace is None or role is None or role.data:
        return []
    for policy in held:
        at = pointer(policy.origin.address)
        if at is None or not policy.origin.path:
            continue
        if at.type == "aws_iam_role":
            # Written inside the role, inline policies exclude others.
            return [_change(writer, policy.origin, statements, way.general)]
        if at.type == "aws_iam_role_policy" and not way.beside:
            try:
                found = _direct(writer, policy.origin, statements, way.general)
            except CannotWrite:
                continue
            if found is not None:
                return [found]
    if styles.separate(role, "aws_iam_role_policies_exclusive"):
        raise CannotWrite(
            f"{key} is held to a list of inline policies", "write the policy, and add it to that list"
        )
    return []


def _change(writer: Writer, origin: Origin, statements: Sequence[Statement], general: bool) -> Placed:  # noqa: FBT001
    """The change of a policy, in its own style or by joining it with what is to be added."""
    direct = _direct(writer, origin, statements, general)
    if direct is not None:
        return direct
    at, inside, name = _where(writer, origin)
    return at, WrapPolicy(inside, name, writer.wrapping(at), _written(writer, at, statements, general))


def _direct(
    writer: Writer,
    origin: Origin,
    statements: Sequence[Statement],
    general: bool,  # noqa: FBT001
) -> Placed | None:
    """The change in its own style; None where it is written somewhere else."""
    at, inside, name = _where(writer, origin)
    if writer.workspace is None:
        return None
    found = writer.workspace.find(at)
    written = _written(writer, at, statements, general)
    change = AddStatements(inside, name, written)
    if change.fits(found):
        return at, change
    source = _document(writer, found, at, (inside, name))
    return (source, AddToDocument(written)) if source is not None else None


def _where(writer: Writer, origin: Origin) -> tuple[Pointer, tuple[str, ...], str]:
    """The block, the nested block and the argument that a policy is written in."""
    at = pointer(origin.address)
    if at is None or writer.workspace is None:
        raise CannotWrite(
            f"the configuration with {origin} is not at hand", "add the statement there by hand"
        )
    if at.data:
        raise CannotWrite(f"the policy of {origin.address} is kept elsewhere", "add the statement there")
    step = origin.path.split(".")[0]
    if step.startswith("inline_policy"):
        return at, ("inline_policy",), "policy"
    return at, (), step


def _written(
    writer: Writer,
    at: Pointer,
    statements: Sequence[Statement],
    general: bool,  # noqa: FBT001
) -> tuple[policies.Written, ...]:
    own = at.index if general else None
    return tuple(policies.written(writer, one, at.calls, own) for one in statements)


def _document(
    writer: Writer, found: Found, at: Pointer, place: tuple[tuple[str, ...], str]
) -> Pointer | None:
    """The data source that a policy comes from, if nothing else comes from it."""
    inside, name = place
    value = found.document.attribute(Spot(found.spot.labels, inside), name)
    names = mentioned(value) if value is not None else set()
    if writer.workspace is None or value is None or len(names) != 1:
        return None
    text = found.document.text(value).replace(" ", "")
    source = next(iter(names))
    plain = source.startswith(f"data.{DOCUMENT}.") and text.startswith(source) and text.endswith("json")
    if not plain or inner(value).type == "function_call":
        return None
    users = {".".join(labels[1:]) for labels in writer.workspace.users(at.path, source)}
    trusting = {role.block for key in writer.trusting if (role := pointer(key)) and role.path == at.path}
    same = trusting if name == "assume_role_policy" and trusting else {at.block}
    # The index of a data source does not matter: what is written in it is written in all its instances.
    return Pointer(at.calls, source, at.index) if users and users <= same else None
