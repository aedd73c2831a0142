"""`lab up`: a lab that goes on in the background, until `lab down`, or until it is killed."""

import gc
import json
import os
import select
import socket
from argparse import Namespace

from pullproof.cli.lab.keys import exported
from pullproof.cli.loading import load
from pullproof.cli.out import emit
from pullproof.errors import PullproofError, ToolError
from pullproof.model.estate import Estate

#: Nobody else's loopback address: a lab that forgot its port is not somebody's server.
HOST = "127.77.0.1"
#: Seconds until a lab must have come up.
PATIENCE = 120
REGION = "eu-west-1"


def up(options: Namespace) -> int:
    """Start a lab, and say how to reach it.

    Raises:
        UsageError: one of that name runs.
        InputError: the input's region is not known.
        ToolError: this machine cannot have one.
    """
    from pullproof.lab.remote import claimed
    from pullproof.lab.sandbox import start_inside

    estate = _given(options) if options.input else _empty(options.region)
    control = claimed(options.name)
    api = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    api.bind((HOST, 0))
    api.listen(1024)
    ours, theirs = socket.socketpair()

    def work() -> int:
        return _serve(estate, options, (control, api), theirs)

    process = start_inside(work, stays=not options.foreground, without=[ours])
    for held in (control, api, theirs):
        held.close()
    with ours:
        told = _wait(ours)
    emit(_shown(told, options.name))
    if options.foreground:
        try:
            return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        except KeyboardInterrupt:
            return 0
    return 0


def _serve(
    estate: Estate, options: Namespace, sockets: tuple[socket.socket, socket.socket], ready: socket.socket
) -> int:
    """The lab's own process: build, say so, serve."""
    from pullproof.cli.lab.reading import Reader
    from pullproof.lab.daemon import Daemon
    from pullproof.lab.furnish import furnish
    from pullproof.lab.lab import Lab

    try:
        credentials()
        lab = Lab(estate, api=sockets[1], scale=options.time_scale)
        furnish(lab)
        reader = None if options.input else Reader()
        daemon = Daemon(lab, sockets[0], reader, keeps=not options.no_tasks)
    except PullproofError as error:
        _tell(ready, {"error": error.problem, "remedy": error.remedy})
        return 1
    except Exception as error:  # noqa: BLE001  # whoever waits must hear of it
        _tell(ready, {"error": f"the lab did not come up: {error!r}", "remedy": ""})
        return 1
    launches = list(lab.plan.estate.launches)
    keys = {"id": lab.keys.id, "secret": lab.keys.secret}
    _tell(ready, {"api": lab.api, "region": lab.plan.region, "launches": launches, **keys})
    # Commands collect no garbage, since they end soon. A lab does not; what it began with, it keeps.
    gc.freeze()
    gc.enable()
    return daemon.serve()


def _tell(ready: socket.socket, what: dict[str, object]) -> None:
    """One line to whoever waits."""
    with ready:
        ready.sendall(json.dumps(what).encode() + b"\n")


def credentials() -> None:
    """Credentials that are none: nothing here leaves the machine."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "lab",
        "AWS_SECRET_ACCESS_KEY": "lab",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_CA_BUNDLE",
        "AWS_ENDPOINT_URL",
        "HTTPS_PROXY",
        "HTTP_PROXY",
    ):
        os.environ.pop(name, None)


def _given(options: Namespace) -> Estate:
    """The estate of the input."""
    from pullproof.lab.concrete import region_of

    loaded = load(options)
    region_of(loaded.estate, loaded.path)
    return loaded.estate


def _empty(region: str | None) -> Estate:
    estate = Estate()
    estate.region = region or REGION
    return estate


def _wait(ours: socket.socket) -> dict[str, object]:
    """What the lab says once it is there.

    Raises:
        ToolError: it says that it could not, or nothing.
    """
    ready, _, _ = select.select([ours], [], [], PATIENCE)
    with ours.makefile("rb") as lines:
        text = lines.readline() if ready else b""
    if not text:
        raise ToolError("the lab did not come up", remedy="pullproof lab up --foreground")
    told: dict[str, object] = json.loads(text)
    if "error" in told:
        raise ToolError(str(told["error"]), remedy=str(told["remedy"]))
    return told


def _shown(told: dict[str, object], name: str) -> str:
    launches = told["launches"] if isinstance(told["launches"], list) else []
    again = "" if name == "default" else f" --name {name}"
    lines = [
        f"a lab runs in {told['region']}; it ends with: pullproof lab down{again}",
        f"  {exported(told)}",
    ]
    lines += [f"  {launch}" for launch in launches]
    if not launches:
        lines.append(f"  nothing runs in it yet: pullproof lab apply DIR{again}")
    return "\n".join(lines) + "\n"
