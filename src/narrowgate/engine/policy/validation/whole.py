"""Checks of a document as a whole: size, version, shape, who gets in."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.keys import NEVER_SUPPLIED
from narrowgate.engine.policy.kleene import NO, YES
from narrowgate.engine.policy.statements import PolicyKind, Statement
from narrowgate.engine.policy.validation.elements import expanded_length
from narrowgate.engine.policy.validation.view import ERROR, SECURITY, SUGGESTION, WARNING, View, finding
from narrowgate.model.policy import PolicyFinding

LENGTHS: Final = {
    PolicyKind.RESOURCE: (8192, "POL-01"),
    PolicyKind.DOMAIN: (8192, "POL-01"),
    PolicyKind.ENDPOINT: (20480, "VPE-01"),
}
_NETWORK_KEYS: Final = frozenset({"aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"})
_PERIMETER_KEYS: Final = _NETWORK_KEYS | {
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "execute-api:viadomainarn",
}
# What no policy means: a condition that holds for these keeps nobody out.
_STRANGER: Final = {
    "aws:sourcevpce": "vpce-00000000000000000",
    "aws:sourcevpc": "vpc-00000000000000000",
    "aws:vpcsourceip": "192.0.2.1",
    "aws:principalorgid": "o-0000000000",
    "aws:principalorgpaths": "o-0000000000/r-0000/",
    "aws:principalaccount": "000000000000",
    "aws:principalarn": "arn:aws:iam::000000000000:role/nobody",
}
# As written, and as API Gateway spells the short form out when the policy is saved (POL-16).
_EVERYTHING: Final = re.compile(r"\*|execute-api:/\*|arn:[\w-]+:execute-api:[^:]*:[^:]*:[^/:]+/\*")


def check_size(view: View) -> Iterator[PolicyFinding]:
    """The length that AWS takes, with short forms expanded (POL-01, LIM-01)."""
    limit, rule = LENGTHS.get(view.kind, (0, ""))
    length = expanded_length(view, json.dumps(view.policy.document, separators=(",", ":"), ensure_ascii=False))
    if limit and length > limit:
        text = f"the policy has {length} characters once expanded; AWS takes {limit}"
        yield finding(ERROR, "policy_too_long", text, "", rule)


def check_version(view: View) -> Iterator[PolicyFinding]:
    """A document without a version is of 2008, without variables."""
    if view.policy.version is None:
        text = "the policy has no `Version` and counts as 2008-10-17; write 2012-10-17"
        yield finding(SUGGESTION, "missing_version", text, "", "POL-01")
        return
    if view.policy.version == "2008-10-17" and any(
        "${" in pattern.text for statement in view.policy.statements for pattern in statement.resources.patterns
    ):
        text = "policy variables need version 2012-10-17; here `${…}` is plain text"
        yield finding(WARNING, "variables_in_old_version", text, "/Version", "POL-01")


def check_shape(view: View) -> Iterator[PolicyFinding]:
    """No statements, the same Sid twice, nothing but denies (POL-06, VPE-02)."""
    statements = view.policy.statements
    if not statements:
        yield finding(
            ERROR, "no_statements", "the policy has no statement and allows nothing", "/Statement", "POL-04"
        )
        return
    counts = Counter(statement.sid for statement in statements if statement.sid)
    for statement in statements:
        if statement.sid and counts[statement.sid] > 1:
            text = f"the Sid `{statement.sid}` stands in several statements; answers cannot tell them apart"
            yield finding(WARNING, "duplicate_sid", text, view.pointer(statement, "Sid"), "POL-01")
    if all(statement.is_deny for statement in statements):
        yield from _deny_only(view)


def _deny_only(view: View) -> Iterator[PolicyFinding]:
    if view.kind is PolicyKind.RESOURCE:
        types = view.context.authorization_types
        locked = bool(types) and types <= {"NONE", "COGNITO_USER_POOLS"}
        text = "the policy only denies: methods without authorization and with Cognito refuse everybody"
        yield finding(ERROR if locked else WARNING, "deny_only", text, "/Statement", "POL-06")
    elif view.kind in (PolicyKind.ENDPOINT, PolicyKind.DOMAIN):
        rule = "VPE-02" if view.kind is PolicyKind.ENDPOINT else "POL-31"
        yield finding(ERROR, "deny_only", "the policy only denies, so nothing passes it", "/Statement", rule)


def check_open_to_everyone(view: View) -> Iterator[PolicyFinding]:
    """Allows that fence nobody off (POL-06, KEY-03)."""
    if view.kind not in (PolicyKind.RESOURCE, PolicyKind.DOMAIN):
        return
    fenced = any(s.is_deny and _fences(s) for s in view.policy.statements)
    for statement in view.policy.statements:
        if statement.is_deny or statement.principals is None or not statement.principals.anyone or fenced:
            continue
        if not statement.actions.values or not statement.resources.patterns or _never_matches(statement):
            continue  # it is about nothing at all
        keys = {condition.lowered for condition in statement.conditions if _keeps_strangers_out(condition)}
        if not keys:
            text = "everybody may call through any execute-api endpoint of the Region, in any account"
            yield finding(SECURITY, "open_to_everyone", text, view.pointer(statement), "POL-06")
        elif keys == {"aws:vpcsourceip"}:
            text = "private addresses are not unique: any VPC with such addresses is let in; add aws:SourceVpce"
            yield finding(SECURITY, "address_alone", text, view.pointer(statement, "Condition"), "KEY-03")


def _never_matches(statement: Statement) -> bool:
    """Whether a condition fails on every private call: on a key that none has, on plain HTTP (KEY-06, KEY-07)."""
    nobody = Context(resource="")
    settled = [
        c for c in statement.conditions if c.lowered in NEVER_SUPPLIED or c.lowered == "aws:securetransport"
    ]
    return any(condition.holds(nobody) == NO for condition in settled)


def _keeps_strangers_out(condition: Condition) -> bool:
    """Whether a condition on who calls or through what fails for somebody whom no policy means."""
    key = condition.lowered
    if key not in _PERIMETER_KEYS:
        return False
    stranger = _STRANGER.get(key)
    given = {} if stranger is None else {key: (stranger,)}
    return condition.holds(Context(resource="", given=given)) != YES


def check_negations_together(view: View) -> Iterator[PolicyFinding]:
    """Negated conditions of one Deny are joined by AND: it refuses only where all of them differ (POL-08)."""
    for statement in view.policy.statements:
        negated = [c.key for c in statement.conditions if c.lowered in _NETWORK_KEYS and _is_negated(c)]
        if statement.is_deny and len(negated) > 1:
            text = (
                f"the Deny needs {' and '.join(negated)} to differ at once: whoever fulfils one of them passes; "
                "for a fence on each, write a statement for each"
            )
            yield finding(WARNING, "negations_together", text, view.pointer(statement, "Condition"), "POL-08")


def _is_negated(condition: Condition) -> bool:
    return condition.name.operator is not None and condition.name.operator.negated


def _fences(statement: Statement) -> bool:
    return any(
        condition.lowered in _PERIMETER_KEYS and _is_negated(condition) for condition in statement.conditions
    )


def check_allow_list(view: View) -> Iterator[PolicyFinding]:
    """An allow-list fences nobody off whom an identity policy or a Lambda authorizer allows (POL-06, table A)."""
    types = view.context.authorization_types & {"AWS_IAM", "CUSTOM"}
    statements = view.policy.statements
    if view.kind is not PolicyKind.RESOURCE or not types or any(s.is_deny and _fences(s) for s in statements):
        return
    for statement in statements:
        if not statement.is_deny and {c.lowered for c in statement.conditions} & _NETWORK_KEYS:
            who = " and ".join(
                sorted(
                    {"AWS_IAM": "callers of the same account", "CUSTOM": "a Lambda authorizer"}[t] for t in types
                )
            )
            text = (
                f"the condition restricts this allow only; {who} can be allowed elsewhere: add a Deny as a fence"
            )
            yield finding(WARNING, "allow_list_does_not_fence", text, view.pointer(statement), "POL-06")


def check_lock_out(view: View) -> Iterator[PolicyFinding]:
    """Two fences on one key with different values deny everybody (POL-07)."""
    fences: dict[str, list[tuple[Statement, Condition]]] = {}
    for statement in view.policy.statements:
        single = statement.conditions[0] if len(statement.conditions) == 1 else None
        if statement.is_deny and single is not None and _negated_literal(single) and _about_everybody(statement):
            fences.setdefault(single.lowered, []).append((statement, single))
    for found in fences.values():
        first_statement, first = found[0]
        for statement, condition in found[1:]:
            if not set(first.wanted) & set(condition.wanted) and _overlap(first_statement, statement):
                text = (
                    f"no call fulfils both this fence on {condition.key} and the one of statement "
                    f"{first_statement.index}: together they deny everybody; list all values in one statement"
                )
                yield finding(ERROR, "lock_out", text, view.at(statement, condition), "POL-07")


def _negated_literal(condition: Condition) -> bool:
    modelled = condition.name.operator
    return modelled is not None and modelled.name in ("StringNotEquals", "StringNotEqualsIgnoreCase")


def _about_everybody(statement: Statement) -> bool:
    return statement.principals is not None and statement.principals.anyone and not statement.not_principal


def _overlap(one: Statement, other: Statement) -> bool:
    """Whether two statements speak about the same resources as far as their text tells."""
    texts = [{pattern.text for pattern in statement.resources.patterns} for statement in (one, other)]
    everything = {"*", "execute-api:/*", "execute-api:/*/*/*"}
    return bool(texts[0] & texts[1]) or bool(texts[0] & everything) or bool(texts[1] & everything)


def check_default_deny(view: View) -> Iterator[PolicyFinding]:
    """An unconditional Deny about everybody and everything makes all other statements idle."""
    for statement in view.policy.statements:
        whole = Context(resource="arn:aws:execute-api:us-east-1:111122223333:abcdef1234/s/GET/")
        if statement.is_deny and not statement.conditions and _about_everybody(statement):
            texts = {pattern.text for pattern in statement.resources.patterns}
            if any(_EVERYTHING.fullmatch(each) for each in texts) and statement.actions.applies(whole) == YES:
                text = "this Deny covers every call; no other statement can let anybody in"
                yield finding(WARNING, "denies_everyone", text, view.pointer(statement), "POL-05")


CHECKS: Final = (
    check_size,
    check_version,
    check_shape,
    check_open_to_everyone,
    check_negations_together,
    check_allow_list,
    check_lock_out,
    check_default_deny,
)
