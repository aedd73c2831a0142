"""EFS: an NFSv4 server in the network of each mount target, and the questions that a mount begins with.

The server is nfs-ganesha, where it is installed. A mount of the kernel's needs an NFS client, which not every
kernel has: once the server has answered through the network, the exported folder itself is bound into the
container. Transport encryption and access points are not emulated.
"""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

from pullproof.lab.agent import Stopped
from pullproof.lab.fabric import Network
from pullproof.lab.kernel import inside
from pullproof.lab.plan import Interface, Role
from pullproof.lab.sandbox import HOME

PORT = 2049
PROGRAM = "ganesha.nfsd"
#: What efs-utils waits for a mount, in seconds, and how often it tries.
PATIENCE, ATTEMPTS = 15.0, 3
FAILED = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "


def installed() -> bool:
    """Whether this machine has the server, and lets it open files by their handles: only root may."""
    users = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return shutil.which(PROGRAM) is not None and users[:2] == ["0", "0"]


def folder(system: str) -> Path:
    """Where a file system's files are."""
    made = HOME / "efs" / hashlib.sha256(system.encode()).hexdigest()[:20]
    made.mkdir(parents=True, exist_ok=True)
    made.chmod(0o777)
    return made


class Servers:
    """One server for each mount target, in its namespace."""

    def __init__(self) -> None:
        self._held: dict[str, subprocess.Popen[bytes]] = {}

    def follow(self, network: Network) -> None:
        """Have servers for the mount targets that there are, and for no others."""
        targets = {each.name: each for each in network.plan.interfaces.values() if each.role is Role.MOUNT}
        for name in [name for name in self._held if name not in targets]:
            _end(self._held.pop(name))
        new = [each for name, each in targets.items() if name not in self._held]
        for target in new:
            self._held[target.name] = _started(network, target)
        for target in new:
            _wait(network, target, self._held[target.name])

    def close(self) -> None:
        """End them all."""
        for process in self._held.values():
            _end(process)
        self._held = {}


def _started(network: Network, target: Interface) -> subprocess.Popen[bytes]:
    key = str(network.plan.estate.mount_targets[target.owner].file_system)
    known = network.plan.estate.file_systems.get(key)
    system = key if known is None else known.id
    home = HOME / "nfs" / target.name
    for part in ("v4recov", "v4old"):
        (home / part).mkdir(parents=True, exist_ok=True)
    Path("/run/ganesha").mkdir(exist_ok=True)
    written = home / "ganesha.conf"
    written.write_text(_configuration(folder(system), home), encoding="utf-8")
    words = [PROGRAM, "-F", "-f", str(written), "-L", str(home / "log"), "-p", str(home / "pid")]
    with inside(network.spaces[target.name]):
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def _configuration(exported: Path, home: Path) -> str:
    """NFSv4 only, on the port of EFS, one export.

    https://github.com/nfs-ganesha/nfs-ganesha/blob/next/src/config_samples/config.txt
    """
    return (
        f"NFS_CORE_PARAM {{ Protocols = 4; NFS_Port = {PORT}; Enable_NLM = false; Enable_RQUOTA = false; }}\n"
        f"NFSv4 {{ Graceless = true; RecoveryRoot = {json.dumps(str(home))}; Only_Numeric_Owners = true; }}\n"
        "NFS_KRB5 { Active_krb5 = false; }\n"
        f"EXPORT {{ Export_Id = 1; Path = {json.dumps(str(exported))}; Pseudo = /; Access_Type = RW;"
        " Squash = No_Root_Squash; SecType = sys; FSAL { Name = VFS; } }\n"
    )


def _wait(network: Network, target: Interface, process: subprocess.Popen[bytes], seconds: float = 5) -> None:
    """Until it listens; one that does not is found by whoever mounts."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with inside(network.spaces[target.name]), socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(timeout=5)


def mounted(space: int, host: str, scale: float, *, speaks: bool) -> None:
    """What a mount begins with, from a task's namespace: the name, the connection, and an answer of the server.

    Raises:
        Stopped: there is none.
    """
    problem = ""
    with inside(space):
        for _ in range(ATTEMPTS):
            try:
                with socket.create_connection((host, PORT), timeout=PATIENCE * scale) as connection:
                    if not speaks or answers(connection):
                        return
                problem = "b'mount.nfs4: an unexpected answer'"
            except socket.gaierror as error:
                says = f'Failed to resolve "{host}" - check that your file system ID is correct'
                raise Stopped("efs", FAILED + says) from error
            except OSError as error:
                problem = "b'mount.nfs4: Connection timed out'"
                if isinstance(error, ConnectionError):
                    problem = "b'mount.nfs4: Connection refused'"
    says = f"Mount attempt {ATTEMPTS}/{ATTEMPTS} failed due to timeout after {PATIENCE:.0f} sec, {problem}"
    raise Stopped("efs", FAILED + says)


def answers(connection: socket.socket) -> bool:
    """Whether an NFSv4 server is at the other end: it answers the call that does nothing.

    https://www.rfc-editor.org/rfc/rfc5531#section-9
    """
    number = secrets.randbits(31)
    call = struct.pack(">6I", number, 0, 2, 100003, 4, 0) + bytes(16)
    connection.sendall(struct.pack(">I", 0x80000000 | len(call)) + call)
    data = b""
    with contextlib.suppress(TimeoutError):
        while len(data) < 28 and (more := connection.recv(4096)):
            data += more
    if len(data) < 28:
        return False
    replied, kind, accepted = struct.unpack(">3I", data[4:16])
    return (replied, kind, accepted) == (number, 1, 0) and struct.unpack(">I", data[24:28])[0] == 0


def within(root: Path, below: str) -> Path:
    """A folder of a file system by its path in it; never outside.

    Raises:
        Stopped: there is none.
    """
    path = Path(os.path.realpath(root / below.lstrip("/")))
    if not path.is_relative_to(root) or not path.is_dir():
        says = f"mount.nfs4: mounting {below[:200]} failed, reason given by server: No such file or directory"
        raise Stopped("efs", FAILED + says)
    return path
