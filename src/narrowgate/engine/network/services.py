"""What stands behind an address: interface endpoints, Resolver endpoints, instances; and what they listen on."""

from narrowgate.engine.network.flow import TCP, UDP, Flow, protocol_name
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.steps import At, is_contradicted, missing_field, missing_resource, not_modelled
from narrowgate.engine.network.vpcs import (
    RESOLVER_LINK_LOCAL,
    RESOLVER_LINK_LOCAL_V6,
    holds_address,
    resolver_address,
)
from narrowgate.model.address import Address, parse_address
from narrowgate.model.answer import Leg, Step, Verdict
from narrowgate.model.fact import UNSET
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot

_METADATA = {
    parse_address("169.254.169.254"): ("instance metadata", ((TCP, 80),)),
    parse_address("fd00:ec2::254"): ("instance metadata", ((TCP, 80),)),
    parse_address("169.254.169.123"): ("the time service", ((UDP, 123),)),
    parse_address("fd00:ec2::123"): ("the time service", ((UDP, 123),)),
}
_DNS_PORTS = ((TCP, 53), (UDP, 53))


def builtin_service(
    snapshot: Snapshot, vpc_id: str, destination: Address
) -> tuple[str, tuple[tuple[int, int], ...]] | None:
    """The service of the network itself that an address of the sender's VPC stands for (NET-09)."""
    if destination in (RESOLVER_LINK_LOCAL, RESOLVER_LINK_LOCAL_V6):
        return "the VPC's resolver", _DNS_PORTS
    if destination == resolver_address(snapshot, vpc_id):
        return "the VPC's resolver", _DNS_PORTS
    return _METADATA.get(destination)


def check_builtin(snapshot: Snapshot, flow: Flow, vpc_id: str, destination: Address) -> Step | None:
    """NET-09: no group, ACL or route stands between a host and its own VPC's resolver, metadata and time."""
    found = builtin_service(snapshot, vpc_id, destination)
    if found is None:
        return None
    name, ports = found
    at = At(Leg.FORWARD, "vpc", vpc_id, "NET-09")
    if (flow.protocol, flow.port) not in ports:
        text = f"{name} at {destination} does not serve {protocol_name(flow.protocol)} {flow.port}"
        return at.fails(Reason.NOTHING_LISTENS, text)
    if ports is _DNS_PORTS:
        support = snapshot.facts.vpc_attributes.get(vpc_id, {}).get("enable_dns_support")
        if support is None:
            missing = missing_field("VpcAttribute", "EnableDnsSupport", vpc_id)
            return at.unknown(f"whether the resolver of {vpc_id} is on is not known", [missing])
        if not support:
            return at.fails(Reason.DNS_SUPPORT_DISABLED, f"the resolver of {vpc_id} is off")
    return at.passes(f"{destination} is {name}, which no group, ACL or route filters")


def check_peer_resolver(snapshot: Snapshot, vpc_id: str, destination: Address) -> Step | None:
    """PCX-12: a VPC's resolver answers only inside that VPC."""
    if destination != resolver_address(snapshot, vpc_id) or not holds_address(snapshot, vpc_id, destination):
        return None
    at = At(Leg.FORWARD, "vpc", str(destination), "PCX-12")
    text = f"{destination} is the resolver of {vpc_id}, which answers no query from another VPC"
    return at.fails(Reason.PEER_DNS_NOT_QUERYABLE, text)


def check_client(snapshot: Snapshot, client: End) -> list[Step]:
    """Whether the sender can open connections at all: in use, running, no endpoint."""
    found = client.interface
    if found is None:
        return []
    if found.vpc_endpoint_id or found.interface_type in ("vpc_endpoint", "gateway_load_balancer_endpoint"):
        at = At(Leg.FORWARD, "vpc_endpoint", found.vpc_endpoint_id or found.label, "VPCE-10")
        text = f"{found.label} belongs to an interface endpoint, which opens no connections"
        return [at.fails(Reason.VPCE_INTRA_VPC_TRAFFIC, text)]
    return _check_in_use(snapshot, found)


def _check_in_use(snapshot: Snapshot, found: Interface) -> list[Step]:
    if found.status not in ("in-use", "associated"):
        at = At(Leg.FORWARD, "network_interface", found.label, "RCH-01")
        return [at.fails(Reason.UNASSOCIATED_COMPONENT, f"{found.label} is {found.status}: attached to nothing")]
    instance = snapshot.facts.instances.get(found.instance_id or "")
    if instance is not None and instance.state.name != "running":
        at = At(Leg.FORWARD, "instance", instance.instance_id, "RCH-01")
        evidence = (snapshot.evidence(instance.instance_id, "State.Name", instance.state.name),)
        text = f"{instance.instance_id} is {instance.state.name}"
        return [at.fails(Reason.BAD_STATE, text, evidence=evidence)]
    return []


def check_target(snapshot: Snapshot, target: Interface) -> list[Step]:
    """Whether the target's interface is in use, and its endpoint in a state that serves (VPCE-04)."""
    if target.vpc_endpoint_id is None:
        if target.interface_type == "vpc_endpoint":
            at = At(Leg.FORWARD, "vpc_endpoint", target.label, "VPCE-04")
            missing = missing_resource("ec2.describe_vpc_endpoints", target.label)
            return [at.unknown(f"the endpoint of {target.label} is not in the source", [missing])]
        return _check_in_use(snapshot, target)
    step = check_endpoint(snapshot, target.vpc_endpoint_id)
    return [step] if step else []


