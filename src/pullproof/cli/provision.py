"""`provision`: a private network and a service in it, written as a project, and applied when asked."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from pullproof.cli.loading import platform, several
from pullproof.cli.out import emit
from pullproof.errors import PullproofError, UsageError
from pullproof.provision.build import Built, build
from pullproof.provision.readme import readme
from pullproof.provision.spec import VPC_ID, Spec, checked
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

        apply(built, folder, options.format, endpoint=options.endpoint_url or "", ask=not options.yes)
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
    if options.format != "terraform" and found.vpc and not VPC_ID.fullmatch(found.vpc):
        raise UsageError(
            f"{found.vpc} is no id of a VPC", remedy="--vpc vpc-0123456789abcdef0, or --format terraform"
        )
    return checked(found, options.zones or "", options.cidr, several(options.subnets))


def files(built: Built, form: str) -> tuple[Patch, ...]:
    """The files of the project in one of the forms.

    Raises:
        PullproofError: read back, what would be written is not what was proven.
    """
    text = Patch(path="README.md", before=None, after=readme(built, form).encode())
    if form == "terraform":
        from pullproof.provision.terraform import project as terraform

        return (*terraform(built), text)
    from pullproof.provision import cloudformation

    template = cloudformation.project(built)
    _proven(built.spec, template[0].after)
    if form == "cloudformation":
        return (*template, text)
    from pullproof.provision.cdk import project as cdk

    return (*cdk(built), text)


def _proven(spec: Spec, template: bytes) -> None:
    """The template is read as any other, and its task starts; an app for the CDK makes the same resources.

    Of a VPC that is there a template does not tell, so that nothing may be blocked is all that can be asked.
    """
    from pullproof.model.text import OPEN
    from pullproof.prove import prove
    from pullproof.provision.cloudformation import TEMPLATE
    from pullproof.provision.seed import account
    from pullproof.sources.base import Options
    from pullproof.sources.cloudformation.load import load_templates
    from pullproof.sources.cloudformation.run import Given
    from pullproof.verdict import Verdict

    owner = "" if OPEN in account(spec) else account(spec)
    given = Given(region=spec.region, account=owner)
    found = load_templates([(template, TEMPLATE)], Options(region=spec.region, account=owner), given)
    verdicts = [task.verdict for task in prove(found.estate)]
    allowed = (Verdict.WORKS, Verdict.UNKNOWN) if spec.vpc else (Verdict.WORKS,)
    if len(verdicts) != 1 or verdicts[0] not in allowed:
        raise PullproofError(
            f"read back, the template of {spec.name} is not certain to start its task",
            remedy="please report this, with the command line",
        )


def write(folder: Path, patches: tuple[Patch, ...]) -> None:
    """Write the files: all of them, or none.

    Raises:
        UsageError: the folder cannot be made, or what lies in it is no file.
        ToolError: the files cannot be written.
    """
    from pullproof.cli import writing

    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = [
            Patch(path=str(folder / each.path), before=_held(folder / each.path), after=each.after)
            for each in patches
        ]
    except OSError as refused:
        raise UsageError(
            f"{folder} cannot be written: {refused.strerror}", remedy="--out another folder"
        ) from refused
    writing.write(held, folder, force=True)


def _held(path: Path) -> bytes | None:
    """What a file holds that is written over; a link may lead anywhere, so it is none."""
    if path.is_symlink():
        raise UsageError(f"{path} is a link", remedy="remove it, or --out another folder")
    return path.read_bytes() if path.exists() else None


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
