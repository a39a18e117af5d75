"""What is alike is worked out once: calls that no policy tells apart, names that one zone answers."""

import pytest
from tests.builders import build_guide, invoke_statement, policy_document, snapshot_of

from narrowgate.exposure.apis import decisions as calls
from narrowgate.exposure.apis.decisions import decisions
from narrowgate.exposure.names import hidden
from narrowgate.guide.estate import Guide

EVERY_METHOD = {"/orders": ["GET", "POST"], "/carts": ["GET", "POST"], "/carts/open": ["GET"]}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the engine was asked while a list was made."""
    found: list[str] = []

    def noting(module: object, name: str, spell: object) -> None:
        original = getattr(module, name)

        def asking(*given, **named):
            found.append(spell(*given))
            return original(*given, **named)

        monkeypatch.setattr(module, name, asking)

    noting(calls, "evaluate_api_call", lambda snapshot, endpoint, request, *rest: request.path)
    noting(hidden, "ask_resolver", lambda query, vpc_id: query.name)
    return found


def decided(guide: Guide, resource: str) -> set[tuple[str, str]]:
    statement = invoke_statement()
    statement["Resource"] = resource
    api = guide.api.estate.rest_api(
        "carts", EVERY_METHOD, policy=policy_document(statement), endpoints=[guide.endpoint]
    )
    guide.api.estate.deploy(api)
    snapshot = snapshot_of(guide.estate)
    endpoint = snapshot.facts.vpc_endpoints[guide.endpoint]
    found = decisions(snapshot, snapshot.facts.rest_apis[api], endpoint)
    return {(each.call.verb, each.call.path) for each in found if each.call is not None}


def test_methods_that_no_policy_tells_apart_are_decided_by_one_of_them(asked):
    every = {(verb, path) for path, verbs in EVERY_METHOD.items() for verb in verbs}
    assert decided(build_guide(), "execute-api:/*") == every
    assert len(asked) == 1


def test_methods_that_a_pattern_tells_apart_are_decided_by_one_of_each_kind(asked):
    found = decided(build_guide(), "execute-api:/*/GET/carts*")
    assert found == {("GET", "/carts"), ("GET", "/carts/open")}
    assert len(asked) == 2


def test_one_name_speaks_for_all_that_a_managed_zone_takes(asked):
    guide = build_guide()
    estate = guide.requester.estate
    own = estate.interface_endpoint([guide.requester.subnets[0]], [], name="own", private_dns=True)
    policy = policy_document(invoke_statement())
    for number in range(9):
        guide.api.estate.rest_api(f"more-{number}", {"/": ["GET"]}, policy=policy, endpoints=[guide.endpoint])
    found = hidden.hidden_from(snapshot_of(guide.estate), guide.requester.vpc)
    assert sum(guide.endpoint in each for each in found) >= 9
    assert not any(own in each for each in found)
    assert len([each for each in asked if "execute-api" in each]) < 4
