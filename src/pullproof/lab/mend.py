"""What moto does otherwise than AWS and a network would show, put right once for this process."""

import copy
import importlib
import uuid
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from pullproof.lab.capacity import mend_capacity

_MENDED: set[str] = set()


def mend() -> None:
    """Put it right; a second call does nothing."""
    if _MENDED:
        return
    _MENDED.add("done")
    interfaces = importlib.import_module("moto.ec2.models.elastic_network_interfaces")
    ecs = importlib.import_module("moto.ecs.models")
    backend = importlib.import_module("moto.ec2.models").EC2Backend
    # A VPC without DNS host names gives interfaces none; RunTask asks for one all the same.
    if not hasattr(interfaces.NetworkInterface, "private_dns_name"):
        interfaces.NetworkInterface.private_dns_name = ""
    # Reading a task must not move it on: the lab says what became of it.
    ecs.Task.advance = lambda _: None
    # What a service has when nobody says; without it Terraform sees a change in every plan.
    ecs.Service.availability_zone_rebalancing = "DISABLED"
    _tasks(ecs.Task)
    _default_groups(backend)
    _own_addresses(backend)
    _endpoint_interfaces(backend)
    _endpoint_changes(backend, importlib.import_module("moto.ec2.responses.vpcs").VPCs)
    _memory(ecs.EC2ContainerServiceBackend)
    _stopping(ecs.EC2ContainerServiceBackend)
    _counts(ecs.EC2ContainerServiceBackend)
    _listing(ecs.EC2ContainerServiceBackend)
    mend_capacity(ecs, importlib.import_module("moto.ecs.responses").EC2ContainerServiceResponse)
    _session_keys(importlib.import_module("moto.sts.responses").TokenResponse)


def _tasks(task: Any) -> None:
    """A task begins as AWS's do: PROVISIONING, with every container, and the VPC's default group."""
    make = task.__init__

    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        for value in (*args, *kwargs.values()):
            if isinstance(value, dict) and "awsvpcConfiguration" in value:
                value["awsvpcConfiguration"].setdefault("securityGroups", [])
        make(self, *args, **kwargs)
        self.id = self.id.replace("-", "")
        self.last_status = "PROVISIONING"
        definition = kwargs["task_definition"]
        first = self.containers[0]
        self.containers = [_container(self, first, each) for each in definition.container_definitions]
        self.cpu, self.memory = definition.cpu, definition.memory
        for attachment in self.attachments:
            attachment["status"] = "ATTACHING"

    task.__init__ = made


def _container(task: Any, like: Any, written: dict[str, Any]) -> Any:
    """One container of a task that has not started: without an exit code."""
    made = copy.copy(like)
    made.name, made.image, made.last_status = written.get("name"), written.get("image"), "PENDING"
    made.health_status = "UNKNOWN"
    head, _, rest = task.task_arn.partition(":task/")
    made.task_arn, made.container_arn = task.task_arn, f"{head}:container/{rest}/{uuid.uuid4()}"
    held = {each["name"]: each["value"] for each in (task.attachments or [{"details": []}])[0]["details"]}
    made.network_interfaces = [
        {"attachmentId": each["id"], "privateIpv4Address": held.get("privateIPv4Address", "")}
        for each in task.attachments
    ]
    for name in ("exitCode", "exit_code"):
        if hasattr(made, name):
            delattr(made, name)
    return made


