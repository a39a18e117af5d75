"""The narrowest policies that admit what a design allows: who, by which endpoint, which methods."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from narrowgate.model.design import Api, Consumer, Design, Route
from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.resource_list import Text

Policy = dict[str, Any]
_VERSION = "2012-10-17"
REFERENCE = re.compile(r"\$\{(?P<kind>vpcs|endpoints)\.(?P<name>[^}]*)\}")
"""What stands for an id in a policy of the user's own; IAM's own variables start with a service and a colon."""
# For these the allow can come from elsewhere, so that an allow-list alone does not fence (POL-06, POL-26).
_NEEDS_FENCE = frozenset({"AWS_IAM", "CUSTOM"})


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint through which consumers come to an API, and from which addresses.

    `sources` is what the endpoint sees (VPCE-06): None where it cannot tell the consumers apart, as behind a
    balancer.
    """

    endpoint: Text
    consumer: Consumer
    sources: tuple[str, ...] | None = None


def api_ref(api: Api) -> Ref:
    """An API's id."""
    return Ref(logical_id(api.name, "api"))


def sources_of(design: Design, consumer: Consumer) -> tuple[str, ...]:
    """The addresses that a consumer calls from, as the narrowest ranges that the design tells."""
    if consumer.address is not None:
        return (f"{consumer.address}/32",)
    if consumer.vpc is None:
        return design.network(consumer.on_premises or "").cidrs
    subnets = design.vpc(consumer.vpc).subnets
    return tuple(each.cidr for each in subnets if not consumer.subnets or each.name in consumer.subnets)


def resource_policy(api: Api, doors: Sequence[Door]) -> Policy:
    """The API's policy: one statement for each endpoint and consumer, with the methods that it may call.

    Consumers that share an endpoint are told apart by the address that the endpoint sees (KEY-03).
    """
    if api.policy is not None:
        own: Policy = with_references(json.loads(api.policy))
        return own
    shared = len({door.consumer.name for door in doors}) > 1
    statements = [_admission(api, door, shared=shared) for door in doors]
    if api.authorization in _NEEDS_FENCE and doors:
        statements.append(
            {
                "Sid": "ThroughNoOtherEndpoint",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": "execute-api:/*",
                "Condition": {"StringNotEquals": {"aws:SourceVpce": unique(door.endpoint for door in doors)}},
            }
        )
    return {"Version": _VERSION, "Statement": statements}


def with_references(value: Any) -> Any:
    """A policy of the user's own, with `${vpcs.NAME}` and `${endpoints.NAME}` as references."""
    if isinstance(value, dict):
        return {key: with_references(each) for key, each in value.items()}
    if isinstance(value, list):
        return [with_references(each) for each in value]
    if not isinstance(value, str) or not REFERENCE.search(value):
        return value
    parts: list[str | Ref | GetAtt] = []
    at = 0
    for found in REFERENCE.finditer(value):
        parts.append(value[at : found.start()])
        words = ("vpc",) if found["kind"] == "vpcs" else ("execute-api", "endpoint")
        parts.append(Ref(logical_id(found["name"], *words)))
        at = found.end()
    kept = tuple(part for part in (*parts, value[at:]) if part != "")
    return kept[0] if len(kept) == 1 else Join(kept)


def _admission(api: Api, door: Door, *, shared: bool) -> Policy:
    condition: Policy = {"StringEquals": {"aws:SourceVpce": door.endpoint}}
    if shared and door.sources is not None:
        condition["IpAddress"] = {"aws:VpcSourceIp": list(door.sources)}
    signer = door.consumer.principal if api.authorization == "AWS_IAM" else None
    return {
        "Sid": logical_id(door.consumer.name, "through-its-endpoint"),
        "Effect": "Allow",
        "Principal": {"AWS": signer} if signer else "*",
        "Action": "execute-api:Invoke",
        "Resource": [f"execute-api:/{stage_and_method(api, route)}" for route in routes_for(door.consumer, api)],
        "Condition": condition,
    }


def routes_for(consumer: Consumer, api: Api) -> tuple[Route, ...]:
    """The routes of an API that a consumer may call."""
    return next((each.routes for each in consumer.may_call if each.api == api.name), ())


def stage_and_method(api: Api, route: Route) -> str:
    """The last part of a method's ARN: `prod/GET/orders/*`; the root's path is empty (POL-17, POL-18)."""
    method = "*" if route.method == "ANY" else route.method
    parts = ["*" if part.startswith("{") else part for part in route.path.strip("/").split("/")]
    return f"{api.stage}/{method}/{'/'.join(parts)}"


def endpoint_policy(apis: Iterable[tuple[Api, Sequence[Consumer]]], *, with_domains: bool = False) -> Policy:
    """An endpoint's policy: the named methods of the named APIs, and no other API of any account (AGW-14)."""
    statements = []
    for api, consumers in apis:
        routes = dict.fromkeys(route for consumer in consumers for route in routes_for(consumer, api))
        resources = [method_arn(api, stage_and_method(api, route)) for route in routes]
        if with_domains:
            resources.append(domain_arn(api))
        statements.append(
            {
                "Sid": logical_id("only", api.name),
                "Effect": "Allow",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": resources,
            }
        )
    return {"Version": _VERSION, "Statement": statements}


def method_arn(api: Api, method: str) -> Join:
    """The ARN of an API's method; the API's id may be known only once it is made."""
    return Join((f"arn:aws:execute-api:{api.region}:{api.account}:", api_ref(api), f"/{method}"))


def domain_arn(api: Api) -> Join:
    """The ARN of an API's private custom domain name, as policies of calls name it (POL-31, VPE-05)."""
    prefix = f"arn:aws:execute-api:{api.region}:{api.account}:/domainnames/{api.custom_domain}+"
    return Join((prefix, GetAtt(logical_id(api.name, "domain"), "DomainNameId")))


def unique(texts: Iterable[Text]) -> list[Text]:
    """Each text once, in order."""
    found: list[Text] = []
    for text in texts:
        if text not in found:
            found.append(text)
    return found
