"""The whole error catalogue, in the order in which rows are tried: special messages before general ones."""

from pullproof.explain.row import Row
from pullproof.explain.rows import ecr, efs, image, layers, logs, placement, secrets
from pullproof.model.codes import BLOCKER_CODES, STEPS, WARNING_CODES


def checked(*parts: tuple[Row, ...]) -> tuple[Row, ...]:
    """All rows as one tuple.

    Raises:
        ValueError: an id stands twice, or a step or code is not one of ours.
    """
    rows = tuple(row for part in parts for row in part)
    ids = [row.id for row in rows]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise ValueError(f"rows with the same id: {sorted(twice)}")
    for row in rows:
        if {row.step, *row.also} - {"", *STEPS} or set(row.causes) - (BLOCKER_CODES | WARNING_CODES):
            raise ValueError(f"row {row.id} names a step or code that is not one of ours")
    return rows


CATALOGUE = checked(
    placement.ROWS[:-1],
    efs.ROWS,
    logs.ROWS,
    secrets.ROWS,
    ecr.ROWS,
    layers.ROWS,
    image.ROWS,
    placement.ROWS[-1:],
)
