"""Expectations on an option's world: each `may_call`, and each line of `expect`."""

from typing import TypeVar

import msgspec

from narrowgate.model.answer import Cause, Missing, Step, Verdict
from narrowgate.model.comparison import ExpectationAnswer, TracedCall
from narrowgate.model.design import Api, Consumer, Design, Expectation, Route
from narrowgate.model.sample import sample_method, sample_path
from narrowgate.model.trace import Symptom, TraceAnswer
from narrowgate.options.compare.ask import (
    ask_by_every_door,
    ask_call,
    ask_name,
    ask_socket,
    ask_url,
    call_url,
    dns_servers,
    principal_of,
    with_token,
)
from narrowgate.options.compare.clients import client_of
from narrowgate.options.compare.exclusive import judge_exclusive
from narrowgate.options.option import Call, Option, default_name
from narrowgate.options.world import World

J = TypeVar("J", TracedCall, ExpectationAnswer)

_CERTAINLY_NOT = (Verdict.DENIED, Verdict.INVALID)


def trace_permissions(world: World, design: Design, option: Option) -> tuple[TracedCall, ...]:
    """Every call that the design allows, traced from every host of its consumer."""
    return tuple(
        _traced(world, design, option, consumer, design.api(permission.api), route)
        for consumer in design.consumers
        for permission in consumer.may_call
        for route in permission.routes
    )


def _traced(
    world: World, design: Design, option: Option, consumer: Consumer, api: Api, route: Route
) -> TracedCall:
    client = client_of(world, design, consumer)
    call = with_token(call_of(design, option, consumer, api), api)
    answer = ask_call(world, client, call, route, principal=principal_of(consumer, api))
    verdict, decided = _public_verdict(answer) if not api.is_private else (answer.verdict, answer.decided_by)
    url, headers = call_url(world, call, sample_path(route.path))
    return TracedCall(
        consumer=consumer.name,
        api=api.name,
        method=sample_method(route.method),
        path=sample_path(route.path),
        url=url,
        headers=headers,
        verdict=verdict,
        symptom=answer.symptom,
        passes=tuple(dict.fromkeys(step.component for step in answer.hops if step.component)),
        decided_by=decided,
        unknowns=answer.unknowns if verdict is not Verdict.ALLOWED else (),
        steps=_steps(answer),
    )


def _steps(answer: TraceAnswer) -> tuple[Step, ...]:
    return (*(answer.dns.steps if answer.dns is not None else ()), *answer.hops)


def call_of(design: Design, option: Option, consumer: Consumer, api: Api) -> Call:
    """How a consumer calls an API: a private one the option's way, a public one by its own name."""
    return option.call(design, consumer, api) if api.is_private else Call(
        host=default_name(api), path=f"/{api.stage}"
    )  # fmt: skip


def _public_verdict(answer: TraceAnswer) -> tuple[Verdict, Cause | None]:
    """A public API is called as before where its name still has its public answer: more is not ours to judge."""
    if answer.symptom is Symptom.PUBLIC_ANSWER or (answer.dns is not None and answer.dns.target == "public"):
        return Verdict.ALLOWED, None
    return answer.verdict, answer.decided_by


def judge_expectation(
    world: World, design: Design, option: Option | None, expectation: Expectation
) -> ExpectationAnswer:
    """Whether one line of `expect` holds: certainly, certainly not, or not to be told."""
    if expectation.only:
        return judge_exclusive(world, design, expectation)
    consumer = design.consumer(expectation.consumer)
    if expectation.verb == "resolve":
        found = _resolve(world, design, consumer, expectation)
    elif expectation.verb == "reach":
        found = _reach(world, design, consumer, expectation)
    else:
        found = _call_expected(world, design, option, consumer, expectation)
    return _answer(expectation, found)


class _Try(msgspec.Struct, frozen=True):
    """One way that was tried: what came of it, hop by hop."""

    what: str
    verdict: Verdict
    decided_by: Cause | None
    unknowns: tuple[Missing, ...]
    steps: tuple[Step, ...]


