"""What nobody collected, what AWS refused to tell, and what contradicts itself: the answer is `unknown`."""

from narrowgate.guide.broken.variation import Case, case, denied, unknown
from narrowgate.guide.estate import API_CIDR, build_guide
from narrowgate.guide.responses import tcp, udp
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom


def route_tables_not_collected() -> Case:
    """Nobody asked for the route tables."""
    guide = build_guide()
    guide.estate.forget("ec2.describe_route_tables")
    return case(guide, unknown("ec2.describe_route_tables"))


def network_acls_refused() -> Case:
    """AWS refused to list the network ACLs."""
    guide = build_guide()
    guide.estate.refuse("ec2.describe_network_acls", code="UnauthorizedOperation")
    return case(guide, unknown("ec2.describe_network_acls"))


def resolver_rules_not_collected() -> Case:
    """Nobody asked for the Resolver rules: the name may be forwarded, and may not."""
    guide = build_guide()
    guide.estate.forget("route53resolver.list_resolver_rules")
    return case(guide, unknown("route53resolver.list_resolver_rules"))


def private_dns_not_told() -> Case:
    """The endpoint's answer lacks the field that says whether private DNS is on."""
    guide = build_guide()
    del guide.api.estate.resource(guide.endpoint)["PrivateDnsEnabled"]
    del guide.api.estate.resource(guide.endpoint)["DnsEntries"]
    return case(guide, unknown("VpcEndpoint.PrivateDnsEnabled"))


def unknown_dns_server() -> Case:
    """DHCP gives out an instance as DNS server, and nothing says what it answers."""
    guide = build_guide()
    estate, vpc_id = guide.requester.estate, guide.requester.vpc
    group = estate.security_group(vpc_id, "dns-server", ingress=[udp(53, "10.1.0.0/16"), tcp(53, "10.1.0.0/16")])
    estate.instance(guide.requester.subnets[0], "dns-server", [group], address="10.1.1.99")
    estate.resource(vpc_id)["DhcpOptionsId"] = estate.dhcp_options(["10.1.1.99"])
    return case(guide, unknown("outside.json"))


def other_account_not_collected() -> Case:
    """The API VPC belongs to an account of which nothing was collected."""
    guide = build_guide(two_accounts=True)
    for where in [each for each in guide.estate.ledger.sites if each.account == guide.api.estate.account]:
        del guide.estate.ledger.sites[where]
    return case(guide, unknown(""))


def views_contradict() -> Case:
    """The two owners' views of the peering contradict each other on its state."""
    guide = build_guide(two_accounts=True)
    views = guide.estate.views("ec2.describe_vpc_peering_connections", guide.peering, "VpcPeeringConnectionId")
    views[1]["Status"] = {"Code": "deleted", "Message": "Deleted by 444455556666"}
    return case(guide, unknown("Status"))


def certain_failure_beside_an_unknown() -> Case:
    """Nobody asked for the ACLs, but there is no route to the API VPC: that decides, whatever the ACLs are."""
    guide = build_guide()
    guide.estate.forget("ec2.describe_network_acls")
    guide.requester.estate.remove_route(guide.requester.route_table, API_CIDR)
    expected = denied(
        Symptom.DNS_SERVFAIL,
        "route_table",
        Reason.NO_ROUTE_TO_DESTINATION,
        guide.requester.route_table,
        "RCH-02",
        "PCX-05",
        "NET-03",
    )
    return case(guide, expected)


FACTS = (
    route_tables_not_collected,
    network_acls_refused,
    resolver_rules_not_collected,
    private_dns_not_told,
    unknown_dns_server,
    other_account_not_collected,
    views_contradict,
    certain_failure_beside_an_unknown,
)
