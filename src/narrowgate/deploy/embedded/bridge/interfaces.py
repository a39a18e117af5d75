"""Interfaces that services put into subnets: moto has a class for them, and services that forget to use it."""

from collections.abc import Sequence
from typing import Any


def managed_interface(
    backend: Any, subnet: Any, kind: str, description: str, group_ids: Sequence[str] = (), *, owner: Any = None
) -> str:
    """Put an interface of a service into a subnet, at a free address, and tell its id.

    Args:
        backend: moto's EC2 of the account and Region.
        subnet: moto's subnet.
        kind: AWS's interface type.
        description: as AWS words it.
        group_ids: its security groups; transit gateways have none.
        owner: what the address is noted for.
    """
    interface = backend.create_network_interface(
        subnet,
        subnet.get_available_subnet_ip(owner),
        group_ids=list(group_ids),
        description=description,
    )
    if not group_ids:
        # Moto puts an interface without groups into the VPC's default group.
        interface._group_set = []
    interface.interface_type = kind
    interface.requester_managed = True
    interface.status = "in-use"
    return str(interface.id)
