"""Route 53 and its Resolver."""

import json
from collections.abc import Callable
from typing import Any

from moto.route53.models import FakeZone
from moto.route53.responses import Route53
from moto.route53resolver.exceptions import ResourceNotFoundException
from moto.route53resolver.models import ResolverEndpoint, Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse

from narrowgate.deploy.embedded.bridge.defect import Defect, replace


def _private_where_a_vpc_is_named(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(response: Any) -> Any:
        vpc_id = response._get_param("VPC.VPCId")
        if vpc_id is None:
            return original(response)
        real = response._get_bool_param
        response._get_bool_param = lambda name, *more: True if name.endswith("PrivateZone") else real(name, *more)
        try:
            return original(response)
        finally:
            del response._get_bool_param

    return create


def _associates_once(original: Callable[..., Any]) -> Callable[..., Any]:
    def add(zone: Any, vpc_id: str | None, vpc_region: str | None) -> Any:
        known = next((each for each in zone.vpcs if each.get("vpc_id") == vpc_id), None)
        return known or original(zone, vpc_id, vpc_region)

    return add


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


DEFECTS = (
    Defect(
        name="private-zone",
        moto="makes a public zone unless the request says `PrivateZone`, which Terraform does not",
        aws="makes a private zone where the request names a VPC",
        mend=lambda: replace(Route53, "create_hosted_zone", _private_where_a_vpc_is_named),
    ),
    Defect(
        name="zone-associated-twice",
        moto="lists a VPC twice that is associated twice with a zone",
        aws="lists it once",
        mend=lambda: replace(FakeZone, "add_vpc", _associates_once),
    ),
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
)
