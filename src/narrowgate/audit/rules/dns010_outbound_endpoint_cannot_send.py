"""DNS010 outbound-endpoint-cannot-send."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import are_read, associated_rules, groups_of
from narrowgate.engine.network.flow import UDP
from narrowgate.model.address import parse_address
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Targets that no rule out of the outbound endpoint's groups covers, over UDP."""
    for rule in associated_rules(estate, "FORWARD"):
        endpoint = estate.facts.resolver_endpoints.get(rule.resolver_endpoint_id or "")
        if endpoint is None or not are_read(estate, endpoint, egress=True):
            continue
        passes = [each for group in groups_of(endpoint) for each in estate.admissions(group, egress=True)]
        for each in rule.target_ips:
            if not each.ip:
                continue
            target = parse_address(each.ip)
            if any(one.admits(UDP, each.port) and one.block.holds(target) for one in passes):
                continue
            message = f"no group of {estate.named(endpoint.id)} lets UDP {each.port} out to {each.ip}"
            facts = {"SecurityGroupIds": groups_of(endpoint)}
            yield Defect(endpoint.id, message, facts, (rule.id,), subject=each.ip)


RULE = Rule(
    id="DNS010",
    name="outbound-endpoint-cannot-send",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The groups of an outbound Resolver endpoint let no question out to a target of its rules.",
    why="The question never leaves: SERVFAIL for every name of the rule.",
    remediation="Let UDP and TCP 53 out to the targets.",
    rules=("SG-07", "OUT-02"),
    check=check,
)
