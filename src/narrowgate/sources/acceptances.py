"""Suppression files (YAML) and baselines (JSON) of `check`, read and written."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from narrowgate.audit.acceptance import Acceptance
from narrowgate.audit.registry import find_rule
from narrowgate.model.errors import InputError
from narrowgate.model.finding import Finding

BASELINE = "narrowgate.baseline/1"


def load_acceptances(path: Path) -> tuple[Acceptance, ...]:
    """A suppression file: a list of `{rule, resource?, reason, until?}`.

    Raises:
        InputError: no such file, no such list, an unknown rule, a date that is none.
    """
    entries = _parsed(path) or []
    if not isinstance(entries, list):
        raise InputError("is no list of suppressions", where=str(path), help="write `- rule: …, reason: …`")
    found = []
    for position, entry in enumerate(entries):
        where = f"{path}:{entries.lc.item(position)[0] + 1}" if hasattr(entries, "lc") else str(path)
        try:
            acceptance = msgspec.convert(dict(entry) if isinstance(entry, dict) else entry, Acceptance)
        except msgspec.ValidationError as error:
            raise InputError(str(error).lower(), where=where, help="rule, reason, resource, until") from None
        if find_rule(acceptance.rule) is None:
            message = f"`{acceptance.rule[:40]}` is no audit rule"
            raise InputError(message, where=where, help="`narrowgate check --list-rules` names them")
        found.append(acceptance)
    return tuple(found)


def _parsed(path: Path) -> Any:
    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is no UTF-8 text", where=str(path)) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 0
        raise InputError(f"is no YAML: {error.problem}", where=f"{path}:{line}") from None


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """The findings that were there when the baseline was written, by fingerprint."""

    schema: str = BASELINE
    findings: dict[str, str] = {}
    """Fingerprints with rule and resource, so that a reader can tell what each is."""


def load_baseline(path: Path) -> frozenset[str]:
    """The fingerprints of a baseline.

    Raises:
        InputError: no such file, or not written by `--write-baseline`.
    """
    try:
        baseline = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"is no baseline: {error}", where=str(path), help="write it with --write-baseline"
        ) from None
    if baseline.schema != BASELINE:
        raise InputError(f"is no {BASELINE}", where=str(path), help="write it with --write-baseline")
    return frozenset(baseline.findings)


def write_baseline(path: Path, findings: Iterable[Finding]) -> None:
    """Write a baseline of these findings, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    known = {each.fingerprint: f"{each.rule} {each.resource}" for each in findings}
    text = msgspec.json.format(msgspec.json.encode(Baseline(findings=dict(sorted(known.items())))), indent=2)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(text + b"\n")
        Path(file.name).replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None
