"""What a design means to be open on an option's resources: names that are called, their sockets, methods."""

from narrowgate.exposure.intent import Intent
from narrowgate.model.design import Design
from narrowgate.options.option import Option
from narrowgate.options.parts.networks import vpc_ref
from narrowgate.options.parts.policies import api_ref, routes_for
from narrowgate.options.world import World

_HTTPS, _DNS = 443, 53


def intent_of(world: World, design: Design, option: Option) -> Intent:
    """Everything that the permissions of a design's consumers need, VPC by VPC."""
    names: set[tuple[str, str]] = set()
    sockets: set[tuple[str, str, int]] = set()
    calls: set[tuple[str, str, str, str]] = set()
    for consumer in design.consumers:
        if consumer.vpc is None:
            continue
        vpc_id = world.text(vpc_ref(design.vpc(consumer.vpc)))
        for permission in consumer.may_call:
            api = design.api(permission.api)
            if not api.is_private:
                continue
            names.add((vpc_id, world.text(option.call(design, consumer, api).host)))
            sockets |= {(vpc_id, target, _HTTPS) for target in _doors(world)}
            calls |= {
                (vpc_id, world.text(api_ref(api)), route.method, route.path) for route in routes_for(consumer, api)
            }
        sockets |= {(vpc_id, target, _DNS) for target in _servers(world)}
    return Intent(names=frozenset(names), sockets=frozenset(sockets), calls=frozenset(calls))


def _doors(world: World) -> set[str]:
    """Endpoints of execute-api and of Lattice resources, and the balancers in front of them."""
    facts = world.snapshot.facts
    endpoints = {
        each.vpc_endpoint_id
        for each in facts.vpc_endpoints.values()
        if str(each.service_name).endswith(".execute-api") or each.vpc_endpoint_type == "Resource"
    }
    return endpoints | set(facts.load_balancers)


def _servers(world: World) -> set[str]:
    """The interfaces of DNS servers of one's own."""
    outside = world.snapshot.outside
    addresses = {each.ip for each in outside.dns_servers} if outside else set()
    return {
        (each.attachment.instance_id if each.attachment else None) or own
        for own, each in world.snapshot.facts.network_interfaces.items()
        if each.private_ip_address in addresses
    }
