"""`schema`: the JSON Schema of the document that a command prints with `--format json`."""

from argparse import Namespace

from pullproof.cli.answer import deliver
from pullproof.explain.pages import document

#: command -> where the schema of its document is, in the docs.
FILES = {
    "check": "schema/report-v1.schema.json",
    "fix": "schema/fix-v1.schema.json",
    "cost": "schema/cost-v1.schema.json",
    "why": "schema/why-v1.schema.json",
}


def schema(options: Namespace) -> int:
    """Print the schema."""
    deliver(document(FILES[options.of]), options)
    return 0
