"""What edits touch whose reach depends on which of a fact's fields differ, or on who names it."""

from collections.abc import Iterator

from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.exposure.reuse.edits import Edited, Side
from narrowgate.exposure.reuse.gateways import ways_by_table
from narrowgate.exposure.reuse.owners import group_vpcs, own_vpc, vpcs_overlapping
from narrowgate.exposure.reuse.resolvers import vpcs_of_endpoint
from narrowgate.exposure.reuse.touch import Crossing, Touch
from narrowgate.model.address import Cidr
from narrowgate.model.apigateway import BasePathMapping, DomainNameAccessAssociation
from narrowgate.model.filters import SecurityGroup
from narrowgate.model.routing import VpcPeeringConnection
from narrowgate.model.snapshot import Snapshot

_OF_FILTERS = frozenset({"groups", "source_dest_check"})
_OF_INVOKING = frozenset({"policy", "name"})
_OF_CALLS = frozenset({"policy_document"})
_OF_NAMES = frozenset({"private_dns_enabled", "dns_options", "dns_entries"})


def endpoint_edited(edited: Edited) -> Touch | None:
    """An endpoint: its policy touches no packet and no name; what it lets through is compared by itself."""
    fields = edited.differs_in()
    if fields is not None and fields <= _OF_CALLS:
        return Touch()
    found = edited.owners(vpcs_of_endpoint)
    if found is None:
        return None
    is_name = fields is not None and fields <= _OF_CALLS | _OF_NAMES
    return Touch(views=found) if is_name else Touch(network=found, views=found)


def interface_edited(edited: Edited) -> Touch | None:
    """An interface: by its groups what leads into its VPC and out; by all else EC2's names of it too (RSLV-08)."""
    found = edited.owners(own_vpc)
    if found is None:
        return None
    fields = edited.differs_in()
    is_filter = fields is not None and fields <= _OF_FILTERS
    return Touch(network=found) if is_filter else Touch(network=found, hosts=found)


def vpc_edited(edited: Edited) -> Touch | None:
    """A VPC: by its DHCP options its names, by its blocks whoever has an address in what is new or gone."""
    own = frozenset({str(edited.key)})
    fields = edited.differs_in()
    if fields == frozenset({"dhcp_options_id"}):
        return Touch(views=own)
    if fields is None and _regions(edited.before) != _regions(edited.after):
        return None
    sides = [_blocks(each, str(edited.key)) for each in (edited.before, edited.after)]
    overlapping = frozenset().union(
        *(vpcs_overlapping(each, sides[0] ^ sides[1]) for each in (edited.before, edited.after))
    )
    return Touch(network=own | overlapping, hosts=own | overlapping, views=own)


def _regions(snapshot: Snapshot) -> set[str | None]:
    return {snapshot.region_of(each) for each in snapshot.facts.vpcs}


def _blocks(snapshot: Snapshot, vpc_id: str) -> frozenset[Cidr]:
    return frozenset(vpc_blocks(snapshot, vpc_id) or ())


def peering_edited(edited: Edited) -> Touch | None:
    """A peering: the ways between its two VPCs (nothing passes through them, PCX-06), and EC2's names there."""
    found = Touch()
    for side in edited.sides:
        ends = _ends(side)
        if ends is None:
            return None
        one, other = (_with_likes(side.snapshot, each) for each in ends)
        both = frozenset(ends)
        if all(_is_known(side.snapshot, each) for each in ends):
            found = found.joined(Touch(views=both, crossings=(Crossing(one, other),)))
        else:
            # What is known of a VPC that the source does not list is what its peerings tell.
            found = found.joined(Touch(network=one | other, hosts=both, views=both))
    return found


def _ends(side: Side) -> tuple[str, str] | None:
    if not isinstance(side.fact, VpcPeeringConnection):
        return None
    one, other = side.fact.requester_vpc_info.vpc_id, side.fact.accepter_vpc_info.vpc_id
    return (one, other) if one and other else None


def _with_likes(snapshot: Snapshot, vpc_id: str) -> frozenset[str]:
    """A VPC, and those that share addresses with it: a way may lead to it that is meant for them."""
    return frozenset({vpc_id}) | vpcs_overlapping(snapshot, _blocks(snapshot, vpc_id))


def _is_known(snapshot: Snapshot, vpc_id: str) -> bool:
    return vpc_id in snapshot.facts.vpcs and snapshot.account_of(vpc_id) is not None


def prefix_list_edited(edited: Edited) -> Touch | None:
    """A prefix list: the VPCs of groups and route tables that name it, and gateways' routes by it."""
    own, found = str(edited.key), Touch()
    blocks: set[Cidr] = set()
    for snapshot in (edited.before, edited.after):
        listed = prefix_list_blocks(snapshot, own)
        blocks |= set(listed) if isinstance(listed, tuple) else set()
        for group in snapshot.facts.security_groups.values():
            if _names_list(group, own):
                vpcs = group_vpcs(snapshot, group)
                if vpcs is None:
                    return None
                found = found.joined(Touch(network=vpcs))
        for table in snapshot.facts.route_tables.values():
            if any(own == route.destination_prefix_list_id for route in table.routes or ()):
                found = found.joined(Touch(network=frozenset({table.vpc_id})))
    for table_id in _gateway_tables(edited, own):
        ways = ways_by_table(edited, table_id, frozenset(blocks))
        if ways is None:
            return None
        found = found.joined(ways)
    return found


def _names_list(group: SecurityGroup, own: str) -> bool:
    permissions = (*(group.ip_permissions or ()), *(group.ip_permissions_egress or ()))
    return any(each.prefix_list_id == own for rule in permissions for each in rule.prefix_list_ids)


def _gateway_tables(edited: Edited, own: str) -> set[str]:
    """Tables of gateways with a route by the list."""
    return {
        table_id
        for snapshot in (edited.before, edited.after)
        for table_id, queries in snapshot.facts.transit_gateway_route_queries.items()
        if any(route.prefix_list_id == own for query in queries for route in query.routes)
    }


def api_edited(edited: Edited) -> Touch:
    """An API: by its policy what can be invoked of it; by all else its names too, which any view may pass on."""
    apis = frozenset({str(edited.key)})
    fields = edited.differs_in()
    if fields is not None and fields <= _OF_INVOKING:
        return Touch(apis=apis)
    return Touch(apis=apis, views=frozenset({*edited.before.facts.vpcs, *edited.after.facts.vpcs}))


def mapping_edited(edited: Edited) -> Touch:
    """The APIs that a custom domain name leads to."""
    return Touch(apis=frozenset(own for fact in (edited.was, edited.now) for own in _mapped(fact)))


def access_edited(edited: Edited) -> Touch | None:
    """The APIs that a domain leads to which an endpoint may use, or may no longer (AGW-08)."""
    found: set[str] = set()
    for side in edited.sides:
        if not isinstance(side.fact, DomainNameAccessAssociation):
            return None
        for domain in side.snapshot.facts.domain_names.values():
            if domain.domain_name_arn == side.fact.domain_name_arn:
                for key in (domain.domain_name_id, domain.domain_name, domain.domain_name_arn):
                    found |= set(_mapped(side.snapshot.facts.base_path_mappings.get(key or "")))
    return Touch(apis=frozenset(found))


def _mapped(fact: object) -> Iterator[str]:
    for each in fact if isinstance(fact, tuple) else ():
        if isinstance(each, BasePathMapping) and each.rest_api_id:
            yield each.rest_api_id
