"""What a call asks for, in the words of policies: the service, the action, the resource, whose credentials."""

import base64
import json
import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import msgspec

from pullproof.lab.signed import Signer, signer
from pullproof.lab.strict import Odd
from pullproof.model.services import AWS_ENDINGS

_REGISTRY = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com$")
_BUCKET = re.compile(r"^(?:(?P<bucket>[a-z0-9.-]+)\.)?s3\.(?P<region>[a-z0-9-]+)\.amazonaws\.com$")
_PATH = re.compile(
    r"^/v2/(?P<name>[a-z0-9][a-z0-9._/-]*)/(?P<kind>manifests|blobs)/(?P<reference>[A-Za-z0-9_][A-Za-z0-9._:+-]*)$"
)
#: How a target header names a service, and how policies do.
_TARGETS = {
    "AmazonEC2ContainerRegistry_V20150921": "ecr",
    "AmazonEC2ContainerRegistry_V1_1_0": "ecr",
    "secretsmanager": "secretsmanager",
    "AmazonSSM": "ssm",
    "Logs_20140328": "logs",
    "TrentService": "kms",
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `service` "registry" is ECR's registry, else the service's name in policies.

    `key` is the access key id of a signed call, or what a registry login carries; "" for none.
    `path` is what to ask the service behind for.
    """

    service: str
    action: str
    resource: str
    host: str
    path: str
    key: str = ""
    presigned: bool = False


def asked(method: str, path: str, headers: Mapping[str, str], body: bytes, region: str) -> Asked:
    """Read a call.

    Raises:
        Odd: it is one to no service, or one that a service could take for another than the policies do.
    """
    named = {name.lower(): value for name, value in headers.items()}
    host = named.get("host", "").partition(":")[0].lower()
    if (found := _REGISTRY.match(host)) is not None:
        return _registry(method, path, named, found)
    if (held := _BUCKET.match(host)) is not None:
        return _object(method, path, named, host, held["bucket"] or "")
    if not host.endswith(AWS_ENDINGS):
        return _public(path, host)
    target = named.get("x-amz-target", "")
    prefix, _, operation = target.rpartition(".")
    service = _TARGETS.get(prefix, host.partition(".")[0])
    if service not in host.split("."):
        raise Odd(400, f"{host} is not where {service} answers")
    return Asked(
        service=service,
        action=f"{service}:{operation or method}",
        resource=_resource(service, operation, body, region),
        host=host,
        path=path,
        key=_signer(named, path, host).key,
    )


def _public(path: str, host: str) -> Asked:
    """A call of a public registry; there is nothing else on the lab's internet."""
    found = _PATH.match(urlsplit(path).path)
    if path.rstrip("/") != "/v2" and found is None:
        raise Odd(404, "a lab's internet has registries and nothing else")
    behind = "/v2/"
    if found is not None:
        behind = f"/v2/public/{host.replace('.', '-')}/{_plain(found)}"
    return Asked(service="registry", action="", resource="*", host=host, path=behind)


def _plain(found: re.Match[str]) -> str:
    """The path of a manifest or blob, in which every part stands for itself."""
    if not {"", ".", ".."}.isdisjoint(found["name"].split("/")):
        raise Odd(400, "invalid reference format")
    return f"{found['name']}/{found['kind']}/{found['reference']}"


def _registry(method: str, path: str, headers: Mapping[str, str], at: re.Match[str]) -> Asked:
    """A call of the registry. Repositories of several accounts and regions share one behind."""
    host, account, region = at[0], at["account"], at["region"]
    found = _PATH.match(urlsplit(path).path)
    if found is None:
        if path.rstrip("/") != "/v2":
            raise Odd(404, "a lab's registry has manifests and blobs")
        return Asked(service="registry", action="", resource="*", host=host, path="/v2/", key=_login(headers))
    reads = "ecr:BatchGetImage" if found["kind"] == "manifests" else "ecr:GetDownloadUrlForLayer"
    writes = "ecr:PutImage" if found["kind"] == "manifests" else "ecr:UploadLayerPart"
    return Asked(
        service="registry",
        action=reads if method in ("GET", "HEAD") else writes,
        resource=f"arn:aws:ecr:{region}:{account}:repository/{found['name']}",
        host=host,
        path=f"/v2/{account}/{region}/{_plain(found)}",
        key=_login(headers),
    )


def _login(headers: Mapping[str, str]) -> str:
    kind, _, word = headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(word).decode().partition(":")[2]
    except (ValueError, UnicodeDecodeError):
        return ""


def _object(method: str, path: str, headers: Mapping[str, str], host: str, bucket: str) -> Asked:
    signed = _signer(headers, path, host)
    name = unquote(urlsplit(path).path).lstrip("/")
    if not bucket:
        bucket, _, name = name.partition("/")
    verb = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}.get(
        method, method
    )
    return Asked(
        service="s3",
        action=f"s3:{verb}",
        resource=f"arn:aws:s3:::{bucket}/{name}",
        host=host,
        path=path,
        key=signed.key,
        presigned=signed.presigned,
    )


def _signer(headers: Mapping[str, str], path: str, host: str) -> Signer:
    """Who signed a call to one of AWS's services: the stand-in goes by what the signature is for."""
    found = signer(headers.get("authorization", ""), path)
    if found.service and found.service not in host.split("."):
        raise Odd(403, "Credential should be scoped to correct service")
    return found


def _resource(service: str, operation: str, body: bytes, region: str) -> str:
    """The ARN a call is about, as far as its body tells; `*` for calls about none."""
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        given = {}
    if not isinstance(given, dict):
        return "*"
    if service == "secretsmanager":
        return str(given.get("SecretId", "*"))
    if service == "ssm":
        names = given.get("Names") or [given.get("Name", "*")]
        return str(names[0])
    if service == "logs":
        group = str(given.get("logGroupName", "*"))
        stream = str(given.get("logStreamName", ""))
        whole = f"arn:aws:logs:{region}:ACCOUNT:log-group:{group}"
        return f"{whole}:log-stream:{stream}" if stream and operation != "CreateLogGroup" else whole
    return "*"


#: In what words AWS says which kind of policy it was.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_BECAUSE = {
    "denied": "with an explicit deny",
    "no statement allows it": "because no identity-based policy allows the {} action",
    "endpoint policy": "because no VPC endpoint policy allows the {} action",
    "permissions boundary": "because no permissions boundary allows the {} action",
    "organization policy": "because no service control policy allows the {} action",
}


def refused(call: Asked, why: str, caller: str = "") -> tuple[int, list[tuple[str, str]], bytes]:
    """AWS's own words for a call that is not allowed: status, headers, body."""
    if call.service == "registry":
        code, text = ("UNAUTHORIZED", "authentication required") if why == "login" else ("DENIED", why)
        data = json.dumps({"errors": [{"code": code, "message": text}]}).encode()
        return (401 if why == "login" else 403), [("Content-Type", "application/json")], data
    if call.service == "s3":
        words = (
            "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        )
        return 403, [("Content-Type", "application/xml")], words.encode()
    user = f"User: {caller}" if caller else "User"
    because = _BECAUSE[why].format(call.action) if why in _BECAUSE else f"({why})"
    text = f"{user} is not authorized to perform: {call.action} on resource: {call.resource} {because}"
    data = json.dumps({"__type": "AccessDeniedException", "message": text, "Message": text}).encode()
    return 400, [("Content-Type", "application/x-amz-json-1.1")], data
