"""What is read of templates from outside: by commands, and by whoever calls an API."""

from narrowgate.generate.cloudformation.values import Key, is_address
from narrowgate.generate.plan import Plan, references
from narrowgate.generate.requests import BY_COMMAND
from narrowgate.model.resource import GetAtt
from narrowgate.options.parts.endpoints import callers_of


def read_by_commands(plan: Plan) -> tuple[Key, ...]:
    """The values that commands of `DEPLOY.md` name; an endpoint's addresses are asked for by its id."""
    found = list(_keys(plan, [each.properties for each in plan.made if each.type in BY_COMMAND]))
    everything = (*_keys(plan, [each.properties for each in plan.made]), *called(plan))
    found += [(key[0], None) for key in everything if is_address(key)]
    return tuple(dict.fromkeys(found))


def called(plan: Plan) -> tuple[Key, ...]:
    """The values that the names to call are made of."""
    found: list[object] = []
    for api in plan.design.private_apis:
        for consumer in callers_of(plan.design, api):
            call = plan.option.call(plan.design, consumer, api)
            found += [call.host, *call.pinned, *(value for _, value in call.headers)]
    return _keys(plan, found)


def _keys(plan: Plan, values: list[object]) -> tuple[Key, ...]:
    by_id = plan.by_id
    found: dict[Key, None] = {}
    for each in references(values):
        if not by_id[each.logical_id].exists:
            found[each.logical_id, each.attribute if isinstance(each, GetAtt) else None] = None
    return tuple(found)
