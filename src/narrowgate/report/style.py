"""Colour and marks; plain text where colour is not wanted."""

import msgspec

from narrowgate.model.answer import Verdict

_MARKS = {
    Verdict.ALLOWED: ("✓", "32"),
    Verdict.PARTIAL: ("~", "33"),
    Verdict.DENIED: ("✗", "31"),
    Verdict.INVALID: ("✗", "31"),
    Verdict.INDETERMINATE: ("?", "35"),
    Verdict.UNKNOWN: ("?", "35"),
}


class Style(msgspec.Struct, frozen=True):
    """How text is dressed; every text passes `clean` before it meets a terminal."""

    is_coloured: bool = False

    def mark(self, verdict: Verdict) -> str:
        """One character for a verdict."""
        sign, code = _MARKS[verdict]
        return self._dress(sign, code)

    def verdict(self, verdict: Verdict) -> str:
        """The verdict's word."""
        return self._dress(str(verdict), f"1;{_MARKS[verdict][1]}")

    def strong(self, text: str) -> str:
        """Something to look at first."""
        return self._dress(clean(text), "1")

    def dim(self, text: str) -> str:
        """Something to look at last."""
        return self._dress(clean(text), "2")

    def coloured(self, text: str, code: str) -> str:
        """Text in a colour, by its ANSI code."""
        return self._dress(clean(text), code)

    def _dress(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.is_coloured else text


def clean(text: str) -> str:
    """The text without control characters: a name from an account must not steer a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
