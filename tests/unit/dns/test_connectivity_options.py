"""Which names become resolvable from the requester VPC: every option, every name (dns rules, section 17.1)."""

from collections.abc import Callable
from functools import cache

import pytest
from tests.builders import tcp
from tests.unit.dns.estates import (
    BILLING_NAME,
    DOMAIN,
    ENDPOINT_IPS,
    HOSTNAME,
    ORDERS_NAME,
    PUBLIC_IP,
    PUBLIC_NAME,
    World,
    forwarded,
    inbound_ips,
    open_inbound,
    peered,
    with_public_address,
)

from narrowgate.model.answer import Rcode, ResolveAnswer, Verdict

NAMES = {
    "API": lambda world: ORDERS_NAME,
    "other": lambda world: BILLING_NAME,
    "PUB": lambda world: PUBLIC_NAME,
    "alias": lambda world: ORDERS_NAME.replace(".", f"-{world.endpoint}.", 1),
    "vpce": lambda world: world.api_estate.endpoint_name(world.endpoint),
    "corp": lambda world: "db.corp.internal",
    "secrets": lambda world: "secretsmanager.us-east-1.amazonaws.com",
    "hostname": lambda world: HOSTNAME,
}


def option_0() -> World:
    return peered()


def option_1() -> World:
    world = peered()
    world.estate.set_peering_dns(world.guide.peering, requester=True, accepter=True)
    return world


def option_2() -> World:
    return forwarded(DOMAIN)


def option_2b() -> World:
    world = forwarded(DOMAIN)
    world.api_estate.set_private_dns(world.endpoint, enabled=False)
    return world


def option_3() -> World:
    return forwarded(ORDERS_NAME)


def option_4() -> World:
    world = peered()
    zone = world.zone(ORDERS_NAME)
    world.estate.alias_to_endpoint(zone, ORDERS_NAME, world.endpoint)
    return world


def option_4b() -> World:
    world = peered()
    world.estate.alias_to_endpoint(world.zone(DOMAIN), ORDERS_NAME, world.endpoint)
    return world


def option_4c() -> World:
    world = peered()
    world.estate.alias_to_endpoint(world.zone(DOMAIN), f"*.{DOMAIN}", world.endpoint)
    return world


def _own_endpoint(world: World, *, private_dns: bool) -> str:
    group = world.estate.security_group(world.vpc, "own-endpoint", ingress=[tcp(443, "10.1.0.0/16")])
    endpoint = world.estate.interface_endpoint(
        world.guide.requester.subnets, [group], name="own", addresses=["10.1.1.200", "10.1.2.200"]
    )
    world.estate.set_private_dns(endpoint, enabled=private_dns)
    return endpoint


def option_5() -> World:
    world = peered()
    _own_endpoint(world, private_dns=True)
    return world


def option_5b() -> World:
    world = peered()
    _own_endpoint(world, private_dns=False)
    return world


def option_7() -> World:
    world = peered()
    arn = world.api_estate.arn("ec2", f"vpc-endpoint/{world.endpoint}")
    world.estate.profile("shared", vpcs=[world.vpc], resources=[(arn, "VPC_ENDPOINT")])
    return world


def option_8() -> World:
    return forwarded(".")


def option_9() -> World:
    world = forwarded(".")
    world.estate.remove("route53resolver.list_resolver_rule_associations", world.guide.rule_association, "Id")
    open_inbound(world)
    world.estate.resource(world.vpc)["DhcpOptionsId"] = world.estate.dhcp_options(inbound_ips(world))
    return world


def direct() -> World:
    world = forwarded(ORDERS_NAME)
    open_inbound(world)
    return world


OPTIONS: dict[str, tuple[Callable[[], World], str]] = {
    "0 peering only": (option_0, "none none pub P P NX pub publicIP"),
    "1 peering DNS option on": (option_1, "none none pub P P NX pub privateIP"),
    "2 rule for the Region": (option_2, "P P P P P NX pub publicIP"),
    "2b private DNS off": (option_2b, "none none pub P P NX pub publicIP"),
    "3 rule for the API": (option_3, "P none pub P P NX pub publicIP"),
    "4 zone for the API": (option_4, "P none pub P P NX pub publicIP"),
    "4b zone for the Region": (option_4b, "P NX NX NX P NX pub publicIP"),
    "4c zone with a wildcard": (option_4c, "P P P P P NX pub publicIP"),
    "5 own endpoint": (option_5, "L L L L P NX pub publicIP"),
    "5b own endpoint, private DNS off": (option_5b, "none none pub P P NX pub publicIP"),
    "6 only the alias name": (option_0, "none none pub P P NX pub publicIP"),
    "7 Profile with the endpoint": (option_7, "P P P P P NX pub publicIP"),
    "8 rule for everything": (option_8, "P P P P P resolves private publicIP"),
    "9 DHCP to the inbound endpoint": (option_9, "P P P P P resolves private privateIP"),
    "direct question to the inbound endpoint": (direct, "P P P P P resolves private privateIP"),
}
CELLS = [
    (option, column, cell)
    for option, (_, row) in OPTIONS.items()
    for column, cell in zip(NAMES, row.split(), strict=True)
]
MEANING: dict[str, tuple[Verdict, Rcode | None, tuple[str, ...], str | None]] = {
    "none": (Verdict.DENIED, None, (), None),
    "pub": (Verdict.ALLOWED, Rcode.NOERROR, (), "public"),
    "P": (Verdict.ALLOWED, Rcode.NOERROR, ENDPOINT_IPS, "vpce"),
    "L": (Verdict.ALLOWED, Rcode.NOERROR, ("10.1.1.200", "10.1.2.200"), "vpce"),
    "NX": (Verdict.DENIED, Rcode.NXDOMAIN, (), None),
    "resolves": (Verdict.ALLOWED, Rcode.NOERROR, ("10.0.1.20",), "db.corp.internal"),
    "private": (Verdict.ALLOWED, Rcode.NOERROR, ("10.0.1.11", "10.0.2.11"), "vpce"),
    "publicIP": (Verdict.ALLOWED, Rcode.NOERROR, (PUBLIC_IP,), "public"),
    "privateIP": (Verdict.ALLOWED, Rcode.NOERROR, ("10.0.1.20",), "eni"),
}


@cache
def world_of(option: str) -> World:
    world = OPTIONS[option][0]()
    with_public_address(world)
    return world


def ask(option: str, column: str) -> ResolveAnswer:
    world = world_of(option)
    server = inbound_ips(world)[0] if option.startswith("direct") else None
    return world.ask(NAMES[column](world), server=server)


@pytest.mark.parametrize(("option", "column", "cell"), CELLS, ids=[f"{row}: {name}" for row, name, _ in CELLS])
def test_an_option_resolves_a_name_as_the_table_says(option: str, column: str, cell: str) -> None:
    answer = ask(option, column)
    target = answer.target.partition("-")[0] if answer.target and "-" in answer.target[:5] else answer.target
    assert (answer.verdict, answer.rcode, answer.addresses, target) == MEANING[cell]
    assert answer.unknowns == ()


def test_an_alias_name_of_the_own_endpoint_works_where_the_api_lists_it() -> None:
    world = peered()
    own = _own_endpoint(world, private_dns=False)
    api = world.api_estate.resource(ORDERS_NAME.partition(".")[0])
    api["endpointConfiguration"]["vpcEndpointIds"].append(own)
    answer = world.ask(ORDERS_NAME.replace(".", f"-{own}.", 1))
    assert (answer.addresses, answer.target) == (("10.1.1.200", "10.1.2.200"), own)
