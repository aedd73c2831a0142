"""Inputs that are templates or CDK apps: which files, with what beside them."""

import os
import tempfile
from argparse import Namespace

from pullproof.errors import InputError, UsageError
from pullproof.sources.base import Loaded, Options
from pullproof.sources.cloudformation.folder import OUT, output_of, templates_in
from pullproof.sources.cloudformation.given import given_of
from pullproof.sources.cloudformation.manifest import is_assembly
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.detect import TEMPLATE, detect


def load_app(folder: str, options: Namespace, added: Options) -> Loaded:
    """The estate of a CDK app or of its assembly.

    Raises:
        InputError: there is no assembly, or it cannot be read.
        ToolError: `--synth` is given and fails.
        UsageError: a parameter or an import is given that does not go with it.
    """
    from pullproof.sources.cloudformation.load import load_assembly

    if is_assembly(folder):
        if options.synth:
            raise UsageError(
                f"--synth goes with a CDK app, and {folder} is what one made", remedy="leave --synth out"
            )
        return load_assembly(folder, folder, added, _given(options))
    if options.synth:
        from pullproof.sources.cloudformation.synth import synthesise

        with tempfile.TemporaryDirectory(prefix="pullproof-", ignore_cleanup_errors=True) as scratch:
            out = os.path.join(scratch, OUT)  # noqa: PTH118  # pathlib is slow to import
            synthesise(folder, out)
            return load_assembly(out, folder, added, _given(options), hidden=scratch + os.sep)
    made = os.path.join(folder, output_of(folder))  # noqa: PTH118
    if not is_assembly(made):
        raise InputError(
            f"this CDK app has no assembly in {made}",
            place=folder,
            remedy="cdk synth\nor add --synth, which runs it into a folder of its own",
        )
    return load_assembly(made, folder, added, _given(options))


def load_manifest(path: str, options: Namespace, added: Options) -> Loaded:
    """The estate of an assembly by its manifest."""
    from pullproof.sources.cloudformation.load import load_assembly

    return load_assembly(os.path.dirname(path) or ".", path, added, _given(options))  # noqa: PTH120


def load_template(texts: list[tuple[bytes, str]], options: Namespace, added: Options) -> Loaded:
    """The estate of one template, or of several that import from each other. Each is UTF-8 and its name.

    Raises:
        InputError: one cannot be read, or is no template.
        UsageError: a parameter or an import is given that does not go with them.
    """
    from pullproof.sources.cloudformation.load import load_templates

    for data, path in texts[1:]:
        if detect(data, path) != TEMPLATE:
            raise UsageError(
                f"{path} is no template, and several inputs must all be", remedy=f"leave {path} out"
            )
    return load_templates(texts, added, _given(options))


def load_folder(folder: str, options: Namespace, added: Options) -> Loaded:
    """The estate of all templates of a folder."""
    from pullproof.sources.cloudformation.load import load_templates

    return load_templates(templates_in(folder), added, _given(options))


def _given(options: Namespace) -> Given:
    return given_of(
        parameters=options.parameter,
        files=options.parameters_file,
        imports=options.imports,
        region=options.region or "",
        account=options.account or "",
        environ=os.environ,
    )
