"""Taking facts away never makes a call work, and never makes it fail in silence: it can only become `unknown`."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate import api
from narrowgate.guide.broken import VARIATIONS, Case
from narrowgate.guide.estate import build_guide
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.trace import TraceAnswer
from narrowgate.sources.snapshot import Response, snapshot_from_responses
from narrowgate.sources.snapshot.operations import OPERATIONS

CASES: dict[str, Case] = {each.id: each.make() for each in VARIATIONS.values()}
DECIDED = sorted(
    name for name, case in CASES.items() if case.expected.verdict in (Verdict.ALLOWED, Verdict.DENIED)
)
CALLS = sorted({response.operation for response in build_guide().estate.responses()} & set(OPERATIONS))

# Left out, these say something of their own: an API without `policy` has none, one without the flag is enabled.
SPEAKING = frozenset({"policy", "disableExecuteApiEndpoint"})

# Where no export tells, what is saved is taken as deployed, and the answer says so (`docs/model.md`): these cases
# differ from their opposite in the export alone.
TOLD_BY_THE_EXPORT = frozenset(
    {"method-not-deployed", "policy-not-redeployed", "policy-revoked-but-not-redeployed"}
)


def responses_of(case: Case) -> list[Response]:
    return [each for each in case.guide.estate.responses() if each.operation in OPERATIONS]


def ask(case: Case, responses: list[Response]) -> TraceAnswer:
    snapshot = snapshot_from_responses(responses, refused=case.guide.estate.refused_calls())
    return api.trace(snapshot, case.client, case.url, method=case.method, headers=case.headers)


def without_field(response: Response, operation: str, field: str) -> Response:
    key = OPERATIONS[operation].key
    if response.operation != operation or not isinstance(response.body, dict) or key not in response.body:
        return response
    body: dict[str, Any] = copy.deepcopy(response.body)
    for element in body[key]:
        if isinstance(element, dict):
            element.pop(field, None)
    return Response(
        account=response.account,
        region=response.region,
        operation=operation,
        body=body,
        parameters=response.parameters,
        source=response.source,
    )


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(DECIDED), calls=st.sets(st.sampled_from(CALLS), min_size=1, max_size=3))
def test_calls_that_were_not_made_turn_an_answer_unknown_or_leave_it(name, calls):
    case = CASES[name]
    if case.guide.estate.outside is not None:
        return
    if name in TOLD_BY_THE_EXPORT and "apigateway.get_export" in calls:
        return
    try:
        answer = ask(case, [each for each in responses_of(case) if each.operation not in calls])
    except InputError:
        return  # The client itself is no longer known.
    assert answer.verdict in (Verdict.UNKNOWN, case.expected.verdict)
    if answer.verdict is Verdict.UNKNOWN:
        assert answer.unknowns


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(DECIDED), operation=st.sampled_from(CALLS), data=st.data())
def test_fields_that_were_left_out_never_make_a_call_work(name, operation, data):
    case = CASES[name]
    if case.guide.estate.outside is not None:
        return
    responses = responses_of(case)
    key = OPERATIONS[operation].key
    fields = sorted(
        {
            field
            for each in responses
            if each.operation == operation and isinstance(each.body, dict)
            for element in (each.body.get(key) or ())
            if isinstance(element, dict)
            for field in element
        }
        - SPEAKING
    )
    if not fields:
        return
    field = data.draw(st.sampled_from(fields))
    try:
        answer = ask(case, [without_field(each, operation, field) for each in responses])
    except InputError as error:
        assert error.message
        return
    if case.expected.verdict is Verdict.DENIED:
        assert answer.verdict is not Verdict.ALLOWED
