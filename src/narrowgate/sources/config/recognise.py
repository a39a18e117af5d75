"""Which files are AWS Config's: told by content, from their first bytes, also inside gzip."""

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from itertools import islice
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
    return is_config_file(path) or any(is_config_file(each) for each in _candidates(path))


def is_config_file(path: Path) -> bool:
    """True for a snapshot or history file, and for an aggregator's answer."""
    if not _may_be(path.name) or not path.is_file():
        return False
    if path.name == f"{AGGREGATOR_CALL}.json":
        return True
    try:
        head = _head(path)
    except (OSError, EOFError, zlib.error):
        # A broken archive that calls itself AWS Config's is one: its reader says what is wrong.
        return "_Config_" in path.name
    return _KEYS.search(head) is not None or (_RESULTS.search(head) and _SELECTED.search(head)) is not None


def config_files(folder: Path) -> list[Path]:
    """AWS Config's files in a folder and in those below it, in order of their names."""
    return sorted(each for each in _candidates(folder) if is_config_file(each))


def _candidates(folder: Path) -> Iterator[Path]:
    """The files that have to be opened: no answers of other calls, of which a snapshot has thousands."""
    found = (Path(root, name) for root, _, names in os.walk(folder) for name in names if _may_be(name))
    return islice(found, _MOST_FILES)


def _may_be(name: str) -> bool:
    return name.endswith(_SUFFIXES) and ".".join(name.split(".")[:2]) not in _RESPONSES


def _head(path: Path) -> bytes:
    if path.name.endswith(".gz"):
        with gzip.open(path) as packed:
            return packed.read(_HEAD)
    with path.open("rb") as file:
        return file.read(_HEAD)
