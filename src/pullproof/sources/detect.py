"""What an input is, told from its content: the forms, in the order in which they are tried.

Names of files say nothing: `plan.json` may be a state, a binary plan, or the log of `terraform plan`.
Forms that this program cannot read are rows too, so that people are told what they hold in their hand.
"""

import re
from collections.abc import Callable

import msgspec

from pullproof.errors import InputError

SHOW_PLAN = "terraform plan -out tf.plan && terraform show -json tf.plan > plan.json"
SHOW_STATE = "terraform show -json > state.json"

TEMPLATE = "cloudformation-template"
ASSEMBLY = "cdk-assembly"

#: How much of a file is enough to recognise it, where its keys are not asked for.
HEAD = 4096
#: `terraform show -json` writes its keys in this order; files in another order are skimmed as a whole.
ORDERED = re.compile(
    rb'\s*\{\s*"format_version"\s*:\s*"[^"]*"\s*,\s*"terraform_version"\s*:\s*"[^"]*"\s*,\s*'
    rb'"(?P<key>variables|planned_values|values)"'
)


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What is seen of an input: all of it, its first bytes, as text too, its top-level keys if it is JSON."""

    data: bytes
    head: bytes
    text: str
    keys: frozenset[str]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form that inputs come in. `kind` is the word of the contract; "" is a form we cannot read.

    `is_a` completes "FILE is ..." for those; `remedy` says what to do instead.
    """

    name: str
    seen_in: Callable[[Sight], bool]
    kind: str = ""
    is_a: str = ""
    remedy: str = ""


def _starts(*heads: bytes) -> Callable[[Sight], bool]:
    return lambda sight: sight.head.startswith(heads)


def _has(*keys: str) -> Callable[[Sight], bool]:
    return lambda sight: sight.keys.issuperset(keys)


def _says(pattern: str) -> Callable[[Sight], bool]:
    found = re.compile(pattern, re.MULTILINE)
    return lambda sight: not sight.keys and found.search(sight.text) is not None


def _holds(pattern: bytes) -> Callable[[Sight], bool]:
    """The pattern is compiled where nothing else was recognised: most inputs are plans."""
    return lambda sight: not sight.keys and re.search(pattern, sight.data) is not None


FORMS: tuple[Form, ...] = (
    Form(
        name="binary plan",
        seen_in=_starts(b"PK\x03\x04"),
        is_a="a binary plan (or another zip archive)",
        remedy="terraform show -json tf.plan > plan.json",
    ),
    Form(
        name="compressed file",
        seen_in=_starts(b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ"),
        is_a="compressed",
        remedy="unpack it first",
    ),
    Form(
        name="plan log",
        seen_in=_says(r'\A\s*\{"@level"'),
        is_a="the log of `terraform plan -json`, which does not hold the plan",
        remedy=SHOW_PLAN,
    ),
    Form(name="plan", seen_in=_has("planned_values"), kind="terraform-plan"),
    Form(name="plan of nothing", seen_in=_has("format_version", "resource_changes"), kind="terraform-plan"),
    Form(name="state", seen_in=_has("format_version", "values"), kind="terraform-state"),
    Form(name="state file", seen_in=_has("version", "lineage", "resources"), kind="terraform-state-file"),
    Form(name="empty state", seen_in=_has("format_version"), kind="terraform-state"),
    Form(
        name="CloudFormation template",
        seen_in=lambda sight: not sight.keys.isdisjoint(("AWSTemplateFormatVersion", "Resources")),
        kind=TEMPLATE,
    ),
    Form(
        name="CloudFormation template in YAML, or in JSON that is broken",
        seen_in=_holds(
            rb"""(?m)^["']?(?:AWSTemplateFormatVersion|Resources)["']?[ \t]*:"""
            rb"""|["']Type["']\s*:\s*["']AWS::\w+::\w+["']"""
        ),
        kind=TEMPLATE,
    ),
    Form(name="CDK assembly", seen_in=_has("version", "artifacts"), kind=ASSEMBLY),
    Form(
        name="configuration",
        seen_in=_says(r'^\s*(resource|module|data|variable|provider|output)\s+"|^\s*(terraform|locals)\s*\{'),
        is_a="a Terraform configuration file",
        remedy="pass the directory it is in",
    ),
    Form(
        name="plan in prose",
        seen_in=_says(
            r"Terraform will perform|OpenTofu will perform|# \S+ will be (created|updated|destroyed)"
        ),
        is_a="a plan as Terraform prints it for people",
        remedy=SHOW_PLAN,
    ),
    Form(
        name="other JSON",
        seen_in=lambda sight: bool(sight.keys),
        is_a="JSON, but neither a plan nor a state of Terraform",
        remedy=SHOW_PLAN,
    ),
)


def detect(data: bytes, path: str) -> str:
    """The contract's word for what `data` (UTF-8, see `as_utf8`) holds.

    "terraform-state-file" is Terraform's own file, which is not what `terraform show -json` prints.

    Raises:
        InputError: it is nothing we can read; the message says what it is.
    """
    if not data.strip():
        raise InputError("the file is empty", place=path, remedy=SHOW_PLAN)
    sight = Sight(data=data, head=data[:HEAD], text=data[:HEAD].decode("utf-8", "replace"), keys=_keys(data))
    for form in FORMS:
        if form.seen_in(sight):
            if form.kind:
                return form.kind
            raise InputError(f"this is {form.is_a}", place=path, remedy=form.remedy)
    raise InputError(_not_json(data), place=path, remedy=SHOW_PLAN)


def as_utf8(data: bytes) -> bytes:
    """The same text as UTF-8 without a byte order mark: PowerShell's `>` writes UTF-16."""
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8")
    return data


def _keys(data: bytes) -> frozenset[str]:
    """The top-level keys of a JSON object; none for anything else."""
    if (ordered := ORDERED.match(data)) is not None:
        return frozenset(("format_version", "values" if ordered["key"] == b"values" else "planned_values"))
    if data.lstrip()[:1] != b"{":
        return frozenset()
    try:
        return frozenset(msgspec.json.decode(data, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return frozenset()


def _not_json(data: bytes) -> str:
    """What is wrong with it as JSON."""
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if "truncated" in str(error):
            return f"the file ends after {len(data)} bytes, in the middle of the JSON"
        return f"this is not JSON: {str(error).removeprefix('JSON is malformed: ')}"
    except RecursionError:
        return "this is JSON nested too deeply to be a plan"
    return "this is JSON, but neither a plan nor a state of Terraform"
