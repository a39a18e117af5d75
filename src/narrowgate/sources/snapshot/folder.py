"""A folder on disk into responses: which file holds which call of which account and Region."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.estate_facts import Call
from narrowgate.model.outside import Outside
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.snapshot.assemble import snapshot_from_responses
from narrowgate.sources.snapshot.decode import decode_json
from narrowgate.sources.snapshot.manifest import read_manifest, refusals
from narrowgate.sources.snapshot.operations import KEYS, OPERATIONS, RECOGNISED
from narrowgate.sources.snapshot.response import Response

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_MANIFEST = "snapshot.json"
_OUTSIDE = "outside.json"
# One answer of one call for one account and Region stays far below this; a file above it is something else.
MAX_FILE_BYTES = 128 * 1024 * 1024


class Content(msgspec.Struct, kw_only=True):
    """What the files of a folder hold."""

    responses: list[Response] = msgspec.field(default_factory=list)
    refused: dict[Call, str] = msgspec.field(default_factory=dict)
    outside: Outside | None = None
    warnings: list[str] = msgspec.field(default_factory=list)


class _Exchange(msgspec.Struct, frozen=True):
    """An element of a file that holds a call once per parent."""

    response: msgspec.Raw
    parameters: dict[str, object] | None = None


def load_snapshot(root: Path, *, assume_complete: bool = False) -> Snapshot:
    """Read a folder of AWS API responses.

    Args:
        root: the folder; `<account>/<region>/<service>.<operation>.json` below it, or any other layout whose
            files can be told by their one top-level key.
        assume_complete: treat what no file tells as empty instead of unknown.

    Raises:
        InputError: no such folder, no known file in it, or a file that cannot be read; with file and place.
    """
    if not root.is_dir():
        raise InputError("no such folder", where=str(root))
    content = read_responses(root, sorted(root.rglob("*.json")))
    if not content.responses:
        raise InputError(
            "holds no AWS response that narrowgate knows",
            where=str(root),
            help="a snapshot is a folder of files such as 111122223333/us-east-1/ec2.describe_vpcs.json",
        )
    snapshot = snapshot_from_responses(
        content.responses,
        refused=content.refused,
        assume_complete=assume_complete,
        outside=content.outside,
        warnings=content.warnings,
    )
    snapshot.label = str(root)
    return snapshot


def read_responses(root: Path, paths: Iterable[Path]) -> Content:
    """Read the files of a folder: responses, the manifest, and what no API holds.

    Raises:
        InputError: a file that cannot be read; with file and place.
    """
    content = Content()
    for path in paths:
        if not path.is_file():
            continue
        where = path.relative_to(root).as_posix()
        data = read_file(path, where)
        if path.name == _MANIFEST:
            content.refused = refusals(read_manifest(data, where))
        elif path.name == _OUTSIDE:
            content.outside = read_outside(data, where)
        else:
            content.responses.extend(_responses(data, where, content.warnings))
    return content


def read_outside(data: bytes, where: str) -> Outside:
    """Read `outside.json`.

    Raises:
        InputError: wrong JSON, unknown fields, or another schema.
    """
    outside: Outside = decode_json(data, Outside, where=where)
    if outside.schema != "narrowgate.outside/1":
        raise InputError(
            f"schema `{outside.schema}` is not known",
            where=where,
            help="this version reads `narrowgate.outside/1`",
        )
    return outside


def read_file(path: Path, where: str) -> bytes:
    """The bytes of a file of responses, without a byte order mark.

    Raises:
        InputError: it is too large for one, or cannot be read.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise InputError(
                f"has {size // 1_000_000} MB; one response of one account and Region is read up to "
                f"{MAX_FILE_BYTES // 1_000_000} MB",
                where=where,
                help="keep one file per account, Region and call",
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=where) from None
    # The AWS CLI on Windows, and editors, may put a byte order mark first.
    return data.removeprefix(b"\xef\xbb\xbf")


def _responses(data: bytes, where: str, warnings: list[str]) -> Iterator[Response]:
    account, region = _account_and_region(where)
    # Some tools put the parent's id, or a number, behind the call's name: ec2.describe_vpc_attribute.vpc-1.json.
    operation = ".".join(where.rsplit("/", 1)[-1].split(".")[:2])
    named = operation if operation in OPERATIONS else None
    if operation in RECOGNISED:
        return
    head = data.lstrip()[:1]
    if head == b"[":
        exchanges = decode_json(data, list[_Exchange], where=where) if named else _try_exchanges(data, where)
        if exchanges is None:
            warnings.append(f"{where}: not understood: a list without `parameters` and `response`")
            return
        bodies = [(exchange.parameters, exchange.response) for exchange in exchanges]
    else:
        bodies = [(None, msgspec.Raw(data))]
    if not bodies and named:
        yield Response(account=account, region=region, operation=named, body=None, source=where)
    for parameters, body in bodies:
        name = named or _operation_of(body, where) or _operation_for(body, parameters)
        if name is None:
            warnings.append(f"{where}: not understood: no AWS response that narrowgate knows")
            return
        if name:
            yield Response(
                account=account, region=region, operation=name, parameters=parameters, body=body, source=where
            )


def _try_exchanges(data: bytes, where: str) -> list[_Exchange] | None:
    decode_json(data, msgspec.Raw, where=where)
    try:
        return msgspec.json.decode(data, type=list[_Exchange])
    except msgspec.ValidationError:
        return None
    except msgspec.DecodeError:
        decode_json(data, list[_Exchange], where=where)
        return None


def _operation_of(body: msgspec.Raw, where: str) -> str | None:
    """The call that a response of an unknown file name comes from, by its one top-level key; "" for no matter."""
    content = decode_json(body, dict[str, msgspec.Raw] | int | float | str | bool | None, where=where)
    if not isinstance(content, dict):
        return None
    keys = [key for key in content if key not in {"NextToken", "ResponseMetadata", "Marker"}]
    if keys == ["PrefixLists"]:
        # Service lists carry their ranges (`Cidrs`), customer lists their owner.
        return "ec2.describe_prefix_lists" if b'"Cidrs"' in bytes(body) else "ec2.describe_managed_prefix_lists"
    if len(keys) == 1:
        return KEYS.get(keys[0])
    if set(keys) & {"EnableDnsSupport", "EnableDnsHostnames"} and "VpcId" in keys:
        return "ec2.describe_vpc_attribute"
    if "HostedZone" in keys and "VPCs" in keys:
        return "route53.get_hosted_zone"
    known = [KEYS[key] for key in keys if key in KEYS]
    return known[0] if len(known) == 1 else None


def _operation_for(body: msgspec.Raw, parameters: dict[str, object] | None) -> str | None:
    """The call per parent that has such a key and was asked with such a parameter, where only one fits."""
    if not parameters:
        return None
    try:
        keys = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        return None
    fitting = [each.name for each in OPERATIONS.values() if each.key in keys and each.parent in parameters]
    return fitting[0] if len(fitting) == 1 else None


def _account_and_region(where: str) -> tuple[str | None, str | None]:
    folders = where.split("/")[:-1]
    account = next((part for part in reversed(folders) if _ACCOUNT.fullmatch(part)), None)
    region = next((part for part in reversed(folders) if part == "global" or _REGION.fullmatch(part)), None)
    return account, region
