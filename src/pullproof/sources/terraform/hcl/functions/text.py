"""Functions over strings that are known to the last character.

https://developer.hashicorp.com/terraform/language/functions#string-functions
"""

import re

from pullproof.sources.terraform.hcl.functions.base import Function, exact_function
from pullproof.sources.terraform.hcl.values import Refused, Value, as_number, as_text

#: Anything beyond letters of the Latin, Greek and Cyrillic alphabets and plain punctuation.
_COMBINES = re.compile(r"[^\x00-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u20ac]")
_LAST_BREAK = re.compile(r"(?:\r\n|[\r\n])+\Z")


def _one_upper(letter: str) -> str:
    """Go turns each letter into one letter; ß stays what it is."""
    found = letter.upper()
    return found if len(found) == 1 else letter


def _one_lower(letter: str) -> str:
    found = letter.lower()
    return found if len(found) == 1 else letter


def _upper(text: Value) -> Value:
    return "".join(map(_one_upper, as_text(text)))


def _lower(text: Value) -> Value:
    return "".join(map(_one_lower, as_text(text)))


def _title(text: Value) -> Value:
    """The first letter of each word as a capital; words end as they do for Go's `strings.Title`."""
    before = " "
    letters: list[str] = []
    for letter in as_text(text):
        ended = not (before.isalnum() or before == "_") if before.isascii() else before.isspace()
        letters.append(_one_upper(letter) if ended else letter)
        before = letter
    return "".join(letters)


def _chomp(text: Value) -> Value:
    return _LAST_BREAK.sub("", as_text(text))


def _trimspace(text: Value) -> Value:
    return as_text(text).strip()


def _trim(text: Value, characters: Value) -> Value:
    return as_text(text).strip(as_text(characters)) if characters else as_text(text)


def _strrev(text: Value) -> Value:
    found = as_text(text)
    _no_clusters(found)
    return found[::-1]


def _no_clusters(text: str) -> None:
    """Refuse text that Terraform, which counts what people see as one letter, may cut elsewhere than Python."""
    if not text.isascii() and (any(map(_COMBINES.match, text)) or "\r\n" in text):
        raise ValueError("letters with combining marks")


def _substr(text: Value, offset: Value, length: Value) -> Value:
    found, begin, size = as_text(text), as_number(offset), as_number(length)
    _no_clusters(found)
    if isinstance(begin, float) or isinstance(size, float):
        raise Refused("substr() needs whole numbers")
    if begin < 0:
        begin = max(begin + len(found), 0)
    return found[begin:] if size < 0 else found[begin : begin + size]


def _indent(spaces: Value, text: Value) -> Value:
    width = as_number(spaces)
    if isinstance(width, float) or not 0 <= width <= 1000:
        raise Refused("indent() needs a number of spaces")
    return as_text(text).replace("\n", "\n" + " " * width)


def _strcontains(text: Value, part: Value) -> Value:
    return as_text(part) in as_text(text)


def _replace(text: Value, old: Value, new: Value) -> Value:
    """Every occurrence; `/pattern/` is a regular expression, whose groups the new text may name."""
    pattern = as_text(old)
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        found = _compiled(pattern[1:-1], as_text(text))
        return found.sub(lambda match: _expanded(as_text(new), match), as_text(text))
    return as_text(text).replace(pattern, as_text(new))


def _regex(pattern: Value, text: Value) -> Value:
    match = _compiled(as_text(pattern), as_text(text)).search(as_text(text))
    if match is None:
        raise Refused("the pattern does not match")
    return _captured(match)


def _regexall(pattern: Value, text: Value) -> Value:
    return [_captured(match) for match in _compiled(as_text(pattern), as_text(text)).finditer(as_text(text))]


def _captured(match: re.Match[str]) -> Value:
    """Named groups as an object, numbered ones as a list, none as the whole match."""
    if match.re.groupindex:
        return dict(match.groupdict())
    return list(match.groups()) if match.re.groups else match[0]


def _compiled(pattern: str, text: str) -> re.Pattern[str]:
    """A pattern that means the same to Go and to Python, and cannot take long on this text.

    Raises:
        ValueError: it may mean something else, or take long.
    """
    if _DIFFERENT.search(pattern):
        raise ValueError("a pattern that Python reads differently")
    loops = len(re.findall(r"[*+]|\{\d*,", pattern))
    if re.search(r"\)[*+{]", pattern) or (len(text) + 1) ** (loops + 1) > 30_000_000:
        raise ValueError("a pattern that may take long")
    try:
        # Go has `\z` for the end; `$` is the very end there, but before a last line break too in Python.
        return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError) as wrong:
        raise ValueError("not a pattern") from wrong


#: Look-around and back references (Go refuses them), Go's own classes and flags, `$` inside brackets.
_DIFFERENT = re.compile(r"\(\?(?!:|P<)|\\[1-9pPQEGzZAC]|\[\[:|\[[^\]]*[$\[]|[*+?}]\+|\(\?P=")


def _expanded(new: str, match: re.Match[str]) -> str:
    """The new text with `$1`, `${1}` and `${name}` replaced by what the groups matched."""

    def group(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if found[0] == "$$":
            return "$"
        try:
            return match[int(name) if name.isdigit() else name] or ""
        except IndexError:
            return ""

    return re.sub(r"\$\$|\$\{(\w+)\}|\$(\w+)", group, new)


FUNCTIONS: dict[str, Function] = {
    "upper": exact_function(_upper, 1),
    "lower": exact_function(_lower, 1),
    "title": exact_function(_title, 1),
    "chomp": exact_function(_chomp, 1),
    "trimspace": exact_function(_trimspace, 1),
    "trim": exact_function(_trim, 2),
    "strrev": exact_function(_strrev, 1),
    "substr": exact_function(_substr, 3),
    "indent": exact_function(_indent, 2),
    "strcontains": exact_function(_strcontains, 2),
    "replace": exact_function(_replace, 3),
    "regex": exact_function(_regex, 2),
    "regexall": exact_function(_regexall, 2),
}
