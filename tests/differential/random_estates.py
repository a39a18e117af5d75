"""Random estates of a few VPCs: valid in shape, careless in everything that decides a packet's fate.

Everything is drawn from one `random.Random`, so that a seed is an estate; `hypothesis` draws the seeds.
"""

from random import Random
from typing import Any

from tests.builders import Estate, allow, any_protocol, deny, snapshot_of, tcp, udp

from narrowgate.model.snapshot import Snapshot

BLOCKS = ("10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.2.0.0/16", "10.1.128.0/17", "10.3.0.0/20")
PORTS: tuple[int | tuple[int, int], ...] = (443, 53, (0, 65535), (400, 500), (1024, 65535), (32768, 60999))
REPLIES = ((1024, 65535), (32768, 65535), (1024, 40000), (49152, 65535), (443, 443))
STATES = ("active", "blackhole", "blackhole")
ACCOUNTS = ("111122223333", "444455556666")


class RandomEstate:
    """One estate and the interfaces that stand in it; `faults` scales what a careful owner would not do."""

    def __init__(self, seed: int, *, faults: float = 1.0) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.faults = faults
        self.estate = Estate()
        self.accounts = ACCOUNTS if self._chance(0.4) else ACCOUNTS[:1]
        self.vpcs: list[str] = []
        self.subnets: dict[str, list[str]] = {}
        self.tables: dict[str, list[str]] = {}
        self.groups: dict[str, list[str]] = {}
        self.hosts: list[str] = []
        self.interfaces: list[str] = []
        self.endpoints: list[str] = []
        self.links: dict[str, list[str]] = {}
        self.hub_subnets: dict[str, list[str]] = {}
        self.propagated: list[tuple[str, str, str]] = []
        self._vpcs()
        self._links()
        self._routes()
        self._filters()
        self._oddities()

    def snapshot(self) -> Snapshot:
        return snapshot_of(self.estate)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def fault(self, share: float) -> bool:
        """Whether something is as a careful owner would not leave it."""
        return self._chance(share * self.faults)

    # ------------------------------------------------------------------ who is there

    def _vpcs(self) -> None:
        blocks = self.random.sample(BLOCKS, k=self.random.choice((2, 3, 3, 4)))
        for number, block in enumerate(blocks):
            site = self.estate.at(self.random.choice(self.accounts))
            vpc = site.vpc(block, f"vpc-{number}")
            if self._chance(0.15):
                second = f"10.{20 + number}.0.0/16"
                self.estate.resource(vpc)["CidrBlockAssociationSet"].append(
                    {"CidrBlock": second, "CidrBlockState": {"State": "associated"}}
                )
            self.vpcs.append(vpc)
            self.groups[vpc] = [site.security_group(vpc, f"group-{number}-{index}") for index in range(2)]
            base = block.split(".")
            first = int(base[2])
            self.subnets[vpc] = [
                site.subnet(vpc, f"10.{base[1]}.{first + index}.0/24", self.random.choice("ab"))
                for index in range(self.random.choice((1, 2, 3)))
            ]
            for subnet in self.subnets[vpc]:
                self.hosts.append(site.interface(subnet, self._some_groups(vpc)))
            self._tables(vpc)
        self.interfaces += self.hosts
        for vpc in self.vpcs:
            if self._chance(0.6):
                chosen = self.random.sample(self.subnets[vpc], k=1)
                groups = self._some_groups(vpc)
                endpoint = self.estate.home(vpc).interface_endpoint(chosen, groups, private_dns=False)
                self.endpoints.append(endpoint)
                self.interfaces += self.estate.resource(endpoint)["NetworkInterfaceIds"]
                if self.fault(0.1):
                    self.estate.resource(endpoint)["State"] = self.random.choice(("pending", "Failed", "Partial"))

    def _some_groups(self, vpc: str) -> list[str]:
        return self.random.sample(self.groups[vpc], k=self.random.choice((1, 1, 2)))

    def _tables(self, vpc: str) -> None:
        site = self.estate.home(vpc)
        self.tables[vpc] = [site.main_route_table(vpc)]
        if self._chance(0.6):
            chosen = self.random.sample(self.subnets[vpc], k=self.random.randint(1, len(self.subnets[vpc])))
            self.tables[vpc].append(site.route_table(vpc, "own", subnets=chosen))

    # ------------------------------------------------------------------ what joins them

    def _links(self) -> None:
        for vpc in self.vpcs:
            self.links[vpc] = []
        for index, one in enumerate(self.vpcs):
            for other in self.vpcs[index + 1 :]:
                if self._chance(0.7):
                    state = self.random.choice(("pending-acceptance", "deleted")) if self.fault(0.2) else "active"
                    link = self.estate.peering(one, other, state=state)
                    self.links[one].append(link)
                    self.links[other].append(link)
        if self._chance(0.6):
            self._hub()

    def _hub(self) -> None:
        hub = self.estate.transit_gateway("hub", shared_with=self.accounts[1:])
        default = self.estate.resource(hub)["Options"]["AssociationDefaultRouteTableId"]
        second = self.estate.transit_route_table(hub, "second")
        self.estate.resource(hub)["Options"]["SecurityGroupReferencingSupport"] = self.random.choice(
            ("enable", "disable")
        )
        attachments = [self._attach(hub, vpc, default, second) for vpc in self.vpcs if self._chance(0.85)]
        for table in (default, second):
            for attachment in attachments:
                if self._chance(0.15):
                    self.estate.transit_route(table, self._some_block(), attachment)
            if self._chance(0.1):
                self.estate.transit_route(table, self._some_block(), None)

    def _attach(self, hub: str, vpc: str, default: str, second: str) -> str:
        zones: dict[str, str] = {}
        for subnet in self.random.sample(self.subnets[vpc], k=len(self.subnets[vpc])):
            zones.setdefault(self.estate.resource(subnet)["AvailabilityZoneId"], subnet)
        if self._chance(0.5):
            base = self.estate.resource(self.subnets[vpc][0])["CidrBlock"].rsplit(".", 2)[0]
            for index, zone in enumerate("ab"):
                own = self.estate.home(vpc).subnet(vpc, f"{base}.9.{index * 16}/28", zone, f"hub-{zone}")
                zones[self.estate.resource(own)["AvailabilityZoneId"]] = own
                self.hub_subnets.setdefault(vpc, []).append(own)
        subnets = list(zones.values())
        if self.fault(0.3):
            subnets = subnets[:1]
        attachment = self.estate.home(vpc).attach_vpc(hub, subnets, default_tables=False)
        state = "pendingAcceptance" if self.fault(0.08) else "available"
        options = {
            "SecurityGroupReferencingSupport": "disable" if self.fault(0.2) else "enable",
            "ApplianceModeSupport": "enable" if self._chance(0.15) else "disable",
        }
        for view in self._views(attachment):
            view["State"] = state
            view["Options"] |= options
        if not self.fault(0.08):
            self.estate.associate_attachment(attachment, self.random.choice((default, default, second)))
        for table in (default, second):
            taken = {
                route["DestinationCidrBlock"]
                for route in self.estate.ledger.answer("ec2.search_transit_gateway_routes", table)["Routes"]
            }
            block = self.estate.resource(vpc)["CidrBlock"]
            # TGW-06: the later of two VPCs with one range is not propagated.
            if not self.fault(0.15) and block not in taken:
                self.estate.propagate(attachment, table)
                self.propagated.append((table, attachment, vpc))
        self.links[vpc].append(hub)
        return attachment

    def _views(self, attachment: str) -> list[dict[str, Any]]:
        return self.estate.views(
            "ec2.describe_transit_gateway_vpc_attachments", attachment, "TransitGatewayAttachmentId"
        )

    # ------------------------------------------------------------------ where packets go

    def _some_block(self) -> str:
        block = self.estate.resource(self.random.choice(self.vpcs))["CidrBlock"]
        base = block.rsplit(".", 2)[0]
        return self.random.choice((block, block, block, f"{base}.1.0/24", f"{base}.0.0/18", "10.0.0.0/8"))

    def _routes(self) -> None:
        for vpc in self.vpcs:
            for table in self.tables[vpc]:
                self._peer_routes(vpc, table)
                self._stray_routes(vpc, table)

    def _peer_routes(self, vpc: str, table: str) -> None:
        """Mostly what a careful owner would write."""
        for link in self.links[vpc]:
            targets = [other for other in self.vpcs if other != vpc]
            if link.startswith("pcx-"):
                connection = self.estate.resource(link)
                sides = [connection["RequesterVpcInfo"]["VpcId"], connection["AccepterVpcInfo"]["VpcId"]]
                targets = [other for other in sides if other != vpc]
            for other in targets:
                for block in self.estate.resource(other)["CidrBlockAssociationSet"]:
                    if not self.fault(0.15) and not self._is_own(vpc, block["CidrBlock"]):
                        self._route(table, block["CidrBlock"], link)

    def _is_own(self, vpc: str, block: str) -> bool:
        return block in [each["CidrBlock"] for each in self.estate.resource(vpc)["CidrBlockAssociationSet"]]

    def _route(self, table: str, block: str, target: str, **options: Any) -> None:
        self.estate.route(table, block, target, **options)

    def _stray_routes(self, vpc: str, table: str) -> None:
        every_link = [link for links in self.links.values() for link in links]
        if self.links[vpc] and self.fault(0.25):
            self._route(table, self._some_foreign_block(vpc), self.random.choice(self.links[vpc]))
        if self.fault(0.08):
            self._route(table, self._some_foreign_block(vpc), "eni-0dddddddddddddddd", state="blackhole")
        if self.fault(0.05) and every_link:
            self._route(table, self._some_foreign_block(vpc), self.random.choice(every_link))
        if self.fault(0.12):
            self._route(table, self._some_foreign_block(vpc), "vgw-0aaaaaaaaaaaaaaaa")
            if self._chance(0.7):
                route = self.estate.resource(table)["Routes"][-1]
                route |= {"Origin": "EnableVgwRoutePropagation", "State": self.random.choice(STATES)}
        if self.fault(0.04):
            self._route(table, self._some_foreign_block(vpc), self.random.choice(self.interfaces))
        if self.fault(0.1):
            # More specific than `local`, as only a route that was propagated can be (NET-07).
            own = self.estate.resource(self.random.choice(self.subnets[vpc]))["CidrBlock"]
            self._route(table, own, "vgw-0aaaaaaaaaaaaaaaa", state="blackhole")
            self.estate.resource(table)["Routes"][-1]["Origin"] = "EnableVgwRoutePropagation"
        if len(self.links[vpc]) > 1 and self.fault(0.3):
            # A static route and one by a prefix list stand for one block (NET-04).
            block = self._some_foreign_block(vpc)
            by_route, by_list = self.random.sample(self.links[vpc], k=2)
            self._route(table, block, by_route)
            self._route(table, self.estate.home(vpc).prefix_list("list", [block]), by_list)
        if len(self.links[vpc]) > 1 and self.fault(0.1):
            block = self._some_foreign_block(vpc)
            for number, link in enumerate(self.random.sample(self.links[vpc], k=2)):
                self._route(table, self.estate.home(vpc).prefix_list(f"list-{number}", [block]), link)

    def _some_foreign_block(self, vpc: str) -> str:
        """Often a block of others; sometimes, by carelessness, inside the own one (but never exactly it)."""
        block = self._some_block()
        return "10.0.0.0/8" if self._is_own(vpc, block) else block

    # ------------------------------------------------------------------ what is let through

    def _filters(self) -> None:
        for vpc in self.vpcs:
            for group in self.groups[vpc]:
                ingress = [self._permission(vpc) for _ in range(self.random.choice((0, 1, 2, 3)))]
                egress = [self._permission(vpc) for _ in range(2)] if self.fault(0.15) else None
                if not self.fault(0.3):
                    ingress.append(any_protocol("10.0.0.0/8"))
                elif self._chance(0.7):
                    ingress = [any_protocol(self._some_reference(vpc))]
                if self.fault(0.1):
                    egress = [any_protocol(self._some_reference(vpc))]
                self.estate.set_permissions(group, ingress=ingress, egress=egress)
            for subnet in (*self.subnets[vpc], *self.hub_subnets.get(vpc, ())):
                if self.fault(0.2):
                    self.estate.home(vpc).network_acl(
                        vpc, f"acl-{subnet}", entries=self._entries(), subnets=[subnet]
                    )

    def _permission(self, vpc: str) -> dict[str, Any]:
        peer = self.random.choice(
            (
                "0.0.0.0/0",
                self._some_block(),
                self._some_block(),
                self._some_reference(vpc),
                self.estate.home(vpc).prefix_list("peers", [self._some_block(), "10.99.0.0/16"]),
            )
        )
        ports = self.random.choice(PORTS)
        return self.random.choice((tcp(ports, peer), tcp(ports, peer), udp(ports, peer), any_protocol(peer)))

    def _some_reference(self, vpc: str) -> str:
        """A group as a rule names it: with its account, where that is another one (PCX-10)."""
        group = self.random.choice(self.groups[self.random.choice(self.vpcs)])
        owner = str(self.estate.resource(group)["OwnerId"])
        return group if owner == self.estate.resource(vpc)["OwnerId"] else f"{owner}/{group}"

    def _entries(self) -> list[dict[str, Any]]:
        entries = []
        for egress in (False, True):
            for number in range(self.random.choice((1, 1, 2, 3))):
                ports = self.random.choice((*REPLIES, None, None))
                make = deny if self._chance(0.2) else allow
                block = self.random.choice(("0.0.0.0/0", "0.0.0.0/0", self._some_block()))
                protocol = "all" if ports is None else self.random.choice(("tcp", "tcp", "udp"))
                entries.append(make(100 + number, block, protocol=protocol, ports=ports, egress=egress))
            if self._chance(0.6):
                entries.append(allow(200, "0.0.0.0/0", egress=egress))
        return entries

    def _oddities(self) -> None:
        if self.fault(0.05):
            gone = self.random.choice(self.groups[self.random.choice(self.vpcs)])
            self.estate.remove("ec2.describe_security_groups", gone, "GroupId")
        if self.fault(0.05):
            for interface in self.random.sample(self.interfaces, k=1):
                self.estate.resource(interface)["SourceDestCheck"] = False
