"""Answers: from a zone with wildcards, aliases and CNAMEs, from an endpoint, and from what the Internet knows."""

import msgspec

from narrowgate.lab.dns.view import ZONE, Cover
from narrowgate.lab.plan.internet import PUBLIC_ADDRESS
from narrowgate.model.domain import normalise
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.route53 import ResourceRecordSet
from narrowgate.model.snapshot import Snapshot

NOERROR, NXDOMAIN, SERVFAIL = "NOERROR", "NXDOMAIN", "SERVFAIL"


class Answer(msgspec.Struct, frozen=True):
    """A response: its code, and records as (name, type, value); `redirect` is a name still to be looked up."""

    rcode: str = NOERROR
    records: tuple[tuple[str, str, str], ...] = ()
    redirect: str | None = None


def answer_from(snapshot: Snapshot, cover: Cover, name: str, kind: str) -> Answer:
    """What a zone or an endpoint's own zone answers."""
    if cover.kind == ZONE:
        return _from_zone(snapshot, cover, name, kind)
    endpoint = snapshot.facts.vpc_endpoints[cover.resource]
    return _addresses(snapshot, endpoint, name, kind, zone=None)


def _from_zone(snapshot: Snapshot, cover: Cover, name: str, kind: str) -> Answer:
    records = snapshot.facts.record_sets.get(cover.resource, ())
    names = {normalise(each.name) for each in records}
    owner = name if _exists(name, names) else _wildcard(name, cover.domain, names)
    if owner is None:
        return Answer(NXDOMAIN) if name != cover.domain else Answer()
    own = [each for each in records if normalise(each.name) == owner]
    for each in own:
        if each.type == "CNAME" and kind != "CNAME":
            target = normalise(each.resource_records[0].value)
            return Answer(NOERROR, ((name, "CNAME", target),), target)
    found: list[tuple[str, str, str]] = []
    for each in own:
        if each.type != kind:
            continue
        if each.alias_target is not None:
            aliased = _alias(snapshot, cover, each, kind)
            found += [(name, kind, value) for _, _, value in aliased.records]
        found += [(name, kind, value.value) for value in each.resource_records]
    return Answer(NOERROR, tuple(found))


def _exists(name: str, names: set[str]) -> bool:
    """A name exists with records of its own, or because one lies below it (an empty non-terminal)."""
    return name in names or any(each.endswith("." + name) for each in names)


def _wildcard(name: str, domain: str, names: set[str]) -> str | None:
    """The wildcard at the closest encloser of a name, and at no other (RFC 4592)."""
    parent = name
    while parent != domain:
        parent = parent.partition(".")[2]
        if _exists(parent, names) or parent == domain:
            wildcard = f"*.{parent}"
            return wildcard if wildcard in names else None
    return None


def _alias(snapshot: Snapshot, cover: Cover, record: ResourceRecordSet, kind: str) -> Answer:
    target = normalise(record.alias_target.dns_name if record.alias_target else "")
    if target.endswith("." + cover.domain) or target == cover.domain:
        return _from_zone(snapshot, cover, target, kind)
    return public_answer(snapshot, target, kind)


def public_answer(snapshot: Snapshot, name: str, kind: str) -> Answer:
    """What the Internet's DNS says: endpoint and alias names with private addresses, public APIs, records told."""
    outside = snapshot.outside
    told = [each for each in outside.public_records if normalise(each.name) == name] if outside else []
    if told:
        return Answer(NOERROR, tuple((name, each.type, each.value) for each in told if each.type == kind))
    for endpoint in snapshot.facts.vpc_endpoints.values():
        for entry in endpoint.dns_entries if isinstance(endpoint.dns_entries, tuple) else ():
            own = normalise(entry.dns_name or "")
            if own.endswith(".vpce.amazonaws.com") and own == name:
                return _addresses(snapshot, endpoint, name, kind, zone=_zone_of(endpoint, own))
    for balancer in snapshot.facts.load_balancers.values():
        if balancer.dns_name is not None and normalise(balancer.dns_name) == name:
            return _balancer(snapshot, balancer.load_balancer_arn, name, kind)
    return _api_name(snapshot, name, kind)


def _api_name(snapshot: Snapshot, name: str, kind: str) -> Answer:
    label, _, domain = name.partition(".")
    if not domain.startswith("execute-api.") or not domain.endswith(".amazonaws.com"):
        return Answer(NXDOMAIN)
    api_id, _, endpoint_id = label.partition("-")
    api = snapshot.facts.rest_apis.get(api_id)
    if api is None or isinstance(api.endpoint_configuration, msgspec.UnsetType):
        return Answer(NXDOMAIN)
    if endpoint_id:
        endpoint = snapshot.facts.vpc_endpoints.get(endpoint_id)
        if endpoint is None or endpoint_id not in api.endpoint_configuration.vpc_endpoint_ids:
            return Answer(NXDOMAIN)
        return _addresses(snapshot, endpoint, name, kind, zone=None)
    if "PRIVATE" in api.endpoint_configuration.types:
        return Answer(NXDOMAIN)
    return Answer(NOERROR, ((name, "A", PUBLIC_ADDRESS),) if kind == "A" else ())


def _zone_of(endpoint: VpcEndpoint, name: str) -> str | None:
    """The Availability Zone in a zonal name, which follows the Regional name's label (VPCE-DNS-01)."""
    entries = endpoint.dns_entries if isinstance(endpoint.dns_entries, tuple) else ()
    first = normalise(entries[0].dns_name or "").partition(".")[0] if entries else ""
    label = name.partition(".")[0]
    return label[len(first) + 1 :] or None if label.startswith(first + "-") else None


def _addresses(snapshot: Snapshot, endpoint: VpcEndpoint, name: str, kind: str, *, zone: str | None) -> Answer:
    found = []
    ids = endpoint.network_interface_ids
    for own_id in ids if isinstance(ids, tuple) else ():
        interface = snapshot.facts.network_interfaces.get(own_id)
        if interface is None:
            continue
        subnet = snapshot.facts.subnets.get(interface.subnet_id or "")
        if zone is not None and (subnet is None or subnet.availability_zone != zone):
            continue
        if kind == "A" and interface.private_ip_address:
            found.append(str(interface.private_ip_address))
        if kind == "AAAA":
            found += [str(each.ipv6_address) for each in interface.ipv6_addresses]
    return Answer(NOERROR, tuple((name, kind, each) for each in found))


def _balancer(snapshot: Snapshot, arn: str, name: str, kind: str) -> Answer:
    suffix = arn.partition(":loadbalancer/")[2]
    found = [
        str(each.private_ip_address)
        for each in snapshot.facts.network_interfaces.values()
        if each.description == f"ELB {suffix}" and each.private_ip_address
    ]
    return Answer(NOERROR, tuple((name, "A", each) for each in found) if kind == "A" else ())
