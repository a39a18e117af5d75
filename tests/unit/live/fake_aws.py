"""An AWS in memory for the collector: answers by call, what was asked, failures where a test wants them."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from narrowgate.sources.live.calls import CALLS
from narrowgate.sources.snapshot.operations import OPERATIONS

ACCOUNT = "111122223333"
Response = Mapping[str, Any]


def denied(name: str, code: str = "AccessDeniedException", message: str = "not authorized") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 403}}, name
    )


def empty(name: str) -> dict[str, Any]:
    """An answer without elements."""
    if name in OPERATIONS and OPERATIONS[name].key is None:
        return {}
    keys = {call.parent_key for call in CALLS if call.parent == name}
    if name in OPERATIONS:
        keys.add(str(OPERATIONS[name].key))
    return {key: [] for key in keys}


class FakeAws:
    """One account. `answers` maps a call to its response, to an exception, or to a function of what was sent."""

    def __init__(
        self, answers: Mapping[str, Any], account: str = ACCOUNT, regions: tuple[str, ...] = ("us-east-1",)
    ):
        self.answers = dict(answers)
        self.account = account
        self.who = f"profile {account}"
        self.regions = regions
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.before: Callable[[str], None] = lambda name: None

    def client(self, service: str, region: str) -> "_Client":
        return _Client(self, service, region)

    def answer(self, name: str, region: str, sent: dict[str, Any]) -> Any:
        with self._lock:
            self.asked[f"{region} {name} {sorted(map(str, sent.items()))}"] += 1
        self.before(name)
        answer = self.answers.get(name, empty(name))
        answer = answer(sent) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer


class _Client:
    def __init__(self, aws: FakeAws, service: str, region: str):
        self._aws, self._service, self._region = aws, service, region

    def can_paginate(self, operation: str) -> bool:
        return False

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **sent: self._aws.answer(f"{self._service}.{operation}", self._region, sent)


def estate() -> dict[str, Any]:
    """Two VPCs, one API with two stages, a public and a private zone, a refused call."""
    return {
        "ec2.describe_vpcs": {
            "Vpcs": [
                {"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16"},
                {"VpcId": "vpc-2", "CidrBlock": "10.2.0.0/16"},
            ]
        },
        "ec2.describe_vpc_attribute": lambda sent: {
            "VpcId": sent["VpcId"],
            sent["Attribute"][:1].upper() + sent["Attribute"][1:]: {"Value": True},
        },
        "apigateway.get_rest_apis": {"items": [{"id": "a1b2c3d4e5", "name": "orders"}]},
        "apigateway.get_stages": {"item": [{"stageName": "prod"}, {"stageName": "test"}]},
        "apigateway.get_export": {"contentType": "application/json", "body": '{"openapi": "3.0.1", "paths": {}}'},
        "route53.list_hosted_zones": {
            "HostedZones": [
                {"Id": "/hostedzone/Z1", "Name": "a.", "Config": {"PrivateZone": True}},
                {"Id": "/hostedzone/Z2", "Name": "b.", "Config": {"PrivateZone": False}},
            ]
        },
        "route53resolver.list_firewall_domain_lists": {
            "FirewallDomainLists": [{"Id": "rslvr-fdl-1"}, {"Id": "rslvr-fdl-2", "ManagedOwnerName": "Route 53"}]
        },
        "ec2.describe_flow_logs": denied("DescribeFlowLogs", "UnauthorizedOperation"),
    }
