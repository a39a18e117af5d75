"""Policies without a source: decide one request, check a document."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.engine.policy.authorize import authorize as decide
from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.json_text import JsonText, decode_text
from narrowgate.engine.policy.request import AuthorizationType
from narrowgate.engine.policy.request_json import decode_request, request_from
from narrowgate.engine.policy.request_policies import with_policy_options
from narrowgate.engine.policy.statements import Policy, PolicyKind
from narrowgate.model.errors import InputError
from narrowgate.model.policy import AuthorizeAnswer, PolicyFinding, Proof

_MAX_BYTES = 4 * 1024 * 1024


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON document and where it came from; `content` is bytes or the parsed value."""

    content: Any
    where: str

    @classmethod
    def read(cls, path: Path) -> "Document":
        """Read a file.

        Raises:
            InputError: it cannot be read, or is far larger than any policy or request.
        """
        try:
            size = path.stat().st_size
            if size > _MAX_BYTES:
                raise InputError(
                    f"has {size:,} bytes; a policy or request has at most {_MAX_BYTES:,}", where=str(path)
                )
            return cls(content=path.read_bytes(), where=str(path))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None


def authorize(
    request: Document,
    *,
    resource_policy: Document | None = None,
    endpoint_policy: Document | None = None,
    identity_policies: Sequence[Document] = (),
) -> AuthorizeAnswer:
    """Whether policies let one request through.

    Args:
        request: a `narrowgate.authorize-request/1`.
        resource_policy: the API's policy, if the request does not hold it.
        endpoint_policy: the endpoint's policy, if the request does not hold it.
        identity_policies: the caller's policies, if the request does not hold them.

    Raises:
        InputError: a malformed request or policy, or a layer given in two ways.
    """
    if isinstance(request.content, bytes):
        asked, text = decode_request(request.content, where=request.where), request.content
    else:
        asked, text = request_from(request.content, where=request.where), b""
    completed = with_policy_options(
        asked,
        resource_policy=_compiled(resource_policy, PolicyKind.RESOURCE),
        endpoint_policy=_compiled(endpoint_policy, PolicyKind.ENDPOINT),
        identity_policies=[_compile(each, PolicyKind.IDENTITY) for each in identity_policies],
        place=lambda pointer: JsonText(None, request.where, decode_text(text, request.where)).place(pointer),
    )
    return decide(completed)


POLICY_KINDS = tuple(kind.value for kind in PolicyKind)
"""What a policy can be attached to, as `prove_no_wider` names it."""


def prove_no_wider(narrow: Sequence[tuple[str, Document]], wide: Sequence[tuple[str, Document]]) -> Proof:
    """Whether no request is admitted by all of `narrow` and refused by one of `wide`, over all requests.

    Args:
        narrow: kind (one of `POLICY_KINDS`) and document of each policy of the first set.
        wide: the same of the second.

    Raises:
        InputError: a malformed policy.
    """
    # The automata are needed for proofs only: an ordinary decision must not load them.
    from narrowgate.engine.policy.proof.inclusion import no_wider_than

    sides = [[_compile(document, PolicyKind(kind)) for kind, document in side] for side in (narrow, wide)]
    return no_wider_than(sides[0], sides[1])


def validate(
    document: Document, *, kind: str = "resource", authorization_types: Sequence[AuthorizationType] = ()
) -> tuple[PolicyFinding, ...]:
    """What is wrong with a policy document, gravest first; `kind` is one of `POLICY_KINDS`."""
    # Only this verb needs the checks: an ordinary decision must not load them.
    from narrowgate.engine.policy.validation.validate import validate_policy
    from narrowgate.engine.policy.validation.view import PolicyContext

    context = PolicyContext(authorization_types=frozenset(authorization_types))
    return validate_policy(document.content, PolicyKind(kind), context, where=document.where)


def _compiled(document: Document | None, kind: PolicyKind) -> Policy | None:
    return None if document is None else _compile(document, kind)


def _compile(document: Document, kind: PolicyKind) -> Policy:
    return compile_policy(document.content, kind=kind, where=document.where)
