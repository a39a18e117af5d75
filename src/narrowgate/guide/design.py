"""The guide's design, as it comes with the package: `examples/guide/narrowgate.yaml`, byte for byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path


@contextmanager
def guide_design() -> Iterator[Path]:
    """The design as a file, also where the package is an archive."""
    with resources.as_file(resources.files("narrowgate.guide") / "narrowgate.yaml") as path:
        yield path


def guide_design_text() -> str:
    """Its text."""
    return (resources.files("narrowgate.guide") / "narrowgate.yaml").read_text(encoding="utf-8")
