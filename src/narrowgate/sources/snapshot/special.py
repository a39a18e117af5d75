"""Calls whose responses are no plain list: DNS attributes, gateway routes, exports of stages, accounts."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from narrowgate.model import apigateway, transit, vpc
from narrowgate.model.errors import InputError
from narrowgate.model.estate_facts import Call, Place, StageExport, TransitGatewayRouteQuery
from narrowgate.model.fact import UNSET, UnsetType
from narrowgate.model.route53 import HostedZone, ZoneVpc
from narrowgate.sources.snapshot.decode import convert, decode_json
from narrowgate.sources.snapshot.gathered import Gathered
from narrowgate.sources.snapshot.response import Response

_POLICY = "x-amazon-apigateway-policy"
_AUTH = "x-amazon-apigateway-auth"
_HTTP_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_ANY = "x-amazon-apigateway-any-method"


def bare_zone_id(text: str) -> str:
    """A hosted zone's id without the prefix that Route 53 prints before it."""
    return text.removeprefix("/hostedzone/")


def identity_of(element: Any) -> str:
    """The key of an element that no single field identifies: private domain names are told apart by ARN or id."""
    if isinstance(element, apigateway.DomainName):
        return element.domain_name_arn or element.domain_name_id or element.domain_name
    raise TypeError(type(element).__name__)


def _content(response: Response, kind: Any) -> Any:
    where = response.source or response.operation
    if isinstance(response.body, msgspec.Raw):
        return decode_json(response.body, kind, where=where)
    return convert(response.body, kind, where=where)


def _vpc_attribute(gathered: Gathered, response: Response, parent: str | None, place: Place) -> None:
    attribute: vpc.VpcAttribute = _content(response, vpc.VpcAttribute)
    vpc_id = attribute.vpc_id or parent
    if vpc_id is None:
        gathered.warnings.append(f"{place.source}: set aside: nothing says which `VpcId` it was asked for")
        return
    values = gathered.collections.vpc_attributes.setdefault(vpc_id, {})
    for name in ("enable_dns_support", "enable_dns_hostnames"):
        wrapped: vpc.AttributeValue | None = getattr(attribute, name)
        if wrapped is not None and not isinstance(wrapped.value, UnsetType):
            values[name] = wrapped.value
    gathered.calls.add(Call(place.account, place.region, response.operation, vpc_id))


class _RouteAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """`search_transit_gateway_routes`."""

    routes: tuple[transit.TransitGatewayRoute, ...]
    additional_routes_available: bool = False


