"""Fargate's agent: what it does before a container starts, in its order, with real clients.

Each step that fails ends the launch with the stopped reason that ECS gives.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

import base64
import contextlib
import hashlib
import http.client
import json
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import msgspec

from pullproof.lab.kernel import inside
from pullproof.lab.reference import BadReference, parts_of, secret_parts
from pullproof.lab.resolving import asking
from pullproof.lab.sdk import ATTEMPTS, made, tried
from pullproof.lab.words import (
    login_failed,
    not_downloaded,
    not_pulled,
    not_resolved,
    parameter_failed,
    secret_failed,
    told,
    unexpected,
    unpulled,
)

#: What Fargate waits for a connection, in seconds.
CONNECT = 30.0
ACCEPTED = (
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json,"
    " application/vnd.oci.image.index.v1+json"
)


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """An environment variable, and where its value is."""

    name: str
    value_from: str


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What one container needs before it starts. `log` is group, stream, region; or nothing."""

    container: str
    image: str
    region: str
    secrets: tuple[Secret, ...] = ()
    log: tuple[str, str, str] | None = None
    mounts: tuple[tuple[str, str], ...] = ()
    needs_login: bool = True


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was taken: its name of the contract, whether it went well, what was said, the seconds."""

    step: str
    ok: bool
    says: str
    seconds: float = 0.0


class Stopped(Exception):
    """The launch ended; the message is the stopped reason, `step` where."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(reason)
        self.step = step
        self.reason = reason


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Where an agent runs: namespaces of the task's interface and of its own, credentials, patience.

    Platform 1.3.0 and earlier log in and read secrets by an interface of Fargate's own.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
    """

    task: int
    own: int
    platform: str
    key: str
    authority: str
    scale: float = 0.02

    #: The task's own resolv.conf, where its DNS servers are not AWS's.
    resolv: Path | None = None

    @contextlib.contextmanager
    def there(self, space: int) -> Iterator[None]:
        """Run a block in one of the two networks, with the DNS servers that it has there."""
        with asking(self.resolv if space == self.task else None), inside(space):
            yield

    @property
    def first(self) -> int:
        """The namespace of logins and secrets."""
        return self.own if self.platform in ("1.0.0", "1.1.0", "1.2.0", "1.3.0") else self.task

    @property
    def patience(self) -> float:
        """Seconds to wait for a connection, scaled."""
        return CONNECT * self.scale


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """What a launch has when it is ready: the image's configuration, its layers, its secrets' values."""

    config: dict[str, Any]
    layers: tuple[Path, ...]
    values: dict[str, str]


class Agent:
    """Takes one container through its launch."""

    def __init__(self, setting: Setting, folder: Path, tell: Callable[[Event], None]) -> None:
        self._setting = setting
        self._folder = folder
        self._tell = tell
        self._context = ssl.create_default_context(cafile=setting.authority)
        self._clients: dict[tuple[str, str], Any] = {}

    def launch(self, work: Work) -> Pulled:
        """Everything before the container starts.

        Raises:
            Stopped: a step failed.
        """
        values = {each.name: self._step(_kind(each), self._secret, work, each) for each in work.secrets}
        token = self._step("ecr-login", self._login, work) if work.needs_login else ""
        manifest = self._step("image-manifest", self._manifest, work, token)
        config, layers = self._step("image-layers", self._layers, work, token, manifest)
        if work.log is not None:
            self._step("logs", self._stream, work)
        return Pulled(config=config, layers=layers, values=values)

    def _step(self, name: str, do: Callable[..., Any], *given: Any) -> Any:
        begin = time.monotonic()
        try:
            result = _whole(name, do, *given)
        except Stopped as stopped:
            self._tell(Event(step=name, ok=False, says=stopped.reason, seconds=time.monotonic() - begin))
            raise
        self._tell(Event(step=name, ok=True, says="", seconds=time.monotonic() - begin))
        return result

    # AWS's API ------------------------------------------------------------------------------------

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = made(service, region, self._setting)
        return self._clients[service, region]

    def _secret(self, work: Work, secret: Secret) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        ssm = _kind(secret) == "parameters"
        service = "ssm" if ssm else "secretsmanager"
        with self._setting.there(self._setting.first):
            try:
                client = self._client(service, work.region)
                if ssm:
                    name = secret.value_from.partition(":parameter")[2] or secret.value_from
                    found = tried(client.get_parameters, Names=[name], WithDecryption=True)
                    if found["InvalidParameters"]:
                        reason = f"invalid ssm parameters: {found['InvalidParameters'][0]}"
                        raise Stopped(
                            "parameters", unpulled(f"unable to retrieve secrets from ssm: {reason}")
                        )
                    return str(found["Parameters"][0]["Value"])
                return self._value(client, secret.value_from)
            except (BotoCoreError, ClientError) as error:
                says = (parameter_failed if ssm else secret_failed)(error)
                raise Stopped(_kind(secret), says) from error

    @staticmethod
    def _value(client: Any, value_from: str) -> str:
        """A secret's value, or one key of it."""
        arn, key = secret_parts(value_from)
        text = str(tried(client.get_secret_value, SecretId=arn)["SecretString"])
        if not key:
            return text
        try:
            held = json.loads(text)
        except ValueError as error:
            raise Stopped(
                "secrets", unpulled(f"unable to retrieve secret from asm: invalid character in {arn}")
            ) from error
        if not isinstance(held, dict) or key not in held:
            raise Stopped(
                "secrets", unpulled(f"retrieved secret from Secrets Manager did not contain json key {key}")
            )
        return str(held[key])

    def _login(self, work: Work) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        with self._setting.there(self._setting.first):
            try:
                client = self._client("ecr", work.region)
                found = tried(client.get_authorization_token)["authorizationData"][0]["authorizationToken"]
            except (BotoCoreError, ClientError) as error:
                raise Stopped("ecr-login", login_failed(error)) from error
        return base64.b64decode(found).decode().partition(":")[2]

    def _stream(self, work: Work) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        group, stream, region = work.log or ("", "", "")
        with self._setting.there(self._setting.task):
            try:
                client = self._client("logs", region)
                tried(client.create_log_stream, logGroupName=group, logStreamName=stream)
            except (BotoCoreError, ClientError) as error:
                raise Stopped(
                    "logs",
                    "ResourceInitializationError: failed to validate logger args: create stream has been retried"
                    f" {ATTEMPTS} times: failed to create Cloudwatch log stream: {error}",
                ) from error

    def log(self, work: Work, lines: list[tuple[int, str]]) -> str:
        """Send lines to the container's log stream; why it did not go, or ""."""
        from botocore.exceptions import BotoCoreError, ClientError

        if work.log is None:
            return ""
        group, stream, region = work.log
        events = [{"timestamp": at, "message": text} for at, text in lines]
        with self._setting.there(self._setting.task):
            try:
                self._client("logs", region).put_log_events(
                    logGroupName=group, logStreamName=stream, logEvents=events
                )
            except (BotoCoreError, ClientError) as error:
                return str(error)
        return ""

    # The registry ---------------------------------------------------------------------------------

    def _manifest(self, work: Work, token: str) -> dict[str, Any]:
        try:
            host, name, reference = parts_of(work.image)
        except BadReference as error:
            raise Stopped("image-manifest", not_pulled(f"{error}: {work.image!r}")) from error
        try:
            with self._setting.there(self._setting.task):
                status, headers, data = self._get(host, f"/v2/{name}/manifests/{reference}", token)
        except OSError as error:
            url = f"https://{host}/v2/{name}/manifests/{reference}"
            says = f'failed to do request: Head "{url}": {told(error, host)}'
            raise Stopped("image-manifest", not_resolved(work.image, says, ATTEMPTS)) from error
        if status != 200:
            says = f"{work.image}: not found" if status == 404 else unexpected(status, data)
            raise Stopped("image-manifest", not_resolved(work.image, says))
        del headers
        document: dict[str, Any] = json.loads(data)
        return document

    def _layers(
        self, work: Work, token: str, manifest: dict[str, Any]
    ) -> tuple[dict[str, Any], tuple[Path, ...]]:
        host, name, _ = parts_of(work.image)
        with self._setting.there(self._setting.task):
            config = json.loads(self._blob(host, name, token, manifest["config"]["digest"]).read_bytes())
            layers = tuple(self._blob(host, name, token, layer["digest"]) for layer in manifest["layers"])
        return config, layers

    def _blob(self, host: str, name: str, token: str, digest: str) -> Path:
        """One blob, fetched from where the registry sends us, and checked."""
        target = f"https://{host}/v2/{name}/blobs/{digest}"
        try:
            status, headers, data = self._get(host, urlsplit(target).path, token)
            if status in (301, 302, 307):
                target = headers.get("location", "")
                split = urlsplit(target)
                host = split.hostname or ""
                found = self._download(host, f"{split.path}?{split.query}", digest)
                if isinstance(found, Path):
                    return found
                status, data = found
        except OSError as error:
            shown = f"{urlsplit(target).scheme}://{urlsplit(target).netloc}{urlsplit(target).path}"
            says = f'failed to copy: httpReadSeeker: failed open: failed to do request: Get "{shown}": '
            raise Stopped(
                "image-layers",
                not_pulled(f"ref pull has been retried {ATTEMPTS} time(s): {says}{told(error, host)}"),
            ) from error
        if status != 200:
            raise Stopped(
                "image-layers",
                not_pulled(f"ref pull has been retried 1 time(s): {not_downloaded(status, target)}"),
            )
        path = Path(tempfile.mkstemp(dir=self._folder)[1])
        path.write_bytes(data)
        return path

    def _download(self, host: str, path: str, digest: str) -> Path | tuple[int, bytes]:
        with self._connected(host) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            if answer.status != 200:
                return answer.status, answer.read()
            handle, name = tempfile.mkstemp(dir=self._folder)
            with open(handle, "wb") as file:  # noqa: PTH123  # a descriptor
                found = _copied(answer, file)
        if f"sha256:{found}" != digest:
            raise Stopped(
                "image-layers", not_pulled(f"failed commit on ref: unexpected digest sha256:{found}")
            )
        return Path(name)

    def _get(self, host: str, path: str, token: str) -> tuple[int, dict[str, str], bytes]:
        headers = {"Accept": ACCEPTED}
        if token:
            headers["Authorization"] = "Basic " + base64.b64encode(f"AWS:{token}".encode()).decode()
        with self._connected(host) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def _connected(self, host: str) -> "_Closing":
        """A TLS connection, tried as often as Fargate does. Raises OSError."""
        problem: OSError = TimeoutError()
        for _ in range(ATTEMPTS):
            connection = http.client.HTTPSConnection(
                host, 443, timeout=self._setting.patience, context=self._context
            )
            try:
                connection.connect()
            except OSError as error:
                problem = error
                connection.close()
                continue
            connection.sock.settimeout(60)
            return _Closing(connection)
        raise problem


class _Closing:
    def __init__(self, connection: http.client.HTTPSConnection) -> None:
        self._connection = connection

    def __enter__(self) -> http.client.HTTPSConnection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _whole(name: str, do: Callable[..., Any], *given: Any) -> Any:
    """What a step gives; names and answers that make no sense stop it too."""
    try:
        return do(*given)
    except (http.client.HTTPException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Stopped(name, (not_pulled if "image" in name else unpulled)(f"{error!r}")) from error


def _kind(secret: Secret) -> str:
    return "secrets" if secret.value_from.split(":")[2:3] == ["secretsmanager"] else "parameters"


def _copied(answer: http.client.HTTPResponse, file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    held = bytearray(1 << 20)
    view = memoryview(held)
    while size := answer.readinto(held):
        digest.update(view[:size])
        file.write(view[:size])
    return digest.hexdigest()
