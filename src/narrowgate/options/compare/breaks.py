"""What an option breaks: public APIs that no longer answer, names of one's own that change their answer."""

from collections.abc import Iterator

from narrowgate.model.answer import ResolveAnswer, Verdict
from narrowgate.model.comparison import Broken
from narrowgate.model.design import Api, Vpc
from narrowgate.model.host import Client
from narrowgate.options.compare.ask import ask_name, ask_url, is_private_answer, is_public_answer
from narrowgate.options.compare.clients import client_of, client_of_vpc
from narrowgate.options.compare.exposure import Scene
from narrowgate.options.option import default_name


class _Party:
    """Somebody whose names are compared: a consumer, or the hosts of an API's own VPC."""

    def __init__(self, name: str, before: Client, after: Client, *, is_consumer: bool) -> None:
        self.name = name
        self.before = before
        self.after = after
        self.is_consumer = is_consumer


def find_breaks(scene: Scene) -> tuple[Broken, ...]:
    """Every public API and own private name that answered before and does not now, for each who may be hit."""
    found: dict[Broken, None] = {}
    for party in _parties(scene):
        for api in scene.design.apis:
            if not api.is_private:
                found.update(dict.fromkeys(_public_api(scene, party, api)))
        for vpc in scene.design.vpcs:
            found.update(dict.fromkeys(_own_names(scene, party, vpc)))
    return tuple(found)


def _parties(scene: Scene) -> Iterator[_Party]:
    for consumer in scene.design.consumers:
        clients = [client_of(world, scene.design, consumer) for world in (scene.before, scene.after)]
        yield _Party(consumer.name, clients[0], clients[1], is_consumer=True)
    consumed = {consumer.vpc for consumer in scene.design.consumers}
    for name in dict.fromkeys(api.vpc for api in scene.design.private_apis if api.vpc is not None):
        if name not in consumed:
            clients = [client_of_vpc(world, scene.design, name) for world in (scene.before, scene.after)]
            yield _Party(f"hosts in `{name}`", clients[0], clients[1], is_consumer=False)


def _public_api(scene: Scene, party: _Party, api: Api) -> Iterator[Broken]:
    """AGW-17, AGW-18: a captured name leads to an endpoint, which serves no public API."""
    name = scene.after.text(default_name(api))
    was = ask_name(scene.before, party.before, scene.before.text(default_name(api)))
    now = ask_name(scene.after, party.after, name)
    if not is_public_answer(was) or is_public_answer(now) or now.verdict is Verdict.UNKNOWN:
        return
    symptom = str(now.rcode or "no answer")
    rule = "RSLV-05"
    if is_private_answer(now):
        url = f"https://{name}/{api.stage}{api.routes[0].path}"
        answer = ask_url(scene.after, party.after, url, "GET")
        symptom, rule = str(answer.symptom or answer.verdict), "AGW-17"
    yield Broken(
        what=f"the public API `{api.name}`",
        who=party.name,
        is_consumer=party.is_consumer,
        symptom=symptom,
        rule=rule,
        text=f"its default name is answered by {now.answered_by}",
        is_stand_in=api.name in scene.surroundings.apis,
    )


def _own_names(scene: Scene, party: _Party, vpc: Vpc) -> Iterator[Broken]:
    for zone in vpc.private_zones:
        for name, _ in zone.records:
            was = ask_name(scene.before, party.before, name)
            if not is_private_answer(was):
                continue
            now = ask_name(scene.after, party.after, name)
            if _same(was, now):
                continue
            yield Broken(
                what=f"the private name {name}",
                who=party.name,
                is_consumer=party.is_consumer,
                symptom=str(now.rcode or now.verdict),
                rule="DNS-07",
                text=f"it is answered by {now.answered_by or 'nobody'} now",
                is_stand_in=zone.name in scene.surroundings.zones,
            )


def _same(was: ResolveAnswer, now: ResolveAnswer) -> bool:
    return (was.verdict, was.rcode, was.addresses) == (now.verdict, now.rcode, now.addresses)
