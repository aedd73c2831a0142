"""Task definitions that mean harm, or make no sense: their tasks stop with a reason, and the lab goes on."""

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from pullproof.lab.cloud import Cloud
from pullproof.lab.fabric import Network
from pullproof.lab.furnish import furnish
from pullproof.lab.guard import made
from pullproof.lab.kernel import inside
from pullproof.lab.netlink import Netlink
from pullproof.lab.plan import Start, planned
from pullproof.lab.resolver import Home, Resolver
from pullproof.lab.sandbox import RESOLVER
from pullproof.model.ecs import Container, Launch, LaunchKind, LogConfiguration, SecretRef, TaskDefinition
from pullproof.model.value import Listing
from tests.build import an_endpoint, an_open_network, at
from tests.lab.running import Shop, a_lab
from tests.lab.sandboxed import sandboxed

pytestmark = pytest.mark.usefixtures("needs_lab")

#: In the words of ECS: where the launch ends.
PULL, START, INIT = (
    "CannotPullContainerError: ",
    "CannotStartContainerError: ",
    "ResourceInitializationError: ",
)
SLEEP = "sleep 600"


def logged(**options: str) -> dict[str, Any]:
    """A log configuration with other options."""
    plain = {"awslogs-group": "/ecs/orders", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "x"}
    return {"logConfiguration": {"logDriver": "awslogs", "options": plain | options}}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "environment value with NUL": ({"environment": [{"name": "A", "value": "a\0b"}]}, START),
    "environment name with NUL": ({"environment": [{"name": "A\0", "value": "b"}]}, START),
    "environment without a name": ({"environment": [{"name": "", "value": "b"}]}, START),
    "environment name with =": ({"environment": [{"name": "A=B", "value": "b"}]}, START),
    "command with NUL": ({"command": ["sleep\0", "600"]}, START),
    "entry point with NUL": ({"entryPoint": ["/bin/sh\0"]}, START),
    "entry point that is not there": ({"entryPoint": ["/nothing"]}, START),
    "entry point with a newline": ({"entryPoint": ["/bin/sh\n"]}, START),
    "user with NUL": ({"user": "0\0"}, START),
    "user with a newline": ({"user": "0\nroot"}, START),
    "user with digits that are none": ({"user": "²"}, START),
    "user that is too large": ({"user": "4294967296"}, START),
    "user of three": ({"user": "a:b:c"}, START),
    "directory with NUL": ({"workingDirectory": "/\0"}, START),
    "directory that is not absolute": ({"workingDirectory": "../../etc"}, START),
    "image with NUL": ({"image": "orders\0:v1"}, PULL),
    "image with a newline": ({"image": "registry.example.com/orders\n:v1"}, PULL),
    "image with a call in it": ({"image": "registry.example.com/a HTTP/1.1\r\nHost: x\r\n\r\n:v1"}, PULL),
    "image that climbs": ({"image": "registry.example.com/../../x:v1"}, PULL),
    "image with a host that is none": ({"image": "a..b.example.com/orders:v1"}, PULL),
    "image with a long host": ({"image": f"{'x' * 70}.example.com/orders:v1"}, PULL),
    "image in capitals": ({"image": "registry.example.com/Orders:v1"}, PULL),
    "image with a bad digest": ({"image": "registry.example.com/orders@sha256:../x"}, PULL),
    "secret with NUL": ({"secrets": [{"name": "A", "valueFrom": "a\0b"}]}, INIT),
    "secret with a newline": ({"secrets": [{"name": "A", "valueFrom": "a\nb"}]}, INIT),
    "secret of no place": (
        {"secrets": [{"name": "A", "valueFrom": "arn:aws:secretsmanager:x\n:1:secret:a"}]},
        INIT,
    ),
    "secret without a name": ({"secrets": [{"name": "A", "valueFrom": ""}]}, INIT),
    "log group with NUL": (logged(**{"awslogs-group": "a\0b"}), INIT),
    "log group with a newline": (logged(**{"awslogs-group": "a\nb"}), INIT),
    "log region with a newline": (logged(**{"awslogs-region": "x\ny"}), INIT),
    "log region that is a host": (logged(**{"awslogs-region": "x.example.com/"}), INIT),
}
RUNS: dict[str, dict[str, Any]] = {
    "environment value with a newline": {"environment": [{"name": "A", "value": "a\nPATH=/nowhere"}]},
    "environment name with a newline": {"environment": [{"name": "A\nB", "value": "x"}]},
    "command with a newline": {"command": ["true\nsleep 600"]},
    "directory that climbs": {"workingDirectory": "/../../../tmp"},
    "user by number": {"user": "1000:1000"},
    "stream with a newline": logged(**{"awslogs-stream-prefix": "a\nb"}),
    "name that is a path": {"name": "../../x"},
}


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """One lab for all of them."""
    with a_lab("--time-scale", "0.01") as lab:
        yield Shop(lab)


