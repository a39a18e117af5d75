"""Which API a request means, once its packets have reached an execute-api endpoint (AGW-09).

`x-apigw-api-id` counts first, then `Host`: a default name, an alias name or a custom domain name. What cannot be
matched ends in `403 Forbidden` without a log line anywhere (ERR-01).
"""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.http.names import parse_api_name, parse_endpoint_name
from narrowgate.engine.http.symptoms import FORBIDDEN
from narrowgate.engine.http.url import HttpRequest
from narrowgate.model.answer import Evidence, Leg, Missing, Step, Verdict
from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.trace import HttpAnswer

_API_HEADER = "x-apigw-api-id"


class Identification(msgspec.Struct, frozen=True, kw_only=True):
    """The API that a request means, or why none; `http` is set where API Gateway answers at once."""

    step: Step
    api: RestApi | None = None
    domain: DomainName | None = None
    has_access_association: bool | None = None
    http: HttpAnswer | None = None
    warnings: tuple[str, ...] = ()


def identify_api(snapshot: Snapshot, endpoint: VpcEndpoint, request: HttpRequest) -> Identification:
    """Find the API (AGW-09), and whether this endpoint may serve it (AGW-16, AGW-17, AGW-21, AGW-13)."""
    by_header = request.header(_API_HEADER)
    if by_header:
        return _by_id(snapshot, endpoint, request, by_header.lower(), f"the header {_API_HEADER}")
    host = request.host_header
    name = parse_api_name(host)
    if name is not None:
        region = snapshot.region_of(endpoint.vpc_endpoint_id)
        if region is not None and name.region != region:
            return _refused(
                endpoint.vpc_endpoint_id,
                Reason.API_NOT_IDENTIFIED,
                "AGW-16",
                f"`{host}` is a name of {name.region}, and the endpoint serves APIs of {region} only",
            )
        found = _by_id(snapshot, endpoint, request, name.api_id, f"the host name `{host}`")
        if name.vpc_endpoint_id not in (None, endpoint.vpc_endpoint_id):
            note = (
                f"the name says {name.vpc_endpoint_id}, but its address here belongs to "
                f"{endpoint.vpc_endpoint_id}: policies see the endpoint that was reached (AGW-20)"
            )
            found = msgspec.structs.replace(found, warnings=(*found.warnings, note))
        return found
    if parse_endpoint_name(host) is not None:
        return _refused(
            endpoint.vpc_endpoint_id,
            Reason.API_NOT_IDENTIFIED,
            "AGW-07",
            f"`{host}` names the endpoint, not an API: send `Host: {{api}}.execute-api…` or `{_API_HEADER}`",
        )
    return _by_domain(snapshot, endpoint, request)


def _by_id(
    snapshot: Snapshot, endpoint: VpcEndpoint, request: HttpRequest, api_id: str, how: str
) -> Identification:
    api = snapshot.facts.rest_apis.get(api_id)
    region = snapshot.region_of(endpoint.vpc_endpoint_id)
    if api is None:
        missing = _uncollected_apis(snapshot, region)
        if missing:
            return Identification(
                step=_step(api_id, Verdict.UNKNOWN, f"no account's API list names `{api_id}`", missing)
            )
        refused = _refused(
            api_id,
            Reason.API_NOT_FOUND,
            "AGW-04",
            f"{how} names `{api_id}`, which is no API of the accounts collected",
        )
        note = f"`{api_id}` could be an API of an account that was not collected; it is taken as not existing"
        return msgspec.structs.replace(refused, warnings=(note,))
    problem = not_served(snapshot, endpoint, api)
    if problem is not None:
        return problem
    if api.disable_execute_api_endpoint:
        return _refused(
            api.id,
            Reason.DEFAULT_ENDPOINT_DISABLED,
            "AGW-21",
            "the API's default endpoint is disabled: only its custom domain names work",
            (snapshot.evidence(api.id, "disableExecuteApiEndpoint", "true"),),
        )
    warnings: tuple[str, ...] = ()
    if (api.endpoint_access_mode or "").upper() == "STRICT":
        name = parse_api_name(request.host_header)
        if name is None or request.host_header != request.host:
            return _refused(
                api.id,
                Reason.STRICT_ENDPOINT_ACCESS,
                "AGW-13",
                "strict endpoint access mode needs the TLS server name and Host to be the API's own name",
                (snapshot.evidence(api.id, "endpointAccessMode", api.endpoint_access_mode or ""),),
            )
        if name.vpc_endpoint_id is not None:
            warnings = (
                "whether an alias name is accepted under strict endpoint access mode is not documented (AGW-13)",
            )
    step = _step(api.id, Verdict.ALLOWED, f"{how} names the private API `{api.name or api.id}`")
    return Identification(step=step, api=api, warnings=warnings)


