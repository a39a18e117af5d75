"""Clients by what a user typed: an interface, instance, function, subnet, VPC, address, or the Internet."""

import re
from collections.abc import Iterable

import msgspec

from narrowgate.engine.network.addressed_clients import client_at_address
from narrowgate.engine.network.client_groups import with_groups
from narrowgate.engine.network.flow import DEFAULT_CLIENT_PORTS, platform_ports
from narrowgate.engine.network.hosts import (
    INTERNET,
    free_host,
    free_host_or_none,
    function_hosts,
    host_of_interface,
    primary_by_attachment,
    primary_interface,
)
from narrowgate.engine.network.interfaces import interface
from narrowgate.engine.network.unlisted import unlisted
from narrowgate.engine.network.vpcs import (
    RESERVED_FIRST,
    missing_of_vpc,
    subnets_by_vpc,
    vpc_blocks,
)
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.fact import name_tag
from narrowgate.model.host import Client, Host
from narrowgate.model.kept import Kept
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.vpc import Instance, LambdaFunction

_ARN = re.compile(r"arn:[a-z-]+:(?P<service>[a-z0-9-]+):[a-z0-9-]*:\d*:(?P<kind>[a-z-]+)[/:](?P<id>.+)")


def find_client(snapshot: Snapshot, text: str, *, security_groups: tuple[str, ...] = ()) -> Client:
    """Find a client by id, ARN, Name tag, function name, address, or the word `internet`.

    Args:
        snapshot: the estate.
        text: what the user typed.
        security_groups: the groups of a host that could be started in a subnet or VPC, by id or name; none means
            a group that lets everything out and that nothing refers to.

    Raises:
        UnknownNameError: nothing in the source is called that.
        InputError: several things are; an address stands in several VPCs; a group cannot be used there.
    """
    kept, key = _kept(snapshot), (text, security_groups)
    found = kept.get(key)
    return kept.keep(key, _find(snapshot, text, security_groups)) if found is None else found


@index
def _kept(snapshot: Snapshot) -> Kept[tuple[str, tuple[str, ...]], Client]:
    """Clients by what was typed, with the groups that were given."""
    return Kept(20_000)


def _find(snapshot: Snapshot, text: str, security_groups: tuple[str, ...]) -> Client:
    if text == "internet":
        client = Client(
            label=text,
            kind="internet",
            hosts=(Host(label=text, vpc_id=None, subnet_id=None, addresses=INTERNET, is_internet=True),),
            any_address=True,
        )
    elif is_address(text):
        client = client_at_address(snapshot, parse_address(text))
    else:
        client = _by_name(snapshot, text)
    if client.client_ports is None:
        platforms = {host.platform for host in client.hosts}
        known = platform_ports(platforms.pop()) if len(platforms) == 1 else DEFAULT_CLIENT_PORTS
        if known != DEFAULT_CLIENT_PORTS:
            client = msgspec.structs.replace(client, client_ports=known)
    return with_groups(snapshot, client, security_groups) if security_groups else client


def _by_name(snapshot: Snapshot, text: str) -> Client:
    function = _functions(snapshot).get(text)
    if function is not None:
        return _of_function(snapshot, function)
    arn = _ARN.fullmatch(text)
    if arn and arn["service"] == "lambda":
        function = _functions(snapshot).get(text.rsplit(":", 1)[0])
        if function is not None:
            return _of_function(snapshot, function)
    own_id = arn["id"] if arn and arn["service"] == "ec2" else text
    found = client_of_id(snapshot, own_id, text)
    if found:
        return found
    tagged = _tagged(snapshot).get(text, ())
    if len(tagged) > 1:
        tagged = _without_own_interfaces(snapshot, tagged)
    if len(tagged) > 1:
        raise InputError(f"`{text}` names several clients: {', '.join(tagged)}", help="use an id")
    if tagged:
        client = client_of_id(snapshot, tagged[0], text)
        if client:
            return client
    open_one = unlisted(snapshot, own_id)
    if open_one is not None:
        kind, missing = open_one
        nowhere = Host(label=text, vpc_id=None, subnet_id=None, addresses=())
        return Client(label=text, kind=kind, hosts=(nowhere,), unknowns=(missing,))
    raise UnknownNameError("client", text, _known_names(snapshot))


def client_of_id(snapshot: Snapshot, own_id: str, label: str) -> Client | None:
    """The client of an interface, instance, subnet, VPC or endpoint id; None where the source holds none such."""
    facts = snapshot.facts
    known = interface(snapshot, own_id)
    if known:
        return Client(label=label, kind="network_interface", hosts=(host_of_interface(known, label=own_id),))
    if own_id in facts.instances:
        return _of_instance(snapshot, facts.instances[own_id], label)
    attached = primary_by_attachment(snapshot, own_id)
    if attached:
        return Client(label=label, kind="instance", hosts=(host_of_interface(attached, label=own_id),))
    if own_id in facts.subnets:
        host = free_host(snapshot, facts.subnets[own_id])
        return Client(label=label, kind="subnet", hosts=(host,), any_address=True)
    if own_id in facts.vpcs:
        return _of_vpc(snapshot, own_id, label)
    endpoint = facts.vpc_endpoints.get(own_id)
    ids = endpoint.network_interface_ids if endpoint else ()
    found = [each for own in ids or () if (each := interface(snapshot, own))]
    if found:
        hosts = tuple(host_of_interface(each, label=each.label) for each in found)
        return Client(label=label, kind="vpc_endpoint", hosts=hosts)
    return None


