"""Load balancers."""

from collections.abc import Callable, Sequence
from typing import Any

from moto.elbv2.models import ELBv2Backend

from narrowgate.deploy.embedded.bridge.defect import Defect, replace
from narrowgate.deploy.embedded.bridge.interfaces import managed_interface

_KINDS = {"network": "network_load_balancer"}
"""AWS's type of the interfaces, where it is not `interface`."""


def _stands_in_its_subnets(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(backend: Any, name: str, security_groups: Sequence[str], *arguments: Any, **more: Any) -> Any:
        balancer = original(backend, name, security_groups, *arguments, **more)
        path = balancer.arn.partition(":loadbalancer/")[2]
        kind = _KINDS.get(str(more.get("loadbalancer_type")), "interface")
        for subnet in balancer.subnets:
            managed_interface(backend.ec2_backend, subnet, kind, f"ELB {path}", list(security_groups or ()))
        return balancer

    return create


DEFECTS = (
    Defect(
        name="balancer-interfaces",
        moto="puts no interfaces of a load balancer into its subnets",
        aws="puts one into each, with the balancer's groups",
        mend=lambda: replace(ELBv2Backend, "create_load_balancer", _stands_in_its_subnets),
    ),
)
