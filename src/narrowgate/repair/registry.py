"""Who proposes what: by the layer of a cause."""

from collections.abc import Callable, Iterator, Sequence

from narrowgate.model.answer import Cause
from narrowgate.model.errors import InputError
from narrowgate.repair.change import Change
from narrowgate.repair.propose import (
    domains,
    names,
    network_acls,
    policies,
    routes,
    security_groups,
    stages,
    transit_gateways,
)
from narrowgate.repair.scene import Scene

Propose = Callable[[Scene, Cause], Iterator[Change]]

PROPOSERS: dict[str, tuple[Propose, ...]] = {
    "dns": (names.propose,),
    "network_interface": (names.propose,),
    "security_group": (security_groups.propose,),
    "network_acl": (network_acls.propose,),
    "route_table": (routes.propose_routes,),
    "vpc_peering_connection": (routes.propose_peerings,),
    "transit_gateway_attachment": (transit_gateways.propose,),
    "transit_gateway_route_table": (transit_gateways.propose,),
    "http": (stages.propose, names.propose, domains.propose_access),
    "resource_policy": (policies.propose_resource_policy,),
    "domain_policy": (domains.propose_policy,),
    "endpoint_policy": (policies.propose_endpoint_policy,),
}


def proposals_of(scenes: Sequence[Scene]) -> list[Change]:
    """What could mend the causes of calls that fail, in packet order; nothing where one of them has no repair.

    What stands in the way of several calls is mended for all of them at once.
    """
    found: dict[str, Change] = {}
    done: dict[tuple[str, ...], bool] = {}
    for scene in scenes:
        scene.company = tuple(scenes)
        is_mendable = False
        for cause in scene.answer.blocking:
            key = (cause.layer, cause.reason, cause.resource or "", scene.host_name, *scene.client_vpcs)
            if key not in done:
                changes = list(_proposed(scene, cause))
                done[key] = bool(changes)
                found |= {each.text: each for each in changes if each.text not in found}
            is_mendable = is_mendable or done[key]
        if not scene.answer.blocking:
            near = list(names.propose_what_is_near(scene))
            found |= {each.text: each for each in near if each.text not in found}
            is_mendable = bool(near)
        if not is_mendable:
            return []
    return list(found.values())


def _proposed(scene: Scene, cause: Cause) -> Iterator[Change]:
    try:
        for propose in PROPOSERS.get(cause.layer, ()):
            yield from propose(scene, cause)
    except InputError:
        # A fact that cannot be read gives no proposal; the answer about it stands all the same.
        return