@index
def _functions(snapshot: Snapshot) -> dict[str, LambdaFunction]:
    """Functions by name and by ARN; a name that two accounts use is left out."""
    found: dict[str, LambdaFunction] = {}
    names: dict[str, int] = {}
    for function in snapshot.facts.functions.values():
        found[function.function_arn] = function
        names[function.function_name] = names.get(function.function_name, 0) + 1
        found[function.function_name] = function
    return {name: function for name, function in found.items() if names.get(name, 1) == 1}


@index
def _tagged(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Ids by Name tag, of everything that can be a client."""
    facts = snapshot.facts
    found: dict[str, list[str]] = {}
    named: list[tuple[str, str | None]] = [
        *((each.network_interface_id, name_tag(each.tag_set)) for each in facts.network_interfaces.values()),
        *((each.instance_id, name_tag(each.tags)) for each in facts.instances.values()),
        *((each.subnet_id, name_tag(each.tags)) for each in facts.subnets.values()),
        *((each.vpc_id, name_tag(each.tags)) for each in facts.vpcs.values()),
    ]
    named += [(each.function_arn, each.function_name) for each in facts.functions.values()]
    for own_id, name in named:
        if name:
            found.setdefault(name, []).append(own_id)
    return {name: tuple(sorted(ids)) for name, ids in found.items()}


def _without_own_interfaces(snapshot: Snapshot, ids: tuple[str, ...]) -> tuple[str, ...]:
    """An instance and its interface often carry one name: the instance is meant."""
    return tuple(
        each
        for each in ids
        if not ((known := interface(snapshot, each)) and known.instance_id and known.instance_id in ids)
    )


def _known_names(snapshot: Snapshot) -> Iterable[str]:
    facts = snapshot.facts
    if snapshot.spoken is not None:
        yield from snapshot.spoken.clients
    yield "internet"
    yield from _tagged(snapshot)
    for ids in (facts.network_interfaces, facts.instances, facts.subnets, facts.vpcs):
        yield from ids


def _of_instance(snapshot: Snapshot, instance: Instance, label: str) -> Client:
    known = primary_interface(snapshot, instance)
    if known:
        host = host_of_interface(known, label=instance.instance_id)
    else:
        address = instance.private_ip_address
        host = Host(
            label=instance.instance_id,
            vpc_id=instance.vpc_id,
            subnet_id=instance.subnet_id,
            addresses=(parse_address(address),) if address else (),
            security_groups=tuple(group.group_id for group in instance.security_groups),
            public_ip=instance.public_ip_address,
        )
    host = msgspec.structs.replace(
        host, instance_id=instance.instance_id, platform=instance.platform or instance.platform_details
    )
    return Client(label=label, kind="instance", hosts=(host,))


def _of_function(snapshot: Snapshot, function: LambdaFunction) -> Client:
    """A function stands in its subnets with its groups; its interfaces may be shared with other functions."""
    config = function.vpc_config
    label = function.function_name
    if config is None or not config.subnet_ids:
        host = Host(label=label, vpc_id=None, subnet_id=None, addresses=INTERNET, is_internet=True)
        warning = f"function {label} is in no VPC: it calls from the Internet"
        return Client(label=label, kind="function", hosts=(host,), any_address=True, warnings=(warning,))
    hosts: list[Host] = []
    for subnet_id in config.subnet_ids:
        hosts += function_hosts(snapshot, subnet_id, config.security_group_ids, label)
    return Client(
        label=label, kind="function", hosts=tuple(hosts), any_address=True, client_ports=DEFAULT_CLIENT_PORTS
    )


def _of_vpc(snapshot: Snapshot, vpc_id: str, label: str) -> Client:
    subnets = subnets_by_vpc(snapshot).get(vpc_id, ())
    hosts = [host for subnet in subnets if (host := free_host_or_none(snapshot, subnet))]
    missing = missing_of_vpc(snapshot, "ec2.describe_subnets", vpc_id)
    if not hosts:
        if not missing:
            raise InputError(f"VPC `{vpc_id}` has no subnet with a free address")
        hosts = [Host(label=vpc_id, vpc_id=vpc_id, subnet_id=None, addresses=_any_of_vpc(snapshot, vpc_id))]
    return Client(
        label=label, kind="vpc", hosts=tuple(hosts), any_address=True, unknowns=(missing,) if missing else ()
    )


def _any_of_vpc(snapshot: Snapshot, vpc_id: str) -> tuple[Address, ...]:
    blocks = vpc_blocks(snapshot, vpc_id) or ()
    return tuple(Address(block.family, block.first + RESERVED_FIRST) for block in blocks)
