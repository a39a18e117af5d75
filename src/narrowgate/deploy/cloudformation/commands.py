"""What no template makes (IAC-01), made by API calls: each looks first, so that a second run changes nothing."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

Client = Callable[[str], Any]
"""boto3's client of a service, in the command's account and Region."""
_MARK = "narrowgate"
_GONE = frozenset({"deleting", "deleted", "expired", "failed", "rejected"})
"""States of a peering that is shown for some hours although it is none any more (PCX-01)."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of an AWS API, with boto3's names and every id filled in."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


class Command(Protocol):
    """Calls that belong together."""

    def before(self) -> Any:
        """What is there now, as a JSON value: enough to put it back."""

    def is_done(self) -> bool:
        """Whether it is as the calls make it."""

    def do(self) -> None:
        """Make the calls that are needed."""

    def undo(self, before: Any) -> None:
        """Put back what was there; where it is gone, there is nothing to put back."""


class PeeringOption:
    """One side's DNS option of a peering (PEER-DNS-03); a `Command`."""

    def __init__(self, calls: Sequence[Call], client: Client) -> None:
        """The one call."""
        (self._call,) = calls
        self._client = client(self._call.service)
        self._side = next(name for name in self._call.parameters if name.endswith("PeeringConnectionOptions"))

    def before(self) -> bool | None:
        """Whether it is on; None for a peering that is gone."""
        from botocore.exceptions import ClientError

        own = self._call.parameters["VpcPeeringConnectionId"]
        try:
            found = self._client.describe_vpc_peering_connections(VpcPeeringConnectionIds=[own])
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidVpcPeeringConnectionID.NotFound":
                return None
            raise
        for each in found["VpcPeeringConnections"]:
            if each["Status"]["Code"] in _GONE:
                return None
            side = each[f"{self._side.removesuffix('PeeringConnectionOptions')}VpcInfo"]
            return bool(side.get("PeeringOptions", {}).get("AllowDnsResolutionFromRemoteVpc"))
        return None

    def is_done(self) -> bool:
        """Whether it is as wanted."""
        return self.before() is self._call.parameters[self._side]["AllowDnsResolutionFromRemoteVpc"]

    def do(self) -> None:
        """Set it."""
        if not self.is_done():
            getattr(self._client, self._call.operation)(**self._call.parameters)

    def undo(self, before: bool | None) -> None:
        """Set it to what it was."""
        now = self.before()
        if now is None or before is None or now is before:
            return
        options = {**self._call.parameters, self._side: {"AllowDnsResolutionFromRemoteVpc": before}}
        getattr(self._client, self._call.operation)(**options)


class ExistingApi:
    """Policy and endpoints of an API that exists, deployed again for them to count (POL-03); a `Command`.

    A deployment carries a mark made of what was deployed with it. So a run that ended between the change and its
    deployment is told from one that did both, by AWS alone.
    """

    def __init__(self, calls: Sequence[Call], client: Client) -> None:
        """The policy, the endpoints, and the deployment, in this order."""
        self._client = client("apigateway")
        self._api = calls[0].parameters["restApiId"]
        self._policy = calls[0].parameters["patchOperations"][0]["value"]
        self._changes = calls[:-1]
        self._deployment = calls[-1].parameters

    def before(self) -> dict[str, Any]:
        """The policy as it is saved, and the endpoints."""
        api = self._client.get_rest_api(restApiId=self._api)
        endpoints = api.get("endpointConfiguration", {}).get("vpcEndpointIds", [])
        return {"policy": _plain(api.get("policy", "")), "vpcEndpointIds": endpoints}

    def is_done(self) -> bool:
        """Whether policy and endpoints are there, and a deployment took them along."""
        return not self._missing() and self._is_deployed()

    def do(self) -> None:
        """Change what differs, and deploy."""
        missing = self._missing()
        for call in missing:
            self._client.update_rest_api(**call.parameters)
        if missing or not self._is_deployed():
            self._client.create_deployment(**self._deployment, description=self._mark())

    def undo(self, before: dict[str, Any]) -> None:
        """Put policy and endpoints back and deploy them.

        An API that had no policy keeps the one that it has now: AWS deploys none without (POL-02).
        """
        own = [call.parameters["patchOperations"][0]["value"] for call in self._changes[1:]]
        now = self.before()
        surplus = [each for each in own if each in now["vpcEndpointIds"] and each not in before["vpcEndpointIds"]]
        patches = [_patch("remove", "/endpointConfiguration/vpcEndpointIds", each) for each in surplus]
        if before["policy"] and not _same(before["policy"], now["policy"], self._api):
            patches.insert(0, _patch("replace", "/policy", before["policy"]))
        for patch in patches:
            self._client.update_rest_api(restApiId=self._api, patchOperations=[patch])
        if patches:
            self._client.create_deployment(**self._deployment, description=f"{_MARK}: as before")

    def _missing(self) -> list[Call]:
        now = self.before()
        endpoints = [
            call
            for call in self._changes[1:]
            if call.parameters["patchOperations"][0]["value"] not in now["vpcEndpointIds"]
        ]
        return ([] if _same(self._policy, now["policy"], self._api) else [self._changes[0]]) + endpoints

    def _is_deployed(self) -> bool:
        pages = self._client.get_paginator("get_deployments").paginate(restApiId=self._api)
        mark = self._mark()
        return any(each.get("description") == mark for page in pages for each in page["items"])

    def _mark(self) -> str:
        content = json.dumps([call.parameters for call in self._changes], sort_keys=True)
        return f"{_MARK}: {hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _patch(op: str, path: str, value: str) -> dict[str, str]:
    return {"op": op, "path": path, "value": value}


def _plain(policy: str) -> str:
    """A policy as JSON: API Gateway tells it with its quotes escaped."""
    return str(json.loads(f'"{policy}"')) if '\\"' in policy else policy


def _same(one: str, other: str, api: str) -> bool:
    """Whether two policies say the same; API Gateway writes `execute-api:/…` out when it saves one (POL-16)."""
    if not one or not other:
        return one == other
    return bool(_canonical(json.loads(one), api) == _canonical(json.loads(other), api))


def _canonical(value: Any, api: str) -> Any:
    match value:
        case dict():
            return {key: _canonical(each, api) for key, each in value.items()}
        case list():
            inner = [_canonical(each, api) for each in value]
            return inner[0] if len(inner) == 1 and isinstance(inner[0], str) else inner
        case str() if value.startswith("arn:") and f":{api}/" in value:
            return f"execute-api:/{value.split(f':{api}/', 1)[1]}"
        case _:
            return value


COMMANDS: Mapping[str, Callable[[Sequence[Call], Client], Command]] = {
    "Custom::VpcPeeringConnectionOptions": PeeringOption,
    "Custom::RestApiUpdate": ExistingApi,
}
"""By type of what no template makes."""