def mapped_api(
    snapshot: Snapshot, endpoint: VpcEndpoint, domain: DomainName, api: RestApi
) -> Identification | None:
    """Why an endpoint does not serve the API behind a custom domain name; None where it does (AGW-08, AGW-10)."""
    problem = not_served(snapshot, endpoint, api)
    if problem is None or "PRIVATE" in domain.endpoint_configuration.types or problem.http is None:
        return problem
    missing = Missing(
        fact="whether an endpoint serves a public custom domain name of a public API",
        resource=domain.domain_name,
        why="AWS's pages disagree",
    )
    text = (
        f"`{domain.domain_name}` leads to the public API {api.id}: whether an endpoint serves it is not documented"
    )
    return Identification(step=_step(domain.domain_name, Verdict.UNKNOWN, text, (missing,), rule="AGW-17"))


def not_served(snapshot: Snapshot, endpoint: VpcEndpoint, api: RestApi) -> Identification | None:
    """Why this endpoint does not serve that API; None where it does."""
    if isinstance(api.endpoint_configuration, UnsetType):
        missing = (Missing(fact="RestApi.endpointConfiguration", resource=api.id),)
        return Identification(
            step=_step(api.id, Verdict.UNKNOWN, "whether the API is private is not known", missing)
        )
    if "PRIVATE" not in {kind.upper() for kind in api.endpoint_configuration.types}:
        return _refused(
            api.id,
            Reason.API_NOT_PRIVATE,
            "AGW-17",
            f"the API is {'/'.join(api.endpoint_configuration.types) or 'of no type'}, "
            "and an execute-api endpoint serves private APIs only",
            (snapshot.evidence(api.id, "endpointConfiguration.types", list(api.endpoint_configuration.types)),),
        )
    if api.endpoint_configuration.ip_address_type == "ipv4":
        evidence = snapshot.evidence(api.id, "endpointConfiguration.ipAddressType", "ipv4")
        step = Step(
            layer="http",
            component=api.id,
            verdict=Verdict.INVALID,
            text="a private API is of IP address type dualstack, and AWS takes no other",
            leg=Leg.CONFIG,
            reason=Reason.IP_ADDRESS_TYPE_REFUSED,
            rule="LIM-05",
            evidence=(evidence,),
        )
        return Identification(step=step)
    here, there = snapshot.region_of(endpoint.vpc_endpoint_id), snapshot.region_of(api.id)
    if here is not None and there is not None and here != there:
        return _refused(
            api.id, Reason.API_OTHER_REGION, "AGW-16", f"the API is in {there}, the endpoint in {here}"
        )
    return None


