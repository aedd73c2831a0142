"""The nft program: tables in, records of what was dropped out."""

import json
import subprocess

import msgspec

from pullproof.errors import ToolError
from pullproof.lab.filters import STAGES


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """A stage that stopped packets: of which VPC, between which links, to which address and port."""

    stage: str
    vpc: str
    sender: str
    receiver: str
    address: str
    protocol: str
    port: int
    #: The link of the appliance that stopped them; "" where a filter of the VPC did.
    by: str = ""


def load(text: str) -> None:
    """Put a table in place, in the namespace of the calling thread, whole or not at all.

    Raises:
        ToolError: nft is missing, or refuses it.
    """
    _run(["nft", "-f", "-"], text)


def drops_here(vpc: str) -> list[Drop]:
    """What the filters of this namespace stopped since they were loaded.

    Raises:
        ToolError: nft is missing, or fails.
    """
    return [
        Drop(
            stage=stage,
            vpc=vpc,
            sender=sender,
            receiver=receiver,
            address=address,
            protocol=protocol,
            port=int(port) if port.isdigit() else 0,
        )
        for stage, (sender, receiver, address, protocol, port) in records()
        if stage in STAGES
    ]


def records() -> list[tuple[str, list[str]]]:
    """The records of this namespace: the stage, and what is told of a packet that it stopped.

    Raises:
        ToolError: nft is missing, or fails.
    """
    found: list[tuple[str, list[str]]] = []
    for item in json.loads(_run(["nft", "-j", "list", "sets", "ip"], ""))["nftables"]:
        held = item.get("set", {})
        name = str(held.get("name", ""))
        for element in held.get("elem", []) if name.startswith("drop_") else ():
            parts = element.get("elem", {}).get("val", element)["concat"]
            found.append((name.removeprefix("drop_"), [str(part) for part in parts]))
    return found


def _run(words: list[str], text: str) -> str:
    try:
        done = subprocess.run(words, input=text, capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError as error:
        raise ToolError("nft is not installed", remedy="apt-get install nftables") from error
    if done.returncode != 0:
        raise ToolError(f"nft refused the filters: {done.stderr.strip()[:500]}")
    return done.stdout
