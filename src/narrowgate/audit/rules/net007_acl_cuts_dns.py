"""NET007 acl-cuts-dns."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import inbound_subnets, outbound_addresses, outbound_subnets
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import associated_rules, targets
from narrowgate.engine.network.flow import TCP, UDP
from narrowgate.engine.network.network_acls import acl_of_subnet
from narrowgate.model.address import Address, IntervalSet, parse_address
from narrowgate.model.answer import Missing
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """ACLs on both ends of what a rule forwards: where its questions arrive, and where they leave."""
    for rule in associated_rules(estate, "FORWARD"):
        for address in outbound_addresses(estate, rule):
            for subnet_id, endpoint_id in inbound_subnets(estate, rule):
                yield from _cut(estate, subnet_id, endpoint_id, address, asks=False)
        for subnet_id in outbound_subnets(estate, rule):
            for target in targets(rule):
                yield from _cut(
                    estate, subnet_id, rule.resolver_endpoint_id or "", parse_address(target), asks=True
                )


def _cut(estate: Estate, subnet_id: str, endpoint_id: str, other: Address, *, asks: bool) -> Iterator[Defect]:
    """What the ACL of an endpoint's subnet cuts between it and another address; `asks` for the sending end."""
    acl = acl_of_subnet(estate.snapshot, subnet_id)
    if isinstance(acl, Missing):
        return
    for protocol, name in ((UDP, "UDP"), (TCP, "TCP")):
        found = acl.admission(asks, protocol, other, _DNS)
        back = acl.admission(not asks, protocol, other, _EPHEMERAL)
        cut = "questions" if not found.allowed and not found.undecided else ""
        cut = cut or ("answers" if back.allowed != _EPHEMERAL and not back.undecided else "")
        if cut:
            way = f"{cut} of {other}" if asks == (cut == "answers") else f"{cut} to {other}"
            message = f"{acl.acl_id} of {estate.named(subnet_id)} cuts {name} {way}"
            facts = {"Entries": f"{name} {cut}"}
            yield Defect(acl.acl_id, message, facts, (endpoint_id,), subject=f"{subnet_id} {name} {cut}")


_DNS = IntervalSet([(53, 53)])
_EPHEMERAL = IntervalSet([(1024, 65535)])


RULE = Rule(
    id="NET007",
    name="acl-cuts-dns",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A network ACL around a Resolver endpoint keeps DNS out, over UDP or TCP.",
    why=(
        "Endpoints of Resolver stand in subnets like any interface: the ACL applies in both directions, "
        "for both protocols."
    ),
    remediation="Let UDP and TCP 53 in from the outbound endpoints, and UDP and TCP 1024-65535 out to them.",
    rules=("ACL-09",),
    check=check,
)
