"""The proof and real packets agree: on random networks, and on the causes seen in the field."""

from collections.abc import Callable
from random import Random

import pytest

from pullproof.model.estate import Estate
from tests.conftest import PROFILE
from tests.lab.agreement import compared, named, walled
from tests.lab.launches import Launches
from tests.lab.sandboxed import sandboxed
from tests.lab.scenarios import differing, share
from tests.scenarios.recipe import every_variant

#: On these the two once differed; each is also a test of what was wrong.
ONCE_DIFFERENT = (100, 5447, 6530, 6699, 20059, 50749, 100147)
#: A VPC beside this one with the same addresses; a port on which no host of AWS answers.
ONCE_DIFFERENT_CAUSES = (("W20", "broken-other-vpc"), ("W34", "broken-port-closed"))
#: A layer's address that is denied, a policy about the caller's account, S3 at the addresses of a list; one that runs.
SERVICES = (10, 129, 5134, 8)
MORE_SERVICES = {"ci": 3}.get(PROFILE, 1)
NETWORKS = {"ci": 10}.get(PROFILE, 6)
VARIANTS = {"ci": 10}.get(PROFILE, 6)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]


def chosen(pytestconfig: pytest.Config) -> Random:
    """Random numbers that `--hypothesis-seed` repeats."""
    seed = pytestconfig.getoption("--hypothesis-seed") or Random().randrange(1 << 32)
    print(f"random seed {seed}")
    return Random(str(seed))


def test_the_proof_and_the_packets_agree_on_networks_where_they_once_did_not() -> None:
    """Verdict and gate are the same."""
    found = sandboxed(lambda: [compared(seed)[1] for seed in ONCE_DIFFERENT])

    assert [] == [each for some in found for each in some]


def test_the_proof_and_the_packets_agree_on_causes_where_they_once_did_not() -> None:
    """Every connection of each."""
    variants = [
        (case, each) for case, each in every_variant() if (case.id, each.name) in ONCE_DIFFERENT_CAUSES
    ]
    tried, found = sandboxed(lambda: differing(variants))

    assert [] == found
    assert tried > len(variants) == len(ONCE_DIFFERENT_CAUSES)


def test_the_proof_and_the_packets_agree_on_random_networks(pytestconfig: pytest.Config) -> None:
    """Half of them are the same every time."""
    random = chosen(pytestconfig)
    seeds = [*range(NETWORKS // 2), *(random.randrange(1 << 32) for _ in range(NETWORKS // 2))]
    found = sandboxed(lambda: [compared(seed) for seed in seeds], seconds=300)

    assert [] == [each for _, some in found for each in some]
    assert sum(asked for asked, _ in found) >= NETWORKS * 3


@pytest.mark.parametrize("change", [walled, named])
def test_firewalls_and_servers_of_ones_own_make_no_difference_between_proof_and_packets(
    pytestconfig: pytest.Config, change: Callable[[int, Estate], None]
) -> None:
    """What the proof is certain of in spite of them, the packets say too."""
    random = chosen(pytestconfig)
    seeds = [*range(2), *(random.randrange(1 << 32) for _ in range(NETWORKS // 3))]
    found = sandboxed(lambda: [compared(seed, change) for seed in seeds], seconds=300)

    assert [] == [each for _, some in found for each in some]


def test_the_proof_and_the_packets_agree_on_causes_of_the_field(pytestconfig: pytest.Config) -> None:
    """One variant of each of several causes."""
    variants = share(VARIANTS, chosen(pytestconfig).randrange(1 << 32))
    tried, found = sandboxed(lambda: differing(variants), seconds=300)

    assert [] == found
    assert tried > 0


def test_the_proof_and_launched_tasks_agree_on_random_services(pytestconfig: pytest.Config) -> None:
    """Networks, policies of every layer and platform versions: the same steps go well, the same one stops it."""
    random = chosen(pytestconfig)
    seeds = [*SERVICES, *(random.randrange(1 << 32) for _ in range(MORE_SERVICES))]

    def work() -> tuple[list[str], int]:
        launches = Launches()
        found = [line for seed in seeds for line in launches.compared(seed)]
        launches.lab.close()
        return found, launches.ran

    found, ran = sandboxed(work, seconds=300)

    assert [] == found
    assert ran > 0
