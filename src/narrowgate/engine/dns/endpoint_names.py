"""Names of interface endpoints: the public `vpce` names, and the managed zone behind private DNS (VPCE-DNS-*)."""

from typing import NamedTuple

from narrowgate.engine.dns.outcome import Outcome, Query, answered, change, passing, refused, undecided
from narrowgate.engine.dns.record_text import records_text
from narrowgate.model.address import Address, parse_address
from narrowgate.model.answer import Missing, Rcode
from narrowgate.model.domain import normalise
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index, keyed_index

VPCE_DOMAINS = ("vpce.amazonaws.com", "vpce.amazonaws.com.cn")
_WITHOUT_NAMES = frozenset({"Gateway", "GatewayLoadBalancer"})
EXECUTE_API = "execute-api"
_NOT_THERE = frozenset({"deleted", "expired", "pendingacceptance", "rejected"})
_SERVING = frozenset({"available", "partial"})


class EndpointName(NamedTuple):
    """A public name of an endpoint: the regional one, or that of one Availability Zone."""

    endpoint_id: str
    zone_name: str | None
    hosted_zone_id: str | None


class EndpointAddresses(NamedTuple):
    """Addresses of an endpoint's interfaces, and what nobody knows about them."""

    ipv4: tuple[str, ...]
    ipv6: tuple[str, ...]
    unknowns: tuple[Missing, ...]


def is_vpce_name(name: str) -> bool:
    """True for names below AWS's public domain of endpoint names."""
    return name.endswith((".vpce.amazonaws.com", ".vpce.amazonaws.com.cn"))


def has_names(endpoint: VpcEndpoint) -> bool:
    """True for the endpoint types that have DNS names."""
    return endpoint.vpc_endpoint_type not in _WITHOUT_NAMES


def never_came_to_be(endpoint: VpcEndpoint) -> bool:
    """True for endpoints that were never accepted or are gone: nothing has their names.

    Any other state leaves the names in place, as far as is documented; whether the endpoint serves is a matter of
    the path (VPCE-04).
    """
    return not isinstance(endpoint.state, UnsetType) and endpoint.state.lower() in _NOT_THERE


def service_suffix(endpoint: VpcEndpoint) -> tuple[str, str] | None:
    """Service and Region of an AWS service's endpoint (`com.amazonaws.{region}.{service}`); None for others."""
    if isinstance(endpoint.service_name, UnsetType):
        return None
    parts = endpoint.service_name.removeprefix("cn.").split(".", 3)
    if len(parts) < 4 or parts[:2] != ["com", "amazonaws"]:
        return None
    return parts[3], parts[2]


def is_execute_api(endpoint: VpcEndpoint) -> bool:
    """True for an endpoint of API Gateway's execute-api service."""
    service = service_suffix(endpoint)
    return service is not None and service[0] == EXECUTE_API


def is_inbound_only(endpoint: VpcEndpoint) -> bool:
    """Whether private DNS is meant for questions through inbound endpoints only (VPCE-DNS-09)."""
    options = endpoint.dns_options
    return bool(options and options.private_dns_only_for_inbound_resolver_endpoint)


@index
def public_names(snapshot: Snapshot) -> dict[str, EndpointName]:
    """Every public endpoint name of the estate (VPCE-DNS-02)."""
    names: dict[str, EndpointName] = {}
    for endpoint in snapshot.facts.vpc_endpoints.values():
        if isinstance(endpoint.dns_entries, UnsetType) or not has_names(endpoint) or never_came_to_be(endpoint):
            continue
        regional: str | None = None
        for entry in endpoint.dns_entries:
            name = normalise(entry.dns_name or "")
            if not is_vpce_name(name):
                continue
            label = name.removeprefix("*.").partition(".")[0]
            if regional is None:
                # DnsEntries list the regional name first (VPCE-DNS-01).
                regional = label
            zone = label[len(regional) + 1 :] if label.startswith(regional + "-") else None
            names[name] = EndpointName(endpoint.vpc_endpoint_id, zone or None, entry.hosted_zone_id)
    return names


def private_names(endpoint: VpcEndpoint) -> tuple[str, ...] | None:
    """The names in the endpoint's managed zones, `*.` included; None where nobody knows.

    For execute-api they are documented (VPCE-DNS-01, AGW-04), whatever `DnsEntries` shows.
    """
    service = service_suffix(endpoint)
    if service is not None and service[0] == EXECUTE_API:
        china = ".cn" if service[1].startswith("cn-") else ""
        domain = f"{EXECUTE_API}.{service[1]}.amazonaws.com{china}"
        return (domain, f"*.{domain}")
    if isinstance(endpoint.dns_entries, UnsetType):
        return None
    names = (normalise(entry.dns_name or "") for entry in endpoint.dns_entries)
    return tuple(name for name in names if name and not is_vpce_name(name))


def holds_name(endpoint: VpcEndpoint, domain: str, name: str) -> bool:
    """Whether the endpoint's managed zone for a domain has a name, its wildcard if it has one (VPCE-DNS-05)."""
    names = private_names(endpoint) or ()
    return name in names or (name != domain and f"*.{domain}" in names)


