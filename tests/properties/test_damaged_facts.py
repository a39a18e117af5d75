"""Facts that are not as AWS prints them: an answer, or one error that names its place; never anything else."""

import json
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.damage import JUNK

from narrowgate.api.ask import answer_questions
from narrowgate.guide.estate import Guide, build_guide
from narrowgate.model.errors import InputError
from narrowgate.sources.snapshot.assemble import snapshot_from_responses
from narrowgate.sources.snapshot.operations import OPERATIONS
from narrowgate.sources.snapshot.response import Response


@cache
def estate() -> tuple[Guide, tuple[Response, ...]]:
    guide = build_guide()
    return guide, tuple(each for each in guide.estate.responses() if each.operation in OPERATIONS)


@cache
def places() -> tuple[tuple[int, tuple[str | int, ...]], ...]:
    """Every value of every response, as the response's number and the path to the value."""
    found: list[tuple[int, tuple[str | int, ...]]] = []

    def walk(number: int, value: object, path: tuple[str | int, ...]) -> None:
        if path:
            found.append((number, path))
        children = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, child in children:
            walk(number, child, (*path, key))

    for number, response in enumerate(estate()[1]):
        walk(number, response.body, ())
    return tuple(found)


def questions() -> list[bytes]:
    guide = estate()[0]
    asked = [
        {"ask": "trace", "from": "requester-host", "url": guide.url},
        {"ask": "trace", "from": guide.requester.vpc, "url": guide.alias_url},
        {"ask": "reach", "from": guide.requester.subnets[1], "to": guide.endpoint, "port": 443},
        {"ask": "reach", "from": "internet", "to": guide.api.host, "port": 5432, "protocol": "udp"},
        {"ask": "resolve", "from": "database", "name": "reports.corp.internal"},
        {"ask": "resolve", "from": "10.1.1.10", "name": "db.corp.internal", "server": "10.0.1.53"},
        {"ask": "resolve", "from": "requester-host", "name": "20.1.0.10.in-addr.arpa", "type": "PTR"},
    ]
    return [json.dumps({"source": "damaged"} | each).encode() for each in asked]


def damaged(hits: list[tuple[tuple[int, tuple[str | int, ...]], object]]) -> list[Response]:
    responses = [json.loads(json.dumps(each.body)) for each in estate()[1]]
    for (number, path), junk in hits:
        holder = responses[number]
        try:
            for part in path[:-1]:
                holder = holder[part]
            holder[path[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue
    originals = estate()[1]
    return [
        Response(
            account=each.account,
            region=each.region,
            operation=each.operation,
            body=body,
            parameters=each.parameters,
            source=f"{each.operation}.json",
        )
        for each, body in zip(originals, responses, strict=True)
    ]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_value_that_aws_would_not_print_is_an_answer_or_an_error_with_its_place(data):
    hits = data.draw(st.lists(st.tuples(st.sampled_from(places()), JUNK), min_size=1, max_size=3))
    try:
        snapshot = snapshot_from_responses(damaged(hits))
    except InputError as error:
        assert ".json" in error.where
        return
    for line in answer_questions(questions(), source=None, loaded={"damaged": snapshot}):
        answer = json.loads(line)
        assert "internal error" not in json.dumps(answer.get("error", "")), (hits, answer)
