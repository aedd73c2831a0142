"""`provision`: a private network and a service in it, written as a project, and applied when asked."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from pullproof.cli.loading import platform, several
from pullproof.cli.out import emit
from pullproof.errors import UsageError
from pullproof.provision.build import Built, build
from pullproof.provision.readme import readme
from pullproof.provision.spec import Spec, checked
from pullproof.render.base import Patch

PROVISIONED = 0


def provision(options: Namespace) -> int:
    """Think out, prove, write, and apply.

    Raises:
        UsageError: it cannot be built, or the folder is not empty.
        ToolError: what applies it is missing, or failed.
    """
    folder = Path(options.out or options.name)
    _refuse(options, folder)
    built = build(spec_of(options))
    patches = files(built, options.format)
    write(folder, patches)
    for patch in patches:
        emit(f"wrote {folder / patch.path}\n")
    if options.apply:
        from pullproof.provision.apply import apply

        apply(built.spec, folder, options.format, endpoint=options.endpoint_url or "", ask=not options.yes)
    return PROVISIONED


def spec_of(options: Namespace) -> Spec:
    """The options as a spec.

    Raises:
        UsageError: it cannot be built.
    """
    found = Spec(
        name=options.name,
        region=options.region or os.environ.get("AWS_REGION", "") or os.environ.get("AWS_DEFAULT_REGION", ""),
        image=options.image,
        repository=options.create_repository,
        secrets=tuple(options.secret),
        parameters=tuple(options.parameter),
        logs=options.logs,
        efs=options.efs,
        exec=options.exec,
        platform=platform(options.platform_version) or "LATEST",
        via=options.via,
        vpc=options.vpc or "",
    )
    return checked(found, options.zones or "", options.cidr, several(options.subnets))


def files(built: Built, form: str) -> tuple[Patch, ...]:
    """The files of the project in one of the forms."""
    from pullproof.provision.terraform import project

    text = Patch(path="README.md", before=None, after=readme(built, form).encode())
    return (*project(built), text)


def write(folder: Path, patches: tuple[Patch, ...]) -> None:
    """Write the files: each is whole or not there.

    Raises:
        UsageError: the folder cannot be written in.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for patch in patches:
            half = folder / f".{patch.path}.half"
            half.unlink(missing_ok=True)
            with half.open("xb") as file:  # which follows no link
                file.write(patch.after)
            half.replace(folder / patch.path)
    except OSError as refused:
        raise UsageError(
            f"{folder} cannot be written: {refused.strerror}", remedy="--out another folder"
        ) from refused


def _refuse(options: Namespace, folder: Path) -> None:
    if options.force or not folder.exists():
        _refuse_silence(options)
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", remedy="--out another folder, or --force to write in it")
    _refuse_silence(options)


def _refuse_silence(options: Namespace) -> None:
    if options.yes and not options.apply:
        raise UsageError("--yes goes with --apply", remedy="add --apply, or leave --yes out")
    if options.apply and not options.yes and not (sys.stdin is not None and sys.stdin.isatty()):
        raise UsageError("nobody is there to be asked", remedy="--apply --yes")
