"""Changes to routes, peerings and the endpoint itself."""

from narrowgate.guide.broken.variation import Case, Expected, case, denied
from narrowgate.guide.estate import API_CIDR, ORDERS, REQUESTER_CIDR, build_guide
from narrowgate.model.answer import Leg, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom


def no_return_route() -> Case:
    """The API VPC's route table has no route back to the requester VPC."""
    guide = build_guide()
    guide.api.estate.remove_route(guide.api.route_table, REQUESTER_CIDR)
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "route_table",
        Reason.NO_ROUTE_TO_DESTINATION,
        guide.api.route_table,
        "PCX-05",
        "NET-03",
        "NET-10",
        leg=Leg.RETURN,
    )
    return case(guide, expected)


def no_return_route_by_alias() -> Case:
    """No route back, and the call goes by the alias name: the name resolves, the connection does not open."""
    guide = build_guide(resolver=False)
    guide.api.estate.remove_route(guide.api.route_table, REQUESTER_CIDR)
    expected = denied(
        Symptom.CONNECT_TIMEOUT,
        "route_table",
        Reason.NO_ROUTE_TO_DESTINATION,
        guide.api.route_table,
        "PCX-05",
        "NET-03",
        "NET-10",
        leg=Leg.RETURN,
    )
    return case(guide, expected, url=guide.alias_url)


def no_forward_route() -> Case:
    """The requester VPC's route table has no route to the API VPC."""
    guide = build_guide()
    guide.requester.estate.remove_route(guide.requester.route_table, API_CIDR)
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "route_table",
        Reason.NO_ROUTE_TO_DESTINATION,
        guide.requester.route_table,
        "PCX-05",
        "NET-03",
    )
    return case(guide, expected)


def route_in_the_main_table_only() -> Case:
    """The route to the API VPC stands in the main table, but the client's subnets use a table of their own."""
    guide = build_guide()
    requester = guide.requester
    requester.estate.remove_route(requester.route_table, API_CIDR)
    requester.estate.route(requester.estate.main_route_table(requester.vpc), API_CIDR, guide.peering)
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "route_table",
        Reason.NO_ROUTE_TO_DESTINATION,
        requester.route_table,
        "PCX-05",
        "NET-03",
        "NET-01",
    )
    return case(guide, expected)


def peering_pending() -> Case:
    """The API VPC's owner has not accepted the peering: both routes are blackholes."""
    guide = build_guide()
    guide.estate.set_peering_state(guide.peering, "pending-acceptance")
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "route_table",
        Reason.BAD_STATE_ROUTE,
        guide.requester.route_table,
        "NET-05",
        "PCX-01",
    )
    return case(guide, expected)


def overlapping_ranges() -> Case:
    """The requester VPC has a second range that covers the API's subnets: the peering failed, local wins."""
    guide = build_guide()
    estate, vpc_id = guide.requester.estate, guide.requester.vpc
    block = "10.0.0.0/20"
    estate.resource(vpc_id)["CidrBlockAssociationSet"].append(
        {
            "AssociationId": "vpc-cidr-assoc-0f0e0d0c0b0a09080",
            "CidrBlock": block,
            "CidrBlockState": {"State": "associated"},
        }
    )
    local = {"DestinationCidrBlock": block, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
    estate.resource(guide.requester.route_table)["Routes"].append(local)
    estate.set_peering_state(guide.peering, "failed")
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "route_table",
        Reason.VPC_LOCAL_ROUTE_CIDR_RESTRICTION,
        guide.requester.route_table,
        "NET-02",
    )
    return case(guide, expected)


def blackhole_for_one_subnet() -> Case:
    """A more specific route for one of the API's two subnets leads to an interface that is gone."""
    guide = build_guide()
    guide.requester.estate.route(
        guide.requester.route_table, "10.0.2.0/24", "eni-0fedcba9876543210", state="blackhole"
    )
    expected = Expected(
        verdict=Verdict.PARTIAL,
        symptom=Symptom.CONNECT_TIMEOUT,
        layer="route_table",
        reason=Reason.BAD_STATE_ROUTE,
        resource=guide.requester.route_table,
        rules=("NET-05",),
        warns=True,
    )
    return case(guide, expected)


def endpoint_not_available() -> Case:
    """The endpoint is not in the state `available`; a private zone points to its addresses all the same."""
    guide = build_guide(resolver=False)
    guide.api.estate.resource(guide.endpoint)["State"] = "failed"
    estate = guide.requester.estate
    name = guide.api.estate.invoke_host(ORDERS)
    zone = estate.private_zone(name, [guide.requester.vpc])
    estate.record(zone, name, "A", guide.api.estate.addresses(guide.endpoint))
    expected = denied(
        Symptom.CONNECT_TIMEOUT, "vpc_endpoint", Reason.BAD_STATE, guide.endpoint, "VPCE-04", "RCH-01"
    )
    return case(guide, expected)


PATHS = (
    no_return_route,
    no_return_route_by_alias,
    no_forward_route,
    route_in_the_main_table_only,
    peering_pending,
    overlapping_ranges,
    blackhole_for_one_subnet,
    endpoint_not_available,
)
