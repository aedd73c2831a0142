"""Whose call it is, by which way it came, and so which policies have a say."""

import base64
import json
import secrets
import threading

import msgspec

from pullproof.lab.calls import Asked
from pullproof.lab.front import Way
from pullproof.lab.keys import why_no_key
from pullproof.lab.names import ipv4, serves
from pullproof.lab.plan import Plan, single
from pullproof.lab.policy import Call, Layers, NoOpinion, allowed
from pullproof.model.ecs import Launch
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.iam import Policy, Role
from pullproof.model.value import Maybe, Unknown


class Judge:
    """Knows the credentials that were handed out, and asks the policies of the estate."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._roles: dict[str, Maybe[str]] = {}
        self._sessions: dict[str, str] = {}
        self._lock = threading.Lock()
        #: Calls on which the lab has no opinion, which it lets pass: what, and why.
        self.left_out: list[tuple[str, str]] = []

    def credentials(self, role: Maybe[str], session: str = "") -> str:
        """An access key id for a role, by its key in the estate; "" is none, who may do nothing."""
        key = f"ASIA{secrets.token_hex(8).upper()}"
        with self._lock:
            self._roles[key], self._sessions[key] = role, session
        return key

    def caller(self, call: Asked) -> str:
        """Who made a call, as AWS tells it: a role, and which task has taken it on.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        """
        role = self.plan.estate.roles.get(str(self._roles.get(call.key, "")))
        if role is None:
            return ""
        return f"arn:aws:sts::{self.account}:assumed-role/{role.name}/{self._sessions.get(call.key, '')}"

    def token(self, call: Asked, answer: bytes) -> bytes:
        """The answer to GetAuthorizationToken with a token that remembers whose it is."""
        token = secrets.token_hex(16)
        with self._lock:
            self._roles[token] = self._roles.get(call.key, "")
        document = json.loads(answer)
        for entry in document.get("authorizationData", []):
            entry["authorizationToken"] = base64.b64encode(f"AWS:{token}".encode()).decode()
        return json.dumps(document).encode()

    def why_not(self, call: Asked, way: Way) -> str:
        """Which layer refuses a call; empty text when it is allowed."""
        if call.service == "registry" and call.action and call.key not in self._roles:
            return "login"
        if not call.action or (not way.vpc and call.key not in self._roles):
            return ""
        role = self._role(call)
        endpoint = self._endpoint(call, way)
        if endpoint is not None and not serves(self.plan, endpoint, call.host):
            return "no such service here"
        levels = self.plan.estate.organization_levels.get(self.account)
        layers = Layers(role=role, endpoint=None if endpoint is None else endpoint.policy)
        if role is not None:
            # Of others, ECR that signed the URL of a layer among them, only the endpoint is asked.
            layers = msgspec.structs.replace(
                layers,
                resource=self._resource_policy(call),
                organization=() if levels is not None else self.plan.estate.organization_policies,
                levels=tuple(level.policies for level in levels or ()),
            )
        try:
            told = self._call(call, way, endpoint, role or _NOBODY)
            return allowed(told, layers) or ("" if role is None else why_no_key(self.plan.estate, told, role))
        except NoOpinion as reason:
            self.left_out.append((call.action, str(reason)))
            return ""

    def _call(self, call: Asked, way: Way, endpoint: Endpoint | None, role: Role) -> Call:
        context = _context(role) | {"aws:requestedregion": self.plan.region}
        if endpoint is not None:
            context["aws:sourcevpce"] = endpoint.id or endpoint.key
            context["aws:sourcevpc"] = self.plan.estate.vpcs[way.vpc].id or way.vpc
        resource = call.resource.replace(":ACCOUNT:", f":{self.account}:")
        if call.service == "ssm" and not resource.startswith("arn:"):
            resource = f"arn:aws:ssm:{self.plan.region}:{self.account}:parameter/{resource.lstrip('/')}"
        return Call(
            caller=role.arn,
            account=self.account,
            action=call.action,
            resource=resource,
            context=context,
            absent=_ABSENT,
        )

    @property
    def account(self) -> str:
        """The lab's one account."""
        return str(self.plan.estate.account)

    def _role(self, call: Asked) -> Role | None:
        """Whose call it is: a role's, `_NOBODY`'s where a task has none, or None's where that is not known."""
        held = self._roles.get(call.key)
        if held is None:
            return None
        if isinstance(held, Unknown) or (held and held not in self.plan.estate.roles):
            why = held.what if isinstance(held, Unknown) else f"the role {held} is not in the input"
            self.left_out.append((call.action, why))
            return None
        return self.plan.estate.roles.get(held, _NOBODY)

    def _endpoint(self, call: Asked, way: Way) -> Endpoint | None:
        """The VPC endpoint that carried a call; None for the internet."""
        estate = self.plan.estate
        if way.interface:
            return estate.endpoints.get(self.plan.interfaces[way.interface].owner)
        if way.vpc not in estate.vpcs or call.service != "s3":
            return None
        sender = ipv4(way.sender) or 0
        for subnet in estate.subnets.values():
            here = subnet.vpc == way.vpc and any(b.first <= sender <= b.last for b in single(subnet.blocks))
            for endpoint in estate.endpoints.values() if here else ():
                if (
                    endpoint.type is EndpointType.GATEWAY
                    and subnet.route_table in endpoint.route_tables.items
                ):
                    return endpoint
        return None

    def _resource_policy(self, call: Asked) -> Maybe[Policy] | None:
        estate = self.plan.estate
        if call.service in ("registry", "ecr"):
            return next((r.policy for r in estate.repositories.values() if r.arn == call.resource), None)
        if call.service == "secretsmanager":
            return next((s.policy for s in estate.secrets.values() if s.arn == call.resource), None)
        if call.service == "s3":
            name = call.resource.removeprefix("arn:aws:s3:::").partition("/")[0]
            return next((b.policy for b in estate.buckets.values() if b.name == name), None)
        return None


def _context(role: Role) -> dict[str, str]:
    """What is in every request of a role's temporary credentials, by TLS.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return {
        "aws:principalarn": role.arn,
        "aws:principalaccount": ":".join(role.arn.split(":")[4:5]),
        "aws:principaltype": "AssumedRole",
        "aws:principalisawsservice": "false",
        "aws:viaawsservice": "false",
        "aws:securetransport": "true",
    }


#: What a request of a task that starts does not have, unless it came through an endpoint.
_ABSENT = frozenset(
    [
        "aws:sourcevpce",
        "aws:sourcevpc",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
    ]
)


def _nobody() -> Role:
    from pullproof.model.value import Listing, Origin

    nowhere = Origin("")
    return Role(
        key="",
        origin=nowhere,
        arn="arn:aws:iam::000000000000:role/none",
        name="none",
        trust=Policy(origin=nowhere, statements=Listing()),
        policies=Listing(),
    )


_NOBODY = _nobody()


def execution_role(plan: Plan, launch: Launch) -> Maybe[str]:
    """The key of the role that starts a launch; "" for none."""
    override = launch.execution_role_override
    if isinstance(override, Unknown) or override:
        return override
    definition = plan.estate.task_definitions.get(str(launch.task_definition))
    return "" if definition is None else definition.execution_role
