"""What the names of a design stand for in the snapshot that it becomes."""

from narrowgate.model.design import Consumer, Design
from narrowgate.model.spoken import Spoken, SpokenCall
from narrowgate.options.compare.ask import call_url
from narrowgate.options.compare.expectations import call_of
from narrowgate.options.option import Option
from narrowgate.options.parts.base import on_premises_ref
from narrowgate.options.parts.networks import subnet_ref, vpc_ref
from narrowgate.options.world import World


def spoken_names(world: World, design: Design, option: Option) -> Spoken:
    """What the names of a design stand for in its snapshot.

    A consumer in several subnets of a VPC is not one client there, and a name that a hosts file pins is no URL by
    itself: both are left out.
    """
    calls: dict[tuple[str, str], SpokenCall] = {}
    for consumer in design.consumers:
        for api in design.apis:
            call = call_of(design, option, consumer, api)
            if not call.pinned:
                url, headers = call_url(world, call, "")
                calls[consumer.name, api.name] = SpokenCall(url=url, headers=headers)
    clients = {each.name: own for each in design.consumers if (own := _own(world, design, each)) is not None}
    return Spoken(clients=clients, calls=calls)


def _own(world: World, design: Design, consumer: Consumer) -> str | None:
    if consumer.address is not None:
        return consumer.address
    if consumer.vpc is None:
        return world.text(on_premises_ref(design.network(consumer.on_premises or "")))
    vpc = design.vpc(consumer.vpc)
    chosen = [each for each in vpc.subnets if each.name in consumer.subnets]
    if len(chosen) > 1:
        return None
    return world.text(subnet_ref(vpc, chosen[0]) if chosen else vpc_ref(vpc))
