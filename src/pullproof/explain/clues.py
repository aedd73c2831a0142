"""What details of a message tell beyond its kind: addresses, names, the words of a refusal."""

import re

import msgspec

from pullproof.explain.row import Nature, Row

DIALLED = re.compile(
    r"dial (?:tcp|udp) (?:\[(?P<v6>[0-9a-f:]+)\]|(?P<v4>\d{1,3}(?:\.\d{1,3}){3})):(?P<port>\d+)",
    re.IGNORECASE,
)
LOOKED_UP = re.compile(
    r"lookup (?P<name>[\w.-]+\w)(?: on (?P<server>[\d.:a-f\[\]]+))?:.*?(?P<how>no such host|timeout)",
    re.IGNORECASE,
)
ACTION = re.compile(
    r"not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>\S+))?", re.IGNORECASE
)
HOST = re.compile(r"https?://(?P<host>[\w.-]+\w)", re.IGNORECASE)

#: Words by which AWS says which policy refused, and the code that stands for it.
REFUSALS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"no VPC endpoint policy allows|explicit deny in a VPC endpoint policy", re.IGNORECASE),
        "endpoint-policy",
    ),
    (
        re.compile(
            r"no resource-based policy allows|explicit deny in a resource-based policy", re.IGNORECASE
        ),
        "resource-policy",
    ),
    (re.compile(r"no identity-based policy allows", re.IGNORECASE), "iam-missing-action"),
    (re.compile(r"explicit deny in an? (identity|service control|permissions)", re.IGNORECASE), "iam-denied"),
    (
        re.compile(r"no (permissions boundary|service control policy|session policy) allows", re.IGNORECASE),
        "iam-missing-action",
    ),
)

FILTERS = frozenset(
    ["sg-ingress", "sg-egress", "nacl-egress", "nacl-ingress", "nacl-return", "no-mount-target"]
)
NAMES = frozenset(
    ["dns-support-off", "dns-hostnames-off", "dns-no-record", "no-mount-target", "private-dns-off"]
)


class Clue(msgspec.Struct, frozen=True, kw_only=True):
    """One detail: what the message says, what follows, and the codes that are left (None: all)."""

    says: str
    means: str
    leaves: frozenset[str] | None = None
    nature: Nature | None = None


def clues(text: str, row: Row) -> tuple[Clue, ...]:
    """Every detail of a message of this kind."""
    found = (_name(text), _address(text, row), _refusal(text), _action(text), _killed(text))
    return tuple(clue for clue in found if clue is not None)


def is_private(address: str) -> bool:
    """Whether an IPv4 address belongs to somebody's own network (RFC 1918, RFC 6598, link-local)."""
    first, second, *_ = map(int, address.split("."))
    return (
        first == 10
        or (first == 172 and 16 <= second <= 31)
        or (first == 192 and second == 168)
        or (first == 100 and 64 <= second <= 127)
        or (first == 169 and second == 254)
    )


def _name(text: str) -> Clue | None:
    """A name that did not resolve."""
    found = LOOKED_UP.search(text)
    if found is None:
        if "no such host" not in text:
            return None
        return Clue(says="no such host", means="the name did not resolve", leaves=NAMES, nature=Nature.NAMES)
    if found["how"].lower() == "timeout":
        means = "the resolver did not answer: is it the VPC's own, and may the task reach it?"
    else:
        means = (
            f"{found['name']} did not resolve: a private hosted zone without the record hides the public one"
        )
    server = f" on {found['server']}" if found["server"] else ""
    return Clue(says=f"lookup {found['name']}{server}", means=means, leaves=NAMES, nature=Nature.NAMES)


def _address(text: str, row: Row) -> Clue | None:
    """The address that was dialled: private means that the endpoint's name worked."""
    found = DIALLED.search(text)
    if found is None or LOOKED_UP.search(text):
        return None
    if found["v6"]:
        return Clue(
            says=f"dialled [{found['v6']}]:{found['port']}", means="the connection was tried over IPv6"
        )
    says = f"dialled {found['v4']}:{found['port']}"
    if is_private(found["v4"]):
        return Clue(
            says=says,
            means="a private address, so the name led to the endpoint: a security group or network ACL is in the way",
            leaves=FILTERS,
        )
    if row.step in ("image-layers", "env-files"):
        return Clue(says=says, means="a public address of S3, which is right for a gateway endpoint too")
    return Clue(
        says=says,
        means="a public address, so no endpoint with private DNS was met: it is missing, or there is no way out",
        leaves=frozenset(row.causes) - {"sg-ingress", "nacl-ingress", "dns-no-record"},
    )


def _refusal(text: str) -> Clue | None:
    """The policy that refused, where AWS says which."""
    for pattern, code in REFUSALS:
        if found := pattern.search(text):
            return Clue(says=found[0], means="AWS names the policy that refused", leaves=frozenset((code,)))
    return None


def _action(text: str) -> Clue | None:
    """The action that was refused."""
    found = ACTION.search(text)
    if found is None:
        return None
    on = f" on {found['resource']}" if found["resource"] else ""
    return Clue(says=f"not authorized to perform {found['action']}", means=f"allow {found['action']}{on}")


def _killed(text: str) -> Clue | None:
    if "signal: killed" in text:
        return Clue(says="signal: killed", means="Fargate stopped waiting: a connection hung until then")
    return None
