"""Which resource can be made in which deployment of which stack, when stacks need each other's values."""

from collections.abc import Iterator

import msgspec

from narrowgate.generate.plan import Plan, Side, references
from narrowgate.generate.requests import BY_COMMAND
from narrowgate.model.resource import GetAtt, Resource

MERGED = frozenset({"Custom::DnsServer"})
"""What stands in another resource's properties."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment of a side's stack, or commands there; what is new with it."""

    side: Side
    round: int
    """Which deployment of that stack it is, from 1; 0 for commands."""
    resources: tuple[Resource, ...]


def deployments(plan: Plan) -> tuple[Deployment, ...]:
    """Every deployment and command, in the order of work.

    Raises:
        LookupError: resources that wait for each other: a defect of whoever made the list.
    """
    waiting = {each.logical_id: each for each in plan.made if is_written(plan, each)}
    done: dict[str, int] = {}
    counted: dict[str, int] = dict.fromkeys((side.name for side in plan.sides), 0)
    found: list[Deployment] = []
    while waiting:
        before = len(waiting)
        for side in plan.sides:
            for is_command in (False, True):
                own = [each for each in _mine(waiting, side) if (each.type in BY_COMMAND) is is_command]
                new = _possible(plan, own, done)
                if not new:
                    continue
                if not is_command:
                    counted[side.name] += 1
                step = len(found)
                for each in new:
                    done[each.logical_id] = step
                    del waiting[each.logical_id]
                number = 0 if is_command else counted[side.name]
                found.append(Deployment(side=side, round=number, resources=tuple(new)))
        if len(waiting) == before:
            raise LookupError(f"{', '.join(waiting)} wait for each other")
    return tuple(found)


def is_written(plan: Plan, resource: Resource) -> bool:
    """Whether a resource is one of a template, or a command, of its own."""
    if resource.type == "Custom::VpcPeeringConnectionAccepter":
        peering = plan.by_id[resource.properties["VpcPeeringConnectionId"].logical_id]
        return is_role(peering, resource)  # Within one account CloudFormation accepts by itself.
    return resource.type not in MERGED


def _mine(waiting: dict[str, Resource], side: Side) -> list[Resource]:
    return [each for each in waiting.values() if (each.account, each.region) == (side.account, side.region)]


def _possible(plan: Plan, own: list[Resource], done: dict[str, int]) -> list[Resource]:
    """What of a side can be made now: all it needs is there, or is made in the same deployment."""
    candidates = {each.logical_id: each for each in own}
    changed = True
    while changed:
        changed = False
        for each in list(candidates.values()):
            for name, is_late in needs(plan, each):
                if name not in done and (is_late or name not in candidates):
                    del candidates[each.logical_id]
                    changed = True
                    break
    return list(candidates.values())


def needs(plan: Plan, resource: Resource) -> Iterator[tuple[str, bool]]:
    """What a resource needs, and whether it has to be there before the deployment begins."""
    by_id = plan.by_id
    if resource.type == "Custom::VpcPeeringConnectionAccepter":
        return  # A role, which has to be there before the peering.
    named = [(each.logical_id, is_late(plan, resource, each)) for each in references(resource.properties)]
    for name, late in (*named, *((name, False) for name in resource.depends_on)):
        other = by_id[name]
        if other.exists or not is_written(plan, other):
            continue
        elsewhere = (other.account, other.region) != (resource.account, resource.region)
        yield name, late or elsewhere or resource.type in BY_COMMAND
    if resource.type == "AWS::EC2::VPCPeeringConnection":
        for other in plan.made:
            if other.type == "Custom::VpcPeeringConnectionAccepter" and is_role(resource, other):
                yield other.logical_id, True


def is_late(plan: Plan, resource: Resource, reference: object) -> bool:
    """Whether a value comes as a parameter although it is made in the same stack.

    An endpoint's policy names APIs whose policies name the endpoint; no attribute tells an endpoint's addresses.
    """
    if isinstance(reference, GetAtt) and reference.attribute.startswith("NetworkInterfaces."):
        return True
    if resource.type != "Custom::VpcEndpointPolicy" or not hasattr(reference, "logical_id"):
        return False
    return plan.by_id[reference.logical_id].type != "AWS::EC2::VPCEndpoint"


def is_role(peering: Resource, accepter: Resource) -> bool:
    """Whether an accepter of a peering is another account: CloudFormation then accepts by a role there."""
    named = accepter.properties["VpcPeeringConnectionId"].logical_id == peering.logical_id
    return named and accepter.account != peering.account
