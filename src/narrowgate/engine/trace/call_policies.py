"""The policies that a call meets, as the snapshot holds them, and what it does not hold of them."""

import msgspec
from msgspec import UnsetType

from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.request import Policies, UnreadLayer
from narrowgate.engine.policy.statements import Policy, PolicyKind
from narrowgate.engine.trace.called import Called
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot


class CallPolicies(msgspec.Struct, frozen=True, kw_only=True):
    """The policies of a call; the layers of which a document is not known, and the facts missing for that."""

    policies: Policies
    unread: frozenset[UnreadLayer]
    gaps: tuple[Missing, ...]


class _Layer(msgspec.Struct, frozen=True):
    """One policy, or the layers that stay unread without it."""

    policy: Policy | None = None
    unread: tuple[UnreadLayer, ...] = ()
    gap: Missing | None = None


def policies_of_call(snapshot: Snapshot, called: Called) -> CallPolicies:
    """Collect the endpoint's, the API's and the domain's policies (POL-02, POL-31, VPE-01).

    Raises:
        InputError: a document is no policy.
    """
    endpoint = _endpoint_policy(snapshot, called)
    saved = _saved_policy(snapshot, called)
    deployed = _deployed_policy(snapshot, called) if saved.gap is None else _Layer()
    domain = _domain_policy(snapshot, called)
    layers = (endpoint, saved, deployed, domain)
    return CallPolicies(
        policies=Policies(
            resource_policy=saved.policy,
            deployed_resource_policy=deployed.policy,
            endpoint_policy=endpoint.policy,
            domain_policy=domain.policy,
        ),
        unread=frozenset(name for layer in layers for name in layer.unread),
        gaps=tuple(layer.gap for layer in layers if layer.gap is not None),
    )


def _endpoint_policy(snapshot: Snapshot, called: Called) -> _Layer:
    endpoint_id, document = called.endpoint.vpc_endpoint_id, called.endpoint.policy_document
    if isinstance(document, UnsetType) and not snapshot.assume_complete:
        # EC2 always returns the policy of an interface endpoint, also AWS's default (VPE-01).
        gap = Missing(fact="VpcEndpoint.PolicyDocument", resource=endpoint_id)
        return _Layer(unread=("endpoint_policy",), gap=gap)
    return _Layer(_compiled(document, PolicyKind.ENDPOINT, f"{endpoint_id} PolicyDocument"))


def _saved_policy(snapshot: Snapshot, called: Called) -> _Layer:
    untold = snapshot.untold_field("RestApi.policy", called.api.id)
    if untold is not None:
        return _Layer(unread=("resource_policy", "deployed_resource_policy"), gap=untold)
    return _Layer(_compiled(called.api.policy, PolicyKind.RESOURCE, f"{called.api.id} policy"))


def _deployed_policy(snapshot: Snapshot, called: Called) -> _Layer:
    """What the stage runs, where somebody asked; without an answer the saved policy stands for it (POL-03)."""
    api_id = called.api.id
    stage = called.outcome.target.stage if called.outcome.target else ""
    export = snapshot.facts.stage_exports.get((api_id, stage))
    if export is not None and export.policy in (None, ""):
        # The export was asked for its policy and has none: nothing allows, whatever is saved (POL-02, POL-03).
        return _Layer(compile_policy({"Version": "2012-10-17", "Statement": []}, kind=PolicyKind.RESOURCE))
    if export is not None:
        return _Layer(_compiled(export.policy, PolicyKind.RESOURCE, f"{api_id}/{stage} export"))
    place = snapshot.place(api_id)
    refused = snapshot.missing("apigateway.get_export", place.account, place.region, parent=f"{api_id}/{stage}")
    if refused is not None and refused.why.startswith("refused"):
        # Somebody asked for what the stage runs and was turned away: the saved policy may be another one.
        return _Layer(unread=("deployed_resource_policy",), gap=refused)
    return _Layer()


def _domain_policy(snapshot: Snapshot, called: Called) -> _Layer:
    domain = called.domain
    if domain is None:
        return _Layer()
    untold = snapshot.untold_field("DomainName.policy", domain.domain_name_arn or domain.domain_name)
    if untold is not None:
        return _Layer(unread=("domain_policy",), gap=untold)
    return _Layer(_compiled(domain.policy, PolicyKind.DOMAIN, f"{domain.domain_name} policy"))


def _compiled(document: object, kind: PolicyKind, where: str) -> Policy | None:
    """A document compiled; None for an empty one, or one that is not text."""
    return compile_policy(document, kind=kind, where=where) if isinstance(document, str) and document else None
