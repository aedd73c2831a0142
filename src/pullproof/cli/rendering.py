"""Which renderer writes a fix: in a language of its own, or in the files of the input."""

from argparse import Namespace
from collections.abc import Sequence

from pullproof.errors import UsageError
from pullproof.model.edits import Edit
from pullproof.render.base import Rendered
from pullproof.sources.base import Loaded

#: format -> the name of a file of it.
FILES = {"terraform": "pullproof_fix.tf", "cloudformation": "pullproof_fix.yaml", "cdk": "pullproof_fix.py"}
TEMPLATE = "cloudformation-template"


def beside(edits: Sequence[Edit], loaded: Loaded, options: Namespace) -> Rendered:
    """What is new, in a file of its own."""
    language = language_of(loaded, options)
    file = options.out or FILES[language]
    if language == "terraform":
        from pullproof.render.terraform.render import standalone

        return standalone(edits, loaded.estate, loaded.root or None, file)
    if language == "cloudformation":
        from pullproof.render.cloudformation.new import render_new

        return render_new(edits, loaded.estate, path=file)
    from pullproof.render.cdk.new import render_cdk

    return render_cdk(edits, loaded.estate, path=file)


def within(edits: Sequence[Edit], loaded: Loaded) -> Rendered:
    """The files of the input, changed.

    Raises:
        UsageError: the input has no files that could be changed.
    """
    if loaded.kind == TEMPLATE:
        from pullproof.render.cloudformation.in_place import render_in_place

        return render_in_place(edits, loaded.estate, path=loaded.path)
    if loaded.kind.startswith("cdk"):
        from pullproof.render.cloudformation.assembly import render_assembly

        return render_assembly(edits, loaded.path)
    if loaded.root:
        from pullproof.render.terraform.render import in_place

        return in_place(edits, loaded.estate, loaded.root)
    raise UsageError(
        f"{loaded.path} has no files here that could be changed",
        remedy="say where the configuration is (--source DIR), or write what is new: --format terraform",
    )


def language_of(loaded: Loaded, options: Namespace) -> str:
    """The language that was asked for, else that of the input, else of the name of the file."""
    if options.format in FILES:
        return str(options.format)
    if options.out:
        for ending, language in ((".tf", "terraform"), (".py", "cdk")):
            if options.out.endswith(ending):
                return language
        if options.out.endswith((".yaml", ".yml", ".json", ".template")):
            return "cloudformation"
    return "cloudformation" if loaded.kind.startswith(("cloudformation", "cdk")) else "terraform"
