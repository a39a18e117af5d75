"""What a design's resources are in another source: found by id, by name, else by what only one can be."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.model.resource import Resource
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.world import World

Key = tuple[Any, ...]


class _Held(dict[Any, str]):
    """Ids or attributes, with an error that names what the source lacks."""

    def __init__(self, values: dict[Any, str], source: str) -> None:
        super().__init__(values)
        self._source = source

    def __missing__(self, key: Any) -> str:
        name = key[0] if isinstance(key, tuple) else key
        raise InputError(
            f"nothing here is the design's `{name}`",
            where=self._source,
            help="names are matched by Name tags, names of APIs, and ranges: give them the design's",
        )


def world_in(snapshot: Snapshot, resources: Sequence[Resource], designed: World, *, source: str) -> World:
    """A source's snapshot with the ids that a design's resources have there.

    `designed` is the world that the design itself would make. What has no counterpart is an `InputError` only when
    somebody asks for it.
    """
    ids = {
        each.logical_id: found
        for each in resources
        if (found := _counterpart(each, designed.ids[each.logical_id], designed.snapshot, snapshot))
    }
    attributes = {
        (name, attribute): value for name, own in ids.items() for attribute, value in attributes_in(snapshot, own)
    }
    return World(snapshot=snapshot, ids=_Held(ids, source), attributes=_Held(attributes, source))


def _counterpart(resource: Resource, own: str, designed: Snapshot, snapshot: Snapshot) -> str | None:
    kind = _KINDS.get(resource.type)
    if kind is None:
        return None
    collection, keys = kind
    mine, theirs = getattr(designed.facts, collection), getattr(snapshot.facts, collection)
    if own in theirs and resource.physical_id:
        return own
    if own not in mine:
        return None
    for at, key in enumerate(keys(designed, mine[own])):
        if key is None:
            continue
        fitting = [name for name, each in theirs.items() if list(keys(snapshot, each))[at] == key]
        if len(fitting) == 1:
            return str(fitting[0])
    return None


def _name(tags: Iterable[Any]) -> Key | None:
    found = next((each.value for each in tags if each.key == "Name" and each.value), None)
    return (found,) if found else None


def _vpc(snapshot: Snapshot, fact: Any) -> Iterator[Key | None]:
    yield _name(fact.tags)
    yield (fact.cidr_block,)


def _subnet(snapshot: Snapshot, fact: Any) -> Iterator[Key | None]:
    vpc = snapshot.facts.vpcs.get(fact.vpc_id)
    yield _name(fact.tags)
    yield (vpc.cidr_block if vpc else None, fact.cidr_block)


def _api(snapshot: Snapshot, fact: Any) -> Iterator[Key | None]:
    yield (fact.name,)


def _endpoint(snapshot: Snapshot, fact: Any) -> Iterator[Key | None]:
    vpc = snapshot.facts.vpcs.get(fact.vpc_id)
    yield (fact.service_name, vpc.cidr_block if vpc else None)
    yield _name(fact.tags)


def _instance(snapshot: Snapshot, fact: Any) -> Iterator[Key | None]:
    yield _name(fact.tags)


def _domain(snapshot: Snapshot, fact: Any) -> Iterator[Key | None]:
    yield (fact.domain_name,)


def _balancer(snapshot: Snapshot, fact: Any) -> Iterator[Key | None]:
    yield (fact.load_balancer_name,)


_KINDS: dict[str, tuple[str, Callable[[Snapshot, Any], Iterator[Key | None]]]] = {
    "AWS::EC2::VPC": ("vpcs", _vpc),
    "AWS::EC2::Subnet": ("subnets", _subnet),
    "AWS::EC2::Instance": ("instances", _instance),
    "AWS::EC2::VPCEndpoint": ("vpc_endpoints", _endpoint),
    "AWS::ApiGateway::RestApi": ("rest_apis", _api),
    "AWS::ApiGateway::DomainNameV2": ("domain_names", _domain),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("load_balancers", _balancer),
    "Custom::OnPremisesNetwork": ("vpcs", _vpc),
}


def attributes_in(snapshot: Snapshot, own: str) -> Iterator[tuple[str, str]]:
    """What calls may name of a resource beside its id, by the name of the attribute."""
    facts = snapshot.facts
    endpoint = facts.vpc_endpoints.get(own)
    if endpoint is not None:
        entries = endpoint.dns_entries if isinstance(endpoint.dns_entries, tuple) else ()
        if entries and entries[0].dns_name:
            yield "DnsEntries.0.DnsName", entries[0].dns_name
        for at, name in enumerate(endpoint.network_interface_ids or ()):
            interface = facts.network_interfaces.get(name)
            if interface is not None and interface.private_ip_address:
                yield f"NetworkInterfaces.{at}.PrivateIpAddress", interface.private_ip_address
    balancer = facts.load_balancers.get(own)
    if balancer is not None and balancer.dns_name:
        yield "DNSName", balancer.dns_name
