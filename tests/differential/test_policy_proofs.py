"""Proofs of inclusion against z3, which gets the policies as logic over strings and integers."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
import z3

from narrowgate import api
from narrowgate.api.policies import Document
from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.proof.inclusion import no_wider_than
from narrowgate.engine.policy.scalars import read_network
from narrowgate.model.policy import CounterexampleRequest, ProofOutcome

VPCES = ["vpce-0a", "vpce-0b", "vpce-1a"]
RESOURCES = [
    "execute-api:/*",
    "execute-api:/prod/*",
    "execute-api:/prod/GET/*",
    "execute-api:/prod/GET/a*",
    "execute-api:/*/GET/*b",
    "execute-api:/prod/?ET/ab",
    "execute-api:/dev/POST/a",
]
NETWORKS = ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.2.3", "0.0.0.0/0"]
METHODS = ["GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
ACCOUNT = "111122223333"
CALLERS = [
    None,
    f"arn:aws:iam::{ACCOUNT}:user/a",
    f"arn:aws:iam::{ACCOUNT}:user/b",
    "arn:aws:iam::444455556666:user/a",
]
PRINCIPALS: list[Any] = ["*", "*", {"AWS": ACCOUNT}, {"AWS": CALLERS[1]}, {"AWS": [CALLERS[2], CALLERS[3]]}]


def a_statement(rng: random.Random) -> dict[str, Any]:
    condition: dict[str, Any] = {}
    if rng.random() < 0.5:
        operator = rng.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"])
        pool = [*VPCES, "vpce-0*"] if "Like" in operator else VPCES
        condition[operator] = {"aws:SourceVpce": rng.sample(pool, rng.randint(1, 2))}
    if rng.random() < 0.4:
        condition[rng.choice(["IpAddress", "NotIpAddress"])] = {
            "aws:VpcSourceIp": rng.sample(NETWORKS, rng.randint(1, 2))
        }
    return {
        "Effect": rng.choice(["Allow", "Allow", "Deny"]),
        "Principal": rng.choice(PRINCIPALS),
        "Action": "execute-api:Invoke",
        "Resource": rng.sample(RESOURCES, rng.randint(1, 2)),
        **({"Condition": condition} if condition else {}),
    }


def a_policy(rng: random.Random) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [a_statement(rng) for _ in range(rng.randint(1, 3))]}


def regex(pattern: str) -> z3.ReRef:
    any_char = z3.AllChar(z3.ReSort(z3.StringSort()))
    parts = [z3.Star(any_char) if c == "*" else any_char if c == "?" else z3.Re(c) for c in pattern]
    return z3.Concat(*parts) if len(parts) > 1 else parts[0] if parts else z3.Re("")


class Request:
    """The variables of one request: who, through which endpoint, from where, asking for what."""

    def __init__(self) -> None:
        self.caller = z3.Int("caller")
        self.vpce = z3.String("vpce")
        self.stage = z3.String("stage")
        self.method = z3.String("method")
        self.path = z3.String("path")
        self.is_ipv4 = z3.Bool("is_ipv4")
        self.address = z3.Int("address")
        self.resource = z3.Concat("/", self.stage, "/", self.method, "/", self.path)

    def valid(self) -> list[Any]:
        word = z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), z3.Re("-"))
        return [
            self.caller >= 0,
            self.caller <= len(CALLERS),  # one more than the list: a signer whom nobody names
            z3.InRe(self.vpce, z3.Concat(z3.Re("vpce-"), z3.Plus(word))),
            z3.InRe(self.stage, z3.Plus(word)),
            z3.Or([self.method == method for method in METHODS]),
            z3.InRe(self.path, z3.Star(z3.Union(word, z3.Re("/")))),
            self.address >= 0,
            z3.Implies(self.is_ipv4, self.address < 2**32),
        ]


def applies(statement: dict[str, Any], request: Request) -> Any:
    parts = [who(statement["Principal"], request)]
    parts.append(
        z3.Or([z3.InRe(request.resource, regex(r.removeprefix("execute-api:"))) for r in statement["Resource"]])
    )
    for operator, keys in statement.get("Condition", {}).items():
        values = next(iter(keys.values()))
        negated = "Not" in operator
        if "Ip" in operator:
            found = z3.Or([inside(value, request) for value in values])
        elif "Like" in operator:
            found = z3.Or([z3.InRe(request.vpce, regex(value)) for value in values])
        else:
            found = z3.Or([request.vpce == value for value in values])
        parts.append(z3.Not(found) if negated else found)
    return z3.And(parts)


def inside(text: str, request: Request) -> Any:
    network = read_network(text)
    assert network is not None
    _, first, last = network
    return z3.And(request.is_ipv4, request.address >= first, request.address <= last)


def who(principal: Any, request: Request) -> Any:
    if principal == "*":
        return z3.BoolVal(True)
    named = principal["AWS"] if isinstance(principal["AWS"], list) else [principal["AWS"]]
    matching = [
        number
        for number, caller in enumerate(CALLERS)
        if caller is not None and (caller in named or caller.split(":")[4] in named)
    ]
    return z3.Or([request.caller == number for number in matching])


def admits(policy: dict[str, Any], request: Request) -> Any:
    allows = [applies(s, request) for s in policy["Statement"] if s["Effect"] == "Allow"]
    denies = [applies(s, request) for s in policy["Statement"] if s["Effect"] == "Deny"]
    return z3.And(z3.Or(allows), z3.Not(z3.Or(denies)))


@pytest.mark.parametrize("seed", range(40))
def test_inclusion_agrees_with_z3(seed: int) -> None:
    rng = random.Random(seed)
    narrow, wide = a_policy(rng), a_policy(rng)
    if seed % 3 == 0:  # pairs of which inclusion often holds
        wide = {**narrow, "Statement": [*narrow["Statement"], {**a_statement(rng), "Effect": "Allow"}]}
    request = Request()
    solver = z3.Solver()
    solver.set("timeout", 1000)
    solver.add(*request.valid(), admits(narrow, request), z3.Not(admits(wide, request)))
    answer = solver.check()
    if answer == z3.unknown:
        pytest.skip("z3 gave up on its strings")
    proof = no_wider_than(compile_policy(narrow), compile_policy(wide))
    assert proof.outcome is (ProofOutcome.HOLDS if answer == z3.unsat else ProofOutcome.REFUTED)


def as_request(found: CounterexampleRequest) -> dict[str, Any]:
    """A counterexample as a request of `authorize`: a signer calls an AWS_IAM method, nobody one of type NONE."""
    _, partition, _, region, account, tail = found.resource.split(":", 5)
    api_id, stage, method, path = tail.split("/", 3)
    signed = found.caller is not None
    return {
        "schema": "narrowgate.authorize-request/1",
        "api": {"id": api_id, "account": account, "region": region, "partition": partition},
        "stage": stage,
        "method": method,
        "path": f"/{path}",
        "resource": found.resource,
        "authorization_type": "AWS_IAM" if signed else "NONE",
        "authorization_header": "sigv4_valid" if signed else "none",
        "principal": {"arn": found.caller, "account": found.caller.split(":")[4]} if found.caller else None,
        "context": found.context,
        "absent": list(found.absent),
    }


def lets_through(policy: dict[str, Any], request: dict[str, Any]) -> bool:
    """Whether `authorize` finds the resource policy to allow and not to deny."""
    answer = api.authorize(
        Document(content=request, where="request"), resource_policy=Document(content=policy, where="policy")
    )
    looked_at = [each for each in answer.statements if each.layer == "resource_policy"]
    assert all(each.applies != "unknown" for each in looked_at)
    matched = [each.effect for each in looked_at if each.applies == "yes"]
    if request["authorization_type"] == "NONE":
        assert (answer.decision == "allowed") == (matched != [] and "Deny" not in matched)
    return matched != [] and "Deny" not in matched


def test_authorize_confirms_every_counterexample() -> None:
    refuted = 0
    for seed in range(300):
        rng = random.Random(1000 + seed)
        narrow, wide = a_policy(rng), a_policy(rng)
        proof = no_wider_than(compile_policy(narrow), compile_policy(wide))
        if proof.counterexample is not None:
            request = as_request(proof.counterexample)
            assert lets_through(narrow, request), (seed, request)
            assert not lets_through(wide, request), (seed, request)
            refuted += 1
    assert refuted > 100


def largest(statement: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """A policy of as many statements as AWS takes in a resource policy: 8192 characters."""
    statements: list[dict[str, Any]] = []
    while len(json.dumps([*statements, statement(len(statements))], separators=(",", ":"))) < 8100:
        statements.append(statement(len(statements)))
    return {"Version": "2012-10-17", "Statement": statements}


def own_endpoint(number: int) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": f"execute-api:/prod/GET/r{number}/*",
        "Condition": {"StringEquals": {"aws:SourceVpce": f"vpce-{number:017x}"}},
    }


def own_role(number: int) -> dict[str, Any]:
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/caller-{number}"}
    return {**own_endpoint(number), "Principal": principal, "Condition": {}}


def own_range(number: int) -> dict[str, Any]:
    condition = {"IpAddress": {"aws:VpcSourceIp": f"10.{number}.0.0/16"}}
    return {**own_endpoint(number), "Effect": "Deny" if number % 2 else "Allow", "Condition": condition}


@pytest.mark.parametrize("statement", [own_endpoint, own_role, own_range])
def test_a_policy_of_the_largest_size_is_proven_in_under_a_second(statement: Callable[[int], Any]) -> None:
    whole = largest(statement)
    less = {**whole, "Statement": [each for each in whole["Statement"] if "r10/" not in each["Resource"]]}
    started = time.process_time()
    assert no_wider_than(compile_policy(whole), compile_policy(whole)).outcome is ProofOutcome.HOLDS
    assert no_wider_than(compile_policy(less), compile_policy(whole)).outcome is ProofOutcome.HOLDS
    assert no_wider_than(compile_policy(whole), compile_policy(less)).outcome is ProofOutcome.REFUTED
    assert time.process_time() - started < 3  # three proofs
