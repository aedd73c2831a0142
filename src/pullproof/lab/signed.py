"""Who signed a call, as Signature Version 4 writes it, and whether it was who they say.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote, unquote, urlsplit

import msgspec

from pullproof.lab.strict import Odd

_SCOPE = r"(?P<key>[A-Za-z0-9]{1,128})/(?P<date>[0-9]{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request"
_SIGNED = r"(?P<names>[!#$%&'*+.^_`|~0-9a-z;-]+)"
_HEADER = re.compile(
    rf"AWS4-HMAC-SHA256 Credential={_SCOPE}, ?SignedHeaders={_SIGNED}, ?Signature=(?P<signature>[0-9a-f]{{64}})"
)
_QUERY = re.compile(_SCOPE)


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Whose access key signed a call, for what, and whether the signature is in its URL."""

    key: str = ""
    date: str = ""
    region: str = ""
    service: str = ""
    names: tuple[str, ...] = ()
    signature: str = ""
    presigned: bool = False


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it was signed: headers by their names in lower case, and what stands for its body."""

    method: str
    target: str
    headers: Mapping[str, str]
    moment: str
    payload: str


NOBODY = Signer()


def signer(authorization: str, path: str) -> Signer:
    """Who signed a call; `NOBODY` where nobody did.

    Raises:
        Odd: the signature is not written as AWS writes it, so that not all would read the same of it.
    """
    query = parse_qs(urlsplit(path).query)
    named = query.get("X-Amz-Credential", [])
    if authorization:
        found = _HEADER.fullmatch(authorization)
        if found is None or named:
            raise Odd(400, "IncompleteSignature")
        return _signer(found, found["names"], found["signature"])
    if not named:
        return NOBODY
    if len(named) > 1 or (found := _QUERY.fullmatch(named[0])) is None:
        raise Odd(400, "IncompleteSignature")
    names, signature = (query.get(f"X-Amz-{name}", [""])[0] for name in ("SignedHeaders", "Signature"))
    return msgspec.structs.replace(_signer(found, names, signature), presigned=True)


def _signer(found: re.Match[str], names: str, signature: str) -> Signer:
    return Signer(
        key=found["key"],
        date=found["date"],
        region=found["region"],
        service=found["service"],
        names=tuple(names.split(";")),
        signature=signature,
    )


def signature(call: Call, by: Signer, secret: str) -> str:
    """The signature that a call has when its signer knows the secret."""
    scope = f"{by.date}/{by.region}/{by.service}/aws4_request"
    hashed = hashlib.sha256(_canonical(call, by).encode("latin-1")).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{call.moment}\n{scope}\n{hashed}"
    return hmac.digest(key, text.encode(), "sha256").hex()


def _canonical(call: Call, by: Signer) -> str:
    path, _, query = call.target.partition("?")
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    named = sorted(
        (_encoded(unquote(name, "latin-1")), _encoded(unquote(value, "latin-1")))
        for name, value in pairs
        if name != "X-Amz-Signature"
    )
    headers = "".join(f"{name}:{' '.join(call.headers.get(name, '').split())}\n" for name in by.names)
    return "\n".join(
        [
            call.method,
            # S3 takes a path as it is, all others encode it once more.
            path if by.service == "s3" else quote(path, safe="/~"),
            "&".join(f"{name}={value}" for name, value in named),
            headers,
            ";".join(by.names),
            call.payload,
        ]
    )


def _encoded(text: str) -> str:
    return quote(text.encode("latin-1"), safe="-_.~")
