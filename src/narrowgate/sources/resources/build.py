"""A list of resources into a `World`: everything in the order of its references, complete, and always the same."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from narrowgate.model.outside import Outside
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.world import World
from narrowgate.sources.resources.building import Building, references
from narrowgate.sources.resources.handlers import HANDLERS
from narrowgate.sources.snapshot import snapshot_from_responses
from narrowgate.sources.snapshot.operations import OPERATIONS


def build_world(resources: Sequence[Resource]) -> World:
    """The snapshot that a complete collection would give once every resource of the list is there.

    Raises:
        LookupError: a type that no handler knows, or a reference to nothing: a defect of whoever made the list.
    """
    building = Building(resources)
    for resource in in_order(resources):
        handler = HANDLERS[resource.type]
        building.ids[resource.logical_id] = handler(building, resource, building.resolved(resource.properties))
    outside = None
    if building.dns_servers:
        outside = msgspec.convert({"dns_servers": building.dns_servers}, Outside)
    responses = (each for each in building.ledger.responses() if each.operation in OPERATIONS)
    snapshot = snapshot_from_responses(responses, outside=outside)
    snapshot.label = "the design"
    return World(snapshot=snapshot, ids=building.ids, attributes=dict(_attributes(building)))


def in_order(resources: Iterable[Resource]) -> list[Resource]:
    """What others refer to comes first; otherwise the order of the list.

    Raises:
        LookupError: references that lead in a circle.
    """
    by_id = {each.logical_id: each for each in resources}
    done: dict[str, Resource] = {}
    waiting: set[str] = set()

    def visit(resource: Resource) -> None:
        name = resource.logical_id
        if name in done:
            return
        if name in waiting:
            raise LookupError(f"{name} waits for itself")
        waiting.add(name)
        for each in (*_named(resource), *resource.depends_on, *_named_by_parts(resource, by_id.values())):
            visit(by_id[each])
        done[name] = resource

    for each in by_id.values():
        visit(each)
    return list(done.values())


# What these are made of stands in resources that refer back to them: those resources' needs are theirs.
_PARTS = {
    "AWS::Route53Profiles::Profile": (
        ("AWS::Route53Profiles::ProfileAssociation", "ProfileId"),
        ("AWS::Route53Profiles::ProfileResourceAssociation", "ProfileId"),
    ),
    "AWS::ApiGateway::DomainNameV2": (("AWS::ApiGateway::BasePathMappingV2", "DomainNameArn"),),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (("AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn"),),
}


def _named(resource: Resource) -> tuple[str, ...]:
    return tuple(each.logical_id for each in references(resource.properties))


def _named_by_parts(resource: Resource, others: Iterable[Resource]) -> Iterator[str]:
    for kind, field in _PARTS.get(resource.type, ()):
        for other in others:
            if other.type == kind and other.properties[field] == Ref(resource.logical_id):
                yield from (name for name in _named(other) if name != resource.logical_id)


_OFFERED = {
    "AWS::EC2::VPCEndpoint": (
        "DnsEntries.0.DnsName",
        "DnsEntries.0.HostedZoneId",
        *(f"NetworkInterfaces.{at}.PrivateIpAddress" for at in range(6)),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("DNSName",),
}
"""What a call may name beside ids."""


def _attributes(building: Building) -> Iterator[tuple[tuple[str, str], str]]:
    for name, resource in building.resources.items():
        for attribute in _OFFERED.get(resource.type, ()):
            try:
                yield (name, attribute), building.attribute(name, attribute)
            except (IndexError, KeyError):
                continue
