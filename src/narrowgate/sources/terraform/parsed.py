"""A folder read by `tfparse`, where that is installed: no Terraform at all."""

from pathlib import Path

from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.program import TerraformFailed


def snapshot_by_tfparse(folder: Path, assume_complete: bool = False) -> Snapshot:
    """Read a folder with `tfparse`.

    Raises:
        TerraformFailed: it could not read it.
    """
    raise TerraformFailed("not yet")
