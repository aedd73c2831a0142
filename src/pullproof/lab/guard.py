"""Who may use a lab's API: whoever knows its access keys, or keys that its own IAM and STS handed out.

The API is a socket on the loopback, where every user and every browser of a machine can knock. So every
call must be signed, and its signature is computed again; a call of a web page is refused in any case.
"""

import hashlib
import hmac
import io
import secrets
import string
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from pullproof.lab.signed import Call, Signer, signature, signer
from pullproof.lab.strict import LARGEST, Odd

#: A signature is as old as this, and no older.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
FRESH = timedelta(minutes=15)
#: The longest that a signature in a URL can hold.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
LONGEST = 604_800


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """An access key: its id, and its secret."""

    id: str
    secret: str


def made() -> Keys:
    """New ones, that nobody can guess."""
    letters = string.ascii_uppercase + "234567"
    return Keys(id="AKIA" + "".join(secrets.choice(letters) for _ in range(16)), secret=secrets.token_hex(20))


class Refused(Exception):
    """A call is refused; the message is AWS's code for why."""


class Guard:
    """Lets calls pass that are signed with the lab's keys; `others` tells the secret of a key handed out."""

    def __init__(self, own: Keys, others: Callable[[str], str]) -> None:
        self._own = own
        self._others = others

    def __call__(self, application: Any) -> Any:
        """The same application, for those who may."""

        def guarded(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            try:
                self.check(environ)
            except Refused as refused:
                return _answer(str(refused), environ, start)
            answer: Iterable[bytes] = application(environ, start)
            return answer

        return guarded

    def check(self, environ: dict[str, Any]) -> None:
        """See whether a call may pass; its body can still be read afterwards.

        Raises:
            Refused: it may not.
        """
        if "HTTP_ORIGIN" in environ:
            raise Refused("AccessDenied")  # only a browser says from which page it comes
        target = str(environ.get("RAW_URI", ""))
        try:
            by = signer(str(environ.get("HTTP_AUTHORIZATION", "")), target)
        except Odd as odd:
            raise Refused(odd.says) from odd
        if not by.key:
            raise Refused("MissingAuthenticationToken")
        if not (secret := self._secret(by.key)):
            raise Refused("InvalidClientTokenId")
        moment = _moment(environ, by)
        call = Call(
            method=str(environ.get("REQUEST_METHOD", "")),
            target=target,
            headers={name: _header(environ, name) for name in by.names},
            moment=moment,
            payload=_payload(environ, by),
        )
        if "host" not in by.names or not hmac.compare_digest(signature(call, by, secret), by.signature):
            raise Refused("SignatureDoesNotMatch")

    def _secret(self, key: str) -> str:
        return self._own.secret if hmac.compare_digest(key, self._own.id) else self._others(key)


def _header(environ: dict[str, Any], name: str) -> str:
    plain = name.upper().replace("-", "_")
    return str(environ.get(plain if plain in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{plain}", ""))


def _moment(environ: dict[str, Any], by: Signer) -> str:
    """When a call was signed: neither long ago nor in the future.

    Raises:
        Refused: it was.
    """
    from urllib.parse import parse_qs

    query = parse_qs(str(environ.get("QUERY_STRING", "")))
    told = query.get("X-Amz-Date", [""])[0] if by.presigned else str(environ.get("HTTP_X_AMZ_DATE", ""))
    holds = query.get("X-Amz-Expires", [""])[0] if by.presigned else ""
    try:
        begin = datetime.strptime(told, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        end = begin + (timedelta(seconds=min(int(holds), LONGEST)) if by.presigned else FRESH)
    except ValueError as error:
        raise Refused("IncompleteSignature") from error
    if not told.startswith(by.date) or not begin - FRESH < datetime.now(UTC) < end:
        raise Refused("RequestExpired")
    return told


def _payload(environ: dict[str, Any], by: Signer) -> str:
    """What stands for the body in a signature: what the client says that it is, or its hash.

    Raises:
        Refused: it is larger than a lab takes.
    """
    if by.presigned and by.service == "s3":
        return "UNSIGNED-PAYLOAD"
    if told := str(environ.get("HTTP_X_AMZ_CONTENT_SHA256", "")):
        return told
    length = str(environ.get("CONTENT_LENGTH") or "0")
    chunked = bool(environ.get("wsgi.input_terminated"))
    if not chunked and (not length.isdecimal() or int(length) > LARGEST):
        raise Refused("RequestEntityTooLarge")
    body: bytes = environ["wsgi.input"].read(LARGEST + 1 if chunked else int(length))
    if len(body) > LARGEST:
        raise Refused("RequestEntityTooLarge")
    environ["wsgi.input"] = io.BytesIO(body)
    return hashlib.sha256(body).hexdigest()


#: What AWS says with each code, and what services that speak JSON, EC2 and S3 call it.
_SAYS = {
    "AccessDenied": "Calls of web pages are refused.",
    "IncompleteSignature": "The request signature does not conform to AWS standards.",
    "MissingAuthenticationToken": "Request is missing Authentication Token",
    "InvalidClientTokenId": "The security token included in the request is invalid.",
    "RequestExpired": "Signature expired, or not yet current.",
    "RequestEntityTooLarge": "The body is larger than a lab takes.",
    "SignatureDoesNotMatch": "The request signature we calculated does not match the signature you provided.",
}
_JSON = {
    "AccessDenied": "AccessDeniedException",
    "IncompleteSignature": "IncompleteSignatureException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "RequestExpired": "InvalidSignatureException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}
_EC2 = {"InvalidClientTokenId": "AuthFailure", "SignatureDoesNotMatch": "AuthFailure"}
_S3 = {"InvalidClientTokenId": "InvalidAccessKeyId"}


def _answer(code: str, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """A refusal in the form of whichever service was called."""
    says, kind = _SAYS[code], "text/xml"
    scope = str(environ.get("HTTP_AUTHORIZATION", ""))
    if "/ec2/" in scope:
        code = _EC2.get(code, code)
        text = f"<Response><Errors><Error><Code>{code}</Code><Message>{says}</Message></Error></Errors></Response>"
    elif "/s3/" in scope:
        code = _S3.get(code, code)
        text = f"<Error><Code>{code}</Code><Message>{says}</Message></Error>"
    elif "urlencoded" in str(environ.get("CONTENT_TYPE", "")) or "/route53/" in scope:
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{says}</Message></Error>"
        text = f"<ErrorResponse>{error}</ErrorResponse>"
    else:
        code = _JSON.get(code, code)
        text, kind = f'{{"__type": "{code}", "message": "{says}"}}', "application/x-amz-json-1.1"
    held = [("Content-Type", kind), ("x-amzn-ErrorType", code), ("Connection", "close")]
    status = "413 Content Too Large" if code == "RequestEntityTooLarge" else "403 Forbidden"
    start(status, [*held, ("Content-Length", str(len(text)))])
    return [text.encode()]
