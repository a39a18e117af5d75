"""Security groups as chains and sets of addresses (SG-01, SG-05, SG-09)."""

from collections.abc import Iterator

from narrowgate.lab.kernel.matches import by_family, service
from narrowgate.lab.plan.types import Link, Permission, Plan, Port, Router


class GroupRules:
    """The groups of one VPC's ports: a chain for each and direction, sets for the groups that rules name."""

    def __init__(self, plan: Plan, router: Router, ports: list[Port]) -> None:
        """Groups of the plan, as seen from one router."""
        self.plan = plan
        self.router = router
        self.ports = ports
        self.groups = {each.label: each for each in plan.groups}
        self.links = [each for each in plan.links if router.name in each.sides]
        self._routers = {each.name for each in plan.routers}
        self._carriers: dict[str, list[tuple[str, str]]] = {}
        """The VPC and address of each interface that carries a group."""
        for port in plan.ports:
            for label in port.groups or ():
                self._carriers.setdefault(label, []).extend((port.vpc, each) for each in port.addresses)
        self._vpcs = {"": {router.label}}
        """The VPCs that a link brings packets from, by its name; this one without a link."""
        self._vpcs |= {each.name: self._behind(each) for each in self.links if each.carries_groups}

    def lines(self) -> Iterator[str]:
        """Sets first: chains name them."""
        yield from self._members()
        yield from self._groups()

    def _members(self) -> Iterator[str]:
        """Named sets of the addresses that carry a group: of this VPC, and behind each link that carries groups.

        One set for all would be wrong: a VPC that is peered and attached to a gateway is named by the peering
        alone (SG-05, SG-09).
        """
        for label in self._referenced():
            for link in self._vpcs:
                for family, kind in ((4, "ipv4_addr"), (6, "ipv6_addr")):
                    if members := self._addresses(label, link, family):
                        name = f"m{family}_{self._group_name(label)}{link}"
                        yield f"  set {name} {{ type {kind}; elements = {{ {', '.join(members)} }}; }}"

    def _addresses(self, label: str, link: str, family: int) -> list[str]:
        """Who carries a group behind a link; a rule that nobody matches is left out, and most are."""
        vpcs = self._vpcs[link]
        found = (address for vpc, address in self._carriers.get(label, ()) if vpc in vpcs)
        return sorted(each for each in found if (":" in each) == (family == 6))

    def _behind(self, link: Link) -> set[str]:
        """VPCs whose groups a link carries: the other side of a peering, all that the same gateway joins."""
        far = next(each for each in link.sides if each != self.router.name)
        joined = [each for each in self.plan.links if far in each.sides and each.carries_groups]
        names = {far} if self._is_peering(link) else {side for each in joined for side in each.sides}
        return {each.label for each in self.plan.routers if each.name in names - {self.router.name}}

    def _is_peering(self, link: Link) -> bool:
        return self._routers.issuperset(link.sides)

    def _referenced(self) -> list[str]:
        used = {label for port in self.ports for label in port.groups or ()}
        found = {
            reference
            for label in used
            if label in self.groups
            for each in (*self.groups[label].ingress, *self.groups[label].egress)
            for reference in each.groups
        }
        return sorted(found)

    def _group_name(self, label: str) -> str:
        group = self.groups.get(label)
        return group.name if group is not None else "x" + "".join(each for each in label if each.isalnum())

    def _groups(self) -> Iterator[str]:
        used = sorted({label for port in self.ports for label in port.groups or () if label in self.groups})
        for label in used:
            group = self.groups[label]
            for way, permissions, field in (("i", group.ingress, "saddr"), ("o", group.egress, "daddr")):
                yield f"  chain {group.name}{way} {{"
                for each in permissions:
                    for line in self._permission(each, field):
                        yield f"    {line} accept"
                yield "  }"

    def _permission(self, each: Permission, field: str) -> Iterator[str]:
        what = service(each.protocol, each.ports)
        for family, blocks in by_family(each.blocks):
            yield f"{family} {field} {{ {', '.join(blocks)} }} {what}".rstrip()
        for label in each.groups:
            for family, number in (("ip", 4), ("ip6", 6)):
                members = f"{family} {field} @m{number}_{self._group_name(label)}"
                if self._addresses(label, "", number):
                    yield f"{members} {what}".rstrip()
                for link in self.links:
                    # A gateway carries groups for inbound rules alone (TGW-07).
                    if not link.carries_groups or not (field == "saddr" or self._is_peering(link)):
                        continue
                    by = (
                        f'iifname "{link.name}"' if field == "saddr" else f'fib daddr . mark oifname "{link.name}"'
                    )
                    if self._addresses(label, link.name, number):
                        yield f"{by} {members}{link.name} {what}".rstrip()
