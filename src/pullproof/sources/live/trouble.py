"""What went wrong with a call, told from the error's code: the run goes on, or a screen says what to do."""

from typing import Any

from pullproof.model.redact import redacted
from pullproof.sources.live.values import Kind, Trouble

DENIED = frozenset(
    (
        *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation"),
        *("AuthorizationError", "AuthorizationErrorException", "NotAuthorized", "UnauthorizedException"),
        *("AWSOrganizationsNotInUseException", "Forbidden", "403"),
    )
)
THROTTLED = frozenset(
    (
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "SlowDown"),
        *("RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException"),
        *(
            "PriorRequestNotComplete",
            "BandwidthLimitExceeded",
            "LimitExceededException",
            "EC2ThrottledException",
        ),
    )
)

_LOG_IN = "log in again (aws sso login, or new keys), or name another --profile"
_CLOCK = "set this machine's clock (it must agree with AWS's to five minutes), then try again"
_REGION = f"{_LOG_IN}; a region that must be enabled first gives the same error"

#: Errors about the credentials themselves, and what helps. No other call would fare better.
CREDENTIALS = {
    "ExpiredToken": _LOG_IN,
    "ExpiredTokenException": _LOG_IN,
    "RequestExpired": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "SignatureDoesNotMatch": f"check the secret key; or {_CLOCK}",
    "InvalidSignatureException": f"check the secret key; or {_CLOCK}",
    "InvalidClientTokenId": _REGION,
    "UnrecognizedClientException": _REGION,
    "AuthFailure": _REGION,
    "InvalidAccessKeyId": _LOG_IN,
    "MissingAuthenticationToken": _LOG_IN,
    "MissingAuthenticationTokenException": _LOG_IN,
    "IncompleteSignature": _LOG_IN,
    "InvalidToken": _LOG_IN,
}

#: The same, for errors that the library raises itself; by the names of its classes.
_NO_KEYS = "aws configure, aws sso login, or name a --profile that has credentials"
LIBRARY = {
    "NoCredentialsError": _NO_KEYS,
    "PartialCredentialsError": _NO_KEYS,
    "CredentialRetrievalError": _LOG_IN,
    "TokenRetrievalError": _LOG_IN,
    "UnauthorizedSSOTokenError": _LOG_IN,
    "SSOTokenLoadError": _LOG_IN,
    "SSOError": _LOG_IN,
    "RefreshWithMFAUnsupportedError": _LOG_IN,
    "LoginRefreshRequired": _LOG_IN,
}
UNREACHABLE = frozenset(
    (
        *("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"),
        *("ConnectionError", "SSLError", "ProxyConnectionError", "HTTPClientError", "ResponseStreamingError"),
    )
)


def told(error: Exception, absent: tuple[str, ...] = ()) -> Trouble:
    """What an error of boto3 means. `absent` are the codes that say that there is no such thing."""
    answer: Any = getattr(error, "response", None)
    if isinstance(answer, dict):
        held = answer.get("Error") or {}
        return judged(str(held.get("Code") or ""), redacted(str(held.get("Message") or "")), absent)
    name = type(error).__name__
    message = redacted(str(error))
    if name in LIBRARY:
        return Trouble(kind=Kind.CREDENTIALS, code=name, message=message, remedy=LIBRARY[name])
    if name in UNREACHABLE:
        return Trouble(kind=Kind.UNREACHABLE, code=name, message=message)
    return Trouble(kind=Kind.FAILED, code=name, message=message)


def judged(code: str, message: str, absent: tuple[str, ...] = ()) -> Trouble:
    """What an error that AWS answers with means."""
    if code in absent:
        kind = Kind.ABSENT
    elif code in DENIED:
        kind = Kind.DENIED
    elif code in THROTTLED:
        kind = Kind.THROTTLED
    elif code in CREDENTIALS:
        kind = Kind.CREDENTIALS
    else:
        kind = Kind.FAILED
    return Trouble(kind=kind, code=code, message=message, remedy=CREDENTIALS.get(code, ""))
