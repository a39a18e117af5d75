"""Public names that hold private addresses: endpoint names, alias names, balancers, records of public zones."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from narrowgate.engine.dns.endpoint_names import public_names
from narrowgate.engine.dns.firewall import Group
from narrowgate.engine.dns.firewall_domains import domain_list
from narrowgate.engine.dns.load_balancer_names import load_balancers_by_name
from narrowgate.engine.dns.outcome import PUBLIC, Outcome, Query
from narrowgate.engine.dns.public_dns import ask_publicly
from narrowgate.engine.dns.resolver import ask_resolver
from narrowgate.engine.dns.view import View, view_of
from narrowgate.engine.dns.zones import zone_contents
from narrowgate.engine.network.route_lookup import is_private
from narrowgate.exposure.names.cells import WITNESS, because
from narrowgate.exposure.names.lost import known_publicly
from narrowgate.model.address import parse_address
from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.domain import normalise, parents
from narrowgate.model.exposure import OPEN, PARTIAL, UNKNOWN, Because, ExposedName
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot, index

_STATES = {Verdict.ALLOWED: OPEN, Verdict.UNKNOWN: UNKNOWN}


@index
def public_entries(snapshot: Snapshot) -> tuple[ExposedName, ...]:
    """Every public name that the facts know of and that carries a private address, as the Internet sees it."""
    found = []
    for name in dict.fromkeys(_known_names(snapshot)):
        entry = _as_entry(name, ask_publicly(Query(snapshot, name, "A")))
        if entry is not None:
            found.append(entry)
    return (*found, *_unlisted(snapshot))


_LISTS = (
    ("ec2.describe_vpc_endpoints", "*.vpce.amazonaws.com", "VPCE-DNS-02"),
    ("apigateway.get_rest_apis", "*.amazonaws.com", "VPCE-DNS-03"),
    ("elbv2.describe_load_balancers", "*.elb.amazonaws.com", "DNS-11"),
    ("route53.list_hosted_zones", "*", "PHZ-01"),
)
"""Lists of what has public names, the names that could be among them, and the rule that gives them."""


def _unlisted(snapshot: Snapshot) -> Iterator[ExposedName]:
    """Public names of what nobody listed, in the accounts and Regions that were asked anything."""
    places = {(call.account, call.region) for call in (*snapshot.calls, *snapshot.refused)}
    for operation, name, rule in _LISTS:
        is_global = operation.startswith("route53.")
        gaps = [
            gap
            for account, region in sorted(places, key=str)
            if (region == "global") is is_global or region is None
            if (gap := snapshot.missing(operation, account, region)) is not None
        ]
        if gaps:
            reason = Because(text="names of what nobody listed may hold private addresses", rule=rule)
            yield ExposedName(name=name, state=UNKNOWN, via="public DNS", because=(reason,), unknowns=tuple(gaps))


def _as_entry(name: str, outcome: Outcome) -> ExposedName | None:
    private = tuple(text for text in outcome.addresses if is_private(parse_address(text)))
    is_open = outcome.verdict in (Verdict.ALLOWED, Verdict.PARTIAL) and private
    unknowns = tuple(fact for fact in outcome.unknowns if fact.fact != "public DNS")
    if not is_open and not (outcome.verdict is Verdict.UNKNOWN and unknowns):
        return None
    return ExposedName(
        name=name,
        target=outcome.target if outcome.target != PUBLIC else name,
        addresses=private,
        state=_STATES.get(outcome.verdict, PARTIAL),
        via="public DNS",
        because=because(outcome),
        unknowns=unknowns if outcome.verdict is Verdict.UNKNOWN else (),
    )


def _known_names(snapshot: Snapshot) -> Iterator[str]:
    facts = snapshot.facts
    yield from public_names(snapshot)
    for api in facts.rest_apis.values():
        configuration = api.endpoint_configuration
        region = snapshot.region_of(api.id)
        for endpoint in () if isinstance(configuration, UnsetType) else configuration.vpc_endpoint_ids:
            china = ".cn" if (region or "").startswith("cn-") else ""
            yield f"{api.id}-{endpoint}.execute-api.{region}.amazonaws.com{china}"
    yield from load_balancers_by_name(snapshot)
    for record in snapshot.outside.public_records if snapshot.outside else ():
        yield normalise(record.name)
    for zone_id, zone in facts.hosted_zones.items():
        if zone.config.private_zone is False:
            contents = zone_contents(snapshot, zone_id)
            yield from () if isinstance(contents, Missing) else contents.nodes


_DECIDING = (
    "vpc_endpoints",
    "network_interfaces",
    "rest_apis",
    "domain_names",
    "load_balancers",
    "hosted_zones",
    "record_sets",
)
"""Kinds of facts that public names come of."""


def same_public_names(snapshot: Snapshot, earlier: Snapshot) -> bool:
    """Whether public DNS has the same names of the estate in two snapshots, for certain."""
    alike = _same_public(snapshot)
    if id(earlier) not in alike:
        alike[id(earlier)] = all(
            getattr(snapshot.facts, kind) is getattr(earlier.facts, kind)
            or getattr(snapshot.facts, kind) == getattr(earlier.facts, kind)
            for kind in _DECIDING
        ) or (
            public_entries(snapshot) == public_entries(earlier)
            and known_publicly(snapshot) == known_publicly(earlier)
        )
    return alike[id(earlier)]


@index
def _same_public(snapshot: Snapshot) -> dict[int, bool]:
    """Filled as they are asked for."""
    return {}


def public_entries_of(snapshot: Snapshot, vpc_id: str) -> tuple[ExposedName, ...]:
    """The same as the hosts of a VPC see them: what its view or firewall answers instead is left out."""
    hidden = hidden_from(snapshot, vpc_id)
    every = public_entries(snapshot)
    return tuple(each for each in every if each.name not in hidden) if hidden else every


@index
def _by_domain(snapshot: Snapshot) -> dict[str, tuple[ExposedName, ...]]:
    """Public names by every domain that they lie in."""
    found: dict[str, list[ExposedName]] = {}
    for entry in public_entries(snapshot):
        for domain in parents(entry.name):
            found.setdefault(domain, []).append(entry)
    return {domain: tuple(entries) for domain, entries in found.items()}


def hidden_from(snapshot: Snapshot, vpc_id: str) -> frozenset[str]:
    """Public names that the resolver of a VPC answers otherwise, or not at all."""
    view = view_of(snapshot, vpc_id)
    by_domain = _by_domain(snapshot)
    if view.firewall.missing or view.support is not True or any(map(_is_wide, view.firewall.groups)):
        return _hidden(snapshot, vpc_id, public_entries(snapshot)).names
    domains = [domain for domain in view.candidates if domain in by_domain]
    if view.firewall.groups or len(domains) != 1:
        asked = {each.name: each for domain in domains for each in by_domain[domain]}
        asked.update((each.name, each) for each in _listed_by(snapshot, view))
        return _hidden(snapshot, vpc_id, asked.values()).names
    # Views in which the same answers for a domain answer alike, unless an answer leads elsewhere.
    kept = _hidden_by_domain(snapshot)
    key = _deciding(view, domains[0])
    found = kept.get(key) if key is not None else None
    if found is None:
        read = _hidden(snapshot, vpc_id, by_domain[domains[0]])
        found = read.names
        if key is not None and read.is_shared:
            kept[key] = found
    return found


class _Hidden(NamedTuple):
    """Hidden names, and whether they are so for every view with the same candidates."""

    names: frozenset[str]
    is_shared: bool


def _hidden(snapshot: Snapshot, vpc_id: str, entries: Iterable[ExposedName]) -> _Hidden:
    hidden, is_shared = set(), True
    for entry in entries:
        outcome = ask_resolver(Query(snapshot, entry.name.replace("*", WITNESS), "A"), vpc_id)
        if outcome.chain or outcome.is_provisional:
            is_shared = False
        if outcome.verdict is not Verdict.UNKNOWN and not set(entry.addresses) & set(outcome.addresses):
            hidden.add(entry.name)
    return _Hidden(frozenset(hidden), is_shared)


@index
def _hidden_by_domain(snapshot: Snapshot) -> dict[tuple[object, ...], frozenset[str]]:
    """Hidden names, by a domain and what decides about all names below it."""
    return {}


def _deciding(view: View, domain: str) -> tuple[object, ...] | None:
    """What of a view without firewall decides about the names of a domain; None where more may count."""
    if view.missing_rules or view.missing_zones or view.missing_endpoints or view.delegations:
        return None
    above = tuple(view.candidates.get(each, ()) for each in parents(domain))
    return (domain, view.region, view.attributes, above)


def _is_wide(group: Group) -> bool:
    """Whether a firewall group may mean any name: its rules are unread, or judge more than names."""
    rules = group.rules
    return isinstance(rules, Missing) or any(rule.firewall_domain_list_id is None for rule in rules)


def _listed_by(snapshot: Snapshot, view: View) -> Iterator[ExposedName]:
    """Public names that a firewall list of a view holds, or may hold."""
    for group in view.firewall.groups:
        for rule in () if isinstance(group.rules, Missing) else group.rules:
            domains = domain_list(snapshot, rule.firewall_domain_list_id or "")
            for entry in public_entries(snapshot):
                if isinstance(domains, Missing) or domains.matches(entry.name) is not False:
                    yield entry