def _resolve(world: World, design: Design, consumer: Consumer, expectation: Expectation) -> list[_Try]:
    """By the own resolver; and, for what must not be, by every DNS server that could be asked directly (IN-06)."""
    client = client_of(world, design, consumer)
    own = ask_name(world, client, expectation.target)
    tries = [_Try("its own resolver", own.verdict, own.decided_by, own.unknowns, own.steps)]
    if not expectation.must:
        for address, name in dns_servers(world).items():
            asked = ask_name(world, client, expectation.target, server=address)
            what = f"{name} ({address})"
            tries.append(_Try(what, asked.verdict, asked.decided_by, asked.unknowns, asked.steps))
    return tries


def _reach(world: World, design: Design, consumer: Consumer, expectation: Expectation) -> list[_Try]:
    host, _, port = expectation.target.rpartition(":")
    answer = ask_socket(world, client_of(world, design, consumer), host, int(port))
    steps = (*answer.forward, *answer.back)
    return [_Try(expectation.target, answer.verdict, answer.decided_by, answer.unknowns, steps)]


def _call_expected(
    world: World, design: Design, option: Option | None, consumer: Consumer, expectation: Expectation
) -> list[_Try]:
    client = client_of(world, design, consumer)
    if "://" in expectation.target:
        answers = [ask_url(world, client, expectation.target, expectation.method, principal=consumer.principal)]
        return [_tried(each) for each in answers]
    api = design.api(expectation.target)
    route = Route(method=expectation.method, path=expectation.path)
    principal = principal_of(consumer, api)
    if not api.is_private:
        answer = ask_call(world, client, Call(host=default_name(api), path=f"/{api.stage}"), route)
        verdict, decided = _public_verdict(answer)
        return [_Try(answer.url, verdict, decided, answer.unknowns, _steps(answer))]
    own = [] if option is None else [option.call(design, consumer, api)]
    if expectation.must:
        return [_tried(ask_call(world, client, with_token(call, api), route, principal=principal)) for call in own]
    ways = [*own, Call(host=default_name(api), path=f"/{api.stage}")] if api.vpc is not None else []
    tries = [_tried(ask_call(world, client, with_token(call, api), route, principal=principal)) for call in ways]
    hosts = [world.text(call.host) for call in ways]
    doors = ask_by_every_door(world, client, api, route, hosts=hosts, principal=principal)
    return [*tries, *(_tried(each) for each in doors)]


def _tried(answer: TraceAnswer) -> _Try:
    return _Try(answer.url, answer.verdict, answer.decided_by, answer.unknowns, _steps(answer))


def _answer(expectation: Expectation, tries: list[_Try]) -> ExpectationAnswer:
    """`must` holds where the way works; `must not` only where every way is shut for certain."""
    shown = tries[0]
    if expectation.must:
        verdict = shown.verdict
        text = "holds" if verdict is Verdict.ALLOWED else f"{shown.what}: {verdict}"
    else:
        open_way = next((each for each in tries if each.verdict in (Verdict.ALLOWED, Verdict.PARTIAL)), None)
        unsure = next((each for each in tries if each.verdict not in _CERTAINLY_NOT), None)
        shown = open_way or unsure or shown
        verdict = Verdict.DENIED if open_way else Verdict.UNKNOWN if unsure else Verdict.ALLOWED
        text = "holds" if verdict is Verdict.ALLOWED else f"{shown.what}: {shown.verdict}"
    return ExpectationAnswer(
        expectation=str(expectation),
        where=str(expectation.where),
        verdict=verdict,
        text=text,
        decided_by=shown.decided_by if verdict is not Verdict.ALLOWED else None,
        unknowns=shown.unknowns if verdict is Verdict.UNKNOWN else (),
        steps=shown.steps,
    )


def without_steps(judged: J) -> J:
    """The answer without its way: one of many options keeps what came of it."""
    return msgspec.structs.replace(judged, steps=())
