"""How a lab follows its account: what it reads was so at one moment, and trouble is told until it is over."""

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from pullproof.errors import InputError
from pullproof.lab.daemon import PATIENT, Daemon
from pullproof.lab.remote import claimed
from pullproof.model.estate import Estate
from tests.build import an_estate
from tests.lab.test_daemon import FakeLab

pytest.importorskip("moto")


class Followed(FakeLab):
    """A lab that remembers which estates it became."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.cloud = SimpleNamespace(port=1, still=threading.Lock())
        self.became: list[Estate] = []

    def apply(self, estate: Estate) -> None:
        """Remember it."""
        self.became.append(estate)


def _daemon(lab: Followed, read: object) -> Daemon:
    with claimed(lab.name) as control:
        return Daemon(lab, control, read, keeps=False)  # type: ignore[arg-type]  # what it needs of one


def test_an_account_that_goes_on_changing_is_held_still_in_the_end(tmp_path: Path) -> None:
    """What was read while something changed is read again; the last time, changes wait."""
    lab, held = Followed(tmp_path), list[bool]()

    def read(_endpoint: str, _region: str) -> Estate:
        held.append(lab.cloud.still.locked())
        if not held[-1]:
            lab.changed += 1
        return an_estate()

    _daemon(lab, read).refresh()

    assert [*[False] * PATIENT, True] == held
    assert (PATIENT, 1) == (lab.followed, len(lab.became))
    assert not lab.cloud.still.locked()


def test_trouble_is_told_until_it_is_over(tmp_path: Path) -> None:
    """An account that cannot be read leaves the network as it is, and says why; the next look may do better."""
    lab = Followed(tmp_path)
    answers: list[Exception | Estate] = [InputError("no such thing"), ValueError("odd"), an_estate()]
    lab.changed = 1

    def read(_endpoint: str, _region: str) -> Estate:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    daemon = _daemon(lab, read)
    told = []
    for _ in range(3):
        daemon.refresh()
        told.append(next(iter(daemon._status({})))["trouble"])  # as `lab list` asks it

    assert ["no such thing", "the account could not be followed: ValueError('odd')", ""] == told
    assert (1, 1) == (lab.followed, len(lab.became))
