"""Transit gateways: attachments, route tables, associations, propagations, routes."""

from collections.abc import Mapping, Sequence

from narrowgate.sources.synthetic.domain_names import DomainNameBuilder
from narrowgate.sources.synthetic.ledger import Record, Where
from narrowgate.sources.synthetic.names import CREATED
from narrowgate.sources.synthetic.site import name_tags

_ROUTES = "ec2.search_transit_gateway_routes"
_ASSOCIATIONS = "ec2.get_transit_gateway_route_table_associations"
_PROPAGATIONS = "ec2.get_transit_gateway_route_table_propagations"


class TransitBuilder(DomainNameBuilder):
    """Builds hubs."""

    def transit_gateway(
        self, name: str = "", *, shared_with: Sequence[str] = (), has_default_table: bool = True
    ) -> str:
        """A transit gateway, with its default route table; accounts that it is shared with see it too."""
        gateway_id = self._new_id("tgw", name)
        element: Record = {
            "TransitGatewayId": gateway_id,
            "TransitGatewayArn": self.arn("ec2", f"transit-gateway/{gateway_id}"),
            "State": "available",
            "OwnerId": self.account,
            "Description": name,
            "CreationTime": CREATED,
            "Options": {
                "AmazonSideAsn": 64512,
                "AutoAcceptSharedAttachments": "enable",
                "DefaultRouteTableAssociation": "enable",
                "DefaultRouteTablePropagation": "enable",
                "VpnEcmpSupport": "enable",
                "DnsSupport": "enable",
                "SecurityGroupReferencingSupport": "disable",
                "MulticastSupport": "disable",
            },
            "Tags": name_tags(name),
        }
        self._add("ec2.describe_transit_gateways", element, gateway_id)
        for account in shared_with:
            self.at(account)._add("ec2.describe_transit_gateways", element | {"Tags": []})
        if has_default_table:
            table_id = self.transit_route_table(gateway_id, is_default=True)
            element["Options"]["AssociationDefaultRouteTableId"] = table_id
            element["Options"]["PropagationDefaultRouteTableId"] = table_id
        return gateway_id

    def transit_route_table(self, gateway_id: str, name: str = "", *, is_default: bool = False) -> str:
        """A route table of a gateway; only its owner sees it."""
        table_id = self._new_id("tgw-rtb", f"{gateway_id}{name}")
        element = {
            "TransitGatewayRouteTableId": table_id,
            "TransitGatewayId": gateway_id,
            "State": "available",
            "DefaultAssociationRouteTable": is_default,
            "DefaultPropagationRouteTable": is_default,
            "CreationTime": CREATED,
            "Tags": name_tags(name),
        }
        self._add("ec2.describe_transit_gateway_route_tables", element, table_id)
        parameters = {"TransitGatewayRouteTableId": table_id}
        self._ask(_ASSOCIATIONS, table_id, parameters, {"Associations": []})
        self._ask(_PROPAGATIONS, table_id, parameters, {"TransitGatewayRouteTablePropagations": []})
        self._ask(
            _ROUTES,
            table_id,
            parameters | {"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]},
            {"Routes": [], "AdditionalRoutesAvailable": False},
        )
        return table_id

    def attach_vpc(self, gateway_id: str, subnets: Sequence[str], *, default_tables: bool = True) -> str:
        """A VPC attachment with an interface in each subnet; the VPC's and the gateway's owners see it.

        With `default_tables` it is associated with, and propagates to, the gateway's default route table.
        """
        vpc_id = self.resource(subnets[0])["VpcId"]
        attachment_id = self._new_id("tgw-attach", f"{gateway_id}{vpc_id}")
        gateway = self.resource(gateway_id)
        element = {
            "TransitGatewayAttachmentId": attachment_id,
            "TransitGatewayId": gateway_id,
            "VpcId": vpc_id,
            "VpcOwnerId": self.account,
            "State": "available",
            "SubnetIds": list(subnets),
            "CreationTime": CREATED,
            "Options": {
                "DnsSupport": "enable",
                "SecurityGroupReferencingSupport": "enable",
                "Ipv6Support": "disable",
                "ApplianceModeSupport": "disable",
            },
            "Tags": [],
        }
        plain: Record = {
            "TransitGatewayAttachmentId": attachment_id,
            "TransitGatewayId": gateway_id,
            "TransitGatewayOwnerId": gateway["OwnerId"],
            "ResourceOwnerId": self.account,
            "ResourceType": "vpc",
            "ResourceId": vpc_id,
            "State": "available",
            "CreationTime": CREATED,
            "Tags": [],
        }
        default_table = gateway["Options"]["AssociationDefaultRouteTableId"] if default_tables else None
        if default_table:
            plain["Association"] = {"TransitGatewayRouteTableId": default_table, "State": "associated"}
        for where in dict.fromkeys((self.where, Where(gateway["OwnerId"], self.region))):
            self.ledger.add(where, "ec2.describe_transit_gateway_vpc_attachments", dict(element), attachment_id)
            self.ledger.add(where, "ec2.describe_transit_gateway_attachments", dict(plain))
        for subnet_id in subnets:
            self.managed_interface(
                subnet_id,
                (),
                "transit_gateway",
                f"Network Interface for Transit Gateway Attachment {attachment_id}",
            )
        if default_table:
            self.associate_attachment(attachment_id, default_table)
            self.propagate(attachment_id, default_table)
        return attachment_id

    def peer_gateways(self, requester: str, accepter: str, *, state: str = "available") -> str:
        """A peering of two gateways of any accounts and Regions; routes to it are the caller's (TGW-09)."""
        attachment_id = self.home(requester)._new_id("tgw-attach", f"{requester}{accepter}")
        places = {gateway: self.ledger.home[gateway] for gateway in (requester, accepter)}
        element: Record = {
            "TransitGatewayAttachmentId": attachment_id,
            **{
                field: {"TransitGatewayId": gateway, "OwnerId": place.account, "Region": place.region}
                for field, (gateway, place) in zip(
                    ("RequesterTgwInfo", "AccepterTgwInfo"), places.items(), strict=True
                )
            },
            "Status": {"Code": state},
            "State": state,
            "CreationTime": CREATED,
            "Tags": [],
        }
        for where in dict.fromkeys(places.values()):
            call = "ec2.describe_transit_gateway_peering_attachments"
            self.ledger.add(where, call, dict(element), attachment_id)
        for gateway in places:
            table = self.resource(gateway)["Options"]["AssociationDefaultRouteTableId"]
            self.associate_attachment(attachment_id, table)
        return attachment_id

    def set_gateway_peering_state(self, attachment_id: str, state: str) -> None:
        """Change the state of a peering of gateways, as both owners see it."""
        call = "ec2.describe_transit_gateway_peering_attachments"
        for element in self.views(call, attachment_id, "TransitGatewayAttachmentId"):
            element |= {"State": state, "Status": {"Code": state}}

    def set_attachment(
        self, attachment_id: str, *, state: str | None = None, options: Mapping[str, str] | None = None
    ) -> None:
        """Change the state or options of a VPC attachment, as every account sees it."""
        for call in (
            "ec2.describe_transit_gateway_vpc_attachments",
            "ec2.describe_transit_gateway_attachments",
        ):
            for element in self.views(call, attachment_id, "TransitGatewayAttachmentId"):
                if state is not None:
                    element["State"] = state
                if options and "Options" in element:
                    element["Options"] = element["Options"] | dict(options)

    def dissociate_attachment(self, attachment_id: str) -> None:
        """Take an attachment out of its route table, as every account sees it."""
        for (call, _), exchange in self.ledger.answers():
            if call == _ASSOCIATIONS:
                kept = [
                    each
                    for each in exchange["Associations"]
                    if each["TransitGatewayAttachmentId"] != attachment_id
                ]
                exchange["Associations"] = kept
        call = "ec2.describe_transit_gateway_attachments"
        for element in self.views(call, attachment_id, "TransitGatewayAttachmentId"):
            element.pop("Association", None)

    def remove_transit_route(self, table_id: str, destination: str) -> None:
        """Take the routes to a block away.

        Raises:
            KeyError: the table has no such route.
        """
        answer = self.ledger.answer(_ROUTES, table_id)
        kept = [each for each in answer["Routes"] if each.get("DestinationCidrBlock") != destination]
        if len(kept) == len(answer["Routes"]):
            raise KeyError(f"{table_id} has no route to {destination}")
        answer["Routes"] = kept

    def associate_attachment(self, attachment_id: str, table_id: str) -> None:
        """Let packets that come from an attachment use a table (TGW-04)."""
        self.ledger.answer(_ASSOCIATIONS, table_id)["Associations"].append(
            self._attached(attachment_id) | {"State": "associated"}
        )

    def propagate(self, attachment_id: str, table_id: str) -> None:
        """Let an attachment write its VPC's blocks into a table (TGW-04)."""
        self.ledger.answer(_PROPAGATIONS, table_id)["TransitGatewayRouteTablePropagations"].append(
            self._attached(attachment_id) | {"State": "enabled"}
        )
        vpc = self.resource(self.resource(attachment_id)["VpcId"])
        for block in vpc["CidrBlockAssociationSet"]:
            self.transit_route(table_id, block["CidrBlock"], attachment_id, propagated=True)
        for block in vpc["Ipv6CidrBlockAssociationSet"]:
            self.transit_route(table_id, block["Ipv6CidrBlock"], attachment_id, propagated=True)

    def transit_route(
        self, table_id: str, destination: str, attachment_id: str | None, *, propagated: bool = False
    ) -> None:
        """A route of a gateway's table; without attachment a blackhole."""
        route: Record = {"DestinationCidrBlock": destination}
        if attachment_id is not None:
            route["TransitGatewayAttachments"] = [self._attached(attachment_id)]
        route["Type"] = "propagated" if propagated else "static"
        route["State"] = "active" if attachment_id is not None else "blackhole"
        self.ledger.answer(_ROUTES, table_id)["Routes"].append(route)

    def _attached(self, attachment_id: str) -> Record:
        element = self.resource(attachment_id)
        if "VpcId" not in element:
            other = element["AccepterTgwInfo"]["TransitGatewayId"]
            return {
                "TransitGatewayAttachmentId": attachment_id,
                "ResourceId": other,
                "ResourceType": "peering",
            }
        return {
            "TransitGatewayAttachmentId": attachment_id,
            "ResourceId": element["VpcId"],
            "ResourceType": "vpc",
        }
