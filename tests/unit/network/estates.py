"""Two small VPCs with a host each, joined by a peering or a hub: a test changes the one detail it is about."""

from dataclasses import dataclass, field
from typing import Any

from tests.builders import Estate, snapshot_of, tcp

from narrowgate.engine.network.clients import find_client
from narrowgate.engine.network.reach import evaluate_reach
from narrowgate.engine.network.targets import find_target
from narrowgate.model.answer import ReachAnswer

NEAR, FAR = "10.1.0.0/16", "10.2.0.0/16"
OTHER_ACCOUNT = "444455556666"


@dataclass
class Side:
    """One VPC: a subnet, its table, a group and a host in it."""

    estate: Estate
    vpc: str
    subnet: str
    table: str
    group: str
    host: str
    address: str

    @property
    def acl(self) -> str:
        return self.estate.default_of(self.vpc, "ec2.describe_network_acls")


@dataclass
class Pair:
    """A client's side, a server's side, and what joins them."""

    estate: Estate
    near: Side
    far: Side
    link: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def ask(self, client: str = "", target: str = "", *, complete: bool = False, **asked: Any) -> ReachAnswer:
        """Reach from the near host to the far one on TCP 443, unless told otherwise."""
        snapshot = snapshot_of(self.estate, assume_complete=complete)
        groups = tuple(asked.pop("security_groups", ()))
        port = asked.pop("port", 443)
        return evaluate_reach(
            snapshot,
            find_client(snapshot, client or self.near.host, security_groups=groups),
            find_target(snapshot, target or self.far.host),
            port=port,
            **asked,
        )


def side(estate: Estate, cidr: str, name: str, *, zone: str = "a", ipv6: int | None = None) -> Side:
    """A VPC of one subnet (`.1.0/24`) with a table of its own and a host at `.1.10`."""
    base = cidr.rsplit(".", 2)[0]
    block6 = f"2001:db8:{ipv6}::/56" if ipv6 is not None else None
    vpc = estate.vpc(cidr, name, ipv6=block6)
    subnet = estate.subnet(
        vpc, f"{base}.1.0/24", zone, f"{name}-{zone}", ipv6=f"2001:db8:{ipv6}:1::/64" if ipv6 is not None else None
    )
    table = estate.route_table(vpc, name, subnets=[subnet])
    group = estate.security_group(vpc, f"{name}-host")
    host = estate.interface(
        subnet, [group], address=f"{base}.1.10", ipv6=f"2001:db8:{ipv6}:1::10" if ipv6 is not None else None
    )
    return Side(estate, vpc, subnet, table, group, host, f"{base}.1.10")


def peered(
    *, far_account: str | None = None, far_region: str | None = None, state: str = "active", ipv6: bool = False
) -> Pair:
    """Two peered VPCs: routes both ways, and the far group admits TCP 443 from the near VPC."""
    estate = Estate()
    near = side(estate, NEAR, "near", ipv6=1 if ipv6 else None)
    far = side(estate.at(far_account, far_region), FAR, "far", ipv6=2 if ipv6 else None)
    link = estate.peering(near.vpc, far.vpc, "near-to-far", state=state)
    near.estate.route(near.table, FAR, link)
    far.estate.route(far.table, NEAR, link)
    far.estate.set_permissions(far.group, ingress=[tcp(443, NEAR)])
    return Pair(estate, near, far, link)


def hubbed(*, shared: bool = False, near_zone: str = "a", far_zone: str = "a") -> Pair:
    """Two VPCs on a transit gateway, attached by subnets of their own or (`shared`) by the hosts' subnets."""
    estate = Estate()
    near = side(estate, NEAR, "near", zone=near_zone)
    far = side(estate, FAR, "far", zone=far_zone)
    gateway = estate.transit_gateway("hub")
    pair = Pair(estate, near, far, gateway)
    for name, each in (("near", near), ("far", far)):
        subnets = [each.subnet]
        if not shared:
            base = each.address.rsplit(".", 2)[0]
            subnets = [estate.subnet(each.vpc, f"{base}.9.0/28", "a", f"{name}-hub")]
        pair.extra[f"{name} attachment"] = estate.attach_vpc(gateway, subnets)
        pair.extra[f"{name} hub subnet"] = subnets[0]
    estate.route(near.table, FAR, gateway)
    estate.route(far.table, NEAR, gateway)
    estate.set_permissions(far.group, ingress=[tcp(443, NEAR)])
    pair.extra["table"] = estate.resource(gateway)["Options"]["AssociationDefaultRouteTableId"]
    return pair


def decided(answer: ReachAnswer) -> tuple[str, str, str | None] | None:
    """Leg, reason and resource of the deciding cause."""
    cause = answer.decided_by
    return (cause.leg.value, cause.reason.value, cause.resource) if cause else None


def causes(answer: ReachAnswer) -> list[tuple[str, str, str | None]]:
    """Every cause, in packet order."""
    return [(each.leg.value, each.reason.value, each.resource) for each in answer.blocking]


def missing(answer: ReachAnswer) -> list[tuple[str, str | None]]:
    """Every missing fact: its name without the place, and the resource."""
    return [(each.fact.partition(" (")[0], each.resource) for each in answer.unknowns]
