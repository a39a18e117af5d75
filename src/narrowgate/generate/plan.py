"""The list of resources, prepared for writing: what is there already, whose each one is, what crosses sides."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from narrowgate.generate.names import snake
from narrowgate.model.comparison import MonthlyCost
from narrowgate.model.design import DEFAULT_ACCOUNT, Design
from narrowgate.model.resource import GetAtt, Join, Ref, Resource
from narrowgate.options.option import Option
from narrowgate.options.parts.base import base_resources


class AccountId(msgspec.Struct, frozen=True):
    """The number of the account that deploys, which a design need not tell."""

    account: str


class Side(msgspec.Struct, frozen=True):
    """An account and Region in which something is made, and what files and modules call it."""

    account: str
    region: str
    name: str

    @property
    def identifier(self) -> str:
        """The name as an identifier: `shop_eu_west_1`."""
        return self.name.replace("-", "_")


class Input(msgspec.Struct, frozen=True):
    """A value of something that exists and that made resources name: the user tells it."""

    logical_id: str
    attribute: str | None
    resource: Resource

    @property
    def name(self) -> str:
        """What it is called: `api_vpc_id`, `api_execute_api_endpoint_dns_name`."""
        return value_name(self.logical_id, self.attribute)

    @property
    def known(self) -> str | None:
        """The value, where the design tells it."""
        return self.resource.physical_id if self.attribute is None else None


class Plan(msgspec.Struct, frozen=True):
    """What is to be written: the design, its option, the resources, and the sides in the order of work."""

    design: Design
    option: Option
    resources: tuple[Resource, ...]
    sides: tuple[Side, ...]
    cost: MonthlyCost | None = None
    """A month's bill, where it was asked for."""

    @property
    def by_id(self) -> dict[str, Resource]:
        """The resources by logical id."""
        return {each.logical_id: each for each in self.resources}

    @property
    def made(self) -> tuple[Resource, ...]:
        """What does not exist yet."""
        return tuple(each for each in self.resources if not each.exists)

    def on(self, side: Side) -> tuple[Resource, ...]:
        """What is made on a side."""
        return tuple(each for each in self.made if (each.account, each.region) == (side.account, side.region))

    def side_of(self, resource: Resource) -> Side | None:
        """The side of a resource; None where nothing is made there."""
        key = (resource.account, resource.region)
        return next((each for each in self.sides if (each.account, each.region) == key), None)

    def inputs(self, resources: Iterable[Resource] | None = None) -> tuple[Input, ...]:
        """The values of existing resources that made ones name, each once."""
        known = self.by_id
        found: dict[tuple[str, str | None], Input] = {}
        for resource in self.made if resources is None else resources:
            for each in references(resource.properties):
                target = known[each.logical_id]
                if target.exists:
                    attribute = each.attribute if isinstance(each, GetAtt) else None
                    found[each.logical_id, attribute] = Input(each.logical_id, attribute, target)
        return tuple(found.values())

    @property
    def is_account_told(self) -> bool:
        """Whether the design tells every account's number."""
        return all(self.tells(each.account) for each in self.sides)

    def tells(self, account: str) -> bool:
        """Whether the design tells an account's number: else it is that of whoever deploys."""
        return not _is_untold(self.design, account)


def make_plan(
    design: Design, option: Option, resources: Sequence[Resource], cost: MonthlyCost | None = None
) -> Plan:
    """Prepare the resources of an option for writing."""
    complete = _with_existing(resources, base_resources(design))
    untold = {each.account for each in complete if _is_untold(design, each.account)}
    told = tuple(
        msgspec.structs.replace(each, properties=_with_accounts(each.properties, untold)) for each in complete
    )
    names = {number: name for name, number in design.accounts}
    places = dict.fromkeys((each.account, each.region) for each in told if not each.exists)
    many_accounts = len({account for account, _ in places}) > 1
    sides = tuple(
        Side(account, region, f"{names.get(account, account)}-{region}" if many_accounts else region)
        for account, region in places
    )
    return Plan(design, option, told, sides, cost)


def _is_untold(design: Design, account: str) -> bool:
    return account == DEFAULT_ACCOUNT and account not in dict(design.accounts).values()


_OWNED = {
    "AWS::EC2::Subnet": "VpcId",
    "AWS::EC2::RouteTable": "VpcId",
    "AWS::EC2::VPCCidrBlock": "VpcId",
    "AWS::EC2::SubnetRouteTableAssociation": "SubnetId",
}
"""What comes with a VPC that exists, and the property that says so."""


