"""A consumer as the engine's client: every host that it stands for."""

import msgspec

from narrowgate.engine.network.clients import find_client
from narrowgate.model.address import parse_address, parse_cidr
from narrowgate.model.design import Consumer, Design
from narrowgate.model.host import Client, Host
from narrowgate.options.parts.base import on_premises_ref
from narrowgate.options.parts.networks import subnet_ref, vpc_ref
from narrowgate.options.world import World


def client_of(world: World, design: Design, consumer: Consumer) -> Client:
    """The hosts of a consumer: its address, its subnets, its VPC, or its network on premises."""
    if consumer.address is not None:
        return _one_host(world, design, consumer)
    if consumer.vpc is None:
        own = world.text(on_premises_ref(design.network(consumer.on_premises or "")))
        return msgspec.structs.replace(find_client(world.snapshot, own), label=consumer.name)
    vpc = design.vpc(consumer.vpc)
    hosts = tuple(
        host
        for subnet in vpc.subnets
        if not consumer.subnets or subnet.name in consumer.subnets
        for host in find_client(world.snapshot, world.text(subnet_ref(vpc, subnet))).hosts
    )
    return Client(label=consumer.name, kind="consumer", hosts=hosts, any_address=True)


def client_of_vpc(world: World, design: Design, name: str) -> Client:
    """Any host of a VPC."""
    found = find_client(world.snapshot, world.text(vpc_ref(design.vpc(name))))
    return msgspec.structs.replace(found, label=name)


def _one_host(world: World, design: Design, consumer: Consumer) -> Client:
    """The one address that calls, in the subnet that holds it."""
    address = parse_address(consumer.address or "")
    own_block = parse_cidr(consumer.address or "")
    if consumer.vpc is None:
        vpc_id = world.text(on_premises_ref(design.network(consumer.on_premises or "")))
        subnet_ids = [
            (each.subnet_id, each.cidr_block)
            for each in world.snapshot.facts.subnets.values()
            if each.vpc_id == vpc_id
        ]
    else:
        vpc = design.vpc(consumer.vpc)
        vpc_id = world.text(vpc_ref(vpc))
        subnet_ids = [(world.text(subnet_ref(vpc, each)), each.cidr) for each in vpc.subnets]
    subnet_id = next((own for own, block in subnet_ids if block and parse_cidr(block).covers(own_block)), None)
    host = Host(label=consumer.name, vpc_id=vpc_id, subnet_id=subnet_id, addresses=(address,))
    return Client(label=consumer.name, kind="address", hosts=(host,))
