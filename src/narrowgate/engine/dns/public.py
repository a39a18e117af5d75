"""What public DNS says: the records that the estate itself puts there, and those that an outside file names."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from narrowgate.engine.dns.api_names import answer_api_name
from narrowgate.engine.dns.ec2_holders import parse_public_hostname
from narrowgate.engine.dns.ec2_names import answer_public_hostname
from narrowgate.engine.dns.endpoint_names import (
    EXECUTE_API,
    answer_from_endpoint,
    is_vpce_name,
    private_names,
    public_names,
    service_suffix,
)
from narrowgate.engine.dns.load_balancer_names import answer_from_load_balancer, load_balancers_by_name
from narrowgate.engine.dns.outcome import (
    PUBLIC,
    Outcome,
    Query,
    answered,
    only_public_dns_knows,
    passing,
    refused,
    undecided,
)
from narrowgate.engine.dns.public_names import is_never_public, is_service_name
from narrowgate.engine.dns.record_answer import Chase, Redirect, answer_from_zone, custom_domain_targets
from narrowgate.engine.dns.record_text import record_text, records_text
from narrowgate.engine.dns.zones import zone_contents
from narrowgate.model.answer import Missing, Rcode
from narrowgate.model.domain import normalise, parents
from narrowgate.model.fact import UnsetType
from narrowgate.model.outside import OutsideRecord
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index

_ENDPOINT_LABEL = re.compile(r"(?:^|\.)(?P<id>vpce-[0-9a-z]+)-")
_ADDRESS_TYPES = frozenset({"A", "AAAA"})


def answer_publicly(query: Query, chase: Chase) -> Outcome:
    """What public recursion finds; names that only the world outside knows are undecided, not absent."""
    for source in (_outside, _endpoint_name, answer_api_name, _hostname, _load_balancer, _hosted_zone, _service):
        outcome = source(query, chase)
        if outcome is not None:
            return outcome
    if is_never_public(query.name):
        return refused(
            Rcode.NXDOMAIN,
            Reason.DNS_NAME_NOT_FOUND,
            PUBLIC,
            "PHZ-01",
            f"public DNS has no {query.name}: its top-level domain is not delegated",
        )
    return only_public_dns_knows(query)


@index
def _outside_records(snapshot: Snapshot) -> Mapping[str, tuple[OutsideRecord, ...]]:
    names: dict[str, tuple[OutsideRecord, ...]] = {}
    for record in snapshot.outside.public_records if snapshot.outside else ():
        name = normalise(record.name)
        names[name] = (*names.get(name, ()), record)
    return MappingProxyType(names)


def _outside(query: Query, chase: Chase) -> Outcome | None:
    records = _outside_records(query.snapshot).get(query.name)
    return None if records is None else answer_from_records(query, records, PUBLIC, "PHZ-01", chase)


def answer_from_records(
    query: Query, records: tuple[OutsideRecord, ...], source: str, rule: str, chase: Chase
) -> Outcome:
    """An answer from the plain records of one name, as the outside file spells them."""
    values = tuple(record.value for record in records if record.type.upper() == query.type)
    if values:
        step = passing(
            source, rule, f"{source} answers {query.name} {query.type} {', '.join(values)}", chosen=query.name
        )
        is_public = source == PUBLIC
        return answered(
            step,
            records=records_text(query.name, query.type, values),
            target=PUBLIC if is_public else query.name,
            addresses=values if query.type in _ADDRESS_TYPES else (),
        )
    cname = next((record.value for record in records if record.type.upper() == "CNAME"), None)
    if cname is None:
        return refused(
            Rcode.NODATA,
            Reason.DNS_NO_RECORD_OF_TYPE,
            source,
            rule,
            f"{source} has {query.name} without a {query.type} record",
        )
    target = normalise(cname)
    step = passing(source, rule, f"{source} answers {query.name} CNAME {target}", chosen=target)
    return chase(query, Redirect(target, record_text(query.name, "CNAME", target), step))


def _endpoint_name(query: Query, chase: Chase) -> Outcome | None:
    """Names below `vpce.amazonaws.com`: public records with private addresses (VPCE-DNS-02)."""
    if not is_vpce_name(query.name):
        return None
    snapshot = query.snapshot
    for name in (query.name, "*." + query.name.partition(".")[2]):
        found = public_names(snapshot).get(name)
        if found is not None:
            endpoint = snapshot.facts.vpc_endpoints[found.endpoint_id]
            return answer_from_endpoint(query, endpoint, found.zone_name, answered_by=PUBLIC, rule="VPCE-DNS-02")
    label = _ENDPOINT_LABEL.search(query.name)
    endpoint_id = label["id"] if label else query.name
    known = snapshot.facts.vpc_endpoints.get(endpoint_id)
    if known is not None and not isinstance(known.dns_entries, UnsetType):
        return refused(
            Rcode.NXDOMAIN,
            Reason.DNS_NAME_NOT_FOUND,
            endpoint_id,
            "VPCE-DNS-01",
            f"{query.name} is none of the names of {endpoint_id}",
        )
    gap = Missing(fact="VpcEndpoint.DnsEntries", resource=endpoint_id)
    if known is None:
        gap = Missing(fact="ec2.describe_vpc_endpoints", resource=endpoint_id, why="not in the source")
    return undecided(PUBLIC, "VPCE-DNS-02", f"the endpoint behind {query.name} is unknown", (gap,))


def _hostname(query: Query, chase: Chase) -> Outcome | None:
    """Public hostnames of instances: the public address, whoever asks from outside (PEER-DNS-01)."""
    hostname = parse_public_hostname(query.name)
    return None if hostname is None else answer_public_hostname(query, hostname)


def _load_balancer(query: Query, chase: Chase) -> Outcome | None:
    balancer = load_balancers_by_name(query.snapshot).get(query.name)
    return None if balancer is None else answer_from_load_balancer(query, balancer)


@index
def _public_zones(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = {}
    for zone_id, zone in snapshot.facts.hosted_zones.items():
        private = zone.config.private_zone
        if private is False or (isinstance(private, UnsetType) and snapshot.assume_complete):
            domain = normalise(zone.name)
            zones[domain] = (*zones.get(domain, ()), zone_id)
    return zones


def _hosted_zone(query: Query, chase: Chase) -> Outcome | None:
    """A public hosted zone of the estate; that the world delegates to it is taken for granted."""
    for domain in parents(query.name):
        zone_ids = _public_zones(query.snapshot).get(domain)
        if not zone_ids:
            continue
        zone = zone_contents(query.snapshot, zone_ids[0])
        if len(zone_ids) > 1 or isinstance(zone, Missing):
            gap = (
                zone
                if isinstance(zone, Missing)
                else Missing(
                    fact="public DNS",
                    resource=domain,
                    why="several public zones of one name: the parent's NS decides",
                )
            )
            return undecided(zone_ids[0], "PHZ-01", f"what public zone {domain} says is unknown", (gap,))
        outcome = answer_from_zone(query, zone, None, chase)
        return outcome.after(
            warnings=(f"taken for granted: public DNS delegates {domain} to hosted zone {zone.zone_id}",)
        )
    return None


def _service(query: Query, chase: Chase) -> Outcome | None:
    """Public Regional names of AWS services, and of API Gateway's public custom domain names."""
    is_public = (
        is_service_name(query.name)
        or query.name in _names_behind_endpoints(query.snapshot)
        or query.name in custom_domain_targets(query.snapshot)
    )
    if not is_public:
        return None
    if query.type != "A":
        return only_public_dns_knows(query)
    step = passing(PUBLIC, "DNS-11", f"{query.name} is a public name of AWS: public addresses", chosen=query.name)
    return answered(step, records=(), target=PUBLIC)


@index
def _names_behind_endpoints(snapshot: Snapshot) -> frozenset[str]:
    """Private DNS names of AWS services' endpoints: each is the service's public name as well."""
    return frozenset(
        name
        for endpoint in snapshot.facts.vpc_endpoints.values()
        for name in _service_names(endpoint)
        if not name.startswith("*")
    )


def _service_names(endpoint: VpcEndpoint) -> tuple[str, ...]:
    service = service_suffix(endpoint)
    # An execute-api domain has public names of its own only where an API has one.
    return () if service is None or service[0] == EXECUTE_API else private_names(endpoint) or ()