def _with_existing(resources: Sequence[Resource], base: Sequence[Resource]) -> tuple[Resource, ...]:
    """What exists needs what it names to exist: a VPC with a peering is there, and its subnets with it.

    `base` is all that the design has; an option may have left some of it out, as a hub does with peerings.
    """
    by_id = {each.logical_id: each for each in (*base, *resources)}
    existing = {each.logical_id for each in by_id.values() if each.exists}
    waiting = list(existing)
    while waiting:
        name = waiting.pop()
        further = [each.logical_id for each in references(by_id[name].properties)]
        further += [
            each.logical_id
            for each in by_id.values()
            if each.properties.get(_OWNED.get(each.type, "")) == Ref(name)
        ]
        fresh = [each for each in further if each not in existing]
        existing.update(fresh)
        waiting += fresh
    return tuple(msgspec.structs.replace(each, exists=each.logical_id in existing) for each in resources)


def references(value: Any) -> Iterator[Ref | GetAtt]:
    """Every reference inside a property."""
    match value:
        case Ref() | GetAtt():
            yield value
        case Join(parts=parts):
            yield from references(parts)
        case dict():
            yield from references(tuple(value.values()))
        case list() | tuple():
            for each in value:
                yield from references(each)


def _with_accounts(value: Any, untold: set[str]) -> Any:
    """Account numbers that nobody has told become references to the account that deploys."""
    match value:
        case str():
            number = next((each for each in untold if each in value), None)
            if number is None:
                return value
            pieces = value.split(number)
            told_parts: list[Any] = [pieces[0]]
            for piece in pieces[1:]:
                told_parts += [AccountId(number), piece]
            kept = tuple(part for part in told_parts if part != "")
            return kept[0] if len(kept) == 1 else Join(kept)
        case Join(parts=parts):
            flat: list[Any] = []
            for part in parts:
                told = _with_accounts(part, untold)
                flat += told.parts if isinstance(told, Join) else [told]
            return Join(tuple(flat))
        case dict():
            return {key: _with_accounts(each, untold) for key, each in value.items()}
        case list() | tuple():
            return [_with_accounts(each, untold) for each in value]
        case _:
            return value


class Phase(msgspec.Struct, frozen=True):
    """What can be made on one side before another has to act."""

    side: Side
    resources: tuple[Resource, ...]


def phases(plan: Plan, title_of: Callable[[Resource], str]) -> tuple[Phase, ...]:
    """Everything that is made, in an order that works by hand: what others need comes first.

    Args:
        plan: the plan.
        title_of: what a resource's step is called; resources of one title stay together where they can.

    Raises:
        LookupError: resources that wait for each other: a defect of whoever made the list.
    """
    waiting = {each.logical_id: each for each in plan.made}
    found: list[Phase] = []
    while waiting:
        before = len(waiting)
        for side in plan.sides:
            new = tuple(_side_by_side(plan, side, waiting, title_of))
            if new:
                found.append(Phase(side, new))
        if len(waiting) == before:
            raise LookupError(f"{', '.join(waiting)} wait for each other")
    return tuple(found)


def _side_by_side(
    plan: Plan, side: Side, waiting: dict[str, Resource], title_of: Callable[[Resource], str]
) -> Iterator[Resource]:
    """What can be made on a side now; taken from `waiting`."""
    last = ""
    own = [each for each in plan.on(side) if each.logical_id in waiting]
    while True:
        ready = [each for each in own if not any(name in waiting for name in _needed(each))]
        if not ready:
            return
        chosen = next((each for each in ready if title_of(each) == last), ready[0])
        own.remove(chosen)
        del waiting[chosen.logical_id]
        last = title_of(chosen)
        yield chosen


def _needed(resource: Resource) -> tuple[str, ...]:
    return (*(each.logical_id for each in references(resource.properties)), *resource.depends_on)


_WORDS = {
    "Arn": "arn",
    "DnsEntries.0.DnsName": "dns_name",
    "DnsEntries.0.HostedZoneId": "hosted_zone_id",
}


def value_name(logical_id: str, attribute: str | None) -> str:
    """What a resource's value is called as a variable, parameter or output."""
    if attribute is None:
        return f"{snake(logical_id)}_id"
    word = _WORDS.get(attribute) or snake(attribute.replace(".", "_"))
    return f"{snake(logical_id)}_{word}"