def _by_domain(snapshot: Snapshot, endpoint: VpcEndpoint, request: HttpRequest) -> Identification:
    """A custom domain name: it must be associated with the endpoint that was reached (AGW-08)."""
    host = request.host_header
    domains = _domains_by_name(snapshot).get(host, ())
    region = snapshot.region_of(endpoint.vpc_endpoint_id)
    private = [each for each in domains if "PRIVATE" in each.endpoint_configuration.types]
    if not domains:
        missing = _uncollected(snapshot, "apigateway.get_domain_names", region)
        if missing:
            return Identification(
                step=_step(host, Verdict.UNKNOWN, f"no account's domain list names `{host}`", missing)
            )
        return _refused(
            host,
            Reason.API_NOT_IDENTIFIED,
            "AGW-09",
            f"`{host}` is neither an API's name nor a custom domain name of the accounts collected",
        )
    associated = _associated_domains(snapshot)
    for domain in private:
        if (domain.domain_name_arn, endpoint.vpc_endpoint_id) in associated:
            if (domain.endpoint_access_mode or "").upper() == "STRICT" and host != request.host:
                return _refused(
                    domain.domain_name_arn or host,
                    Reason.STRICT_ENDPOINT_ACCESS,
                    "AGW-13",
                    f"strict endpoint access mode needs the TLS server name, here `{request.host}`, to equal Host",
                )
            step = _step(
                domain.domain_name_arn or host,
                Verdict.ALLOWED,
                f"`{host}` is a private custom domain name associated with {endpoint.vpc_endpoint_id}",
                rule="AGW-08",
            )
            warnings = tuple(_security_policy_to_mention(domain))
            return Identification(step=step, domain=domain, has_access_association=True, warnings=warnings)
    if not private:
        step = _step(
            host,
            Verdict.ALLOWED,
            f"`{host}` is a Regional custom domain name mapped in API Gateway",
            rule="AGW-10",
        )
        note = f"`{host}` is a public custom domain name; AWS advises a private one instead (AGW-10)"
        return Identification(step=step, domain=domains[0], warnings=(note,))
    missing = _uncollected(snapshot, "apigateway.get_domain_name_access_associations", region)
    if missing:
        step = _step(
            host, Verdict.UNKNOWN, "whether the endpoint may use the custom domain name is not known", missing
        )
        return Identification(step=step, domain=private[0])
    refused = _refused(
        private[0].domain_name_arn or host,
        Reason.NO_ACCESS_ASSOCIATION,
        "AGW-08",
        f"{endpoint.vpc_endpoint_id} has no access association with `{host}`: the call is not routed",
    )
    return msgspec.structs.replace(refused, domain=private[0], has_access_association=False)


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


@index
def _accounts(snapshot: Snapshot) -> dict[str | None, frozenset[str | None]]:
    """The accounts that were asked anything, by Region."""
    accounts: dict[str | None, set[str | None]] = {}
    for call in snapshot.calls:
        accounts.setdefault(call.region, set()).add(call.account)
    return {region: frozenset(found) for region, found in accounts.items()}


def _uncollected(snapshot: Snapshot, operation: str, region: str | None) -> tuple[Missing, ...]:
    """The accounts of the Region whose answer to `operation` is missing: a name could stand there."""
    accounts = _accounts(snapshot).get(region) or _accounts(snapshot).get(None) or frozenset({None})
    found = (snapshot.missing(operation, account, region) for account in sorted(accounts, key=str))
    return tuple(missing for missing in found if missing is not None)


def _uncollected_apis(snapshot: Snapshot, region: str | None) -> tuple[Missing, ...]:
    return _uncollected(snapshot, "apigateway.get_rest_apis", region)


def _step(
    component: str, verdict: Verdict, text: str, unknowns: tuple[Missing, ...] = (), rule: str = "AGW-09"
) -> Step:
    return Step(layer="http", component=component, verdict=verdict, text=text, rule=rule, unknowns=unknowns)


def _refused(
    component: str, reason: Reason, rule: str, text: str, evidence: tuple[Evidence, ...] = ()
) -> Identification:
    step = Step(
        layer="http",
        component=component,
        verdict=Verdict.DENIED,
        text=text,
        leg=Leg.FORWARD,
        reason=reason,
        rule=rule,
        evidence=evidence,
    )
    return Identification(step=step, http=FORBIDDEN)
