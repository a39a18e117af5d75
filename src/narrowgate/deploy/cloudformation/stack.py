"""One stack: what it is now, what a change set would do to it, and that done."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from narrowgate.deploy.cloudformation.waiting import wait, wait_for_stack
from narrowgate.model.deployment import PlannedChange
from narrowgate.model.errors import DeploymentError

_BROKEN = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})
_IN_REVIEW = "REVIEW_IN_PROGRESS"
_STUCK = "UPDATE_ROLLBACK_FAILED"
_DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_ACTIONS = {"Add": "create", "Import": "create", "Remove": "delete"}
_WAYS_ON = "the same command goes on from here; with --destroy it undoes what was made"


class StackState(msgspec.Struct, frozen=True, kw_only=True):
    """A stack as AWS tells it."""

    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def is_broken(self) -> bool:
        """Whether it can only be deleted: its creation or deletion failed."""
        return self.status in _BROKEN

    @property
    def is_there(self) -> bool:
        """Whether it has been deployed, and not only proposed."""
        return self.status != _IN_REVIEW and not self.is_broken


class ChangeSet(msgspec.Struct, frozen=True, kw_only=True):
    """What was proposed: shown before it is executed, or thrown away."""

    arn: str
    changes: tuple[PlannedChange, ...]
    parameters: Mapping[str, str | None]


class Stack:
    """A stack of one account and Region, by its name.

    Methods raise DeploymentError for what CloudFormation could not do, with its own first reason, and botocore's
    errors for calls that were refused.
    """

    def __init__(self, client: Any, name: str, tags: Mapping[str, str], delay: float) -> None:
        """`client` is boto3's for CloudFormation; `delay` is how many seconds lie between two questions."""
        self.name = name
        self._client = client
        self._tags = tags
        self._delay = delay

    def state(self, *, executed: bool = False) -> StackState | None:
        """What the stack is once nothing is at work on it; None where there is none."""
        stack = wait_for_stack(self._client, self.name, self._delay, executed=executed)
        if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
            return None
        return StackState(
            status=stack["StackStatus"],
            parameters={p["ParameterKey"]: p.get("ParameterValue", "") for p in stack.get("Parameters", ())},
            outputs={each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())},
        )

    def resources(self) -> dict[str, str]:
        """The physical id of every resource that is there, by logical id, in the order of AWS."""
        found: dict[str, str] = {}
        for page in self._client.get_paginator("list_stack_resources").paginate(StackName=self.name):
            for each in page["StackResourceSummaries"]:
                gone = each.get("ResourceStatus") in ("DELETE_COMPLETE", "DELETE_SKIPPED")
                if not gone and each.get("PhysicalResourceId"):
                    found[each["LogicalResourceId"]] = each["PhysicalResourceId"]
        return found

    def propose(
        self, state: StackState | None, template: str | None, parameters: Mapping[str, str | None]
    ) -> ChangeSet | None:
        """What a template and parameters would change; None for nothing.

        Args:
            state: the stack as it is; not a broken one.
            template: its text; None for the stack's own.
            parameters: None for the value that the stack has.

        Raises:
            DeploymentError: CloudFormation cannot tell what would change.
        """
        if state is not None and state.status == _STUCK:
            raise DeploymentError(
                f"stack {self.name} could not be rolled back: {self._reason()}",
                help=f"run `aws cloudformation continue-update-rollback --stack-name {self.name}`, then again",
            )
        is_update = state is not None and state.is_there
        made = self._client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"narrowgate-{uuid.uuid4().hex[:12]}",
            ChangeSetType="UPDATE" if is_update else "CREATE",
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[_parameter(name, value) for name, value in parameters.items()],
            Tags=[{"Key": key, "Value": value} for key, value in self._tags.items()],
            **({"UsePreviousTemplate": True} if template is None else {"TemplateBody": template}),
        )
        return self._described(made["Id"], parameters)

    def _described(self, arn: str, parameters: Mapping[str, str | None]) -> ChangeSet | None:
        from botocore.exceptions import WaiterError

        waiter = self._client.get_waiter("change_set_create_complete")
        try:
            wait(waiter, self._delay, ChangeSetName=arn, StackName=self.name)
        except WaiterError as error:
            reason = str(error.last_response.get("StatusReason", ""))
            is_empty = any(each in reason for each in _NO_CHANGES)
            self._client.delete_change_set(ChangeSetName=arn, StackName=self.name)
            if is_empty:
                return None
            raise DeploymentError(
                f"stack {self.name} cannot be changed so: {reason or error}", help=_WAYS_ON
            ) from None
        return ChangeSet(arn=arn, changes=tuple(self._changes(arn)), parameters=dict(parameters))

    def _changes(self, arn: str) -> Iterator[PlannedChange]:
        more: dict[str, str] = {}
        while True:
            page = self._client.describe_change_set(ChangeSetName=arn, StackName=self.name, **more)
            for each in page.get("Changes", ()):
                change = each["ResourceChange"]
                yield PlannedChange(action=_action(change), address=f"{self.name}/{change['LogicalResourceId']}")
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def execute(self, change: ChangeSet) -> None:
        """Do what was proposed, and wait for its end.

        Raises:
            DeploymentError: it failed; CloudFormation has taken back what it did.
        """
        self._client.execute_change_set(ChangeSetName=change.arn, StackName=self.name)
        state = self.state(executed=True)
        if state is None or state.status not in _DEPLOYED:
            raise DeploymentError(f"stack {self.name}: {self._reason()}", help=_WAYS_ON)

    def discard(self, change: ChangeSet) -> None:
        """Throw away what nobody wants; a stack that was only proposed goes with it."""
        self._client.delete_change_set(ChangeSetName=change.arn, StackName=self.name)
        state = self.state()
        if state is not None and state.status == _IN_REVIEW:
            self.delete()

    def delete(self) -> None:
        """Delete the stack and wait until it is gone.

        Raises:
            DeploymentError: something of it could not be deleted.
        """
        self._client.delete_stack(StackName=self.name)
        if self.state() is not None:
            raise DeploymentError(f"stack {self.name} is not deleted: {self._reason()}", help=_WAYS_ON)

    def _reason(self) -> str:
        """The first thing that failed in the last operation, and why."""
        failed = ""
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=self.name)
        for event in (each for page in pages for each in page["StackEvents"]):  # The newest first.
            status, reason = event.get("ResourceStatus", ""), event.get("ResourceStatusReason", "")
            is_own = event.get("PhysicalResourceId") == event.get("StackId")
            if status.endswith("_FAILED") and not (is_own and failed):
                failed = f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason or status}"
            if is_own and reason == "User Initiated":
                break
        return failed or "it ended in another state than it should, and its events do not say why"


def _parameter(name: str, value: str | None) -> dict[str, Any]:
    if value is None:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


def _action(change: Mapping[str, Any]) -> str:
    """The worse of two where CloudFormation does not know yet whether it has to replace."""
    if change["Action"] == "Modify" and change.get("Replacement", "False") != "False":
        return "replace"
    return _ACTIONS.get(change["Action"], "update")
