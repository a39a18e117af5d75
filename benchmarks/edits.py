"""Figures of `exposure` after edits of many kinds: every VPC's lists again, against the same from scratch.

python benchmarks/edits.py FOLDER        one edit after the other, as JSON
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from estate import write_estate
from figures import Figure, in_a_process

from narrowgate.exposure.apis.apis import apis_of_vpc
from narrowgate.exposure.names.names import names_of_vpc
from narrowgate.exposure.reuse.earlier import continue_from
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.collection import without_cycle_search
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit, apply_changes
from narrowgate.sources.snapshot import load_snapshot

_VPCS = 300
_CLOSED = '{"Version": "2012-10-17", "Statement": []}'
replace = msgspec.structs.replace


def after_edits(seed: int) -> list[Figure]:
    """A line for each kind of edit: CPU seconds with what can be taken over, and how many times less that is."""
    with tempfile.TemporaryDirectory(prefix="narrowgate-edits-") as made:
        write_estate(Path(made), _VPCS, seed)
        itself = f"import runpy; runpy.run_path({__file__!r}, run_name='__main__')"
        found = json.loads(in_a_process(itself, made))
    scratch = found.pop("scratch")
    figures = [Figure(what=f"exposure of each of {_VPCS} VPCs, from scratch", measured=f"{scratch:.2f} CPU s")]
    for what, (seconds, work) in found.items():
        anew = ", ".join(f"{count:,} {each}" for each, count in work.items()) or "nothing"
        peer = f"{scratch / seconds:,.0f} times less; anew: {anew}"
        figures.append(
            Figure(what=f"  … again, after an edit of {what}", measured=f"{seconds:.2f} CPU s", peer=peer)
        )
    return figures


def edits(snapshot: Snapshot) -> Iterator[tuple[str, Edit]]:
    """What is edited and how; most of one VPC on a gateway, the rest of its hub."""
    facts = snapshot.facts
    attachment = facts.transit_gateway_vpc_attachments[sorted(facts.transit_gateway_vpc_attachments)[5]]
    spoke = attachment.vpc_id
    yield from _of_filters(snapshot, spoke)
    yield from _of_names(snapshot, spoke)
    yield from _of_doors(snapshot, spoke)
    yield from _of_links(snapshot, attachment.transit_gateway_attachment_id)


def _of_filters(snapshot: Snapshot, spoke: str) -> Iterator[tuple[str, Edit]]:
    facts = snapshot.facts
    group = next(
        each for each in facts.security_groups.values() if (each.vpc_id, each.group_name) == (spoke, "service-03")
    )
    yield "a security group", Edit("security_groups", group.group_id, replace(group, ip_permissions=()))
    acl = next(each for each in facts.network_acls.values() if each.vpc_id == spoke)
    yield "a network ACL", Edit("network_acls", acl.network_acl_id, replace(acl, entries=()))
    table = next(
        each for each in facts.route_tables.values() if each.vpc_id == spoke and len(each.routes or ()) > 1
    )
    yield "a route", Edit("route_tables", table.route_table_id, replace(table, routes=(table.routes or ())[:-1]))
    known = next(each for each in facts.network_interfaces.values() if each.vpc_id == spoke)
    yield "an interface", Edit("network_interfaces", known.network_interface_id, replace(known, groups=()))


def _of_names(snapshot: Snapshot, spoke: str) -> Iterator[tuple[str, Edit]]:
    facts = snapshot.facts
    turned = {each: not on for each, on in facts.vpc_attributes[spoke].items()}
    yield "a VPC's DNS attributes", Edit("vpc_attributes", spoke, turned)
    options = replace(facts.vpcs[spoke], dhcp_options_id=min(facts.dhcp_options))
    yield "a VPC's DHCP options", Edit("vpcs", spoke, options)
    zone, vpcs = sorted(facts.hosted_zone_vpcs.items())[3]
    yield "a zone's VPCs", Edit("hosted_zone_vpcs", zone, (*vpcs, replace(vpcs[0], vpc_id=spoke)))
    yield "a zone's records", Edit("record_sets", zone, facts.record_sets[zone][1:])
    association = next(each for each in facts.resolver_rule_associations if each.vpc_id == spoke)
    yield "a Resolver rule's association", Edit("resolver_rule_associations", association, None)
    own, rule = next((own, each) for own, each in sorted(facts.resolver_rules.items()) if each.target_ips)
    yield "a Resolver rule", Edit("resolver_rules", own, replace(rule, target_ips=rule.target_ips[:1]))
    inbound = next(own for own, each in sorted(facts.resolver_endpoints.items()) if each.direction == "INBOUND")
    addresses = facts.resolver_endpoint_ips[inbound]
    yield "the hub's Resolver endpoint", Edit("resolver_endpoint_ips", inbound, addresses[:1])
    group = next(each for each in facts.security_groups.values() if each.group_name == "resolver")
    narrow = replace(group, ip_permissions=(group.ip_permissions or ())[:1])
    yield "that endpoint's group", Edit("security_groups", group.group_id, narrow)
    yield "a firewall's rules", Edit("firewall_rules", min(facts.firewall_rules), ())


def _of_doors(snapshot: Snapshot, spoke: str) -> Iterator[tuple[str, Edit]]:
    facts = snapshot.facts
    door = next(each for each in facts.vpc_endpoints.values() if "execute-api" in str(each.service_name))
    own = door.vpc_endpoint_id
    yield "the hub endpoint's policy", Edit("vpc_endpoints", own, replace(door, policy_document=_CLOSED))
    yield "its private DNS", Edit("vpc_endpoints", own, replace(door, private_dns_enabled=False))
    other = next(
        each
        for each in facts.vpc_endpoints.values()
        if (each.vpc_id, each.vpc_endpoint_type) == (spoke, "Interface")
    )
    yield "another endpoint's state", Edit("vpc_endpoints", other.vpc_endpoint_id, replace(other, state="pending"))
    api = sorted(facts.rest_apis)[4]
    yield (
        "an API's policy that is not deployed",
        Edit("rest_apis", api, replace(facts.rest_apis[api], policy=None)),
    )
    stage, export = sorted(facts.stage_exports.items())[4]
    yield "an API's deployment", Edit("stage_exports", stage, replace(export, policy=None))


def _of_links(snapshot: Snapshot, attachment_id: str) -> Iterator[tuple[str, Edit]]:
    facts = snapshot.facts
    yield "a peering", Edit("vpc_peering_connections", sorted(facts.vpc_peering_connections)[3], None)
    attachment = facts.transit_gateway_vpc_attachments[attachment_id]
    gone = replace(attachment, state="deleted")
    yield "a gateway's attachment", Edit("transit_gateway_vpc_attachments", attachment_id, gone)
    table, (query, *_) = sorted(facts.transit_gateway_route_queries.items())[0]
    yield (
        "a gateway's route",
        Edit("transit_gateway_route_queries", table, (replace(query, routes=query.routes[1:]),)),
    )
    members = facts.transit_gateway_associations[table]
    yield "a gateway's association", Edit("transit_gateway_associations", table, members[1:])


def _answer(snapshot: Snapshot) -> float:
    started = time.process_time()
    with without_cycle_search():
        for vpc in sorted(snapshot.facts.vpcs):
            sockets = sockets_of_vpc(snapshot, vpc)
            names_of_vpc(snapshot, vpc, sockets)
            apis_of_vpc(snapshot, vpc, sockets)
    return time.process_time() - started


def _after(before: Snapshot, edit: Edit) -> tuple[float, dict[str, int]]:
    after = apply_changes(before, (Change(kind="edit", resource="", text="", commands=(), edits=(edit,)),))
    started = time.process_time()
    earlier = continue_from(after, before)
    spent = time.process_time() - started
    return spent + _answer(after), dict(earlier.work) if earlier is not None else {"every list": 1}


def main() -> int:
    """Answer the lists of an estate, then again after each edit of the one that was loaded."""
    before = load_snapshot(Path(sys.argv[1]))
    found: dict[str, Any] = {"scratch": _answer(before)}
    for what, edit in edits(before):
        found[what] = _after(before, edit)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
