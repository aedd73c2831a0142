"""What the command line gives to templates: parameters, in all the shapes of AWS's tools, and imports."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pullproof.errors import InputError, UsageError
from pullproof.model.text import clean
from pullproof.sources.cloudformation.document import decoded
from pullproof.sources.cloudformation.files import read_file
from pullproof.sources.cloudformation.run import Given

#: The AWS CLI's shorthand: ParameterKey=NAME,ParameterValue=VALUE.
_SHORTHAND = re.compile(r"ParameterKey=([^,]+),ParameterValue=(.*)", re.DOTALL)
#: Where AWS's own tools find the region.
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


def given_of(  # as many as there are options
    *,
    parameters: Sequence[str] = (),
    files: Sequence[str] = (),
    imports: Sequence[str] = (),
    region: str = "",
    account: str = "",
    environ: Mapping[str, str] | None = None,
) -> Given:
    """What is given to the templates of one run. What stands on the command line beats what is in files.

    Raises:
        UsageError: something is not written as NAME=VALUE.
        InputError: a file of parameters cannot be read as one.
    """
    filed: dict[str, Any] = {}
    for file in files:
        filed |= parameters_of(read_file(file.removeprefix("file://")), file.removeprefix("file://"))
    told = dict(_pair(word, "--parameter") for word in parameters)
    notes = []
    if not region:
        for name in REGIONS:
            if environ and environ.get(name):
                region = environ[name]
                notes.append(f"the region is {region}, as {name} says")
                break
    return Given(
        parameters=filed | told,
        imports=dict(_pair(word, "--import") for word in imports),
        region=region,
        account=account,
        filed=frozenset(filed) - frozenset(told),
        notes=tuple(notes),
    )


def _pair(word: str, option: str) -> tuple[str, str]:
    if option == "--parameter" and (short := _SHORTHAND.fullmatch(word)) is not None:
        return short[1], clean(short[2])
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise UsageError(f"{option} {word} is no NAME=VALUE", remedy=f"{option} NAME=VALUE")
    return name, clean(value)


def parameters_of(data: bytes, path: str) -> dict[str, str | list[str]]:
    """The parameters in a file: the AWS CLI's list, CodePipeline's configuration, or a plain mapping.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html

    Raises:
        InputError: it is none of them.
    """
    said = decoded(data, path)
    if isinstance(said, dict) and isinstance(said.get("Parameters"), dict | list):
        said = said["Parameters"]
    if isinstance(said, dict):
        return {name: _value(name, value, path) for name, value in said.items()}
    if isinstance(said, list):
        return dict(found for entry in said if (found := _entry(entry, path)) is not None)
    raise _no_parameters(path)


def _entry(entry: Any, path: str) -> tuple[str, str | list[str]] | None:
    """One of a list: a mapping as the AWS CLI has it, or NAME=VALUE as `deploy --parameter-overrides` has it."""
    if isinstance(entry, str):
        return _pair(entry, "--parameter")
    if not isinstance(entry, dict) or not isinstance(entry.get("ParameterKey"), str):
        raise _no_parameters(path)
    if "ParameterValue" not in entry:
        return None  # UsePreviousValue, which is not told
    name = entry["ParameterKey"]
    return name, _value(name, entry["ParameterValue"], path)


def _value(name: str, value: Any, path: str) -> str | list[str]:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return clean(str(value))
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return [clean(str(item)) for item in value]
    raise InputError(f"the parameter {name} is no text", place=path, remedy="write its value in quotes")


def _no_parameters(path: str) -> InputError:
    return InputError(
        "this is no file of parameters",
        place=path,
        remedy='[{"ParameterKey": "NAME", "ParameterValue": "VALUE"}], {"Parameters": {"NAME": "VALUE"}}\n'
        'or {"NAME": "VALUE"}',
    )
