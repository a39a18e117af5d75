"""DNS027 firewall-blocks-every-private-api."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.dns.firewall import decisions, firewall_of
from narrowgate.engine.dns.outcome import Query
from narrowgate.model.apigateway import RestApi
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs that private APIs are called from or through, whose firewall certainly blocks all their names."""
    for vpc_id in sorted(estate.vpcs_of_private_apis):
        firewall = firewall_of(estate.snapshot, vpc_id, ())
        names = [f"{api.id}.execute-api.{region}.amazonaws.com" for api, region in _private(estate, vpc_id)]
        if not names or not firewall.groups:
            continue
        found = [decisions(Query(estate.snapshot, name, "A"), firewall, is_redirect=False) for name in names]
        if all(len(each) == 1 and each[0].blocks for each in found):
            group = found[0][0].group_id or ""
            message = f"{group} blocks the names of all private APIs that are known in {estate.named(vpc_id)}"
            yield Defect(vpc_id, message, {"FirewallRuleGroupId": group}, (group,), subject=group)


def _private(estate: Estate, vpc_id: str) -> Iterator[tuple[RestApi, str]]:
    for api in estate.apis("PRIVATE"):
        region = estate.region(api.id)
        if region and region == estate.region(vpc_id):
            yield api, region


RULE = Rule(
    id="DNS027",
    name="firewall-blocks-every-private-api",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    what=(
        "DNS Firewall of a VPC that has an execute-api endpoint, or is peered with one that has, blocks "
        "the names of every private API that is known."
    ),
    why=(
        "The lookup ends with the firewall's answer, an empty one mostly, which is easily taken for a "
        "missing record. Questions that an inbound endpoint takes are filtered by its VPC's firewall as "
        "well."
    ),
    remediation="Add an ALLOW rule for the API's name before the rule that blocks.",
    limits=(
        "Rule groups that a Profile brings are not asked, and a firewall that is meant to block them all "
        "is reported too."
    ),
    rules=("FW-01", "FW-03", "IN-05"),
    check=check,
)
