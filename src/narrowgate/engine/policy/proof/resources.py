"""The method ARNs that resource elements can tell apart."""

import string
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from narrowgate.engine.policy.arns import ARN_PARTS, split_arn
from narrowgate.engine.policy.glob import Glob, Token, tokenize
from narrowgate.engine.policy.proof.cells import OutsideError, arn_word
from narrowgate.engine.policy.proof.words import ANYTHING, Item, Word, from_tokens, literal, some, witnesses
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.resources import SHORT_FORM, ResourcePattern, runs_across
from narrowgate.engine.policy.variables import Template

Spell = Callable[[Sequence[Word], Sequence[Word]], list[str]]

METHODS: Final = ("GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_STAGE: Final = string.ascii_letters + string.digits + "_-"
_PATH: Final = string.ascii_letters + string.digits + "~!$&'()+,;=@._-%/:*[]"
_ID: Final = string.ascii_lowercase + string.digits
_REGION: Final = string.ascii_lowercase + string.digits + "-"


def resource_values(
    patterns: Sequence[ResourcePattern], api: Api | None, partition: str, *, spell: Spell = witnesses
) -> tuple[str, ...]:
    """Method ARNs for every way in which the patterns can come out.

    Args:
        patterns: of all statements.
        api: the one API in question; None for any API of the partition.
        partition: used where no API is given.
        spell: how texts are found; `samples` finds some, in no time.

    Raises:
        OutsideError: a pattern holds a policy variable.
        TooComplexError: the patterns tell too many resources apart.
    """
    if api is not None:
        # All ARNs of one API begin alike, so that only what stands behind its id has to be told apart.
        prefix = api.arn.rsplit(":", 1)[0] + ":"
        words = [word for pattern in patterns for word in tail_words(pattern, prefix, api.id)]
        tails = spell(list(dict.fromkeys(words)), [(*literal(api.id + "/"), *call) for call in _calls()])
        return tuple(prefix + tail for tail in tails)
    words = [word for pattern in patterns for word in _whole_words(pattern)]
    owner = (
        *literal(f"arn:{partition}:execute-api:"),
        *some(_REGION),
        *literal(":"),
        *(Item(frozenset(string.digits)),) * 12,
    )
    universe = [(*owner, *literal(":"), *some(_ID), *literal("/"), *call) for call in _calls()]
    return tuple(spell(list(dict.fromkeys(words)), universe))


def _calls() -> Iterable[Word]:
    """Stage, method and path of every call that can be made."""
    path = Item(frozenset(_PATH), run=True)
    return [(*some(_STAGE), *literal(f"/{method}/"), path) for method in METHODS]


def _tokens(pattern: ResourcePattern) -> tuple[Token, ...]:
    if not pattern.variables or "${" not in pattern.text:
        return tokenize(pattern.text)
    template = Template(pattern.text, wildcards=True)
    if not template.is_constant:
        raise OutsideError(f"the policy variable in `{pattern.text}`")
    return template.constant()


def _after_short_form(tokens: tuple[Token, ...]) -> Word:
    first = tokens[0]
    rest = first[len(SHORT_FORM) - 1 :] if isinstance(first, str) else ""
    return from_tokens((rest, *tokens[1:]))


def tail_words(pattern: ResourcePattern, prefix: str, api_id: str) -> Iterable[Word]:
    """The pattern over `{api}/{stage}/{METHOD}/{path}`; nothing where it cannot match this API.

    Raises:
        OutsideError: the pattern holds a policy variable.
    """
    tokens = _tokens(pattern)
    if pattern.is_short:
        yield (*literal(api_id), *_after_short_form(tokens))
        return
    parts = split_arn(tokens)
    _refuse_running_across(pattern, parts)
    fixed = prefix.split(":")[: len(parts) - 1]
    if not all(Glob(part).matches(text) for part, text in zip(parts[:-1], fixed, strict=False)):
        return
    if len(parts) == ARN_PARTS:
        yield from_tokens(parts[-1])
    # A shorter pattern covers the whole API or nothing of it, except where its last part runs on into the tail.
    elif len(parts) > 1:
        yield from _run_on(parts[-1], prefix.split(":")[len(parts) - 1 : -1])


def _run_on(last: list[Token], fixed: list[str]) -> Iterable[Word]:
    """What the last part of an incomplete ARN leaves for the tail once it has passed the parts before it."""
    text = ":".join(fixed) + ":"
    for position, token in enumerate(last):
        if not isinstance(token, str) and Glob((*last[:position], tokenize("*")[0])).matches(text):
            yield (ANYTHING, *from_tokens(last[position + 1 :]))


def _whole_words(pattern: ResourcePattern) -> Iterable[Word]:
    """The pattern over whole ARNs."""
    tokens = _tokens(pattern)
    if pattern.is_short:
        yield (
            *arn_word(tokenize("arn:*:*:*:*:")),
            Item(frozenset("/"), run=True, negated=True),
            *_after_short_form(tokens),
        )
        return
    _refuse_running_across(pattern, split_arn(tokens))
    yield arn_word(tokens)
    if len(split_arn(tokens)) < ARN_PARTS:
        yield (*arn_word(tokens), *literal(":"), ANYTHING)


def _refuse_running_across(pattern: ResourcePattern, parts: list[list[Token]]) -> None:
    if runs_across(parts):
        raise OutsideError(f"the wildcard that runs across parts in `{pattern.text}`")
