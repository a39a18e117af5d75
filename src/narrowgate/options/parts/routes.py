"""Routes towards another network: neither peering nor gateways add any themselves."""

from collections.abc import Sequence

from narrowgate.model.design import Vpc
from narrowgate.model.resource import Ref
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import route_tables
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of


def add_routes(
    found: ResourceList, here: Vpc, towards: str, blocks: Sequence[str], target: tuple[str, Ref]
) -> tuple[str, ...]:
    """A route for each block in each table of a VPC (PCX-05, TGW-03); their logical ids.

    Args:
        found: where they are added.
        here: the VPC whose tables get them.
        towards: what the network behind the target is called.
        blocks: its ranges.
        target: the route's property and what it names, such as `VpcPeeringConnectionId`.
    """
    names = []
    for table in route_tables(here).values():
        for number, block in enumerate(blocks, start=1):
            name = logical_id(table.logical_id, "to", towards, str(number) if number > 1 else "")
            found.add(
                name,
                "AWS::EC2::Route",
                place_of(here),
                {"RouteTableId": table, "DestinationCidrBlock": block, target[0]: target[1]},
                Because(f"packets from `{here.name}` to `{towards}`", "PCX-05"),
            )
            names.append(name)
    return tuple(names)
