"""Policy variables: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`.

They exist from version 2012-10-17 on; in an older document, and where `Version` is missing, the text is literal.
What a variable stands for is never a wildcard, whatever characters it holds.
"""

import re
from typing import Final

from msgspec import UNSET

from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.glob import ANY_ONE, ANY_RUN, Glob, Token, Wildcard, tokenize
from narrowgate.engine.policy.kleene import NO, UNKNOWN, YES

MISFIT: Final = 3
"""Outcome of a comparison that cannot be made: a missing variable, or a value that is no number, date or address.

Such a value equals nothing, so a positive operator is `no`. Whether AWS then takes the negated operator for true
is not documented, so that is `unknown` and never `yes`.
"""

_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_BODY: Final = re.compile(r"\s*([^,'\s][^,']*?)\s*(?:,\s*'([^']*)'\s*)?\Z")
_ESCAPES: Final = {"*": "*", "?": "?", "$": "$"}


class Variable:
    """A place that the request fills: the key in lower case, and the text to use when the key is absent."""

    __slots__ = ("default", "key", "name")

    def __init__(self, name: str, default: str | None) -> None:
        self.name = name
        self.key = name.lower()
        self.default = default


class MissingVariable(Exception):
    """A variable has no single value; `outcome` is `MISFIT` where it is absent, `UNKNOWN` where nobody knows."""

    def __init__(self, outcome: int, key: str) -> None:
        super().__init__(key)
        self.outcome = outcome
        self.key = key


def parse_variables(text: str) -> tuple[str | Variable | Wildcard, ...]:
    """Literal text, variables and wildcards of a value written under version 2012-10-17."""
    parts: list[str | Variable | Wildcard] = []
    position = 0
    for found in _VARIABLE.finditer(text):
        parts.extend(tokenize(text[position : found.start()]))
        parts.append(_variable(found))
        position = found.end()
    parts.extend(tokenize(text[position:]))
    return tuple(parts)


def _variable(found: re.Match[str]) -> str | Variable:
    inside = found[1]
    if inside in _ESCAPES:
        return _ESCAPES[inside]
    body = _BODY.match(inside)
    return Variable(body[1], body[2]) if body else found[0]


class Template:
    """A policy value with variables, filled for each request."""

    __slots__ = ("_parts", "text", "wildcards")

    def __init__(self, text: str, *, wildcards: bool) -> None:
        self.text = text
        self.wildcards = wildcards
        self._parts = parse_variables(text)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in the order they stand."""
        return tuple(part for part in self._parts if isinstance(part, Variable))

    @property
    def is_constant(self) -> bool:
        """Whether no request can change the value (escapes may still stand in it)."""
        return not self.variables

    def fill(self, context: Context) -> tuple[Token, ...]:
        """The tokens of the value for this request.

        Raises:
            MissingVariable: a variable is absent without a default, has several values, or is not known.
        """
        return tuple(_value(part, context) if isinstance(part, Variable) else part for part in self._parts)

    def constant(self) -> tuple[Token, ...]:
        """The tokens of a value without variables."""
        return tuple(part for part in self._parts if not isinstance(part, Variable))

    def matches(self, value: str, context: Context) -> int:
        """Whether a value equals the filled text (`wildcards` off) or matches the filled pattern."""
        try:
            tokens = self.fill(context)
        except MissingVariable as missing:
            return missing.outcome
        if self.wildcards:
            return YES if Glob(tokens).matches(value) else NO
        return YES if as_text(tokens) == value else NO


def as_text(tokens: tuple[Token, ...]) -> str:
    """Tokens as plain text, wildcards as the characters that they are written with."""
    return "".join(
        token if isinstance(token, str) else ("*" if token is ANY_RUN else "?" if token is ANY_ONE else "")
        for token in tokens
    )


def _value(variable: Variable, context: Context) -> str:
    state = context.state(variable.key)
    if state is UNSET:
        raise MissingVariable(UNKNOWN, variable.name)
    if isinstance(state, tuple) and len(state) == 1:
        return state[0]
    if not state and variable.default is not None:
        return variable.default
    # Variables are documented for single-valued keys only; what several values become is not.
    raise MissingVariable(UNKNOWN if state else MISFIT, variable.name)
