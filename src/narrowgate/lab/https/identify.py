"""Which API and stage a request means: by `x-apigw-api-id`, by `Host`, or by a custom domain name (AGW-09)."""

import msgspec

from narrowgate.lab.https.exchange import Request, forbidden
from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An API, its stage, and the path below the stage; `domain` is the custom domain name that led there."""

    api: RestApi
    stage: str
    path: str
    domain: DomainName | None = None


def identify(snapshot: Snapshot, endpoint: VpcEndpoint, request: Request) -> Target:
    """What a request at an endpoint means.

    Raises:
        Refusal: no private API of the endpoint's Region is meant, or the path names no stage.
    """
    region = snapshot.region_of(endpoint.vpc_endpoint_id) or ""
    host = request.headers.get("host", "").partition(":")[0].lower().rstrip(".")
    named = request.headers.get("x-apigw-api-id", "").lower()
    domain: DomainName | None = None
    path = request.path
    if not named:
        label, _, rest = host.partition(".")
        if rest == f"execute-api.{region}.amazonaws.com":
            named = label.partition("-vpce-")[0]
        else:
            domain, named, path = _domain(snapshot, endpoint, host, request.path)
    api = snapshot.facts.rest_apis.get(named)
    if api is None or snapshot.region_of(api.id) != region:
        raise forbidden(f"no API is called {named or host}")
    configuration = api.endpoint_configuration
    if isinstance(configuration, UnsetType) or "PRIVATE" not in configuration.types:
        raise forbidden(f"{api.id} is not private, and this is an endpoint (AGW-17)")
    if api.disable_execute_api_endpoint and domain is None:
        raise forbidden(f"the default endpoint of {api.id} is disabled (AGW-21)")
    return _below_stage(api, path, domain)


def identify_public(snapshot: Snapshot, request: Request) -> Target:
    """What a request from the Internet means: Regional and edge-optimized APIs by their default names.

    Raises:
        Refusal: no public API is meant, or the path names no stage.
    """
    host = request.headers.get("host", "").partition(":")[0].lower().rstrip(".")
    label, _, rest = host.partition(".")
    api = snapshot.facts.rest_apis.get(label)
    if api is None or rest != f"execute-api.{snapshot.region_of(api.id)}.amazonaws.com":
        raise forbidden(f"`{host}` names no public API")
    configuration = api.endpoint_configuration
    if isinstance(configuration, UnsetType) or "PRIVATE" in configuration.types:
        raise forbidden(f"{api.id} is private, and this is the Internet (AGW-05)")
    if api.disable_execute_api_endpoint:
        raise forbidden(f"the default endpoint of {api.id} is disabled (AGW-21)")
    return _below_stage(api, request.path, None)


def _below_stage(api: RestApi, path: str, domain: DomainName | None) -> Target:
    """The stage that a path begins with, and the rest of it.

    Raises:
        Refusal: the path names none.
    """
    stage, _, rest = path.lstrip("/").partition("/")
    if not stage:
        raise forbidden(f"the path names no stage of {api.id}")
    return Target(api=api, stage=stage, path="/" + rest, domain=domain)


def has_stage(snapshot: Snapshot, target: Target) -> bool:
    """Whether the API has the stage that the path begins with."""
    return target.stage in {each.stage_name for each in snapshot.facts.api_stages.get(target.api.id, ())}


def _domain(snapshot: Snapshot, endpoint: VpcEndpoint, host: str, path: str) -> tuple[DomainName, str, str]:
    """A private custom domain name: associated with this endpoint, and mapped (AGW-08)."""
    facts = snapshot.facts
    for domain in facts.domain_names.values():
        if domain.domain_name.lower() != host or "PRIVATE" not in domain.endpoint_configuration.types:
            continue
        associated = any(
            each.domain_name_arn == domain.domain_name_arn
            and each.access_association_source == endpoint.vpc_endpoint_id
            for each in facts.domain_name_access_associations
        )
        if not associated:
            raise forbidden(f"{host} has no access association with {endpoint.vpc_endpoint_id}")
        keys = (domain.domain_name_id, domain.domain_name, domain.domain_name_arn)
        mappings = next((facts.base_path_mappings[key] for key in keys if key in facts.base_path_mappings), ())
        for mapping in sorted(mappings, key=lambda each: -len(each.base_path)):
            base = "" if mapping.base_path == "(none)" else f"/{mapping.base_path}"
            if mapping.rest_api_id and (path == base or path.startswith(base + "/")):
                return domain, mapping.rest_api_id, f"/{mapping.stage}{path[len(base) :] or '/'}"
        raise forbidden(f"{host} maps no API to {path}")
    raise forbidden(f"`{host}` names no API")
