"""Fargate's agent, with images and secrets whose names and answers make no sense: the launch stops with a reason."""

import contextlib
from pathlib import Path
from typing import Any

import pytest

from pullproof.lab import agent as module
from pullproof.lab.agent import Agent, Event, Secret, Setting, Stopped, Work
from pullproof.lab.tls import Authority

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:token-a1b2c3"
INIT = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "


class Client:
    """A service of AWS that answers the same to everything."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        return lambda **_: self._answer


class Held:
    """An agent that enters no namespace, with whatever it tells."""

    def __init__(self, folder: Path) -> None:
        self.events: list[Event] = []
        authority = Authority(folder)
        setting = Setting(task=-1, own=-1, platform="1.4.0", key="AKIA1", authority=str(authority.bundle))
        self.agent = Agent(setting, folder, self.events.append)

    def stops(self, **work: Any) -> Stopped:
        """How a launch stops."""
        plain: dict[str, Any] = {"container": "c", "image": "example.com/a:b", "region": "eu-west-1"}
        with pytest.raises(Stopped) as stopped:
            self.agent.launch(Work(**plain | {"needs_login": False} | work))
        last = self.events[-1]
        assert (stopped.value.step, False, stopped.value.reason) == (last.step, last.ok, last.says)
        return stopped.value


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Held:
    """An agent."""
    monkeypatch.setattr(module, "inside", lambda _: contextlib.nullcontext())
    return Held(tmp_path)


@pytest.mark.parametrize(
    "image", ["", "a b:v1", "example.com/a\n:v1", "example.com/../a:v1", "a..b.example.com/x:v1"]
)
def test_an_image_that_is_none_is_not_pulled(held: Held, image: str) -> None:
    """It ends at the manifest, before anything is sent."""
    stopped = held.stops(image=image)

    assert "image-manifest" == stopped.step
    assert stopped.reason.startswith("CannotPullContainerError: ")


@pytest.mark.parametrize(
    ("status", "data"),
    [(200, b"no json"), (200, b"{}"), (200, b"[1]"), (200, b'{"config": {}, "layers": 3}'), (200, b"\xff")],
)
def test_a_manifest_that_is_none_stops_the_pull(
    held: Held, monkeypatch: pytest.MonkeyPatch, status: int, data: bytes
) -> None:
    """Whatever a registry answers, the reason says that the image could not be pulled."""
    monkeypatch.setattr(held.agent, "_get", lambda *_: (status, {}, data))

    assert held.stops().reason.startswith("CannotPullContainerError: ")


@pytest.mark.parametrize(
    ("value_from", "answer"),
    [
        (ARN, {}),
        (ARN, {"SecretBinary": b"x"}),
        (f"{ARN}:key", {"SecretString": "no json"}),
        (f"{ARN}:key", {"SecretString": "[]"}),
        (f"{ARN}:key", {"SecretString": "{}"}),
        ("", {"InvalidParameters": [], "Parameters": []}),
        ("a\0b", {"InvalidParameters": ["a\0b"]}),
        ("/x", {"InvalidParameters": None, "Parameters": None}),
    ],
)
def test_a_secret_that_makes_no_sense_stops_the_launch(
    held: Held, monkeypatch: pytest.MonkeyPatch, value_from: str, answer: Any
) -> None:
    """In the words in which ECS says that secrets could not be had."""
    monkeypatch.setattr(held.agent, "_client", lambda *_: Client(answer))

    stopped = held.stops(secrets=(Secret(name="A", value_from=value_from),))

    assert ("secrets" if value_from.startswith("arn") else "parameters") == stopped.step
    assert stopped.reason.startswith(INIT[:71])


@pytest.mark.parametrize(
    "answer", [{}, {"authorizationData": []}, {"authorizationData": [{"authorizationToken": "ä"}]}]
)
def test_a_login_that_makes_no_sense_stops_the_launch(
    held: Held, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    """So does what ECR answers."""
    monkeypatch.setattr(held.agent, "_client", lambda *_: Client(answer))

    assert held.stops(needs_login=True).reason.startswith(INIT)
