"""Numbers in words."""


def counted(number: int, word: str) -> str:
    """`1 call`, `1,129 sockets`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
