"""Whole calls, drawn at random, against a judge written from the reference procedure and tables A and B."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.differential.naive_authorize import Effects, Told, judge

from narrowgate.engine.policy.authorize import authorize
from narrowgate.engine.policy.quick import decide
from narrowgate.engine.policy.request_json import request_from
from narrowgate.model.policy import AuthorizeAnswer

OWNER, OTHER = "111122223333", "444455556666"
DOMAIN = {
    "arn": f"arn:aws:execute-api:us-east-1:{OWNER}:/domainnames/api.example.com+d1",
    "host": "api.example.com",
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "header": ("none", "sigv4_valid", "sigv4_valid", "sigv4_valid", "sigv4_invalid", "other"),
    "other_account": (True, False),
    "endpoint": ("none", "none", "allow", "allow", "silent", "deny"),
    "domain": ("none", "none", "none", "allow", "allow", "unassociated", "silent", "deny"),
    "resource": ("allow", "allow", "allow_role", "allow_account", "silent", "deny", "none"),
    "identity": ("allow", "allow", "silent", "none", "deny"),
    "boundary": ("none", "none", "allow", "silent", "deny"),
    "session": ("none", "none", "allow", "silent", "deny"),
    "scp": ((), (), ("allow",), ("allow", "allow"), ("allow", "silent"), ("silent", "allow"), ("deny", "allow")),
    "api_key": ("not_required", "valid", "missing", "invalid"),
}
RESULTS = {
    "CUSTOM": ("allow", "deny", "silent", "unauthenticated"),
    "COGNITO_USER_POOLS": ("valid_token", "invalid_token"),
}
KINDS = ("NONE", "AWS_IAM", "AWS_IAM", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")
REASONS = {
    "statement_matched": "matched",
    "no_matching_allow": "missing",
    "no_policy": "missing",
    "authorizer_silent": "missing",
    "authorizer_deny": "deny",
    "authorizer_allow": "allow",
}


def drawn(chance: random.Random) -> Effects:
    kind = chance.choice(KINDS)
    fields = {name: chance.choice(values) for name, values in CHOICES.items()}
    return Effects(kind=kind, authorizer=chance.choice(RESULTS.get(kind, ("",))), **fields)


def is_documented(call: Effects) -> bool:
    """VPE-03 leaves open what the default endpoint policy makes of a malformed signature, save on AWS_IAM."""
    return call.header != "sigv4_invalid" or call.kind == "AWS_IAM" or call.endpoint != "none"


def document(effect: str, principal: Any = None, resource: str = "*") -> dict[str, Any]:
    """A policy with this effect on `execute-api:Invoke`; a silent one speaks about another action."""
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}
    if principal is not None:
        allow["Principal"] = principal
    other = allow | {"Action": "execute-api:InvalidateCache"}
    statements = {"silent": [other], "deny": [allow, allow | {"Effect": "Deny"}]}.get(effect, [other, allow])
    return {"Version": "2012-10-17", "Statement": statements}


def written(call: Effects, *, unread: tuple[str, ...] = ()) -> dict[str, Any]:
    """The call as a `narrowgate.authorize-request/1`, without the layers and facts named in `unread`."""
    account = OTHER if call.other_account else OWNER
    session = f"arn:aws:sts::{account}:assumed-role/Caller/job"
    named = {"allow_role": {"AWS": f"arn:aws:iam::{account}:role/Caller"}, "allow_account": {"AWS": account}}
    policies: dict[str, Any] = {
        "endpoint_policy": document(call.endpoint, "*", f"arn:aws:execute-api:us-east-1:{OWNER}:*"),
        "domain_policy": document(
            "allow" if call.domain == "unassociated" else call.domain, "*", "execute-api:/*"
        ),
        "resource_policy": document(call.resource, named.get(call.resource, "*"), "execute-api:/*"),
        "identity_policies": [document(call.identity)],
        "permissions_boundary": document(call.boundary),
        "session_policies": [document(call.session)],
        "scp": [document(level) for level in call.scp],
    }
    missing = [layer for layer, effect in zip(policies, call[3:9], strict=False) if effect == "none"]
    missing += ["scp"] if not call.scp else []
    request: dict[str, Any] = {
        "schema": "narrowgate.authorize-request/1",
        "api": {"id": "a1b2c3d4e5", "account": OWNER, "region": "us-east-1"},
        "stage": "prod",
        "method": "GET",
        "path": "/pets/1",
        "authorization_type": call.kind,
        "authorization_header": call.header,
        "api_key": call.api_key,
    }
    if call.header.startswith("sigv4"):
        request["principal"] = {"arn": session, "account": account}
    if call.kind in RESULTS:
        request["authorizer_result"] = call.authorizer
    if call.domain != "none":
        request["domain"] = DOMAIN | {"access_association": call.domain != "unassociated"}
    request["policies"] = {name: each for name, each in policies.items() if name not in (*missing, *unread)}
    request["unknown_policies"] = [name for name in unread if name in policies]
    return {name: value for name, value in request.items() if name not in unread}


def told(answer: AuthorizeAnswer) -> Told:
    causes = frozenset((str(each.layer), REASONS.get(each.reason, each.reason)) for each in answer.decided_by)
    http = (answer.http.status, answer.http.error_type) if answer.http else None
    return str(answer.decision), causes, http, answer.authorizer_invoked


def test_the_engine_and_the_tables_of_the_rule_book_agree_on_whole_calls() -> None:
    chance = random.Random(20261126)
    decisions: Counter[str] = Counter()
    for _ in range(4000):
        call = drawn(chance)
        if not is_documented(call):
            continue
        request = request_from(written(call))
        answer, lean = authorize(request), decide(request)
        assert told(answer) == judge(call), call
        assert (lean.decision, lean.decided_by) == (answer.decision, answer.decided_by), call
        decisions[str(answer.decision)] += 1
    assert min(decisions.values()) >= 60, decisions


OPEN: dict[str, tuple[tuple[str, Any], ...]] = {
    "endpoint_policy": tuple(("endpoint", each) for each in ("none", "allow", "silent", "deny")),
    "resource_policy": tuple(("resource", each) for each in ("allow", "silent", "deny")),
    "identity_policies": tuple(("identity", each) for each in ("allow", "silent", "deny")),
    "permissions_boundary": tuple(("boundary", each) for each in ("allow", "silent", "deny")),
    "session_policies": tuple(("session", each) for each in ("allow", "silent", "deny")),
    "scp": tuple(("scp", (each,)) for each in ("allow", "silent", "deny")),
    "authorizer_result": (),
}


def completions(call: Effects, unread: tuple[str, ...]) -> Iterator[Effects]:
    """Every call that the one with open facts may turn out to be."""
    choices = [
        tuple(("authorizer", each) for each in RESULTS[call.kind]) if name == "authorizer_result" else OPEN[name]
        for name in unread
    ]
    for chosen in product(*choices):
        yield call._replace(**dict(chosen))


def test_a_call_with_open_facts_is_decided_exactly_where_they_cannot_change_it() -> None:
    chance = random.Random(20261127)
    decisions: Counter[str] = Counter()
    for _ in range(2500):
        call = drawn(chance)
        possible = [name for name in OPEN if name != "authorizer_result" or call.kind in RESULTS]
        unread = tuple(chance.sample(possible, chance.choice((1, 1, 2, 3))))
        every = list(completions(call, unread))
        if not all(is_documented(each) for each in every):
            continue
        wanted = {judge(each)[0] for each in every}
        decision = str(authorize(request_from(written(call, unread=unread))).decision)
        if len(wanted) == 1:
            assert {decision} == wanted, (call, unread)
        elif "allowed" in wanted:
            assert decision == "unknown", (call, unread)
        else:
            assert decision in ("unknown", "explicit_deny"), (call, unread)  # refused in any case; how is open
        decisions[decision] += 1
    assert min(decisions.values()) >= 15, decisions
