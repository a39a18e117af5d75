"""What the caller can do where the estate is not at fault, or where no change of a fact mends it."""

from collections.abc import Iterator

from narrowgate.engine.dns.connected_vpcs import connections_of
from narrowgate.model.answer import Cause
from narrowgate.model.fact import UnsetType
from narrowgate.model.reason import Reason
from narrowgate.repair.scene import Scene


def hints(scene: Scene, cause: Cause) -> Iterator[str]:
    """Sentences for a cause; none where a proposal is all there is to say."""
    match cause.reason:
        case Reason.TLS_NAME_MISMATCH | Reason.API_NOT_IDENTIFIED:
            yield from _names(scene)
        case Reason.UNSIGNED:
            yield "sign the call with SigV4: the method has IAM authorization, and nobody signed (POL-28)"
        case Reason.METHOD_NOT_FOUND:
            yield from _methods(scene, cause.resource)
        case Reason.STAGE_NOT_FOUND:
            yield from _stages(scene, cause.resource)
        case Reason.BAD_STATE if cause.layer == "vpc_endpoint":
            yield f"{cause.resource} does not serve in this state: make the endpoint again (VPCE-04)"
        case Reason.OVERLAPPING_CIDRS | Reason.VPC_LOCAL_ROUTE_CIDR_RESTRICTION:
            yield "ranges that overlap cannot be routed; an endpoint in the caller's VPC needs no route (VPCE-12)"
        case Reason.API_NOT_PRIVATE:
            yield "an endpoint serves no public API; call it where its name stays public (AGW-17)"
            yield f"or make {cause.resource} private, with a policy: whoever calls it over the Internet loses it"
        case Reason.DNS_ENDPOINT_NOT_OPERATIONAL:
            yield f"{cause.resource} does not answer in this state: see its status message (IN-01)"
        case Reason.DNS_NO_PRIVATE_ANSWER if not scene.endpoints:
            yield (
                "no execute-api endpoint is there that the call or the API names; `init --from` and `compare` "
                "show the ways to get one (AGW-01)"
            )
        case Reason.NO_ROUTE_TO_DESTINATION | Reason.BAD_STATE_ROUTE | Reason.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT:
            yield from _unjoined(scene)
        case Reason.DNS_SERVER_UNREACHABLE | Reason.PEER_DNS_NOT_QUERYABLE:
            yield "let the DNS server forward to an inbound endpoint, or to the +2 of its own VPC (CUST-01)"
        case _:
            return


def _unjoined(scene: Scene) -> Iterator[str]:
    """The VPCs that a call has to get to, and that no peering and no gateway joins with its own."""
    ends = dict.fromkeys((flow.source.vpc_id, flow.target.vpc_id) for flow in scene.flows)
    for one, other in ends:
        joined = {each.vpc_id for each in connections_of(scene.snapshot, one)}
        if one != other and other not in joined:
            yield (
                f"nothing that works joins {one} and {other}: a peering, a transit gateway or an endpoint in "
                f"{one} has to be made; `init --from` and `compare` show the ways"
            )


def _names(scene: Scene) -> Iterator[str]:
    """How an API that is meant can be called (AGW-04, AGW-06, AGW-07)."""
    for api in scene.facts.rest_apis.values():
        configuration = api.endpoint_configuration
        if isinstance(configuration, UnsetType) or "PRIVATE" not in configuration.types:
            continue
        region = scene.snapshot.region_of(api.id)
        for endpoint in configuration.vpc_endpoint_ids:
            name = f"{api.id}-{endpoint}.execute-api.{region}.amazonaws.com"
            yield f"call {api.name or api.id} as https://{name} (AGW-06)"
            yield f"or send the header `x-apigw-api-id: {api.id}` with the endpoint's own name (AGW-07)"


def _methods(scene: Scene, api_id: str | None) -> Iterator[str]:
    found = sorted(
        f"{verb} {resource.path}"
        for resource in scene.facts.api_resources.get(api_id or "", ())
        if not isinstance(resource.resource_methods, UnsetType)
        for verb in resource.resource_methods
    )
    if found:
        yield f"{api_id} has {', '.join(found[:8])}{' and more' if len(found) > 8 else ''} (ERR-05)"


def _stages(scene: Scene, api_id: str | None) -> Iterator[str]:
    stages = [each.stage_name for each in scene.facts.api_stages.get(api_id or "", ())]
    if stages:
        yield f"the stages of {api_id} are {', '.join(stages)} (ERR-01)"
