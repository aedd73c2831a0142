"""What a lab takes, with real packets: `python -m bench.lab`. It needs what the lab needs.

Wall time, and the processor time of the lab's own process beside it, which other programs change less.
"""

import gc
import http.client
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pullproof.lab.fabric import Network
from pullproof.lab.image import LAYER, Image, blob, made_of
from pullproof.lab.kernel import inside
from pullproof.lab.lab import Lab
from pullproof.lab.plan import Start, planned
from pullproof.lab.probe import connect
from pullproof.lab.registry import bucket
from pullproof.lab.sandbox import run_inside
from pullproof.model.estate import Estate
from pullproof.model.packets import tcp
from tests.build import a_group, a_rule, a_subnet, an_endpoint, an_open_network

MEGABYTES = 500


@contextmanager
def timed(what: str, note: str = "") -> Iterator[None]:
    """Print what a block took."""
    wall, own = time.perf_counter(), time.process_time()
    yield
    row(
        what,
        f"{time.perf_counter() - wall:8.3f} s  ({time.process_time() - own:.3f} s of its own processor)",
        note,
    )


def row(what: str, value: str, note: str = "") -> None:
    """One line."""
    print(f"{what:45} {value}  {note}".rstrip(), flush=True)


def network(interfaces: int, rules: int = 0) -> tuple[Estate, list[Start]]:
    """A subnet with so many tasks; with rules, each task has a group of its own, of ten rules."""
    estate = an_open_network()
    a_subnet(estate, block="10.0.0.0/16")
    an_endpoint(estate, "ecr.api", groups=("endpoint-group",))
    for number in range(rules // 10):
        a_group(
            estate, f"group{number}", egress=tuple(a_rule(f"10.{n}.0.0/16", tcp(n + 1)) for n in range(10))
        )
    own = rules // 10
    return estate, [
        Start(key=f"task{n}", subnet="subnet", groups=(f"group{n}",) if n < own else ("task",))
        for n in range(interfaces)
    ]


def interfaces() -> None:
    """Interfaces that come up, and rules that are loaded."""
    for count in (100, 500, 1000):
        estate, starts = network(count)
        plan = planned(estate, starts)
        with timed(f"{count} interfaces up", "aim: 1 s for 1,000" if count == 1000 else ""):
            held = Network(plan)
        if count == 1000:
            with timed("the same filters again"):
                held.load()
            latency(held)
        held.close()
        settle()
    estate, starts = network(1000, rules=10_000)
    with Network(planned(estate, starts)) as held, timed("10,000 rules in 1,000 groups loaded"):
        held.load()


def settle() -> None:
    """Let the kernel take away what was before: it does so afterwards, and slowly."""
    time.sleep(4)


def latency(held: Network) -> None:
    """A connection through routes, ACLs and groups, against one on the loopback."""
    task = held.plan.of("task0")[0]
    endpoint = next(each for each in held.plan.interfaces.values() if each.ports)
    for what, space, address in (
        ("a connection through the fabric", task.name, endpoint.address),
        ("a connection on the loopback", endpoint.name, 0x7F000001),
    ):
        took = []
        for _ in range(200):
            begin = time.perf_counter()
            assert connect(held, space, [address], 443).all_open, what
            took.append(time.perf_counter() - begin)
        row(what, f"{sorted(took)[100] * 1e6:8.0f} us (median of 200)")


def layer() -> None:
    """A layer through the fabric, against the same on the loopback: TLS, and the front, on both."""
    from pullproof.cli.lab.story import before, with_login
    from pullproof.cli.lab.up import credentials
    from pullproof.lab.furnish import furnish

    credentials()
    with timed("nothing to a lab that answers"):
        lab = Lab(with_login(before()))
    furnish(lab)
    data = os.urandom(1 << 20) * MEGABYTES
    base = made_of([b""], {})
    big = blob(data, LAYER)
    lab.push(Image(manifest=base.manifest, config=base.config, layers=(big,)), "big")
    task = lab.start(lab.plan.estate.launches["orders"], platform="1.3.0")
    spaces = (("fabric", lab.network.spaces[lab.plan.of(task.id)[0].name]), ("loopback", lab._home))  # noqa: SLF001
    host = f"{bucket(lab.plan.region)}.s3.{lab.plan.region}.amazonaws.com"
    name = big.digest.removeprefix("sha256:")
    path = f"/docker/registry/v2/blobs/sha256/{name[:2]}/{name}/data?X-Amz-Signature=x"
    context = ssl.create_default_context(cafile=lab.authority.bundle)
    best: dict[str, float] = {}
    for _ in range(5):
        for what, space in spaces:
            with inside(space):
                best[what] = min(best.get(what, 1e9), fetched(host, path, context))
    for what, seconds in best.items():
        row(f"{MEGABYTES} MB through the {what}", f"{seconds:8.3f} s (best of 5)")
    row("fabric against loopback", f"{best['loopback'] / best['fabric']:8.2f}", "aim: 0.9")
    lab.close()


def fetched(host: str, path: str, context: ssl.SSLContext) -> float:
    """Seconds to fetch it all."""
    begin = time.perf_counter()
    connection = http.client.HTTPSConnection(host, 443, context=context, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    size, held = 0, bytearray(1 << 20)
    while more := answer.readinto(held):
        size += more
    connection.close()
    assert answer.status == 200, answer.status
    assert size == MEGABYTES << 20, size
    return time.perf_counter() - begin


def cold() -> None:
    """From nothing to a task that runs, when nothing of it has been read from the disk."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("1", encoding="ascii")
    launched("nothing to pulled, cold")


def launch() -> None:
    """The same once more: every file is in memory; then a second task."""
    launched("nothing to pulled, warm", again="RunTask to RUNNING")


def launched(what: str, again: str = "") -> None:
    """A lab, and a task in it."""
    with timed(what):
        from pullproof.cli.lab.story import before, with_login
        from pullproof.cli.lab.up import credentials
        from pullproof.lab.furnish import furnish

        credentials()
        lab = Lab(with_login(before()))
        furnish(lab)
        lab.start(lab.plan.estate.launches["orders"], platform="1.3.0")
    if again:
        with timed(again):
            lab.start(lab.plan.estate.launches["orders"], platform="1.3.0")
    lab.close()


def peer() -> None:
    """A hundred hosts on one switch by mininet, which Debian has, against a hundred interfaces of a lab."""
    program = Path("/usr/bin/python3")
    if not Path("/usr/lib/python3/dist-packages/mininet").exists():
        row("mininet", "is not installed: apt-get install --no-install-recommends mininet bridge-utils")
        return
    estate, starts = network(100)
    plan = planned(estate, starts)
    theirs, ours = [], []
    for _ in range(3):
        done = subprocess.run([program, "-c", MININET], capture_output=True, text=True, check=True)
        theirs.append(float(done.stdout))
        begin = time.perf_counter()
        held = Network(plan)
        ours.append(time.perf_counter() - begin)
        held.close()
        settle()
    row("100 hosts by mininet", f"{min(theirs):8.3f} s (best of 3)")
    row("100 interfaces by a lab", f"{min(ours):8.3f} s (best of 3)")
    row("mininet against a lab", f"{min(theirs) / min(ours):8.1f}")


MININET = """
import time
from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.nodelib import LinuxBridge
setLogLevel("error")
begin = time.perf_counter()
net = Mininet(switch=LinuxBridge, controller=None, build=False, autoSetMacs=True)
switch = net.addSwitch("s1")
for number in range(100):
    net.addLink(net.addHost(f"h{number}"), switch)
net.build()
net.start()
print(time.perf_counter() - begin)
net.stop()
"""


def main(words: list[str]) -> int:
    """Measure, each part in a sandbox of its own."""
    parts: dict[str, Callable[[], None]] = {
        "cold": cold,
        "launch": launch,
        "interfaces": interfaces,
        "layer": layer,
        "peer": peer,
    }
    gc.disable()  # as every command does
    for name in words or list(parts):

        def work(part: Callable[[], None] = parts[name]) -> int:
            part()
            return 0

        if status := run_inside(work):
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
