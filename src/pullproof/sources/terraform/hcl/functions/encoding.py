"""Functions that encode, decode and hash.

https://developer.hashicorp.com/terraform/language/functions#encoding-functions
"""

import base64
from collections.abc import Callable

from pullproof.model.text import clean, is_exact, sole_hole
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.evaluate import Evaluator
from pullproof.sources.terraform.hcl.functions.base import Context, Function, exact_function, open_function
from pullproof.sources.terraform.hcl.functions.yaml_text import decode_yaml
from pullproof.sources.terraform.hcl.gaps import LONGEST, Exhausted, cause, not_followed
from pullproof.sources.terraform.hcl.values import Lazy, Refused, Value, as_text, normal
from pullproof.sources.terraform.jsontext import decode, quoted


def _jsonencode(context: Context, value: Value) -> Value:
    """JSON with the holes of its strings kept. A hole stands in place of an unknown part."""
    text = "".join(_json(value, context.evaluator))
    if len(text) > LONGEST:
        raise Exhausted
    return text


def _json(value: Value, evaluator: Evaluator) -> list[str]:
    match value:
        case None:
            return ["null"]
        case bool() | int() | float():
            return [as_text(value)]
        case str():
            return [quoted(value)]
        case dict():
            pairs = [[quoted(key), ":", *_json(value[key], evaluator)] for key in sorted(value)]
            return ["{", *_between(pairs), "}"]
        case list():
            return ["[", *_between([_json(item, evaluator) for item in value]), "]"]
        case _:
            gap = not_followed(f"{value.about} as a whole") if isinstance(value, Lazy) else value
            return [evaluator.gap(gap)]  # without quotation marks: it may be of any type


def _between(pieces: list[list[str]]) -> list[str]:
    return [text for at, piece in enumerate(pieces) for text in ([",", *piece] if at else piece)]


def _jsondecode(_: Context, text: Value) -> Value:
    if isinstance(text, Unknown) or (isinstance(text, str) and sole_hole(text)):
        return cause([text], "jsondecode()")
    try:
        return _numbers(decode(as_text(text)))
    except ValueError as wrong:
        if is_exact(text):
            raise Refused(f"no JSON: {wrong}") from wrong
        return cause([text], "jsondecode()")


def _yamldecode(text: Value) -> Value:
    return decode_yaml(as_text(text))


def _numbers(value: Value) -> Value:
    """Decoded JSON with whole numbers as such: Terraform has one type of number."""
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return normal(value) if isinstance(value, float) else value


def _base64encode(text: Value) -> Value:
    return base64.b64encode(as_text(text).encode()).decode()


def _base64decode(text: Value) -> Value:
    try:
        return clean(base64.b64decode(as_text(text), validate=True).decode())
    except ValueError as wrong:
        raise Refused("no base64 of a text") from wrong


def _urlencode(text: Value) -> Value:
    import urllib.parse

    return urllib.parse.quote_plus(as_text(text), safe="")


def _hash(name: str) -> Callable[[Value], Value]:
    def run(text: Value) -> Value:
        import hashlib

        return hashlib.new(name, as_text(text).encode(), usedforsecurity=False).hexdigest()

    return run


def _file_hash(name: str) -> Callable[[Context, Value], Value]:
    def run(context: Context, path: Value) -> Value:
        import hashlib

        if isinstance(path, Unknown) or not is_exact(as_text(path)):
            return cause([path], "the hash of a file")
        return hashlib.new(name, context.env.files.content(path), usedforsecurity=False).hexdigest()

    return run


def _base64_hash(name: str) -> Callable[[Value], Value]:
    def run(text: Value) -> Value:
        import hashlib

        return base64.b64encode(hashlib.new(name, as_text(text).encode()).digest()).decode()

    return run


def _filebase64(context: Context, path: Value) -> Value:
    if isinstance(path, Unknown) or not is_exact(as_text(path)):
        return cause([path], "the content of a file")
    return base64.b64encode(context.env.files.content(path)).decode()


_HASHES = ("md5", "sha1", "sha256", "sha512")

FUNCTIONS: dict[str, Function] = {
    "jsonencode": open_function(_jsonencode, 1),
    "jsondecode": open_function(_jsondecode, 1),
    "yamldecode": exact_function(_yamldecode, 1),
    "base64encode": exact_function(_base64encode, 1),
    "base64decode": exact_function(_base64decode, 1),
    "urlencode": exact_function(_urlencode, 1),
    "filebase64": open_function(_filebase64, 1),
    **{name: exact_function(_hash(name), 1) for name in _HASHES},
    **{f"file{name}": open_function(_file_hash(name), 1) for name in _HASHES},
    **{f"base64{name}": exact_function(_base64_hash(name), 1) for name in _HASHES[2:]},
}
