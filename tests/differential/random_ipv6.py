"""IPv6 beside the IPv4 of a random estate: blocks, addresses, routes, rules, entries; each at times missing."""

from typing import Any

from tests.builders import allow, any_protocol, deny, tcp
from tests.differential.random_estates import RandomEstate

EVERYWHERE = "::/0"


class RandomIpv6:
    """Gives some VPCs of an estate a second family; draws from the estate's own generator."""

    def __init__(self, base: RandomEstate) -> None:
        self.base = base
        self.random = base.random
        self.estate = base.estate
        self.blocks: dict[str, str] = {}
        if not self._chance(0.5):
            return
        for number, vpc in enumerate(base.vpcs):
            if self._chance(0.8):
                self._vpc(vpc, f"2001:db8:{number + 1}00::/56")
        for vpc in self.blocks:
            self._subnets(vpc)
            self._routes(vpc)
            self._filters(vpc)
        self._endpoints()
        self._hubs()

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _vpc(self, vpc: str, block: str) -> None:
        self.blocks[vpc] = block
        self.estate.resource(vpc)["Ipv6CidrBlockAssociationSet"].append(
            {"AssociationId": f"vpc-cidr-assoc-{vpc}", "Ipv6CidrBlock": block, "Ipv6CidrBlockState": _ASSOCIATED}
        )
        for link in self.base.links[vpc]:
            for view in self.estate.views("ec2.describe_vpc_peering_connections", link, "VpcPeeringConnectionId"):
                for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
                    if view[side]["VpcId"] == vpc:
                        view[side]["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": block}]

    def _subnets(self, vpc: str) -> None:
        start = self.blocks[vpc].removesuffix("00::/56")
        for number, subnet in enumerate(self.base.subnets[vpc]):
            if not self._chance(0.9):
                continue
            block = f"{start}{number:02x}::/64"
            self.estate.resource(subnet)["Ipv6CidrBlockAssociationSet"].append(
                {"AssociationId": f"subnet-{subnet}", "Ipv6CidrBlock": block, "Ipv6CidrBlockState": _ASSOCIATED}
            )
            for position, interface in enumerate(self.base.interfaces):
                element = self.estate.resource(interface)
                is_host = interface in self.base.hosts
                if element["SubnetId"] == subnet and self._chance(0.9 if is_host else 0.7):
                    address = block.removesuffix("/64") + f"{position + 16:x}"
                    element["Ipv6Addresses"].append({"Ipv6Address": address})

    def _routes(self, vpc: str) -> None:
        for table in self.base.tables[vpc]:
            for link in self.base.links[vpc]:
                for other, block in self.blocks.items():
                    if other != vpc and self._leads_to(link, vpc, other) and not self.base.fault(0.15):
                        destination = EVERYWHERE if self._chance(0.1) else block
                        self.estate.route(table, destination, link)
            if self._chance(0.05):
                block = self.random.choice(list(self.blocks.values())).replace("00::/56", "01::/64")
                self.estate.route(table, block, "eni-0dddddddddddddddd", state="blackhole")

    def _leads_to(self, link: str, vpc: str, other: str) -> bool:
        if not link.startswith("pcx-"):
            return True
        element = self.estate.resource(link)
        return {element["RequesterVpcInfo"]["VpcId"], element["AccepterVpcInfo"]["VpcId"]} == {vpc, other}

    def _filters(self, vpc: str) -> None:
        for group in self.base.groups[vpc]:
            element = self.estate.ledger.by_id.get(group)
            if element is None:
                continue
            if not self.base.fault(0.2):
                element["IpPermissions"].append(self._admits())
            if not self.base.fault(0.1):
                element["IpPermissionsEgress"].append(any_protocol(EVERYWHERE))
        for acl in self._acls(vpc):
            entries = [each for each in acl["Entries"] if each["RuleNumber"] < 32767]
            for egress in (False, True):
                if not self.base.fault(0.1):
                    make = deny if self.base.fault(0.1) else allow
                    entries.append(make(301, self._block(), egress=egress))
                entries.append(allow(302, EVERYWHERE, egress=egress))
            self.estate.home(vpc).set_entries(acl["NetworkAclId"], entries)

    def _admits(self) -> dict[str, Any]:
        return self.random.choice((any_protocol(EVERYWHERE), tcp(443, EVERYWHERE), tcp((0, 65535), self._block())))

    def _block(self) -> str:
        return self.random.choice((EVERYWHERE, *self.blocks.values()))

    def _acls(self, vpc: str) -> list[dict[str, Any]]:
        where = self.estate.ledger.home[vpc]
        acls = self.estate.ledger.elements[where, "ec2.describe_network_acls"]
        return [each for each in acls if each["VpcId"] == vpc]

    def _endpoints(self) -> None:
        for endpoint in self.base.endpoints:
            element = self.estate.resource(endpoint)
            interfaces = [self.estate.resource(each) for each in element["NetworkInterfaceIds"]]
            if all(each["Ipv6Addresses"] for each in interfaces):
                element |= {"IpAddressType": "dualstack", "DnsOptions": {"DnsRecordIpType": "dualstack"}}
            else:
                for each in interfaces:
                    each["Ipv6Addresses"] = []

    def _hubs(self) -> None:
        """IP6-03: off unless somebody turned it on for the attachment."""
        for (_, call), elements in self.estate.ledger.elements.items():
            if call == "ec2.describe_transit_gateway_vpc_attachments":
                for element in elements:
                    block = self.blocks.get(element["VpcId"])
                    if block is not None and not self.base.fault(0.5):
                        element["Options"] = element["Options"] | {"Ipv6Support": "enable"}
        for table, attachment, vpc in self.base.propagated:
            if vpc in self.blocks:
                self.estate.transit_route(table, self.blocks[vpc], attachment, propagated=True)


_ASSOCIATED = {"State": "associated"}
