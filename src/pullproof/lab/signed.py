"""Who signed a call, as Signature Version 4 writes it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import re
from urllib.parse import parse_qs, urlsplit

import msgspec

from pullproof.lab.strict import Odd

_SCOPE = r"(?P<key>[A-Za-z0-9]{1,128})/(?P<date>[0-9]{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request"
_HEADER = re.compile(
    rf"AWS4-HMAC-SHA256 Credential={_SCOPE}, ?SignedHeaders=[a-z0-9;-]+, ?Signature=[0-9a-f]{{64}}"
)
_QUERY = re.compile(_SCOPE)


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Whose access key signed a call, for which service, and whether the signature is in its URL."""

    key: str
    service: str
    presigned: bool = False


NOBODY = Signer(key="", service="")


def signer(authorization: str, path: str) -> Signer:
    """Who signed a call; `NOBODY` where nobody did.

    Raises:
        Odd: the signature is not written as AWS writes it, so that not all would read the same of it.
    """
    query = parse_qs(urlsplit(path).query).get("X-Amz-Credential", [])
    if authorization:
        found = _HEADER.fullmatch(authorization)
        if found is None or query:
            raise Odd(400, "IncompleteSignature")
        return Signer(key=found["key"], service=found["service"])
    if not query:
        return NOBODY
    if len(query) > 1 or (found := _QUERY.fullmatch(query[0])) is None:
        raise Odd(400, "IncompleteSignature")
    return Signer(key=found["key"], service=found["service"], presigned=True)
