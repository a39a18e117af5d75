"""VPCE-01 to VPCE-10, OUT-01, IN-03, NET-09: what stands behind an address and what it listens on."""

import pytest
from tests.builders import any_protocol
from tests.unit.network.estates import NEAR, Pair, decided, missing, peered

from narrowgate.model.answer import Verdict


def _with_endpoint(service: str = "execute-api") -> tuple[Pair, str]:
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[any_protocol(NEAR)])
    return pair, pair.estate.interface_endpoint([pair.far.subnet], [pair.far.group], service=service)


@pytest.mark.parametrize("state", ["available", "Available", "AVAILABLE"])
def test_an_available_endpoint_serves_in_any_spelling(state):
    pair, endpoint = _with_endpoint()
    pair.estate.resource(endpoint)["State"] = state
    assert pair.ask(target=endpoint).verdict is Verdict.ALLOWED


@pytest.mark.parametrize("state", ["pendingAcceptance", "pending", "deleting", "rejected", "failed", "Expired"])
def test_an_endpoint_in_another_state_does_not_serve(state):
    pair, endpoint = _with_endpoint()
    pair.estate.resource(endpoint)["State"] = state
    assert decided(pair.ask(target=endpoint)) == ("forward", "BAD_STATE", endpoint)


def test_a_partial_endpoint_serves_with_a_warning():
    pair, endpoint = _with_endpoint()
    pair.estate.resource(endpoint)["State"] = "Partial"
    answer = pair.ask(target=endpoint)
    assert answer.verdict is Verdict.ALLOWED
    assert any("Partial" in warning for warning in answer.warnings)


def test_an_endpoint_without_a_state_is_unknown():
    pair, endpoint = _with_endpoint()
    del pair.estate.resource(endpoint)["State"]
    assert missing(pair.ask(target=endpoint)) == [("VpcEndpoint.State", endpoint)]
    assert pair.ask(target=endpoint, complete=True).verdict is Verdict.ALLOWED


def test_an_endpoint_interface_whose_endpoint_was_not_collected_is_unknown():
    pair, endpoint = _with_endpoint()
    interface = pair.estate.resource(endpoint)["NetworkInterfaceIds"][0]
    pair.estate.forget("ec2.describe_vpc_endpoints")
    answer = pair.ask(target=interface)
    assert answer.verdict is Verdict.UNKNOWN
    assert ("ec2.describe_vpc_endpoints", endpoint) in missing(answer)


@pytest.mark.parametrize(
    ("port", "protocol", "reason"),
    [
        (443, "tcp", None),
        (80, "tcp", "NOTHING_LISTENS"),
        (8443, "tcp", "NOTHING_LISTENS"),
        (443, "udp", "PROTOCOL_RESTRICTION"),
    ],
)
def test_execute_api_listens_on_tcp_443_only(port, protocol, reason):
    pair, endpoint = _with_endpoint()
    answer = pair.ask(target=endpoint, port=port, protocol=protocol)
    assert decided(answer) == (("forward", reason, endpoint) if reason else None)


def test_other_services_ports_are_not_known_but_for_443():
    pair, endpoint = _with_endpoint("secretsmanager")
    assert pair.ask(target=endpoint).verdict is Verdict.ALLOWED
    assert pair.ask(target=endpoint, port=8080).verdict is Verdict.UNKNOWN


def test_the_ports_of_an_endpoint_service_are_not_known():
    pair, endpoint = _with_endpoint()
    pair.estate.resource(endpoint)["ServiceName"] = "com.amazonaws.vpce.us-east-1.vpce-svc-0aaaaaaaaaaaaaaaa"
    assert pair.ask(target=endpoint).verdict is Verdict.UNKNOWN


def test_an_endpoint_opens_no_connections():
    pair, endpoint = _with_endpoint()
    interface = pair.estate.resource(endpoint)["NetworkInterfaceIds"][0]
    for client in (endpoint, interface):
        assert decided(pair.ask(client, pair.near.host)) == ("forward", "VPCE_INTRA_VPC_TRAFFIC", endpoint)


def test_the_address_on_arrival_is_the_clients_own():
    pair, endpoint = _with_endpoint()
    assert pair.ask(target=endpoint).paths[0].arrives_from == pair.near.address


def test_an_endpoint_without_its_interfaces_is_unknown():
    pair, endpoint = _with_endpoint()
    interface = pair.estate.resource(endpoint)["NetworkInterfaceIds"][0]
    pair.estate.forget("ec2.describe_network_interfaces")
    answer = pair.ask(pair.near.subnet, endpoint)
    assert (answer.verdict, missing(answer)) == (
        Verdict.UNKNOWN,
        [("ec2.describe_network_interfaces", interface)],
    )


def _resolver(direction: str) -> tuple[Pair, str]:
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[any_protocol(NEAR)])
    second = pair.estate.subnet(pair.far.vpc, "10.2.2.0/24", "b")
    pair.estate.use_route_table(second, pair.far.table)
    return pair, pair.estate.resolver_endpoint(
        direction, [pair.far.subnet, second], [pair.far.group], addresses=["10.2.1.53", "10.2.2.53"]
    )


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_an_inbound_endpoint_listens_on_53(protocol):
    pair, endpoint = _resolver("INBOUND")
    assert pair.ask(target=endpoint, port=53, protocol=protocol).verdict is Verdict.ALLOWED
    assert decided(pair.ask(target=endpoint, port=443)) == ("forward", "NOTHING_LISTENS", endpoint)


