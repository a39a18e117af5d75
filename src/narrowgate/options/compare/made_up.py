"""Made-up ids out of answers: nothing has them, so a reader is told the resource's name in the design instead."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from narrowgate.model.comparison import OptionAnswer
from narrowgate.model.resource import Resource
from narrowgate.options.world import World


def readable(answer: OptionAnswer, resources: Sequence[Resource], world: World) -> OptionAnswer:
    """The same answer with logical ids in place of ids that the world made up; ids that exist are kept."""
    names = {
        world.ids[each.logical_id]: each.logical_id
        for each in resources
        if each.physical_id is None and world.ids.get(each.logical_id, each.logical_id) != each.logical_id
    }
    if not names:
        return answer
    pattern = re.compile("|".join(re.escape(own) for own in sorted(names, key=len, reverse=True)))

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda match: names[match[0]], value)
        if isinstance(value, dict):
            return {key: renamed(each) for key, each in value.items()}
        return [renamed(each) for each in value] if isinstance(value, (list, tuple)) else value

    return msgspec.convert(renamed(msgspec.to_builtins(answer)), OptionAnswer)
