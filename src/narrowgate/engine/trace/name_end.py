"""Calls that end at their name: no address came back, or one behind which no private API can be."""

import msgspec

from narrowgate.engine.dns.endpoint_names import is_vpce_name
from narrowgate.engine.dns.outcome import PUBLIC
from narrowgate.engine.http.names import parse_api_name
from narrowgate.model.address import is_private, parse_address
from narrowgate.model.answer import Cause, Leg, Missing, Rcode, ResolveAnswer, Verdict
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import Symptom, TracePath

_DNS_SYMPTOMS = {
    Rcode.NXDOMAIN: Symptom.DNS_NXDOMAIN,
    Rcode.NODATA: Symptom.DNS_NODATA,
    Rcode.SERVFAIL: Symptom.DNS_SERVFAIL,
    Rcode.TIMEOUT: Symptom.DNS_TIMEOUT,
}


def end_at_name(snapshot: Snapshot, host: Host, dns: ResolveAnswer) -> TracePath | None:
    """The path of a host's call that ends at the name; None where it goes on to addresses."""
    return _public_front(snapshot, host, dns) or _without_address(host, dns)


def same_end(path: TracePath, host: Host) -> TracePath:
    """The path of another host that got the same answer to the name."""
    return msgspec.structs.replace(path, client=host.label, client_address=_shown(host))


def _without_address(host: Host, dns: ResolveAnswer) -> TracePath | None:
    """The path of a call whose name has no address; None where addresses came back."""
    if dns.addresses:
        return None
    symptom: Symptom | None
    if dns.blocked is not None:
        symptom = Symptom.DNS_BLOCKED
    elif dns.target == PUBLIC and dns.verdict is Verdict.ALLOWED:
        symptom = Symptom.PUBLIC_ANSWER
    elif dns.rcode is not None:
        symptom = _DNS_SYMPTOMS.get(dns.rcode)
    else:
        # A private API's name that only public DNS was asked for: "could not resolve host" (AGW-05, ERR-09).
        # Other names that fail in ways that differ, or that nobody can tell, have no one symptom.
        is_private = any(each.reason is Reason.DNS_NO_PRIVATE_ANSWER for each in dns.blocking)
        is_told = is_private and dns.verdict is Verdict.DENIED and not dns.unknowns
        symptom = Symptom.DNS_NXDOMAIN if is_told else None
    verdict, blocking, unknowns = dns.verdict, dns.blocking, dns.unknowns
    if dns.blocked is not None and verdict is Verdict.ALLOWED and not _may_serve(dns.target):
        verdict, blocking = Verdict.DENIED, (*blocking, _overridden(dns))
    if verdict is Verdict.ALLOWED:
        verdict = Verdict.UNKNOWN
        what = "a public API or server" if symptom is Symptom.PUBLIC_ANSWER else f"what `{dns.name}` leads to"
        unknowns = (*unknowns, Missing(fact="public Internet", resource=dns.name, why=f"{what} is not modelled"))
    return TracePath(
        client=host.label,
        client_address=_shown(host),
        address=None,
        endpoint=None,
        verdict=verdict,
        symptom=symptom,
        blocking=blocking,
        unknowns=unknowns,
        warnings=dns.warnings,
    )


def _public_front(snapshot: Snapshot, host: Host, dns: ResolveAnswer) -> TracePath | None:
    """The end of a call of a private API whose name got public addresses: no API is behind them (VPCE-DNS-10)."""
    if dns.target != PUBLIC or not dns.addresses or dns.verdict is not Verdict.ALLOWED:
        return None
    name = parse_api_name(dns.name)
    api = snapshot.facts.rest_apis.get(name.api_id) if name is not None else None
    if api is None or isinstance(api.endpoint_configuration, UnsetType):
        return None
    is_at_home = any(is_private(parse_address(text)) for text in dns.addresses)
    if "PRIVATE" not in api.endpoint_configuration.types or is_at_home:
        return None
    text = f"{dns.name} leads to {', '.join(dns.addresses)} in public DNS, where no private API is served"
    cause = Cause(
        leg=Leg.FORWARD,
        layer="dns",
        reason=Reason.DNS_PUBLIC_ANSWER,
        resource=api.id,
        rule="VPCE-DNS-10",
        text=text,
    )
    return TracePath(
        client=host.label,
        client_address=_shown(host),
        address=dns.addresses[0],
        endpoint=None,
        verdict=Verdict.DENIED,
        symptom=Symptom.PUBLIC_ANSWER,
        blocking=(cause,),
        warnings=dns.warnings,
    )


def _may_serve(name: str | None) -> bool:
    """Whether an overriding record could lead to an endpoint after all."""
    return name is not None and (is_vpce_name(name) or parse_api_name(name) is not None)


def _overridden(dns: ResolveAnswer) -> Cause:
    """DNS Firewall answers with another name, whatever stands behind it: the call never meets its API (FW-03)."""
    group = dns.blocked.group if dns.blocked else None
    return Cause(
        leg=Leg.FORWARD,
        layer="dns",
        reason=Reason.DNS_FIREWALL_BLOCKED,
        resource=group,
        rule="FW-03",
        text=f"DNS Firewall group {group} answers {dns.name} with {dns.target} instead",
    )


def _shown(host: Host) -> str | None:
    return str(host.addresses[0]) if host.addresses else None
