"""Network interfaces and the ends of a flow: which interface has which address, where, with which groups."""

import re

import msgspec

from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.fact import UNSET
from narrowgate.model.host import Host
from narrowgate.model.loadbalancing import LoadBalancer
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index
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


class End(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One end of a flow.

    `security_groups` is None where the end's groups are unknown. `lets_everything_out` marks a host that could be
    started: it is in no group that a rule refers to, and its own group lets everything out.
    """

    label: str
    address: Address
    vpc_id: str | None = None
    subnet_id: str | None = None
    security_groups: tuple[str, ...] | None = None
    lets_everything_out: bool = False
    is_address_only: bool = False
    """Nothing is known but the address, so a rule that names a group may mean it or not (SG-05)."""

    interface: Interface | None = None
    public_address: Address | None = None
    is_internet: bool = False
    original: "End | None" = None
    """Whose packets these are, where a NAT gateway or load balancer put its own address on them (SG-05)."""

    @property
    def component(self) -> str:
        """How steps name this end: its interface, else its label."""
        return (self.interface and self.interface.interface_id) or self.label


@index
def _ids_by_vpc(snapshot: Snapshot) -> dict[str, list[str]]:
    """Interface ids of each VPC."""
    grouped: dict[str, list[str]] = {}
    for own_id, found in snapshot.facts.network_interfaces.items():
        vpc_id = found.vpc_id or _vpc_of_subnet(snapshot, found.subnet_id)
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
def _resolver_addresses(snapshot: Snapshot) -> dict[tuple[str | None, Address], str]:
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


@index
def _interfaces(snapshot: Snapshot) -> dict[str, Interface]:
    """Filled as interfaces are asked for."""
    return {}


def interface(snapshot: Snapshot, interface_id: str) -> Interface | None:
    """The interface of an id, or None."""
    cache = _interfaces(snapshot)
    if interface_id not in cache:
        fact = snapshot.facts.network_interfaces.get(interface_id)
        if fact is None:
            return None
        cache[interface_id] = _read(snapshot, fact)
    return cache[interface_id]


def _read(snapshot: Snapshot, fact: NetworkInterface) -> Interface:
    addresses = _addresses(fact)
    balancer = _BALANCER_OF_DESCRIPTION.match(fact.description)
    owner = _balancers_by_suffix(snapshot).get(balancer[1]) if balancer else None
    instance_id = fact.attachment.instance_id if fact.attachment else None
    instance = snapshot.facts.instances.get(instance_id or "")
    resolver = _resolver_addresses(snapshot)
    return Interface(
        label=fact.network_interface_id,
        interface_id=fact.network_interface_id,
        vpc_id=fact.vpc_id or _vpc_of_subnet(snapshot, fact.subnet_id),
        subnet_id=fact.subnet_id,
        addresses=addresses,
        security_groups=None if fact.groups is UNSET else tuple(group.group_id for group in fact.groups),
        interface_type=fact.interface_type,
        public_addresses=_public_addresses(fact),
        instance_id=instance_id if instance_id and instance_id.startswith("i-") else None,
        vpc_endpoint_id=_endpoint_id(snapshot, fact),
        resolver_endpoint_id=next(
            (resolver[fact.subnet_id, each] for each in addresses if (fact.subnet_id, each) in resolver), None
        ),
        load_balancer_arn=owner.load_balancer_arn if owner else None,
        platform=(instance.platform or instance.platform_details) if instance else None,
        status=fact.status,
        source_dest_check=None if fact.source_dest_check is UNSET else fact.source_dest_check,
    )


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


def _vpc_of_subnet(snapshot: Snapshot, subnet_id: str | None) -> str | None:
    subnet = snapshot.facts.subnets.get(subnet_id) if subnet_id else None
    return subnet.vpc_id if subnet else None


@index
def _by_address(snapshot: Snapshot) -> dict[str, dict[Address, Interface]]:
    """Interfaces of a VPC by private address; filled VPC by VPC."""
    return {}


def interfaces_of_vpc(snapshot: Snapshot, vpc_id: str) -> dict[Address, Interface]:
    """Every private address of a VPC that an interface is known to have."""
    cache = _by_address(snapshot)
    if vpc_id not in cache:
        cache[vpc_id] = _read_vpc(snapshot, vpc_id)
    return cache[vpc_id]


def _read_vpc(snapshot: Snapshot, vpc_id: str) -> dict[Address, Interface]:
    found: dict[Address, Interface] = {}
    for each in _from_instances(snapshot).get(vpc_id, ()):
        found.update(dict.fromkeys(each.addresses, each))
    for each in _from_resolver_endpoints(snapshot).get(vpc_id, ()):
        found.update(dict.fromkeys(each.addresses, each))
    for own_id in _ids_by_vpc(snapshot).get(vpc_id, ()):
        known = interface(snapshot, own_id)
        if known:
            found.update(dict.fromkeys(known.addresses, known))
    return found


@index
def _from_instances(snapshot: Snapshot) -> dict[str, list[Interface]]:
    """Interfaces that only their instance tells of."""
    grouped: dict[str, list[Interface]] = {}
    for instance in snapshot.facts.instances.values():
        for each in instance.network_interfaces:
            if instance.vpc_id and each.private_ip_address and is_address(each.private_ip_address):
                grouped.setdefault(instance.vpc_id, []).append(
                    Interface(
                        label=each.network_interface_id,
                        interface_id=each.network_interface_id,
                        vpc_id=instance.vpc_id,
                        subnet_id=instance.subnet_id if len(instance.network_interfaces) == 1 else None,
                        addresses=(parse_address(each.private_ip_address),),
                        security_groups=tuple(group.group_id for group in each.groups) or None,
                        instance_id=instance.instance_id,
                    )
                )
    return grouped


@index
def _from_resolver_endpoints(snapshot: Snapshot) -> dict[str, list[Interface]]:
    """Addresses of Resolver endpoints, whose interfaces need not have been collected (IN-02)."""
    grouped: dict[str, list[Interface]] = {}
    for (subnet_id, address), endpoint_id in _resolver_addresses(snapshot).items():
        endpoint = snapshot.facts.resolver_endpoints.get(endpoint_id)
        host_vpc = endpoint.host_vpc_id if endpoint and endpoint.host_vpc_id is not UNSET else None
        vpc_id = _vpc_of_subnet(snapshot, subnet_id) or host_vpc
        if vpc_id:
            groups = endpoint.security_group_ids if endpoint else UNSET
            grouped.setdefault(vpc_id, []).append(
                Interface(
                    label=f"{endpoint_id}/{address}",
                    interface_id=None,
                    vpc_id=vpc_id,
                    subnet_id=subnet_id,
                    addresses=(address,),
                    security_groups=None if groups is UNSET else groups,
                    interface_type="route53_resolver",
                    resolver_endpoint_id=endpoint_id,
                )
            )
    return grouped


@index
def _vpcs_by_address(snapshot: Snapshot) -> dict[Address, list[Interface]]:
    """Every interface of the estate by private address: built only when a question asks beyond one VPC."""
    found: dict[Address, list[Interface]] = {}
    vpc_ids = {*_ids_by_vpc(snapshot), *_from_instances(snapshot), *_from_resolver_endpoints(snapshot)}
    for vpc_id in sorted(vpc_ids):
        for address, each in interfaces_of_vpc(snapshot, vpc_id).items():
            found.setdefault(address, []).append(each)
    return found


def interfaces_with_address(snapshot: Snapshot, address: Address) -> tuple[Interface, ...]:
    """Every interface with a private address, whatever its VPC."""
    return tuple(_vpcs_by_address(snapshot).get(address, ()))


@index
def _by_public_address(snapshot: Snapshot) -> dict[Address, Interface]:
    found: dict[Address, Interface] = {}
    for own_id, fact in snapshot.facts.network_interfaces.items():
        if fact.association or any(each.association for each in fact.private_ip_addresses):
            known = interface(snapshot, own_id)
            if known:
                found.update((public, known) for _, public in known.public_addresses)
    return found


def interface_with_public_address(snapshot: Snapshot, address: Address) -> Interface | None:
    """The interface that a public address belongs to, or None."""
    return _by_public_address(snapshot).get(address)


def interfaces_of_endpoint(snapshot: Snapshot, endpoint: VpcEndpoint) -> tuple[Interface, ...]:
    """The collected interfaces of an interface endpoint."""
    ids = endpoint.network_interface_ids if endpoint.network_interface_ids is not UNSET else ()
    return tuple(found for each in ids if (found := interface(snapshot, each)))


def end_of_interface(found: Interface, address: Address) -> End:
    """An interface as an end of a flow, at one of its addresses."""
    return End(
        label=found.label,
        address=address,
        vpc_id=found.vpc_id,
        subnet_id=found.subnet_id,
        security_groups=found.security_groups,
        interface=found,
        public_address=found.public_address(address),
    )


def end_of_host(snapshot: Snapshot, host: Host, address: Address) -> End:
    """A host as the sending end of a flow, at its address of the flow's family."""
    known = interface(snapshot, host.network_interface_id) if host.network_interface_id else None
    if known is None and host.vpc_id:
        known = interfaces_of_vpc(snapshot, host.vpc_id).get(address)
    is_hypothetical = host.security_groups is None and known is None and not host.has_unseen_interface
    groups = host.security_groups
    if groups is None and known is not None:
        groups = known.security_groups
    elif groups is None and is_hypothetical:
        groups = ()
    public = parse_address(host.public_ip) if host.public_ip else known.public_address(address) if known else None
    return End(
        label=host.label,
        address=address,
        vpc_id=host.vpc_id,
        subnet_id=host.subnet_id,
        security_groups=groups,
        lets_everything_out=is_hypothetical,
        is_address_only=host.is_address_only and known is None,
        interface=known,
        public_address=public,
        is_internet=host.is_internet,
    )
