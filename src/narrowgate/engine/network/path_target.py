"""Who has the address that a flow is for, or why nobody has it."""

from narrowgate.engine.network.arrival import Arrival
from narrowgate.engine.network.departure import Router
from narrowgate.engine.network.flow_ends import End, end_of_interface
from narrowgate.engine.network.interface_addresses import (
    interface_with_public_address,
    interfaces_of_vpc,
    interfaces_with_address,
)
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.references import Way
from narrowgate.engine.network.services import (
    check_peer_resolver,
)
from narrowgate.engine.network.steps import At
from narrowgate.engine.network.vpcs import missing_of_vpc, subnet_of_address
from narrowgate.model.address import Address
from narrowgate.model.answer import (
    Leg,
    Missing,
    Step,
)
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot


def target_end(known: Interface | None, destination: Address) -> End | None:
    """An interface as the far end of a flow to one of its addresses, private or public."""
    if known is None:
        return None
    inside = next((own for own, public in known.public_addresses if public == destination), destination)
    return end_of_interface(known, inside)


def find_target(
    router: Router, there: Arrival, client: End, destination: Address
) -> tuple[End | None, list[Step]]:
    """Who has the address where the packet came out; where it came out nowhere, who is likely meant."""
    snapshot = router.snapshot
    at = At(Leg.FORWARD, "network_interface", str(destination), "RCH-01")
    way = there.carriage.way
    if there.vpc_id is not None:
        found = interfaces_of_vpc(snapshot, there.vpc_id).get(destination)
        if found is None and way is Way.INTERNET:
            found = interface_with_public_address(snapshot, destination)
        if found is not None:
            return target_end(found, destination), []
        return _nobody(snapshot, there, there.vpc_id, destination)
    if way in (Way.INTERNET, Way.GATEWAY_ENDPOINT):
        return End(label="internet", address=destination, is_internet=True), []
    if way is Way.NOWHERE or way is Way.UNKNOWN:
        meant = [each for each in interfaces_with_address(snapshot, destination) if each.vpc_id != client.vpc_id]
        if len(meant) == 1:
            return end_of_interface(meant[0], destination), []
    if way is Way.UNKNOWN:
        missing = Missing(fact="where the address is", resource=str(destination), why="the way there is not known")
        return None, [at.unknown(f"who has {destination} is not known", [missing])]
    return None, []


def _nobody(
    snapshot: Snapshot, there: Arrival, vpc_id: str, destination: Address
) -> tuple[End | None, list[Step]]:
    """The packet came out in a VPC where no interface is known to have the address."""
    subnet = subnet_of_address(snapshot, vpc_id, destination)
    subnet_id = subnet.subnet_id if subnet else None
    at = At(Leg.FORWARD, "network_interface", subnet_id or vpc_id, "RCH-01")
    missing = missing_of_vpc(snapshot, "ec2.describe_network_interfaces", vpc_id)
    if missing and (subnet_id or missing_of_vpc(snapshot, "ec2.describe_subnets", vpc_id)):
        end = End(label=str(destination), address=destination, vpc_id=vpc_id, subnet_id=subnet_id)
        return end, [at.unknown(f"which interface has {destination} is not known", [missing])]
    others = interfaces_with_address(snapshot, destination)
    if there.carriage.way is Way.LOCAL and others:
        # NET-02: the address is meant to be another VPC's, but the sender's own block covers it too.
        table_id = next((step.component for step in there.steps if step.layer == "route_table"), vpc_id)
        at = At(Leg.FORWARD, "route_table", table_id, "NET-02")
        where = ", ".join(f"{each.label} in {each.vpc_id}" for each in others)
        text = f"{destination} is in a block of {vpc_id} itself, so the packet never gets to {where}"
        return None, [at.fails(Reason.VPC_LOCAL_ROUTE_CIDR_RESTRICTION, text)]
    return None, [at.fails(Reason.NO_SUCH_ADDRESS, f"no interface of {vpc_id} has {destination}")]


def peer_resolver(
    snapshot: Snapshot, client: End, there: Arrival, resolved: End | None, destination: Address
) -> list[Step]:
    """A step where the address is another VPC's resolver, which nobody else may ask (DNS-03, PCX-12)."""
    other = there.vpc_id or (resolved.vpc_id if resolved else None)
    if other is None or other == client.vpc_id or there.carriage.way is Way.INTERNET:
        return []
    step = check_peer_resolver(snapshot, other, destination)
    return [step] if step else []
