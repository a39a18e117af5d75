"""VPCs with all that EC2 makes with them, subnets, DHCP options."""

import ipaddress
from collections.abc import Sequence

from narrowgate.sources.synthetic.filters import allow, any_protocol
from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import zone_id
from narrowgate.sources.synthetic.routing import RoutingBuilder
from narrowgate.sources.synthetic.site import name_tags

_RESERVED = 5


class VpcBuilder(RoutingBuilder):
    """Builds VPCs and subnets."""

    def vpc(
        self,
        cidr: str,
        name: str = "",
        *,
        secondary: Sequence[str] = (),
        ipv6: str | None = None,
        dns_support: bool = True,
        dns_hostnames: bool = True,
    ) -> str:
        """A VPC as EC2 makes it: with its default DHCP options, main route table, default ACL and default group.

        `dns_hostnames` is on, unlike in a VPC that EC2 makes: private DNS needs it, and a test that turns it off
        should show that.
        """
        vpc_id = self._new_id("vpc", name or cidr)
        self._add("ec2.describe_vpcs", self._vpc_element(vpc_id, name, (cidr, *secondary), ipv6), vpc_id)
        for attribute, value in (("enableDnsSupport", dns_support), ("enableDnsHostnames", dns_hostnames)):
            self._ask(
                "ec2.describe_vpc_attribute",
                f"{vpc_id}/{attribute}",
                {"VpcId": vpc_id, "Attribute": attribute},
                {"VpcId": vpc_id, _upper(attribute): {"Value": value}},
            )
        self.route_table(vpc_id, main=True)
        entries = [allow(100, "0.0.0.0/0", egress=egress) for egress in (True, False)]
        if ipv6:
            entries += [allow(101, "::/0", egress=egress) for egress in (True, False)]
        self.network_acl(vpc_id, entries=entries, is_default=True)
        group_id = self.security_group(vpc_id, "default", description="default VPC security group")
        self.set_permissions(group_id, ingress=[any_protocol(group_id)])
        self._vpc_made(vpc_id)
        return vpc_id

    def _vpc_element(self, vpc_id: str, name: str, blocks: Sequence[str], ipv6: str | None) -> Record:
        element: Record = {
            "OwnerId": self.account,
            "InstanceTenancy": "default",
            "Ipv6CidrBlockAssociationSet": [],
            "CidrBlockAssociationSet": [
                {
                    "AssociationId": self._new_id("vpc-cidr-assoc", vpc_id),
                    "CidrBlock": block,
                    "CidrBlockState": {"State": "associated"},
                }
                for block in blocks
            ],
            "IsDefault": False,
            "Tags": name_tags(name),
            "VpcId": vpc_id,
            "State": "available",
            "CidrBlock": blocks[0],
            "DhcpOptionsId": self._default_dhcp_options(),
        }
        if ipv6:
            element["Ipv6CidrBlockAssociationSet"].append(
                {
                    "AssociationId": self._new_id("vpc-cidr-assoc", vpc_id),
                    "Ipv6CidrBlock": ipv6,
                    "Ipv6CidrBlockState": {"State": "associated"},
                    "NetworkBorderGroup": self.region,
                    "Ipv6Pool": "Amazon",
                }
            )
        return element

    def set_dns_attribute(self, vpc_id: str, attribute: str, *, value: bool) -> None:
        """Turn `enableDnsSupport` or `enableDnsHostnames` on or off."""
        body = self.ledger.answer("ec2.describe_vpc_attribute", f"{vpc_id}/{attribute}")
        body[_upper(attribute)]["Value"] = value

    def default_of(self, vpc_id: str, call: str) -> str:
        """The id of a VPC's default group or ACL: of what `call` describes."""
        for element in self.ledger.elements[(self.ledger.home[vpc_id], call)]:
            if element["VpcId"] == vpc_id and (element.get("IsDefault") or element.get("GroupName") == "default"):
                return str(element.get("GroupId") or element["NetworkAclId"])
        raise KeyError(f"{vpc_id} has no default of {call}")

    def subnet(self, vpc_id: str, cidr: str, zone: str = "a", name: str = "", *, ipv6: str | None = None) -> str:
        """A subnet in the AZ with that letter; it starts under the VPC's default ACL and main table."""
        subnet_id = self._new_id("subnet", name or cidr)
        element: Record = {
            "AvailabilityZoneId": zone_id(self.region, zone),
            "MapCustomerOwnedIpOnLaunch": False,
            "OwnerId": self.account,
            "AssignIpv6AddressOnCreation": False,
            "Ipv6CidrBlockAssociationSet": [],
            "Tags": name_tags(name),
            "SubnetArn": self.arn("ec2", f"subnet/{subnet_id}"),
            "EnableDns64": False,
            "Ipv6Native": False,
            "PrivateDnsNameOptionsOnLaunch": {
                "HostnameType": "ip-name",
                "EnableResourceNameDnsARecord": False,
                "EnableResourceNameDnsAAAARecord": False,
            },
            "SubnetId": subnet_id,
            "State": "available",
            "VpcId": vpc_id,
            "CidrBlock": cidr,
            "AvailableIpAddressCount": ipaddress.ip_network(cidr).num_addresses - _RESERVED,
            "AvailabilityZone": f"{self.region}{zone}",
            "DefaultForAz": False,
            "MapPublicIpOnLaunch": False,
        }
        if ipv6:
            element["Ipv6CidrBlockAssociationSet"].append(
                {
                    "AssociationId": self._new_id("subnet-cidr-assoc", subnet_id),
                    "Ipv6CidrBlock": ipv6,
                    "Ipv6CidrBlockState": {"State": "associated"},
                }
            )
        self._add("ec2.describe_subnets", element, subnet_id)
        self.move_to_acl(subnet_id, self.default_of(vpc_id, "ec2.describe_network_acls"))
        return subnet_id

    def share_subnet(self, subnet_id: str, account: str) -> None:
        """Share a subnet with another account of the organization, which then sees it and its VPC (SHR-01)."""
        participant = self.at(account)
        subnet = self.resource(subnet_id)
        vpc = self.resource(subnet["VpcId"])
        participant._add("ec2.describe_subnets", subnet | {"Tags": []})
        shown = self.ledger.elements.get((participant.where, "ec2.describe_vpcs"), ())
        if not any(each["VpcId"] == vpc["VpcId"] for each in shown):
            participant._add("ec2.describe_vpcs", vpc | {"Tags": []})

    def dhcp_options(self, servers: Sequence[str], *, domain: str | None = None) -> str:
        """DHCP options with DNS servers (`AmazonProvidedDNS` or addresses)."""
        options_id = self._new_id("dopt", ",".join(servers))
        name = domain or ("ec2.internal" if self.region == "us-east-1" else f"{self.region}.compute.internal")
        element = {
            "OwnerId": self.account,
            "Tags": [],
            "DhcpOptionsId": options_id,
            "DhcpConfigurations": [
                {"Key": "domain-name", "Values": [{"Value": name}]},
                {"Key": "domain-name-servers", "Values": [{"Value": server} for server in servers]},
            ],
        }
        self._add("ec2.describe_dhcp_options", element, options_id)
        return options_id

    def _default_dhcp_options(self) -> str:
        elements = self.ledger.elements.get((self.where, "ec2.describe_dhcp_options"), ())
        for element in elements:
            if {"Value": "AmazonProvidedDNS"} in element["DhcpConfigurations"][1]["Values"]:
                return str(element["DhcpOptionsId"])
        return self.dhcp_options(["AmazonProvidedDNS"])

    def _vpc_made(self, vpc_id: str) -> None:
        """Hook: what other services make with a VPC."""


def _upper(attribute: str) -> str:
    return attribute[:1].upper() + attribute[1:]
