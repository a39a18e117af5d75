"""Public names that a view answers otherwise than public DNS would: captured, hidden, or refused (VPCE-DNS-05)."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from narrowgate.engine.dns.outcome import PUBLIC, Outcome, Query
from narrowgate.engine.dns.public_dns import ask_publicly
from narrowgate.engine.dns.resolver import ask_resolver
from narrowgate.engine.dns.view import view_of
from narrowgate.exposure.names.cells import WITNESS, because
from narrowgate.model.answer import Verdict
from narrowgate.model.domain import normalise, parents
from narrowgate.model.exposure import OPEN, UNKNOWN, LostName
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot, index


@index
def _public_apis(snapshot: Snapshot) -> dict[str, str]:
    """Default names of the public REST APIs of the estate."""
    found: dict[str, str] = {}
    for api in snapshot.facts.rest_apis.values():
        configuration = api.endpoint_configuration
        region = snapshot.region_of(api.id)
        if isinstance(configuration, UnsetType) or "PRIVATE" in configuration.types or region is None:
            continue
        china = ".cn" if region.startswith("cn-") else ""
        found[f"{api.id}.execute-api.{region}.amazonaws.com{china}"] = f"the public API {api.name or api.id}"
    return found


@index
def _public_records(snapshot: Snapshot) -> dict[str, str]:
    """Other names that public DNS is known to have."""
    found: dict[str, str] = {}
    for domain in snapshot.facts.domain_names.values():
        for name in (domain.regional_domain_name, domain.distribution_domain_name):
            if name:
                found[normalise(name)] = f"the public custom domain name {domain.domain_name}"
    for record in snapshot.outside.public_records if snapshot.outside else ():
        if record.type.upper() in ("A", "AAAA", "CNAME"):
            found[normalise(record.name)] = "a public record"
    return found


@index
def known_publicly(snapshot: Snapshot) -> dict[str, str]:
    """Public names that a view may take away, and what they are."""
    return {**_public_apis(snapshot), **_public_records(snapshot)}


class _Known(NamedTuple):
    """A public name, what it is, and what public DNS answers for certain."""

    name: str
    meaning: str
    answer: tuple[str | None, tuple[str, ...]]


@index
def _answered(snapshot: Snapshot) -> tuple[_Known, ...]:
    """The public names that can be lost: those that public DNS answers."""
    found = []
    for name, meaning in known_publicly(snapshot).items():
        was = ask_publicly(Query(snapshot, name, "A"))
        if was.verdict is Verdict.ALLOWED:
            found.append(_Known(name, meaning, (was.target, was.addresses)))
    return tuple(found)


@index
def _places(snapshot: Snapshot) -> dict[str, tuple[int, ...]]:
    """Places of public names in their list, by every domain that they lie in."""
    found: dict[str, list[int]] = {}
    for place, known in enumerate(_answered(snapshot)):
        for domain in parents(known.name):
            found.setdefault(domain, []).append(place)
    return {domain: tuple(places) for domain, places in found.items()}


Ask = Callable[[str, str], Outcome]


def lost_by_view(snapshot: Snapshot, vpc_id: str) -> Iterator[LostName]:
    """Every public name that the resolver of a VPC answers otherwise: known ones, and whole domains."""
    view = view_of(snapshot, vpc_id)
    if not view.candidates:
        return

    def ask(name: str, kind: str) -> Outcome:
        return ask_resolver(Query(snapshot, name, kind), vpc_id, for_once=True)

    yield from _lost(snapshot, ask, view.candidates)


def lost_by_server(snapshot: Snapshot, ask: Ask) -> Iterator[LostName]:
    """The same where hosts ask another server: it may answer any name otherwise (DNS-07)."""
    yield from _lost(snapshot, ask, {"": ()})


def _lost(snapshot: Snapshot, ask: Ask, domains: Mapping[str, object]) -> Iterator[LostName]:
    every, places = _answered(snapshot), _places(snapshot)
    for place in sorted({place for domain in domains for place in places.get(domain, ())}):
        known = every[place]
        now = ask(known.name, "A")
        if known.answer != (now.target, now.addresses):
            yield _entry(known.name, known.meaning, now)
    for domain in _execute_api_domains(snapshot):
        if any(parent in domains for parent in parents(domain)):
            now = ask(f"{WITNESS}.{domain}", "A")
            is_public = now.target == PUBLIC or any(fact.fact == "public DNS" for fact in now.unknowns)
            if not is_public:
                yield _entry(
                    f"*.{domain}", "every other public API of the Region, HTTP and WebSocket APIs too", now
                )


def _entry(name: str, meaning: str, now: Outcome) -> LostName:
    is_unknown = now.verdict is Verdict.UNKNOWN
    return LostName(
        name=name,
        answer=now.target or (str(now.rcode) if now.rcode else "not known"),
        state=UNKNOWN if is_unknown else OPEN,
        via=meaning,
        because=because(now),
        unknowns=now.unknowns if is_unknown else (),
    )


def _execute_api_domains(snapshot: Snapshot) -> Iterator[str]:
    """The domains in which a capture takes public APIs, of every Region of the estate (VPCE-DNS-05)."""
    for region in _regions(snapshot):
        yield f"execute-api.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


@index
def _regions(snapshot: Snapshot) -> tuple[str, ...]:
    regions = (snapshot.region_of(each) for each in (*snapshot.facts.rest_apis, *snapshot.facts.vpcs))
    return tuple(sorted({region for region in regions if region}))
