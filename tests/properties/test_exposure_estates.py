"""Ways that are walked once for many pairs, against `reach`: VPCs that look alike and differ in a detail."""

from random import Random

import pytest
from tests.builders import Estate, allow, deny, snapshot_of, tcp, udp
from tests.properties.test_exposure_sockets import STATES, listed, reached

from narrowgate.engine.network.interfaces import interface
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.answer import Verdict

PORTS = (443, 22, 8080, 53, 40000)


def hub_of_likes(seed: int) -> tuple[Estate, list[str]]:
    """Twelve VPCs on one gateway, some peered, all built alike but for one thing each."""
    dice = Random(seed)
    estate = Estate()
    gateway = estate.transit_gateway("hub")
    hosts: list[str] = []
    vpcs: list[str] = []
    for number in range(12):
        base = f"10.{number // 4}.{number % 4 * 64}"
        vpc = estate.vpc(f"{base}.0/22", f"vpc-{number}")
        second = int(base.rsplit(".", 1)[1]) + 1
        subnets = [
            estate.subnet(vpc, f"{base}.0/25", "a", f"app-{number}"),
            estate.subnet(vpc, f"{base.rsplit('.', 1)[0]}.{second}.0/25", "b", f"data-{number}"),
        ]
        table = estate.route_table(vpc, f"table-{number}", subnets=subnets)
        estate.attach_vpc(gateway, subnets if dice.random() < 0.7 else subnets[:1])
        if dice.random() < 0.85:
            estate.route(table, "10.0.0.0/8", gateway)
        groups = [
            estate.security_group(vpc, "wide", ingress=[tcp(443, "10.0.0.0/8"), udp(53, "10.0.0.0/8")]),
            estate.security_group(vpc, "one", ingress=[tcp((8000, 9000), f"10.{dice.randrange(3)}.0.0/22")]),
        ]
        groups.append(
            estate.security_group(vpc, "own", ingress=[tcp(22, groups[0])], egress=[tcp(443, "10.0.0.0/8")])
        )
        if dice.random() < 0.4:
            entries = [allow(100, "10.0.0.0/8"), allow(100, "10.0.0.0/8", egress=True)]
            if dice.random() < 0.5:
                entries.insert(0, deny(50, f"10.{dice.randrange(3)}.0.0/16", egress=dice.random() < 0.5))
            estate.network_acl(vpc, f"acl-{number}", entries=entries, subnets=subnets[dice.randrange(2) :][:1])
        hosts += [estate.interface(each, dice.sample(groups, k=dice.choice((1, 2)))) for each in subnets]
        vpcs.append(vpc)
    return estate, hosts


@pytest.mark.parametrize("seed", range(8))
def test_vpcs_that_look_alike_are_told_apart_where_they_differ(seed):
    estate, hosts = hub_of_likes(seed)
    snapshot = snapshot_of(estate)
    dice = Random(seed)
    for _ in range(250):
        client, target = dice.sample(hosts, k=2)
        protocol, port = dice.choice(("tcp", "tcp", "udp")), dice.choice(PORTS)
        sockets = sockets_of_vpc(snapshot, interface(snapshot, client).vpc_id)
        verdict = reached(snapshot, client, target, protocol, port)
        state = listed(sockets, client, target, protocol, port)
        assert state == STATES[verdict], (seed, client, target, protocol, port)


def test_the_estates_open_something_and_shut_something():
    estate, hosts = hub_of_likes(0)
    snapshot = snapshot_of(estate)
    verdicts = {reached(snapshot, one, other, "tcp", 443) for one in hosts[:6] for other in hosts if one != other}
    assert {Verdict.ALLOWED, Verdict.DENIED} <= verdicts
