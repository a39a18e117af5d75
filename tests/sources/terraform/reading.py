"""Fixtures of this folder, and snapshots compared where Terraform closes a group otherwise than a design."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from tests.canonical import differences

from narrowgate.model.snapshot import Snapshot

HERE = Path(__file__).parent
GUIDE = HERE / "guide"
SHAPES = HERE / "shapes"
NOWHERE = "127.0.0.1/32"


def alone(plan: Path, folder: Path, change: Callable[[Any], None] | None = None) -> Path:
    """A plan without the text beside it; `change` edits its JSON first."""
    document = json.loads(plan.read_text())
    if change is not None:
        change(document)
    (folder / "plan.json").write_text(json.dumps(document))
    return folder / "plan.json"


def copy_of(estate: Path, folder: Path, *, plan: bool = True) -> Path:
    """A copy of an estate's files, to change them."""
    copy = Path(shutil.copytree(estate, folder / estate.name))
    if not plan:
        (copy / "plan.json").unlink()
    return copy


def unlike(one: Snapshot, other: Snapshot) -> list[str]:
    """Differences, but for groups that a design closes by a rule to nowhere and Terraform by none."""
    return differences(_without_nowhere(one), _without_nowhere(other))


def _without_nowhere(snapshot: Snapshot) -> Snapshot:
    for own, group in snapshot.facts.security_groups.items():
        egress = group.ip_permissions_egress
        if egress is not msgspec.UNSET:
            kept = tuple(each for each in egress if [one.cidr_ip for one in each.ip_ranges] != [NOWHERE])
            snapshot.facts.security_groups[own] = msgspec.structs.replace(group, ip_permissions_egress=kept)
    return snapshot


def by_address(snapshot: Snapshot, address: str) -> str:
    """The id of what is written at an address."""
    return next(own for own, place in snapshot.places.items() if place.address == address)
