"""Internet, egress-only and NAT gateways, gateway endpoints, and the targets that are named but not judged."""

import pytest
from tests.builders import allow, any_protocol, tcp
from tests.unit.network.estates import FAR, NEAR, Pair, causes, decided, missing, peered

from narrowgate.model.answer import Verdict

ANYWHERE = "0.0.0.0/0"
SERVER = "198.51.100.7"


def _public(pair: Pair, name: str, address: str) -> str:
    """Give one side an internet gateway, a default route to it, and its host a public address."""
    each = getattr(pair, name)
    gateway = pair.estate.internet_gateway(each.vpc)
    pair.estate.route(each.table, ANYWHERE, gateway)
    pair.estate.resource(each.host)["Association"] = {"PublicIp": address, "IpOwnerId": "amazon"}
    return gateway


def test_a_host_with_a_public_address_reaches_the_internet():
    pair = peered()
    _public(pair, "near", "203.0.113.10")
    answer = pair.ask(target=SERVER)
    assert answer.verdict is Verdict.ALLOWED
    assert answer.paths[0].arrives_from == "203.0.113.10"


def test_a_host_without_a_public_address_does_not():
    pair = peered()
    gateway = _public(pair, "near", "203.0.113.10")
    del pair.estate.resource(pair.near.host)["Association"]
    assert decided(pair.ask(target=SERVER)) == ("forward", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", gateway)


def test_an_internet_gateway_carries_nothing_to_a_private_address():
    pair = peered()
    gateway = _public(pair, "near", "203.0.113.10")
    assert decided(pair.ask(target="10.77.0.1")) == ("forward", "CANNOT_ROUTE", gateway)


def test_an_internet_gateway_of_another_vpc_carries_nothing():
    pair = peered()
    gateway = _public(pair, "near", "203.0.113.10")
    pair.estate.resource(gateway)["Attachments"] = [{"VpcId": pair.far.vpc, "State": "available"}]
    assert decided(pair.ask(target=SERVER)) == ("forward", "UNASSOCIATED_COMPONENT", gateway)


def test_replies_from_the_internet_need_the_acl_too():
    pair = peered()
    _public(pair, "near", "203.0.113.10")
    acl = pair.estate.network_acl(
        pair.near.vpc,
        "closed",
        entries=[allow(100, ANYWHERE, protocol="tcp", ports=443), allow(100, ANYWHERE, egress=True)],
        subnets=[pair.near.subnet],
    )
    assert decided(pair.ask(target=SERVER)) == ("return", "SUBNET_ACL_RESTRICTION", acl)


def test_a_public_address_of_the_estate_is_reached_through_both_gateways():
    pair = peered()
    _public(pair, "near", "203.0.113.10")
    gateway = _public(pair, "far", "203.0.113.20")
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "203.0.113.10/32")])
    assert pair.ask(target="203.0.113.20").verdict is Verdict.ALLOWED
    # What arrives carries the public address: the private range admits nothing.
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, NEAR)])
    assert decided(pair.ask(target="203.0.113.20")) == ("forward", "ENI_SG_RULES_MISMATCH", pair.far.group)
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, ANYWHERE)])
    pair.estate.resource(gateway)["Attachments"] = []
    assert ("forward", "UNASSOCIATED_COMPONENT", pair.far.vpc) in causes(pair.ask(target="203.0.113.20"))


def test_the_internet_reaches_a_public_address_that_its_group_opens():
    pair = peered()
    _public(pair, "far", "203.0.113.20")
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, ANYWHERE)])
    assert pair.ask("internet", "203.0.113.20").verdict is Verdict.ALLOWED
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, FAR)])
    assert decided(pair.ask("internet", "203.0.113.20")) == ("forward", "ENI_SG_RULES_MISMATCH", pair.far.group)


def test_a_group_that_opens_to_some_of_the_internet_is_partial():
    pair = peered()
    _public(pair, "far", "203.0.113.20")
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "198.51.100.0/24")])
    answer = pair.ask("internet", "203.0.113.20")
    assert answer.verdict is Verdict.PARTIAL
    assert answer.works == ("internet (198.51.100.0-198.51.100.255)",)


def test_the_internet_reaches_no_private_address():
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, ANYWHERE)])
    answer = pair.ask("internet")
    assert decided(answer) == ("forward", "IGW_PUBLIC_IP_ASSOCIATION_FOR_INGRESS", pair.far.host)


def test_the_internet_needs_the_reply_to_leave_by_the_gateway():
    pair = peered()
    _public(pair, "far", "203.0.113.20")
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, ANYWHERE)])
    pair.estate.remove_route(pair.far.table, ANYWHERE)
    assert decided(pair.ask("internet", "203.0.113.20")) == ("return", "NO_ROUTE_TO_DESTINATION", pair.far.table)


