"""Policy decisions, beside `@cloud-copilot/iam-simulate` on the same cases where that is installed."""

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from figures import Figure, a_second, at_least

from narrowgate import api
from narrowgate.engine.policy.quick import decide
from narrowgate.engine.policy.request_json import request_from

PEERS = Path(__file__).parent / "peers"
_CASES = 1000
_ACCOUNT = "111122223333"
_API = "a1b2c3d4e5"
_ARN = f"arn:aws:execute-api:us-east-1:{_ACCOUNT}:{_API}"
_CALLER = f"arn:aws:iam::{_ACCOUNT}:role/caller"
_ENDPOINTS = ("vpce-0a1b2c3d4e5f60718", "vpce-0f1e2d3c4b5a69788")

Case = dict[str, Any]


def decisions() -> list[Figure]:
    """Decisions alone on requests that are read already, and whole answers from the request's JSON."""
    cases = _cases(random.Random(1))
    read = [request_from(_request(each)) for each in cases]
    unsigned = [own for own, case in zip(read, cases, strict=True) if "principal" not in case]
    anonymous = a_second(_in_turn([partial(decide, own) for own in unsigned]))
    quick = a_second(_in_turn([partial(decide, own) for own in read]))
    documents = [api.Document(content=json.dumps(_request(each)).encode(), where="request") for each in cases]
    whole = a_second(_in_turn([partial(api.authorize, own) for own in documents]))
    found = _simulate(cases)
    if found is None:
        peer = "iam-simulate is not installed: npm install --prefix benchmarks/peers"
        return [*_alone(quick, anonymous, peer), _explained(whole, "")]
    agreed = sum(
        decide(own).decision.value == theirs for own, theirs in zip(read, found["decisions"], strict=True)
    )
    rate = float(found["rate"])
    peer = f"iam-simulate: {rate:,.0f} a second; same decision in {agreed:,} of {len(cases):,} cases"
    return [
        *_alone(quick, anonymous, peer),
        at_least("  … as a multiple of iam-simulate's", quick / rate, 10, unit="times"),
        _explained(whole, f"{whole / rate:.1f} times iam-simulate, which takes parsed policies"),
    ]


def _alone(quick: float, anonymous: float, peer: str) -> list[Figure]:
    return [
        at_least("policy decisions, three of ten callers signed", quick, 50_000, peer=peer),
        Figure(what="  … of anonymous callers only", measured=f"{anonymous:,.0f} a second"),
    ]


def _explained(rate: float, peer: str) -> Figure:
    what = "  … with the request read from JSON and every statement explained"
    return Figure(what=what, measured=f"{rate:,.0f} a second", peer=peer)


def _in_turn(functions: list[Callable[[], Any]]) -> Callable[[], Any]:
    turn = cycle(functions)
    return lambda: next(turn)()


def _cases(dice: random.Random) -> list[Case]:
    """Calls of one API, anonymous and signed, under the usual shapes of policies."""
    return [_case(dice) for _ in range(_CASES)]


def _case(dice: random.Random) -> Case:
    signed = dice.random() < 0.3
    case: Case = {
        "account": _ACCOUNT,
        "resource": f"{_ARN}/prod/GET/orders/{dice.randrange(1000)}",
        "context": {
            "aws:SourceVpce": dice.choice(_ENDPOINTS),
            "aws:SourceVpc": dice.choice(("vpc-0a1b2c3d4e5f60718", "vpc-0f1e2d3c4b5a69788")),
            "aws:VpcSourceIp": f"10.{dice.choice((1, 9))}.{dice.randrange(256)}.{dice.randrange(256)}",
        },
        "resource_policy": dice.choice(_RESOURCE_POLICIES),
    }
    if dice.random() < 0.5:
        case["endpoint_policy"] = _document(_allow(Resource=f"{_ARN}/*"))
    if signed:
        case["principal"] = _CALLER
        case["identity_policies"] = [
            _document({"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{_ARN}/prod/GET/orders/*"})
        ]
    return case


def _allow(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": f"{_ARN}/*"} | members


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


_RESOURCE_POLICIES = (
    _document(_allow(Condition={"StringEquals": {"aws:SourceVpce": _ENDPOINTS[0]}})),
    _document(
        _allow(), _allow(Effect="Deny", Condition={"StringNotEquals": {"aws:SourceVpce": list(_ENDPOINTS[:1])}})
    ),
    _document(
        _allow(
            Condition={
                "StringEquals": {"aws:SourceVpce": list(_ENDPOINTS)},
                "IpAddress": {"aws:VpcSourceIp": ["10.1.0.0/16", "10.2.0.0/16"]},
            }
        )
    ),
    _document(
        _allow(Resource=f"{_ARN}/prod/GET/orders/1*", Condition={"StringLike": {"aws:SourceVpc": "vpc-0a*"}})
    ),
)


def _request(case: Case) -> dict[str, Any]:
    """The case as `authorize` takes it."""
    _, stage, method, path = case["resource"].split("/", 3)
    signed = "principal" in case
    return {
        "schema": "narrowgate.authorize-request/1",
        "api": {"id": _API, "account": _ACCOUNT, "region": "us-east-1"},
        "stage": stage,
        "method": method,
        "path": f"/{path}",
        "authorization_type": "AWS_IAM" if signed else "NONE",
        "authorization_header": "sigv4_valid" if signed else "none",
        "principal": {"arn": _CALLER, "account": _ACCOUNT} if signed else None,
        "context": case["context"],
        "policies": {
            name: case[name]
            for name in ("resource_policy", "endpoint_policy", "identity_policies")
            if name in case
        },
    }


def _simulate(cases: list[Case]) -> dict[str, Any] | None:
    """What the peer decided, and how fast; None where it is not installed."""
    node = shutil.which("node")
    if node is None or not (PEERS / "node_modules").is_dir():
        return None
    done = subprocess.run(
        [node, "simulate.mjs"], input=json.dumps(cases), capture_output=True, text=True, check=True, cwd=PEERS
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found
