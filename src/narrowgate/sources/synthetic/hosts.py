"""Network interfaces and the instances and functions behind them."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import CREATED, mac_address, private_dns_name, short_id
from narrowgate.sources.synthetic.site import name_tags
from narrowgate.sources.synthetic.vpc import VpcBuilder

_RESERVED_HEAD = 4
_FIRST_GIVEN = 10
_SEEN_IN_INSTANCE = (
    "Description",
    "InterfaceType",
    "Ipv6Addresses",
    "MacAddress",
    "NetworkInterfaceId",
    "OwnerId",
    "PrivateDnsName",
    "PrivateIpAddress",
    "PrivateIpAddresses",
    "SourceDestCheck",
    "Status",
    "SubnetId",
    "VpcId",
)


class HostBuilder(VpcBuilder):
    """Builds what has an address."""

    def interface(
        self,
        subnet_id: str,
        groups: Sequence[str],
        *,
        address: str | None = None,
        kind: str = "interface",
        description: str = "",
        ipv6: str | None = None,
    ) -> str:
        """A network interface with the address given, else the next free one of the subnet."""
        interface_id = self._new_id("eni", f"{subnet_id}{description}")
        subnet = self.resource(subnet_id)
        ip = self.take_address(subnet_id, address)
        element: Record = {
            "AvailabilityZone": subnet["AvailabilityZone"],
            "Description": description,
            "Groups": [{"GroupName": self.resource(group)["GroupName"], "GroupId": group} for group in groups],
            "InterfaceType": kind,
            "Ipv6Addresses": [{"Ipv6Address": ipv6}] if ipv6 else [],
            "MacAddress": mac_address(interface_id),
            "NetworkInterfaceId": interface_id,
            "OwnerId": self.account,
            "PrivateDnsName": private_dns_name(ip, self.region),
            "PrivateIpAddress": ip,
            "PrivateIpAddresses": [
                {"Primary": True, "PrivateDnsName": private_dns_name(ip, self.region), "PrivateIpAddress": ip}
            ],
            "RequesterManaged": False,
            "SourceDestCheck": True,
            "Status": "in-use",
            "SubnetId": subnet_id,
            "TagSet": [],
            "VpcId": subnet["VpcId"],
        }
        self._add("ec2.describe_network_interfaces", element, interface_id)
        return interface_id

    def set_groups(self, interface_id: str, groups: Sequence[str]) -> None:
        """Give an interface other security groups, wherever they are named."""
        named = [{"GroupName": self.resource(group)["GroupName"], "GroupId": group} for group in groups]
        interface = self.resource(interface_id)
        interface["Groups"][:] = named

    def managed_interface(
        self, subnet_id: str, groups: Sequence[str], kind: str, description: str, *, address: str | None = None
    ) -> str:
        """An interface that an AWS service made and manages."""
        interface_id = self.interface(subnet_id, groups, address=address, kind=kind, description=description)
        self.resource(interface_id).update(
            RequesterManaged=True,
            RequesterId=short_id(12, "0123456789", "requester", kind),
            Attachment={
                "AttachmentId": f"ela-attach-{interface_id.removeprefix('eni-')}",
                "DeleteOnTermination": False,
                "DeviceIndex": 1,
                "InstanceOwnerId": "amazon-aws",
                "Status": "attached",
            },
        )
        return interface_id

    def instance(
        self,
        subnet_id: str,
        name: str,
        groups: Sequence[str],
        *,
        address: str | None = None,
        ipv6: str | None = None,
        windows: bool = False,
    ) -> str:
        """A running instance with one interface."""
        instance_id = self._new_id("i", name)
        interface_id = self.interface(subnet_id, groups, address=address, ipv6=ipv6)
        interface = self.resource(interface_id)
        attachment = self._attachment(interface_id)
        interface["Attachment"] = attachment | {"InstanceId": instance_id, "InstanceOwnerId": self.account}
        element = self._instance_element(instance_id, name, (interface, attachment), windows=windows)
        reservation = {
            "Groups": [],
            "Instances": [element],
            "OwnerId": self.account,
            "ReservationId": self._new_id("r", name),
        }
        self._add("ec2.describe_instances", reservation)
        self.ledger.by_id[instance_id] = element
        self.ledger.home[instance_id] = self.where
        return instance_id

    def _attachment(self, interface_id: str) -> Record:
        return {
            "AttachTime": CREATED,
            "AttachmentId": self._new_id("eni-attach", interface_id),
            "DeleteOnTermination": True,
            "DeviceIndex": 0,
            "Status": "attached",
            "NetworkCardIndex": 0,
        }

    def _instance_element(
        self, instance_id: str, name: str, attached: tuple[Record, Record], *, windows: bool
    ) -> Record:
        interface, attachment = attached
        element: Record = {
            "AmiLaunchIndex": 0,
            "Architecture": "x86_64",
            "BlockDeviceMappings": [],
            "ClientToken": "",
            "EbsOptimized": False,
            "EnaSupport": True,
            "Hypervisor": "xen",
            "ImageId": self._new_id("ami", "image"),
            "InstanceId": instance_id,
            "InstanceType": "t3.micro",
            "LaunchTime": CREATED,
            "Monitoring": {"State": "disabled"},
            "NetworkInterfaces": [
                {
                    "Attachment": attachment,
                    "Groups": interface["Groups"],
                    **{field: interface[field] for field in _SEEN_IN_INSTANCE},
                }
            ],
            "Placement": {
                "AvailabilityZone": interface["AvailabilityZone"],
                "GroupName": "",
                "Tenancy": "default",
            },
            "PlatformDetails": "Windows" if windows else "Linux/UNIX",
            "PrivateDnsName": interface["PrivateDnsName"],
            "PrivateIpAddress": interface["PrivateIpAddress"],
            "ProductCodes": [],
            "PublicDnsName": "",
            "RootDeviceName": "/dev/xvda",
            "RootDeviceType": "ebs",
            "SecurityGroups": interface["Groups"],
            "SourceDestCheck": True,
            "State": {"Code": 16, "Name": "running"},
            "StateTransitionReason": "",
            "SubnetId": interface["SubnetId"],
            "Tags": name_tags(name),
            "VirtualizationType": "hvm",
            "VpcId": interface["VpcId"],
        }
        if windows:
            element["Platform"] = "windows"
        return element

    def nat_gateway(self, subnet_id: str, name: str = "", *, public_ip: str | None = None) -> str:
        """A NAT gateway: a public one with an Elastic IP address, else a private one."""
        gateway_id = self._new_id("nat", name or subnet_id)
        interface_id = self.managed_interface(
            subnet_id, (), "nat_gateway", f"Interface for NAT Gateway {gateway_id}"
        )
        interface = self.resource(interface_id)
        address: Record = {
            "NetworkInterfaceId": interface_id,
            "PrivateIp": interface["PrivateIpAddress"],
            "IsPrimary": True,
            "Status": "succeeded",
        }
        if public_ip is not None:
            address |= {"PublicIp": public_ip, "AllocationId": self._new_id("eipalloc", public_ip)}
            interface["Association"] = {"PublicIp": public_ip, "IpOwnerId": self.account}
        element: Record = {
            "NatGatewayId": gateway_id,
            "SubnetId": subnet_id,
            "VpcId": interface["VpcId"],
            "State": "available",
            "ConnectivityType": "private" if public_ip is None else "public",
            "NatGatewayAddresses": [address],
            "CreateTime": CREATED,
            "Tags": name_tags(name),
        }
        self._add("ec2.describe_nat_gateways", element, gateway_id)
        return gateway_id

    def function(self, name: str, subnets: Sequence[str], groups: Sequence[str]) -> str:
        """A Lambda function in a VPC, with the interfaces that Lambda made for it; its ARN."""
        arn = self.arn("lambda", f"function:{name}")
        vpc_id = self.resource(subnets[0])["VpcId"]
        element = {
            "FunctionName": name,
            "FunctionArn": arn,
            "Runtime": "python3.12",
            "Role": f"arn:aws:iam::{self.account}:role/{name}",
            "Handler": "app.handler",
            "CodeSize": 1024,
            "Description": "",
            "Timeout": 3,
            "MemorySize": 128,
            "LastModified": "2026-11-20T09:00:00.000+0000",
            "Version": "$LATEST",
            "VpcConfig": {
                "SubnetIds": list(subnets),
                "SecurityGroupIds": list(groups),
                "VpcId": vpc_id,
                "Ipv6AllowedForDualStack": False,
            },
            "PackageType": "Zip",
            "Architectures": ["x86_64"],
        }
        self._add("lambda.list_functions", element, arn)
        for subnet_id in subnets:
            self.managed_interface(
                subnet_id, groups, "lambda", f"AWS Lambda VPC ENI-{name}-{subnet_id.removeprefix('subnet-')}"
            )
        return arn

    def take_address(self, subnet_id: str, wanted: str | None = None) -> str:
        """An address of a subnet that nobody has; the first four and the last are AWS's own.

        Raises:
            ValueError: the address, or every address, is taken.
        """
        network = _network(self.resource(subnet_id)["CidrBlock"])
        taken = self.ledger.taken.setdefault(subnet_id, set())
        if wanted is None:
            offset = _FIRST_GIVEN if network.num_addresses > 2 * _FIRST_GIVEN else _RESERVED_HEAD
            offset += len(taken) if len(taken) < network.num_addresses // 2 else 0
            free = (str(network[at]) for at in range(offset, network.num_addresses - 1))
            wanted = next((ip for ip in free if ip not in taken), None)
        if wanted is None or wanted in taken:
            raise ValueError(f"{subnet_id}: {wanted or 'every address'} is taken")
        taken.add(wanted)
        return wanted


@lru_cache(maxsize=4096)
def _network(cidr: str) -> ipaddress.IPv4Network:
    return ipaddress.IPv4Network(cidr)
