"""Changes to what filters packets: security groups and network ACLs."""

from narrowgate.guide.broken.variation import Case, Expected, case, denied, works
from narrowgate.guide.estate import API_CIDR, REQUESTER_CIDR, Side, build_guide
from narrowgate.guide.responses import allow, any_protocol, tcp, udp
from narrowgate.model.answer import Leg, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom

_EPHEMERAL = (1024, 65535)


_ANYWHERE = "0.0.0.0/0"


def endpoint_group_without_client_range() -> Case:
    """The endpoint's security group admits another range than the requester's."""
    guide = build_guide()
    guide.api.estate.set_permissions(guide.endpoint_group, ingress=[tcp(443, "10.9.0.0/16")])
    return case(guide, _endpoint_group(guide.endpoint_group, Reason.ENI_SG_RULES_MISMATCH))


def endpoint_with_default_group() -> Case:
    """The endpoint was made without a group of its own: the VPC's default group admits only itself."""
    guide = build_guide()
    estate = guide.api.estate
    default = estate.default_of(guide.api.vpc, "ec2.describe_security_groups")
    estate.set_endpoint_groups(guide.endpoint, [default])
    return case(guide, _endpoint_group(default, Reason.ENI_SG_RULES_MISMATCH))


def endpoint_group_empty() -> Case:
    """The endpoint's security group has no inbound rule at all."""
    guide = build_guide()
    guide.api.estate.set_permissions(guide.endpoint_group, ingress=[])
    return case(guide, _endpoint_group(guide.endpoint_group, Reason.SG_HAS_NO_RULES))


def group_reference_across_regions() -> Case:
    """Requester and API are in two Regions, and the endpoint's group names the client's group, not its range."""
    guide = build_guide(requester_region="eu-west-1")
    reference = tcp(443, guide.requester.host_group)
    guide.api.estate.set_permissions(guide.endpoint_group, ingress=[reference])
    return case(
        guide, _endpoint_group(guide.endpoint_group, Reason.SG_REFERENCES_NOT_PRESERVED, "SG-09", "PCX-10")
    )


def client_group_without_443() -> Case:
    """The client's security group lets out DNS only."""
    guide = build_guide()
    guide.requester.estate.set_permissions(guide.requester.host_group, egress=[udp(53, _ANYWHERE)])
    expected = denied(
        Symptom.CONNECT_TIMEOUT,
        "security_group",
        Reason.ENI_SG_RULES_MISMATCH,
        guide.requester.host_group,
        "SG-01",
        "SG-03",
    )
    return case(guide, expected)


def client_group_without_egress() -> Case:
    """The client's security group has no outbound rule: a tool took the default one away."""
    guide = build_guide()
    guide.requester.estate.set_permissions(guide.requester.host_group, egress=[])
    expected = denied(
        Symptom.CONNECT_TIMEOUT,
        "security_group",
        Reason.SG_HAS_NO_RULES,
        guide.requester.host_group,
        "SG-01",
        "SG-02",
        "SG-03",
    )
    return case(guide, expected)


def api_acl_without_ephemeral_out() -> Case:
    """The API subnets' ACL lets replies out over UDP but not over TCP."""
    guide = build_guide()
    acl = _acl(guide.api, tcp_out=(443, 443), udp_out=_EPHEMERAL)
    return case(guide, _acl_denies(acl, Symptom.CONNECT_TIMEOUT))


def api_acl_with_few_ephemeral_ports() -> Case:
    """The API subnets' ACL lets replies out to 49152-65535 only, but a Linux client uses 32768-60999."""
    guide = build_guide()
    acl = _acl(guide.api, tcp_out=(49152, 65535), udp_out=_EPHEMERAL)
    expected = Expected(
        verdict=Verdict.PARTIAL,
        symptom=Symptom.CONNECT_TIMEOUT,
        leg=Leg.RETURN,
        layer="network_acl",
        reason=Reason.ACL_EPHEMERAL_PARTIAL,
        resource=acl,
        rules=("ACL-07",),
    )
    return case(guide, expected)


