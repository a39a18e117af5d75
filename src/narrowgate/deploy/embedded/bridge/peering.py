"""VPC peering: what each side sees of it."""

import copy
from collections.abc import Callable
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.vpc_peering_connections import VPCPeeringConnection

from narrowgate.deploy.embedded.bridge.defect import Defect, replace


def _with_own_tags(original: Callable[..., Any]) -> Callable[..., Any]:
    def describe(backend: Any, *arguments: Any, **more: Any) -> list[Any]:
        return [_seen_from(backend, each) for each in original(backend, *arguments, **more)]

    return describe


def _seen_from(backend: Any, peering: Any) -> Any:
    if peering.ec2_backend is backend:
        return peering
    # Tags are asked of the backend that an object names; all else the two sides share.
    seen = copy.copy(peering)
    seen.ec2_backend = backend
    return seen


def _with_ranges(side: str) -> Callable[[Any], Any]:
    def make(original: property) -> property:
        def info(peering: Any) -> dict[str, Any]:
            told: dict[str, Any] = original.fget(peering) if original.fget else {}
            blocks = getattr(peering, side).get_cidr_block_association_set()
            return {**told, "CidrBlockSet": [{"CidrBlock": each["cidr_block"]} for each in blocks]}

        return property(info)

    return make


def _mend_ranges() -> None:
    replace(VPCPeeringConnection, "requester_vpc_info", _with_ranges("vpc"))
    replace(VPCPeeringConnection, "accepter_vpc_info", _with_ranges("peer_vpc"))


DEFECTS = (
    Defect(
        name="peering-tags",
        moto="shows both sides of a peering the requester's tags",
        aws="keeps tags for each account and Region by itself",
        mend=lambda: replace(EC2Backend, "describe_vpc_peering_connections", _with_own_tags),
    ),
    Defect(
        name="peering-ranges",
        moto="tells one range of each side of a peering",
        aws="tells all of them",
        mend=_mend_ranges,
    ),
)
