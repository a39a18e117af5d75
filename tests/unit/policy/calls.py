"""Authorize requests for tests: a valid anonymous GET, with what matters changed in plain sight."""

import json
from typing import Any

from narrowgate.engine.policy.authorize import authorize
from narrowgate.engine.policy.quick import decide
from narrowgate.engine.policy.request_json import decode_request
from narrowgate.model.policy import AuthorizeAnswer

OWNER = "111122223333"
OTHER = "444455556666"
API = {"id": "a1b2c3d4e5", "account": OWNER, "region": "us-east-1"}
API_ARN = f"arn:aws:execute-api:us-east-1:{OWNER}:a1b2c3d4e5"
USER = {"arn": f"arn:aws:iam::{OWNER}:user/alice", "account": OWNER}
SESSION = {"arn": f"arn:aws:sts::{OWNER}:assumed-role/Caller/job1", "account": OWNER}
STRANGER = {"arn": f"arn:aws:iam::{OTHER}:user/bob", "account": OTHER}
DOMAIN_ARN = f"arn:aws:execute-api:us-east-1:{OWNER}:/domainnames/api.example.com+d1e2f3"
NETWORK = {"aws:SourceVpce": "vpce-0a", "aws:SourceVpc": "vpc-0a", "aws:VpcSourceIp": "10.1.0.5"}


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    """A resource policy's statement about everything, by anybody; elements replace, None removes."""
    whole = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    return {name: value for name, value in {**whole, **elements}.items() if value is not None}


def identity(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    """A policy without principals, about everything."""
    return policy(statement(effect, Principal=None, Resource="*", **elements))


def endpoint(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    """A custom endpoint policy about this API."""
    return policy(statement(effect, **{"Resource": f"{API_ARN}/*", **elements}))


def policy(*statements: dict[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    """A policy document."""
    body: dict[str, Any] = {"Statement": list(statements)}
    return body if version is None else {"Version": version, **body}


def request(**fields: Any) -> dict[str, Any]:
    """The JSON of a request: an anonymous GET of a NONE method; fields replace, None removes."""
    whole = {
        "schema": "narrowgate.authorize-request/1",
        "api": API,
        "stage": "prod",
        "method": "GET",
        "path": "/pets/1",
        "authorization_type": "NONE",
        "authorization_header": "none",
        "context": NETWORK,
    }
    return {name: value for name, value in {**whole, **fields}.items() if value is not None}


def ask(resource_policy: dict[str, Any] | None = None, **fields: Any) -> AuthorizeAnswer:
    """Decide a request; the lean decision must agree with the explained one."""
    policies = dict(fields.pop("policies", {}))
    if resource_policy is not None:
        policies["resource_policy"] = resource_policy
    decoded = decode_request(json.dumps(request(**{"policies": policies, **fields})))
    answer = authorize(decoded)
    lean = decide(decoded)
    assert (lean.decision, lean.decided_by) == (answer.decision, answer.decided_by)
    return answer


def signed(principal: dict[str, Any] = USER, **fields: Any) -> dict[str, Any]:
    """Fields of a call of an AWS_IAM method with a valid signature."""
    return {
        "authorization_type": "AWS_IAM",
        "authorization_header": "sigv4_valid",
        "principal": principal,
        **fields,
    }


def causes(answer: AuthorizeAnswer) -> list[tuple[str, int | None, str]]:
    """What decided, as layer, statement index and reason."""
    return [(each.layer.value, each.index, each.reason) for each in answer.decided_by]