def requester_acl_without_udp_in() -> Case:
    """The requester subnets' ACL admits replies over TCP but not over UDP: no DNS answer gets back."""
    guide = build_guide()
    acl = _acl(guide.requester, tcp_in=_EPHEMERAL, udp_in=None)
    return case(guide, _acl_denies(acl, Symptom.DNS_SERVFAIL))


def requester_acl_without_tcp_in() -> Case:
    """The requester subnets' ACL admits replies over UDP but not over TCP."""
    guide = build_guide()
    acl = _acl(guide.requester, tcp_in=None, udp_in=_EPHEMERAL)
    return case(guide, _acl_denies(acl, Symptom.CONNECT_TIMEOUT))


def api_acl_without_443_in() -> Case:
    """The API subnets' ACL admits DNS and replies, but no new connection to port 443."""
    guide = build_guide()
    acl = _acl(guide.api, tcp_in=(1024, 65535), udp_in=(53, 53))
    return case(guide, _acl_denies(acl, Symptom.CONNECT_TIMEOUT, leg=Leg.FORWARD))


def deny_everything_in_one_subnet() -> Case:
    """Client and endpoint share a subnet whose ACL denies everything: no packet crosses the subnet's border."""
    guide = build_guide()
    estate = guide.api.estate
    subnet = guide.api.subnets[0]
    estate.set_permissions(guide.endpoint_group, ingress=[tcp(443, REQUESTER_CIDR, API_CIDR)])
    endpoint = estate.resource(guide.endpoint)
    gone = endpoint["NetworkInterfaceIds"][1]
    estate.remove("ec2.describe_network_interfaces", gone, "NetworkInterfaceId")
    endpoint.update(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"][:1], SubnetIds=[subnet])
    estate.set_private_dns(guide.endpoint, enabled=True)
    estate.network_acl(guide.api.vpc, "closed", subnets=[subnet])
    estate.set_permissions(guide.api.host_group, egress=[any_protocol(_ANYWHERE)])
    return Case(guide=guide, expected=works(), url=guide.url, client="database")


def _endpoint_group(group: str, reason: Reason, *rules: str) -> Expected:
    return denied(
        Symptom.CONNECT_TIMEOUT, "security_group", reason, group, *rules, "SG-06", "SG-01", "SG-03", "SG-05"
    )


def _acl_denies(acl: str, symptom: Symptom, *, leg: Leg = Leg.RETURN) -> Expected:
    return denied(
        symptom,
        "network_acl",
        Reason.SUBNET_ACL_RESTRICTION,
        acl,
        "ACL-07",
        "ACL-08",
        "ACL-09",
        "ACL-03",
        "ACL-02",
        leg=leg,
    )


_ALL = (0, 65535)


Ports = tuple[int, int]


def _acl(
    side: Side,
    *,
    tcp_in: Ports | None = _ALL,
    udp_in: Ports | None = _ALL,
    tcp_out: Ports | None = _ALL,
    udp_out: Ports | None = _ALL,
) -> str:
    """An ACL of its own for a side's subnets, with the ports that it lets pass."""
    wanted = (
        ("tcp", tcp_in, False),
        ("udp", udp_in, False),
        ("tcp", tcp_out, True),
        ("udp", udp_out, True),
    )
    entries = [
        allow(100 + number, _ANYWHERE, protocol=protocol, ports=ports, egress=egress)
        for number, (protocol, ports, egress) in enumerate(wanted)
        if ports is not None
    ]
    return side.estate.network_acl(side.vpc, "own", entries=entries, subnets=side.subnets)


FILTERS = (
    endpoint_group_without_client_range,
    endpoint_with_default_group,
    endpoint_group_empty,
    group_reference_across_regions,
    client_group_without_443,
    client_group_without_egress,
    api_acl_without_ephemeral_out,
    api_acl_with_few_ephemeral_ports,
    requester_acl_without_udp_in,
    requester_acl_without_tcp_in,
    api_acl_without_443_in,
    deny_everything_in_one_subnet,
)
