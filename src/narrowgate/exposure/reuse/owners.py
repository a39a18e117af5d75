"""The VPCs that a fact of the network belongs to: those whose lists may depend on it; None where nobody knows."""

from collections.abc import Callable

from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.exposure.reuse.edits import Side
from narrowgate.model.address import Cidr
from narrowgate.model.filters import SecurityGroup, SecurityGroupVpcAssociation
from narrowgate.model.routing import EgressOnlyInternetGateway, InternetGateway
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.vpc import LambdaFunction

Owners = Callable[[Side], frozenset[str] | None]
"""Whose a fact is."""


def own_vpc(side: Side) -> frozenset[str] | None:
    """The VPC that a fact names as its own."""
    own = getattr(side.fact, "vpc_id", None)
    return frozenset({own}) if isinstance(own, str) else None


def vpc_of_resource(side: Side) -> frozenset[str] | None:
    """The VPC that an association or a setting is for."""
    own = getattr(side.fact, "resource_id", None)
    return frozenset({own}) if isinstance(own, str) else None


def vpc_of_key(side: Side) -> frozenset[str]:
    """The VPC that a fact was asked for."""
    return frozenset({str(side.key)})


def vpc_of_function(side: Side) -> frozenset[str] | None:
    """The VPC of a Lambda function's interfaces; none for a function that runs in none."""
    if not isinstance(side.fact, LambdaFunction):
        return None
    config = side.fact.vpc_config
    return frozenset({config.vpc_id}) if config and config.vpc_id else frozenset()


def vpcs_of_internet_gateway(side: Side) -> frozenset[str] | None:
    """The VPCs that a gateway to the Internet is attached to."""
    if not isinstance(side.fact, (InternetGateway, EgressOnlyInternetGateway)):
        return None
    return frozenset(each.vpc_id for each in side.fact.attachments)


def vpcs_with_balancers(side: Side) -> frozenset[str] | None:
    """Every VPC with a load balancer: what one serves depends on facts that do not say whose they are (ALT-01)."""
    found = {each.vpc_id for each in side.snapshot.facts.load_balancers.values()}
    return None if None in found else frozenset(each for each in found if each)


def vpcs_of_group(side: Side) -> frozenset[str] | None:
    """The VPCs of a group, of those that carry it, and of groups that it names or that name it."""
    if not isinstance(side.fact, SecurityGroup):
        return None
    return group_vpcs(side.snapshot, side.fact)


def vpcs_of_group_association(side: Side) -> frozenset[str] | None:
    """The VPC that a group is used in too, and those that the group itself belongs to (SG-11)."""
    if not isinstance(side.fact, SecurityGroupVpcAssociation):
        return None
    group = side.snapshot.facts.security_groups.get(side.fact.group_id)
    known = None if group is None else group_vpcs(side.snapshot, group)
    return None if known is None else known | {side.fact.vpc_id}


def group_vpcs(snapshot: Snapshot, group: SecurityGroup) -> frozenset[str] | None:
    """The same of a group; None for one that belongs to no VPC."""
    groups = {group.group_id} | _namers(snapshot).get(group.group_id, set())
    for permission in (*(group.ip_permissions or ()), *(group.ip_permissions_egress or ())):
        groups |= {pair.group_id for pair in permission.user_id_group_pairs if pair.group_id}
    found = {group.vpc_id} if group.vpc_id else set()
    for own in groups:
        known = snapshot.facts.security_groups.get(own)
        found |= {known.vpc_id} if known is not None and known.vpc_id else set()
        found |= _carriers(snapshot).get(own, set())
    return frozenset(found) or None


@index
def _namers(snapshot: Snapshot) -> dict[str, set[str]]:
    """The groups whose rules name a group."""
    found: dict[str, set[str]] = {}
    for own, group in snapshot.facts.security_groups.items():
        for permission in (*(group.ip_permissions or ()), *(group.ip_permissions_egress or ())):
            for pair in permission.user_id_group_pairs:
                if pair.group_id:
                    found.setdefault(pair.group_id, set()).add(own)
    return found


@index
def _carriers(snapshot: Snapshot) -> dict[str, set[str]]:
    """The VPCs in which a group is carried, or may be (SG-11)."""
    found: dict[str, set[str]] = {}
    for each in snapshot.facts.network_interfaces.values():
        for group in each.groups or ():
            if each.vpc_id and group.group_id:
                found.setdefault(group.group_id, set()).add(each.vpc_id)
    for association in snapshot.facts.security_group_vpc_associations:
        found.setdefault(association.group_id, set()).add(association.vpc_id)
    return found


def vpcs_overlapping(snapshot: Snapshot, blocks: frozenset[Cidr]) -> frozenset[str]:
    """VPCs that have an address in common with some block."""
    return frozenset(
        vpc_id
        for vpc_id in (snapshot.facts.vpcs if blocks else ())
        if any(own.overlaps(block) for own in vpc_blocks(snapshot, vpc_id) or () for block in blocks)
    )
