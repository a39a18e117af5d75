"""Private custom domain names as a way to an API: mapped to its stage, associated with the endpoint (AGW-08)."""

from collections.abc import Iterator

from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.snapshot import Snapshot, index

_NO_BASE = ("", "(none)")


@index
def _by_api(snapshot: Snapshot) -> dict[str, tuple[tuple[DomainName, str, str | None], ...]]:
    """Domain, base path and stage of every mapping, by API."""
    found: dict[str, list[tuple[DomainName, str, str | None]]] = {}
    for domain in snapshot.facts.domain_names.values():
        for key in (domain.domain_name_id, domain.domain_name, domain.domain_name_arn):
            for mapping in snapshot.facts.base_path_mappings.get(key or "", ()):
                if mapping.rest_api_id:
                    entry = (domain, mapping.base_path, mapping.stage)
                    if entry not in found.setdefault(mapping.rest_api_id, []):
                        found[mapping.rest_api_id].append(entry)
    return {api_id: tuple(entries) for api_id, entries in found.items()}


def domain_urls(snapshot: Snapshot, api: RestApi, stage: str, path: str) -> Iterator[str]:
    """The URLs of a call by each custom domain name mapped to it; whether an endpoint may use it, others say."""
    for domain, base, mapped in _by_api(snapshot).get(api.id, ()):
        prefix = "" if base in _NO_BASE else f"/{base.strip('/')}"
        if mapped in (None, "", "(none)"):
            yield f"https://{domain.domain_name}{prefix}/{stage}{path}"
        elif mapped == stage:
            yield f"https://{domain.domain_name}{prefix}{path}"


def mapped_apis(snapshot: Snapshot) -> frozenset[str]:
    """APIs that some custom domain name maps to."""
    return frozenset(_by_api(snapshot))
