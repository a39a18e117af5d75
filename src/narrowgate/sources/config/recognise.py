"""Which files are AWS Config's: told by content, from their first bytes, also inside gzip."""

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from narrowgate.sources.snapshot.operations import OPERATIONS, RECOGNISED

AGGREGATOR_CALL = "config.select_aggregate_resource_config"
"""The call that `narrowgate collect --config-aggregator` makes, and names its file after."""

_SUFFIXES = (".json", ".json.gz")
_KEYS = re.compile(rb'"(?:configurationItems|[bB]aseConfigurationItems)"\s*:\s*\[')
_RESULTS = re.compile(rb'"Results"\s*:\s*\[')
_SELECTED = re.compile(rb'\\"(?:resourceType|configuration)\\"|"QueryInfo"')
_HEAD = 64 * 1024
_MOST_FILES = 20_000
_RESPONSES = frozenset({*OPERATIONS, *RECOGNISED})


def is_config(path: Path) -> bool:
    """True for a file of AWS Config's, and for a folder that holds one."""
    return is_config_file(path) or (path.is_dir() and next(config_files(path), None) is not None)


def is_config_file(path: Path) -> bool:
    """True for a snapshot or history file, and for an aggregator's answer."""
    if not path.name.endswith(_SUFFIXES):
        return False
    call = ".".join(path.name.split(".")[:2])
    if call in _RESPONSES or not path.is_file():
        # An answer of another call: not worth opening, and a snapshot has thousands.
        return False
    if call == AGGREGATOR_CALL:
        return True
    try:
        head = _head(path)
    except (OSError, EOFError, zlib.error):
        # A broken archive that calls itself AWS Config's is one: its reader says what is wrong.
        return "_Config_" in path.name
    return _KEYS.search(head) is not None or (_RESULTS.search(head) and _SELECTED.search(head)) is not None


def config_files(folder: Path) -> Iterator[Path]:
    """AWS Config's files in a folder and in those below it, in order of their names."""
    for number, path in enumerate(sorted(folder.rglob("*.json*"))):
        if number > _MOST_FILES:
            return
        if is_config_file(path):
            yield path


def _head(path: Path) -> bytes:
    if path.name.endswith(".gz"):
        with gzip.open(path) as packed:
            return packed.read(_HEAD)
    with path.open("rb") as file:
        return file.read(_HEAD)
