"""Interfaces, and the instances and functions behind them."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.attributes import attribute_of, default_id, interface_id
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.values import flag, listed, tags, texts
from narrowgate.sources.synthetic.names import private_dns_name

_INTERFACES = "ec2.describe_network_interfaces"


def add_interface(
    declared: Declared,
    resource: Resource,
    position: int,
    element: dict[str, Any],
    *,
    own: str | None = None,
    wanted: Any = None,
) -> str | Unknown:
    """Put the interface of a resource into the estate; `element` gives what is special about it. Its address.

    A subnet outside the list is named all the same; one that nobody knows is left out, and with it the address.
    """
    subnet_id = element.get("SubnetId")
    subnet = declared.ledger.by_id.get(subnet_id, {}) if isinstance(subnet_id, str) else {}
    address = declared.addresses.give(resource.logical_id, position, subnet_id, wanted)
    own = own or interface_id(declared, resource, position)
    fact: dict[str, Any] = {
        "NetworkInterfaceId": own,
        "VpcId": subnet.get("VpcId"),
        "OwnerId": resource.account,
        "InterfaceType": "interface",
        "Description": "",
        "Status": "in-use",
        "SourceDestCheck": defaults.INTERFACE["SourceDestCheck"],
        "RequesterManaged": False,
        **element,
    }
    if isinstance(subnet.get("AvailabilityZone"), str):
        fact["AvailabilityZone"] = subnet["AvailabilityZone"]
    if isinstance(address, str):
        fact["PrivateIpAddress"] = address
        name = private_dns_name(address, resource.region)
        fact["PrivateDnsName"] = name
        fact["PrivateIpAddresses"] = [{"Primary": True, "PrivateDnsName": name, "PrivateIpAddress": address}]
    if fact["VpcId"] is None:
        del fact["VpcId"]
    declared.add(resource, _INTERFACES, fact, own)
    return address


def groups_of(declared: Declared, groups: Any, vpc_id: Any) -> list[dict[str, str]] | Unknown:
    """Groups as interfaces name them; the VPC's default group where none is given (SG-02)."""
    if isinstance(groups, Unknown):
        return groups
    gap = next((each for each in groups if isinstance(each, Unknown)), None)
    if gap is not None:
        return gap
    if not groups and isinstance(vpc_id, str):
        groups = [default_id(vpc_id, "sg")]
    return [{"GroupId": str(each)} for each in groups]


def vpc_of(declared: Declared, subnet_id: Any) -> Any:
    """The VPC of a subnet of the list, or None."""
    return declared.ledger.by_id.get(subnet_id, {}).get("VpcId") if isinstance(subnet_id, str) else None