def endpoint_addresses(snapshot: Snapshot, endpoint: VpcEndpoint, zone_name: str | None) -> EndpointAddresses:
    """Addresses of all interfaces of an endpoint, or of those in one Availability Zone."""
    return _addresses(snapshot, (endpoint.vpc_endpoint_id, zone_name))


@keyed_index
def _addresses(snapshot: Snapshot, key: tuple[str, str | None]) -> EndpointAddresses:
    own, zone_name = key
    endpoint = snapshot.facts.vpc_endpoints[own]
    if isinstance(endpoint.network_interface_ids, UnsetType):
        missing = Missing(fact="VpcEndpoint.NetworkInterfaceIds", resource=own)
        return EndpointAddresses((), (), () if snapshot.assume_complete else (missing,))
    found: set[Address] = set()
    unknowns: list[Missing] = []
    for interface_id in endpoint.network_interface_ids:
        interface = snapshot.facts.network_interfaces.get(interface_id)
        if interface is None:
            account, region = snapshot.account_of(own), snapshot.region_of(own)
            gap = snapshot.missing("ec2.describe_network_interfaces", account, region, resource=interface_id)
            if gap is not None:
                unknowns.append(gap)
            continue
        if zone_name is not None and interface.availability_zone != zone_name:
            if interface.availability_zone is None:
                unknowns.append(Missing(fact="NetworkInterface.AvailabilityZone", resource=interface_id))
            continue
        texts = [interface.private_ip_address] if interface.private_ip_address else []
        texts += [each.private_ip_address for each in interface.private_ip_addresses]
        texts += [each.ipv6_address for each in interface.ipv6_addresses]
        if not texts:
            unknowns.append(Missing(fact="NetworkInterface.PrivateIpAddress", resource=interface_id))
        found.update(parse_address(text) for text in texts)
    ordered = sorted(found)
    return EndpointAddresses(
        tuple(str(each) for each in ordered if each.family == 4),
        tuple(str(each) for each in ordered if each.family == 6),
        tuple(unknowns),
    )


def answer_from_endpoint(
    query: Query, endpoint: VpcEndpoint, zone_name: str | None, *, answered_by: str, rule: str
) -> Outcome:
    """The endpoint's addresses of the asked family, as `DnsRecordIpType` lets them out (VPCE-DNS-08)."""
    own = endpoint.vpc_endpoint_id
    wanted = {"A": "ipv4", "AAAA": "ipv6"}.get(query.type)
    kind = _record_ip_type(endpoint)
    if wanted is None or kind not in (wanted, "dualstack", "service-defined"):
        return refused(
            Rcode.NODATA,
            Reason.DNS_NO_RECORD_OF_TYPE,
            answered_by,
            "VPCE-DNS-08",
            f"{query.name} exists, and its endpoint {own} ({kind}) has no {query.type} record",
        )
    if kind == "service-defined" and wanted == "ipv6":
        gap = Missing(
            fact="VpcEndpoint.DnsOptions", resource=own, why="the service decides whether it has AAAA records"
        )
        return undecided(answered_by, "VPCE-DNS-08", f"the service of {own} decides about AAAA records", (gap,))
    addresses = endpoint_addresses(query.snapshot, endpoint, zone_name)
    texts = addresses.ipv4 if wanted == "ipv4" else addresses.ipv6
    if addresses.unknowns:
        told = undecided(
            answered_by,
            rule,
            f"{query.name} is endpoint {own}; the addresses of its interfaces are not all known",
            addresses.unknowns,
        )
        return _known_target(told, own, answered_by)
    if not texts:
        return refused(
            Rcode.NODATA,
            Reason.DNS_NO_RECORD_OF_TYPE,
            answered_by,
            "VPCE-DNS-08",
            f"endpoint {own} has no interface with an {wanted} address",
        )
    place = f" in {zone_name}" if zone_name else ""
    step = passing(
        answered_by,
        rule,
        f"{query.name} is endpoint {own}{place}: {', '.join(texts)}",
        chosen=own,
        evidence=(query.snapshot.evidence(own, "NetworkInterfaceIds", ",".join(_interface_ids(endpoint))),),
    )
    found = answered(step, records=records_text(query.name, query.type, texts), target=own, addresses=texts)
    if isinstance(endpoint.state, UnsetType) or endpoint.state.lower() in _SERVING:
        return found
    warning = f"endpoint {own} is {endpoint.state}: its names may not answer yet, or no more (VPCE-04)"
    return found.after(warnings=(warning,))


def _known_target(told: Outcome, target: str, answered_by: str) -> Outcome:
    return change(told, rcode=Rcode.NOERROR, target=target, answered_by=answered_by)


def _interface_ids(endpoint: VpcEndpoint) -> tuple[str, ...]:
    return () if isinstance(endpoint.network_interface_ids, UnsetType) else endpoint.network_interface_ids


def _record_ip_type(endpoint: VpcEndpoint) -> str:
    options = endpoint.dns_options
    told = options.dns_record_ip_type if options else None
    return (told or endpoint.ip_address_type or "ipv4").lower()
