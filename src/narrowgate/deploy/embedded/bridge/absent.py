"""Calls that moto does not have, for things that cannot be made here: the honest answer is that there are none.

A call that would make such a thing still fails: only reading is answered.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from narrowgate.deploy.embedded.bridge.defect import Defect, replace
from narrowgate.deploy.embedded.bridge.front import Call, Reply, answers_first, reply_json

_JSON: Mapping[str, tuple[str, ...]] = {
    "Route53Resolver": (
        "ListFirewallConfigs",
        "ListFirewallRuleGroups",
        "ListFirewallRuleGroupAssociations",
        "ListFirewallDomainLists",
        "ListResolverConfigs",
    ),
}
_PATHS: tuple[tuple[str, str, re.Pattern[str], dict[str, list[Any]]], ...] = (
    ("ram", "POST", re.compile(r"/listresources"), {"resources": []}),
    ("ram", "POST", re.compile(r"/listprincipals"), {"principals": []}),
)
_AUTHORIZATIONS = re.compile(r"/2013-04-01/hostedzone/(?P<zone>[A-Z0-9]+)/authorizevpcassociation")
_EC2_ACTIONS: Mapping[bytes, str] = {
    b"Action=DescribeSecurityGroupVpcAssociations": "securityGroupVpcAssociationSet",
}


def _answer(call: Call) -> Reply | None:
    """What is said of things that moto lacks."""
    target, _, operation = call.operation.rpartition(".")
    if operation in _JSON.get(target, ()):
        body = json.dumps({operation.removeprefix("List"): []}).encode()
        return Reply(body, "application/x-amz-json-1.1")
    for name, verb, pattern, told in _PATHS:
        if (call.service, call.method) == (name, verb) and pattern.fullmatch(call.path):
            return reply_json(told)
    zone = _AUTHORIZATIONS.fullmatch(call.path)
    if call.service == "route53" and call.method == "GET" and zone:
        return Reply(_authorizations(zone["zone"]), "text/xml")
    return _ec2(call) if call.service == "ec2" else None


def _authorizations(zone_id: str) -> bytes:
    return (
        '<ListVPCAssociationAuthorizationsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">'
        f"<HostedZoneId>{zone_id}</HostedZoneId><VPCs></VPCs></ListVPCAssociationAuthorizationsResponse>"
    ).encode()


def _ec2(call: Call) -> Reply | None:
    asked = call.body().split(b"&")
    for action, key in _EC2_ACTIONS.items():
        if action in asked:
            name = action.decode().partition("=")[2]
            return Reply(f"<{name}Response><{key}/></{name}Response>".encode(), "text/xml")
    return None


DEFECTS = (
    Defect(
        name="absent-calls",
        moto="has no DNS Firewall, Resolver configurations, shared security groups "
        "or zone authorizations, and fails when they are listed",
        aws="lists them; here none can be made, so the lists are empty",
        mend=lambda: replace(DomainDispatcherApplication, "__call__", answers_first(_answer)),
    ),
)
