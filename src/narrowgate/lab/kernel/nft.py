"""The program that loads rulesets."""

import shutil

from narrowgate.lab.kernel.spaces import LabError

_SBIN = "/usr/sbin:/sbin:/usr/local/sbin"


def find_nft() -> str:
    """The path of `nft`, also where a plain user's PATH lacks `sbin`.

    Raises:
        LabError: it is not installed.
    """
    found = shutil.which("nft") or shutil.which("nft", path=_SBIN)
    if found is None:
        raise LabError("the lab needs `nft`", help="install nftables; everything but the lab works without it")
    return found
