"""What a client or target may be called, and what is refused."""

import pytest
from tests.builders import snapshot_of
from tests.unit.network.estates import FAR, NEAR, OTHER_ACCOUNT, Pair, peered, side

from narrowgate.engine.network.clients import find_client
from narrowgate.engine.network.targets import find_target
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError, UnknownNameError


def _client(pair: Pair, text: str, **options):
    return find_client(snapshot_of(pair.estate), text, **options)


def _target(pair: Pair, text: str):
    return find_target(snapshot_of(pair.estate), text)


def test_an_instance_is_found_by_id_arn_and_name():
    pair = peered()
    instance = pair.estate.instance(pair.near.subnet, "caller", [pair.near.group], address="10.1.1.20")
    for text in (instance, pair.estate.arn("ec2", f"instance/{instance}"), "caller"):
        client = _client(pair, text)
        assert (client.label, client.kind) == (text, "instance")
        assert (client.hosts[0].instance_id, str(client.hosts[0].addresses[0])) == (instance, "10.1.1.20")


def test_an_interface_is_found_by_id_arn_and_address():
    pair = peered()
    for text in (pair.near.host, pair.estate.arn("ec2", f"network-interface/{pair.near.host}"), pair.near.address):
        assert _client(pair, text).hosts[0].network_interface_id == pair.near.host
        assert _client(pair, text).hosts[0].security_groups == (pair.near.group,)


def test_a_public_address_stands_for_its_interface():
    pair = peered()
    pair.estate.resource(pair.near.host)["Association"] = {"PublicIp": "203.0.113.10"}
    assert _client(pair, "203.0.113.10").hosts[0].network_interface_id == pair.near.host


def test_an_instance_with_several_interfaces_sends_from_its_first():
    pair = peered()
    instance = pair.estate.instance(pair.near.subnet, "caller", [pair.near.group])
    second = pair.estate.interface(pair.near.subnet, [pair.near.group])
    pair.estate.resource(second)["Attachment"] = {"InstanceId": instance, "DeviceIndex": 1}
    assert _client(pair, instance).hosts[0].network_interface_id != second


def test_a_function_is_found_by_name_and_arn_with_its_interfaces():
    pair = peered()
    arn = pair.estate.function("caller", [pair.near.subnet], [pair.near.group])
    for text in ("caller", arn, f"{arn}:live"):
        client = _client(pair, text)
        assert (client.kind, client.client_ports, len(client.hosts)) == ("function", (1024, 65535), 1)
        assert client.hosts[0].network_interface_id is not None


def test_a_function_whose_interfaces_were_not_collected_stands_for_its_subnets():
    pair = peered()
    pair.estate.function("caller", [pair.near.subnet], [pair.near.group])
    pair.estate.forget("ec2.describe_network_interfaces")
    host = _client(pair, "caller").hosts[0]
    assert (host.network_interface_id, host.subnet_id, host.security_groups) == (
        None,
        pair.near.subnet,
        (pair.near.group,),
    )


def test_a_function_outside_every_vpc_calls_from_the_internet():
    pair = peered()
    arn = pair.estate.function("caller", [pair.near.subnet], [pair.near.group])
    element = pair.estate.resource(arn)
    element["VpcConfig"] = {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}
    client = _client(pair, "caller")
    assert client.hosts[0].is_internet
    assert client.warnings


def test_a_subnet_stands_for_a_host_with_a_free_address():
    pair = peered()
    host = _client(pair, pair.near.subnet).hosts[0]
    assert (str(host.addresses[0]), host.security_groups, host.network_interface_id) == ("10.1.1.4", None, None)
    pair.estate.interface(pair.near.subnet, [pair.near.group], address="10.1.1.4")
    assert str(_client(pair, pair.near.subnet).hosts[0].addresses[0]) == "10.1.1.5"


def test_a_full_subnet_has_no_host():
    pair = peered()
    small = pair.estate.subnet(pair.near.vpc, "10.1.7.0/28", "a")
    for last in range(4, 15):
        pair.estate.interface(small, [pair.near.group], address=f"10.1.7.{last}")
    with pytest.raises(InputError, match="no free address"):
        _client(pair, small)


def test_a_vpc_stands_for_all_its_subnets():
    pair = peered()
    second = pair.estate.subnet(pair.near.vpc, "10.1.2.0/24", "b")
    client = _client(pair, pair.near.vpc)
    assert {host.subnet_id for host in client.hosts} == {pair.near.subnet, second}
    assert client.unknowns == ()


