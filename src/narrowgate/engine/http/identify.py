"""Which API a request means, once its packets have reached an execute-api endpoint (AGW-09).

`x-apigw-api-id` counts first, then `Host`: a default name, an alias name or a custom domain name. What cannot be
matched ends in `403 Forbidden` without a log line anywhere (ERR-01).
"""

import msgspec

from narrowgate.engine.http.custom_domains import identify_by_domain
from narrowgate.engine.http.identification import Identification, refused, step_about, uncollected
from narrowgate.engine.http.names import parse_api_name, parse_endpoint_name
from narrowgate.engine.http.url import HttpRequest
from narrowgate.model.answer import Leg, Missing, Step, Verdict
from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot

_API_HEADER = "x-apigw-api-id"


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
            return refused(
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
        return refused(
            endpoint.vpc_endpoint_id,
            Reason.API_NOT_IDENTIFIED,
            "AGW-07",
            f"`{host}` names the endpoint, not an API: send `Host: {{api}}.execute-api…` or `{_API_HEADER}`",
        )
    return identify_by_domain(snapshot, endpoint, request)


def _by_id(
    snapshot: Snapshot, endpoint: VpcEndpoint, request: HttpRequest, api_id: str, how: str
) -> Identification:
    api = snapshot.facts.rest_apis.get(api_id)
    region = snapshot.region_of(endpoint.vpc_endpoint_id)
    if api is None:
        missing = uncollected(snapshot, "apigateway.get_rest_apis", region)
        if missing:
            return Identification(
                step=step_about(api_id, Verdict.UNKNOWN, f"no account's API list names `{api_id}`", missing)
            )
        answer = refused(
            api_id,
            Reason.API_NOT_FOUND,
            "AGW-04",
            f"{how} names `{api_id}`, which is no API of the accounts collected",
        )
        note = f"`{api_id}` could be an API of an account that was not collected; it is taken as not existing"
        return msgspec.structs.replace(answer, warnings=(note,))
    problem = not_served(snapshot, endpoint, api)
    if problem is not None:
        return problem
    if api.disable_execute_api_endpoint:
        return refused(
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
            return refused(
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
    step = step_about(api.id, Verdict.ALLOWED, f"{how} names the private API `{api.name or api.id}`")
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
    return Identification(step=step_about(domain.domain_name, Verdict.UNKNOWN, text, (missing,), rule="AGW-17"))


def not_served(snapshot: Snapshot, endpoint: VpcEndpoint, api: RestApi) -> Identification | None:
    """Why this endpoint does not serve that API; None where it does."""
    if isinstance(api.endpoint_configuration, UnsetType) or not api.endpoint_configuration.types:
        missing = (Missing(fact="RestApi.endpointConfiguration", resource=api.id),)
        return Identification(
            step=step_about(api.id, Verdict.UNKNOWN, "whether the API is private is not known", missing)
        )
    if "PRIVATE" not in {kind.upper() for kind in api.endpoint_configuration.types}:
        return refused(
            api.id,
            Reason.API_NOT_PRIVATE,
            "AGW-17",
            f"the API is {'/'.join(api.endpoint_configuration.types)}, "
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
        return refused(api.id, Reason.API_OTHER_REGION, "AGW-16", f"the API is in {there}, the endpoint in {here}")
    return None
