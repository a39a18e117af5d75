"""Repairs of audit findings, by rule: for defects that one typed change takes away."""

import json
from collections.abc import Callable, Iterator
from shlex import quote

import msgspec

from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Finding
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.finding_admissions import (
    admit_by_the_other_protocol,
    admit_the_sender,
    admit_who_is_led_there,
)
from narrowgate.repair.finding_groups import (
    admit_https_alone,
    narrow_endpoint_group,
    narrow_inbound_group,
    without_stale_reference,
)
from narrowgate.repair.finding_names import (
    break_the_loop,
    forward_to_the_inbound_endpoint,
    narrow_the_rule,
    withdraw_authorization,
)
from narrowgate.repair.finding_references import (
    accept_the_peering,
    allow_the_api,
    associate_the_default_table,
    without_missing_endpoint,
    without_missing_endpoint_in_policy,
)
from narrowgate.repair.finding_switches import deploy_what_is_saved, turn_hostnames_on, turn_support_on

Propose = Callable[[Snapshot, Finding], Iterator[Change]]


def proposals_for(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """What could take a finding away; nothing for rules that no single change mends."""
    propose = _BY_RULE.get(finding.rule)
    if propose is not None:
        yield from propose(snapshot, finding)


def mendable_rules() -> tuple[str, ...]:
    """The ids of the rules that have a repair."""
    return tuple(_BY_RULE)


def is_mendable(rule: str) -> bool:
    """True for rules that have a repair."""
    return rule in _BY_RULE


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
            f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint.vpc_endpoint_id} "
            f"--policy-document {quote(text)}",
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
            f"aws logs put-retention-policy --log-group-name {quote(group.log_group_name)} --retention-in-days 90",
        ),
        edits=(Edit("log_groups", group.arn, msgspec.structs.replace(group, retention_in_days=90)),),
        rule="OPS-03",
    )


_BY_RULE: dict[str, Propose] = {
    "API009": deploy_what_is_saved,
    "DNS001": narrow_the_rule,
    "DNS004": break_the_loop,
    "DNS005": forward_to_the_inbound_endpoint,
    "DNS007": admit_by_the_other_protocol,
    "DNS008": admit_by_the_other_protocol,
    "DNS009": narrow_inbound_group,
    "DNS015": turn_support_on,
    "DNS016": turn_hostnames_on,
    "DNS020": withdraw_authorization,
    "DNS024": admit_the_sender,
    "EPT004": narrow_endpoint_group,
    "EPT006": _name_apis_in_endpoint_policy,
    "EPT011": without_missing_endpoint,
    "EPT012": admit_https_alone,
    "EPT014": admit_who_is_led_there,
    "EPT015": allow_the_api,
    "NET002": _remove_blackhole,
    "NET003": accept_the_peering,
    "NET010": associate_the_default_table,
    "NET011": without_stale_reference,
    "OPS003": _keep_logs_for_a_while,
    "POL005": deploy_what_is_saved,
    "POL007": without_missing_endpoint_in_policy,
}
