"""What an option opens: names, sockets and API methods that were shut before, each asked of the engine."""

from collections.abc import Iterator, Sequence

import msgspec

from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.comparison import Exposed
from narrowgate.model.design import Consumer, Design, Route
from narrowgate.model.host import Client
from narrowgate.model.vpc import NetworkInterface
from narrowgate.options.compare.ask import (
    ask_by_every_door,
    ask_name,
    ask_socket,
    dns_servers,
    is_private_answer,
    principal_of,
)
from narrowgate.options.compare.clients import client_of
from narrowgate.options.compare.stand_ins import Surroundings
from narrowgate.options.option import Option, default_name
from narrowgate.options.parts.policies import routes_for
from narrowgate.options.world import World

_OPEN = (Verdict.ALLOWED, Verdict.PARTIAL)


class Probe(msgspec.Struct, frozen=True):
    """A name to ask for, and what it stands for."""

    name: str
    meaning: str
    is_stand_in: bool


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is opened, and what could not be told."""

    exposed: tuple[Exposed, ...]
    unknowns: tuple[Missing, ...]


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """An option's world beside the estate before it."""

    surroundings: Surroundings
    option: Option
    before: World
    after: World

    @property
    def design(self) -> Design:
        """The design with its stand-ins."""
        return self.surroundings.design


def find_exposure(scene: Scene) -> Finding:
    """Everything of the probe set that a consumer can now resolve, reach or call and could not before."""
    exposed: list[Exposed] = []
    unknowns: list[Missing] = []
    for consumer in scene.design.consumers:
        for part in (_names, _sockets, _apis):
            for each in part(scene, consumer):
                (unknowns if isinstance(each, Missing) else exposed).append(each)  # type: ignore[arg-type]
    return Finding(exposed=tuple(exposed), unknowns=tuple(dict.fromkeys(unknowns)))


def probes(scene: Scene) -> tuple[Probe, ...]:
    """The names that are asked for: of APIs, of private zones, of endpoints of other services."""
    found: dict[str, Probe] = {}
    design, stand_ins = scene.design, scene.surroundings
    for api in design.apis:
        if api.is_private:
            name = scene.after.text(default_name(api))
            found[name] = Probe(name, f"the API `{api.name}`", api.name in stand_ins.apis)
    for vpc in design.vpcs:
        for zone in vpc.private_zones:
            for name, _ in zone.records:
                found[name] = Probe(
                    name, f"the private zone {zone.name} of `{vpc.name}`", zone.name in stand_ins.zones
                )
        for endpoint in vpc.endpoints:
            if endpoint.service != "execute-api" and endpoint.private_dns:
                name = f"{endpoint.service}.{vpc.region}.amazonaws.com"
                meaning = f"the {endpoint.service} endpoint of `{vpc.name}`"
                found[name] = Probe(name, meaning, endpoint.service in stand_ins.services)
    return tuple(found.values())


def _names(scene: Scene, consumer: Consumer) -> Iterator[Exposed | Missing]:
    client, before = (client_of(world, scene.design, consumer) for world in (scene.after, scene.before))
    called = _called_names(scene, consumer)
    asked = {probe.name: probe for probe in probes(scene)}
    for name in called:
        asked.setdefault(name, Probe(name, "the name that it calls", is_stand_in=False))
    servers = dns_servers(scene.after)
    for probe in asked.values():
        was = ask_name(scene.before, before, probe.name)
        now = ask_name(scene.after, client, probe.name)
        if now.verdict is Verdict.UNKNOWN and was.verdict is not Verdict.UNKNOWN:
            yield from now.unknowns
        if is_private_answer(now) and not is_private_answer(was):
            yield _exposed(
                "name", probe, consumer, f"answered by {now.answered_by}", intended=probe.name in called
            )
            continue
        for address, label in servers.items():
            if not is_private_answer(was) and is_private_answer(
                ask_name(scene.after, client, probe.name, server=address)
            ):
                because = f"{label} answers whoever its group admits (IN-06)"
                yield _exposed("name", probe, consumer, because, intended=False)
                break


def _called_names(scene: Scene, consumer: Consumer) -> set[str]:
    """The names that the consumer is meant to call."""
    names = set()
    for permission in consumer.may_call:
        api = scene.design.api(permission.api)
        if api.is_private:
            names.add(scene.after.text(scene.option.call(scene.design, consumer, api).host))
    return names