@pytest.fixture(scope="module")
def asked(shop: Shop) -> dict[str, str]:
    """A task of each, all at once."""
    every = {what: changed for what, (changed, _) in REFUSED.items()} | RUNS
    return {what: str(shop.run(shop.define(SLEEP, **changed))["taskArn"]) for what, changed in every.items()}


@pytest.mark.parametrize("what", REFUSED)
def test_what_makes_no_sense_stops_its_task(shop: Shop, asked: dict[str, str], what: str) -> None:
    """With the kind of reason that ECS gives, and nobody waits for ever."""
    stopped = shop.reaches(asked[what], "STOPPED")

    assert "TaskFailedToStart" == stopped["stopCode"]
    assert stopped["stoppedReason"].startswith(REFUSED[what][1]), stopped["stoppedReason"]


@pytest.mark.parametrize("what", RUNS)
def test_what_only_looks_hostile_runs(shop: Shop, asked: dict[str, str], what: str) -> None:
    """What a container may have it has, and it ends nowhere else."""
    running = shop.reaches(asked[what], "RUNNING")

    assert "RUNNING" == running["lastStatus"], running.get("stoppedReason")


def test_a_lab_that_was_asked_for_nonsense_goes_on(shop: Shop, asked: dict[str, str]) -> None:
    """It has no trouble, and runs the next task."""
    assert asked
    shop.reaches(shop.run(shop.define(SLEEP))["taskArn"], "RUNNING")

    assert "" == shop.lab.ask("status")[0]["trouble"]


def test_an_input_of_nonsense_is_furnished_as_far_as_it_makes_sense() -> None:
    """What an input calls its images, secrets, regions and log groups keeps no lab from coming up."""
    estate = an_open_network()
    bad = [
        "a\0b",
        "x\ny",
        "../../x",
        "arn:aws:secretsmanager:x\ny:1:secret:a",
        "arn:aws:secretsmanager:x\ny:1:secret:a-abcdef",
        "\ud800",
        "",
    ]
    for number, word in enumerate(bad):
        options = {"awslogs-group": word, "awslogs-region": word, "awslogs-stream-prefix": word}
        container = Container(
            origin=at("container"),
            name=word,
            image=word,
            secrets=Listing((SecretRef(name=word, value_from=word, origin=at("secret")),)),
            log=LogConfiguration(origin=at("log"), driver="awslogs", options=tuple(options.items())),
        )
        key = f"service{number}"
        estate.task_definitions[key] = TaskDefinition(
            key=key,
            origin=at(key),
            arn=key,
            family=key,
            containers=Listing((container,)),
            execution_role="",
            task_role="",
        )
        estate.launches[key] = Launch(
            key=key,
            origin=at(key),
            kind=LaunchKind.SERVICE,
            task_definition=key,
            subnets=Listing(("subnet",)),
            groups=Listing(),
            public_ip=False,
        )
    with socket.create_server(("127.0.0.1", 0)) as held:
        cloud = Cloud(held, keys=made())
        try:
            store = cloud.client("s3", "eu-west-1")
            plan = SimpleNamespace(estate=estate, region="eu-west-1")
            furnish(SimpleNamespace(plan=plan, cloud=cloud, store=store, pushed=set()))  # type: ignore[arg-type]
        finally:
            cloud.close()


#: A question for the address of ECR's API, in its parts.
NAME = b"\x03api\x03ecr\x09eu-west-1\x09amazonaws\x03com\x00"
ASKS = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0)


