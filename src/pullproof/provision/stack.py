"""A template deployed: the change set is shown, somebody is asked, and a failure is told with its reason.

Nothing is kept of it: the stack is CloudFormation's.
"""

import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pullproof.errors import ToolError, UsageError
from pullproof.provision.cloudformation import TEMPLATE
from pullproof.provision.resources import COUNT, S3_LIST, TABLES, s3_list
from pullproof.provision.spec import Spec

#: Longer than CloudFormation waits for a service that does not become steady, in seconds.
PATIENCE = 4 * 3600
#: How often CloudFormation is asked.
PAUSE = 3.0
#: States in which a stack is not yet what it will be.
_ON = "_IN_PROGRESS"
_GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
#: What CloudFormation says of resources that fail only because another one did.
_FOLLOWS = ("cancelled", "canceled")
_CLEAN = dict.fromkeys((*range(32), 127), " ")


class Deployment:
    """One stack of one account."""

    def __init__(self, spec: Spec, folder: Path, asked: tuple[str, ...], endpoint: str) -> None:
        self.spec = spec
        self.folder = folder
        self.asked = asked
        self.endpoint = endpoint
        self.client = client(spec, "cloudformation", endpoint)

    def run(self, ask: Callable[[str], None]) -> bool:
        """Show what would change, ask, change it, and wait; whether the stack is a new one.

        Raises:
            ToolError: AWS refuses it, or the stack fails.
            UsageError: the answer was no.
        """
        stack = there(self.client, self.spec)
        held = _state(stack)
        if held.endswith(_ON) and held != "REVIEW_IN_PROGRESS":
            raise ToolError(f"the stack {self.spec.name} is {held}", remedy="wait until that is over")
        new = is_new(stack)
        name = f"pullproof-{uuid.uuid4()}"
        kept = [one["ParameterKey"] for one in stack.get("Parameters", ())] if not new else []
        changes = self._planned(name, kept, new=new)
        if not changes:
            sys.stdout.write(f"The stack {self.spec.name} is as the template says already.\n")
            return False
        sys.stdout.write("\n".join([*table(changes), ""]))
        try:
            ask(f"Apply this change set to {self.endpoint or 'your AWS account'}?")
        except UsageError:
            self._undo(name, made=not held)
            raise
        self._call(
            "execute_change_set", ChangeSetName=name, StackName=self.spec.name, ClientRequestToken=name
        )
        status = self._settled()
        if status not in _GOOD:
            raise ToolError(
                f"the stack {self.spec.name} is {status}: {self._reason(name)}",
                remedy=f"mend that, delete the stack if it is new, and run this again: {status}",
            )
        sys.stdout.write(f"The stack {self.spec.name} is {status}.\n")
        return new

    def _undo(self, name: str, *, made: bool) -> None:
        """Take a change set away, and the empty stack that it was made with."""
        self._call("delete_change_set", ChangeSetName=name, StackName=self.spec.name)
        if made:
            self._call("delete_stack", StackName=self.spec.name)

    def _planned(self, name: str, kept: list[str], *, new: bool) -> list[dict[str, Any]]:
        """The changes of a new change set; none where there are none to make.

        A parameter that is not given gets its default again, so that a number of tasks has to be kept.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
        """
        values = parameters(self.spec, self.asked, self.endpoint, new=new)
        given: list[dict[str, Any]] = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in values.items()
        ]
        if COUNT.key in kept:
            given.append({"ParameterKey": COUNT.key, "UsePreviousValue": True})
        self._call(
            "create_change_set",
            StackName=self.spec.name,
            ChangeSetName=name,
            ChangeSetType="CREATE" if new else "UPDATE",
            TemplateBody=(self.folder / TEMPLATE).read_text(encoding="utf-8"),
            Parameters=given,
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "Project", "Value": self.spec.name}],
        )
        until = time.monotonic() + PATIENCE
        while True:
            told = self._call("describe_change_set", ChangeSetName=name, StackName=self.spec.name)
            if told["Status"] == "FAILED":
                return self._nothing(name, str(told.get("StatusReason", "")))
            if told["Status"] == "CREATE_COMPLETE":
                return self._changes(name, told)
            self._pause(until, "the change set")

    def _changes(self, name: str, told: dict[str, Any]) -> list[dict[str, Any]]:
        found = list(told.get("Changes", ()))
        while told.get("NextToken"):
            told = self._call(
                "describe_change_set",
                ChangeSetName=name,
                StackName=self.spec.name,
                NextToken=told["NextToken"],
            )
            found += told.get("Changes", ())
        return found

    def _nothing(self, name: str, reason: str) -> list[dict[str, Any]]:
        """No change, which CloudFormation tells as a failure."""
        self._call("delete_change_set", ChangeSetName=name, StackName=self.spec.name)
        if "didn't contain changes" in reason or "No updates" in reason:
            return []
        raise ToolError(f"CloudFormation makes no change set: {plain(reason)}", remedy="mend what it says")

    def _settled(self) -> str:
        """The state of the stack once it is one."""
        until = time.monotonic() + PATIENCE
        while (status := _state(there(self.client, self.spec))).endswith(_ON) and status not in _GOOD:
            self._pause(until, "the stack")
        return status

    def _pause(self, until: float, what: str) -> None:
        if time.monotonic() > until:
            raise ToolError(f"{what} took longer than four hours", remedy="see what it waits for")
        time.sleep(0.1 if self.endpoint else PAUSE)

    def _reason(self, token: str) -> str:
        """Why the stack failed: the first resource that did, not those that only followed it.

        AWS keeps the events of earlier deployments as well, and tells the newest first, by the page.
        """
        told = self._events()
        told = [one for one in told if one.get("ClientRequestToken") == token] or told
        failed = [one for one in told if str(one.get("ResourceStatus", "")).endswith("_FAILED")]
        failed.sort(key=lambda one: str(one.get("Timestamp", "")))
        own = [one for one in failed if not any(word in _because(one).lower() for word in _FOLLOWS)]
        for one in own or failed:
            return f"{plain(one['LogicalResourceId'])} ({one['ResourceType']}): {_because(one)}"
        return "no event says why"

    def _events(self) -> list[dict[str, Any]]:
        page = self._call("describe_stack_events", StackName=self.spec.name)
        found = list(page["StackEvents"])
        while page.get("NextToken"):
            page = self._call("describe_stack_events", StackName=self.spec.name, NextToken=page["NextToken"])
            found += page["StackEvents"]
        return found

    def _call(self, name: str, **arguments: Any) -> dict[str, Any]:
        return call(self.client, name, **arguments)


