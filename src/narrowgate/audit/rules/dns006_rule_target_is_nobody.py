"""DNS006 rule-target-is-nobody."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import associated_rules, targets
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.vpcs import resolver_address
from narrowgate.model.address import parse_address
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Targets inside a collected VPC whose interfaces were collected, without an interface."""
    for rule in associated_rules(estate, "FORWARD"):
        for target in targets(rule):
            address = parse_address(target)
            for vpc_id in estate.facts.vpcs:
                inside = any(block.holds(address) for block in estate.blocks(vpc_id))
                if not inside or address == resolver_address(estate.snapshot, vpc_id):
                    continue
                if not estate.is_collected("ec2.describe_network_interfaces", vpc_id):
                    continue
                if address not in interfaces_of_vpc(estate.snapshot, vpc_id):
                    message = (
                        f"{estate.named(rule.id)} forwards to {target}; nothing in {estate.named(vpc_id)} has it"
                    )
                    yield Defect(rule.id, message, {"TargetIps": target}, (vpc_id,), subject=target)


RULE = Rule(
    id="DNS006",
    name="rule-target-is-nobody",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what="A target of a rule lies in a known VPC, and nothing there has the address.",
    why=(
        "An inbound endpoint that was made again has other addresses: the old ones are silent. With one "
        "dead target some answers come late, with all of them dead the client sees SERVFAIL."
    ),
    remediation="Put the addresses of the inbound endpoint into the rule.",
    rules=("OUT-03", "OUT-04"),
    check=check,
)
