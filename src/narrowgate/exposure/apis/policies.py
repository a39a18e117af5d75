"""The documents that judge a call of an API through an endpoint, compiled, and what they tell callers apart by."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from narrowgate.engine.policy.callers import ArnKind, Caller, CallerKind
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.principals import PrincipalSet
from narrowgate.engine.policy.proof.callers import ARN_KEYS, signed_callers
from narrowgate.engine.policy.proof.cells import OutsideError
from narrowgate.engine.policy.proof.words import TooComplexError
from narrowgate.engine.policy.statements import Policy, PolicyKind, Statement
from narrowgate.model.address import IntervalSet, is_block, parse_cidr
from narrowgate.model.answer import Missing
from narrowgate.model.apigateway import RestApi
from narrowgate.model.errors import InputError
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot

_SOURCE_IP = "aws:vpcsourceip"
_CHOSEN_BY_CALLERS = {"aws:useragent": "User-Agent", "aws:referer": "Referer"}


class Documents(NamedTuple):
    """Policies that speak about a call, and the fact that would tell of one that cannot be read."""

    policies: tuple[Policy, ...]
    unreadable: tuple[Missing, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements."""
        return tuple(statement for policy in self.policies for statement in policy.statements)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions."""
        return tuple(condition for statement in self.statements for condition in statement.conditions)


def documents_of(snapshot: Snapshot, api: RestApi, stage: str, endpoint: VpcEndpoint) -> Documents:
    """The endpoint's policy and the API's: the deployed one where an export shows it (POL-03)."""
    texts: list[tuple[str, PolicyKind, str]] = []
    if isinstance(endpoint.policy_document, str) and endpoint.policy_document:
        texts.append((endpoint.policy_document, PolicyKind.ENDPOINT, endpoint.vpc_endpoint_id))
    export = snapshot.facts.stage_exports.get((api.id, stage))
    deployed = export.policy if export is not None else None
    saved = deployed if isinstance(deployed, str) else api.policy
    if isinstance(saved, str) and saved:
        texts.append((saved, PolicyKind.RESOURCE, api.id))
    policies, unreadable = [], []
    for text, kind, resource in texts:
        try:
            policies.append(compile_policy(text, kind=kind, where=resource))
        except InputError as error:
            unreadable.append(
                Missing(fact=f"{kind} policy", resource=resource, why=f"is no policy: {error.message}")
            )
    return Documents(tuple(policies), tuple(unreadable))


def signers(documents: Documents, account: str) -> tuple[Caller, ...] | Missing:
    """Signers for every way in which the documents can see one, some of the API's own account too (POL-26)."""
    principals = [each.principals for each in documents.statements if each.principals is not None]
    owner = PrincipalSet({"AWS": (account,)})
    about = [condition for condition in documents.conditions if condition.lowered in ARN_KEYS]
    try:
        return signed_callers([*principals, owner], about, "aws")
    except (OutsideError, TooComplexError) as outside:
        return Missing(fact="which signers the policies admit", why=f"outside of what is computed: {outside}")


def named_values(documents: Documents) -> frozenset[str]:
    """ARNs and account ids that the principal elements and conditions on the signer spell out."""
    found: set[str] = set()
    for statement in documents.statements:
        element = statement.principals.element if statement.principals is not None else "*"
        if not isinstance(element, str):
            found.update(element.get("AWS", ()))
    for condition in documents.conditions:
        if condition.lowered in ARN_KEYS:
            found.update(condition.wanted)
    return frozenset(found)


def who_is(caller: Caller, documents: Documents, account: str) -> str:
    """A caller in words: its ARN where a policy names it, else all that the policies do not tell apart from it."""
    if caller.kind is CallerKind.ANONYMOUS or caller.principal is None or caller.parsed is None:
        return "anonymous"
    named = named_values(documents)
    role = caller.principal.role_arn if isinstance(caller.principal.role_arn, str) else None
    for text in (caller.arn, role):
        if text and text in named:
            return text
    own = caller.principal.account
    known = any(own in value for value in named)
    whose = "the API's own account" if own == account else f"account {own}" if known else "any other account"
    kind = {ArnKind.ROOT: "the root user", ArnKind.USER: "any other user", ArnKind.FEDERATED: "any federated user"}
    return f"{kind.get(caller.parsed.kind, 'any other role')} of {whose}"


def source_cells(documents: Documents) -> list[IntervalSet] | None:
    """IPv4 addresses cut by conditions on the address that the endpoint sees; None where none asks (KEY-03)."""
    about = [condition for condition in documents.conditions if condition.lowered == _SOURCE_IP]
    if not about:
        return None
    blocks = [parse_cidr(text) for condition in about for text in condition.wanted if is_block(text)]
    edges = {edge for block in blocks if block.family == 4 for edge in (block.first, block.last + 1)}
    inside = [0, *sorted(edge for edge in edges if 0 < edge < 2**32), 2**32]
    cells: dict[frozenset[object], IntervalSet] = {}
    for first, following in pairwise(inside):
        covering = frozenset(block for block in blocks if block.family == 4 and block.first <= first <= block.last)
        piece = IntervalSet([(first, following - 1)])
        cells[covering] = cells.get(covering, IntervalSet()) | piece
    return list(cells.values())


def chosen_headers(documents: Documents) -> Iterator[tuple[str, Sequence[Condition]]]:
    """Headers that the caller chooses and that a condition asks for."""
    for key, header in _CHOSEN_BY_CALLERS.items():
        about = [condition for condition in documents.conditions if condition.lowered == key]
        if about:
            yield header, about
