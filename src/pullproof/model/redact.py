"""Taking credentials out of a message before anything is done with it.

A stopped reason can hold the pre-signed link of an image layer, which works for whoever has it.
"""

import re

GONE = "(redacted)"

#: What to look for, and what to put there; in this order.
SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    # https://user:password@host
    (re.compile(r"(?i)(\bhttps?://)[^\s/@\"'<>]+@"), rf"\1{GONE}@"),
    # The query of any link, also where a narrow window broke it into lines.
    (
        re.compile(r"(?i)(\bhttps?://[^\s?\"'<>]*)\?[^\s\"'<>]*(?:\n[\w%&=.~+/:;-]{16,}(?=\s|$))*"),
        rf"\1?{GONE}",
    ),
    # Parts of such a query that stand alone.
    (
        re.compile(
            r"(?i)\b(X-Amz-[\w-]+|AWSAccessKeyId|[\w-]*(?:Signature|Credential|Token)|Key-Pair-Id)(=|%3D)"
            r"[^\s&\"'<>]+(?:\n[\w%&=.~+/:;-]{16,}(?=\s|$))*"
        ),
        rf"\1\2{GONE}",
    ),
    (
        re.compile(r"(?i)\b(authorization\"?\s*[:=]\s*\"?(?:basic|bearer|AWS4-HMAC-SHA256)?)\s+[^\n\"']+"),
        rf"\1 {GONE}",
    ),
    (re.compile(r"(?i)\b((?:basic|bearer)\s)(?!auth\b)[\w+/=.~-]{16,}"), rf"\1{GONE}"),
    (
        re.compile(
            r"(?i)\b((?:aws_?)?(?:secret_?access_?key|session_?token|security_?token|access_?token|password|passwd"
            r"|secretstring|auth_?token|api_?key)\"?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&\"']+)"
        ),
        rf"\1{GONE}",
    ),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"), GONE),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?"), GONE),
)


def redacted(text: str) -> str:
    """The same text without credentials. What is left of it may be printed and matched."""
    for pattern, put in SECRETS:
        text = pattern.sub(put, text)
    return text
