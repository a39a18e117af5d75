"""Instances, network interfaces, functions."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.terraform.convert.given import Given, picked


def instance(given: Given) -> list[Resource]:
    """`aws_instance`; its user data is not read."""
    interfaces = given.blocks("network_interface")
    groups = given["vpc_security_group_ids"] or given["security_groups"]
    properties: dict[str, Any] = {"ImageId": given["ami"], "SourceDestCheck": given["source_dest_check"]}
    if interfaces:
        properties["NetworkInterfaces"] = (
            interfaces
            if isinstance(interfaces, Unknown)
            else [
                picked(each, NetworkInterfaceId="network_interface_id", DeviceIndex="device_index")
                for each in interfaces
            ]
        )
    else:
        properties |= {
            "SubnetId": given["subnet_id"],
            "SecurityGroupIds": groups,
            "PrivateIpAddress": given.told("private_ip"),
        }
    return given.tagged("AWS::EC2::Instance", properties)


def network_interface(given: Given) -> list[Resource]:
    """`aws_network_interface`, with groups that are attached apart."""
    groups = given["security_groups"]
    added = [
        each["security_group_id"]
        for each in given.parts("aws_network_interface_sg_attachment", "network_interface_id")
    ]
    if added and not isinstance(groups, Unknown):
        groups = [*(groups or ()), *added]
    addresses = given.told("private_ips")
    first = given.told("private_ip")
    if first is None and isinstance(addresses, list) and addresses:
        first, *addresses = addresses
    return given.tagged(
        "AWS::EC2::NetworkInterface",
        {
            "SubnetId": given["subnet_id"],
            "GroupSet": groups,
            "PrivateIpAddress": first,
            "PrivateIpAddresses": [
                {"PrivateIpAddress": each, "Primary": False} for each in addresses if each != first
            ]
            if isinstance(addresses, list)
            else None,
            "SourceDestCheck": given["source_dest_check"],
            "Description": given["description"],
        },
    )


def interface_attachment(given: Given) -> list[Resource]:
    """`aws_network_interface_attachment`."""
    properties = {
        "InstanceId": given["instance_id"],
        "NetworkInterfaceId": given["network_interface_id"],
        "DeviceIndex": given["device_index"],
    }
    return [given.resource("AWS::EC2::NetworkInterfaceAttachment", properties)]


def function(given: Given) -> list[Resource]:
    """`aws_lambda_function`; its environment is not read."""
    vpc = given.block("vpc_config")
    places = picked(vpc, SubnetIds="subnet_ids", SecurityGroupIds="security_group_ids")
    if not places and isinstance(given["vpc_config"], Unknown):
        places = {"SubnetIds": given["vpc_config"], "SecurityGroupIds": given["vpc_config"]}
    properties = {"FunctionName": given["function_name"], "Role": given["role"], "VpcConfig": places or None}
    return [given.resource("AWS::Lambda::Function", properties)]
