"""A stand-in for AWS's API inside this process: moto, with the faults mended that a running network shows.

The state of tasks is written straight into moto: no call of AWS's API can say that a task stopped.
"""

import contextlib
import importlib
import io
import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from pullproof.errors import ToolError
from pullproof.lab.guard import Guard, Keys
from pullproof.lab.mend import mend

#: The one account of a lab, as moto has it.
ACCOUNT = "123456789012"
#: Policies that ECS's roles use; loading all fifteen hundred takes most of a second.
MANAGED = ("ECS", "ContainerRegistry", "CloudWatchLogs", "SecretsManager", "SSM", "Administrator", "S3")


#: Operations that change nothing of the network, the roles or the tasks.
READS = ("Describe", "List", "Get", "BatchGet", "Lookup", "Filter", "PutLogEvents", "CreateLogStream")


class Cloud:
    """moto's server on sockets of this machine.

    The first is the lab's own. The others ask for the `keys`, or for keys handed out here; `changed` is
    called after every call on them that may have changed something, with the operation's name as far as it
    is told.
    """

    def __init__(
        self, *sockets: socket.socket, keys: Keys, changed: Callable[[str], None] = lambda _: None
    ) -> None:
        application = _application()
        mend()

        def told(environ: dict[str, Any], start: Any) -> Any:
            name = operation(environ)
            if environ.get("REQUEST_METHOD") not in WRITES or name.startswith(READS):
                return application(environ, start)
            with self.still:
                result = application(environ, start)
                changed(name)
            return result

        guarded = Guard(keys, handed_out)(told)
        #: Held while something changes; who holds it sees an account that stays as it is.
        self.still = threading.Lock()

        # A call that makes moto fall over is answered with 500, and that is all.
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        #: The first socket's, where the lab itself asks.
        self.port = int(sockets[0].getsockname()[1])
        #: The last socket's, where others ask.
        self.address = "{}:{}".format(*sockets[-1].getsockname())
        self._held = sockets
        self._servers = [
            _server(held, guarded if number else application) for number, held in enumerate(sockets)
        ]
        self._threads = [
            threading.Thread(target=server.serve_forever, name="cloud", daemon=True)
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop answering."""
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            thread.join(timeout=5)
            server.server_close()
        for held in self._held:
            held.close()

    @staticmethod
    def call_secret(name: str, arn: str) -> None:
        """Let a secret have the ARN that an input names it by: AWS, and moto, choose the end of it."""
        models: Any = importlib.import_module("moto.secretsmanager.models")
        secrets = models.secretsmanager_backends[ACCOUNT][arn.split(":")[3]].secrets
        if name in secrets:
            secrets[name].arn = arn

    def client(self, service: str, region: str) -> Any:
        """A client of one of the services, straight to moto."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id="lab",
            aws_secret_access_key="lab",  # noqa: S106  # nothing checks it
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        )


def handed_out(key: str) -> str:
    """The secret of an access key that IAM or STS of the stand-in made; "" for one that they did not."""
    models: Any = importlib.import_module("moto.iam.models")
    for account in list(models.iam_backends.values()):
        for backend in list(account.values()):
            held = backend.access_keys.get(key)
            if held is not None and held.status == "Active":
                return str(held.secret_access_key)
    return ""


WRITES = frozenset(["POST", "PUT", "DELETE", "PATCH"])
#: No call of the query protocol is longer.
LONGEST = 4 << 20


def operation(environ: dict[str, Any]) -> str:
    """What a call asks for, in the JSON and the query protocol; "" where only its path tells."""
    if target := environ.get("HTTP_X_AMZ_TARGET", ""):
        return str(target).rpartition(".")[2]
    length = str(environ.get("CONTENT_LENGTH") or "0")
    form = str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
    if not form or not length.isdigit() or int(length) > LONGEST:
        return ""
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]


def _server(held: socket.socket, application: Any) -> Any:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_: object, **__: object) -> None:
            """Say nothing: the lab has its own record."""

    host, port = held.getsockname()
    return make_server(host, port, application, threaded=True, request_handler=Quiet, fd=held.fileno())


def _application() -> Any:
    """The dispatcher of moto, with as little loaded as the lab needs.

    Raises:
        ToolError: moto is not installed.
    """
    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    try:
        models: Any = importlib.import_module("moto.iam.models")
        server: Any = importlib.import_module("moto.moto_server.werkzeug_app")
    except ImportError as error:
        raise ToolError("the lab needs moto", remedy="pip install 'pullproof[lab]'") from error
    with contextlib.suppress(AttributeError, TypeError, ValueError):
        held = json.loads(models.aws_managed_policies_data)
        few = {name: value for name, value in held.items() if any(word in name for word in MANAGED)}
        models.aws_managed_policies_data = json.dumps(few)
    return server.DomainDispatcherApplication(server.create_backend_app)
