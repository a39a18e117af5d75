"""Who proposes what: by the layer of a cause."""

from collections.abc import Callable, Iterator

from narrowgate.model.answer import Cause
from narrowgate.repair.change import Change
from narrowgate.repair.propose import names, network_acls, policies, routes, security_groups, stages
from narrowgate.repair.scene import Scene

Propose = Callable[[Scene, Cause], Iterator[Change]]

PROPOSERS: dict[str, tuple[Propose, ...]] = {
    "dns": (names.propose,),
    "network_interface": (names.propose,),
    "security_group": (security_groups.propose,),
    "network_acl": (network_acls.propose,),
    "route_table": (routes.propose_routes,),
    "vpc_peering_connection": (routes.propose_peerings,),
    "http": (stages.propose, names.propose),
    "resource_policy": (policies.propose_resource_policy,),
    "endpoint_policy": (policies.propose_endpoint_policy,),
}


def proposals(scene: Scene, cause: Cause) -> Iterator[Change]:
    """Everything that could mend a cause."""
    for propose in PROPOSERS.get(cause.layer, ()):
        yield from propose(scene, cause)