def test_a_vpc_whose_subnets_were_not_all_collected_says_so():
    pair = peered()
    pair.estate.forget("ec2.describe_subnets")
    client = _client(pair, pair.near.vpc)
    assert client.unknowns[0].fact.startswith("ec2.describe_subnets")


def test_a_name_tag_that_several_things_carry_is_refused_with_the_list():
    pair = peered()
    twin = side(pair.estate, "10.3.0.0/16", "near")
    with pytest.raises(InputError) as refusal:
        _client(pair, "near")
    assert pair.near.vpc in refusal.value.message
    assert twin.vpc in refusal.value.message


def test_an_instance_that_shares_its_name_with_its_interface_is_meant():
    pair = peered()
    instance = pair.estate.instance(pair.near.subnet, "caller", [pair.near.group])
    snapshot = snapshot_of(pair.estate)
    interface = find_client(snapshot, instance).hosts[0].network_interface_id
    pair.estate.resource(interface)["TagSet"] = [{"Key": "Name", "Value": "caller"}]
    assert _client(pair, "caller").kind == "instance"


def test_an_unknown_name_suggests_the_nearest_one():
    pair = peered()
    pair.estate.instance(pair.near.subnet, "caller", [pair.near.group])
    with pytest.raises(UnknownNameError) as refusal:
        _client(pair, "coller")
    assert refusal.value.help == "did you mean `caller`?"


@pytest.mark.parametrize("text", ["", "i-0aaaaaaaaaaaaaaaa", "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0a", "*"])
def test_what_nothing_is_called_is_refused(text):
    with pytest.raises(UnknownNameError):
        _client(peered(), text)


def test_an_address_that_two_interfaces_have_in_two_vpcs_is_refused():
    pair = peered()
    twin = side(pair.estate, NEAR, "twin")
    with pytest.raises(InputError) as refusal:
        _client(pair, pair.near.address)
    assert pair.near.vpc in refusal.value.message
    assert twin.vpc in refusal.value.message


def test_a_free_address_in_the_subnets_of_two_vpcs_is_refused():
    pair = peered()
    side(pair.estate, NEAR, "twin")
    with pytest.raises(InputError, match="several VPCs"):
        _client(pair, "10.1.1.99")


def test_a_free_address_of_one_subnet_stands_for_a_host_there():
    pair = peered()
    client = _client(pair, "10.1.1.99")
    assert (client.hosts[0].subnet_id, client.any_address) == (pair.near.subnet, False)


@pytest.mark.parametrize("address", ["10.1.1.0", "10.1.1.1", "10.1.1.2", "10.1.1.3", "10.1.1.255"])
def test_addresses_that_aws_reserves_have_no_host(address):
    with pytest.raises(InputError, match="reserved"):
        _client(peered(), address)


def test_an_address_of_a_vpc_outside_its_subnets_has_no_host():
    with pytest.raises(InputError, match="none of its subnets"):
        _client(peered(), "10.1.200.1")


def test_an_address_outside_every_vpc_is_unknown_but_what_is_certain_counts():
    pair = peered()
    answer = pair.ask("192.168.5.5")
    assert answer.verdict is Verdict.DENIED  # the far group admits the near VPC only
    assert pair.ask("192.168.5.5", target="10.2.1.77").verdict is Verdict.UNKNOWN


def test_a_host_that_could_be_started_gets_the_groups_that_are_asked_for():
    pair = peered()
    client = _client(pair, pair.near.vpc, security_groups=(pair.near.group,))
    assert {host.security_groups for host in client.hosts} == {(pair.near.group,)}
    by_name = _client(pair, pair.near.subnet, security_groups=("near-host",))
    assert by_name.hosts[0].security_groups == (pair.near.group,)


def test_a_group_of_another_vpc_must_be_associated():
    pair = peered()
    with pytest.raises(InputError, match="not associated"):
        _client(pair, pair.near.subnet, security_groups=(pair.far.group,))
    pair.estate.associate_group(pair.far.group, pair.near.vpc)
    client = _client(pair, pair.near.subnet, security_groups=(pair.far.group,))
    assert client.hosts[0].security_groups == (pair.far.group,)


def test_an_unknown_group_is_refused():
    with pytest.raises(UnknownNameError):
        _client(peered(), peered().near.subnet, security_groups=("sg-0aaaaaaaaaaaaaaaa",))


def test_a_real_host_keeps_its_own_groups():
    pair = peered()
    with pytest.raises(InputError, match="could be started"):
        _client(pair, pair.near.host, security_groups=(pair.near.group,))


