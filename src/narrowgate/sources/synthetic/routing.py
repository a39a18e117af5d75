"""Route tables, peerings and gateways of VPCs."""

from collections.abc import Sequence

from narrowgate.sources.synthetic.filters import FilterBuilder
from narrowgate.sources.synthetic.ledger import Record, Where
from narrowgate.sources.synthetic.site import name_tags

_TARGET_FIELDS = {
    "pcx": "VpcPeeringConnectionId",
    "tgw": "TransitGatewayId",
    "nat": "NatGatewayId",
    "eni": "NetworkInterfaceId",
    "eigw": "EgressOnlyInternetGatewayId",
    "arn": "CoreNetworkArn",
}
_PEERING_MESSAGES = {
    "active": "Active",
    "pending-acceptance": "Pending Acceptance by {account}",
    "failed": "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
    "rejected": "Rejected by {account}",
    "expired": "Expired",
    "deleted": "Deleted by {account}",
}


class RoutingBuilder(FilterBuilder):
    """Builds where packets go."""

    def route_table(self, vpc_id: str, name: str = "", *, subnets: Sequence[str] = (), main: bool = False) -> str:
        """A route table with the VPC's local routes, for the subnets given."""
        table_id = self._new_id("rtb", name or vpc_id)
        vpc = self.resource(vpc_id)
        routes = [
            {"DestinationCidrBlock": each["CidrBlock"], "GatewayId": "local", **_made_with("CreateRouteTable")}
            for each in vpc["CidrBlockAssociationSet"]
        ]
        routes += [
            {"DestinationIpv6CidrBlock": each["Ipv6CidrBlock"], "GatewayId": "local"}
            | _made_with("CreateRouteTable")
            for each in vpc.get("Ipv6CidrBlockAssociationSet", ())
        ]
        associations: list[Record] = []
        if main:
            associations.append(
                {
                    "Main": True,
                    "RouteTableAssociationId": self._new_id("rtbassoc", table_id),
                    "RouteTableId": table_id,
                    "AssociationState": {"State": "associated"},
                }
            )
        element: Record = {
            "Associations": associations,
            "PropagatingVgws": [],
            "RouteTableId": table_id,
            "Routes": routes,
            "Tags": name_tags(name),
            "VpcId": vpc_id,
            "OwnerId": self.account,
        }
        self._add("ec2.describe_route_tables", element, table_id)
        for subnet_id in subnets:
            self.use_route_table(subnet_id, table_id)
        return table_id

    def main_route_table(self, vpc_id: str) -> str:
        """The main table that the VPC was made with."""
        return next(
            str(element["RouteTableId"])
            for element in self.ledger.elements[(self.ledger.home[vpc_id], "ec2.describe_route_tables")]
            if element["VpcId"] == vpc_id and any(each["Main"] for each in element["Associations"])
        )

    def use_route_table(self, subnet_id: str, table_id: str) -> None:
        """Associate a subnet with a table explicitly (NET-01)."""
        for table in self.ledger.elements[(self.ledger.home[table_id], "ec2.describe_route_tables")]:
            table["Associations"] = [each for each in table["Associations"] if each.get("SubnetId") != subnet_id]
        self.resource(table_id)["Associations"].append(
            {
                "Main": False,
                "RouteTableAssociationId": self._new_id("rtbassoc", subnet_id),
                "RouteTableId": table_id,
                "SubnetId": subnet_id,
                "AssociationState": {"State": "associated"},
            }
        )

    def route(self, table_id: str, destination: str, target: str, *, state: str | None = None) -> None:
        """A static route; its state follows the target's (a peering that is not active: blackhole, NET-05)."""
        kind = "arn" if target.startswith("arn:") else target.partition("-")[0]
        if destination.startswith("pl-"):
            field = "DestinationPrefixListId"
        else:
            field = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
        route = {field: destination, _TARGET_FIELDS.get(kind, "GatewayId"): target} | _made_with("CreateRoute")
        route["State"] = state or self._state_behind(target)
        routes = self.resource(table_id)["Routes"]
        routes[:] = [each for each in routes if each.get(field) != destination]
        routes.append(route)

    def remove_route(self, table_id: str, destination: str) -> None:
        """Take a route away.

        Raises:
            KeyError: the table has no such route.
        """
        routes = self.resource(table_id)["Routes"]
        kept = [each for each in routes if destination not in each.values()]
        if len(kept) == len(routes):
            raise KeyError(f"{table_id} has no route to {destination}")
        routes[:] = kept

    def peering(self, requester: str, accepter: str, name: str = "", *, state: str = "active") -> str:
        """A peering between two VPCs of any accounts and Regions; both owners see it."""
        peering_id = self.home(requester)._new_id("pcx", name or accepter)
        places = dict.fromkeys((self.ledger.home[requester], self.ledger.home[accepter]))
        for number, where in enumerate(places):
            element: Record = {
                "AccepterVpcInfo": self._side(accepter),
                "RequesterVpcInfo": self._side(requester),
                "Status": _peering_status(state, self.resource(accepter)["OwnerId"]),
                "Tags": name_tags(name) if number == 0 else [],
                "VpcPeeringConnectionId": peering_id,
            }
            self.ledger.add(where, "ec2.describe_vpc_peering_connections", element, peering_id)
        return peering_id

    def set_peering_state(self, peering_id: str, state: str) -> None:
        """Change a peering's state; routes to one that is not active turn into blackholes (PCX-01, NET-05)."""
        for element in self._peering_views(peering_id):
            element["Status"] = _peering_status(state, element["AccepterVpcInfo"]["OwnerId"])
        for (_, call), tables in self.ledger.elements.items():
            if call != "ec2.describe_route_tables":
                continue
            for table in tables:
                for route in table["Routes"]:
                    if route.get("VpcPeeringConnectionId") == peering_id:
                        route["State"] = "active" if state == "active" else "blackhole"

    def set_peering_dns(
        self, peering_id: str, *, requester: bool | None = None, accepter: bool | None = None
    ) -> None:
        """Set the DNS option of one or both sides (PEER-DNS-03)."""
        for element in self._peering_views(peering_id):
            for side, value in (("RequesterVpcInfo", requester), ("AccepterVpcInfo", accepter)):
                if value is not None:
                    element[side]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"] = value

    def internet_gateway(self, vpc_id: str, name: str = "") -> str:
        """An internet gateway, attached."""
        gateway_id = self._new_id("igw", name or vpc_id)
        element = {
            "Attachments": [{"State": "available", "VpcId": vpc_id}],
            "InternetGatewayId": gateway_id,
            "OwnerId": self.account,
            "Tags": name_tags(name),
        }
        self._add("ec2.describe_internet_gateways", element, gateway_id)
        return gateway_id

    def _peering_views(self, peering_id: str) -> list[Record]:
        return self.views("ec2.describe_vpc_peering_connections", peering_id, "VpcPeeringConnectionId")

    def _side(self, vpc_id: str) -> Record:
        vpc = self.resource(vpc_id)
        where: Where = self.ledger.home[vpc_id]
        side: Record = {
            "CidrBlock": vpc["CidrBlock"],
            "CidrBlockSet": [{"CidrBlock": each["CidrBlock"]} for each in vpc["CidrBlockAssociationSet"]],
            "OwnerId": vpc["OwnerId"],
            "PeeringOptions": {
                "AllowDnsResolutionFromRemoteVpc": False,
                "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
                "AllowEgressFromLocalVpcToRemoteClassicLink": False,
            },
            "VpcId": vpc_id,
            "Region": where.region,
        }
        blocks = [each["Ipv6CidrBlock"] for each in vpc.get("Ipv6CidrBlockAssociationSet", ())]
        if blocks:
            side["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": block} for block in blocks]
        return side

    def _state_behind(self, target: str) -> str:
        if target.startswith("pcx-"):
            found = self.ledger.by_id.get(target)
            return "active" if found and found["Status"].get("Code") == "active" else "blackhole"
        return "active"


def _peering_status(state: str, accepter: str) -> Record:
    return {"Code": state, "Message": _PEERING_MESSAGES.get(state, state).format(account=accepter)}


def _made_with(origin: str) -> Record:
    return {"Origin": origin, "State": "active"}
