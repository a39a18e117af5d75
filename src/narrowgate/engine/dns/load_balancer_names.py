"""Names of load balancers: public records, which for an internal one hold private addresses."""

from narrowgate.engine.dns.outcome import PUBLIC, Outcome, Query, answered, passing, refused, undecided
from narrowgate.engine.dns.record_text import records_text
from narrowgate.model.address import parse_address
from narrowgate.model.answer import Missing, Rcode
from narrowgate.model.domain import normalise
from narrowgate.model.loadbalancing import LoadBalancer
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.vpc import NetworkInterface

_RULE = "DNS-11"


@index
def load_balancers_by_name(snapshot: Snapshot) -> dict[str, LoadBalancer]:
    """Every load balancer by its DNS name, and by the `dualstack.` form that aliases use."""
    names: dict[str, LoadBalancer] = {}
    for balancer in snapshot.facts.load_balancers.values():
        if balancer.dns_name:
            name = normalise(balancer.dns_name)
            names[name] = names[f"dualstack.{name}"] = balancer
    return names


@index
def _interfaces_by_description(snapshot: Snapshot) -> dict[str, tuple[NetworkInterface, ...]]:
    found: dict[str, tuple[NetworkInterface, ...]] = {}
    for interface in snapshot.facts.network_interfaces.values():
        if interface.description.startswith("ELB "):
            found[interface.description] = (*found.get(interface.description, ()), interface)
    return found


def answer_from_load_balancer(query: Query, balancer: LoadBalancer) -> Outcome:
    """Addresses of an internal load balancer's nodes; of an internet-facing one only that they are public."""
    arn = balancer.load_balancer_arn
    if query.type not in ("A", "AAAA"):
        return refused(
            Rcode.NODATA, Reason.DNS_NO_RECORD_OF_TYPE, PUBLIC, _RULE, f"{query.name} has no {query.type} record"
        )
    if balancer.scheme is None:
        gap = Missing(fact="LoadBalancer.Scheme", resource=arn)
        return undecided(PUBLIC, _RULE, f"whether load balancer {arn} is internal is unknown", (gap,))
    if balancer.scheme != "internal":
        step = passing(PUBLIC, _RULE, f"{query.name} is the internet-facing load balancer {arn}", chosen=arn)
        return answered(step, records=(), target=PUBLIC)
    family = 4 if query.type == "A" else 6
    texts = sorted(
        {text for text in _addresses(query.snapshot, balancer) if parse_address(text).family == family},
        key=parse_address,
    )
    if not texts:
        return _nothing_known(query, balancer)
    step = passing(
        PUBLIC,
        _RULE,
        f"{query.name} is a public record of the internal load balancer {arn}: {', '.join(texts)}",
        chosen=arn,
    )
    return answered(step, records=records_text(query.name, query.type, texts), target=arn, addresses=texts)


def _addresses(snapshot: Snapshot, balancer: LoadBalancer) -> list[str]:
    texts = [
        address.private_ipv4_address
        for zone in balancer.availability_zones
        for address in zone.load_balancer_addresses
        if address.private_ipv4_address
    ]
    description = "ELB " + balancer.load_balancer_arn.partition(":loadbalancer/")[2]
    for interface in _interfaces_by_description(snapshot).get(description, ()):
        texts += [interface.private_ip_address] if interface.private_ip_address else []
        texts += [each.ipv6_address for each in interface.ipv6_addresses]
    return texts


def _nothing_known(query: Query, balancer: LoadBalancer) -> Outcome:
    arn = balancer.load_balancer_arn
    if query.type == "AAAA" and _addresses(query.snapshot, balancer):
        return refused(Rcode.NODATA, Reason.DNS_NO_RECORD_OF_TYPE, PUBLIC, _RULE, f"{arn} has no IPv6 address")
    snapshot = query.snapshot
    gap = snapshot.missing(
        "ec2.describe_network_interfaces", snapshot.account_of(arn), snapshot.region_of(arn), resource=arn
    ) or Missing(fact="ec2.describe_network_interfaces", resource=arn, why="no interface of the load balancer")
    return undecided(PUBLIC, _RULE, f"the addresses of load balancer {arn} are unknown", (gap,))