def _default_groups(backend: Any) -> None:
    """A VPC's default group lets in whatever carries it.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    create = backend.create_vpc

    def created(self: Any, *args: Any, **kwargs: Any) -> Any:
        vpc = create(self, *args, **kwargs)
        group = self.get_default_security_group(vpc.id)
        if group is not None and not group.ingress_rules:
            own = [{"GroupId": group.id}]
            self.authorize_security_group_ingress(group.id, "-1", None, None, [], source_groups=own)
        return vpc

    backend.create_vpc = created


def _own_addresses(backend: Any) -> None:
    """Interfaces get an address of their subnet; moto draws one from all of 10.0.0.0/8."""
    create = backend.create_network_interface

    def created(self: Any, subnet: Any, private_ip_address: Any = None, *args: Any, **kwargs: Any) -> Any:
        held = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        if isinstance(private_ip_address, list):  # of a mount target
            private_ip_address = next(iter(private_ip_address), None)
        if not private_ip_address or ip_address(str(private_ip_address)) not in held.cidr:
            private_ip_address = held.get_available_subnet_ip(instance=None)
        return create(self, subnet, private_ip_address, *args, **kwargs)

    backend.create_network_interface = created


def _grouped(backend: Any, interface: Any, groups: list[str]) -> None:
    if interface is not None and groups:
        interface._group_set = [  # noqa: SLF001  # moto has no other way
            held for held in map(backend.get_security_group_from_id, groups) if held
        ]


def _endpoint_interfaces(backend: Any) -> None:
    """An endpoint's interfaces carry the endpoint's groups; moto gives them the default one."""
    create = backend.create_vpc_endpoint

    def created(self: Any, *args: Any, **kwargs: Any) -> Any:
        endpoint = create(self, *args, **kwargs)
        for key in endpoint.network_interface_ids:
            _grouped(self, self.enis.get(key), endpoint.security_group_ids)
        return endpoint

    backend.create_vpc_endpoint = created


def _endpoint_changes(backend: Any, responses: Any) -> None:
    """What ModifyVpcEndpoint says comes true: interfaces and their groups, routes, private DNS."""
    modify: Callable[..., None] = backend.modify_vpc_endpoint
    answer = responses.modify_vpc_endpoint

    def modified(self: Any, vpc_id: str, *args: Any, **kwargs: Any) -> None:
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])[0]
        before = list(endpoint.route_table_ids or [])
        modify(self, vpc_id, *args, **kwargs)
        if (endpoint.vpc_endpoint_type or "Gateway").lower() == "interface":
            _interfaces_follow(self, endpoint)
        elif endpoint.destination_prefix_list_id:
            _routes_follow(self, endpoint, before)

    def answered(self: Any) -> Any:
        said = answer(self)
        wanted = self._get_bool_param("PrivateDnsEnabled")
        if wanted is not None:
            held = self.ec2_backend.vpc_end_points.get(self._get_param("VpcEndpointId"))
            if held is not None:
                held.private_dns_enabled = wanted
        return said

    backend.modify_vpc_endpoint = modified
    responses.modify_vpc_endpoint = answered


def _interfaces_follow(backend: Any, endpoint: Any) -> None:
    """One interface in each of the endpoint's subnets, with the endpoint's groups."""
    held = {key: backend.enis[key] for key in endpoint.network_interface_ids if key in backend.enis}
    there = {interface.subnet.id: key for key, interface in held.items()}
    for subnet, key in there.items():
        if subnet not in (endpoint.subnet_ids or []):
            backend.enis.pop(key)
            held.pop(key)
    for subnet in endpoint.subnet_ids or []:
        if subnet not in there:
            made = backend.create_network_interface(subnet)
            held[made.id] = made
    endpoint.network_interface_ids = list(held)
    for interface in held.values():
        _grouped(backend, interface, endpoint.security_group_ids)


def _routes_follow(backend: Any, endpoint: Any, before: list[str]) -> None:
    """A route to a gateway endpoint in each of its route tables, and in no other."""
    listed = endpoint.destination_prefix_list_id
    for table in before:
        if table not in endpoint.route_table_ids:
            backend.delete_route(table, listed)
    for table in endpoint.route_table_ids:
        if table not in before:
            backend.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=listed)


def _memory(backend: Any) -> None:
    """Fargate takes the memory of the task; moto wants one for each container as well."""
    count = backend._calculate_task_resource_requirements  # noqa: SLF001

    def counted(task_definition: Any) -> Any:
        view = copy.copy(task_definition)
        view.container_definitions = [
            each if each.get("memory") or each.get("memoryReservation") else {**each, "memory": 1}
            for each in task_definition.container_definitions
        ]
        return count(view)

    backend._calculate_task_resource_requirements = staticmethod(counted)  # noqa: SLF001


def _counts(backend: Any) -> None:
    """A service that is changed has the tasks that it had; moto counts those that are wanted as running."""
    update = backend.update_service

    def updated(self: Any, service_properties: dict[str, Any]) -> Any:
        cluster = service_properties.get("cluster") or "default"
        name = str(service_properties.get("service", "")).rpartition("/")[2]
        held = self._get_service(cluster, name)
        before = (held.running_count, held.pending_count)
        found = update(self, service_properties)
        found.running_count, found.pending_count = before
        return found

    backend.update_service = updated


def _stopping(backend: Any) -> None:
    """StopTask says what is wanted; the task is stopped when its containers are.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
    """
    exceptions = importlib.import_module("moto.ecs.exceptions")

    def stopped(self: Any, cluster_str: str, task_str: str, reason: str | None) -> Any:
        cluster = self._get_cluster(cluster_str)
        name = str(task_str).rpartition("/")[2]
        for task in list(self.tasks.get(cluster.name, {}).values()):
            if task.id == name:
                if task.desired_status != "STOPPED":
                    task.desired_status = "STOPPED"
                    task.stop_code = "UserInitiated"
                    task.stopped_reason = reason or "Task stopped by user"
                return task
        raise exceptions.InvalidParameterException("The referenced task was not found.")

    backend.stop_task = stopped


def _listing(backend: Any) -> None:
    """ListTasks knows which service a task is of, and leaves out the stopped ones unless asked for them.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
    """
    listed = backend.list_tasks

    def found(self: Any, *args: Any, **kwargs: Any) -> list[Any]:
        named = ("cluster_str", "container_instance", "family", "started_by", "service_name", "desiredStatus")
        given = dict(zip(named, args, strict=False)) | kwargs
        service = str(given.get("service_name") or "").rpartition("/")[2]
        wanted = given.get("desiredStatus") or "RUNNING"
        return [
            task
            for task in listed(self, **given)
            if (not service or task.group == f"service:{service}") and task.desired_status == wanted
        ]

    backend.list_tasks = found


def _session_keys(responses: Any) -> None:
    """GetSessionToken and GetFederationToken hand out keys of their own; moto hands out those of AWS's examples."""
    iam = importlib.import_module("moto.iam.models")

    def keyed(answer: Any) -> Any:
        def answered(self: Any) -> Any:
            said = answer(self)
            key = iam.iam_backends[self.current_account][self.partition].create_temp_access_key()
            held = said.result["Credentials"]
            held["AccessKeyId"], held["SecretAccessKey"] = key.access_key_id, key.secret_access_key
            return said

        return answered

    for name in ("get_session_token", "get_federation_token"):
        setattr(responses, name, keyed(getattr(responses, name)))
