"""Consumers of a design: where they stand and what they may call."""

import ipaddress

from narrowgate.model.design import Api, Consumer, Permission, Route, Vpc
from narrowgate.sources.design.fields import CONSUMER
from narrowgate.sources.design.read_apis import read_route
from narrowgate.sources.design.scope import Scope
from narrowgate.sources.design.text import Value


def read_consumer(name: str, value: Value, scope: Scope) -> Consumer:
    """One consumer.

    Raises:
        InputError: wrong fields, references to nothing, an address outside its VPC.
    """
    fields = value.fields(CONSUMER)
    places = [key for key in ("vpc", "on_premises") if key in fields]
    if len(places) != 1:
        value.fail(f"where is `{name}`?", "`vpc: NAME` or `on_premises: NAME`, one of the two")
    vpc = network = None
    if "vpc" in fields:
        vpc = scope.vpcs[scope.reference(fields["vpc"], "VPC", scope.vpcs)]
    else:
        network = scope.networks[scope.reference(fields["on_premises"], "network", scope.networks)]
        if "subnets" in fields:
            fields["subnets"].fail("a network on premises has no subnets of AWS")
    cidrs = vpc.cidrs if vpc else network.cidrs if network else ()
    permissions = fields["may_call"].items() if "may_call" in fields else ()
    return Consumer(
        name=name,
        vpc=vpc.name if vpc else None,
        on_premises=network.name if network else None,
        subnets=_subnets(fields["subnets"], vpc) if vpc and "subnets" in fields else (),
        address=_address(fields["address"], cidrs) if "address" in fields else None,
        may_call=_merged([each for item in permissions for each in _permissions(item, scope)]),
        principal=fields["principal"].text() if "principal" in fields else None,
        is_browser=fields["browser"].boolean() if "browser" in fields else False,
        where=value.named_at,
    )


def _subnets(value: Value, vpc: Vpc) -> tuple[str, ...]:
    """The names of subnets that are given by range."""
    names = []
    by_range = {subnet.cidr: subnet.name for subnet in vpc.subnets}
    for each in value.items():
        if each.text() not in by_range:
            each.fail(f"`{vpc.name}` has no subnet `{each.text()[:40]}`", "it has " + ", ".join(by_range))
        names.append(by_range[each.text()])
    return tuple(names)


def _address(value: Value, cidrs: tuple[str, ...]) -> str:
    text = value.text()
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        value.fail(f"`{text[:40]}` is no IPv4 address")
    if not any(address in ipaddress.IPv4Network(cidr) for cidr in cidrs):
        value.fail(f"{text} lies outside {', '.join(cidrs)}")
    return text


def _permissions(value: Value, scope: Scope) -> list[Permission]:
    if not value.is_mapping:
        api = scope.apis[scope.reference(value, "API", scope.apis)]
        return [Permission(api=api.name, routes=api.routes)]
    found = []
    for key, routes in value.pairs():
        api = scope.apis[scope.reference(key, "API", scope.apis)]
        wanted = tuple(_route_of(each, api) for each in routes.items())
        found.append(Permission(api=api.name, routes=wanted or api.routes))
    return found


def _route_of(value: Value, api: Api) -> Route:
    """A route that the API has; a method of a path that takes any method counts."""
    route = read_route(value)
    if route not in api.routes and Route(method="ANY", path=route.path) not in api.routes:
        value.fail(f"`{api.name}` has no route `{route}`", "it has " + ", ".join(map(str, api.routes)))
    return route


def _merged(permissions: list[Permission]) -> tuple[Permission, ...]:
    """One entry an API, its routes in the order in which they were given."""
    routes: dict[str, dict[Route, None]] = {}
    for each in permissions:
        routes.setdefault(each.api, {}).update(dict.fromkeys(each.routes))
    return tuple(Permission(api=api, routes=tuple(found)) for api, found in routes.items())
