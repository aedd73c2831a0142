"""Functions that read files, all of them beneath the repository of the configuration.

https://developer.hashicorp.com/terraform/language/functions#filesystem-functions
"""

from pullproof.model.text import clean, is_exact
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.evaluate import Env
from pullproof.sources.terraform.hcl.expressions import parse_template
from pullproof.sources.terraform.hcl.functions.base import Context, Function, exact_function, open_function
from pullproof.sources.terraform.hcl.gaps import cause
from pullproof.sources.terraform.hcl.syntax import Source
from pullproof.sources.terraform.hcl.values import Refused, Value, as_text


def _file(context: Context, path: Value) -> Value:
    if isinstance(path, Unknown) or not is_exact(as_text(path)):
        return cause([path], "the content of a file")
    return clean(context.env.files.read(path))


def _fileexists(context: Context, path: Value) -> Value:
    if isinstance(path, Unknown) or not is_exact(as_text(path)):
        return cause([path], "whether a file exists")
    return context.env.files.exists(path)


def _templatefile(context: Context, path: Value, names: Value) -> Value:
    """A file as a template. It sees the names it is given and nothing else, and reads no further template."""
    if isinstance(path, Unknown) or not is_exact(as_text(path)):
        return cause([path], "the content of a template")
    return _rendered(context, Source(text=context.env.files.read(path), file=path, line=1), names)


def _rendered(context: Context, source: Source, names: Value) -> Value:
    if not isinstance(names, dict):
        return cause([names], f"{context.name}()")
    if context.env.inside_template:
        # Terraform refuses templates that render templates, lest they go in a circle.
        raise Refused("a template cannot render another")

    def nothing_else(name: str) -> Value:
        raise Refused(f"the template {source.file} is not given {name}")

    within = Env(
        names=names, lookup=nothing_else, files=context.env.files, place=source.place, inside_template=True
    )
    found = context.evaluator.value(parse_template(source), within)
    return found if isinstance(found, Unknown) else context.evaluator.text(found)


def _dirname(path: Value) -> Value:
    return as_text(path).rpartition("/")[0] or "."


def _basename(path: Value) -> Value:
    return as_text(path).rstrip("/").rpartition("/")[2]


def _templatestring(context: Context, text: Value, names: Value) -> Value:
    """A string as a template, which has to be written elsewhere."""
    if not isinstance(text, str) or not is_exact(text):
        return cause([text], "templatestring()")
    return _rendered(context, Source(text=text, file=context.env.place, line=1, json=True), names)


FUNCTIONS: dict[str, Function] = {
    "file": open_function(_file, 1),
    "fileexists": open_function(_fileexists, 1),
    "templatefile": open_function(_templatefile, 2),
    "templatestring": open_function(_templatestring, 2),
    "dirname": exact_function(_dirname, 1),
    "basename": exact_function(_basename, 1),
}
