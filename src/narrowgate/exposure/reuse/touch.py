"""What an edit can touch, in the words of the lists: VPCs, pairs of them, names and APIs."""

from typing import NamedTuple

_NONE: frozenset[str] = frozenset()


class Crossing(NamedTuple):
    """Packets between two sides of which some may fare otherwise, in either direction."""

    ones: frozenset[str]
    others: frozenset[str]


class Touch(NamedTuple):
    """What differs between two snapshots, as far as lists can depend on it."""

    network: frozenset[str] = _NONE
    """VPCs whose hosts, targets, filters, routes or links differ: everything that leads into them or out."""
    hosts: frozenset[str] = _NONE
    """VPCs whose interfaces or links differ: EC2 names those of connected VPCs (RSLV-08)."""
    views: frozenset[str] = _NONE
    """VPCs whose resolvers may answer otherwise."""
    apis: frozenset[str] = _NONE
    """APIs whose policies, stages or methods differ."""
    crossings: tuple[Crossing, ...] = ()
    """Ways that differ between VPCs that are themselves as they were."""
    outward: frozenset[str] = _NONE
    """VPCs whose packets to public addresses may go another way."""
    domains: frozenset[str] = _NONE
    """Domains in which other names than before are led to by a record, of whatever zone (RSLV-11)."""

    def joined(self, other: "Touch") -> "Touch":
        """What either touches."""
        return Touch(
            self.network | other.network,
            self.hosts | other.hosts,
            self.views | other.views,
            self.apis | other.apis,
            tuple(dict.fromkeys((*self.crossings, *other.crossings))),
            self.outward | other.outward,
            self.domains | other.domains,
        )

    @property
    def crossing_vpcs(self) -> frozenset[str]:
        """Every VPC of which some way differs, though the VPC does not."""
        return _NONE.union(*(side for each in self.crossings for side in each))

    def across(self, vpc_id: str) -> frozenset[str]:
        """The VPCs to or from which the ways of a VPC may differ; those of `network` beside."""
        found: set[str] = set()
        for each in self.crossings:
            if vpc_id in each.ones:
                found |= each.others
            if vpc_id in each.others:
                found |= each.ones
        return frozenset(found)

    def is_between(self, vpcs: frozenset[str]) -> bool:
        """Whether a way between some of these VPCs may differ."""
        return not vpcs.isdisjoint(self.network) or any(
            not vpcs.isdisjoint(each.ones) and not vpcs.isdisjoint(each.others) for each in self.crossings
        )
