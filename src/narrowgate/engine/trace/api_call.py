"""What an execute-api endpoint makes of a request: certificate, API, stage, method, policies (AGW-03)."""

from collections.abc import Sequence
from functools import cached_property

import msgspec

from narrowgate.engine.http.deployment import (
    is_health_check,
)
from narrowgate.engine.http.identify import identify_api, mapped_api
from narrowgate.engine.http.stage_limits import over_limit
from narrowgate.engine.http.symptoms import PASSED_ON, TOO_MANY_REQUESTS
from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.network.interfaces import interface
from narrowgate.engine.trace.authorization import (
    Authorization,
    evaluate_authorization,
    refused_before_the_method,
)
from narrowgate.engine.trace.called import Called
from narrowgate.engine.trace.certificate import server_certificate
from narrowgate.engine.trace.stage_and_method import deployed, find_target, meant_api
from narrowgate.model.answer import Cause, Missing, Step, Verdict, cause_of, conjunction
from narrowgate.model.fact import UnsetType
from narrowgate.model.kept import Kept
from narrowgate.model.policy import AuthorizeAnswer
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.trace import HttpAnswer, Symptom


class ApiCall(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What the caller gets from the endpoint, if its packets arrive."""

    verdict: Verdict
    steps: tuple[Step, ...]
    symptom: Symptom | None = None
    http: HttpAnswer | None = None
    endpoint: str | None = None
    authorization: AuthorizeAnswer | None = None
    unknowns: tuple[Missing, ...] = ()
    warnings: tuple[str, ...] = ()
    reads_source: bool = False
    """Whether a policy compares the address that the endpoint sees: the answer then holds for this one alone."""

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """Why it fails, in the order of its steps."""
        return tuple(cause for step in self.steps if (cause := cause_of(step)) is not None)


def endpoint_of_interface(snapshot: Snapshot, interface_id: str) -> VpcEndpoint | None:
    """The endpoint that an interface belongs to, or None."""
    found = interface(snapshot, interface_id)
    if found is None or found.vpc_endpoint_id is None:
        return None
    return snapshot.facts.vpc_endpoints.get(found.vpc_endpoint_id)


_Key = tuple[str, HttpRequest, str, Step | None]


@index
def _anywhere(snapshot: Snapshot) -> Kept[_Key, ApiCall]:
    """Calls of this snapshot that get one answer wherever they come from, at each of an endpoint's addresses."""
    return Kept(20_000)


@index
def _by_source(snapshot: Snapshot) -> Kept[tuple[_Key, str | None], ApiCall]:
    """Calls of which a policy compares the source: each address gives the same answer to the same one."""
    return Kept(20_000)


def evaluate_api_call(
    snapshot: Snapshot,
    endpoint: VpcEndpoint,
    request: HttpRequest,
    principal: str,
    *,
    source: str | None,
    certificate: Step | None = None,
) -> ApiCall:
    """Decide a request that reached an endpoint.

    Args:
        snapshot: the estate.
        endpoint: the endpoint that was reached.
        request: what was called.
        principal: `anonymous` or the signer's ARN.
        source: the address that the endpoint sees the call come from (VPCE-06).
        certificate: the TLS step where something in front of the endpoint ends TLS.
    """
    key = (endpoint.vpc_endpoint_id, request, principal, certificate)
    anywhere, by_source = _anywhere(snapshot), _by_source(snapshot)
    found = anywhere.get(key) or by_source.get((key, source))
    if found is None:
        found = _evaluate(snapshot, endpoint, request, principal, source, certificate)
        if found.reads_source:
            by_source.keep((key, source), found)
        else:
            anywhere.keep(key, found)
    return found


def _evaluate(
    snapshot: Snapshot,
    endpoint: VpcEndpoint,
    request: HttpRequest,
    principal: str,
    source: str | None,
    certificate: Step | None,
) -> ApiCall:
    wrong_service = _service_step(endpoint)
    if wrong_service is not None:
        return _finish(endpoint, [wrong_service], None, (), None)
    identity = identify_api(snapshot, endpoint, request)
    tls = certificate or server_certificate(snapshot, endpoint, request, identity)
    if is_health_check(request.path) and identity.domain is None:
        return _finish(endpoint, [tls, _health_check(endpoint, request)], PASSED_ON, (), None)
    steps = [tls, identity.step]
    warnings = list(identity.warnings)
    if identity.http is not None or (identity.api is None and identity.domain is None):
        return _finish(endpoint, steps, identity.http, warnings, None)
    outcome = find_target(snapshot, identity, request)
    api = meant_api(snapshot, identity, outcome)
    if isinstance(api, Step):
        return _finish(endpoint, [*steps, outcome.step, api], None, warnings, None)
    if api is not None and identity.domain is not None:
        problem = mapped_api(snapshot, endpoint, identity.domain, api)
        if problem is not None:
            return _finish(endpoint, [*steps, outcome.step, problem.step], problem.http, warnings, None)
    target = outcome.target
    for found in (outcome, *deployed(snapshot, outcome, request.method)):
        steps.append(found.step)
        warnings.extend(found.warnings)
        outcome = found
        if found.http is not None or found.target is None:
            break
    if api is None or target is None:
        return _finish(endpoint, steps, outcome.http, warnings, None)
    called = Called(
        api=api,
        endpoint=endpoint,
        domain=identity.domain,
        outcome=msgspec.structs.replace(outcome, target=target),
        request=request,
        principal=principal,
        source=source,
    )
    if outcome.method is None:
        refused = refused_before_the_method(snapshot, called) if outcome.http is not None else None
        if refused is None:
            # Policies were asked all the same, and what they say of another source may be a refusal.
            return _finish(endpoint, steps, outcome.http, warnings, None, reads_source=outcome.http is not None)
        return _finish(endpoint, [*steps[:-1], *refused.steps, steps[-1]], refused.http, warnings, refused)
    decided = evaluate_authorization(snapshot, called)
    warnings.extend(decided.warnings)
    limit = over_limit(called.outcome, request.method)
    if limit is None or (decided.http is not None and decided.http is not PASSED_ON):
        return _finish(endpoint, [*steps, *decided.steps], decided.http, warnings, decided)
    http = TOO_MANY_REQUESTS if decided.http is PASSED_ON else None
    return _finish(endpoint, [*steps, *decided.steps, limit], http, warnings, decided)


def _health_check(endpoint: VpcEndpoint, request: HttpRequest) -> Step:
    """The service answers its own health check, whatever policies say (LIM-04)."""
    return Step(
        layer="http",
        component=endpoint.vpc_endpoint_id,
        verdict=Verdict.ALLOWED,
        text=f"`{request.path}` is the service's own health check",
        rule="LIM-04",
    )


def _service_step(endpoint: VpcEndpoint) -> Step | None:
    """Why this endpoint serves no API; None for an execute-api endpoint (AGW-23)."""
    if isinstance(endpoint.service_name, UnsetType):
        missing = Missing(fact="VpcEndpoint.ServiceName", resource=endpoint.vpc_endpoint_id)
        return _unknown(endpoint, "which service the endpoint serves is not known", missing)
    if endpoint.service_name.rsplit(".", 1)[-1] == "execute-api":
        return None
    missing = Missing(fact="what the service answers", resource=endpoint.vpc_endpoint_id, why="not modelled")
    return _unknown(endpoint, f"the endpoint serves {endpoint.service_name}, not execute-api", missing)


def _unknown(endpoint: VpcEndpoint, text: str, missing: Missing) -> Step:
    return Step(
        layer="endpoint",
        component=endpoint.vpc_endpoint_id,
        verdict=Verdict.UNKNOWN,
        text=text,
        rule="AGW-23",
        unknowns=(missing,),
    )


def _finish(
    endpoint: VpcEndpoint,
    steps: Sequence[Step],
    http: HttpAnswer | None,
    warnings: Sequence[str],
    decided: Authorization | None,
    *,
    reads_source: bool = False,
) -> ApiCall:
    verdict = conjunction(step.verdict for step in steps)
    tls_failed = next((step for step in steps if step.layer == "tls" and step.verdict is Verdict.DENIED), None)
    symptom: Symptom | None = None
    if tls_failed is not None:
        symptom, http = Symptom.TLS_NAME_MISMATCH, None
    elif http is not None and verdict is not Verdict.UNKNOWN:
        symptom = Symptom(f"http_{http.status}")
    return ApiCall(
        verdict=verdict,
        steps=tuple(steps),
        symptom=symptom,
        http=http if symptom is not None else None,
        endpoint=endpoint.vpc_endpoint_id,
        authorization=decided.answer if decided is not None else None,
        unknowns=tuple(missing for step in steps for missing in step.unknowns),
        warnings=tuple(warnings),
        reads_source=reads_source or (decided is not None and decided.reads_source),
    )
