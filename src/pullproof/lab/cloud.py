"""A stand-in for AWS's API inside this process: moto, with the faults mended that a running network shows.

The state of tasks is written straight into moto: no call of AWS's API can say that a task stopped.
"""

import contextlib
import importlib
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from pullproof.errors import ToolError

#: The one account of a lab, as moto has it.
ACCOUNT = "123456789012"
#: Policies that ECS's roles use; loading all fifteen hundred takes most of a second.
MANAGED = ("ECS", "ContainerRegistry", "CloudWatchLogs", "SecretsManager", "SSM", "Administrator", "S3")


class Cloud:
    """moto's server on sockets of this machine; `changed` is called after every call that may change something."""

    def __init__(self, *sockets: socket.socket, changed: Callable[[], None] = lambda: None) -> None:
        application = _application()
        _mend()

        def told(environ: dict[str, Any], start: Any) -> Any:
            result = application(environ, start)
            if environ.get("REQUEST_METHOD") in ("POST", "PUT", "DELETE", "PATCH"):
                changed()
            return result

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        #: The first socket's, where the lab itself asks.
        self.port = int(sockets[0].getsockname()[1])
        #: The last socket's, where others ask.
        self.address = "{}:{}".format(*sockets[-1].getsockname())
        self._held = sockets
        self._servers = [_server(held, told) for held in sockets]
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


_MENDED: set[str] = set()


def _mend() -> None:
    """Put right, once, what moto does otherwise than AWS and a network would show."""
    if _MENDED:
        return
    _MENDED.add("done")
    interfaces = importlib.import_module("moto.ec2.models.elastic_network_interfaces")
    tasks = importlib.import_module("moto.ecs.models")
    backend = importlib.import_module("moto.ec2.models").EC2Backend
    # A VPC without DNS host names gives interfaces none; RunTask asks for one all the same.
    if not hasattr(interfaces.NetworkInterface, "private_dns_name"):
        interfaces.NetworkInterface.private_dns_name = ""
    # Reading a task must not move it on: the lab says what became of it.
    tasks.Task.advance = lambda _: None
    _groups(tasks.Task)
    _own_addresses(backend)
    _endpoint_interfaces(backend)
    _memory(tasks.EC2ContainerServiceBackend)


def _groups(task: Any) -> None:
    """A task without groups has the VPC's default one; moto refuses to run it."""
    make = task.__init__

    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        for value in (*args, *kwargs.values()):
            if isinstance(value, dict) and "awsvpcConfiguration" in value:
                value["awsvpcConfiguration"].setdefault("securityGroups", [])
        make(self, *args, **kwargs)

    task.__init__ = made


def _own_addresses(backend: Any) -> None:
    """Interfaces get an address of their subnet; moto draws one from all of 10.0.0.0/8."""
    from ipaddress import ip_address

    create = backend.create_network_interface

    def created(self: Any, subnet: Any, private_ip_address: Any = None, *args: Any, **kwargs: Any) -> Any:
        held = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        if not private_ip_address or ip_address(str(private_ip_address)) not in held.cidr:
            private_ip_address = held.get_available_subnet_ip(instance=None)
        return create(self, subnet, private_ip_address, *args, **kwargs)

    backend.create_network_interface = created


def _endpoint_interfaces(backend: Any) -> None:
    """An endpoint's interfaces carry the endpoint's groups; moto gives them the default one."""
    create = backend.create_vpc_endpoint

    def created(self: Any, *args: Any, **kwargs: Any) -> Any:
        endpoint = create(self, *args, **kwargs)
        groups = getattr(endpoint, "security_group_ids", None) or []
        for key in getattr(endpoint, "network_interface_ids", None) or []:
            interface = self.enis.get(key)
            if interface is not None and groups:
                interface._group_set = [  # noqa: SLF001  # moto has no other way
                    g for g in map(self.get_security_group_from_id, groups) if g
                ]
        return endpoint

    backend.create_vpc_endpoint = created


def _memory(backend: Any) -> None:
    """Fargate takes the memory of the task; moto wants one for each container as well."""
    count = backend._calculate_task_resource_requirements  # noqa: SLF001

    def counted(task_definition: Any) -> Any:
        held = task_definition.container_definitions
        view = [
            each if each.get("memory") or each.get("memoryReservation") else {**each, "memory": 1}
            for each in held
        ]
        task_definition.container_definitions = view
        try:
            return count(task_definition)
        finally:
            task_definition.container_definitions = held

    backend._calculate_task_resource_requirements = staticmethod(counted)  # noqa: SLF001


def tasks_of(region: str) -> Iterator[Any]:
    """Every task that moto knows, to read and to write."""
    from moto.backends import get_backend

    held = get_backend("ecs")[ACCOUNT][region]
    for tasks in list(held.tasks.values()):
        yield from list(tasks.values())