def _exposed(kind: str, probe: Probe, consumer: Consumer, because: str, *, intended: bool) -> Exposed:
    return Exposed(
        kind=kind,
        what=f"{probe.name} ({probe.meaning})",
        consumer=consumer.name,
        because=because,
        intended=intended,
        is_stand_in=probe.is_stand_in,
    )


def _sockets(scene: Scene, consumer: Consumer) -> Iterator[Exposed | Missing]:
    client, before = (client_of(world, scene.design, consumer) for world in (scene.after, scene.before))
    known = scene.before.snapshot.facts.network_interfaces
    meant = _meant_addresses(scene)
    for own_id, interface in scene.after.snapshot.facts.network_interfaces.items():
        if interface.private_ip_address is None or interface.interface_type == "transit_gateway":
            continue
        for port, protocol in _ports(scene, interface):
            now = ask_socket(scene.after, client, own_id, port, protocol)
            if now.verdict is Verdict.UNKNOWN:
                yield from now.unknowns
            if now.verdict not in _OPEN:
                continue
            if own_id in known and ask_socket(scene.before, before, own_id, port, protocol).verdict in _OPEN:
                continue
            probe = Probe(
                f"{interface.private_ip_address}:{port}/{protocol}", _label(interface), is_stand_in=False
            )
            because = "routes, groups and ACLs let it pass"
            intended = (interface.private_ip_address, port) in meant
            yield _exposed("socket", probe, consumer, because, intended=intended)


def _ports(scene: Scene, interface: NetworkInterface) -> Sequence[tuple[int, str]]:
    """What listens behind an interface that an AWS service or a server of the design made."""
    if interface.private_ip_address in dns_servers(scene.after):
        return ((53, "udp"), (53, "tcp"))
    return ((443, "tcp"),)


def _meant_addresses(scene: Scene) -> set[tuple[str | None, int]]:
    """The sockets that calls need: of the endpoints and balancers that the option calls, of own DNS servers."""
    facts = scene.after.snapshot.facts
    old = scene.before.snapshot.facts.network_interfaces
    meant: set[tuple[str | None, int]] = set()
    used = {
        endpoint.vpc_endpoint_id
        for endpoint in facts.vpc_endpoints.values()
        if str(endpoint.service_name).endswith(".execute-api") or endpoint.vpc_endpoint_type == "Resource"
    }
    for endpoint_id in used:
        for own_id in facts.vpc_endpoints[endpoint_id].network_interface_ids or ():
            meant.add((facts.network_interfaces[own_id].private_ip_address, 443))
    for own_id, interface in facts.network_interfaces.items():
        if interface.description.startswith("ELB ") and own_id not in old:
            meant.add((interface.private_ip_address, 443))
    if scene.after.snapshot.outside is not None:
        meant |= {(server.ip, 53) for server in scene.after.snapshot.outside.dns_servers}
    return meant


def _label(interface: NetworkInterface) -> str:
    kind = interface.description.split(":")[0] or interface.interface_type
    return kind.replace("VPC Endpoint Interface", "interface of")


def _apis(scene: Scene, consumer: Consumer) -> Iterator[Exposed | Missing]:
    """Every method of every private API, by every endpoint as a door."""
    client = client_of(scene.after, scene.design, consumer)
    for api in scene.design.apis:
        if not api.is_private:
            continue
        allowed = set(routes_for(consumer, api))
        for route in api.routes:
            principal = principal_of(consumer, api)
            answers = ask_by_every_door(
                scene.after, client, api, route, hosts=_called_names(scene, consumer), principal=principal
            )
            for answer in answers:
                if answer.verdict is Verdict.UNKNOWN:
                    yield from answer.unknowns
            if any(answer.verdict in _OPEN for answer in answers):
                probe = Probe(f"{route} of `{api.name}`", "a method", api.name in scene.surroundings.apis)
                because = "endpoint and policies admit the call"
                yield _exposed("api", probe, consumer, because, intended=_is_meant(route, allowed))


def _is_meant(route: Route, allowed: set[Route]) -> bool:
    return route in allowed or (route.method == "ANY" and any(each.path == route.path for each in allowed))


def clients_of(scene: Scene) -> dict[str, Client]:
    """Every consumer's client in the option's world, by name."""
    return {each.name: client_of(scene.after, scene.design, each) for each in scene.design.consumers}
