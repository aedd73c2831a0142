"""From a spec to edits that are proven: the search of `fix`, on an estate that has nothing yet."""

import msgspec
from msgspec.structs import replace

from pullproof.errors import PullproofError, UsageError
from pullproof.finding import Offer
from pullproof.model import edits as e
from pullproof.model.edits import Edit
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Statement
from pullproof.model.packets import tcp
from pullproof.model.services import endpoint_name
from pullproof.model.value import Listing, Origin
from pullproof.prove import prove
from pullproof.provision.seed import SERVICE, TASK, TASKS, ground, seed
from pullproof.provision.spec import Spec
from pullproof.repair.apply import edited
from pullproof.repair.offer import offer
from pullproof.sources.base import Loaded
from pullproof.verdict import Verdict

#: What ECS Exec opens from inside the task.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
EXEC_ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written: the estate without a way out, the edits that give it one, and both together."""

    spec: Spec
    before: Estate
    edits: tuple[Edit, ...]
    after: Estate


def build(spec: Spec) -> Built:
    """The smallest network in which the service starts, proven.

    Raises:
        UsageError: nothing that was asked for lets the task start; the message says what would.
    """
    before = seed(spec)
    found = offer(Loaded(kind="provision", path=spec.name, estate=before), via=spec.via)
    if not found.mended:
        raise _impossible(spec, found)
    edits = tuple(_for_later(edit) for fix in found.fixes for edit in fix.edits)
    edits = (*edits, *(_for_exec(spec, edits) if spec.exec else ()))
    after = edited(before, edits)
    verdicts = [task.verdict for task in prove(after)]
    if verdicts != [Verdict.WORKS]:
        raise PullproofError(
            f"it is not certain that {spec.name} would start",
            remedy="please report this, with the command line",
        )
    return Built(spec=spec, before=before, edits=edits, after=after)


#: What a task needs once it has started, with what it needs in order to start.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
LATER = {
    "logs:CreateLogStream": "logs:PutLogEvents",
    "ecr:BatchGetImage": "ecr:BatchCheckLayerAvailability",
}


def _for_later(edit: Edit) -> Edit:
    """A statement with the actions that follow on those that it allows."""
    if not isinstance(edit, e.AddStatement) or edit.kind != "roles":
        return edit
    held = edit.statement.actions.items
    more = tuple(LATER[action] for action in held if action in LATER)
    actions = Listing(tuple(dict.fromkeys((*held, *more))))
    return replace(edit, statement=replace(edit.statement, actions=actions))


def _impossible(spec: Spec, found: Offer) -> UsageError:
    why = found.left[0].why if found.left else "no way was found"
    remedy = found.left[0].remedy if found.left else "another --via"
    public = any(one.code == "public-registry-unreachable" for one in found.left)
    if public:
        remedy = "--via nat, or copy the image into ECR: --create-repository makes a repository"
    return UsageError(f"{spec.name} could not start by way of {spec.via}: {why}", remedy=remedy)


def _for_exec(spec: Spec, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """What ECS Exec needs: it keeps no task from starting, so that no search asks for it."""
    statement = Statement(
        origin=Origin(TASK), allow=True, actions=Listing(EXEC_ACTIONS), resources=Listing(("*",)), sid="Exec"
    )
    allowed: tuple[Edit, ...] = (e.AddStatement(kind="roles", holder=TASK, statement=statement),)
    if spec.via != "endpoints":
        return allowed
    names = ground(spec)
    groups = next((one.groups for one in edits if isinstance(one, e.AddEndpoint) and one.groups), ())
    made: tuple[Edit, ...] = ()
    if not groups:
        groups = (e.new("endpoints"),)
        made = (
            e.AddSecurityGroup(name="endpoints", vpc=names.vpc, description="VPC endpoints"),
            e.AddGroupRule(group=groups[0], egress=False, service=tcp(443), peer=GroupRef(TASKS)),
            e.AddGroupRule(group=TASKS, egress=True, service=tcp(443), peer=GroupRef(groups[0])),
        )
    endpoint = e.AddEndpoint(
        name="ssmmessages",
        vpc=names.vpc,
        service=endpoint_name("ssmmessages", spec.region),
        type=EndpointType.INTERFACE,
        subnets=names.subnets,
        groups=groups,
        private_dns=True,
    )
    return *made, endpoint, *allowed


def public_ip(built: Built) -> bool:
    """Whether the tasks get public addresses."""
    return any(isinstance(edit, e.AssignPublicIp) and edit.launch == SERVICE for edit in built.edits)
