"""Assumptions that an answer rests on, and facts about the request that its reader would otherwise miss."""

from collections.abc import Iterator

from msgspec import UNSET, UnsetType

from narrowgate.engine.policy.differences import changed_statements, same_policy
from narrowgate.engine.policy.keys import is_principal_key
from narrowgate.engine.policy.layers import Evaluation
from narrowgate.engine.policy.request import AUTHORIZER_RESULTS, MAX_METHOD_ARN, AuthorizeRequest
from narrowgate.model.policy import Layer, Note


def notes_of(evaluation: Evaluation) -> tuple[Note, ...]:
    """The notes of one request, in a fixed order."""
    request = evaluation.request
    notes = [*_resource_policy(request), *_identity_side(evaluation), *_header(request)]
    notes += [*_endpoint(evaluation), *_context(request), *_authorizer(request), *_length(request)]
    return tuple(notes)


def _resource_policy(request: AuthorizeRequest) -> Iterator[Note]:
    policies, unread = request.policies, request.unknown_policies
    saved, deployed = policies.resource_policy, policies.deployed_resource_policy
    if saved is not None and deployed is not None:
        if not same_policy(saved, deployed, request.api.arn):
            names = ", ".join(changed_statements(saved, deployed, request.api.arn)) or "its version"
            yield Note(
                code="saved_policy_differs",
                text=f"the saved resource policy is not what the stage runs ({names}); only the latter counts "
                "until the API is deployed again",
                rule="POL-03",
            )
    elif saved is not None and "deployed_resource_policy" not in unread:
        yield Note(
            code="saved_policy_counts_as_deployed",
            text="the saved resource policy is taken for what the stage runs",
            rule="POL-03",
        )
    elif saved is None and deployed is None and not {"resource_policy", "deployed_resource_policy"} & unread:
        yield Note(
            code="no_resource_policy",
            text="the API has no resource policy: nothing allows, and a private API cannot even be deployed",
            rule="POL-02",
        )


def _identity_side(evaluation: Evaluation) -> Iterator[Note]:
    request = evaluation.request
    policies, unread = request.policies, request.unknown_policies
    if not evaluation.viewers(Layer.IDENTITY_POLICY):
        given = policies.identity_policies or policies.scp or policies.permissions_boundary
        if given or policies.session_policies:
            yield Note(
                code="identity_side_not_consulted",
                text="identity policies, boundaries, session policies and service control policies concern "
                "signed calls of AWS_IAM methods only; they were not looked at",
                rule="POL-28",
            )
        return
    if policies.scp is None and "scp" not in unread:
        yield Note(
            code="assuming_no_scp",
            text="assuming that no service control policy restricts the caller",
            rule="ORG-01",
        )
    if policies.permissions_boundary is None and "permissions_boundary" not in unread:
        yield Note(
            code="assuming_no_boundary", text="assuming that the caller has no permissions boundary", rule="ORG-03"
        )
    if not policies.session_policies and "session_policy" not in unread:
        yield Note(
            code="assuming_no_session_policy",
            text="assuming that the caller's session was made without session policies",
            rule="ORG-03",
        )
    yield Note(
        code="rcp_do_not_apply",
        text="resource control policies do not cover API Gateway and would change nothing",
        rule="ORG-02",
    )


def _header(request: AuthorizeRequest) -> Iterator[Note]:
    header, principal = request.authorization_header, request.principal
    signed = principal is not None and principal is not UNSET
    if signed and header in ("none", "other", "sigv4_invalid"):
        yield Note(
            code="principal_not_looked_at",
            text="no valid signature proves the principal, so the caller counts as anonymous",
            rule="VPE-03",
        )
    if header == "sigv4_valid" and principal is None:
        yield Note(
            code="signer_not_named",
            text="the signature is valid, so somebody signed; who it was is taken as unknown",
            rule="VPE-03",
        )
    if header == "sigv4_invalid" and request.authorization_type not in ("AWS_IAM", UNSET):
        yield Note(
            code="invalid_signature_undocumented",
            text="what a malformed signature leads to on a method that asks for none is documented only for "
            "custom endpoint policies",
            rule="VPE-03",
        )


def _endpoint(evaluation: Evaluation) -> Iterator[Note]:
    request = evaluation.request
    if request.policies.endpoint_policy is None and "endpoint_policy" not in request.unknown_policies:
        yield Note(
            code="default_endpoint_policy",
            text="the endpoint is taken to have AWS's default policy, full access",
            rule="VPE-01",
        )
    elif request.domain is not None and any(
        len(view.layer(Layer.ENDPOINT_POLICY).documents) > 1 for view in evaluation.viewers(Layer.ENDPOINT_POLICY)
    ):
        yield Note(
            code="domain_arn_in_endpoint_policy",
            text="the endpoint policy allows the API and not the domain name's ARN; whether it must is not "
            "documented",
            rule="VPE-05",
        )


def _context(request: AuthorizeRequest) -> Iterator[Note]:
    if request.authorization_type in ("AWS_IAM", UNSET):
        return
    names = sorted(name for name in request.context if is_principal_key(name.lower()))
    if names:
        yield Note(
            code="principal_keys_given",
            text=f"{', '.join(names)}: taken as the request gives it, although such keys exist on AWS_IAM "
            "methods only",
            rule="KEY-05",
        )


def _authorizer(request: AuthorizeRequest) -> Iterator[Note]:
    result, kind = request.authorizer_result, request.authorization_type
    if isinstance(result, UnsetType) or isinstance(kind, UnsetType) or kind in AUTHORIZER_RESULTS:
        return
    yield Note(
        code="authorizer_not_looked_at",
        text=f"a method of type {kind} has no authorizer; its result was not looked at",
        rule="POL-29",
    )


def _length(request: AuthorizeRequest) -> Iterator[Note]:
    length = len(request.resource.encode())
    if length > MAX_METHOD_ARN:
        yield Note(
            code="method_arn_too_long",
            text=f"the method ARN has {length} bytes; API Gateway takes {MAX_METHOD_ARN} and answers 414 beyond, "
            "before any policy",
            rule="ERR-15",
        )
