"""Calls that moto does not have, for things that cannot be made here: the honest answer is that there are none.

Answered in front of moto's own application, so that nothing of moto is touched. A call that would make such a
thing still fails: only reading is answered.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from narrowgate.deploy.embedded.bridge.defect import Defect, replace

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
    ("route53profiles", "GET", re.compile(r"/profiles"), {"ProfileSummaries": []}),
    ("route53profiles", "GET", re.compile(r"/profileassociations"), {"ProfileAssociations": []}),
    ("apigateway", "GET", re.compile(r"/domainnameaccessassociations"), {"item": []}),
    ("ram", "POST", re.compile(r"/listresources"), {"resources": []}),
    ("ram", "POST", re.compile(r"/listprincipals"), {"principals": []}),
)
_AUTHORIZATIONS = re.compile(r"/2013-04-01/hostedzone/(?P<zone>[A-Z0-9]+)/authorizevpcassociation")
_EC2_ACTIONS: Mapping[bytes, str] = {
    b"Action=DescribeSecurityGroupVpcAssociations": "securityGroupVpcAssociationSet",
}
_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<service>[^/]+)/")
_LARGEST_BODY = 65536

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def _answer(environ: dict[str, Any]) -> tuple[str, bytes] | None:
    """Content type and body for a call that moto lacks; None where moto answers."""
    target, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    if operation in _JSON.get(target, ()):
        return "application/x-amz-json-1.1", json.dumps({operation.removeprefix("List"): []}).encode()
    signed = _SERVICE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service, path, method = signed["service"] if signed else "", environ["PATH_INFO"], environ["REQUEST_METHOD"]
    for name, verb, pattern, body in _PATHS:
        if (service, method) == (name, verb) and pattern.fullmatch(path):
            return "application/json", json.dumps(body).encode()
    zone = _AUTHORIZATIONS.fullmatch(path)
    if service == "route53" and method == "GET" and zone:
        return "text/xml", _authorizations(zone["zone"])
    return _ec2(environ) if service == "ec2" else None


def _authorizations(zone_id: str) -> bytes:
    return (
        '<ListVPCAssociationAuthorizationsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">'
        f"<HostedZoneId>{zone_id}</HostedZoneId><VPCs></VPCs></ListVPCAssociationAuthorizationsResponse>"
    ).encode()


def _ec2(environ: dict[str, Any]) -> tuple[str, bytes] | None:
    size = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < size <= _LARGEST_BODY:
        return None
    import io

    body = environ["wsgi.input"].read(size)
    environ["wsgi.input"] = io.BytesIO(body)
    for action, key in _EC2_ACTIONS.items():
        if action in body.split(b"&"):
            name = action.decode().partition("=")[2]
            return "text/xml", f"<{name}Response><{key}/></{name}Response>".encode()
    return None


def _answers_first(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(application: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found = _answer(environ)
        if found is None:
            answered: Iterable[bytes] = original(application, environ, start_response)
            return answered
        kind, body = found
        start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return call


DEFECTS = (
    Defect(
        name="absent-calls",
        moto="has no DNS Firewall, Profiles, Resolver configurations, access associations, shared security groups "
        "or zone authorizations, and fails when they are listed",
        aws="lists them; here none can be made, so the lists are empty",
        mend=lambda: replace(DomainDispatcherApplication, "__call__", _answers_first),
    ),
)