def network_interface(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::NetworkInterface`."""
    subnet = properties.get("SubnetId")
    element = {
        "SubnetId": subnet,
        "Groups": groups_of(declared, listed(properties, "GroupSet"), vpc_of(declared, subnet)),
        "Description": properties.get("Description", ""),
        "SourceDestCheck": flag(properties, "SourceDestCheck", defaults.INTERFACE["SourceDestCheck"]),
        "TagSet": tags(properties),
    }
    attached = _instance_of(declared, declared.own_id(resource))
    if attached is not None:
        element["Attachment"] = {"InstanceId": attached, "Status": "attached", "DeviceIndex": 0}
    attribute_of(declared, resource, "PrimaryPrivateIpAddress")  # settles the primary address
    add_interface(declared, resource, 0, element, own=declared.own_id(resource))


def _instance_of(declared: Declared, own: str) -> str | None:
    for each in declared.of_type("AWS::EC2::NetworkInterfaceAttachment"):
        given = declared.properties(each)
        if given.get("NetworkInterfaceId") == own and isinstance(given.get("InstanceId"), str):
            return str(given["InstanceId"])
    for each in declared.of_type("AWS::EC2::Instance"):
        rows = declared.properties(each).get("NetworkInterfaces")
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and row.get("NetworkInterfaceId") == own:
                return declared.own_id(each)
    return None


def instance(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::Instance` with its interfaces; without a subnet nobody knows which VPC it starts in."""
    own = declared.own_id(resource)
    rows = properties.get("NetworkInterfaces")
    if not isinstance(rows, list) or not rows:
        rows = [
            {
                "SubnetId": properties.get("SubnetId", Unknown("the account's default VPC")),
                "GroupSet": properties.get("SecurityGroupIds", []),
                "PrivateIpAddress": properties.get("PrivateIpAddress"),
            }
        ]
    named: list[dict[str, Any]] = []
    for position, row in enumerate(rows):
        if not isinstance(row, dict):
            declared.note(resource, "NetworkInterfaces", row if isinstance(row, Unknown) else Unknown("is a gap"))
            continue
        if isinstance(row.get("NetworkInterfaceId"), str):
            named.append({"NetworkInterfaceId": row["NetworkInterfaceId"]})
            continue
        subnet = row.get("SubnetId", properties.get("SubnetId"))
        element = {
            "SubnetId": subnet,
            "Groups": groups_of(declared, listed(row, "GroupSet"), vpc_of(declared, subnet)),
            "Description": "",
            "SourceDestCheck": flag(properties, "SourceDestCheck", defaults.INTERFACE["SourceDestCheck"]),
            "Attachment": {"InstanceId": own, "InstanceOwnerId": resource.account, "DeviceIndex": position},
        }
        address = add_interface(declared, resource, position, element, wanted=row.get("PrivateIpAddress"))
        made: dict[str, Any] = {"NetworkInterfaceId": interface_id(declared, resource, position)}
        if isinstance(address, str):
            made["PrivateIpAddress"] = address
        named.append(made)
    _add_instance(declared, resource, properties, named)


def _add_instance(
    declared: Declared, resource: Resource, properties: Properties, named: list[dict[str, Any]]
) -> None:
    own = declared.own_id(resource)
    first = declared.ledger.by_id.get(named[0]["NetworkInterfaceId"], {}) if named else {}
    element: dict[str, Any] = {
        "InstanceId": own,
        "NetworkInterfaces": named,
        "State": {"Code": 16, "Name": "running"},
        "Tags": tags(properties),
        **{
            field: first[field]
            for field in ("VpcId", "SubnetId", "PrivateIpAddress")
            if isinstance(first.get(field), str)
        },
        "SecurityGroups": first.get("Groups", []),
    }
    kept = declared.known_only(resource, element)
    declared.ledger.add(
        declared.where(resource),
        "ec2.describe_instances",
        {"Groups": [], "Instances": [kept], "OwnerId": resource.account},
    )
    declared.ledger.by_id[own] = kept
    declared.mark(own, resource)


def function(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Lambda::Function`; in a VPC it has an interface in each subnet."""
    own = declared.own_id(resource)
    element: dict[str, Any] = {"FunctionName": own.rpartition(":")[2], "FunctionArn": own}
    configuration = properties.get("VpcConfig")
    if isinstance(configuration, Unknown):
        declared.note(resource, "VpcConfig", configuration)
    elif isinstance(configuration, dict):
        subnets, groups = texts(configuration, "SubnetIds"), texts(configuration, "SecurityGroupIds")
        vpc_id = vpc_of(declared, subnets[0]) if isinstance(subnets, list) and subnets else None
        inside: dict[str, Any] = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        if isinstance(vpc_id, str):
            inside["VpcId"] = vpc_id
        element["VpcConfig"] = inside
        for position, subnet in enumerate(subnets if isinstance(subnets, list) else ()):
            made = {
                "SubnetId": subnet,
                "Groups": groups_of(declared, groups, vpc_id),
                "InterfaceType": "lambda",
                "Description": f"AWS Lambda VPC ENI-{element['FunctionName']}-{subnet.removeprefix('subnet-')}",
                "RequesterManaged": True,
            }
            add_interface(declared, resource, position, made)
    declared.add(resource, "lambda.list_functions", element, own)