def test_the_resolver_answers_after_whatever_it_was_asked() -> None:
    """Questions that are cut off, go in circles, are as long as a datagram may be, or are noise."""
    name, asks, good = NAME, ASKS, ASKS + NAME + struct.pack(">2H", 1, 1)
    bad = [
        b"",
        b"\0",
        asks,
        good[:-3],
        asks + b"\xc0\x0c" + good[-4:],
        asks + b"\x01a\xc0\x0c" + good[-4:],
        asks + b"\xc0\x0e\xc0\x0c" + good[-4:],
        asks + b"\x05\xff\xfe\x80\x00." + b"\x00" + good[-4:],
        asks + b"\x3f" + b"a" * 63 + b"\x80" + b"b" * 127 + good[-4:],
        asks + (b"\x3f" + b"x" * 63) * 60 + b"\x00" + good[-4:],
        asks + b"\x00" + good[-4:],
        struct.pack(">6H", 7, 0x0100, 65535, 65535, 65535, 65535) + name,
        struct.pack(">6H", 7, 0xFFFF, 1, 0, 0, 0) + good[12:],
        struct.pack(">6H", 7, 0x0100, 0, 0, 0, 0),
        good[:-4] + b"\xff\xff\xff\xff",
        good * 100,
        bytes(60_000),
    ]
    random = Random(5)
    for _ in range(300):
        noise = bytearray(good)
        for _ in range(random.randint(1, 6)):
            noise[random.randrange(len(noise))] = random.randrange(256)
        bad.append(bytes(noise))

    def work() -> list[bytes]:
        estate = an_open_network()
        an_endpoint(estate, "ecr.api", groups=("endpoint-group",))
        plan = planned(estate, [Start(key="one", subnet="subnet", groups=("task",))])
        with Network(plan) as network:
            with Netlink() as kernel:
                kernel.address(1, int(IPv4Address(RESOLVER)), 32, host=True)
            resolver, home = Resolver(network), Home()
            answers, answer = [], b""
            own = os.open("/proc/self/ns/net", os.O_RDONLY)
            for space in (network.spaces[plan.of("one")[0].name], own):
                with inside(space), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
                    asking.settimeout(5)
                    asking.connect((RESOLVER, 53))
                    for number, data in enumerate(bad):
                        asking.send(data)
                        # A few at a time: what does not fit into the buffer of a socket is lost.
                        if number % 20 == 0 or number == len(bad) - 1:
                            mark = struct.pack(">H", 5000 + number)
                            asking.send(mark + good[2:])
                            while not (answer := asking.recv(65535)).startswith(mark):
                                continue
                    answers.append(answer[-4:])
            resolver.close()
            home.close()
        return answers

    assert [bytes([10, 0, 1, 4]), bytes([127, 0, 0, 1])] == sandboxed(work)


def test_connections_to_the_resolver_that_make_no_sense_are_let_go() -> None:
    """Lengths that are cut off, that promise more than comes, or nothing; each question that is whole is answered."""
    good = ASKS + NAME + struct.pack(">2H", 1, 1)
    whole = struct.pack(">H", len(good)) + good
    bad = [
        b"",
        b"\0",
        b"\0\0",
        b"\xff\xff",
        b"\xff\xff" + good,
        b"\0\x04" + good,
        struct.pack(">H", len(good)) + good[:-1],
        struct.pack(">H", 65535) + bytes(65535),
        b"GET / HTTP/1.1\r\n\r\n",
    ]

    def work() -> tuple[list[bytes], bytes]:
        estate = an_open_network()
        an_endpoint(estate, "ecr.api", groups=("endpoint-group",))
        plan = planned(estate, [Start(key="one", subnet="subnet", groups=("task",))])
        with Network(plan) as network:
            resolver = Resolver(network)
            got = []
            with inside(network.spaces[plan.of("one")[0].name]):
                for data in bad:
                    with socket.create_connection((RESOLVER, 53), timeout=10) as asking:
                        asking.sendall(data)
                        asking.shutdown(socket.SHUT_WR)
                        with contextlib.suppress(ConnectionError):
                            while more := asking.recv(65535):
                                got.append(more)
                with socket.create_connection((RESOLVER, 53), timeout=10) as asking:
                    asking.sendall(whole * 3)
                    asking.shutdown(socket.SHUT_WR)
                    last = b"".join(iter(lambda: asking.recv(65535), b""))
            resolver.close()
        return got, last

    got, last = sandboxed(work)

    assert [] == [each for each in got if bytes([10, 0, 1, 4]) in each]
    assert 3 == last.count(bytes([10, 0, 1, 4]))
