"""From INPUT to an estate: read it, see what it is, hand it to the source that knows how."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterable

import msgspec

from pullproof.errors import InputError, UsageError
from pullproof.sources.base import Beside, Loaded, Options
from pullproof.sources.detect import ASSEMBLY, TEMPLATE, as_utf8, detect
from pullproof.sources.folders import APP, SNAPSHOT, TEMPLATES, TERRAFORM, folder_kind

STDIN = "-"
#: Options that say who asks AWS.
ASKING = ("--profile", "--role-arn", "--endpoint-url")
#: Platform versions that a task can be judged on; the last is whatever is current.
VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", "LATEST")


def load(options: Namespace) -> Loaded:
    """The estate of the input, with what the command line adds to it.

    Raises:
        UsageError: an option does not go with this input.
        InputError: it cannot be read as anything we know.
    """
    if not (getattr(options, "snapshot", None) or getattr(options, "live", False)):
        return _read(options, None)
    from pullproof.cli.beside import from_options

    account, note = from_options(options) or (None, "")
    loaded = _read(options, account)
    return msgspec.structs.replace(loaded, notes=(*loaded.notes, note))


def _read(options: Namespace, account: Beside | None) -> Loaded:
    """The estate of the input, with what an account settles."""
    path: str = options.input
    if options.source and options.no_source:
        raise UsageError("--source and --no-source exclude each other", remedy="leave one of them out")
    if path.startswith("aws://"):
        return _account(path, options)
    asking = {flag: getattr(options, flag[2:].replace("-", "_"), None) for flag in ASKING}
    if not getattr(options, "live", False):
        _refuse(asking, "an account (aws://CLUSTER, or --live)", path)
    if os.path.isdir(path):  # noqa: PTH112  # pathlib is slow to import
        _refuse({"--source": options.source}, "a plan", path)
        return _folder(path, options, account)
    _refuse({"--var": options.var, "--var-file": options.var_file}, "a Terraform directory", path)
    data = as_utf8(read(path))
    kind = detect(data, path)
    if kind in (TEMPLATE, ASSEMBLY):
        return _template(kind, data, options, account)
    _refuse_beside(path, options)
    if kind == "terraform-plan":
        from pullproof.sources.terraform.load import load_plan

        return load_plan(data, path, given(options, account))
    _refuse({"--source": options.source}, "a plan", path)
    from pullproof.sources.terraform.load import load_state

    return load_state(data, path, given(options, account))


def _account(path: str, options: Namespace) -> Loaded:
    """The estate of an account as it is now."""
    _refuse({"--source": options.source, "--snapshot": options.snapshot}, "a plan", path)
    _refuse({"--live": options.live}, "a plan, a template or a directory", path)
    _refuse({"--var": options.var, "--var-file": options.var_file}, "a Terraform directory", path)
    _refuse_beside(path, options)
    from pullproof.cli.live import asked, login_of
    from pullproof.sources.live.load import load_gathered

    adds = given(options)
    return load_gathered(
        asked(path, login_of(options), adds, getattr(options, "purpose", "check")), path, adds
    )


def _folder(path: str, options: Namespace, account: Beside | None) -> Loaded:
    """The estate of a folder: Terraform's, a CDK app's, templates, or the answers of AWS."""
    kind = folder_kind(path)
    if kind != TERRAFORM:
        _refuse({"--var": options.var, "--var-file": options.var_file}, "a Terraform directory", path)
    if kind == APP:
        _refuse_more(options)
        from pullproof.cli.templates import load_app

        return load_app(path, options, given(options, account))
    _refuse({"--synth": options.synth}, "a CDK app", path)
    if kind == TEMPLATES:
        _refuse_more(options)
        from pullproof.cli.templates import load_folder as load_templates

        return load_templates(path, options, given(options, account))
    _refuse_beside(path, options)
    if kind == SNAPSHOT:
        _refuse(
            {"--live" if options.live else "--snapshot": account}, "a plan, a template or a directory", path
        )
        from pullproof.sources.snapshot.load import load_folder

        return load_folder(path, given(options, account))
    from pullproof.sources.terraform.directory import load_directory

    return load_directory(path, given(options, account), variables=options.var, files=options.var_file)


def _template(kind: str, data: bytes, options: Namespace, account: Beside | None) -> Loaded:
    """The estate of a template, or of the assembly whose manifest this is."""
    from pullproof.cli.templates import load_manifest, load_template

    _refuse({"--source": options.source}, "a plan", options.input)
    _refuse({"--synth": options.synth}, "a CDK app", options.input)
    if kind == TEMPLATE:
        others = [(as_utf8(read(path)), path) for path in options.more]
        return load_template([(data, options.input), *others], options, given(options, account))
    _refuse_more(options)
    return load_manifest(options.input, options, given(options, account))


def _refuse_beside(path: str, options: Namespace) -> None:
    """Refuse what goes with templates only."""
    _refuse_more(options)
    flags = {
        "--parameter": options.parameter,
        "--parameters-file": options.parameters_file,
        "--import": options.imports,
    }
    _refuse(flags, "a CloudFormation template", path)
    _refuse({"--synth": options.synth}, "a CDK app", path)


def _refuse_more(options: Namespace) -> None:
    """Refuse a second input where only templates can be several.

    Raises:
        UsageError: there is one.
    """
    if options.more:
        raise UsageError(
            f"one input too many: {options.more[0]}",
            remedy="several inputs can be templates that import from each other",
        )


def given(options: Namespace, account: Beside | None = None) -> Options:
    """What the command line adds to the input, and what settles it."""
    return Options(
        region=options.region or "",
        account=options.account or "",
        subnets=several(getattr(options, "subnets", ())),
        groups=several(getattr(options, "security_groups", ())),
        public_ip=getattr(options, "assign_public_ip", False),
        source=options.source or "",
        use_source=not options.no_source,
        beside=account,
        opened=options.command == "fix",
    )


def several(words: Iterable[str]) -> tuple[str, ...]:
    """The values of an option that may be given more than once, with commas or without."""
    return tuple(part.strip() for word in words for part in word.split(",") if part.strip())


def platform(version: str | None) -> str | None:
    """A platform version as it is written; None for what the input says.

    Raises:
        UsageError: there is no such version.
    """
    if version is None:
        return None
    for known in VERSIONS:
        if version.upper() == known:
            return known
    raise UsageError(f"there is no platform version {version}", remedy=f"one of {', '.join(VERSIONS)}")


def read(path: str) -> bytes:
    """The bytes of a file, or of standard input.

    Raises:
        InputError: it is not there, or may not be read.
    """
    try:
        if path == STDIN:
            return b"" if sys.stdin is None else sys.stdin.buffer.read()
        with open(path, "rb") as file:  # noqa: PTH123  # pathlib is slow to import
            return file.read()
    except OSError as error:
        raise InputError(_reason(error), place=path, remedy=_similar(path)) from error


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or directory"
    if isinstance(error, PermissionError):
        return "this may not be read"
    return f"this cannot be read: {error.strerror}"


def _similar(path: str) -> str:
    """Files of nearly that name."""
    import difflib

    folder, name = os.path.split(path)
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208
    except OSError:
        return "pullproof check plan.json"
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    return f"did you mean: {os.path.join(folder, close[0])}" if close else "pullproof check plan.json"  # noqa: PTH118


def _refuse(flags: dict[str, object], what: str, path: str) -> None:
    """Refuse options that do not go with the input.

    Raises:
        UsageError: one of them is given.
    """
    for flag, value in flags.items():
        if value:
            raise UsageError(f"{flag} goes with {what}, and {path} is none", remedy=f"leave {flag} out")
