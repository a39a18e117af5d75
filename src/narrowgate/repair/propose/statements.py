"""Statements of a policy, put right for one call: the values of a condition, or one more Allow."""

import copy
from collections.abc import Iterator
from typing import Any

from narrowgate.engine.http.url import parse_request
from narrowgate.repair.scene import Scene

Found = tuple[dict[str, Any], str]
"""A document, and what differs in it as a sentence."""

_BY_KEY = {"aws:sourcevpce": "endpoint", "aws:sourcevpc": "vpc", "aws:vpcsourceip": "address"}


def corrected(scene: Scene, document: dict[str, Any]) -> Iterator[Found]:
    """The document with the call's own endpoint, VPC or address among the values of one condition.

    A condition on `aws:SourceIp` becomes one on `aws:VpcSourceIp` (KEY-04), a wildcard in a literal comparison a
    comparison with wildcards (POL-08).
    """
    for index, statement in enumerate(document["Statement"]):
        for operator, keys in dict(statement.get("Condition") or {}).items():
            for key in dict(keys):
                yield from _condition(scene, document, (index, operator, key))


def _condition(scene: Scene, document: dict[str, Any], at: tuple[int, str, str]) -> Iterator[Found]:
    index, operator, key = at
    statement = document["Statement"][index]
    values = statement["Condition"][operator][key]
    present = list(values) if isinstance(values, list) else [values]
    named = statement.get("Sid") or f"statement {index}"
    for wanted in _values(scene, key):
        changed = copy.deepcopy(document)
        condition = changed["Statement"][index]["Condition"]
        if key.lower() == "aws:sourceip":
            del condition[operator][key]
            condition[operator]["aws:VpcSourceIp"] = wanted
            yield changed, f"{named} asks aws:VpcSourceIp for {wanted}, in place of aws:SourceIp"
        elif wanted not in present:
            kept = [each for each in present if not _is_client_vpc(scene, key, each)]
            condition[operator][key] = [*kept, wanted] if kept else wanted
            gone = ", ".join(each for each in present if each not in kept)
            yield changed, f"{named} names {wanted} in {key}" + (f", in place of {gone}" if gone else "")
    if operator.startswith("StringEquals") and any("*" in each for each in present):
        changed = copy.deepcopy(document)
        condition = changed["Statement"][index]["Condition"]
        condition.setdefault("StringLike", {})[key] = condition[operator].pop(key)
        if not condition[operator]:
            del condition[operator]
        yield changed, f"{named} compares {key} with StringLike, which knows wildcards"


def _values(scene: Scene, key: str) -> tuple[str, ...]:
    """What the call has for a key: of the endpoint that it meets, and of the address that reaches it."""
    lowered = key.lower()
    if lowered == "aws:sourcevpce":
        return tuple(each.vpc_endpoint_id for each in scene.endpoints)
    if lowered == "aws:sourcevpc":
        return tuple(dict.fromkeys(each.vpc_id for each in scene.endpoints))
    if lowered in ("aws:vpcsourceip", "aws:sourceip"):
        blocks = (scene.facts.subnets.get(host.subnet_id or "") for host in scene.hosts)
        return tuple(dict.fromkeys(each.cidr_block for each in blocks if each is not None and each.cidr_block))
    return ()


def _is_client_vpc(scene: Scene, key: str, value: str) -> bool:
    """True for the mistake of naming the caller's VPC where the endpoint's counts (KEY-01)."""
    vpcs = {each.vpc_id for each in scene.endpoints}
    return key.lower() == "aws:sourcevpc" and value in scene.client_vpcs and value not in vpcs


def admitting(scene: Scene, document: dict[str, Any], *, by_endpoint: bool) -> Iterator[Found]:
    """The document with one more Allow: this method, and (in a resource policy) this endpoint."""
    resource = call_resource(scene, by_endpoint=by_endpoint)
    if resource is None:
        return
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": resource,
    }
    if by_endpoint:
        for endpoint in scene.endpoints:
            own_id = endpoint.vpc_endpoint_id
            fenced = statement | {"Condition": {"StringEquals": {"aws:SourceVpce": own_id}}}
            changed = document | {"Statement": [*document["Statement"], fenced]}
            yield changed, f"allow {resource} through {own_id}"
        return
    yield document | {"Statement": [*document["Statement"], statement]}, f"allow {resource}"


def call_resource(scene: Scene, *, by_endpoint: bool) -> str | None:
    """The method that is called, as a policy names it; None where the API is not known.

    A resource policy may use the short form (POL-16); an endpoint policy serves many APIs and names its own.
    """
    request = parse_request(scene.goal.url, method=scene.goal.method, headers=scene.goal.headers)
    path = request.path.partition("?")[0].strip("/")
    stage, _, rest = path.partition("/")
    if scene.api_id is None or not stage:
        return None
    method = f"{stage}/{scene.goal.method}/{rest}"
    if by_endpoint:
        return f"execute-api:/{method}"
    place = scene.snapshot.place(scene.api_id)
    if place.account is None:
        return None
    return f"arn:aws:execute-api:{scene.region}:{place.account}:{scene.api_id}/{method}"
