"""Public names that hold private addresses: endpoint names, alias names, balancers, records of public zones."""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from narrowgate.engine.dns.endpoint_names import public_names
from narrowgate.engine.dns.load_balancer_names import load_balancers_by_name
from narrowgate.engine.dns.outcome import PUBLIC, Outcome, Query
from narrowgate.engine.dns.public_dns import ask_publicly
from narrowgate.engine.dns.zones import zone_contents
from narrowgate.engine.network.route_lookup import is_private
from narrowgate.exposure.names.cells import because
from narrowgate.exposure.names.lost import known_publicly
from narrowgate.model.address import parse_address
from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.domain import normalise
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
    if earlier not in alike:
        alike[earlier] = all(
            getattr(snapshot.facts, kind) is getattr(earlier.facts, kind)
            or getattr(snapshot.facts, kind) == getattr(earlier.facts, kind)
            for kind in _DECIDING
        ) or (
            public_entries(snapshot) == public_entries(earlier)
            and known_publicly(snapshot) == known_publicly(earlier)
        )
    return alike[earlier]


@index
def _same_public(snapshot: Snapshot) -> WeakKeyDictionary[Snapshot, bool]:
    """By the other snapshot, as long as that lives: a number of an object may come again for another one."""
    return WeakKeyDictionary()
