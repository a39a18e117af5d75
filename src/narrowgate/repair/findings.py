"""Repairs of audit findings, by rule: for defects that one typed change takes away."""

import json
from collections.abc import Callable, Iterator

import msgspec

from narrowgate.engine.dns.connected_vpcs import connections_of
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.model.fact import UnsetType
from narrowgate.model.filters import IpPermission, IpRange
from narrowgate.model.finding import Finding
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.finding_admissions import admit_the_sender, admit_who_is_led_there
from narrowgate.repair.finding_switches import deploy_what_is_saved, turn_hostnames_on, turn_support_on

Propose = Callable[[Snapshot, Finding], Iterator[Change]]


def proposals_for(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """What could take a finding away; nothing for rules that no single change mends."""
    propose = _BY_RULE.get(finding.rule)
    if propose is not None:
        yield from propose(snapshot, finding)


def is_mendable(rule: str) -> bool:
    """True for rules that have a repair."""
    return rule in _BY_RULE


def _narrow_endpoint_group(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """EPT004, EPT012: TCP 443 for the ranges of the VPC and of those that are connected to it."""
    group = snapshot.facts.security_groups.get(finding.resource)
    if group is None or group.vpc_id is None or isinstance(group.ip_permissions, UnsetType):
        return
    vpcs = [group.vpc_id, *(each.vpc_id for each in connections_of(snapshot, group.vpc_id))]
    blocks = [str(block) for vpc_id in vpcs for block in vpc_blocks(snapshot, vpc_id) or () if block.family == 4]
    wanted = IpPermission(
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        ip_ranges=tuple(IpRange(cidr_ip=each) for each in dict.fromkeys(blocks)),
    )
    ranges = ",".join(f"{{CidrIp={each.cidr_ip}}}" for each in wanted.ip_ranges)
    old = json.dumps(msgspec.to_builtins(group.ip_permissions))
    yield Change(
        kind="security_group_ingress",
        resource=group.group_id,
        text=f"{group.group_id}: admit TCP 443 from {', '.join(dict.fromkeys(blocks))} only",
        commands=(
            f"aws ec2 revoke-security-group-ingress --group-id {group.group_id} --ip-permissions '{old}'",
            f"aws ec2 authorize-security-group-ingress --group-id {group.group_id} --ip-permissions "
            f"'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{ranges}]'",
        ),
        edits=(Edit("security_groups", group.group_id, msgspec.structs.replace(group, ip_permissions=(wanted,))),),
        rule="SG-06",
    )


def _narrow_inbound_group(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS009: UDP and TCP 53 for the outbound endpoints whose rules lead to the endpoint, and nobody else."""
    endpoint = snapshot.facts.resolver_endpoints.get(finding.resource)
    group = snapshot.facts.security_groups.get(finding.subject)
    if endpoint is None or group is None:
        return
    own = {each.ip for each in snapshot.facts.resolver_endpoint_ips.get(endpoint.id, ())}
    senders = [
        each.ip
        for rule in snapshot.facts.resolver_rules.values()
        if any(target.ip in own for target in rule.target_ips)
        for each in snapshot.facts.resolver_endpoint_ips.get(rule.resolver_endpoint_id or "", ())
        if each.ip
    ]
    if not senders:
        return
    ranges = tuple(IpRange(cidr_ip=f"{each}/32") for each in dict.fromkeys(senders))
    wanted = tuple(
        IpPermission(ip_protocol=protocol, from_port=53, to_port=53, ip_ranges=ranges)
        for protocol in ("udp", "tcp")
    )
    spelled = ",".join(f"{{CidrIp={each.cidr_ip}}}" for each in ranges)
    old = json.dumps(msgspec.to_builtins(group.ip_permissions))
    yield Change(
        kind="security_group_ingress",
        resource=group.group_id,
        text=f"{group.group_id}: admit UDP and TCP 53 from {', '.join(each.cidr_ip for each in ranges)} only",
        commands=(
            f"aws ec2 revoke-security-group-ingress --group-id {group.group_id} --ip-permissions '{old}'",
            *(
                f"aws ec2 authorize-security-group-ingress --group-id {group.group_id} --ip-permissions "
                f"'IpProtocol={protocol},FromPort=53,ToPort=53,IpRanges=[{spelled}]'"
                for protocol in ("udp", "tcp")
            ),
        ),
        edits=(Edit("security_groups", group.group_id, msgspec.structs.replace(group, ip_permissions=wanted)),),
        rule="IN-06",
    )


def _name_apis_in_endpoint_policy(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """EPT006: an endpoint policy that names the private APIs which name the endpoint."""
    endpoint = snapshot.facts.vpc_endpoints.get(finding.resource)
    if endpoint is None:
        return
    arns = []
    for api in snapshot.facts.rest_apis.values():
        place = snapshot.place(api.id)
        configuration = api.endpoint_configuration
        named = isinstance(api.policy, str) and endpoint.vpc_endpoint_id in api.policy
        if isinstance(configuration, UnsetType) or not place.account or not place.region:
            continue
        if named or endpoint.vpc_endpoint_id in configuration.vpc_endpoint_ids:
            arns.append(f"arn:aws:execute-api:{place.region}:{place.account}:{api.id}/*")
    if not arns:
        return
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": arns}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    yield Change(
        kind="endpoint_policy",
        resource=endpoint.vpc_endpoint_id,
        text=f"policy of {endpoint.vpc_endpoint_id}: allow {', '.join(arns)} and nothing else",
        commands=(
            f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint.vpc_endpoint_id} --policy-document '{text}'",
        ),
        edits=(
            Edit(
                "vpc_endpoints", endpoint.vpc_endpoint_id, msgspec.structs.replace(endpoint, policy_document=text)
            ),
        ),
        rule="VPE-02",
    )


def _remove_blackhole(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """NET002: the dead route out of the table."""
    table = snapshot.facts.route_tables.get(finding.resource)
    if table is None or isinstance(table.routes, UnsetType):
        return
    kept = tuple(
        each
        for each in table.routes
        if each.state != "blackhole"
        or finding.subject not in (each.destination_cidr_block, each.destination_ipv6_cidr_block)
    )
    flag = "--destination-ipv6-cidr-block" if ":" in finding.subject else "--destination-cidr-block"
    yield Change(
        kind="dead_route",
        resource=table.route_table_id,
        text=f"{table.route_table_id}: remove the route to {finding.subject}, whose target is gone",
        commands=(f"aws ec2 delete-route --route-table-id {table.route_table_id} {flag} {finding.subject}",),
        edits=(Edit("route_tables", table.route_table_id, msgspec.structs.replace(table, routes=kept)),),
        rule="NET-05",
    )


def _keep_logs_for_a_while(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """OPS003: a retention of 90 days."""
    group = snapshot.facts.log_groups.get(finding.resource)
    if group is None:
        return
    yield Change(
        kind="log_retention",
        resource=group.arn,
        text=f"{group.log_group_name}: keep records for 90 days",
        commands=(
            f"aws logs put-retention-policy --log-group-name {group.log_group_name} --retention-in-days 90",
        ),
        edits=(Edit("log_groups", group.arn, msgspec.structs.replace(group, retention_in_days=90)),),
        rule="OPS-03",
    )


_BY_RULE: dict[str, Propose] = {
    "API009": deploy_what_is_saved,
    "DNS009": _narrow_inbound_group,
    "DNS015": turn_support_on,
    "DNS016": turn_hostnames_on,
    "DNS024": admit_the_sender,
    "EPT004": _narrow_endpoint_group,
    "EPT006": _name_apis_in_endpoint_policy,
    "EPT012": _narrow_endpoint_group,
    "EPT014": admit_who_is_led_there,
    "NET002": _remove_blackhole,
    "OPS003": _keep_logs_for_a_while,
    "POL005": deploy_what_is_saved,
}
