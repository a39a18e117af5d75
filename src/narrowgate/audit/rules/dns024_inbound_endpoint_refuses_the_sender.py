"""DNS024 inbound-endpoint-refuses-the-sender."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import inbound_endpoints, outbound_addresses
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import are_read, associated_rules, groups_of, is_closed
from narrowgate.engine.network.flow import UDP
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Outbound addresses that a rule's questions come from, and that no group at the other end admits."""
    for rule in associated_rules(estate, "FORWARD"):
        for endpoint in inbound_endpoints(estate, rule):
            groups = groups_of(endpoint)
            if not are_read(estate, endpoint) or is_closed(estate, endpoint, UDP):
                continue
            blocks = [each.block for group in groups for each in estate.admissions(group) if each.admits(UDP, 53)]
            refused = [
                str(each)
                for each in outbound_addresses(estate, rule)
                if not any(block.holds(each) for block in blocks)
            ]
            if refused:
                shown = ", ".join(refused)
                asker = estate.named(rule.id)
                message = f"{estate.named(endpoint.id)} admits no UDP 53 from {shown}, where {asker} asks from"
                yield Defect(
                    endpoint.id, message, {"SecurityGroupIds": groups}, (*groups, rule.id), subject=rule.id
                )


RULE = Rule(
    id="DNS024",
    name="inbound-endpoint-refuses-the-sender",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "The groups of an inbound Resolver endpoint do not admit an address of the outbound endpoint "
        "whose rule forwards to it."
    ),
    why=(
        "Questions come from the outbound endpoint's interfaces, never from the clients: a group that "
        "admits the clients' range alone leaves them without an answer, and they see SERVFAIL."
    ),
    remediation="Admit UDP and TCP 53 from the addresses of the outbound endpoint.",
    rules=("IN-03", "SG-07", "OUT-01"),
    check=check,
)
