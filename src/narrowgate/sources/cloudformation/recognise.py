"""Tell templates, folders of templates and CDK output from other sources by their content, cheaply."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".template"})
_RESPONSE = re.compile(r"[a-z0-9-]+\.[a-z]+_[a-z0-9_]+\.json")
_RESOURCES = re.compile(rb"""^(?:Resources\s*:|\s*\{?.*"Resources"\s*:)""", re.MULTILINE)
_TYPE = re.compile(rb"""["']?Type["']?\s*:\s*["']?[A-Z][A-Za-z0-9]*::""")
_HEAD = 1024 * 1024
_MOST_FILES = 2000


def is_cloudformation(path: Path) -> bool:
    """True for a template, a CDK app's output, or a folder with a template and no responses of AWS in it."""
    if path.is_file():
        return is_template(path)
    if not path.is_dir() or (path / "snapshot.json").is_file():
        return False
    return is_cdk_output(path) or next(templates_of(path), None) is not None


def is_template(path: Path) -> bool:
    """True for a file that lists resources of CloudFormation."""
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return b"Resources" in head and _TYPE.search(head) is not None and _RESOURCES.search(head) is not None


def is_cdk_output(path: Path) -> bool:
    """True for a folder that the CDK wrote."""
    manifest = path / "manifest.json"
    if not manifest.is_file():
        return False
    try:
        head = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(head, dict) and isinstance(head.get("artifacts"), dict)


def templates_of(folder: Path) -> Iterator[Path]:
    """The templates of a folder and of those below it; none where it holds recorded responses of AWS."""
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number > _MOST_FILES or _RESPONSE.fullmatch(path.name):
            return
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if is_template(path):
            yield path
