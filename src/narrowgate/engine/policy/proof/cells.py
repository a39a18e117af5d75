"""The values of one condition key that a set of conditions can tell apart.

Every list of values is complete: any other value of the key makes all of the conditions come out as one of the
listed values does.
"""

import base64
import itertools
import string
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from narrowgate.engine.policy.arns import split_arn
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.glob import Token
from narrowgate.engine.policy.keys import NEVER_SUPPLIED, KeyType, Supply, condition_key
from narrowgate.engine.policy.operators import Family, tokenize_for
from narrowgate.engine.policy.proof.words import ANYTHING, Word, from_tokens, literal, some, witnesses
from narrowgate.engine.policy.scalars import format_address, read_date, read_network, read_number
from narrowgate.engine.policy.variables import Template

Value = str | None
"""A key's value; None where the key is absent."""

_IDS: Final = string.ascii_lowercase + string.digits + "-"
_UNIVERSES: Final[dict[str, tuple[Word, ...]]] = {
    "aws:sourcevpce": ((*literal("vpce-"), *some(_IDS)),),
    "aws:sourcevpc": ((*literal("vpc-"), *some(_IDS)),),
}
_ANY_TEXT: Final[tuple[Word, ...]] = ((ANYTHING,),)


class OutsideError(Exception):
    """A construct that proofs do not cover; the message names it."""


def key_values(key: str, conditions: Sequence[Condition]) -> tuple[Value, ...]:
    """Values of a key (in lower case) for every way in which the conditions on it can come out.

    Raises:
        OutsideError: a condition is not covered.
        TooComplexError: the patterns tell too many values apart.
    """
    if key in NEVER_SUPPLIED:
        return (None,)
    if key == "aws:securetransport":
        return ("true",)
    known = condition_key(key)
    if known is not None and known.multivalued:
        raise OutsideError(f"the multi-valued key {known.name}")
    always = known is not None and known.supply is Supply.ALWAYS
    values: list[Value] = [] if always else [None]
    families = {_family(condition) for condition in conditions} - {Family.NULL}
    if known is not None and known.type is KeyType.IP:
        families.add(Family.IP)
    if len(families) > 1:
        raise OutsideError(f"operators of several types on {conditions[0].key}")
    family = next(iter(families), Family.STRING)
    values.extend(_values_of(family, key, conditions))
    return tuple(dict.fromkeys(values))


def _family(condition: Condition) -> Family:
    modelled = condition.name.operator
    if modelled is None:
        raise OutsideError(f"the operator {condition.name.written}")
    return Family.STRING if modelled.family is Family.ARN else modelled.family


def _values_of(family: Family, key: str, conditions: Sequence[Condition]) -> Iterable[str]:
    wanted = [value for condition in conditions for value in condition.wanted if _compares(condition)]
    match family:
        case Family.IP:
            return _addresses(wanted)
        case Family.NUMERIC:
            return _numbers([number for number in map(read_number, wanted) if number is not None])
        case Family.DATE:
            return _moments([moment for moment in map(read_date, wanted) if moment is not None])
        case Family.BOOL:
            return ("true", "false")
        case Family.BINARY:
            return (*wanted, base64.b64encode(b"other than " + "".join(wanted).encode()).decode())
        case _:
            words = [word for condition in conditions for word in condition_words(condition)]
            return witnesses(words, _UNIVERSES.get(key, _ANY_TEXT))


def _compares(condition: Condition) -> bool:
    return condition.name.operator is not None and condition.name.operator.family is not Family.NULL


def condition_words(condition: Condition) -> Iterable[Word]:
    """The patterns of a string or ARN condition.

    Raises:
        OutsideError: a value holds a policy variable.
    """
    modelled = condition.name.operator
    if modelled is None or modelled.family not in (Family.STRING, Family.ARN):
        return
    for value in condition.wanted:
        tokens: tuple[Token, ...] = tokenize_for(modelled, value)
        if condition.variables and "${" in value:
            template = Template(value, wildcards=modelled.wildcards)
            if not template.is_constant:
                raise OutsideError(f"the policy variable in `{value}`")
            tokens = template.constant()
        if modelled.family is Family.ARN:
            yield arn_word(tokens)
        else:
            yield from_tokens(tokens, ignore_case=modelled.ignore_case)


def arn_word(tokens: tuple[Token, ...]) -> Word:
    """An ARN pattern: wildcards of the first five parts stay inside their part."""
    word: list[Word] = []
    parts = split_arn(tokens)
    for number, part in enumerate(parts):
        if number:
            word.append(literal(":"))
        word.append(from_tokens(part, stop=":" if number < len(parts) - 1 else ""))
    return tuple(item for part in word for item in part)


def _addresses(wanted: Iterable[str]) -> Iterable[str]:
    """Both ends of every network and their outer neighbours, in both families."""
    numbers: dict[int, set[int]] = {4: {0}, 6: {0}}
    tops = {4: (1 << 32) - 1, 6: (1 << 128) - 1}
    for text in wanted:
        network = read_network(text)
        if network is not None:
            version, first, last = network
            numbers[version] |= {first, last, max(first - 1, 0), min(last + 1, tops[version])}
    return [format_address(version, number) for version in (4, 6) for number in sorted(numbers[version])]


def _between(numbers: list[Decimal], step: Decimal) -> list[Decimal]:
    """The numbers, one between any two neighbours, and one beyond each end."""
    ordered = sorted(set(numbers)) or [Decimal(0)]
    inner = [(low + high) / 2 for low, high in itertools.pairwise(ordered)]
    return [ordered[0] - step, *ordered, *inner, ordered[-1] + step]


def _numbers(numbers: list[Decimal]) -> Iterable[str]:
    return [format(number, "f") for number in _between(numbers, Decimal(1))]


def _moments(moments: list[Decimal]) -> Iterable[str]:
    texts = [format(moment, "f") for moment in _between(moments or [Decimal(1_767_225_600)], Decimal(86_400))]
    if any(read_date(text) is None for text in texts):
        raise OutsideError("a date before 1971 or after the year 9999")
    return texts
