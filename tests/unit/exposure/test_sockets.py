"""Sockets whose answer is kept for others like them: what differs in a rule or a group is told apart."""

from tests.builders import Estate, allow, snapshot_of, tcp, udp

from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.model.exposure import ExposedSocket
from narrowgate.model.snapshot import Snapshot


def entries_of(snapshot: Snapshot, vpc: str, target: str) -> list[ExposedSocket]:
    return [each for each in evaluate_exposure(snapshot, [vpc]).sockets if each.target == target]


def two_behind_one_group() -> tuple[Snapshot, str, dict[str, str]]:
    """A VPC, and one peered with it where an endpoint and an instance carry the same group."""
    estate = Estate()
    here, there = estate.vpc("10.0.0.0/16", "here"), estate.vpc("10.1.0.0/16", "there")
    near, far = estate.subnet(here, "10.0.1.0/24"), estate.subnet(there, "10.1.1.0/24")
    peering = estate.peering(here, there)
    estate.route(estate.main_route_table(here), "10.1.0.0/16", peering)
    estate.route(estate.main_route_table(there), "10.0.0.0/16", peering)
    group = estate.security_group(there, "shared", ingress=[tcp(443, "10.0.0.0/16")])
    estate.instance(near, "client", [estate.security_group(here, "client")])
    targets = {
        "SG-06": estate.interface_endpoint([far], [group]),
        "SG-01": estate.instance(far, "server", [group]),
    }
    return snapshot_of(estate), here, targets


def test_an_endpoint_and_an_instance_behind_one_group_each_name_their_own_rule():
    snapshot, vpc, targets = two_behind_one_group()
    for rule, target in targets.items():
        assert {each.because[-1].rule for each in entries_of(snapshot, vpc, target)} == {rule}


def named_by_a_server(*, is_tcp_certain: bool) -> tuple[Snapshot, str, str, tuple[str, str]]:
    """A server that a group may ask over UDP; of what its ACL lets through over TCP the ports may be unread."""
    estate = Estate()
    vpc = estate.vpc("10.0.0.0/16", "one")
    away = estate.subnet(vpc, "10.0.1.0/24", name="away")
    near = estate.subnet(vpc, "10.0.2.0/24", name="near")
    entries = []
    for egress in (True, False):
        entries += [
            allow(100, "0.0.0.0/0", protocol="udp", ports=(0, 65535), egress=egress),
            allow(110, "0.0.0.0/0", protocol="tcp", ports=(0, 65535), egress=egress),
        ]
    acl = estate.network_acl(vpc, "near", entries=entries, subnets=[near])
    if not is_tcp_certain:
        for entry in estate.resource(acl)["Entries"]:
            if entry["Protocol"] == "6":
                del entry["PortRange"]
    callers = estate.security_group(vpc, "callers")
    group = estate.security_group(vpc, "server", ingress=[tcp(443, "10.0.0.0/8"), udp(53, callers)])
    server = estate.instance(near, "server", [group])
    return snapshot_of(estate), vpc, server, (away, callers)


def test_what_nobody_can_tell_over_tcp_hides_no_group_over_udp():
    for is_tcp_certain in (True, False):
        snapshot, vpc, server, wanted = named_by_a_server(is_tcp_certain=is_tcp_certain)
        found = entries_of(snapshot, vpc, server)
        states = {each.state for each in found if each.protocol == "tcp" and each.via == "inside the VPC"}
        assert ("unknown" in states) is not is_tcp_certain
        spelled = [text for each in found if each.protocol == "udp" for text in each.startable]
        assert any(all(each in text for each in wanted) for text in spelled)
