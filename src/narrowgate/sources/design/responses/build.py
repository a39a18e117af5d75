"""A list of resources into a `World`: everything in the order of its references, complete, and always the same."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from narrowgate.model.outside import Outside
from narrowgate.model.resource import Resource
from narrowgate.options.world import World
from narrowgate.sources.design.responses.building import Building, references
from narrowgate.sources.design.responses.handlers import HANDLERS
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
        needed = (*(each.logical_id for each in references(resource.properties)), *resource.depends_on)
        for each in needed:
            visit(by_id[each])
        done[name] = resource

    for each in by_id.values():
        visit(each)
    return list(done.values())


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
