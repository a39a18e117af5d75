"""The engine's questions as options ask them: call an API the option's way, resolve a name, open a socket."""

from collections.abc import Iterable

import msgspec

from narrowgate.engine.dns.resolve import evaluate_resolve
from narrowgate.engine.http.url import parse_request
from narrowgate.engine.network.reach import evaluate_reach
from narrowgate.engine.network.targets import find_target
from narrowgate.engine.trace import trace
from narrowgate.model.address import is_address, parse_address
from narrowgate.model.answer import ReachAnswer, ResolveAnswer, Verdict
from narrowgate.model.design import Api, Consumer, Route
from narrowgate.model.host import Client
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.sample import sample_method, sample_path
from narrowgate.model.trace import TraceAnswer
from narrowgate.options.option import Call
from narrowgate.options.parts.policies import api_ref
from narrowgate.options.world import World

_PUBLIC = "public"


def call_url(world: World, call: Call, path: str) -> tuple[str, tuple[str, ...]]:
    """The URL and headers of a call, now that everything has an id."""
    headers = tuple(f"{name}: {world.text(value)}" for name, value in call.headers)
    return f"https://{world.text(call.host)}{call.path}{path}", headers


# What a caller of such a method shows; whether it is good is the authorizer's to say (POL-29, POL-30).
_TOKEN = ("authorization", "Bearer a-token")
_TOKEN_NEEDED = frozenset({"CUSTOM", "COGNITO_USER_POOLS"})
CALLER_SIDE = frozenset({"identity policies", "identity_policy", "authorizer_result"})
"""Facts of the caller's own side, which no design of a way to connect decides."""


def with_token(call: Call, api: Api) -> Call:
    """The call with a token, where the API asks for one."""
    if api.authorization not in _TOKEN_NEEDED:
        return call
    return msgspec.structs.replace(call, headers=(*call.headers, _TOKEN))


def ask_call(
    world: World, client: Client, call: Call, route: Route, *, principal: str | None = None
) -> TraceAnswer:
    """Call one route the option's way."""
    url, headers = call_url(world, call, sample_path(route.path))
    request = parse_request(url, method=sample_method(route.method), headers=headers)
    pinned = tuple(parse_address(world.text(each)) for each in call.pinned)
    return trace(world.snapshot, client, request, principal=principal or "anonymous", pinned=pinned)


def ask_url(world: World, client: Client, url: str, method: str, *, principal: str | None = None) -> TraceAnswer:
    """Call a URL as it stands."""
    request = parse_request(url, method=method)
    return trace(world.snapshot, client, request, principal=principal or "anonymous")


def ask_by_every_door(
    world: World, client: Client, api: Api, route: Route, *, hosts: Iterable[str], principal: str | None = None
) -> list[TraceAnswer]:
    """Call an API by every door of the estate, with its id in a header, whatever name was meant (AGW-07, AGW-14).

    Doors are the own name of each execute-api endpoint of the Region, and those in `hosts`: that of a balancer,
    say.
    """
    names = [
        name
        for endpoint in execute_api_endpoints(world, api.region)
        if (name := next((each.dns_name for each in endpoint.dns_entries or () if each.dns_name), None))
    ]
    answers = []
    for name in dict.fromkeys((*names, *hosts)):
        call = Call(host=name, path=f"/{api.stage}", headers=(("x-apigw-api-id", api_ref(api)),))
        answers.append(ask_call(world, client, with_token(call, api), route, principal=principal))
    return answers


def execute_api_endpoints(world: World, region: str) -> Iterable[VpcEndpoint]:
    """Every execute-api endpoint of a Region."""
    wanted = f"com.amazonaws.{region}.execute-api"
    return [each for each in world.snapshot.facts.vpc_endpoints.values() if each.service_name == wanted]


def ask_name(world: World, client: Client, name: str, *, server: str | None = None) -> ResolveAnswer:
    """Ask for a name, of the client's own resolver or of a server."""
    return evaluate_resolve(world.snapshot, client, name, "A", server=server)


def is_private_answer(answer: ResolveAnswer) -> bool:
    """True where a name resolves to something of the estate, for some host at least."""
    return answer.verdict in (Verdict.ALLOWED, Verdict.PARTIAL) and answer.target != _PUBLIC


def is_public_answer(answer: ResolveAnswer) -> bool:
    """True where a name resolves as it does on the Internet."""
    return answer.verdict is Verdict.ALLOWED and answer.target == _PUBLIC


def ask_socket(world: World, client: Client, target: str, port: int, protocol: str = "tcp") -> ReachAnswer:
    """Open a socket to an interface or address."""
    found = find_target(world.snapshot, target)
    return evaluate_reach(world.snapshot, client, found, port=port, protocol=protocol)


def dns_servers(world: World) -> dict[str, str]:
    """Everything that answers DNS queries by address: inbound endpoints, own servers; what each is called."""
    facts = world.snapshot.facts
    found: dict[str, str] = {}
    for endpoint in facts.resolver_endpoints.values():
        if endpoint.direction == "INBOUND":
            for each in facts.resolver_endpoint_ips.get(endpoint.id, ()):
                if each.ip and is_address(each.ip):
                    found[each.ip] = f"the inbound endpoint {endpoint.name or endpoint.id}"
    for server in world.snapshot.outside.dns_servers if world.snapshot.outside else ():
        found[server.ip] = f"the DNS server {server.ip}"
    return found


def principal_of(consumer: Consumer, api: Api) -> str | None:
    """Who signs a consumer's calls of an API; nobody where the API asks for no signature."""
    return consumer.principal if api.authorization == "AWS_IAM" else None