def test_an_egress_only_gateway_lets_out_over_ipv6():
    pair = peered(ipv6=True)
    gateway = "eigw-0aaaaaaaaaaaaaaaa"
    pair.estate.route(pair.near.table, "::/0", gateway)
    pair.estate._add(
        "ec2.describe_egress_only_internet_gateways",
        {
            "EgressOnlyInternetGatewayId": gateway,
            "Attachments": [{"VpcId": pair.near.vpc, "State": "attached"}],
            "Tags": [],
        },
        gateway,
    )
    pair.estate.set_permissions(pair.near.group, egress=[any_protocol("::/0")])
    assert pair.ask(target="2600:1f18::7").verdict is Verdict.ALLOWED
    pair.estate.resource(gateway)["Attachments"] = []
    assert decided(pair.ask(target="2600:1f18::7")) == ("forward", "UNASSOCIATED_COMPONENT", gateway)


def _with_nat(*, public: bool = False, state: str = "available") -> Pair:
    """The near host reaches the far VPC by a NAT gateway in a subnet of its own, `10.1.2.0/24`."""
    pair = peered()
    estate, near = pair.estate, pair.near
    subnet = estate.subnet(near.vpc, "10.1.2.0/24", "a", "nat")
    table = estate.route_table(near.vpc, "nat", subnets=[subnet])
    nat = "nat-0aaaaaaaaaaaaaaaa"
    interface = estate.managed_interface(
        subnet, [], "nat_gateway", f"Interface for NAT Gateway {nat}", address="10.1.2.5"
    )
    estate._add(
        "ec2.describe_nat_gateways",
        {
            "NatGatewayId": nat,
            "VpcId": near.vpc,
            "SubnetId": subnet,
            "State": state,
            "ConnectivityType": "public" if public else "private",
            "NatGatewayAddresses": [
                {"PrivateIp": "10.1.2.5", "NetworkInterfaceId": interface}
                | ({"PublicIp": "203.0.113.50"} if public else {})
            ],
            "Tags": [],
        },
        nat,
    )
    estate.remove_route(near.table, FAR)
    estate.route(near.table, ANYWHERE, nat)
    estate.route(table, FAR, pair.link)
    pair.extra.update(nat=nat, subnet=subnet, table=table)
    return pair


def test_behind_a_nat_gateway_the_target_sees_the_gateways_address():
    pair = _with_nat()
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "10.1.2.5/32")])
    answer = pair.ask()
    assert (answer.verdict, answer.paths[0].arrives_from) == (Verdict.ALLOWED, "10.1.2.5")
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "10.1.1.10/32")])
    assert decided(pair.ask()) == ("forward", "ENI_SG_RULES_MISMATCH", pair.far.group)


def test_behind_a_nat_gateway_group_references_break():
    pair = _with_nat()
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, pair.near.group)])
    assert decided(pair.ask()) == ("forward", "SG_REFERENCES_NOT_PRESERVED", pair.far.group)


def test_the_reply_needs_a_route_to_the_nat_gateway_only():
    pair = _with_nat()
    pair.estate.remove_route(pair.far.table, NEAR)
    assert decided(pair.ask()) == ("return", "NO_ROUTE_TO_DESTINATION", pair.far.table)
    pair.estate.route(pair.far.table, "10.1.2.0/24", pair.link)
    assert pair.ask().verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("inbound", "outbound", "leg"),
    [
        ([NEAR, FAR], [NEAR, FAR], None),
        ([FAR], [NEAR, FAR], "forward"),
        ([NEAR, FAR], [NEAR], "forward"),
        ([NEAR], [NEAR, FAR], "return"),
        ([NEAR, FAR], [FAR], "return"),
    ],
)
def test_the_nat_gateways_subnet_has_four_borders(inbound, outbound, leg):
    pair = _with_nat()
    entries = [allow(100 + number, block) for number, block in enumerate(inbound)]
    entries += [allow(100 + number, block, egress=True) for number, block in enumerate(outbound)]
    acl = pair.estate.network_acl(pair.near.vpc, "nat", entries=entries, subnets=[pair.extra["subnet"]])
    answer = pair.ask()
    assert decided(answer) == ((leg, "SUBNET_ACL_RESTRICTION", acl) if leg else None)


def test_replies_to_a_nat_gateway_go_to_all_ports_from_1024():
    pair = _with_nat()
    acl = pair.estate.network_acl(
        pair.far.vpc,
        "narrow",
        entries=[allow(100, NEAR), allow(100, NEAR, protocol="tcp", ports=(32768, 60999), egress=True)],
        subnets=[pair.far.subnet],
    )
    answer = pair.ask(client_ports=(32768, 60999))
    assert decided(answer) == ("return", "ACL_EPHEMERAL_PARTIAL", acl)


