"""The JSON that `terraform show -json` prints, decoded as far as it is wanted.

Values of resources stay undecoded (`msgspec.Raw`) until somebody asks for them: of a large plan, most are
of types that say nothing about a task's start. The format:
https://developer.hashicorp.com/terraform/internals/json-format
"""

import gc
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from pullproof.errors import InputError

NOTHING = msgspec.Raw(b"null")
SHOW = "terraform plan -out tf.plan && terraform show -json tf.plan > plan.json"

D = TypeVar("D")


class Change(msgspec.Struct):
    """What a plan does to one object."""

    actions: tuple[str, ...] = ()
    before: msgspec.Raw = NOTHING
    after: msgspec.Raw = NOTHING
    after_unknown: msgspec.Raw = NOTHING
    after_sensitive: msgspec.Raw = NOTHING


class ResourceChange(msgspec.Struct):
    """An instance of a resource, as the plan leaves it."""

    address: str
    type: str
    name: str
    change: Change
    module_address: str = ""
    mode: str = "managed"
    index: str | int | None = None
    provider_name: str = ""
    deposed: str | None = None


class StateResource(msgspec.Struct):
    """An instance of a resource, as it is."""

    address: str
    type: str
    name: str
    mode: str = "managed"
    index: str | int | None = None
    provider_name: str = ""
    values: msgspec.Raw = NOTHING
    sensitive_values: msgspec.Raw = NOTHING


class StateModule(msgspec.Struct):
    """A module instance of a state."""

    address: str = ""
    resources: list[StateResource] = []
    child_modules: list["StateModule"] = []


class StateValues(msgspec.Struct):
    """What a state holds."""

    root_module: StateModule = msgspec.field(default_factory=StateModule)


class State(msgspec.Struct):
    """`terraform show -json` of a state."""

    format_version: str
    values: StateValues | None = None


class ConfigResource(msgspec.Struct):
    """A `resource` or `data` block as written. Expressions are constants or lists of references."""

    type: str
    name: str
    mode: str = "managed"
    provider_config_key: str = ""
    expressions: dict[str, Any] = {}
    count_expression: dict[str, Any] | None = None
    for_each_expression: dict[str, Any] | None = None


class ConfigOutput(msgspec.Struct):
    """An `output` block."""

    expression: dict[str, Any] = {}


class ConfigVariable(msgspec.Struct):
    """A `variable` block."""

    default: Any = msgspec.UNSET


class ConfigCall(msgspec.Struct):
    """A `module` block and the module it calls."""

    module: "ConfigModule"
    expressions: dict[str, Any] = {}
    count_expression: dict[str, Any] | None = None
    for_each_expression: dict[str, Any] | None = None


class ConfigModule(msgspec.Struct):
    """A module as written."""

    resources: list[ConfigResource] = []
    module_calls: dict[str, ConfigCall] = {}
    outputs: dict[str, ConfigOutput] = {}
    variables: dict[str, ConfigVariable] = {}


class ConfigProvider(msgspec.Struct):
    """A `provider` block."""

    name: str = ""
    full_name: str = ""
    alias: str = ""
    module_address: str = ""
    expressions: dict[str, Any] = {}


class Configuration(msgspec.Struct):
    """The configuration part of a plan."""

    provider_config: dict[str, ConfigProvider] = {}
    root_module: ConfigModule = msgspec.field(default_factory=ConfigModule)


class Variable(msgspec.Struct):
    """The value of an input variable of the root module."""

    value: Any = msgspec.UNSET


class Plan(msgspec.Struct):
    """`terraform show -json` of a plan. `planned_values` repeats `resource_changes` and is passed over."""

    format_version: str
    resource_changes: list[ResourceChange] = []
    prior_state: State | None = None
    configuration: Configuration = msgspec.field(default_factory=Configuration)
    variables: dict[str, Variable] = {}
    deferred_changes: list[Any] = []
    complete: bool = True
    errored: bool = False


class Uncollected:
    """No collection of garbage inside of `with`: see https://docs.python.org/3/library/gc.html#gc.disable.

    While millions of objects come into being and none goes, it would take most of the time.
    """

    def __enter__(self) -> None:
        self._collects = gc.isenabled()
        gc.disable()

    def __exit__(self, *raised: object) -> None:
        if self._collects:
            gc.enable()


def read_plan(data: bytes, path: str) -> Plan:
    """Decode a plan.

    Raises:
        InputError: it is cut off, not JSON, or not a plan that we know.
    """
    plan = decoded(data, Plan, path)
    known_format(plan.format_version, path)
    if plan.errored:
        raise InputError(
            "the plan ended with an error, so that part of it is missing",
            place=path,
            remedy=f"mend what terraform plan complains of, then: {SHOW}",
        )
    return plan


def read_state(data: bytes, path: str) -> State:
    """Decode a state as `terraform show -json` prints it.

    Raises:
        InputError: it is cut off, not JSON, or not a state that we know.
    """
    state = decoded(data, State, path)
    known_format(state.format_version, path)
    return state


def decoded(data: bytes, shape: type[D], path: str) -> D:
    """`data` in the given shape, with marks of holes (see `model.text`) taken out.

    Raises:
        InputError: it is not JSON, or not of that shape.
    """
    try:
        with Uncollected():
            return msgspec.json.decode(without_marks(data), type=shape)
    except msgspec.ValidationError as error:
        raise InputError(f"this is not written as Terraform does: {error}", place=path, remedy=SHOW) from None
    except msgspec.DecodeError as error:
        raise InputError(_wrong(data, str(error)), place=_line(data, str(error), path), remedy=SHOW) from None
    except UnicodeDecodeError:
        raise InputError("this is not text in UTF-8", place=path, remedy=SHOW) from None
    except RecursionError:
        raise InputError("this is nested too deeply to be Terraform's", place=path, remedy=SHOW) from None


def known_format(version: str, path: str) -> None:
    """Refuse formats whose meaning may have changed: the major number counts.

    Raises:
        InputError: the major number is not 0 or 1.
    """
    if version.partition(".")[0] not in ("0", "1"):
        raise InputError(
            f"this is format version {version}, and versions 0 and 1 are known",
            place=path,
            remedy="look for a newer pullproof, or print the plan with an older Terraform",
        )


def without_marks(data: bytes) -> bytes:
    """The two private-use characters of `model.text`, raw or escaped (also twice), made harmless."""
    if b"\xee" in data:  # one byte is searched for much faster than two
        data = data.replace(b"\xee\x80\x80", b"\xef\xbf\xbd").replace(b"\xee\x80\x81", b"\xef\xbf\xbd")
    if b"\\ue00" in data or b"\\uE00" in data:
        data = re.sub(rb"\\u[eE]00[01]", rb"\\ufffd", data)
    return data


def instances(module: StateModule) -> Iterator[tuple[str, StateResource]]:
    """Every resource of a state, with the address of its module instance."""
    waiting = [module]
    while waiting:
        found = waiting.pop()
        for resource in found.resources:
            yield found.address, resource
        waiting.extend(found.child_modules)


def _wrong(data: bytes, error: str) -> str:
    if "truncated" in error:
        return f"the file ends after {len(data)} bytes, in the middle of the JSON"
    return f"this is not JSON: {error}"


def _line(data: bytes, error: str, path: str) -> str:
    """`path:line` of a syntax error, where the decoder tells the byte."""
    if (found := re.search(r"\(byte (\d+)\)", error)) is None:
        return path
    lines = data.count(b"\n", 0, int(found[1])) + 1
    return f"{path}:{lines}"
