"""Addresses of Terraform, taken apart.

https://developer.hashicorp.com/terraform/cli/state/resource-addressing
"""

import re

import msgspec

_KEY = r'(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?'
_CALL = re.compile(rf"module\.([\w-]+){_KEY}(?:\.|$)")
_RESOURCE = re.compile(rf"((?:data\.)?[\w-]+\.[\w-]+){_KEY}$")


class Address(msgspec.Struct, frozen=True):
    """`calls` leads to the module instance, `block` is `TYPE.NAME` or `data.TYPE.NAME`, `key` the instance's."""

    calls: tuple[tuple[str, str | int | None], ...]
    block: str
    key: str | int | None


def parsed(address: str) -> Address | None:
    """The parts of the address of a resource instance; None when it is none."""
    calls, at = _calls(address)
    match = _RESOURCE.match(address, at)
    return Address(calls, match[1], key_of(match[2])) if match else None


def module_calls(address: str) -> tuple[tuple[str, str | int | None], ...]:
    """The calls that lead to a module instance: names and keys."""
    return _calls(address)[0]


def _calls(address: str) -> tuple[tuple[tuple[str, str | int | None], ...], int]:
    calls: list[tuple[str, str | int | None]] = []
    at = 0
    while match := _CALL.match(address, at):
        calls.append((match[1], key_of(match[2])))
        at = match.end()
    return tuple(calls), at


def key_of(text: str | None) -> str | int | None:
    """The key of an instance, as it is written between brackets: a number, or text in quotes; None without one."""
    if text is None:
        return None
    if not text.startswith('"'):
        return int(text)
    plain = text.replace("$${", "${").replace("%%{", "%{")
    try:
        return msgspec.json.decode(plain, type=str)
    except msgspec.DecodeError:
        return plain[1:-1]
