"""Custom domain names at an endpoint: which is meant, and whether the endpoint may use it (AGW-08, AGW-10)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.http.identification import Identification, refused, step_about, uncollected
from narrowgate.engine.http.url import HttpRequest
from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.apigateway import DomainName
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index

_SERVING = frozenset({"AVAILABLE", "UPDATING"})


def identify_by_domain(snapshot: Snapshot, endpoint: VpcEndpoint, request: HttpRequest) -> Identification:
    """A custom domain name: it must be associated with the endpoint that was reached (AGW-08)."""
    host = request.host_header
    domains = _domains_by_name(snapshot).get(host, ())
    region = snapshot.region_of(endpoint.vpc_endpoint_id)
    private = [each for each in domains if "PRIVATE" in each.endpoint_configuration.types]
    if not domains:
        missing = uncollected(snapshot, "apigateway.get_domain_names", region)
        if missing:
            return Identification(
                step=step_about(host, Verdict.UNKNOWN, f"no account's domain list names `{host}`", missing)
            )
        return refused(
            host,
            Reason.API_NOT_IDENTIFIED,
            "AGW-09",
            f"`{host}` is neither an API's name nor a custom domain name of the accounts collected",
        )
    associated = _associated_domains(snapshot)
    for domain in private:
        if (domain.domain_name_arn, endpoint.vpc_endpoint_id) in associated:
            if (domain.domain_name_status or "AVAILABLE").upper() not in _SERVING:
                return _not_ready(domain)
            if (domain.endpoint_access_mode or "").upper() == "STRICT" and host != request.host:
                return refused(
                    domain.domain_name_arn or host,
                    Reason.STRICT_ENDPOINT_ACCESS,
                    "AGW-13",
                    f"strict endpoint access mode needs the TLS server name, here `{request.host}`, to equal Host",
                )
            step = step_about(
                domain.domain_name_arn or host,
                Verdict.ALLOWED,
                f"`{host}` is a private custom domain name associated with {endpoint.vpc_endpoint_id}",
                rule="AGW-08",
            )
            warnings = tuple(_security_policy_to_mention(domain))
            return Identification(step=step, domain=domain, has_access_association=True, warnings=warnings)
    if not private:
        step = step_about(
            host,
            Verdict.ALLOWED,
            f"`{host}` is a Regional custom domain name mapped in API Gateway",
            rule="AGW-10",
        )
        note = f"`{host}` is a public custom domain name; AWS advises a private one instead (AGW-10)"
        return Identification(step=step, domain=domains[0], warnings=(note,))
    missing = uncollected(snapshot, "apigateway.get_domain_name_access_associations", region)
    if missing:
        step = step_about(
            host, Verdict.UNKNOWN, "whether the endpoint may use the custom domain name is not known", missing
        )
        return Identification(step=step, domain=private[0])
    answer = refused(
        private[0].domain_name_arn or host,
        Reason.NO_ACCESS_ASSOCIATION,
        "AGW-08",
        f"{endpoint.vpc_endpoint_id} has no access association with `{host}`: the call is not routed",
    )
    return msgspec.structs.replace(answer, domain=private[0], has_access_association=False)


def domain_of_server_name(snapshot: Snapshot, endpoint: VpcEndpoint, name: str) -> DomainName | None:
    """The private custom domain whose certificate a TLS server name gets at an endpoint, whatever `Host` will say.

    The certificate is chosen before a header is read (AGW-12).
    """
    associated = _associated_domains(snapshot)
    for domain in _domains_by_name(snapshot).get(name, ()):
        is_private = "PRIVATE" in domain.endpoint_configuration.types
        if is_private and (domain.domain_name_arn, endpoint.vpc_endpoint_id) in associated:
            return domain
    return None


def unseen_domain(snapshot: Snapshot, endpoint: VpcEndpoint, name: str) -> tuple[Missing, ...]:
    """The missing lists that could tell of a domain of this name at the endpoint; empty where none is missing."""
    region = snapshot.region_of(endpoint.vpc_endpoint_id)
    listed = _domains_by_name(snapshot).get(name, ())
    is_listed = any("PRIVATE" in each.endpoint_configuration.types for each in listed)
    operation = "get_domain_name_access_associations" if is_listed else "get_domain_names"
    return uncollected(snapshot, f"apigateway.{operation}", region)


def _not_ready(domain: DomainName) -> Identification:
    """A domain that is being made, or that failed, may or may not serve (AGW-08, IAC-05)."""
    missing = Missing(
        fact="DomainName.domainNameStatus", resource=domain.domain_name, why=f"is {domain.domain_name_status}"
    )
    text = f"`{domain.domain_name}` is {domain.domain_name_status}: whether it serves is not documented"
    return Identification(step=step_about(domain.domain_name, Verdict.UNKNOWN, text, (missing,)))


def _security_policy_to_mention(domain: DomainName) -> Iterator[str]:
    """AWS's pages disagree on whether a private domain's policy can be other than TLS 1.2 (LIM-02)."""
    if (domain.security_policy or "").startswith("SecurityPolicy_TLS13_"):
        yield (
            f"`{domain.domain_name}` has the security policy {domain.security_policy}: clients need TLS 1.3, and "
            "AWS's pages disagree on whether a private custom domain may have it (LIM-02)"
        )


@index
def _domains_by_name(snapshot: Snapshot) -> dict[str, tuple[DomainName, ...]]:
    by_name: dict[str, tuple[DomainName, ...]] = {}
    for domain in snapshot.facts.domain_names.values():
        key = domain.domain_name.lower().rstrip(".")
        by_name[key] = (*by_name.get(key, ()), domain)
    return by_name


@index
def _associated_domains(snapshot: Snapshot) -> frozenset[tuple[str | None, str]]:
    return frozenset(
        (each.domain_name_arn, each.access_association_source)
        for each in snapshot.facts.domain_name_access_associations
        if each.access_association_source_type == "VPCE"
    )
