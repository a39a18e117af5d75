"""A plan in the kernel: namespaces, device pairs, addresses, routes; and the requests as text, for people to read.

No bridge and no ARP: every packet goes to the router, which knows the neighbour of each port for ever.
"""

from collections.abc import Iterator
from pathlib import Path

from narrowgate.lab.beliefs import VPC_MTU
from narrowgate.lab.kernel import netlink
from narrowgate.lab.kernel.ends import (
    ETH0,
    LO,
    device,
    link_address,
    link_local,
    neighbours,
    port_requests,
    way_to,
)
from narrowgate.lab.kernel.internet import blocks_of, everybody_else, internet_addresses, public_route
from narrowgate.lab.kernel.netlink import Request
from narrowgate.lab.kernel.packet_filter import NOWHERE
from narrowgate.lab.kernel.spaces import LabError, Spaces
from narrowgate.lab.plan.faults import Down
from narrowgate.lab.plan.internet import INTERNET
from narrowgate.lab.plan.types import Hub, Link, Plan, Port, Subnet

FIRST_TABLE = 1000
_NOWHERE = 50


class Fabric:
    """Builds a plan in the namespaces of a lab."""

    def __init__(self, plan: Plan, spaces: Spaces) -> None:
        """Nothing is built yet."""
        self.plan = plan
        self.spaces = spaces
        self.routers = {each.label: each for each in plan.routers}
        self._links_by_name = {each.name: each for each in plan.links}
        self._ports_by_name = {each.name: each for each in plan.ports}

    def build(self) -> None:
        """Make every namespace, link and route; returns when every device carries packets.

        Raises:
            LabError: the kernel refuses something.
        """
        everybody = (self.plan.routers, self.plan.hubs, self.plan.ports)
        for name in [each.name for kind in everybody for each in kind]:
            self.spaces.make(name)
        for port in self.plan.ports:
            if port.service == "nat":
                with self.spaces.inside(port.name):
                    _settings()
        ports = {
            router.label: [each for each in self.plan.ports if each.vpc == router.label]
            for router in self.plan.routers
        }
        for router in self.plan.routers:
            with self.spaces.inside(router.name):
                _settings()
                netlink.send([*self._nowhere(router.name), *self._router(router.label, ports[router.label])])
        for hub in self.plan.hubs:
            with self.spaces.inside(hub.name):
                _settings()
                netlink.send([netlink.up(LO), *self._nowhere(hub.name)])
        self._links()
        for router in self.plan.routers:
            with self.spaces.inside(router.name):
                netlink.send(list(self._tables(router.label)))
        for port in self.plan.ports:
            with self.spaces.inside(port.name):
                if not any(":" in each for each in port.addresses):
                    # Else every host would look for neighbours and routers of its own accord.
                    Path("/proc/sys/net/ipv6/conf/all/disable_ipv6").write_text("1")
                netlink.send(list(port_requests(port)))
        self._wait(ports)

    def _router(self, vpc: str, ports: list[Port]) -> Iterator[Request]:
        router = self.routers[vpc]
        yield netlink.up(LO)
        for address in router.resolvers:
            yield netlink.address(LO, address, 32)
        for port in ports:
            index = device(port.number)
            pair = (netlink.mac(index), netlink.mac(index + 1))
            peer = (ETH0, "eth0", self.spaces.descriptor(port.name))
            yield netlink.veth(index, port.name, peer, pair, VPC_MTU)
            yield netlink.up(index)
            yield from way_to(port)
        # What no port has goes nowhere: a router of AWS is silent.
        for family in (4, 6):
            yield netlink.route(netlink.Route(None, _NOWHERE, family=family))

    def _nowhere(self, space: str) -> Iterator[Request]:
        macs = (netlink.mac(_NOWHERE), netlink.mac(_NOWHERE + 1))
        peer = (_NOWHERE + 1, f"{NOWHERE}-end", self.spaces.descriptor(space))
        yield netlink.veth(_NOWHERE, NOWHERE, peer, macs, VPC_MTU)
        yield netlink.up(_NOWHERE)
        yield netlink.up(_NOWHERE + 1)

    def change(self, plan: Plan, down: frozenset[Down], were_down: frozenset[Down]) -> None:
        """Go over to a plan with other routes and devices down; names, numbers and blocks are the same in both.

        Raises:
            LabError: the kernel refuses something.
        """
        before, self.plan = self.plan, plan
        for space, number in sorted(were_down - down):
            with self.spaces.inside(space):
                netlink.send([netlink.up(device(number)), *self._back(space, number)])
        back = {space for space, _ in were_down - down}
        moved = {each.vpc for each, old in zip(plan.subnets, before.subnets, strict=True) if each != old}
        for router in plan.routers:
            if router.name in back or router.label in moved:
                with self.spaces.inside(router.name):
                    netlink.send(list(self._tables(router.label, fresh=False)))
        for hub, old in zip(plan.hubs, before.hubs, strict=True):
            if hub.name in back or hub != old:
                with self.spaces.inside(hub.name):
                    netlink.send([each for link in plan.links for each in self._hub_routes(hub, link)])
        for space, number in sorted(down - were_down):
            with self.spaces.inside(space):
                netlink.send([netlink.down(device(number))])

    def _back(self, space: str, number: int) -> Iterator[Request]:
        """What went with a device that is up again: the way to a port, the neighbour on a link."""
        router = next((each for each in self.plan.routers if each.name == space), None)
        for port in self.plan.ports:
            if router is not None and port.vpc == router.label and port.number == number:
                yield from way_to(port)
        for link in self.plan.links:
            if link.number == number and space in link.sides:
                yield from neighbours(link, link.sides.index(space))

    def _links(self) -> None:
        for link in self.plan.links:
            near, far = link.sides
            index = device(link.number)
            pair = (netlink.mac(index), netlink.mac(index + 1))
            with self.spaces.inside(near):
                peer = (index, link.name, self.spaces.descriptor(far))
                netlink.send([netlink.veth(index, link.name, peer, pair, link.mtu)])
            for side, own in ((near, 0), (far, 1)):
                with self.spaces.inside(side):
                    address = netlink.address(index, link_address(link, own), 32)
                    netlink.send([netlink.up(index), address, *neighbours(link, own)])
        # Only now: a table of a hub names the devices of other links, which have to be there.
        for link in self.plan.links:
            for side in link.sides:
                with self.spaces.inside(side):
                    # What comes in by a link finds this side's own ports alone: no transit (PCX-07).
                    netlink.send(list(self._arrivals(side, link)))
        for hub in self.plan.hubs:
            if hub.label == INTERNET:
                with self.spaces.inside(hub.name):
                    netlink.send(list(self._internet(hub.name)))

    def _internet(self, space: str) -> Iterator[Request]:
        yield from internet_addresses()
        # A gateway that lets everybody in comes last: it is the way back for both where a VPC has two.
        for each in sorted(self.plan.exits, key=lambda one: one.takes_new):
            for block in blocks_of(each):
                yield public_route(self._way(space, block, each.link, netlink.MAIN))
        yield from everybody_else()

    def _arrivals(self, side: str, link: Link) -> Iterator[Request]:
        hub = next((each for each in self.plan.hubs if each.name == side), None)
        for family in (4, 6):
            if hub is None:
                yield netlink.rule(100 + link.number, netlink.MAIN, iif=link.name, family=family)
            else:
                table = FIRST_TABLE + link.number
                yield netlink.rule(100 + link.number, table, iif=link.name, family=family)
                yield netlink.route(netlink.Route(None, _NOWHERE, table=table, family=family))
        if hub is not None:
            yield from self._hub_routes(hub, link)

    def _hub_routes(self, hub: Hub, link: Link) -> Iterator[Request]:
        """What packets that came in by a link meet in a gateway's table."""
        for name, routes in hub.tables:
            if name == link.name:
                for each in routes:
                    yield self._route(hub.name, each.block, each.target, FIRST_TABLE + link.number)

    def _tables(self, vpc: str, *, fresh: bool = True) -> Iterator[Request]:
        """A kernel table for each subnet, chosen by the mark of what its ports send; `fresh` tables need rules."""
        router = self.routers[vpc]
        for subnet in self.plan.subnets:
            if subnet.vpc != vpc:
                continue
            table = FIRST_TABLE + subnet.number
            for family in (4, 6):
                if fresh:
                    yield netlink.rule(1000 + subnet.number, table, mark=subnet.number, family=family)
                yield netlink.route(netlink.Route(None, _NOWHERE, table=table, family=family))
            # A throw route is `local`: the search goes on in the main table, which knows the ports (NET-02).
            for block in dict.fromkeys((*subnet.blocks, *router.blocks)):
                yield netlink.route(netlink.Route(block, table=table, kind="throw"))
            yield from self._effective(subnet, (*subnet.blocks, *router.blocks))

    def _effective(self, subnet: Subnet, blocks: tuple[str, ...]) -> Iterator[Request]:
        router = self.routers[subnet.vpc]
        for each in subnet.routes:
            if each.block not in blocks:
                yield self._route(router.name, each.block, each.target, FIRST_TABLE + subnet.number)

    def _route(self, side: str, block: str, target: str, table: int) -> Request:
        return netlink.route(self._way(side, block, target, table))

    def _way(self, side: str, block: str, target: str, table: int) -> netlink.Route:
        """By a link, or to a port that passes packets on."""
        link, port = self._links_by_name.get(target), self._ports_by_name.get(target)
        if port is not None and ":" not in block:
            return netlink.Route(block, device(port.number), port.addresses[0], table)
        if link is None:
            return netlink.Route(block, _NOWHERE, table=table)
        far = 1 if link.sides[0] == side else 0
        gateway = link_address(link, far) if ":" not in block else link_local(far)
        return netlink.Route(block, device(link.number), gateway, table)

    def _wait(self, ports: dict[str, list[Port]]) -> None:
        """A device that was just made drops what it sends until the kernel has seen its peer come up."""
        for router in self.plan.routers:
            with self.spaces.inside(router.name):
                for port in ports[router.label]:
                    for _ in range(1000):
                        if netlink.is_up(device(port.number)):
                            break
                    else:
                        raise LabError(f"{port.name} of {port.label} did not come up")


def _settings() -> None:
    """A router forwards, takes packets from wherever they come, and redirects nobody.

    `rp_filter` is inherited from the host by new namespaces: with 1, packets of other VPCs vanish without a trace.
    """
    root = Path("/proc/sys/net")
    for path, value in (
        ("ipv4/ip_forward", "1"),
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv4/conf/default/rp_filter", "0"),
        ("ipv4/conf/all/send_redirects", "0"),
        ("ipv4/conf/default/send_redirects", "0"),
        ("ipv6/conf/all/forwarding", "1"),
        ("ipv6/conf/default/accept_dad", "0"),
    ):
        try:
            (root / path).write_text(value)
        except OSError:
            if "ip_forward" in path or "rp_filter" in path:
                raise