class _Filter(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A filter as it was sent."""

    name: str
    values: tuple[str, ...] = ()


def _gateway_routes(gathered: Gathered, response: Response, parent: str | None, place: Place) -> None:
    answer: _RouteAnswer = _content(response, _RouteAnswer)
    if parent is None:
        gathered.warnings.append(
            f"{place.source}: set aside: nothing says which `TransitGatewayRouteTableId` it was asked for"
        )
        return
    asked = convert(
        (response.parameters or {}).get("Filters") or (),
        tuple[_Filter, ...],
        where=place.source,
        pointer=".parameters",
    )
    query = TransitGatewayRouteQuery(
        filters=tuple((each.name, each.values) for each in asked),
        routes=answer.routes,
        is_complete=not answer.additional_routes_available,
    )
    queries = gathered.collections.transit_gateway_route_queries
    queries[parent] = (*queries.get(parent, ()), query)


def _zones(gathered: Gathered, response: Response, parent: str | None, place: Place) -> None:
    """`get_hosted_zone`: a zone's VPCs; its own id stands in the answer, so parameters are not needed."""
    content = _content(response, dict[str, Any])
    zone = content.get("HostedZone")
    zone_id = parent or (bare_zone_id(str(zone["Id"])) if isinstance(zone, dict) and "Id" in zone else None)
    if zone_id is None:
        gathered.warnings.append(f"{place.source}: set aside: nothing says which hosted zone it describes")
        return
    call = Call(place.account, place.region, response.operation, zone_id)
    if content.get("VPCs") is None and not _is_public(zone):
        # A private zone has at least one VPC (PHZ-02): an answer that names none does not tell which.
        gathered.calls.discard(call)
    else:
        vpcs = convert(content.get("VPCs") or (), tuple[ZoneVpc, ...], where=place.source, pointer=".VPCs")
        gathered.collections.hosted_zone_vpcs[zone_id] = vpcs
        gathered.calls.add(call)
    if isinstance(zone, dict) and zone_id not in gathered.collections.hosted_zones:
        gathered.collections.hosted_zones[zone_id] = convert(
            zone, HostedZone, where=place.source, pointer=".HostedZone"
        )
        gathered.places[zone_id] = place


def _is_public(zone: Any) -> bool:
    config = zone.get("Config") if isinstance(zone, dict) else None
    return isinstance(config, dict) and config.get("PrivateZone") is False


def _availability_zones(gathered: Gathered, response: Response, parent: str | None, place: Place) -> None:
    zones = _content(response, dict[str, Any]).get("AvailabilityZones") or ()
    gathered.collections.availability_zones[f"{place.account}/{place.region}"] = convert(
        zones, tuple[vpc.AvailabilityZone, ...], where=place.source, pointer=".AvailabilityZones"
    )


def _account(gathered: Gathered, response: Response, parent: str | None, place: Place) -> None:
    gathered.collections.api_gateway_accounts[f"{place.account}/{place.region}"] = _content(
        response, apigateway.ApiGatewayAccount
    )


def _export(gathered: Gathered, response: Response, parent: str | None, place: Place) -> None:
    parameters = response.parameters or {}
    stage = parameters.get("stageName")
    if parent is None or not isinstance(stage, str):
        gathered.warnings.append(f"{place.source}: set aside: nothing says which API and stage was exported")
        return
    document = _content(response, dict[str, Any])
    # boto3 wraps the document in `body`; the CLI writes it as it is.
    if "body" in document and "paths" not in document:
        body = document["body"]
        document = _parse(body, place.source) if isinstance(body, str) else body
    if not isinstance(document, dict):
        raise InputError("the export's body is no OpenAPI document", where=place.source)
    gathered.collections.stage_exports[(parent, stage)] = StageExport(
        policy=_exported_policy(document, parameters), methods=_exported_methods(document)
    )
    gathered.calls.add(Call(place.account, place.region, response.operation, f"{parent}/{stage}"))


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"the export's body is not JSON: {error}", where=where) from None


def _exported_policy(document: dict[str, Any], parameters: Mapping[str, Any]) -> str | UnsetType | None:
    if _POLICY in document:
        policy = document[_POLICY]
        return policy if isinstance(policy, str) else json.dumps(policy)
    extensions = parameters.get("parameters")
    asked = str(extensions.get("extensions", "")) if isinstance(extensions, dict) else ""
    # Without the API Gateway extensions an export never shows a policy: its absence then tells nothing.
    return None if "apigateway" in asked or '"x-amazon-apigateway-' in json.dumps(document) else UNSET


def _exported_methods(document: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    methods: dict[str, dict[str, str | None]] = {}
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        if not isinstance(item, dict):
            continue
        methods[path] = {}
        for name, operation in item.items():
            if name.lower() not in _HTTP_METHODS and name != _ANY:
                continue
            auth = operation.get(_AUTH) if isinstance(operation, dict) else None
            kind = auth.get("type") if isinstance(auth, dict) else None
            methods[path]["ANY" if name == _ANY else name.upper()] = kind if isinstance(kind, str) else None
    return methods


Reader = Callable[[Gathered, Response, str | None, Place], None]

READERS: Mapping[str, Reader] = {
    "ec2.describe_vpc_attribute": _vpc_attribute,
    "ec2.search_transit_gateway_routes": _gateway_routes,
    "ec2.describe_availability_zones": _availability_zones,
    "route53.get_hosted_zone": _zones,
    "apigateway.get_account": _account,
    "apigateway.get_export": _export,
}
