"""The certificate that an endpoint shows to a request, before a header of it is read (AGW-12)."""

from narrowgate.engine.http.custom_domains import domain_of_server_name, unseen_domain
from narrowgate.engine.http.identification import Identification
from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.tls.server_identity import (
    evaluate_server_identity,
    names_of,
    service_certificate,
    unlisted_names,
)
from narrowgate.model.answer import Missing, Step, Verdict
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot


def server_certificate(
    snapshot: Snapshot, endpoint: VpcEndpoint, request: HttpRequest, identity: Identification
) -> Step:
    """The certificate is chosen by SNI: the custom domain's for an associated endpoint, else AWS's (AGW-12)."""
    region = snapshot.region_of(endpoint.vpc_endpoint_id) or "*"
    names = service_certificate(region)
    domain = identity.domain
    if domain is None or domain.domain_name.lower() != request.host:
        domain = domain_of_server_name(snapshot, endpoint, request.host)
    # An endpoint without the association ends in 403 (AGW-08), not here: AWS's pages name no TLS failure for it.
    if domain is not None and domain.domain_name.lower() == request.host:
        held = snapshot.facts.certificates.get(domain.certificate_arn or "")
        cut = unlisted_names(endpoint.vpc_endpoint_id, request.host, (held,) if held is not None else ())
        if cut is not None:
            return cut
        # API Gateway takes a certificate only if it covers the domain name (AGW-08): one not seen is taken to.
        names = names_of(held) if held is not None else (domain.domain_name,)
    if request.scheme != "https":
        missing = Missing(fact="plain HTTP on this port", resource=endpoint.vpc_endpoint_id, why="not modelled")
        return Step(
            layer="endpoint",
            component=endpoint.vpc_endpoint_id,
            verdict=Verdict.UNKNOWN,
            text="execute-api speaks TLS only; what plain HTTP meets there is not modelled",
            rule="AGW-23",
            unknowns=(missing,),
        )
    step = evaluate_server_identity(
        endpoint.vpc_endpoint_id, request.host, is_literal=request.is_literal, certificate_names=names
    )
    if step.verdict is Verdict.ALLOWED or domain is not None or request.is_literal:
        return step
    unseen = unseen_domain(snapshot, endpoint, request.host)
    if not unseen:
        return step
    text = f"whether a private custom domain name gives `{request.host}` a certificate is not known"
    return Step(
        layer="tls", component=step.component, verdict=Verdict.UNKNOWN, text=text, rule="AGW-12", unknowns=unseen
    )