def test_a_nat_gateway_that_is_not_available_carries_nothing():
    pair = _with_nat(state="failed")
    assert decided(pair.ask()) == ("forward", "BAD_STATE", pair.extra["nat"])


def test_a_nat_gateway_serves_its_own_vpc_only():
    pair = _with_nat()
    pair.estate.resource(pair.extra["nat"])["VpcId"] = pair.far.vpc
    assert decided(pair.ask()) == ("forward", "NGW_REQUIRES_SOURCE_IN_VPC", pair.extra["nat"])


def test_a_nat_gateway_that_only_a_route_names_is_unknown():
    pair = _with_nat()
    pair.estate.remove("ec2.describe_nat_gateways", pair.extra["nat"], "NatGatewayId")
    assert ("ec2.describe_nat_gateways", pair.extra["nat"]) in missing(pair.ask())


@pytest.mark.parametrize(("public", "verdict"), [(True, Verdict.ALLOWED), (False, Verdict.DENIED)])
def test_only_a_public_nat_gateway_reaches_the_internet(public, verdict):
    pair = _with_nat(public=public)
    gateway = pair.estate.internet_gateway(pair.near.vpc)
    pair.estate.route(pair.extra["table"], ANYWHERE, gateway)
    answer = pair.ask(target=SERVER)
    assert answer.verdict is verdict
    if public:
        assert answer.paths[0].arrives_from == "203.0.113.50"


def test_a_nat_gateway_whose_subnet_routes_to_it_again_goes_nowhere():
    pair = _with_nat()
    pair.estate.remove_route(pair.extra["table"], FAR)
    pair.estate.route(pair.extra["table"], ANYWHERE, pair.extra["nat"])
    assert decided(pair.ask()) == ("forward", "CANNOT_ROUTE", pair.extra["nat"])


def test_a_reply_through_a_nat_gateway_would_change_its_address():
    pair = _with_nat()
    # Asked the other way round: the far host calls, and the near subnet's default route is the NAT gateway.
    pair.estate.set_permissions(pair.near.group, ingress=[tcp(443, FAR)])
    answer = pair.ask(pair.far.host, pair.near.host)
    assert decided(answer) == ("return", "CANNOT_ROUTE", pair.extra["nat"])


def test_a_gateway_endpoints_list_beats_the_default_route_for_its_service():
    pair = peered()
    _public(pair, "near", "203.0.113.10")
    estate = pair.estate
    endpoint = estate.gateway_endpoint(pair.near.vpc, [pair.near.table])
    route = next(r for r in estate.resource(pair.near.table)["Routes"] if r.get("GatewayId") == endpoint)
    assert route["DestinationPrefixListId"].startswith("pl-")
    listed = estate.prefix_list("service", ["52.216.0.0/15"])
    route["DestinationPrefixListId"] = listed
    answer = pair.ask(target="52.216.1.1")
    assert (answer.verdict, answer.forward[-1].component) == (Verdict.ALLOWED, endpoint)
    estate.resource(endpoint)["State"] = "failed"
    assert decided(pair.ask(target="52.216.1.1")) == ("forward", "BAD_STATE", endpoint)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("vgw-0aaaaaaaaaaaaaaaa", "route to a virtual private gateway"),
        ("lgw-0aaaaaaaaaaaaaaaa", "route to a local gateway"),
        ("cagw-0aaaaaaaaaaaaaaa", "route to a carrier gateway"),
        ("vpce-0aaaaaaaaaaaaaaaa", "route to a Gateway Load Balancer endpoint"),
        (
            "arn:aws:networkmanager::111122223333:core-network/core-network-0aaaa",
            "route to a Cloud WAN core network",
        ),
        ("odb-0aaaaaaaaaaaaaaaa", "route to a target that is not modelled"),
    ],
)
def test_what_is_not_modelled_is_named_and_unknown(target, kind):
    pair = peered()
    pair.estate.route(pair.near.table, FAR, target)
    answer = pair.ask()
    assert (answer.verdict, missing(answer)) == (Verdict.UNKNOWN, [(kind, target)])


def test_a_closed_group_decides_although_the_way_is_not_modelled():
    pair = peered()
    pair.estate.route(pair.near.table, FAR, "vgw-0aaaaaaaaaaaaaaaa")
    pair.estate.set_permissions(pair.far.group, ingress=[])
    answer = pair.ask()
    assert decided(answer) == ("forward", "SG_HAS_NO_RULES", pair.far.group)
    assert answer.unknowns


def test_addresses_of_vpc_lattice_are_unknown():
    pair = peered()
    answer = pair.ask(target="169.254.171.32")
    assert (answer.verdict, missing(answer)[0]) == (Verdict.UNKNOWN, ("VPC Lattice", "169.254.171.32"))
