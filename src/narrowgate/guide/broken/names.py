"""Changes to what answers names: rules, Resolver endpoints, zones, attributes, firewalls, own servers."""

from narrowgate.guide.broken.variation import Case, Expected, case, denied, works
from narrowgate.guide.estate import BILLING, ORDERS, REGION, STAGE, STATUS, Guide, add_resolver, build_guide
from narrowgate.guide.responses import firewall_rule, tcp, udp
from narrowgate.model.answer import Leg, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom

_DOMAIN = f"execute-api.{REGION}.amazonaws.com"
_API_NAME = f"{ORDERS}.{_DOMAIN}"
_SERVER = "10.1.1.99"


def rule_not_associated() -> Case:
    """The forwarding rule exists but is associated with no VPC."""
    guide = build_guide()
    _drop_association(guide)
    return case(guide, _no_private_answer(guide.rule, "RSLV-12", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def rule_association_failed() -> Case:
    """The rule's association with the requester VPC is in the state FAILED."""
    guide = build_guide()
    guide.requester.estate.resource(guide.rule_association)["Status"] = "FAILED"
    return case(guide, _no_private_answer(guide.rule, "RSLV-10", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def rule_missing() -> Case:
    """Both Resolver endpoints exist, but no rule sends anything to them."""
    guide = build_guide()
    _drop_association(guide)
    guide.estate.remove("route53resolver.list_resolver_rules", guide.rule, "Id")
    return case(guide, _no_private_answer(guide.requester.vpc, "VPCE-DNS-10", "AGW-04", "AGW-05"))


def peering_dns_option_only() -> Case:
    """No Resolver endpoints; the peering's DNS resolution option is on for both sides."""
    guide = build_guide(resolver=False)
    guide.estate.set_peering_dns(guide.peering, requester=True, accepter=True)
    return case(guide, _no_private_answer(guide.requester.vpc, "PEER-DNS-02", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def no_endpoint() -> Case:
    """Nobody made an `execute-api` endpoint in the API VPC."""
    guide = build_guide()
    estate = guide.api.estate
    for interface_id in estate.resource(guide.endpoint)["NetworkInterfaceIds"]:
        estate.remove("ec2.describe_network_interfaces", interface_id, "NetworkInterfaceId")
    estate.remove("ec2.describe_vpc_endpoints", guide.endpoint, "VpcEndpointId")
    del estate.resource(ORDERS)["endpointConfiguration"]["vpcEndpointIds"]
    return case(guide, _no_private_answer(guide.api.vpc, "VPCE-DNS-10", "AGW-01", "AGW-04", "AGW-05"))


def private_dns_off() -> Case:
    """The endpoint's private DNS is off: the inbound endpoint answers from public DNS."""
    guide = build_guide()
    guide.api.estate.set_private_dns(guide.endpoint, enabled=False)
    return case(guide, _no_private_answer(guide.endpoint, "VPCE-DNS-10", "AGW-04", "AGW-05"))


def dns_hostnames_off_in_api_vpc() -> Case:
    """`enableDnsHostnames` of the API VPC is off, and private DNS has no effect without it."""
    guide = build_guide()
    guide.api.estate.set_dns_attribute(guide.api.vpc, "enableDnsHostnames", value=False)
    return case(guide, _no_private_answer(guide.endpoint, "DNS-05", "VPCE-DNS-10", "AGW-04", "AGW-05"))


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


def inbound_group_without_udp_53() -> Case:
    """The inbound endpoint's group admits TCP 53 only."""
    guide = build_guide()
    guide.api.estate.set_permissions(guide.api.resolver_group, ingress=[tcp(53, "10.1.0.0/16")])
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "security_group",
        Reason.ENI_SG_RULES_MISMATCH,
        guide.api.resolver_group,
        "IN-03",
        "SG-07",
        "SG-01",
        "SG-03",
    )
    return case(guide, expected)


def inbound_group_without_tcp_53() -> Case:
    """The inbound endpoint's group admits UDP 53 only: it works until an answer is truncated."""
    guide = build_guide()
    guide.api.estate.set_permissions(guide.api.resolver_group, ingress=[udp(53, "10.1.0.0/16")])
    return case(guide, works(warns=True))


def inbound_group_admits_clients_only() -> Case:
    """The inbound endpoint's group admits the client's address, but queries come from the outbound endpoint."""
    guide = build_guide()
    guide.api.estate.set_permissions(
        guide.api.resolver_group, ingress=[udp(53, "10.1.1.10/32"), tcp(53, "10.1.1.10/32")]
    )
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "security_group",
        Reason.ENI_SG_RULES_MISMATCH,
        guide.api.resolver_group,
        "IN-03",
        "SG-07",
        "SG-01",
        "SG-03",
    )
    return case(guide, expected)


def outbound_group_without_53() -> Case:
    """The outbound endpoint's group lets out HTTPS only."""
    guide = build_guide()
    group = guide.requester.resolver_group
    guide.requester.estate.set_permissions(group, egress=[tcp(443, "0.0.0.0/0")])
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "security_group",
        Reason.ENI_SG_RULES_MISMATCH,
        group,
        "OUT-02",
        "SG-07",
        "SG-01",
        "SG-03",
    )
    return case(guide, expected)


def inbound_endpoint_not_operational() -> Case:
    """The inbound endpoint is still being created."""
    guide = build_guide()
    inbound = guide.api.resolver_endpoint
    guide.api.estate.resource(inbound)["Status"] = "CREATING"
    expected = denied(
        Symptom.DNS_SERVFAIL, "dns", Reason.DNS_ENDPOINT_NOT_OPERATIONAL, inbound, "OUT-04", "IN-01", "IN-02"
    )
    return case(guide, expected)


def target_at_the_other_vpc_plus_two() -> Case:
    """The rule's target is the API VPC's own resolver address instead of the inbound endpoint."""
    guide = build_guide()
    _retarget(guide, ["10.0.0.2"])
    expected = denied(Symptom.DNS_SERVFAIL, "dns", Reason.PEER_DNS_NOT_QUERYABLE, "10.0.0.2", "DNS-03", "PCX-12")
    return case(guide, expected)


def one_of_two_targets_wrong() -> Case:
    """One of the rule's two targets is an address that nobody has: lookups work, some of them slowly."""
    guide = build_guide()
    _retarget(guide, ["10.0.1.53", "10.0.1.99"])
    return case(guide, works(warns=True))


def rule_for_the_whole_region() -> Case:
    """The rule is for all names of the Region, as the guide writes it, and somebody calls a public API."""
    guide = build_guide(resolver=False)
    add_resolver(guide, _DOMAIN)
    return case(guide, _captured("AGW-18", "AGW-17", "VPCE-DNS-05", "ERR-01"), url=_url(STATUS, "/status"))


def rule_for_everything() -> Case:
    """The rule is for `.`, and somebody calls a public API."""
    guide = build_guide(resolver=False)
    add_resolver(guide, ".")
    return case(guide, _captured("AGW-18", "AGW-17", "VPCE-DNS-05", "ERR-01"), url=_url(STATUS, "/status"))


def rule_for_everything_still_reaches_the_api() -> Case:
    """The rule is for `.`: the guide's own call works, and the whole API VPC's names are exposed with it."""
    guide = build_guide(resolver=False)
    add_resolver(guide, ".")
    return case(guide, works())


def rule_for_everything_with_system_rule() -> Case:
    """Beside the rule for `.` stands a SYSTEM rule for `amazonaws.com`: the API's name is not forwarded."""
    guide = build_guide(resolver=False)
    add_resolver(guide, ".")
    estate = guide.requester.estate
    system = estate.resolver_rule("amazonaws.com", kind="SYSTEM")
    estate.associate_rule(system, guide.requester.vpc)
    return case(guide, _no_private_answer(system, "RSLV-06", "RSLV-07", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def rule_loops_directly() -> Case:
    """The rule is also associated with the API VPC, whose own inbound endpoint is the rule's target."""
    guide = build_guide()
    guide.requester.estate.associate_rule(guide.rule, guide.api.vpc)
    expected = Expected(
        verdict=Verdict.INVALID,
        symptom=Symptom.DNS_SERVFAIL,
        leg=Leg.CONFIG,
        layer="dns",
        reason=Reason.DNS_FORWARD_LOOP,
        resource=guide.rule,
        rules=("RSLV-15",),
    )
    return case(guide, expected)


def rule_loops() -> Case:
    """The API VPC forwards the API's name back to an inbound endpoint in the requester VPC."""
    guide = build_guide()
    requester, api = guide.requester, guide.api
    both = [udp(53, "10.0.0.0/8"), tcp(53, "10.0.0.0/8")]
    way_out = api.estate.security_group(api.vpc, "outbound-back")
    way_in = requester.estate.security_group(requester.vpc, "inbound-back", ingress=both)
    inbound = requester.estate.resolver_endpoint("INBOUND", requester.subnets, [way_in], name="back-in")
    outbound = api.estate.resolver_endpoint("OUTBOUND", api.subnets, [way_out], name="back-out")
    targets = requester.estate.resolver_addresses(inbound)
    rule = api.estate.resolver_rule(_API_NAME, outbound, targets, name="back")
    api.estate.associate_rule(rule, api.vpc)
    expected = denied(Symptom.DNS_SERVFAIL, "dns", Reason.DNS_FORWARD_LOOP, None, "RSLV-15")
    return case(guide, expected)


def zone_without_the_api() -> Case:
    """The requester VPC has a private zone for the whole domain, with a record for another API only."""
    guide = build_guide(resolver=False)
    estate = guide.requester.estate
    zone = estate.private_zone(_DOMAIN, [guide.requester.vpc])
    estate.alias_to_endpoint(zone, f"{BILLING}.{_DOMAIN}", guide.endpoint)
    expected = denied(Symptom.DNS_NXDOMAIN, "dns", Reason.DNS_NAME_NOT_FOUND, zone, "PHZ-06", "RSLV-05")
    return case(guide, expected)


def zone_for_the_api() -> Case:
    """No Resolver endpoints; a private zone for the one API's name points to the endpoint."""
    guide = build_guide(resolver=False)
    estate = guide.requester.estate
    zone = estate.private_zone(_API_NAME, [guide.requester.vpc])
    estate.alias_to_endpoint(zone, _API_NAME, guide.endpoint)
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
    group = _block(guide, "requester", _API_NAME, "NODATA")
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
        "dns_servers": [{"ip": _SERVER, "vpc": vpc_id, "forward": [{"domain": _DOMAIN, "to": "10.0.0.2"}]}],
    }
    expected = denied(
        Symptom.DNS_SERVFAIL, "dns", Reason.PEER_DNS_NOT_QUERYABLE, "10.0.0.2", "CUST-01", "DNS-03", "PCX-12"
    )
    return case(guide, expected)


def _no_private_answer(names: str, *rules: str) -> Expected:
    """Only public DNS was left to ask; `names` is what kept the private answer away."""
    return Expected(
        verdict=Verdict.DENIED,
        symptom=Symptom.DNS_NXDOMAIN,
        layer="dns",
        reason=Reason.DNS_NO_PRIVATE_ANSWER,
        rules=rules,
        names=names,
    )


def _captured(*rules: str) -> Expected:
    return denied(Symptom.HTTP_403, "http", Reason.API_NOT_PRIVATE, STATUS, *rules)


def _url(api_id: str, path: str) -> str:
    return f"https://{api_id}.{_DOMAIN}/{STAGE}{path}"


def _drop_association(guide: Guide) -> None:
    guide.estate.remove("route53resolver.list_resolver_rule_associations", guide.rule_association, "Id")


def _retarget(guide: Guide, targets: list[str]) -> None:
    rule = guide.requester.estate.resource(guide.rule)
    rule["TargetIps"] = [{"Ip": target, "Port": 53, "Protocol": "Do53"} for target in targets]


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
    rule_not_associated,
    rule_association_failed,
    rule_missing,
    peering_dns_option_only,
    no_endpoint,
    private_dns_off,
    dns_hostnames_off_in_api_vpc,
    dns_hostnames_off_in_requester_vpc,
    dns_support_off_in_requester_vpc,
    dns_support_off_in_api_vpc,
    inbound_group_without_udp_53,
    inbound_group_without_tcp_53,
    inbound_group_admits_clients_only,
    outbound_group_without_53,
    inbound_endpoint_not_operational,
    target_at_the_other_vpc_plus_two,
    one_of_two_targets_wrong,
    rule_for_the_whole_region,
    rule_for_everything,
    rule_for_everything_still_reaches_the_api,
    rule_for_everything_with_system_rule,
    rule_loops_directly,
    rule_loops,
    zone_without_the_api,
    zone_for_the_api,
    alias_without_resolver,
    alias_not_associated,
    firewall_in_the_requester_vpc,
    firewall_in_the_api_vpc,
    own_server_without_route,
    own_server_forwards_to_the_other_vpc_plus_two,
)
