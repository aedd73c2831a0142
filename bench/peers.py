"""The program that is compared with, in an environment of its own, and what it took when it was last measured."""

import datetime as dt
import platform
import subprocess
import sys
from pathlib import Path

import msgspec

from bench.measure import Sample

CHECKOV = "3.3.30"
RECORDED = Path(__file__).parent / "data" / "recorded.json"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a peer took for the plan of a given number of networks, when, and on what."""

    program: str
    networks: int
    median_s: float
    median_cpu_s: float
    peak_mb: float
    rounds: int
    day: str
    machine: str


def install_checkov(work: Path) -> Path:
    """Checkov in its own environment under `work`; made once."""
    home = work / "checkov"
    program = home / "bin" / "checkov"
    if not program.exists():
        print(f"installing checkov {CHECKOV} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", f"checkov=={CHECKOV}"]
        subprocess.run(pip, check=True)
    return program


def checkov(program: Path, plan: Path) -> list[str]:
    """The command that checks one plan, without asking its vendor for anything."""
    return [
        str(program),
        *("--file", str(plan), "--framework", "terraform_plan"),
        *("--skip-download", "--quiet", "--compact"),
    ]


def recorded() -> dict[int, Record]:
    """What was recorded, by the number of networks in the plan."""
    if not RECORDED.exists():
        return {}
    rows = msgspec.json.decode(RECORDED.read_bytes(), type=list[Record])
    return {row.networks: row for row in rows}


def record(samples: dict[int, Sample]) -> None:
    """Keep what was measured now; sizes that were not measured keep what was known of them."""
    now = {
        networks: Record(
            program=f"checkov {CHECKOV}",
            networks=networks,
            median_s=round(sample.median, 2),
            median_cpu_s=round(sample.median_cpu, 2),
            peak_mb=round(sample.peak_mb),
            rounds=len(sample.seconds),
            day=dt.datetime.now(tz=dt.UTC).date().isoformat(),
            machine=_machine(),
        )
        for networks, sample in samples.items()
    }
    rows = [row for _, row in sorted((recorded() | now).items())]
    RECORDED.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")


def _machine() -> str:
    """The processor and the interpreter, in a few words."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} x {models[0]}, Python {platform.python_version()}"
