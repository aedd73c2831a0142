"""Judge a template in a few words."""

import json
from typing import Any

from pullproof.model.estate import Estate
from pullproof.prove import report
from pullproof.report.json_v1 import document
from pullproof.sources.base import Loaded, Options
from pullproof.sources.cloudformation.mapping import tree_of
from pullproof.sources.cloudformation.read import read_template
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.terraform.adapt import adapt, not_launched

REGION = "eu-west-1"


def estate_of(template: dict[str, Any] | str, **parameters: str) -> Estate:
    """The estate of a template, which is YAML text or an object."""
    return adapt(tree_of(stacks_of(template, **parameters)), Options(region=REGION))


def stacks_of(template: dict[str, Any] | str, **parameters: str) -> Any:
    """A template that has been read."""
    text = template if isinstance(template, str) else json.dumps(template)
    given = Given(region=REGION, account="111122223333", parameters=parameters)
    return read_template(text.encode(), "template.yaml", given)


def judged(template: dict[str, Any] | str, **parameters: str) -> dict[str, Any]:
    """The JSON report on a template."""
    tree = tree_of(stacks_of(template, **parameters))
    estate = adapt(tree, Options(region=REGION))
    loaded = Loaded(
        kind="cloudformation-template",
        path="template.yaml",
        estate=estate,
        notes=tree.notes,
        not_launched=not_launched(estate),
    )
    return document(report(loaded))


def verdict(template: dict[str, Any] | str, **parameters: str) -> str:
    """The verdict on the only task of a template."""
    (task,) = judged(template, **parameters)["tasks"]
    return str(task["verdict"])
