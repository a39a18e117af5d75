"""Use cases about designs: start one, compare its options, say which one it means."""

from pathlib import Path

from narrowgate.cost.price_book import PriceBook
from narrowgate.model.comparison import CompareAnswer
from narrowgate.model.design import Design
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.compare.compare import compare as compare_options
from narrowgate.options.compare.compare import find_meant
from narrowgate.options.option import Option
from narrowgate.options.pricing import Price, make_price
from narrowgate.options.registry import find_option
from narrowgate.sources.design.fields import design_schema
from narrowgate.sources.design.read import load_design
from narrowgate.sources.design.starter import STARTER, design_from_snapshot
from narrowgate.sources.prices.read import load_price_book
from narrowgate.sources.resources.build import build_world

__all__ = [
    "compare",
    "compare_design",
    "design_schema",
    "is_design",
    "load_design",
    "meant_option",
    "price_by",
    "start_design",
    "write_design",
]

_SUFFIXES = frozenset({".yaml", ".yml"})


def is_design(path: Path) -> bool:
    """True for a YAML file with a design's top-level keys; CloudFormation templates have others."""
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        return False
    head = path.read_bytes()[:65536].splitlines()
    keys = {line.split(b":")[0].decode("ascii", "replace").strip() for line in head if line[:1].isalpha()}
    return "vpcs" in keys and not keys & {"Resources", "AWSTemplateFormatVersion"}


def compare(path: Path, prices: Path | None = None) -> CompareAnswer:
    """Every option of a design side by side, judged by the engine, priced, and a recommendation.

    Args:
        path: the design.
        prices: a price book of the user's; None for the built-in one.

    Raises:
        InputError: the design or the price book cannot be read, or the design asks for what AWS refuses.
    """
    design = load_design(path)
    return compare_design(design, load_price_book(prices))


def compare_design(design: Design, book: PriceBook | None = None) -> CompareAnswer:
    """The same for a design that is read already; without a book, by the built-in one."""
    return compare_options(design, build_world, price_by(book))


def price_by(book: PriceBook | None = None) -> Price:
    """What prices an option's resources; without a book, by the built-in one."""
    return make_price(book or load_price_book())


def meant_option(design: Design, path: Path) -> Option:
    """The option that a design names, else the recommended one.

    Raises:
        InputError: it cannot be built, or none may be taken.
    """
    if design.via != "auto":
        option = find_option(design.via, where=str(design.where))
        fit = option.applies(design)
        if not fit.fits:
            message = f"`{option.name}` cannot be built here: {fit.text} ({fit.rule})"
            raise InputError(message, where=str(design.where), help=fit.way_out)
        return option
    meant = find_meant(design, build_world, price_by())
    if meant is None:
        raise InputError(
            "no option keeps every expectation and constraint",
            where=str(path),
            help="`narrowgate compare` says why each does not",
        )
    return find_option(meant.option)


def start_design(source: Snapshot | None = None) -> str:
    """The text of a design to start from: a commented example, or what a snapshot holds."""
    return STARTER if source is None else design_from_snapshot(source, label=source.label or "a snapshot")


def write_design(path: Path, text: str) -> None:
    """Write a new design file; an existing one is never touched.

    Raises:
        InputError: the file exists, or its folder does not.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("exists already", where=str(path), help="name another file") from None
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None
