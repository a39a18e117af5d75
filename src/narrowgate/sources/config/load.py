"""AWS Config's files, and answers of AWS that lie beside them, into a snapshot."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from narrowgate.model.estate_facts import Call
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.config.answers import responses_of
from narrowgate.sources.config.documents import read_documents
from narrowgate.sources.config.gaps import gaps
from narrowgate.sources.config.items import Item, newest
from narrowgate.sources.config.recognise import config_files
from narrowgate.sources.config.recorded import Scope, recorded_types
from narrowgate.sources.config.types import TYPES
from narrowgate.sources.snapshot import Response, snapshot_from_responses
from narrowgate.sources.snapshot.folder import Content, read_responses
from narrowgate.sources.snapshot.operations import OPERATIONS

_NETWORKING = (
    "AWS::ApiGateway",
    "AWS::EC2::",
    "AWS::ElasticLoadBalancing",
    "AWS::NetworkFirewall::",
    "AWS::Route53",
    "AWS::VpcLattice::",
)
_BEARS_ON_NOTHING = frozenset(
    f"AWS::EC2::{name}"
    for name in (
        "CapacityReservation",
        "CustomerGateway",
        "EC2Fleet",
        "EIP",
        "Host",
        "IPAM",
        "IPAMPool",
        "IPAMScope",
        "LaunchTemplate",
        "RegisteredHAInstance",
        "SpotFleet",
        "SubnetRouteTableAssociation",
        "Volume",
    )
)


def load_config(path: Path, *, assume_complete: bool = False) -> Snapshot:
    """Read what AWS Config recorded.

    Args:
        path: a snapshot or history file, plain or packed, an aggregator's answer, or a folder of such files.
            Answers of AWS that lie in the folder, as a snapshot keeps them, tell what AWS Config does not.
        assume_complete: take a type without an item as one without a resource. What AWS Config never records
            stays unknown.

    Raises:
        InputError: a file that cannot be read, or an item without what it needs; with file and place.
    """
    is_folder = path.is_dir()
    root = path if is_folder else path.parent
    files = config_files(path) if is_folder else [path]
    documents = [each for file in files for each in read_documents(file, file.relative_to(root).as_posix())]
    beside = read_responses(root, sorted(set(path.rglob("*.json")) - set(files))) if is_folder else Content()
    items = newest((item for document in documents for item in document.items), beside.warnings)
    recorded = recorded_types(documents)
    answers = {_call(each) for each in beside.responses}
    # What AWS itself answered goes before what AWS Config once saw.
    seen = [each for each in responses_of(items, recorded) if _call(each) not in answers]
    snapshot = snapshot_from_responses(
        [*beside.responses, *seen],
        refused=beside.refused,
        untold=gaps(items, beside.responses),
        assume_complete=assume_complete,
        outside=beside.outside,
        warnings=[*beside.warnings, *_set_aside(items), *_unseen(recorded, items)],
    )
    snapshot.label = str(path)
    return snapshot


def _call(response: Response) -> Call:
    parent = (response.parameters or {}).get(str(OPERATIONS[response.operation].parent))
    return Call(response.account, response.region, response.operation, parent)


def _set_aside(items: Iterable[Item]) -> Iterator[str]:
    kinds = {each.resource_type for each in items if each.resource_type.startswith(_NETWORKING)}
    missed = sorted(kinds - TYPES.keys() - _BEARS_ON_NOTHING)
    if missed:
        yield f"not understood, so not judged: {', '.join(missed)}"


def _unseen(recorded: Mapping[Scope, set[str]], items: Iterable[Item]) -> Iterator[str]:
    seen = {item.resource_type for item in items}.union(*recorded.values())
    unseen = sorted(TYPES.keys() - seen)
    if unseen:
        yield (
            f"nothing tells whether AWS Config records {', '.join(unseen)}: there is no item of them, and what "
            "they would tell is unknown (--assume-complete takes them as absent)"
        )
