"""`snapshot.json`: which calls a collector made, and which were refused or failed."""

from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.estate_facts import Call
from narrowgate.sources.snapshot.decode import decode_json
from narrowgate.sources.snapshot.operations import OPERATIONS

_FORMAT = "narrowgate.snapshot/1"


class ManifestCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the manifest."""

    service: str
    operation: str
    account: str | None = None
    region: str | None = None
    parameters: dict[str, Any] | None = None
    error: str | None = None
    code: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file. `format` is checked, the rest is for people."""

    format: str | None = None
    calls: tuple[ManifestCall, ...] = ()


def read_manifest(data: bytes, where: str) -> Manifest:
    """Read `snapshot.json`.

    Raises:
        InputError: no manifest, or one of a format that this version does not know.
    """
    manifest: Manifest = decode_json(data, Manifest, where=where)
    if manifest.format not in (None, _FORMAT):
        raise InputError(
            f"format `{manifest.format}` is not known",
            where=where,
            help=f"this version reads `{_FORMAT}`",
        )
    return manifest


def refusals(manifest: Manifest) -> dict[Call, str]:
    """Each refused or failed call with AWS's words for it."""
    refused: dict[Call, str] = {}
    for call in manifest.calls:
        if call.error is None and call.code is None:
            continue
        name = f"{call.service}.{call.operation}"
        operation = OPERATIONS.get(name)
        parameters = call.parameters or {}
        parent = parameters.get(operation.parent) if operation and operation.parent else None
        words = ": ".join(part for part in (call.code, call.error) if part)
        refused[Call(call.account, call.region, name, str(parent) if parent is not None else None)] = words
    return refused
