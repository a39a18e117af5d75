"""A price book into a file of the user's: whole or not at all."""

import os
import tempfile
from pathlib import Path

import msgspec

from narrowgate.cost.price_book import PriceBook
from narrowgate.model.errors import InputError


def write_price_book(book: PriceBook, path: Path) -> None:
    """Write a book; a file that is there is replaced.

    Raises:
        InputError: the file cannot be written.
    """
    content = msgspec.json.format(msgspec.json.encode(book), indent=1) + b"\n"
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        beside = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
            beside.chmod(0o644)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None
