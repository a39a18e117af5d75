"""An API whose account nothing tells: whether what its policies decide hangs on which account that is (POL-16)."""

import re

import msgspec

from narrowgate.engine.policy.authorize import authorize
from narrowgate.engine.policy.callers import Principal
from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.request import AuthorizeRequest, Policies
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.engine.trace.called import Called
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_PATTERN = re.compile(r":\d{1,11}[*?][\d*?]*:")
_KINDS = {
    "endpoint_policy": PolicyKind.ENDPOINT,
    "resource_policy": PolicyKind.RESOURCE,
    "deployed_resource_policy": PolicyKind.RESOURCE,
    "domain_policy": PolicyKind.DOMAIN,
}


def gap_of_owner(snapshot: Snapshot, called: Called, request: AuthorizeRequest) -> Missing | None:
    """The missing account where a stand-in for it could decide otherwise than the real one; else None.

    The real one may be any that policies or the caller name: the call is decided for each of them, with policies
    that speak of the account that they are deployed in moved there.
    """
    own = request.api.account
    if own not in snapshot.stand_in_accounts:
        return None
    texts = _texts(snapshot, called, request.stage)
    named = {account for text in texts.values() for account in _ACCOUNT.findall(text)}
    if isinstance(request.principal, Principal):
        named.add(request.principal.account)
    if not any(_PATTERN.search(text) for text in texts.values()):
        decision = authorize(request).decision
        if all(authorize(_moved(request, texts, each)).decision is decision for each in named - {own}):
            return None
    return Missing(
        fact="the API owner's account",
        resource=called.api.id,
        why="the source does not tell it, and the decision depends on it: --account states it",
    )


def _texts(snapshot: Snapshot, called: Called, stage: str) -> dict[str, str]:
    """The documents of a call by their layer."""
    export = snapshot.facts.stage_exports.get((called.api.id, stage))
    found = {
        "endpoint_policy": called.endpoint.policy_document,
        "resource_policy": called.api.policy,
        "deployed_resource_policy": export.policy if export else None,
        "domain_policy": called.domain.policy if called.domain else None,
    }
    return {layer: text for layer, text in found.items() if isinstance(text, str) and text}


def _moved(request: AuthorizeRequest, texts: dict[str, str], account: str) -> AuthorizeRequest:
    """The same call of the same API in another account."""
    own = request.api.account
    policies: Policies = msgspec.structs.replace(
        request.policies,
        **{
            layer: compile_policy(text.replace(own, account), kind=_KINDS[layer], where=layer)
            for layer, text in texts.items()
            if own in text and getattr(request.policies, layer) is not None
        },
    )
    api = msgspec.structs.replace(request.api, account=account)
    return msgspec.structs.replace(request, api=api, policies=policies)
