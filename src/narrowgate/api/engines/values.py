"""Values of a plan as they become known: told by a person, by stacks, by an endpoint."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from narrowgate.deploy.cloudformation.commands import Call
from narrowgate.generate.cloudformation.values import Key, parameter_name
from narrowgate.generate.plan import AccountId
from narrowgate.generate.requests import AsText, Request
from narrowgate.model.resource import GetAtt, Join, Ref


class Values:
    """What each reference of a plan came to be, as far as it is known."""

    def __init__(self, told: Mapping[Key, str], account: str) -> None:
        """`told` are the values of what exists; `account` is the one that a design need not tell."""
        self.known: dict[Key, str] = dict(told)
        self._account = account

    def learn(self, keys: Iterable[Key], outputs: Mapping[str, str]) -> None:
        """Take over what a stack's outputs tell of these values."""
        for key in keys:
            told = outputs.get(parameter_name(*key))
            if told is not None:
                self.known[key] = told

    def resolve(self, value: Any) -> Any:
        """A value with every reference filled in.

        Raises:
            KeyError: a reference that is not known yet.
        """
        match value:
            case Ref(logical_id=own):
                return self.known[own, None]
            case GetAtt(logical_id=own, attribute=attribute):
                return self.known[own, attribute]
            case AccountId():
                return self._account
            case Join(parts=parts):
                return "".join(str(self.resolve(part)) for part in parts)
            case AsText(value=inner):
                return json.dumps(self.resolve(inner))
            case Mapping():
                return {key: self.resolve(each) for key, each in value.items()}
            case list() | tuple():
                return [self.resolve(each) for each in value]
            case _:
                return value

    def call(self, request: Request) -> Call:
        """A request with every id filled in.

        Raises:
            KeyError: an id that is not known yet.
        """
        return Call(
            service=request.service,
            operation=request.operation,
            parameters=self.resolve(request.parameters),
        )
