"""Faults at random, planted in the facts of any estate: what people forget, switch off, or point elsewhere."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import msgspec

from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.model.estate_facts import StageExport
from narrowgate.model.filters import AclPortRange, NetworkAclEntry
from narrowgate.model.route53 import TargetAddress
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit, apply_changes

replace = msgspec.structs.replace
Fault = Callable[[Snapshot, Random], Iterator[Edit]]


def plant(snapshot: Snapshot, random: Random, count: int) -> tuple[Snapshot, tuple[str, ...]]:
    """An estate with some faults more, and their names; fewer where the estate has nothing for them."""
    named = []
    for fault in random.sample(FAULTS, len(FAULTS)):
        edits = tuple(fault(snapshot, random))
        if edits and len(named) < count:
            change = Change(
                kind="fault", resource=str(edits[0].key), text=fault.__name__, commands=(), edits=edits
            )
            snapshot = apply_changes(snapshot, (change,))
            named.append(fault.__name__)
    return snapshot, tuple(named)


def _some(random: Random, found: Any) -> Any:
    every = list(found)
    return random.choice(every) if every else None


def route_gone(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    for own, route in _a_route(snapshot, random):
        table = snapshot.facts.route_tables[own]
        yield Edit(
            "route_tables", own, replace(table, routes=tuple(each for each in table.routes if each != route))
        )


def route_dead(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    for own, route in _a_route(snapshot, random):
        table = snapshot.facts.route_tables[own]
        routes = tuple(replace(each, state="blackhole") if each == route else each for each in table.routes)
        yield Edit("route_tables", own, replace(table, routes=routes))


def _a_route(snapshot: Snapshot, random: Random) -> Iterator[tuple[str, Any]]:
    found = _some(
        random,
        (
            (own, route)
            for own, table in snapshot.facts.route_tables.items()
            for route in table.routes
            if route.vpc_peering_connection_id or route.transit_gateway_id
        ),
    )
    if found is not None:
        yield found


def group_admits_nobody(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    yield from _group(snapshot, random, "ip_permissions")


def group_lets_nothing_out(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    yield from _group(snapshot, random, "ip_permissions_egress")


def _group(snapshot: Snapshot, random: Random, field: str) -> Iterator[Edit]:
    found = _some(random, (each for each in snapshot.facts.security_groups.values() if getattr(each, field)))
    if found is not None:
        yield Edit("security_groups", found.group_id, replace(found, **{field: ()}))


def acl_denies(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    acl = _some(random, snapshot.facts.network_acls.values())
    if acl is None or any(each.rule_number == 50 for each in acl.entries):
        return
    protocol, ports = random.choice(
        (("6", (443, 443)), ("6", (1024, 65535)), ("17", (53, 53)), ("17", (1024, 65535)))
    )
    entry = NetworkAclEntry(
        rule_number=50,
        protocol=protocol,
        rule_action="deny",
        egress=random.random() < 0.5,
        cidr_block="0.0.0.0/0",
        port_range=AclPortRange(from_port=ports[0], to_port=ports[1]),
    )
    yield Edit("network_acls", acl.network_acl_id, replace(acl, entries=(entry, *acl.entries)))


def peering_waits(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(random, snapshot.facts.vpc_peering_connections.values())
    if found is None:
        return
    status = replace(found.status, code="pending-acceptance")
    yield Edit("vpc_peering_connections", found.vpc_peering_connection_id, replace(found, status=status))
    for own, table in snapshot.facts.route_tables.items():
        if any(each.vpc_peering_connection_id == found.vpc_peering_connection_id for each in table.routes):
            dead = tuple(
                replace(each, state="blackhole")
                if each.vpc_peering_connection_id == found.vpc_peering_connection_id
                else each
                for each in table.routes
            )
            yield Edit("route_tables", own, replace(table, routes=dead))


def gateway_route_gone(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(
        random,
        (
            (own, query, route)
            for own, queries in snapshot.facts.transit_gateway_route_queries.items()
            for query in queries
            for route in query.routes
        ),
    )
    if found is None:
        return
    own, query, route = found
    left = tuple(each for each in query.routes if each != route)
    queries = snapshot.facts.transit_gateway_route_queries[own]
    yield Edit(
        "transit_gateway_route_queries",
        own,
        tuple(replace(each, routes=left) if each == query else each for each in queries),
    )
    kept = tuple(
        each
        for each in snapshot.facts.transit_gateway_propagations.get(own, ())
        if each.transit_gateway_attachment_id
        not in {one.transit_gateway_attachment_id for one in route.transit_gateway_attachments}
    )
    yield Edit("transit_gateway_propagations", own, kept)


def gateway_association_gone(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(
        random, ((own, each) for own, held in snapshot.facts.transit_gateway_associations.items() for each in held)
    )
    if found is None:
        return
    own, gone = found
    held = snapshot.facts.transit_gateway_associations[own]
    yield Edit("transit_gateway_associations", own, tuple(each for each in held if each != gone))
    attachment = snapshot.facts.transit_gateway_attachments.get(gone.transit_gateway_attachment_id)
    if attachment is not None:
        yield Edit(
            "transit_gateway_attachments",
            attachment.transit_gateway_attachment_id,
            replace(attachment, association=None),
        )


def attachment_lacks_a_zone(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(
        random,
        (each for each in snapshot.facts.transit_gateway_vpc_attachments.values() if len(each.subnet_ids) > 1),
    )
    if found is not None:
        left = tuple(each for each in found.subnet_ids if each != random.choice(found.subnet_ids))
        yield Edit(
            "transit_gateway_vpc_attachments", found.transit_gateway_attachment_id, replace(found, subnet_ids=left)
        )


def rule_unassociated(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(
        random,
        (
            each
            for each in snapshot.facts.resolver_rule_associations
            if not each.resolver_rule_id.startswith("rslvr-autodefined")
        ),
    )
    if found is not None:
        yield Edit("resolver_rule_associations", found, None)


def rule_leads_elsewhere(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(random, (each for each in snapshot.facts.resolver_rules.values() if each.target_ips))
    if found is not None:
        targets = (TargetAddress(ip="10.0.0.2"),)
        yield Edit("resolver_rules", found.id, replace(found, target_ips=targets))


def zone_unassociated(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(random, ((own, each) for own, held in snapshot.facts.hosted_zone_vpcs.items() for each in held))
    if found is not None:
        own, gone = found
        held = snapshot.facts.hosted_zone_vpcs[own]
        yield Edit("hosted_zone_vpcs", own, tuple(each for each in held if each != gone))


def record_gone(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(
        random,
        (
            (own, each)
            for own, held in snapshot.facts.record_sets.items()
            for each in held
            if each.type in ("A", "AAAA")
        ),
    )
    if found is not None:
        own, gone = found
        held = snapshot.facts.record_sets[own]
        yield Edit("record_sets", own, tuple(each for each in held if each != gone))


def attribute_off(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    own = _some(random, snapshot.facts.vpc_attributes)
    if own is not None:
        known = snapshot.facts.vpc_attributes[own]
        yield Edit("vpc_attributes", own, known | {random.choice(list(known)): False})


def private_dns_off(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(random, (each for each in snapshot.facts.vpc_endpoints.values() if each.private_dns_enabled))
    if found is not None:
        yield Edit("vpc_endpoints", found.vpc_endpoint_id, replace(found, private_dns_enabled=False))


def endpoint_policy_for_another(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(random, snapshot.facts.vpc_endpoints.values())
    if found is not None:
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "execute-api:Invoke",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0ffffffffffffffff"}},
        }
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        yield Edit("vpc_endpoints", found.vpc_endpoint_id, replace(found, policy_document=text))


def policy_names_another_endpoint(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    yield from _policy(snapshot, random, {"StringEquals": {"aws:SourceVpce": "vpce-0ffffffffffffffff"}})


def policy_names_another_range(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    yield from _policy(snapshot, random, {"IpAddress": {"aws:VpcSourceIp": "198.51.100.0/24"}})


def _policy(snapshot: Snapshot, random: Random, condition: Any) -> Iterator[Edit]:
    """The policy of an API with another condition in each of its statements; deployed."""
    api = _some(random, (each for each in snapshot.facts.rest_apis.values() if each.policy))
    if api is None:
        return
    document = compile_policy(api.policy, kind=PolicyKind.RESOURCE).document
    kept = [each for each in document["Statement"] if each["Effect"] == "Allow"]
    changed = [each | {"Condition": each.get("Condition", {}) | condition} for each in kept]
    text = json.dumps(document | {"Statement": changed})
    yield Edit("rest_apis", api.id, replace(api, policy=text))
    for key, export in snapshot.facts.stage_exports.items():
        if key[0] == api.id:
            yield Edit("stage_exports", key, replace(export, policy=text))


def policy_not_deployed(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    own = _some(random, snapshot.facts.stage_exports)
    if own is not None:
        export = snapshot.facts.stage_exports[own]
        yield Edit("stage_exports", own, StageExport(policy=None, methods=export.methods))


def endpoint_not_associated(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    api = _some(random, snapshot.facts.rest_apis.values())
    if api is not None and api.endpoint_configuration.vpc_endpoint_ids:
        configuration = replace(api.endpoint_configuration, vpc_endpoint_ids=())
        yield Edit("rest_apis", api.id, replace(api, endpoint_configuration=configuration))


def profile_unassociated(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(random, snapshot.facts.profile_associations)
    if found is not None:
        yield Edit("profile_associations", found, None)


def profile_lacks_its_resource(snapshot: Snapshot, random: Random) -> Iterator[Edit]:
    found = _some(
        random,
        ((own, each) for own, held in snapshot.facts.profile_resource_associations.items() for each in held),
    )
    if found is not None:
        own, gone = found
        held = snapshot.facts.profile_resource_associations[own]
        yield Edit("profile_resource_associations", own, tuple(each for each in held if each != gone))


FAULTS: tuple[Fault, ...] = (
    route_gone,
    route_dead,
    group_admits_nobody,
    group_lets_nothing_out,
    acl_denies,
    peering_waits,
    gateway_route_gone,
    gateway_association_gone,
    attachment_lacks_a_zone,
    rule_unassociated,
    rule_leads_elsewhere,
    zone_unassociated,
    record_gone,
    attribute_off,
    private_dns_off,
    endpoint_policy_for_another,
    policy_names_another_endpoint,
    policy_names_another_range,
    policy_not_deployed,
    endpoint_not_associated,
    profile_unassociated,
    profile_lacks_its_resource,
)
