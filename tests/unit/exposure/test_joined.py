"""Lists of several VPCs: what differs in the VPC alone stands once, in the place of the first."""

from narrowgate.exposure.joined import Joined
from narrowgate.model.exposure import ExposedName, ExposedSocket


def socket(consumer: str, *, interfaces: tuple[str, ...] = (), startable: tuple[str, ...] = ()) -> ExposedSocket:
    return ExposedSocket(
        target="vpce-0a",
        kind="interface endpoint of execute-api",
        protocol="tcp",
        ports="443",
        consumers=(consumer,),
        interfaces=interfaces,
        startable=startable,
    )


def name(consumer: str, *addresses: str) -> ExposedName:
    return ExposedName(name="api.example.com", via="its own resolver", addresses=addresses, consumers=(consumer,))


def joined_names(*entries: ExposedName) -> list[tuple[str, ...]]:
    joined = Joined[ExposedName]()
    for each in entries:
        joined.add([each])
    return [each.consumers for each in joined.entries()]


def test_names_that_are_answered_alike_stand_once():
    found = joined_names(name("vpc-1", "10.0.0.1"), name("vpc-2", "10.0.0.1"), name("vpc-3", "10.0.0.1"))
    assert found == [("vpc-1", "vpc-2", "vpc-3")]


def test_the_same_name_with_other_addresses_stands_for_itself():
    entries = (name("vpc-1", "10.0.0.1"), name("vpc-2", "10.0.0.2"), name("vpc-3", "10.0.0.1"))
    assert joined_names(*entries) == [("vpc-1", "vpc-3"), ("vpc-2",)]


def test_an_entry_that_is_met_for_the_second_time_after_others_of_its_name_is_found():
    entries = (name("vpc-1", "10.0.0.1"), name("vpc-2", "10.0.0.2"), name("vpc-3", "10.0.0.2"))
    assert joined_names(*entries) == [("vpc-1",), ("vpc-2", "vpc-3")]


def test_equal_sets_of_vpcs_are_one_tuple():
    joined = Joined[ExposedName]()
    for vpc in ("vpc-1", "vpc-2"):
        joined.add([name(vpc, "10.0.0.1"), name(vpc, "10.0.0.2")])
    first, second = joined.entries()
    assert first.consumers is second.consumers


def test_an_instance_with_interfaces_in_two_vpcs_reaches_a_target_from_both():
    joined = Joined[ExposedSocket]()
    joined.add([socket("vpc-1", interfaces=("i-0a",))])
    joined.add([socket("vpc-2", interfaces=("i-0a",)), socket("vpc-2", startable=("subnet-0a",))])
    assert [each.consumers for each in joined.entries()] == [("vpc-1", "vpc-2"), ("vpc-2",)]
