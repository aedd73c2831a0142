"""Before the launch: interface, role, place. And after it: messages of tasks that had started."""

from pullproof.explain.row import ANY, CURRENT, ECS, ERR_START, EVENTS, STOPPED, Nature, Row

ROWS = (
    Row(
        id="subnet-full",
        step="",
        title="the subnet has no free address for the task's network interface",
        nature=Nature.CAPACITY,
        patterns=(
            (
                r"InsufficientFreeAddresses|not enough free (IP )?addresses|insufficient free addresses"
                r"|Create Network Interface with public IP assignment"
            ),
        ),
        era=ANY,
        others=(
            "add a larger subnet: load balancers, endpoints and old tasks take addresses from the same subnet",
        ),
        doc=ERR_START,
    ),
    Row(
        id="interface-refused",
        step="",
        title="EC2 refused to create the task's network interface",
        nature=Nature.CAPACITY,
        patterns=(r"Unexpected EC2 error while attempting to",),
        era=ANY,
        others=("the subnet is full", "a security group or subnet of the service is deleted"),
        doc=ERR_START,
    ),
    Row(
        id="interface-timeout",
        step="",
        title="AWS took too long to provide an interface or a disk",
        nature=Nature.CAPACITY,
        patterns=(r"Timeout waiting for|provision complete error timeout",),
        era=CURRENT,
        others=("try again", "the account is at its quota of network interfaces"),
        doc=STOPPED,
    ),
    Row(
        id="role-not-assumed",
        step="role",
        title="ECS could not assume the task's role",
        nature=Nature.ACCESS,
        patterns=(r"unable to assume the role",),
        era=ANY,
        causes=("role-trust", "role-missing"),
        others=(
            "the role was created seconds before: roles take a moment to be known everywhere; try again",
        ),
        doc=f"{ECS}/task_execution_IAM_role.html",
    ),
    Row(
        id="zone-unsupported",
        step="",
        title="Fargate has no capacity in the zone of this subnet",
        nature=Nature.CAPACITY,
        patterns=(r"unable to place a task\. Reason: Internal error",),
        era=ANY,
        others=("use a subnet in an Availability Zone that Fargate supports",),
        doc=EVENTS,
    ),
    Row(
        id="quota",
        step="",
        title="the account may not run so many vCPUs or tasks at once",
        nature=Nature.CAPACITY,
        patterns=(r"reached the limit on the number of (vCPUs|tasks)",),
        era=ANY,
        others=("ask for a higher quota, or run fewer tasks",),
        doc=EVENTS,
    ),
    Row(
        id="no-capacity",
        step="",
        title="AWS has no capacity for this task at the moment",
        nature=Nature.CAPACITY,
        patterns=(r"Capacity is unavailable at this time",),
        era=ANY,
        others=("try again, or add subnets in other Availability Zones",),
        doc=EVENTS,
    ),
    Row(
        id="launch-type",
        step="",
        title="the task definition is not made for Fargate",
        nature=Nature.TASK,
        patterns=(r"not compatible with the selected compute strategy",),
        era=ANY,
        others=("add FARGATE to requires_compatibilities, or run it on another launch type",),
        doc=ERR_START,
    ),
    Row(
        id="exec-agent",
        step="exec",
        title="ECS Exec has no connection to the container",
        nature=Nature.NETWORK,
        patterns=(r"TargetNotConnected|execute command (agent|was not enabled)",),
        era=CURRENT,
        causes=("exec-unreachable",),
        others=("the task was started before ECS Exec was switched on",),
        doc=f"{ECS}/ecs-exec.html",
    ),
    Row(
        id="container-exited",
        step="",
        title="the container ran, and ended or was stopped",
        nature=Nature.STARTED,
        patterns=(
            (
                r"Essential container in task exited|OutOfMemory|ELB health checks|container health checks"
                r"|Spot interruption|SpotInterruption|Scaling activity initiated"
            ),
        ),
        era=ANY,
        others=("read the container's logs",),
        doc=STOPPED,
    ),
)
