"""Which files are Terraform's: told by content, without reading all of a large one where its beginning will do."""

from pathlib import Path

import msgspec

from narrowgate.sources.terraform.document import is_binary_plan, is_shown, is_state_file

_HEAD = 4096


def is_terraform_file(path: Path) -> bool:
    """True for a plan or a state as JSON, a state file, and a binary plan (which reading refuses)."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    if is_binary_plan(head):
        return True
    if not head.lstrip().startswith(b"{"):
        return False
    if b'"format_version"' in head and b'"terraform_version"' in head:
        # Also one that is cut off: its reader says so.
        return True
    try:
        top = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return False
    return is_shown(top) or is_state_file(top)
