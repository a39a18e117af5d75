"""Planted faults: which API a call means, which certificate it meets, what is deployed."""

from typing import Any

from tests.differential.lab_mutants import Mutant, Patch, replace

from narrowgate.engine.http import custom_domains, deployment, identify
from narrowgate.engine.tls import server_identity
from narrowgate.engine.trace import walk


def _host_does_not_count(patch: Patch) -> None:
    """The URL's name says which API is meant, whatever `Host` says."""
    from narrowgate.engine.http.url import HttpRequest

    patch.setattr(HttpRequest, "host_header", property(lambda self: self.host))


def _header_does_not_count(patch: Patch) -> None:
    patch.setattr(identify, "_API_HEADER", "x-no-such-header")


def _public_apis_are_served(patch: Patch) -> None:
    replace(patch, identify.not_served, lambda *_: None)


def _disabled_apis_are_served(patch: Patch) -> None:
    true = identify._by_id

    def wrong(snapshot: Any, endpoint: Any, request: Any, api_id: str, how: str) -> Any:
        found = true(snapshot, endpoint, request, api_id, how)
        api = snapshot.facts.rest_apis.get(api_id)
        if api is not None and api.disable_execute_api_endpoint and found.http is not None:
            return identify.Identification(step=found.step, api=api)
        return found

    replace(patch, true, wrong)


def _domains_need_no_association(patch: Patch) -> None:
    class Everything(frozenset[Any]):
        def __contains__(self, item: object) -> bool:
            return True

    replace(patch, custom_domains._associated_domains, lambda snapshot: Everything())


def _alias_names_have_no_certificate(patch: Patch) -> None:
    true = server_identity.covers
    replace(patch, true, lambda pattern, name: true(pattern, name) and "-vpce-" not in name)


def _certificates_cover_everything(patch: Patch) -> None:
    replace(patch, server_identity.covers, lambda *_: True)


def _any_method_is_none(patch: Patch) -> None:
    true = deployment.find_method

    def wrong(snapshot: Any, target: Any, verb: str, stage: Any) -> Any:
        return true(snapshot, target, "ANY" if verb == "GET" else verb, stage)

    replace(patch, true, wrong)


def _paths_without_variables(patch: Patch) -> None:
    true = deployment.match_resource
    replace(patch, true, lambda resources, path: path if path in resources else None)


def _stages_are_not_looked_up(patch: Patch) -> None:
    true = deployment.find_stage

    def wrong(snapshot: Any, target: Any) -> Any:
        found = true(snapshot, target)
        if found.http is None:
            return found
        step = deployment._passed(target.api_id, "any stage")
        return deployment.Outcome(step=step, target=target)

    replace(patch, true, wrong)


def _names_beat_addresses(patch: Patch) -> None:
    """The endpoint that a name stands for answers, whoever has its address where packets arrive."""
    true = walk._endpoint

    def wrong(snapshot: Any, connection: Any, dns: Any) -> Any:
        named = snapshot.facts.vpc_endpoints.get((dns.target if dns is not None else None) or "")
        return named or true(snapshot, connection, dns)

    replace(patch, true, wrong)


MUTANTS = (
    Mutant("TLS and Host", "alias names have no certificate", _alias_names_have_no_certificate),
    Mutant("TLS and Host", "certificates cover every name", _certificates_cover_everything),
    Mutant("TLS and Host", "`Host` does not count", _host_does_not_count),
    Mutant("TLS and Host", "`x-apigw-api-id` does not count", _header_does_not_count),
    Mutant("TLS and Host", "endpoints serve public APIs", _public_apis_are_served),
    Mutant("TLS and Host", "disabled default names serve", _disabled_apis_are_served),
    Mutant("TLS and Host", "custom domains need no association", _domains_need_no_association),
    Mutant("TLS and Host", "the name says who answers, not the address", _names_beat_addresses),
    Mutant("deployment", "`ANY` is the only method", _any_method_is_none),
    Mutant("deployment", "paths have no variables", _paths_without_variables),
    Mutant("deployment", "every stage exists", _stages_are_not_looked_up),
)