def there(client: Any, spec: Spec) -> dict[str, Any]:
    """The stack of a project as AWS describes it; empty where there is none.

    Raises:
        ToolError: AWS refuses to say.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = client.describe_stacks(StackName=spec.name)["Stacks"]
    except (BotoCoreError, ClientError) as refused:
        if "does not exist" in str(refused):
            return {}
        raise _told(refused) from refused
    return dict(found[0]) if found else {}


def is_new(stack: dict[str, Any]) -> bool:
    """Whether a stack is still to be made; one of which only a change set was seen is."""
    return _state(stack) in ("", "REVIEW_IN_PROGRESS")


def _state(stack: dict[str, Any]) -> str:
    return str(stack.get("StackStatus", ""))


def parameters(spec: Spec, asked: tuple[str, ...], endpoint: str, *, new: bool = False) -> dict[str, str]:
    """The parameters without a default, looked up; a service whose image is still to come begins with no task.

    Raises:
        ToolError: AWS does not know one.
    """
    found = {}
    if asked:
        ec2 = client(spec, "ec2", endpoint)
        if S3_LIST in asked:
            found[S3_LIST] = _list(ec2, s3_list(spec))
        if TABLES.key in asked:
            found[TABLES.key] = ",".join(_tables(ec2, spec.subnets))
    if spec.repository and new:
        found[COUNT.key] = "0"
    return found


def _list(ec2: Any, name: str) -> str:
    told = call(
        ec2,
        "describe_managed_prefix_lists",
        Filters=[{"Name": "prefix-list-name", "Values": [name]}],
    )
    for one in told.get("PrefixLists", ()):
        if one["PrefixListName"] == name:
            return str(one["PrefixListId"])
    raise ToolError(f"AWS shows no prefix list {name}", remedy="allow ec2:DescribeManagedPrefixLists")


def _tables(ec2: Any, subnets: tuple[str, ...]) -> Iterator[str]:
    told = call(
        ec2,
        "describe_route_tables",
        Filters=[{"Name": "association.subnet-id", "Values": list(subnets)}],
    )
    tables = {
        one["RouteTableId"]: {held.get("SubnetId") for held in one.get("Associations", ())}
        for one in told.get("RouteTables", ())
    }
    for subnet in subnets:
        if not any(subnet in held for held in tables.values()):
            raise ToolError(
                f"{subnet} has no route table of its own right",
                remedy="associate it with one, or deploy the template with --parameter-overrides RouteTableIds=ID",
            )
    return iter(sorted(tables))


def client(spec: Spec, service: str, endpoint: str) -> Any:
    """A client of AWS's library.

    Raises:
        ToolError: the library is missing, or knows no credentials.
    """
    try:
        import boto3.session
    except ImportError as missing:
        raise ToolError(
            "boto3 is not installed, which CloudFormation is asked with",
            remedy="pip install 'pullproof[live]'",
        ) from missing
    from botocore.exceptions import BotoCoreError

    try:
        session = boto3.session.Session(region_name=spec.region)
        return session.client(service, endpoint_url=endpoint or None)
    except (BotoCoreError, ValueError) as refused:
        raise _told(refused) from refused


def call(client: Any, name: str, **arguments: Any) -> dict[str, Any]:
    """One call.

    Raises:
        ToolError: AWS refuses it, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return getattr(client, name)(**arguments)  # type: ignore[no-any-return]
    except (BotoCoreError, ClientError) as refused:
        raise _told(refused) from refused


def _told(refused: Exception) -> ToolError:
    return ToolError(f"AWS says: {plain(str(refused))}", remedy="see whether these credentials may do that")


def _because(event: dict[str, Any]) -> str:
    return plain(str(event.get("ResourceStatusReason", "no reason is told")))


def plain(text: str) -> str:
    """Text of AWS's on one line of a terminal."""
    return " ".join(str(text).translate(_CLEAN).split())[:500]


def table(changes: list[dict[str, Any]]) -> Iterator[str]:
    """The changes, below each other."""
    rows = [("", "resource", "type", "replaces")]
    for change in changes:
        one = change.get("ResourceChange", {})
        replaces = {"True": "yes", "Conditional": "perhaps"}.get(one.get("Replacement", ""), "")
        rows.append(
            (
                plain(one.get("Action", "")),
                plain(one.get("LogicalResourceId", "")),
                plain(one.get("ResourceType", "")),
                replaces,
            )
        )
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
