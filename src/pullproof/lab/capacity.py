"""Capacity providers: moto takes a strategy for RunTask's first task and forgets that of a service; here both keep it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
"""

import importlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

#: What AWS says to whoever wants both.
BOTH = "Specify either Launch Type or Capacity Provider Strategy, but not both."

Strategy = Sequence[Mapping[str, Any]]


def whole(strategy: Strategy | None) -> list[dict[str, Any]]:
    """A strategy as AWS tells it: with the weight and the base that it has when nobody says, which are 0."""
    return [
        {
            "capacityProvider": str(each.get("capacityProvider", "")),
            "weight": int(each.get("weight") or 0),
            "base": int(each.get("base") or 0),
        }
        for each in strategy or ()
    ]


def provider_of(strategy: Strategy, running: Mapping[str, int]) -> str:
    """Where the next task runs: first as many as each base says, then by weight."""
    items = whole(strategy)
    for each in items:
        if running.get(each["capacityProvider"], 0) < each["base"]:
            return str(each["capacityProvider"])
    weighed = [each for each in items if each["weight"]] or items[:1]

    def share(each: Mapping[str, Any]) -> float:
        beyond = running.get(each["capacityProvider"], 0) - each["base"] + 1
        return float(beyond / max(each["weight"], 1))

    return str(min(weighed, key=share)["capacityProvider"])


def mend_capacity(models: Any, responses: Any) -> None:
    """Have services and tasks keep the strategy that they were given, or their cluster's."""
    _services(responses)
    _updates(models.EC2ContainerServiceBackend)
    _tasks(models.EC2ContainerServiceBackend, models.Task)


def _given(service: Any, strategy: Strategy) -> None:
    """A service has a strategy, and so no launch type."""
    service.capacity_provider_strategy = whole(strategy)
    service.launch_type = None
    for deployment in service.deployments[:1]:
        deployment["capacityProviderStrategy"] = service.capacity_provider_strategy
        deployment["platformFamily"] = "FARGATE"
        deployment.pop("launchType", None)


def _services(responses: Any) -> None:
    create = responses.create_service
    exceptions: Any = importlib.import_module("moto.ecs.exceptions")

    def created(self: Any) -> Any:
        strategy = self._get_param("capacityProviderStrategy")
        if strategy and self._get_param("launchType"):
            raise exceptions.InvalidParameterException(BOTH)
        said = create(self)
        service = said.result["service"]
        if not strategy and not self._get_param("launchType"):
            cluster = self.ecs_backend._get_cluster(self._get_param("cluster", "default"))  # noqa: SLF001
            strategy = cluster.default_capacity_provider_strategy
        if strategy:
            _given(service, strategy)
        return said

    responses.create_service = created


def _updates(backend: Any) -> None:
    update = backend.update_service

    def updated(self: Any, service_properties: dict[str, Any]) -> Any:
        strategy = service_properties.get("capacity_provider_strategy")
        service = update(self, service_properties)
        if strategy:
            # The deployment is told when the service has a new one.
            service.capacity_provider_strategy, service.launch_type = whole(strategy), None
        return service

    backend.update_service = updated


def _tasks(backend: Any, task: Any) -> None:
    run = backend.run_task
    make = task.__init__

    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        self.launch_type = self.launch_type or None

    def ran(self: Any, cluster_str: str, *args: Any, **kwargs: Any) -> Any:
        found = run(self, cluster_str, *args, **kwargs)
        strategy = kwargs.get("capacity_provider_strategy") or (args[9] if len(args) > 9 else None)
        strategy = strategy or self._get_cluster(cluster_str).default_capacity_provider_strategy
        running: Counter[str] = Counter()
        for each in found:
            if each.capacity_provider_name and strategy:
                each.capacity_provider_name = provider_of(strategy, running)
                running[each.capacity_provider_name] += 1
        return found

    task.__init__ = made
    backend.run_task = ran
