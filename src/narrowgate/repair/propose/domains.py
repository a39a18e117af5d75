"""Private custom domains: their policies, and endpoints that have no access to them (POL-31, AGW-08)."""

import json
from collections.abc import Iterator
from shlex import quote

import msgspec

from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.model.answer import Cause
from narrowgate.model.apigateway import DomainName, DomainNameAccessAssociation
from narrowgate.model.fact import UnsetType
from narrowgate.model.reason import Reason
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.propose.callers import callers_of, domain_resource
from narrowgate.repair.propose.policies import document_of, known_endpoints
from narrowgate.repair.propose.statements import admitting, corrected
from narrowgate.repair.scene import Scene


def propose_policy(scene: Scene, cause: Cause) -> Iterator[Change]:
    """Let the callers' endpoints use the domain."""
    for key, domain in scene.facts.domain_names.items():
        named = domain_resource(domain)
        if cause.resource not in (domain.domain_name_arn, domain.domain_name) or not named:
            continue
        callers = [msgspec.structs.replace(each, methods=(named,)) for each in callers_of(scene.sharing(cause))]
        saved = None if isinstance(domain.policy, UnsetType) else domain.policy
        document = document_of(saved, PolicyKind.DOMAIN)
        known = known_endpoints(scene.facts)
        found = (*corrected(callers, document, known), *admitting(callers, document, by_endpoint=True))
        for each in found:
            spelled = json.dumps(each.document, separators=(",", ":"))
            patched = json.dumps([{"op": "replace", "path": "/policy", "value": spelled}], separators=(",", ":"))
            own = f" --domain-name-id {domain.domain_name_id}" if domain.domain_name_id else ""
            yield Change(
                kind="domain_policy",
                resource=cause.resource or domain.domain_name,
                text=f"policy of {domain.domain_name}: {each.text}",
                commands=(
                    f"aws apigateway update-domain-name --domain-name {domain.domain_name}{own} "
                    f"--patch-operations {quote(patched)}",
                ),
                edits=(Edit("domain_names", key, msgspec.structs.replace(domain, policy=spelled)),),
                rule="POL-31",
                width=each.width,
            )


def propose_access(scene: Scene, cause: Cause) -> Iterator[Change]:
    """An access association of the domain with the endpoints that the calls meet."""
    if cause.reason is not Reason.NO_ACCESS_ASSOCIATION:
        return
    for domain in scene.facts.domain_names.values():
        if domain.domain_name == scene.host_name and domain.domain_name_arn:
            for endpoint in scene.endpoints:
                yield _access(domain, domain.domain_name_arn, endpoint.vpc_endpoint_id)


def _access(domain: DomainName, arn: str, endpoint_id: str) -> Change:
    made = DomainNameAccessAssociation(domain_name_arn=arn, access_association_source=endpoint_id)
    return Change(
        kind="domain_access",
        resource=endpoint_id,
        text=f"{endpoint_id}: an access association with {domain.domain_name}",
        commands=(
            f"aws apigateway create-domain-name-access-association --domain-name-arn {arn} "
            f"--access-association-source-type VPCE --access-association-source {endpoint_id}",
        ),
        edits=(Edit("domain_name_access_associations", None, made),),
        rule="AGW-08",
    )
