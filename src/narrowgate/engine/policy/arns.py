"""ARN patterns as the Arn operators compare them: six parts, each by itself."""

from typing import Final

from narrowgate.engine.policy.glob import Glob, Token
from narrowgate.engine.policy.kleene import NO, UNKNOWN, YES
from narrowgate.engine.policy.variables import MISFIT, as_text

ARN_PARTS: Final = 6


class ArnGlob:
    """An ARN pattern of the Arn operators: each of the six parts is compared by itself."""

    __slots__ = ("is_any", "parts")

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.is_any = as_text(tokens) == "*"
        self.parts = tuple(Glob(part) for part in split_arn(tokens))

    @property
    def is_arn(self) -> bool:
        """Whether the pattern has an ARN's six parts."""
        return len(self.parts) == ARN_PARTS

    def matches(self, value: str) -> int:
        """Whether an ARN matches; unknown for a pattern without six parts, `MISFIT` for a value that is no ARN."""
        if self.is_any:
            return YES
        if not self.is_arn:
            return UNKNOWN
        parts = value.split(":", ARN_PARTS - 1)
        if len(parts) != ARN_PARTS:
            return MISFIT
        matched = all(glob.matches(part) for glob, part in zip(self.parts, parts, strict=True))
        return YES if matched else NO


def split_arn(tokens: tuple[Token, ...]) -> list[list[Token]]:
    """Tokens cut at the first five colons of the literal text."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            parts[-1].append(token)
            continue
        for number, piece in enumerate(token.split(":", ARN_PARTS - len(parts))):
            if number:
                parts.append([])
            if piece:
                parts[-1].append(piece)
    return parts
