"""Changes to forwarding: Resolver rules, their associations and targets, inbound and outbound endpoints."""

from narrowgate.guide.broken.variation import (
    API_NAME,
    EXECUTE_API,
    Case,
    Expected,
    case,
    denied,
    no_private_answer,
    works,
)
from narrowgate.guide.estate import STAGE, STATUS, Guide, add_resolver, build_guide
from narrowgate.guide.responses import tcp, udp
from narrowgate.model.answer import Leg, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom


def rule_not_associated() -> Case:
    """The forwarding rule exists but is associated with no VPC."""
    guide = build_guide()
    _drop_association(guide)
    return case(guide, no_private_answer(guide.rule, "RSLV-12", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def rule_association_failed() -> Case:
    """The rule's association with the requester VPC is in the state FAILED."""
    guide = build_guide()
    guide.requester.estate.resource(guide.rule_association)["Status"] = "FAILED"
    return case(guide, no_private_answer(guide.rule, "RSLV-10", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def rule_missing() -> Case:
    """Both Resolver endpoints exist, but no rule sends anything to them."""
    guide = build_guide()
    _drop_association(guide)
    guide.estate.remove("route53resolver.list_resolver_rules", guide.rule, "Id")
    return case(guide, no_private_answer(guide.requester.vpc, "VPCE-DNS-10", "AGW-04", "AGW-05"))


def inbound_group_without_udp_53() -> Case:
    """The inbound endpoint's group admits TCP 53 only."""
    guide = build_guide()
    guide.api.estate.set_permissions(guide.api.resolver_group, ingress=[tcp(53, "10.1.0.0/16")])
    expected = _cut_by_group(guide.api.resolver_group, "IN-03")
    return case(guide, expected)


def inbound_group_without_tcp_53() -> Case:
    """The inbound endpoint's group admits UDP 53 only: it works until an answer is truncated."""
    guide = build_guide()
    guide.api.estate.set_permissions(guide.api.resolver_group, ingress=[udp(53, "10.1.0.0/16")])
    return case(guide, works(warns=True))


def inbound_group_admits_clients_only() -> Case:
    """The inbound endpoint's group admits the client's address, but queries come from the outbound endpoint."""
    guide = build_guide()
    guide.api.estate.set_permissions(
        guide.api.resolver_group, ingress=[udp(53, "10.1.1.10/32"), tcp(53, "10.1.1.10/32")]
    )
    expected = _cut_by_group(guide.api.resolver_group, "IN-03")
    return case(guide, expected)


def outbound_group_without_53() -> Case:
    """The outbound endpoint's group lets out HTTPS only."""
    guide = build_guide()
    group = guide.requester.resolver_group
    guide.requester.estate.set_permissions(group, egress=[tcp(443, "0.0.0.0/0")])
    expected = _cut_by_group(group, "OUT-02")
    return case(guide, expected)


def inbound_endpoint_not_operational() -> Case:
    """The inbound endpoint is still being created."""
    guide = build_guide()
    inbound = guide.api.resolver_endpoint
    guide.api.estate.resource(inbound)["Status"] = "CREATING"
    expected = denied(
        Symptom.DNS_SERVFAIL, "dns", Reason.DNS_ENDPOINT_NOT_OPERATIONAL, inbound, "OUT-04", "IN-01", "IN-02"
    )
    return case(guide, expected)


def target_at_the_other_vpc_plus_two() -> Case:
    """The rule's target is the API VPC's own resolver address instead of the inbound endpoint."""
    guide = build_guide()
    _retarget(guide, ["10.0.0.2"])
    expected = denied(Symptom.DNS_SERVFAIL, "dns", Reason.PEER_DNS_NOT_QUERYABLE, "10.0.0.2", "DNS-03", "PCX-12")
    return case(guide, expected)


def one_of_two_targets_wrong() -> Case:
    """One of the rule's two targets is an address that nobody has: lookups work, some of them slowly."""
    guide = build_guide()
    _retarget(guide, ["10.0.1.53", "10.0.1.99"])
    return case(guide, works(warns=True))


def rule_for_the_whole_region() -> Case:
    """The rule is for all names of the Region, as the guide writes it, and somebody calls a public API."""
    guide = build_guide(resolver=False)
    add_resolver(guide, EXECUTE_API)
    return case(guide, _captured("AGW-18", "AGW-17", "VPCE-DNS-05", "ERR-01"), url=_url(STATUS, "/status"))


def rule_for_everything() -> Case:
    """The rule is for `.`, and somebody calls a public API."""
    guide = build_guide(resolver=False)
    add_resolver(guide, ".")
    return case(guide, _captured("AGW-18", "AGW-17", "VPCE-DNS-05", "ERR-01"), url=_url(STATUS, "/status"))


def rule_for_everything_still_reaches_the_api() -> Case:
    """The rule is for `.`: the guide's own call works, and the whole API VPC's names are exposed with it."""
    guide = build_guide(resolver=False)
    add_resolver(guide, ".")
    return case(guide, works())


def rule_for_everything_with_system_rule() -> Case:
    """Beside the rule for `.` stands a SYSTEM rule for `amazonaws.com`: the API's name is not forwarded."""
    guide = build_guide(resolver=False)
    add_resolver(guide, ".")
    estate = guide.requester.estate
    system = estate.resolver_rule("amazonaws.com", kind="SYSTEM")
    estate.associate_rule(system, guide.requester.vpc)
    return case(guide, no_private_answer(system, "RSLV-06", "RSLV-07", "VPCE-DNS-10", "AGW-04", "AGW-05"))


def rule_loops_directly() -> Case:
    """The rule is also associated with the API VPC, whose own inbound endpoint is the rule's target."""
    guide = build_guide()
    guide.requester.estate.associate_rule(guide.rule, guide.api.vpc)
    expected = Expected(
        verdict=Verdict.INVALID,
        symptom=Symptom.DNS_SERVFAIL,
        leg=Leg.CONFIG,
        layer="dns",
        reason=Reason.DNS_FORWARD_LOOP,
        resource=guide.rule,
        rules=("RSLV-15",),
    )
    return case(guide, expected)


def rule_loops() -> Case:
    """The API VPC forwards the API's name back to an inbound endpoint in the requester VPC."""
    guide = build_guide()
    requester, api = guide.requester, guide.api
    both = [udp(53, "10.0.0.0/8"), tcp(53, "10.0.0.0/8")]
    way_out = api.estate.security_group(api.vpc, "outbound-back")
    way_in = requester.estate.security_group(requester.vpc, "inbound-back", ingress=both)
    inbound = requester.estate.resolver_endpoint("INBOUND", requester.subnets, [way_in], name="back-in")
    outbound = api.estate.resolver_endpoint("OUTBOUND", api.subnets, [way_out], name="back-out")
    targets = requester.estate.resolver_addresses(inbound)
    rule = api.estate.resolver_rule(API_NAME, outbound, targets, name="back")
    api.estate.associate_rule(rule, api.vpc)
    expected = denied(Symptom.DNS_SERVFAIL, "dns", Reason.DNS_FORWARD_LOOP, None, "RSLV-15")
    return case(guide, expected)


def _cut_by_group(group: str, rule: str) -> Expected:
    """A Resolver endpoint's group keeps the queries out, or in; `rule` says what the endpoint needs."""
    return denied(
        Symptom.DNS_SERVFAIL,
        "security_group",
        Reason.ENI_SG_RULES_MISMATCH,
        group,
        rule,
        "SG-07",
        "SG-01",
        "SG-03",
    )


def _captured(*rules: str) -> Expected:
    return denied(Symptom.HTTP_403, "http", Reason.API_NOT_PRIVATE, STATUS, *rules)


def _url(api_id: str, path: str) -> str:
    return f"https://{api_id}.{EXECUTE_API}/{STAGE}{path}"


def _drop_association(guide: Guide) -> None:
    guide.estate.remove("route53resolver.list_resolver_rule_associations", guide.rule_association, "Id")


def _retarget(guide: Guide, targets: list[str]) -> None:
    rule = guide.requester.estate.resource(guide.rule)
    rule["TargetIps"] = [{"Ip": target, "Port": 53, "Protocol": "Do53"} for target in targets]


FORWARDING = (
    rule_not_associated,
    rule_association_failed,
    rule_missing,
    inbound_group_without_udp_53,
    inbound_group_without_tcp_53,
    inbound_group_admits_clients_only,
    outbound_group_without_53,
    inbound_endpoint_not_operational,
    target_at_the_other_vpc_plus_two,
    one_of_two_targets_wrong,
    rule_for_the_whole_region,
    rule_for_everything,
    rule_for_everything_still_reaches_the_api,
    rule_for_everything_with_system_rule,
    rule_loops_directly,
    rule_loops,
)
