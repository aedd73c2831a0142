"""`schema`: the JSON Schema of the document that `check --format json` prints."""

from argparse import Namespace

from pullproof.cli.answer import deliver
from pullproof.explain.pages import document


def schema(options: Namespace) -> int:
    """Print the schema."""
    deliver(document("schema/report-v1.schema.json"), options)
    return 0
