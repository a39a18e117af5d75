"""Progress of many calls, on standard error: a line that is rewritten on a terminal, nothing in a log."""

import time
from typing import Self, TextIO

_EVERY_SECONDS = 0.1


class CallProgress:
    """How many calls were made, of how many known so far."""

    def __init__(self, stream: TextIO) -> None:
        """`stream` is standard error."""
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._shown_at = 0.0
        self._is_open = False

    def __enter__(self) -> Self:
        """Nothing is shown before the first answer."""
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the line."""
        if self._is_open:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def answered(self, made: int, needed: int, failed: int) -> None:
        """Told after each answer."""
        now = time.monotonic()
        if not self._is_terminal or now - self._shown_at < _EVERY_SECONDS:
            return
        self._shown_at = now
        self._is_open = True
        self._stream.write(f"\r\x1b[K{made} of {needed} calls, {failed} failed")
        self._stream.flush()
