"""The Route 53 Resolver: endpoints, rules, query logs."""

import json
from collections.abc import Callable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.route53resolver.exceptions import ResourceNotFoundException
from moto.route53resolver.models import ResolverEndpoint, Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse

from narrowgate.deploy.embedded.bridge.defect import Defect, replace

_INTERNET = "rslvr-autodefined-rr-internet-resolver"


def _has_tags(original: Callable[..., Any]) -> Callable[..., Any]:
    def matched(backend: Any, resource_arn: str) -> None:
        # Query log configurations, firewall groups and rules of other kinds have tags as well.
        if ":route53resolver:" not in resource_arn:
            original(backend, resource_arn)

    return matched


def _keeps_protocols(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(response: Any) -> str:
        answer = json.loads(original(response))
        endpoint = response.route53resolver_backend.resolver_endpoints[answer["ResolverEndpoint"]["Id"]]
        endpoint.protocols = response._get_param("Protocols") or ["Do53"]
        endpoint.endpoint_type = response._get_param("ResolverEndpointType") or "IPV4"
        return json.dumps({"ResolverEndpoint": endpoint.description()})

    return create


def _tells_protocols(original: Callable[..., Any]) -> Callable[..., Any]:
    def description(endpoint: Any) -> dict[str, Any]:
        return {
            **original(endpoint),
            "Protocols": getattr(endpoint, "protocols", ["Do53"]),
            "ResolverEndpointType": getattr(endpoint, "endpoint_type", "IPV4"),
        }

    return description


def _interfaces_in_use(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(endpoint: Any) -> list[str]:
        made: list[str] = original(endpoint)
        for interface_id in made:
            interface = endpoint.ec2_backend.enis[interface_id]
            interface.status = "in-use"
            interface.requester_managed = True
        return made

    return create


def _mend_query_logs() -> None:
    def disassociate(response: Any) -> str:
        wanted = (response._get_param("ResolverQueryLogConfigId"), response._get_param("ResourceId"))
        known = response.route53resolver_backend.resolver_query_log_config_associations
        for own_id, association in list(known.items()):
            if (association.resolver_query_log_config_id, association.resource_id) == wanted:
                told = known.pop(own_id).description()
                return json.dumps({"ResolverQueryLogConfigAssociation": {**told, "Status": "DELETING"}})
        raise ResourceNotFoundException(f"{wanted[0]} is not associated with {wanted[1]}")

    def delete(response: Any) -> str:
        own_id = response._get_param("ResolverQueryLogConfigId")
        config = response.route53resolver_backend.get_resolver_query_log_config(own_id)
        del response.route53resolver_backend.resolver_query_log_configs[own_id]
        return json.dumps({"ResolverQueryLogConfig": {**config.description(), "Status": "DELETING"}})

    replace(Route53ResolverResponse, "disassociate_resolver_query_log_config", lambda _: disassociate)
    replace(Route53ResolverResponse, "delete_resolver_query_log_config", lambda _: delete)


def _mend_protocols() -> None:
    replace(Route53ResolverResponse, "create_resolver_endpoint", _keeps_protocols)
    replace(ResolverEndpoint, "description", _tells_protocols)


def _with_internet_rule(original: Callable[..., Any]) -> Callable[..., Any]:
    def listed(response: Any) -> str:
        answer = json.loads(original(response))
        if _is_first_page(response):
            backend = response.route53resolver_backend
            rule = {
                "Id": _INTERNET,
                "CreatorRequestId": "",
                "Arn": f"arn:aws:route53resolver:{backend.region_name}::autodefined-rule/{_INTERNET}",
                "DomainName": ".",
                "Status": "COMPLETE",
                "RuleType": "RECURSIVE",
                "Name": "Internet Resolver",
                "OwnerId": "Route 53 Resolver",
                "ShareStatus": "NOT_SHARED",
            }
            answer["ResolverRules"].insert(0, rule)
        return json.dumps(answer)

    return listed


def _with_internet_associations(original: Callable[..., Any]) -> Callable[..., Any]:
    def listed(response: Any) -> str:
        answer = json.loads(original(response))
        if _is_first_page(response):
            backend = response.route53resolver_backend
            answer["ResolverRuleAssociations"] += [
                {
                    "Id": f"rslvr-autodefined-assoc-{vpc_id}-internet-resolver",
                    "ResolverRuleId": _INTERNET,
                    "Name": "System Rule Association",
                    "VPCId": vpc_id,
                    "Status": "COMPLETE",
                }
                for vpc_id in ec2_backends[backend.account_id][backend.region_name].vpcs
            ]
        return json.dumps(answer)

    return listed


def _is_first_page(response: Any) -> bool:
    return not response._get_param("Filters") and not response._get_param("NextToken")


def _mend_internet_rule() -> None:
    replace(Route53ResolverResponse, "list_resolver_rules", _with_internet_rule)
    replace(Route53ResolverResponse, "list_resolver_rule_associations", _with_internet_associations)


DEFECTS = (
    Defect(
        name="resolver-tags",
        moto="refuses tags of anything but Resolver endpoints and rules",
        aws="keeps tags of every resource of the Resolver",
        mend=lambda: replace(Route53ResolverBackend, "_matched_arn", _has_tags),
    ),
    Defect(
        name="resolver-protocols",
        moto="forgets a Resolver endpoint's protocols and address type",
        aws="keeps and tells them",
        mend=_mend_protocols,
    ),
    Defect(
        name="query-logs-removed",
        moto="cannot take a query logging configuration from a VPC, nor delete one",
        aws="does both",
        mend=_mend_query_logs,
    ),
    Defect(
        name="resolver-interfaces",
        moto="leaves the interfaces of Resolver endpoints `available`, as if nothing used them, and anybody's own",
        aws="says that they are in use, and managed by the Resolver",
        mend=lambda: replace(ResolverEndpoint, "create_eni", _interfaces_in_use),
    ),
    Defect(
        name="internet-rule",
        moto="has no rule for what no other rule is about",
        aws="has the Internet Resolver's in every account, associated with every VPC",
        mend=_mend_internet_rule,
    ),
)
