"""What resources are called by people: the Name tags of everything that a list names."""

from collections.abc import Iterable

from narrowgate.model.exposure import ExposureAnswer
from narrowgate.model.fact import Tag, name_tag
from narrowgate.model.snapshot import Snapshot, index


@index
def name_tags(snapshot: Snapshot) -> dict[str, str]:
    """Name tags by id, of what can stand in a list."""
    facts = snapshot.facts
    tagged: list[tuple[str, tuple[Tag, ...]]] = [
        *((own, each.tags) for own, each in facts.vpcs.items()),
        *((own, each.tags) for own, each in facts.subnets.items()),
        *((own, each.tags) for own, each in facts.instances.items()),
        *((own, each.tag_set) for own, each in facts.network_interfaces.items()),
        *((own, each.tags) for own, each in facts.vpc_endpoints.items()),
        *((own, each.tags) for own, each in facts.vpc_peering_connections.items()),
        *((own, each.tags) for own, each in facts.transit_gateways.items()),
    ]
    named = {own: name for own, tags in tagged if (name := name_tag(tags))}
    named.update((own, each.name) for own, each in facts.resolver_endpoints.items() if each.name)
    named.update((own, each.group_name) for own, each in facts.security_groups.items() if each.group_name)
    return named


def labels_of(snapshot: Snapshot, answer: ExposureAnswer) -> dict[str, str]:
    """The names of the ids that stand in an answer."""
    every = name_tags(snapshot)
    return {own: every[own] for own in dict.fromkeys(_ids(answer)) if own in every}


def _ids(answer: ExposureAnswer) -> Iterable[str]:
    yield from answer.consumers
    for name in (*answer.names, *answer.public_names):
        yield from (name.target or "", name.via.removeprefix("asking ").removesuffix(" directly"))
    told: set[int] = set()
    for socket in answer.sockets:
        yield from (socket.target, socket.vpc or "", socket.via.rpartition(" ")[2])
        for senders in (socket.interfaces, socket.startable):
            # Many entries of a VPC share their senders, as the very same tuple.
            if id(senders) not in told:
                told.add(id(senders))
                yield from (text.partition(" ")[0] for text in senders)
    for api in answer.apis:
        yield from (api.endpoint, api.via.rpartition(" ")[2])
