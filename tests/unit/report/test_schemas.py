"""The published schemas of offers, costs and causes: themselves valid, and the program's own closed lists."""

import typing
from typing import Any

import jsonschema
import pytest

from pullproof.cli.schema import FILES
from pullproof.evidence import Via
from pullproof.model import edits
from pullproof.model.codes import STEPS
from pullproof.model.value import Why
from pullproof.repair.exposure import Level
from pullproof.why.conclude import Judgement
from tests.schemas import published, wrong


@pytest.mark.parametrize("name", FILES)
def test_every_schema_is_one(name: str) -> None:
    """Each published schema is itself valid, and says which document it is of."""
    schema = published(name)

    jsonschema.Draft202012Validator.check_schema(schema)
    assert f"`pullproof {name} --format json`" in schema["description"]


def test_an_offer_s_schema_has_every_edit() -> None:
    """The kinds of edits, and the fields of each, are those of the closed list."""
    schema = published("fix")["$defs"]
    kinds = {kind.__name__: kind for kind in typing.get_args(edits.Edit)}

    assert set(kinds) == {one["$ref"].rpartition("/")[2] for one in schema["edit"]["oneOf"]}
    for name, kind in kinds.items():
        fields = {"holder_kind" if field == "kind" else field for field in kind.__struct_fields__}
        assert fields | {"kind"} == set(schema[name]["properties"]) == set(schema[name]["required"])


def test_words_are_those_of_the_program() -> None:
    """Ways, steps, levels, judgements and reasons are the closed lists of the program."""
    fix, why = published("fix")["$defs"], published("why")["$defs"]
    step = fix["change"]["properties"]["settles"]["items"]["properties"]["step"]

    assert {way.value for way in Via} - {"none"} == set(fix["fix"]["properties"]["ways"]["items"]["enum"])
    assert list(STEPS) == step["enum"]
    assert len(Level) == len(fix["fix"]["properties"]["exposure_score"]["properties"])
    assert [one.value for one in Judgement] == why["message"]["properties"]["conclusion"]["enum"]
    assert {one.name.lower().replace("_", "-") for one in Why} == set(
        why["message"]["properties"]["unknowns"]["items"]["properties"]["why"]["enum"]
    )


@pytest.mark.parametrize("name", FILES)
def test_a_key_that_is_missing_or_new_is_noticed(name: str) -> None:
    """The tests are stricter than the schemas: nothing may be printed that is not published."""
    lacking: dict[str, Any] = {}
    found = wrong(name, '{"schema": 1, "surprise": 2}')

    assert any("'surprise'" in error for error in found)
    assert any("'source' is a required property" in error for error in found)
    assert len(list(jsonschema.Draft202012Validator(published(name)).iter_errors(lacking))) > 2
