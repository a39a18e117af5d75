"""Interfaces as ports of the lab: instances, endpoints, Resolver endpoints, and a host in every subnet."""

import ipaddress
from collections.abc import Iterator

from narrowgate.lab.plan.balancers import balancer_nodes, listeners_of
from narrowgate.lab.plan.exits import is_working, nat_port_label
from narrowgate.lab.plan.naming import Names
from narrowgate.lab.plan.types import Port
from narrowgate.model.fact import UnsetType, name_tag
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.vpc import NetworkInterface

_FIRST_FREE = 4
"""The first addresses of a subnet belong to AWS."""


def ports(snapshot: Snapshot, names: Names) -> Iterator[Port]:
    """Every interface that has an address, then a host for each subnet that could be started there."""
    services = {**_endpoint_services(snapshot), **_resolver_services(snapshot), **_nat_services(snapshot)}
    services |= {own_id: ("balancer", arn) for own_id, arn in balancer_nodes(snapshot).items()}
    taken: set[tuple[str, str]] = set()
    for _, interface in sorted(snapshot.facts.network_interfaces.items()):
        port = _port(snapshot, names, interface, services)
        if port is not None:
            taken |= {(port.subnet, each) for each in port.addresses}
            yield port
    for port in (*_bare_instances(snapshot, names, taken), *_bare_gateways(snapshot, names)):
        taken |= {(port.subnet, each) for each in port.addresses}
        yield port
    for subnet_id, subnet in sorted(snapshot.facts.subnets.items()):
        address = _free_address(subnet.cidr_block, {each for own, each in taken if own == subnet_id})
        if address is not None:
            label = f"host in {subnet_id}"
            yield Port(
                name=names.name("e", label),
                label=label,
                vpc=subnet.vpc_id,
                subnet=subnet_id,
                addresses=(address,),
                groups=None,
                service="",
                number=names.number("e", label),
                owner=subnet_id,
                host_name=f"ip-{address.replace('.', '-')}",
            )


def _port(
    snapshot: Snapshot, names: Names, interface: NetworkInterface, services: dict[str, tuple[str, str]]
) -> Port | None:
    own_id, subnet_id = interface.network_interface_id, interface.subnet_id
    subnet = snapshot.facts.subnets.get(subnet_id or "")
    if subnet is None or interface.private_ip_address is None or interface.interface_type == "transit_gateway":
        return None
    addresses = [interface.private_ip_address]
    addresses += [each.private_ip_address for each in interface.private_ip_addresses]
    addresses += [each.ipv6_address for each in interface.ipv6_addresses]
    service, owner = (
        services.get(own_id) or services.get(f"{subnet_id} {interface.private_ip_address}") or ("", "")
    )
    attachment = interface.attachment
    if not service and attachment is not None and attachment.instance_id:
        service, owner = "instance", attachment.instance_id
    groups = None
    if not isinstance(interface.groups, UnsetType):
        groups = tuple(each.group_id for each in interface.groups)
    return Port(
        name=names.name("e", own_id),
        label=own_id,
        vpc=subnet.vpc_id,
        subnet=subnet.subnet_id,
        addresses=tuple(dict.fromkeys(map(str, addresses))),
        groups=groups,
        service=service,
        number=names.number("e", own_id),
        owner=owner,
        listens=tuple(each.port for each in listeners_of(snapshot, owner)) if service == "balancer" else (),
        host_name=f"ip-{str(interface.private_ip_address).replace('.', '-')}",
    )


def _endpoint_services(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """What listens behind an endpoint's interfaces: HTTPS, for every service alike; nothing in another state."""
    return {
        own_id: ("https" if _serves(endpoint) else "down", endpoint.vpc_endpoint_id)
        for endpoint in snapshot.facts.vpc_endpoints.values()
        if isinstance(endpoint.network_interface_ids, tuple)
        for own_id in endpoint.network_interface_ids
    }


def _serves(endpoint: VpcEndpoint) -> bool:
    return str(endpoint.state).lower() in ("available", "partial")


def _resolver_services(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """Resolver endpoints' interfaces, told by subnet and address: inbound ones listen, outbound ones send."""
    found = {}
    for endpoint_id, addresses in snapshot.facts.resolver_endpoint_ips.items():
        endpoint = snapshot.facts.resolver_endpoints.get(endpoint_id)
        if endpoint is None:
            continue
        working = endpoint.status in ("OPERATIONAL", "UPDATING")
        service = "dns" if endpoint.direction.startswith("INBOUND") else "outbound"
        service = service if working else "down"
        for each in addresses:
            found[f"{each.subnet_id} {each.ip}"] = (service, endpoint_id)
    return found


def _nat_services(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """NAT gateways' interfaces: they translate, where the gateway is available."""
    return {
        nat_port_label(snapshot, each): ("nat" if is_working(each) else "down", own_id)
        for own_id, each in snapshot.facts.nat_gateways.items()
    }


def _bare_gateways(snapshot: Snapshot, names: Names) -> Iterator[Port]:
    """NAT gateways whose interfaces nobody listed."""
    for own_id, gateway in sorted(snapshot.facts.nat_gateways.items()):
        subnet = snapshot.facts.subnets.get(gateway.subnet_id or "")
        address = next((each.private_ip for each in gateway.nat_gateway_addresses if each.private_ip), None)
        if subnet is not None and address and nat_port_label(snapshot, gateway) == own_id:
            yield Port(
                name=names.name("e", own_id),
                label=own_id,
                vpc=subnet.vpc_id,
                subnet=subnet.subnet_id,
                addresses=(str(address),),
                groups=(),
                service="nat" if is_working(gateway) else "down",
                number=names.number("e", own_id),
                owner=own_id,
            )


def _bare_instances(snapshot: Snapshot, names: Names, taken: set[tuple[str, str]]) -> Iterator[Port]:
    """Instances whose interfaces nobody listed."""
    owners = {
        each.attachment.instance_id
        for each in snapshot.facts.network_interfaces.values()
        if each.attachment is not None
    }
    for own_id, instance in sorted(snapshot.facts.instances.items()):
        subnet = snapshot.facts.subnets.get(instance.subnet_id or "")
        address = instance.private_ip_address
        if own_id in owners or subnet is None or not address or (subnet.subnet_id, str(address)) in taken:
            continue
        yield Port(
            name=names.name("e", own_id),
            label=own_id,
            vpc=subnet.vpc_id,
            subnet=subnet.subnet_id,
            addresses=(str(address),),
            groups=tuple(each.group_id for each in instance.security_groups),
            service="instance",
            number=names.number("e", own_id),
            owner=own_id,
            host_name=name_tag(instance.tags) or own_id,
        )


def _free_address(block: str | None, taken: set[str]) -> str | None:
    if block is None:
        return None
    network = ipaddress.ip_network(str(block), strict=False)
    for offset in range(_FIRST_FREE, min(network.num_addresses - 1, 4096)):
        address = str(network[offset])
        if address not in taken:
            return address
    return None
