"""Values as properties: resources by their ids, and of several candidates the one that an argument can name."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Ref, Unknown
from narrowgate.sources.terraform.definitions import NO_TEXT
from narrowgate.sources.terraform.evaluate import Candidates, Handle
from narrowgate.sources.terraform.hcl.functions import NotComputed
from narrowgate.sources.terraform.linked import Linked
from narrowgate.sources.terraform.offers import WANTED
from narrowgate.sources.terraform.reference_arguments import ATTRIBUTE_TYPES, fits, is_list, is_reference


class Tidier:
    """Makes properties of what expressions come to."""

    def __init__(self, linked: Linked) -> None:
        """`linked` tells ids."""
        self._linked = linked

    def tidy(self, value: Any, name: str) -> Any:
        """A value as a property: instances by their id or ARN, candidates chosen by what the argument can name."""
        if isinstance(value, Candidates):
            return self._chosen(value, name)
        if isinstance(value, Handle):
            return self._own(value, name)
        if isinstance(value, Mapping):
            return {key: self.tidy(each, key) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.tidy(each, name) for each in value]
        return self._linked.symbolised(value)

    def _own(self, handle: Handle, name: str) -> Any:
        return self._linked.attribute(handle.instance, "arn" if name.endswith(("arn", "arns")) else "id")

    def _chosen(self, candidates: Candidates, name: str) -> Any:
        flat: list[Any] = []
        for each in self._flat(candidates, name):
            if isinstance(each, Unknown):
                raise NotComputed(each.why)
            if each not in flat:
                flat.append(each)
        if not is_reference(name) or not all(fits(name, each) for each in flat):
            raise NotComputed(f"the plan holds only its references, not its text: {NO_TEXT}")
        wanted = WANTED.get(name)
        if wanted and len(flat) > 1:
            fitting = [each for each in flat if self._type_of(each) in wanted]
            flat = fitting or flat
        if is_list(name):
            return flat
        if len(flat) != 1:
            raise NotComputed(f"the plan's references fit {len(flat)} resources: {NO_TEXT}")
        return flat[0]

    def _flat(self, value: Any, name: str) -> Iterator[Any]:
        if isinstance(value, Candidates):
            for each in value.values:
                yield from self._flat(each, name)
        elif isinstance(value, Handle):
            yield self._own(value, name)
        elif isinstance(value, Mapping):
            for each in value.values():
                yield from self._flat(each, name)
        elif isinstance(value, (list, tuple)):
            for each in value:
                yield from self._flat(each, name)
        elif value is not None:
            yield self._linked.symbolised(value)

    def _type_of(self, value: Any) -> str:
        if isinstance(value, (Ref, GetAtt)):
            instance = self._linked.instances_by_address.get(value.logical_id)
            if instance is not None:
                kind = instance.type
                return ATTRIBUTE_TYPES.get(getattr(value, "attribute", ""), kind)
        return ""