def test_a_dual_stack_subnet_gives_a_host_both_addresses():
    pair = peered(ipv6=True)
    assert [each.family for each in _client(pair, pair.near.subnet).hosts[0].addresses] == [4, 6]


def test_a_target_is_found_by_id_arn_name_and_address():
    pair = peered()
    endpoint = pair.estate.interface_endpoint([pair.far.subnet], [pair.far.group], name="door")
    for text in (endpoint, pair.estate.arn("ec2", f"vpc-endpoint/{endpoint}"), "door"):
        assert _target(pair, text).kind == "vpc_endpoint"
    assert _target(pair, pair.far.host).destinations[0].interface_id == pair.far.host
    assert _target(pair, "10.2.1.77").kind == "address"


def test_a_name_belongs_to_trace():
    with pytest.raises(InputError) as refusal:
        _target(peered(), "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")
    assert "trace" in refusal.value.help


def test_a_vpc_or_subnet_is_no_target():
    pair = peered()
    for text in (pair.far.vpc, pair.far.subnet):
        with pytest.raises(InputError, match="no target"):
            _target(pair, text)


def test_a_gateway_endpoint_is_no_target():
    pair = peered()
    endpoint = pair.estate.gateway_endpoint(pair.near.vpc, [pair.near.table])
    with pytest.raises(InputError, match="gateway endpoint"):
        _target(pair, endpoint)


def test_an_unknown_target_suggests_the_nearest_one():
    pair = peered()
    pair.estate.interface_endpoint([pair.far.subnet], [pair.far.group], name="front-door")
    with pytest.raises(UnknownNameError) as refusal:
        _target(pair, "frontdoor")
    assert refusal.value.help == "did you mean `front-door`?"


def test_a_load_balancer_is_found_by_arn_name_and_dns_name():
    pair = peered()
    arn = pair.estate.load_balancer("front", [pair.far.subnet], [pair.far.group])
    name = pair.estate.resource(arn)["DNSName"]
    for text in (arn, "front", name, name.upper() + "."):
        assert _target(pair, text).load_balancer_arn == arn


def test_two_load_balancers_of_one_name_are_refused():
    pair = peered()
    pair.estate.load_balancer("front", [pair.far.subnet], [pair.far.group])
    other = pair.estate.at(OTHER_ACCOUNT)
    vpc = other.vpc("10.5.0.0/16", "elsewhere")
    other.load_balancer("front", [other.subnet(vpc, "10.5.1.0/24", "a")])
    with pytest.raises(InputError, match="several targets"):
        _target(pair, "front")


def test_a_shared_subnets_host_uses_the_owners_route_table():
    pair = peered()
    estate = pair.estate
    estate.share_subnet(pair.near.subnet, OTHER_ACCOUNT)
    participant = estate.at(OTHER_ACCOUNT)
    group = participant.security_group(pair.near.vpc, "participant")
    host = participant.interface(pair.near.subnet, [group], address="10.1.1.50")
    assert pair.ask(host).verdict is Verdict.ALLOWED
    estate.remove_route(pair.near.table, FAR)
    assert pair.ask(host).decided_by.resource == pair.near.table


def test_a_participants_own_lists_say_nothing_about_the_owners_tables():
    pair = peered(far_account=OTHER_ACCOUNT)
    far = pair.far.estate
    far.share_subnet(pair.far.subnet, "777788889999")
    participant = far.at("777788889999")
    group = participant.security_group(pair.far.vpc, "participant")
    host = participant.interface(pair.far.subnet, [group], address="10.2.1.50")
    participant.set_permissions(group, ingress=far.resource(pair.far.group)["IpPermissions"])
    assert pair.ask(target=host).verdict is Verdict.ALLOWED
    for where in [each for each in pair.estate.ledger.sites if each.account == OTHER_ACCOUNT]:
        del pair.estate.ledger.sites[where]
    assert pair.ask(target=host).verdict is Verdict.UNKNOWN


def test_a_function_in_a_subnet_that_was_not_collected_is_unknown():
    pair = peered()
    pair.estate.function("caller", [pair.near.subnet], [pair.near.group])
    pair.estate.forget("ec2.describe_subnets")
    answer = pair.ask("caller")
    assert (answer.verdict, answer.unknowns[0].fact) == (Verdict.UNKNOWN, "ec2.describe_subnets")


def test_an_interface_that_does_not_tell_its_subnet_stands_where_its_address_lies():
    pair = peered()
    pair.estate.resource(pair.near.host).pop("SubnetId")
    assert _client(pair, pair.near.host).hosts[0].subnet_id == pair.near.subnet
