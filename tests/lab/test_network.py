"""Networks in the kernel: the same blocks twice, many groups, hostile names, and without root."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest

from pullproof.lab.ask import ask
from pullproof.lab.fabric import Network
from pullproof.lab.kernel import inside
from pullproof.lab.plan import Start, planned
from pullproof.model.packets import ALL_TRAFFIC
from tests.build import (
    a_group,
    a_rule,
    a_subnet,
    a_vpc,
    an_endpoint,
    an_open_network,
)
from tests.lab.sandboxed import sandboxed
from tools.repository import ROOT

API = "api.ecr.eu-west-1.amazonaws.com"
HOSTILE = ['x"; flush ruleset; #', "a\nb", "../../x", "\u202eä日本", "$(reboot)"]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]


def test_two_networks_with_the_same_addresses_do_not_meet() -> None:
    """Each task reaches the endpoint of its own VPC; where there is none, nothing."""

    def work() -> list[str]:
        estate = an_open_network()
        a_vpc(estate, "twin", "10.0.0.0/16")
        a_subnet(estate, "twin-subnet", vpc="twin")
        an_endpoint(estate, "ecr.api", groups=("endpoint-group",))
        starts = [
            Start(key=key, subnet=key, groups=("task",) if key == "subnet" else ()) for key in estate.subnets
        ]
        plan = planned(estate, starts)
        with Network(plan) as network:
            mine, theirs = (plan.of(key)[0] for key in ("subnet", "twin-subnet"))
            assert theirs.address in {each.address for each in plan.in_vpc("vpc")}
            return [ask(network, each, API, 443).gate for each in (mine, theirs)]

    assert ["", "no-route"] == sandboxed(work)


def test_a_link_has_the_packets_of_aws_and_no_ipv6() -> None:
    """Nothing is sent by itself: no address of IPv6 asks for its neighbours."""

    def work() -> list[tuple[str, str]]:
        estate = an_open_network()
        plan = planned(estate, [Start(key="a", subnet="subnet", groups=("task",))])
        with Network(plan) as network:
            found = []
            for space in (plan.of("a")[0].name, "vpc:vpc", "out:vpc"):
                with inside(network.spaces[space]):
                    held = Path("/proc/thread-self/net/if_inet6").read_text(encoding="ascii").split("\n")
                    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True)
                pairs = [line for line in links.stdout.splitlines() if "link-netns" in line or "@if" in line]
                found.append(
                    (" ".join(line.split()[-1] for line in held if line), {"mtu 9001" in p for p in pairs})
                )
            return [(names, str(sizes)) for names, sizes in found]

    assert [("lo", "{True}")] * 3 == sandboxed(work)


def test_the_endpoint_that_answers_is_the_one_of_the_senders_vpc() -> None:
    """Another VPC's endpoint for something else may have the same address."""

    def work() -> str:
        estate = an_open_network()
        an_endpoint(estate, "ecr.api", groups=("endpoint-group",))
        a_vpc(estate, "twin", "10.0.0.0/16")
        a_subnet(estate, "twin-subnet", vpc="twin")
        an_endpoint(estate, "logs", key="other", vpc="twin", subnets=("twin-subnet",))
        plan = planned(estate, [Start(key="a", subnet="subnet", groups=("task",))])
        ends = [plan.of(key)[0] for key in ("ecr.api", "other")]
        assert ends[0].address == ends[1].address
        with Network(plan) as network:
            return ask(network, plan.of("a")[0], API, 443).gate

    assert "" == sandboxed(work)


def test_two_hundred_groups_are_one_set_of_rules() -> None:
    """Any of them lets a task out."""

    def work() -> tuple[str, str]:
        estate = an_open_network()
        an_endpoint(estate, "ecr.api", groups=("endpoint-group",))
        names = [f"group{number}" for number in range(200)]
        for name in names:
            a_group(estate, name, egress=(a_rule("0.0.0.0/0", ALL_TRAFFIC),) if name == "group150" else ())
        starts = [
            Start(key="all", subnet="subnet", groups=tuple(names)),
            Start(key="one", subnet="subnet", groups=("group1",)),
        ]
        plan = planned(estate, starts)
        with Network(plan) as network:
            return ask(network, plan.of("all")[0], API, 443).gate, ask(
                network, plan.of("one")[0], API, 443
            ).gate

    assert ("", "sg-egress") == sandboxed(work)


@pytest.mark.parametrize("word", HOSTILE, ids=repr)
def test_whatever_things_are_called_the_network_is_the_same(word: str) -> None:
    """Names end neither a rule nor a path."""

    def work() -> list[str]:
        estate = an_open_network()
        a_group(estate, word, egress=(a_rule("0.0.0.0/0", ALL_TRAFFIC),))
        a_subnet(estate, word, "10.0.7.0/24")
        an_endpoint(estate, "ecr.api", word, subnets=(word,), groups=("endpoint-group",))
        plan = planned(estate, [Start(key=word * 2, subnet=word, groups=(word,))])
        with Network(plan) as network:
            task = plan.of(word * 2)[0]
            return [
                ask(network, task, host, 443).gate for host in (API, "nothing.example.com", f"{word}.com")
            ]

    assert ["", "no-route", "no-route"] == sandboxed(work)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_no_root_is_needed_where_user_namespaces_are_allowed() -> None:
    """The same networks, judged by somebody who may do nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        top.chmod(0o755)
        for name in ("src", "tests", "tools"):
            shutil.copytree(
                ROOT / name, top / name, ignore=shutil.ignore_patterns("__pycache__", "plans", "golden")
            )
        shutil.copytree(Path(msgspec.__file__).parent, top / "src" / "msgspec")
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        python = Path(sys.executable).resolve()
        done = subprocess.run(
            ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", str(python),
             "-m", "tests.lab.agreement", "2", "1"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{folder}/src:{folder}", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )  # fmt: skip
    if "does not let a process have" in done.stderr:
        pytest.skip("this machine allows nobody but root a user namespace")

    assert (0, "2 networks from 1, 8 questions, 0 disagreements\n") == (done.returncode, done.stdout), (
        done.stderr
    )
