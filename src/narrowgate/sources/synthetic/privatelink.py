"""VPC endpoints: interface endpoints with their interfaces and names, and gateway endpoints."""

import json
from collections.abc import Sequence

from narrowgate.sources.synthetic.hosts import HostBuilder
from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import CREATED, hosted_zone_id, short_id
from narrowgate.sources.synthetic.site import name_tags

_FULL_ACCESS = (
    '{\n  "Statement": [\n    {\n      "Action": "*", \n      "Effect": "Allow", \n'
    '      "Principal": "*", \n      "Resource": "*"\n    }\n  ]\n}'
)
_NAME_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
# Services whose private name is no prefix of the Region's domain alone have wildcards too (VPCE-DNS-01).
_WITH_WILDCARD = frozenset({"execute-api"})


class PrivateLinkBuilder(HostBuilder):
    """Builds VPC endpoints."""

    def interface_endpoint(
        self,
        subnets: Sequence[str],
        groups: Sequence[str] = (),
        *,
        service: str = "execute-api",
        name: str = "",
        private_dns: bool = True,
        policy: Record | None = None,
        addresses: Sequence[str] = (),
    ) -> str:
        """An interface endpoint in one VPC's subnets, with an interface in each.

        Without `groups` it gets the VPC's default group, as EC2 does (SG-06); without `policy` full access.
        """
        vpc_id = self.resource(subnets[0])["VpcId"]
        endpoint_id = self._new_id("vpce", name or f"{vpc_id}{service}")
        groups = groups or [self.default_of(vpc_id, "ec2.describe_security_groups")]
        wanted = [*addresses, *[None] * len(subnets)]
        interfaces = [
            self.managed_interface(
                subnet,
                groups,
                "vpc_endpoint",
                f"VPC Endpoint Interface {endpoint_id}",
                address=wanted[position],
            )
            for position, subnet in enumerate(subnets)
        ]
        element: Record = {
            "VpcEndpointId": endpoint_id,
            "VpcEndpointType": "Interface",
            "VpcId": vpc_id,
            "ServiceName": f"com.amazonaws.{self.region}.{service}",
            "State": "available",
            "PolicyDocument": _document(policy),
            "RouteTableIds": [],
            "SubnetIds": list(subnets),
            "Groups": [{"GroupId": group, "GroupName": self.resource(group)["GroupName"]} for group in groups],
            "IpAddressType": "ipv4",
            "DnsOptions": {"DnsRecordIpType": "ipv4"},
            "PrivateDnsEnabled": private_dns,
            "RequesterManaged": False,
            "NetworkInterfaceIds": interfaces,
            "DnsEntries": [],
            "CreationTimestamp": CREATED,
            "Tags": name_tags(name),
            "OwnerId": self.account,
        }
        self._add("ec2.describe_vpc_endpoints", element, endpoint_id)
        self.set_private_dns(endpoint_id, enabled=private_dns)
        return endpoint_id

    def set_private_dns(self, endpoint_id: str, *, enabled: bool) -> None:
        """Turn an endpoint's private DNS on or off; its list of names follows."""
        endpoint = self.resource(endpoint_id)
        zones = [self.resource(subnet)["AvailabilityZone"] for subnet in endpoint["SubnetIds"]]
        entries = dns_entries(endpoint_id, endpoint["ServiceName"], self.region, zones, private=enabled)
        endpoint["PrivateDnsEnabled"] = enabled
        endpoint["DnsEntries"] = entries

    def set_endpoint_policy(self, endpoint_id: str, policy: Record | None) -> None:
        """Give an endpoint another policy; None is full access (VPE-01)."""
        self.resource(endpoint_id)["PolicyDocument"] = _document(policy)

    def set_endpoint_groups(self, endpoint_id: str, groups: Sequence[str]) -> None:
        """Give an endpoint and all its interfaces other security groups."""
        endpoint = self.resource(endpoint_id)
        endpoint["Groups"] = [
            {"GroupId": group, "GroupName": self.resource(group)["GroupName"]} for group in groups
        ]
        for interface_id in endpoint["NetworkInterfaceIds"]:
            self.set_groups(interface_id, groups)

    def endpoint_name(self, endpoint_id: str) -> str:
        """The endpoint's own Regional name, a public one (VPCE-DNS-02)."""
        return str(self.resource(endpoint_id)["DnsEntries"][0]["DnsName"])

    def addresses(self, endpoint_id: str) -> list[str]:
        """The addresses of an interface endpoint, in the order of its subnets."""
        return [
            str(self.resource(interface_id)["PrivateIpAddress"])
            for interface_id in self.resource(endpoint_id)["NetworkInterfaceIds"]
        ]

    def gateway_endpoint(self, vpc_id: str, tables: Sequence[str], *, service: str = "s3") -> str:
        """A gateway endpoint in route tables."""
        endpoint_id = self._new_id("vpce", f"{vpc_id}{service}")
        service_list = self._new_id("pl", service)
        element = {
            "VpcEndpointId": endpoint_id,
            "VpcEndpointType": "Gateway",
            "VpcId": vpc_id,
            "ServiceName": f"com.amazonaws.{self.region}.{service}",
            "State": "available",
            "PolicyDocument": _FULL_ACCESS,
            "RouteTableIds": list(tables),
            "SubnetIds": [],
            "Groups": [],
            "PrivateDnsEnabled": False,
            "RequesterManaged": False,
            "NetworkInterfaceIds": [],
            "DnsEntries": [],
            "CreationTimestamp": CREATED,
            "Tags": [],
            "OwnerId": self.account,
        }
        self._add("ec2.describe_vpc_endpoints", element, endpoint_id)
        for table_id in tables:
            self.route(table_id, service_list, endpoint_id)
        return endpoint_id


def dns_entries(
    endpoint_id: str, service_name: str, region: str, zones: Sequence[str], *, private: bool
) -> list[Record]:
    """The names of an interface endpoint: regional, zonal, then private ones where they are on (VPCE-DNS-01)."""
    service = service_name.rpartition(".")[2]
    suffix = short_id(8, _NAME_LETTERS, "endpoint-suffix", endpoint_id)
    domain = f"{service}.{region}.vpce.amazonaws.com"
    public_zone = hosted_zone_id("vpce", region)
    names = [
        f"{endpoint_id}-{suffix}.{domain}",
        *(f"{endpoint_id}-{suffix}-{zone}.{domain}" for zone in zones),
    ]
    entries = [{"DnsName": name, "HostedZoneId": public_zone} for name in names]
    if private:
        own = f"{service}.{region}.amazonaws.com"
        wildcard = [f"*.{own}"] if service in _WITH_WILDCARD else []
        zone = hosted_zone_id("managed", endpoint_id)
        entries += [{"DnsName": name, "HostedZoneId": zone} for name in (own, *wildcard)]
    return entries


def _document(policy: Record | None) -> str:
    return _FULL_ACCESS if policy is None else json.dumps(policy, indent=2)
