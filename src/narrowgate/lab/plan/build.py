"""A snapshot into a plan."""

import ipaddress

from narrowgate.lab.beliefs import RESOLVER_LINK_LOCAL, RESOLVER_OFFSET
from narrowgate.lab.plan.filters import acls, groups
from narrowgate.lab.plan.naming import Names
from narrowgate.lab.plan.ports import ports
from narrowgate.lab.plan.routes import Roads
from narrowgate.lab.plan.types import Plan, Router
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.vpc import Vpc

_GONE = frozenset({"disassociating", "disassociated", "failing", "failed"})


def build_plan(snapshot: Snapshot) -> Plan:
    """Everything that the kernel is asked for; what the lab cannot show stands in `left_out`."""
    names = Names()
    routers = {own_id: _router(snapshot, names, vpc) for own_id, vpc in sorted(snapshot.facts.vpcs.items())}
    roads = Roads(snapshot, names, routers)
    subnets = tuple(roads.subnets())
    found = tuple(each for each in ports(snapshot, names) if each.vpc in routers)
    return Plan(
        routers=tuple(routers.values()),
        hubs=(*roads.hubs(), *roads.exits.hub()),
        exits=tuple(roads.exits.exits(found)),
        subnets=subnets,
        ports=found,
        links=roads.every_link(),
        groups=tuple(groups(snapshot, names)),
        acls=tuple(acls(snapshot, names)),
        left_out=tuple(dict.fromkeys(roads.left_out)),
        crossings=tuple(
            (subnet.label, link, attached) for subnet in subnets for link, attached in roads.crossings(subnet)
        ),
    )


def _router(snapshot: Snapshot, names: Names, vpc: Vpc) -> Router:
    blocks: list[object] = [
        each.cidr_block for each in vpc.cidr_block_association_set if each.cidr_block_state.state not in _GONE
    ] or [vpc.cidr_block]
    blocks += [
        each.ipv6_cidr_block
        for each in vpc.ipv6_cidr_block_association_set
        if each.ipv6_cidr_block_state.state not in _GONE
    ]
    base = ipaddress.ip_network(str(vpc.cidr_block), strict=False)
    attributes = snapshot.facts.vpc_attributes.get(vpc.vpc_id, {})
    return Router(
        name=names.name("r", vpc.vpc_id),
        label=vpc.vpc_id,
        blocks=tuple(dict.fromkeys(map(str, blocks))),
        resolvers=(str(base[RESOLVER_OFFSET]), RESOLVER_LINK_LOCAL),
        has_dns=attributes.get("enable_dns_support", True),
        number=names.number("r", vpc.vpc_id),
    )
