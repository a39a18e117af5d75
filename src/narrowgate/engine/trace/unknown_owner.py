"""An API whose account nothing tells: whether what its policies decide hangs on which account that is (POL-16)."""

import re

import msgspec

from narrowgate.engine.policy.authorize import authorize
from narrowgate.engine.policy.callers import Principal
from narrowgate.engine.policy.request import AuthorizeRequest
from narrowgate.engine.trace.called import Called
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_PATTERN = re.compile(r":\d{1,11}[*?][\d*?]*:")


def gap_of_owner(snapshot: Snapshot, called: Called, request: AuthorizeRequest) -> Missing | None:
    """The missing account where a stand-in for it could decide otherwise than the real one; else None.

    The real one may be any that policies or the caller name: the call is decided for each of them. A document that
    holds the stand-in itself, as the account that it is deployed in, is not decided anew: which of its accounts
    would change with it nobody can tell.
    """
    own = request.api.account
    if own not in snapshot.stand_in_accounts:
        return None
    text = "\n".join(_documents(snapshot, called, request.stage))
    named = set(_ACCOUNT.findall(text))
    if isinstance(request.principal, Principal):
        named.add(request.principal.account)
    others = named - {own}
    if not others and not _PATTERN.search(text):
        return None
    if own not in named and not _PATTERN.search(text):
        decision = authorize(request).decision
        elsewhere = (msgspec.structs.replace(request.api, account=each) for each in others)
        if all(authorize(msgspec.structs.replace(request, api=api)).decision is decision for api in elsewhere):
            return None
    return Missing(
        fact="the API owner's account",
        resource=called.api.id,
        why="the source does not tell it, and the decision depends on it: --account states it",
    )


def _documents(snapshot: Snapshot, called: Called, stage: str) -> list[str]:
    export = snapshot.facts.stage_exports.get((called.api.id, stage))
    found = (
        called.endpoint.policy_document,
        called.api.policy,
        export.policy if export else None,
        called.domain.policy if called.domain else None,
    )
    return [each for each in found if isinstance(each, str)]