def check_endpoint(snapshot: Snapshot, own_id: str) -> Step | None:
    """Whether an endpoint is in a state that serves; None where its state counts as the usual one (VPCE-04)."""
    at = At(Leg.FORWARD, "vpc_endpoint", own_id, "VPCE-04")
    endpoint = snapshot.facts.vpc_endpoints.get(own_id)
    if endpoint is None:
        missing = missing_resource("ec2.describe_vpc_endpoints", own_id)
        return at.unknown(f"endpoint {own_id} is not in the source", [missing])
    contradicted = is_contradicted(snapshot, own_id, "State")
    if contradicted:
        return at.unknown(f"the state of {own_id} is told in two ways", [contradicted])
    if endpoint.state is UNSET:
        if snapshot.assume_complete:
            return None
        return at.unknown(f"the state of {own_id} is not known", [missing_field("VpcEndpoint", "State", own_id)])
    evidence = (snapshot.evidence(own_id, "State", endpoint.state),)
    if endpoint.state.lower() not in ("available", "partial"):
        text = f"endpoint {own_id} is {endpoint.state}, and only an available one serves"
        return at.fails(Reason.BAD_STATE, text, evidence=evidence)
    return at.passes(f"endpoint {own_id} is {endpoint.state}", evidence=evidence)


def check_listening(snapshot: Snapshot, flow: Flow, target: Interface) -> list[Step]:
    """Whether the target serves the port, where AWS itself decides that; an instance is taken to listen."""
    if target.resolver_endpoint_id:
        return [_check_resolver(snapshot, flow, target.resolver_endpoint_id)]
    if target.vpc_endpoint_id:
        return _check_endpoint(snapshot, flow, target.vpc_endpoint_id)
    if target.interface_type == "nat_gateway":
        at = At(Leg.FORWARD, "nat_gateway", target.label, "RCH-03")
        return [at.fails(Reason.NOTHING_LISTENS, f"{target.label} belongs to a NAT gateway, which takes no calls")]
    return []


def _check_resolver(snapshot: Snapshot, flow: Flow, endpoint_id: str) -> Step:
    endpoint = snapshot.facts.resolver_endpoints.get(endpoint_id)
    at = At(Leg.FORWARD, "resolver_endpoint", endpoint_id, "IN-03")
    if endpoint is None:
        missing = missing_resource("route53resolver.list_resolver_endpoints", endpoint_id)
        return at.unknown(f"Resolver endpoint {endpoint_id} is not in the source", [missing])
    what = f"{protocol_name(flow.protocol)} {flow.port}"
    if endpoint.direction.upper() == "OUTBOUND":
        at = At(Leg.FORWARD, "resolver_endpoint", endpoint_id, "OUT-01")
        return at.fails(Reason.NOTHING_LISTENS, f"{endpoint_id} is an outbound endpoint: it accepts no queries")
    ports = set()
    if not endpoint.protocols or "Do53" in endpoint.protocols:
        ports |= set(_DNS_PORTS)
    if any(protocol.startswith("DoH") for protocol in endpoint.protocols):
        ports.add((TCP, 443))
    if (flow.protocol, flow.port) not in ports:
        return at.fails(Reason.NOTHING_LISTENS, f"inbound endpoint {endpoint_id} does not serve {what}")
    return at.passes(f"inbound endpoint {endpoint_id} serves {what}")


def _foreign_region(snapshot: Snapshot, endpoint_id: str, service: str) -> str | None:
    """The Region that an execute-api endpoint names as its service's, where it is not its own (VPCE-11)."""
    own = snapshot.region_of(endpoint_id)
    *_, named, name = ("", "", *service.split("."))
    return named if name == "execute-api" and own and named and named != own else None


def _check_endpoint(snapshot: Snapshot, flow: Flow, endpoint_id: str) -> list[Step]:
    endpoint = snapshot.facts.vpc_endpoints.get(endpoint_id)
    if endpoint is None:
        return []
    at = At(Leg.FORWARD, "vpc_endpoint", endpoint_id, "VPCE-01")
    what = f"{protocol_name(flow.protocol)} {flow.port}"
    if endpoint.service_name is UNSET:
        missing = missing_field("VpcEndpoint", "ServiceName", endpoint_id)
        return [at.unknown(f"what service {endpoint_id} is for is not known", [missing])]
    service = endpoint.service_name
    foreign = _foreign_region(snapshot, endpoint_id, service)
    if foreign:
        at = At(Leg.FORWARD, "vpc_endpoint", endpoint_id, "VPCE-11")
        text = f"{endpoint_id} is not in {foreign}, and AWS offers {service} to no other Region"
        return [at.fails(Reason.SERVICE_NOT_CROSS_REGION, text, verdict=Verdict.INVALID)]
    if flow.protocol != TCP:
        text = f"{endpoint_id} serves {service} over TCP, not {what}"
        return [at.fails(Reason.PROTOCOL_RESTRICTION, text)]
    if service.rpartition(".")[2] == "execute-api":
        if flow.port != 443:
            return [
                at.fails(Reason.NOTHING_LISTENS, f"{endpoint_id} serves execute-api on TCP 443 only, not {what}")
            ]
        return [at.passes(f"{endpoint_id} serves execute-api on TCP 443")]
    if flow.port == 443 and ".vpce-svc-" not in f".{service}" and ".vpce." not in service:
        return [at.passes(f"{endpoint_id} serves {service} on TCP 443")]
    text = f"whether {service} behind {endpoint_id} serves {what} is not known"
    return [at.unknown(text, [not_modelled(f"the ports of {service}", endpoint_id)])]
