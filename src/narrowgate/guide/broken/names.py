"""Changes to what answers names: private DNS, zones, attributes, firewalls, own servers."""

from narrowgate.guide.broken.variation import API_NAME, EXECUTE_API, Case, case, denied, no_private_answer, works
from narrowgate.guide.estate import BILLING, ORDERS, Guide, build_guide
from narrowgate.guide.responses import firewall_rule, tcp, udp
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom

_SERVER = "10.1.1.99"


def peering_dns_option_only() -> Case:
    """No Resolver endpoints; the peering's DNS resolution option is on for both sides."""
    guide = build_guide(resolver=False)
    guide.estate.set_peering_dns(guide.peering, requester=True, accepter=True)
    return case(guide, no_private_answer(guide.requester.vpc, "PEER-DNS-02", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def no_endpoint() -> Case:
    """Nobody made an `execute-api` endpoint in the API VPC."""
    guide = build_guide()
    estate = guide.api.estate
    for interface_id in estate.resource(guide.endpoint)["NetworkInterfaceIds"]:
        estate.remove("ec2.describe_network_interfaces", interface_id, "NetworkInterfaceId")
    estate.remove("ec2.describe_vpc_endpoints", guide.endpoint, "VpcEndpointId")
    del estate.resource(ORDERS)["endpointConfiguration"]["vpcEndpointIds"]
    return case(guide, no_private_answer(guide.api.vpc, "VPCE-DNS-10", "AGW-01", "AGW-04", "AGW-05"))


def private_dns_off() -> Case:
    """The endpoint's private DNS is off: the inbound endpoint answers from public DNS."""
    guide = build_guide()
    guide.api.estate.set_private_dns(guide.endpoint, enabled=False)
    return case(guide, no_private_answer(guide.endpoint, "VPCE-DNS-10", "AGW-04", "AGW-05"))


def dns_hostnames_off_in_api_vpc() -> Case:
    """`enableDnsHostnames` of the API VPC is off, and private DNS has no effect without it."""
    guide = build_guide()
    guide.api.estate.set_dns_attribute(guide.api.vpc, "enableDnsHostnames", value=False)
    return case(guide, no_private_answer(guide.endpoint, "DNS-05", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def dns_hostnames_off_in_requester_vpc() -> Case:
    """`enableDnsHostnames` of the requester VPC is off: forwarding rules do not need it."""
    guide = build_guide()
    guide.requester.estate.set_dns_attribute(guide.requester.vpc, "enableDnsHostnames", value=False)
    return case(guide, works())


def dns_support_off_in_requester_vpc() -> Case:
    """`enableDnsSupport` of the requester VPC is off: its resolver is silent."""
    guide = build_guide()
    _silence(guide, "requester")
    expected = denied(Symptom.DNS_TIMEOUT, "dns", Reason.DNS_SUPPORT_DISABLED, guide.requester.vpc, "DNS-04")
    return case(guide, expected)


def dns_support_off_in_api_vpc() -> Case:
    """`enableDnsSupport` of the API VPC is off: nothing stands behind the inbound endpoint."""
    guide = build_guide()
    _silence(guide, "api")
    expected = denied(Symptom.DNS_SERVFAIL, "dns", Reason.DNS_SUPPORT_DISABLED, guide.api.vpc, "DNS-04", "OUT-04")
    return case(guide, expected)


def zone_without_the_api() -> Case:
    """The requester VPC has a private zone for the whole domain, with a record for another API only."""
    guide = build_guide(resolver=False)
    estate = guide.requester.estate
    zone = estate.private_zone(EXECUTE_API, [guide.requester.vpc])
    estate.alias_to_endpoint(zone, f"{BILLING}.{EXECUTE_API}", guide.endpoint)
    expected = denied(Symptom.DNS_NXDOMAIN, "dns", Reason.DNS_NAME_NOT_FOUND, zone, "PHZ-06", "RSLV-05")
    return case(guide, expected)


def zone_for_the_api() -> Case:
    """No Resolver endpoints; a private zone for the one API's name points to the endpoint."""
    guide = build_guide(resolver=False)
    estate = guide.requester.estate
    zone = estate.private_zone(API_NAME, [guide.requester.vpc])
    estate.alias_to_endpoint(zone, API_NAME, guide.endpoint)
    return case(guide, works())


def alias_without_resolver() -> Case:
    """No Route 53 configuration at all; the call goes by the API's alias name for the endpoint."""
    guide = build_guide(resolver=False)
    return case(guide, works(), url=guide.alias_url)


def alias_not_associated() -> Case:
    """The endpoint is not associated with the API, so the alias name does not exist."""
    guide = build_guide(resolver=False)
    del guide.api.estate.resource(ORDERS)["endpointConfiguration"]["vpcEndpointIds"]
    expected = denied(
        Symptom.DNS_NXDOMAIN, "dns", Reason.DNS_NAME_NOT_FOUND, None, "VPCE-DNS-03", "AGW-06", "ERR-09"
    )
    return case(guide, expected, url=guide.alias_url)


def firewall_in_the_requester_vpc() -> Case:
    """DNS Firewall of the requester VPC blocks the API's name."""
    guide = build_guide()
    group = _block(guide, "requester", API_NAME, "NODATA")
    expected = denied(Symptom.DNS_BLOCKED, "dns", Reason.DNS_FIREWALL_BLOCKED, group, "FW-03", "FW-01", "FW-02")
    return case(guide, expected)


def firewall_in_the_api_vpc() -> Case:
    """DNS Firewall of the API VPC blocks everything that no earlier rule allows, also what comes from outside."""
    guide = build_guide()
    group = _block(guide, "api", "*", "NXDOMAIN")
    expected = denied(
        Symptom.DNS_BLOCKED, "dns", Reason.DNS_FIREWALL_BLOCKED, group, "FW-03", "IN-05", "FW-01", "FW-02"
    )
    return case(guide, expected)


def own_server_without_route() -> Case:
    """DHCP gives out a DNS server outside the VPC, to which no route leads."""
    guide = build_guide()
    estate = guide.requester.estate
    estate.resource(guide.requester.vpc)["DhcpOptionsId"] = estate.dhcp_options(["192.0.2.53"])
    expected = denied(
        Symptom.DNS_TIMEOUT,
        "route_table",
        Reason.NO_ROUTE_TO_DESTINATION,
        guide.requester.route_table,
        "NET-03",
        "DNS-07",
    )
    return case(guide, expected)


def own_server_forwards_to_the_other_vpc_plus_two() -> Case:
    """The requester VPC's own DNS server forwards to the API VPC's resolver address."""
    guide = build_guide(resolver=False)
    estate, vpc_id = guide.requester.estate, guide.requester.vpc
    group = estate.security_group(vpc_id, "dns-server", ingress=[udp(53, "10.1.0.0/16"), tcp(53, "10.1.0.0/16")])
    estate.instance(guide.requester.subnets[0], "dns-server", [group], address=_SERVER)
    estate.resource(vpc_id)["DhcpOptionsId"] = estate.dhcp_options([_SERVER])
    guide.estate.outside = {
        "schema": "narrowgate.outside/1",
        "dns_servers": [{"ip": _SERVER, "vpc": vpc_id, "forward": [{"domain": EXECUTE_API, "to": "10.0.0.2"}]}],
    }
    expected = denied(
        Symptom.DNS_SERVFAIL, "dns", Reason.PEER_DNS_NOT_QUERYABLE, "10.0.0.2", "CUST-01", "DNS-03", "PCX-12"
    )
    return case(guide, expected)


def _silence(guide: Guide, side: str) -> None:
    """Both attributes off: EC2 refuses hostnames without support (DNS-05)."""
    found = guide.requester if side == "requester" else guide.api
    for attribute in ("enableDnsHostnames", "enableDnsSupport"):
        found.estate.set_dns_attribute(found.vpc, attribute, value=False)


def _block(guide: Guide, side: str, domain: str, response: str) -> str:
    found = guide.requester if side == "requester" else guide.api
    domains = found.estate.domain_list("blocked", [domain])
    group = found.estate.firewall_group("names", [firewall_rule(100, "BLOCK", domains, response=response)])
    found.estate.associate_firewall(group, found.vpc)
    return group


NAMES = (
    peering_dns_option_only,
    no_endpoint,
    private_dns_off,
    dns_hostnames_off_in_api_vpc,
    dns_hostnames_off_in_requester_vpc,
    dns_support_off_in_requester_vpc,
    dns_support_off_in_api_vpc,
    zone_without_the_api,
    zone_for_the_api,
    alias_without_resolver,
    alias_not_associated,
    firewall_in_the_requester_vpc,
    firewall_in_the_api_vpc,
    own_server_without_route,
    own_server_forwards_to_the_other_vpc_plus_two,
)
