"""DNS005 rule-targets-a-vpc-resolver."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import associated_rules, targets
from narrowgate.engine.network.vpcs import resolver_address
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Targets that are the resolver address of a VPC other than the outbound endpoint's."""
    resolvers = {str(resolver_address(estate.snapshot, vpc_id)): vpc_id for vpc_id in estate.facts.vpcs}
    for rule in associated_rules(estate, "FORWARD"):
        endpoint = estate.facts.resolver_endpoints.get(rule.resolver_endpoint_id or "")
        home = endpoint.host_vpc_id if endpoint is not None else None
        for target in targets(rule):
            vpc_id = resolvers.get(target)
            if vpc_id is not None and vpc_id != home:
                message = f"{estate.named(rule.id)} forwards to {target}, the resolver of {estate.named(vpc_id)}"
                yield Defect(rule.id, message, {"TargetIps": target}, (vpc_id,), subject=target)


RULE = Rule(
    id="DNS005",
    name="rule-targets-a-vpc-resolver",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A target of a rule is the +2 address of another VPC.",
    why=(
        "The Amazon resolver of a VPC answers the hosts of that VPC only: questions from outside are "
        "dropped, and the client sees SERVFAIL."
    ),
    remediation="Put an inbound endpoint into that VPC and forward to its addresses.",
    rules=("PCX-12", "DNS-03"),
    check=check,
)
