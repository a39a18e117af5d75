"""Repairs of findings about groups that leave out who is led to what they guard."""

from collections.abc import Iterator

from narrowgate.engine.network.flow import TCP, UDP
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Finding
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change
from narrowgate.repair.finding_groups import senders_to
from narrowgate.repair.flows import DNS
from narrowgate.repair.propose.security_groups import let_in


def admit_the_sender(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS024: UDP and TCP 53 from each address that the rule's questions come from."""
    endpoint = snapshot.facts.resolver_endpoints.get(finding.resource)
    rule = snapshot.facts.resolver_rules.get(finding.subject)
    if endpoint is None or rule is None or isinstance(endpoint.security_group_ids, UnsetType):
        return
    senders = snapshot.facts.resolver_endpoint_ips.get(rule.resolver_endpoint_id or "", ())
    blocks = tuple(f"{each.ip}/32" for each in senders if each.ip)
    for group in (snapshot.facts.security_groups.get(each) for each in endpoint.security_group_ids):
        if group is not None and blocks:
            yield from let_in(snapshot, group, ((UDP, DNS), (TCP, DNS)), blocks)


def admit_by_the_other_protocol(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS007, DNS008: UDP and TCP 53 from whoever is admitted by one of them, or forwards here."""
    endpoint = snapshot.facts.resolver_endpoints.get(finding.resource)
    if endpoint is None or isinstance(endpoint.security_group_ids, UnsetType):
        return
    forwarding = tuple(f"{each}/32" for each in senders_to(snapshot, endpoint.id))
    for group in (snapshot.facts.security_groups.get(each) for each in endpoint.security_group_ids):
        if group is None or isinstance(group.ip_permissions, UnsetType):
            continue
        on_dns = (each for each in group.ip_permissions if each.from_port == each.to_port == DNS)
        asked = tuple(dict.fromkeys(each.cidr_ip for permission in on_dns for each in permission.ip_ranges))
        blocks = tuple(dict.fromkeys((*asked, *forwarding)))
        if blocks:
            yield from let_in(snapshot, group, ((UDP, DNS), (TCP, DNS)), blocks)


def admit_who_is_led_there(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """EPT014: TCP 443 from the blocks of the VPC whose names lead to the endpoint."""
    endpoint = snapshot.facts.vpc_endpoints.get(finding.resource)
    if endpoint is None or isinstance(endpoint.groups, UnsetType):
        return
    blocks = tuple(str(each) for each in vpc_blocks(snapshot, finding.subject) or () if each.family == 4)
    for group in (snapshot.facts.security_groups.get(each.group_id) for each in endpoint.groups):
        if group is not None and blocks:
            yield from let_in(snapshot, group, ((TCP, 443),), blocks)
