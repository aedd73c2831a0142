"""Which provider a resource is made with, and where that points: aliases followed through module calls."""

from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.expressions import parse
from pullproof.sources.terraform.hcl.modules import Module, Project, plain_text
from pullproof.sources.terraform.hcl.syntax import Block, Expr, Source


def provider_key(project: Project, path: tuple[str, ...], block: Block) -> str:
    """The provider of a resource as a plan names it: `aws`, `aws.west`, `module.a.module.b:aws`."""
    meta = block.attributes.get("provider")
    name = _written(meta) if meta is not None else ""
    return resolved(project, path, name or block.labels[0].partition("_")[0])


def resolved(project: Project, path: tuple[str, ...], name: str) -> str:
    """The provider block behind a local name in a module: its own, or that of whoever calls it."""
    while path:
        module = project.module(path)
        if module is not None and name in keys_of(module):
            return "".join(f"module.{call}." for call in path).rstrip(".") + f":{name}"
        above = project.module(path[:-1])
        call = above.calls.get(path[-1]) if above is not None else None
        passed = _passed(call) if call is not None else {}
        name, path = passed.get(name, name), path[:-1]
    return name


def keys_of(module: Module) -> dict[str, Block]:
    """The provider blocks of a module by key: `aws`, `aws.west`."""
    found: dict[str, Block] = {}
    for block in module.providers:
        alias = plain_text(block.attributes.get("alias"))
        found[f"{block.labels[0]}.{alias}" if alias else block.labels[0]] = block
    return found


def sources_of(project: Project, path: tuple[str, ...]) -> dict[str, str]:
    """The local names of providers that a module needs, and where each comes from (`hashicorp/aws`)."""
    module = project.module(path)
    if module is None:
        return {}
    found = {
        name: plain_text(_field(source, "source")) or f"hashicorp/{name}"
        for settings in module.settings
        for required in settings.of_type("required_providers")
        for name, source in required.attributes.items()
    }
    used = [block.attributes.get("provider") for block in module.resources.values()]
    names = {
        (_written(meta) if meta is not None else block.labels[0]).partition("." if meta is not None else "_")[
            0
        ]
        for meta, block in zip(used, module.resources.values(), strict=True)
    }
    for name in names | {block.labels[0] for block in module.providers}:
        found.setdefault(name, f"hashicorp/{name}")
    found.pop("terraform", None)  # built in
    return found


def _passed(call: Block) -> dict[str, str]:
    """The providers that a call hands over: names in the module to names here."""
    source = call.attributes.get("providers")
    if source is None or source.json:
        return {}
    found = parse(source)
    if not isinstance(found, syntax.Object):
        return {}
    return {_spelt(key): _spelt(value) for key, value in found.items}


def _field(source: Source, name: str) -> Source | None:
    """One entry of an object that is written literally."""
    if source.json:
        return None
    found = parse(source)
    if isinstance(found, syntax.Literal):
        return source if name == "version" else None
    if isinstance(found, syntax.Object):
        for key, value in found.items:
            if _spelt(key) == name and isinstance(value, syntax.Literal):
                return Source(text=f'"{value.value}"', file=source.file, line=source.line)
    return None


def _written(source: Source) -> str:
    """`aws.west` as a resource names its provider."""
    if source.json:
        return source.text.strip('"')
    return _spelt(parse(source))


def _spelt(expression: Expr) -> str:
    match expression:
        case syntax.Name(name):
            return name
        case syntax.Literal(value):
            return str(value)
        case syntax.Attr(of, name):
            return f"{_spelt(of)}.{name}"
        case _:
            return ""
