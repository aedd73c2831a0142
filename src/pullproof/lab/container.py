"""The container itself: runc, in the task's network, from the layers that were pulled."""

import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from pullproof.errors import ToolError
from pullproof.lab.image import remove
from pullproof.lab.sandbox import HOME, RESOLV_CONF
from pullproof.lab.unpack import Unpacker

CAPABILITIES = [
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
]  # fmt: skip


#: What comes before the words of the runtime.
FAILED = "OCI runtime create failed: "
#: A user and a group, by name or by number up to 2,147,483,647.
_ONE = r"(?:[0-9]{1,9}|1[0-9]{9}|20[0-9]{8}|[A-Za-z_][A-Za-z0-9_.-]{0,63})"
_USER = re.compile(rf"(?:{_ONE}(?::{_ONE})?)?", re.ASCII)


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of a file system in a container: which file system, `below` which of its folders, and where."""

    source: str
    below: str = "/"
    target: str
    read_only: bool = False


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How a container runs: what the task definition adds to the image."""

    name: str
    hostname: str
    command: tuple[str, ...] = ()
    entry_point: tuple[str, ...] = ()
    environment: Mapping[str, str] = {}
    directory: str = ""
    user: str = ""
    mounts: tuple[Mount, ...] = ()


class Container:
    """A container that runs; its output goes into a file.

    Raises:
        InputError: its image cannot be unpacked.
        ToolError: it cannot run, in the words of the runtime; or there is none.
    """

    def __init__(
        self,
        asked: Asked,
        image: dict[str, Any],
        layers: tuple[Path, ...],
        network: int,
        resolv: str = RESOLV_CONF,
    ) -> None:
        checked(asked)
        self.name = plain(asked.name)
        self._folder = HOME / "containers" / self.name
        root = self._folder / "root"
        root.mkdir(parents=True)
        self.output = self._folder / "output"
        try:
            unpacker = Unpacker(root)
            for layer in layers:
                with layer.open("rb") as file:
                    unpacker.add(file, layer.name)
            (self._folder / "resolv.conf").write_text(resolv, encoding="ascii")
            config = _config(asked, image.get("config") or {}, root, network, self._folder)
            (self._folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
            self._start()
        except BaseException:
            self.clear()
            raise

    def _start(self) -> None:
        begun, log = self._folder / "pid", self._folder / "log"
        words = [*_runc(), "--log", str(log), "--log-format", "json", "run", "--pid-file", str(begun)]
        try:
            with self.output.open("wb") as file:
                self._process = subprocess.Popen(
                    [*words, "--bundle", str(self._folder), self.name],
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                )
        except FileNotFoundError as error:
            raise ToolError("runc is not installed", remedy="apt-get install runc") from error
        while not begun.exists():
            if self._process.poll() is not None and not begun.exists():
                raise ToolError(FAILED + _last_error(log))
            time.sleep(0.002)

    @property
    def exit_code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def execute(self, words: list[str]) -> int:
        """Run a program in the container, on this terminal; its exit code."""
        return subprocess.run([*_runc(), "exec", self.name, *words], check=False).returncode

    def stop(self, seconds: float = 2) -> int:
        """SIGTERM, and SIGKILL for those who do not listen; the exit code."""
        for word, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
            subprocess.run(
                [*_runc(), "kill", self.name, str(int(word))], check=False, capture_output=True, timeout=10
            )
            try:
                return self._process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                continue
        return self._process.returncode or 137

    def clear(self) -> None:
        """Take its files away; what it wrote stays."""
        remove(self._folder / "root")


def checked(asked: Asked) -> None:
    """Refuse what no container can run with; everything else is the runtime's to judge.

    Raises:
        ToolError: and why.
    """
    words = (*asked.command, *asked.entry_point, asked.directory, asked.user, *asked.environment)
    targets = [mount.target for mount in asked.mounts]
    if any("\0" in word for word in (*words, *asked.environment.values(), *targets)):
        raise ToolError(f"{FAILED}a text contains a NUL byte")
    for name in asked.environment:
        if not name or "=" in name:
            raise ToolError(f"{FAILED}invalid environment variable: {name!r}")
    for place in (*filter(None, [asked.directory]), *targets):
        if not place.startswith("/"):
            raise ToolError(f"{FAILED}the path {place!r} is invalid, it needs to be an absolute path")
    if _USER.fullmatch(asked.user) is None:
        raise ToolError(f"{FAILED}unable to find user {asked.user!r}")


def _last_error(log: Path) -> str:
    """What the runtime said last, before it gave up."""
    said = "it said nothing"
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else ():
        with contextlib.suppress(ValueError, AttributeError):
            said = str(json.loads(line).get("msg") or said)
    return said


def _number(user: str) -> int:
    """The number of a user or group; of one with a name, that of root: whom a stand-in image knows is not told."""
    return int(user) if user.isdecimal() else 0


def plain(name: str) -> str:
    """A name that is one folder, and that runc takes: what an input calls its containers may be any text.

    Of names that are not plain, different ones stay different.
    """
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", name):
        return name
    kept = re.sub(r"[^A-Za-z0-9_-]", "-", name)[:40].strip("-")
    return f"c-{kept}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _runc() -> list[str]:
    root = HOME / "runc"
    root.mkdir(exist_ok=True)
    rootless = [] if os.geteuid() == 0 else ["--rootless", "true"]
    return ["runc", "--root", str(root), *rootless]


def _config(asked: Asked, image: dict[str, Any], root: Path, network: int, folder: Path) -> dict[str, object]:
    """A runtime configuration.

    https://github.com/opencontainers/runtime-spec/blob/main/config.md
    """
    # An entry point of the task's own puts the image's command aside, as in Docker.
    rest = asked.command or (() if asked.entry_point else image.get("Cmd") or ())
    command = [*(asked.entry_point or image.get("Entrypoint") or ()), *rest]
    environment = dict(each.partition("=")[::2] for each in image.get("Env") or ())
    environment |= dict(asked.environment)
    user = str(asked.user or image.get("User") or "0").split(":")
    numbers = [_number(part) for part in (*user, user[0])][:2]
    return {
        "ociVersion": "1.0.2",
        "hostname": asked.hostname,
        "root": {"path": str(root)},
        "process": {
            "args": command or ["sh"],
            "cwd": asked.directory or image.get("WorkingDir") or "/",
            "env": [f"{name}={value}" for name, value in environment.items()],
            "user": {"uid": numbers[0], "gid": numbers[1]},
            "noNewPrivileges": True,
            "capabilities": dict.fromkeys(
                ("bounding", "effective", "permitted", "inheritable"), CAPABILITIES
            ),
        },
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
            {
                "destination": "/dev/pts",
                "type": "devpts",
                "source": "devpts",
                "options": ["nosuid", "noexec", "newinstance"],
            },
            {
                "destination": "/sys",
                "type": "sysfs",
                "source": "sysfs",
                "options": ["ro", "nosuid", "noexec", "nodev"],
            },
            _bound(str(folder / "resolv.conf"), "/etc/resolv.conf", "ro"),
            *(_bound(m.source, m.target, "ro" if m.read_only else "rw") for m in asked.mounts),
        ],
        "linux": {
            "namespaces": [
                *({"type": kind} for kind in ("pid", "ipc", "uts", "mount")),
                {"type": "network", "path": f"/proc/{os.getpid()}/fd/{network}"},
            ],
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/sysrq-trigger"],
            "readonlyPaths": ["/proc/sys", "/proc/irq", "/proc/bus"],
        },
    }


def _bound(source: str, target: str, how: str) -> dict[str, object]:
    return {"destination": target, "type": "bind", "source": source, "options": ["rbind", how]}