def test_an_inbound_endpoint_with_doh_listens_on_443():
    pair, endpoint = _resolver("INBOUND")
    pair.estate.resource(endpoint)["Protocols"] = ["DoH"]
    assert pair.ask(target=endpoint).verdict is Verdict.ALLOWED
    assert decided(pair.ask(target=endpoint, port=53)) == ("forward", "NOTHING_LISTENS", endpoint)


def test_an_outbound_endpoint_accepts_nothing():
    pair, endpoint = _resolver("OUTBOUND")
    assert decided(pair.ask(target="10.2.1.53", port=53, protocol="udp")) == (
        "forward",
        "NOTHING_LISTENS",
        endpoint,
    )


def test_an_inbound_address_is_found_without_its_interface():
    pair, endpoint = _resolver("INBOUND")
    pair.estate.forget("ec2.describe_network_interfaces")
    answer = pair.ask(pair.near.subnet, "10.2.1.53", port=53, protocol="udp")
    assert answer.verdict is Verdict.ALLOWED
    pair.estate.set_permissions(pair.far.group, ingress=[])
    answer = pair.ask(pair.near.subnet, endpoint, port=53, protocol="udp")
    assert decided(answer) == ("forward", "SG_HAS_NO_RULES", pair.far.group)


@pytest.mark.parametrize("address", ["10.1.0.2", "169.254.169.253"])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_the_own_vpcs_resolver_is_behind_no_filter(address, protocol):
    pair = peered()
    pair.estate.set_permissions(pair.near.group, egress=[])
    pair.estate.set_entries(pair.near.acl, [])
    answer = pair.ask(target=address, port=53, protocol=protocol)
    assert (answer.verdict, [step.rule for step in answer.forward]) == (Verdict.ALLOWED, ["NET-09"])


def test_the_own_vpcs_resolver_is_not_there_without_dns_support():
    pair = peered()
    pair.estate.set_dns_attribute(pair.near.vpc, "enableDnsSupport", value=False)
    assert decided(pair.ask(target="10.1.0.2", port=53)) == ("forward", "DNS_SUPPORT_DISABLED", pair.near.vpc)
    pair.estate.forget("ec2.describe_vpc_attribute")
    assert missing(pair.ask(target="10.1.0.2", port=53)) == [("VpcAttribute.EnableDnsSupport", pair.near.vpc)]


def test_the_resolver_listens_on_53_only():
    assert decided(peered().ask(target="169.254.169.253"))[1] == "NOTHING_LISTENS"


def test_plus_two_of_a_subnet_that_is_not_the_vpcs_first_is_an_address_like_others():
    pair = peered()
    assert decided(pair.ask(target="10.1.1.2", port=53))[1] == "NO_SUCH_ADDRESS"


def test_instance_metadata_is_behind_no_filter():
    pair = peered()
    pair.estate.set_permissions(pair.near.group, egress=[])
    assert pair.ask(target="169.254.169.254", port=80).verdict is Verdict.ALLOWED
    assert decided(pair.ask(target="169.254.169.254", port=443))[1] == "NOTHING_LISTENS"


def test_an_address_that_nobody_has_is_named():
    pair = peered()
    assert decided(pair.ask(target="10.2.1.77")) == ("forward", "NO_SUCH_ADDRESS", pair.far.subnet)
    pair.estate.forget("ec2.describe_network_interfaces")
    answer = pair.ask(pair.near.subnet, target="10.2.1.77")
    assert answer.verdict is Verdict.UNKNOWN


def test_a_stopped_instance_neither_calls_nor_answers():
    pair = peered()
    instance = pair.estate.instance(pair.far.subnet, "server", [pair.far.group])
    assert pair.ask(target=instance).verdict is Verdict.ALLOWED
    pair.estate.resource(instance)["State"] = {"Code": 80, "Name": "stopped"}
    assert decided(pair.ask(target=instance)) == ("forward", "BAD_STATE", instance)
    assert decided(pair.ask(instance, pair.near.host)) == ("forward", "BAD_STATE", instance)


def test_an_interface_that_is_attached_to_nothing_neither_calls_nor_answers():
    pair = peered()
    pair.estate.resource(pair.far.host)["Status"] = "available"
    assert decided(pair.ask()) == ("forward", "UNASSOCIATED_COMPONENT", pair.far.host)
    assert decided(pair.ask(pair.far.host, pair.near.host)) == (
        "forward",
        "UNASSOCIATED_COMPONENT",
        pair.far.host,
    )


def test_whether_an_instance_listens_is_assumed_and_said():
    answer = peered().ask()
    assert any("listens" in warning for warning in answer.warnings)


def test_an_endpoint_that_failed_without_leaving_an_interface_does_not_serve():
    pair, endpoint = _with_endpoint()
    pair.estate.resource(endpoint).update(State="failed", NetworkInterfaceIds=[])
    assert decided(pair.ask(target=endpoint)) == ("forward", "BAD_STATE", endpoint)
    pair.estate.resource(endpoint).update(State="available")
    assert pair.ask(target=endpoint).verdict is Verdict.UNKNOWN
