"""Network interfaces: where they are, with which addresses and groups."""

import re

import msgspec

from narrowgate.engine.network.vpcs import subnet_of_address
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.fact import UNSET
from narrowgate.model.loadbalancing import LoadBalancer
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index, keyed_index
from narrowgate.model.vpc import NetworkInterface

_ENDPOINT_OF_DESCRIPTION = re.compile(r"VPC Endpoint Interface (vpce-[0-9a-z]+)")
_BALANCER_OF_DESCRIPTION = re.compile(r"ELB ((?:app|net|gwy)/[^ ]+)")
UNFILTERED_TYPES = frozenset({"nat_gateway", "transit_gateway", "network_load_balancer", "gateway_load_balancer"})
"""Interface types that may carry no security group at all (SG-11)."""


class Interface(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An interface with its addresses parsed and its owner known.

    `security_groups` is None where nobody knows them. `interface_id` is None for a Resolver endpoint's address
    whose interface was not collected.
    """

    label: str
    interface_id: str | None
    vpc_id: str | None
    subnet_id: str | None
    addresses: tuple[Address, ...]
    security_groups: tuple[str, ...] | None
    interface_type: str = "interface"
    public_addresses: tuple[tuple[Address, Address], ...] = ()
    instance_id: str | None = None
    vpc_endpoint_id: str | None = None
    resolver_endpoint_id: str | None = None
    load_balancer_arn: str | None = None
    platform: str | None = None
    status: str = "in-use"
    source_dest_check: bool | None = None
    """None where nobody knows."""

    def public_address(self, private: Address) -> Address | None:
        """The public address that stands for a private one, or None."""
        return next((public for inside, public in self.public_addresses if inside == private), None)


@index
def ids_by_vpc(snapshot: Snapshot) -> dict[str, list[str]]:
    """Interface ids of each VPC."""
    grouped: dict[str, list[str]] = {}
    for own_id, found in snapshot.facts.network_interfaces.items():
        vpc_id = found.vpc_id or vpc_of_subnet(snapshot, found.subnet_id)
        if vpc_id:
            grouped.setdefault(vpc_id, []).append(own_id)
    return grouped


@index
def _endpoint_of_interface(snapshot: Snapshot) -> dict[str, str]:
    return {
        interface_id: endpoint.vpc_endpoint_id
        for endpoint in snapshot.facts.vpc_endpoints.values()
        for interface_id in (endpoint.network_interface_ids if endpoint.network_interface_ids is not UNSET else ())
    }


@index
def _instance_of_interface(snapshot: Snapshot) -> dict[str, str]:
    """Which instance names an interface as its own: where the interface does not tell."""
    return {
        each.network_interface_id: instance.instance_id
        for instance in snapshot.facts.instances.values()
        for each in instance.network_interfaces
    }


@index
def resolver_addresses(snapshot: Snapshot) -> dict[tuple[str | None, Address], str]:
    """Which Resolver endpoint has an address of a subnet."""
    found: dict[tuple[str | None, Address], str] = {}
    for endpoint_id, addresses in snapshot.facts.resolver_endpoint_ips.items():
        for each in addresses:
            for text in (each.ip, each.ipv6):
                if text and is_address(text):
                    found[each.subnet_id, parse_address(text)] = endpoint_id
    return found


@index
def _balancers_by_suffix(snapshot: Snapshot) -> dict[str, LoadBalancer]:
    """Load balancers by `app/name/id`, which their interfaces carry in the description."""
    return {
        balancer.load_balancer_arn.partition(":loadbalancer/")[2]: balancer
        for balancer in snapshot.facts.load_balancers.values()
    }


@keyed_index
def interface(snapshot: Snapshot, interface_id: str) -> Interface | None:
    """The interface of an id, or None."""
    fact = snapshot.facts.network_interfaces.get(interface_id)
    return _read(snapshot, fact) if fact is not None else None


def _read(snapshot: Snapshot, fact: NetworkInterface) -> Interface:
    addresses = _addresses(fact)
    balancer = _BALANCER_OF_DESCRIPTION.match(fact.description)
    owner = _balancers_by_suffix(snapshot).get(balancer[1]) if balancer else None
    instance_id = fact.attachment.instance_id if fact.attachment else None
    instance_id = instance_id or _instance_of_interface(snapshot).get(fact.network_interface_id)
    instance = snapshot.facts.instances.get(instance_id or "")
    resolver = resolver_addresses(snapshot)
    subnet_id = fact.subnet_id or _subnet_of(snapshot, fact.vpc_id, addresses)
    return Interface(
        label=fact.network_interface_id,
        interface_id=fact.network_interface_id,
        vpc_id=fact.vpc_id or vpc_of_subnet(snapshot, subnet_id),
        subnet_id=subnet_id,
        addresses=addresses,
        security_groups=None if fact.groups is UNSET else tuple(group.group_id for group in fact.groups),
        interface_type=fact.interface_type,
        public_addresses=_public_addresses(fact),
        instance_id=instance_id if instance_id and instance_id.startswith("i-") else None,
        vpc_endpoint_id=_endpoint_id(snapshot, fact),
        resolver_endpoint_id=next(
            (resolver[subnet_id, each] for each in addresses if (subnet_id, each) in resolver), None
        ),
        load_balancer_arn=owner.load_balancer_arn if owner else None,
        platform=(instance.platform or instance.platform_details) if instance else None,
        status=fact.status,
        source_dest_check=None if fact.source_dest_check is UNSET else fact.source_dest_check,
    )


def _subnet_of(snapshot: Snapshot, vpc_id: str | None, addresses: tuple[Address, ...]) -> str | None:
    """The subnet that an interface's address lies in, where the interface does not tell."""
    if vpc_id is None or not addresses:
        return None
    found = subnet_of_address(snapshot, vpc_id, addresses[0])
    return found.subnet_id if found is not None else None


def _addresses(fact: NetworkInterface) -> tuple[Address, ...]:
    texts = [
        each.private_ip_address for each in sorted(fact.private_ip_addresses, key=lambda each: not each.primary)
    ]
    if fact.private_ip_address and fact.private_ip_address not in texts:
        texts.insert(0, fact.private_ip_address)
    texts += [each.ipv6_address for each in fact.ipv6_addresses]
    return tuple(parse_address(text) for text in texts if is_address(text))


def _public_addresses(fact: NetworkInterface) -> tuple[tuple[Address, Address], ...]:
    pairs = {}
    if fact.association and fact.association.public_ip and fact.private_ip_address:
        pairs[parse_address(fact.private_ip_address)] = parse_address(fact.association.public_ip)
    for each in fact.private_ip_addresses:
        if each.association and each.association.public_ip:
            pairs[parse_address(each.private_ip_address)] = parse_address(each.association.public_ip)
    return tuple(pairs.items())


def _endpoint_id(snapshot: Snapshot, fact: NetworkInterface) -> str | None:
    listed = _endpoint_of_interface(snapshot).get(fact.network_interface_id)
    if listed:
        return listed
    described = _ENDPOINT_OF_DESCRIPTION.match(fact.description)
    if described:
        return described[1]
    return None


def vpc_of_subnet(snapshot: Snapshot, subnet_id: str | None) -> str | None:
    """The VPC of a subnet that is known."""
    subnet = snapshot.facts.subnets.get(subnet_id) if subnet_id else None
    return subnet.vpc_id if subnet else None


def interfaces_of_endpoint(snapshot: Snapshot, endpoint: VpcEndpoint) -> tuple[Interface, ...]:
    """The collected interfaces of an interface endpoint."""
    ids = endpoint.network_interface_ids if endpoint.network_interface_ids is not UNSET else ()
    return tuple(found for each in ids if (found := interface(snapshot, each)))
