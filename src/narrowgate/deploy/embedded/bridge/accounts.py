"""Accounts: whose request it is."""

import os
from collections.abc import Callable
from typing import Any

from moto.core.responses import BaseResponse
from moto.iam.models import iam_backends
from moto.utilities.utils import PARTITION_NAMES

from narrowgate.deploy.embedded.bridge.defect import Defect, replace


def account_of(key: str) -> str:
    """The account that an access key acts in: that of the role which gave it, else the embedded AWS's own."""
    # A copy of the list: a role may be assumed for a further account meanwhile.
    for number, backends in list(iam_backends.items()):
        if any(key in backends[partition].access_keys for partition in PARTITION_NAMES):
            return str(number)
    return os.environ["MOTO_ACCOUNT_ID"]


def _of_the_role(_: Callable[..., Any]) -> Callable[..., Any]:
    return lambda response: account_of(response.get_access_key())


DEFECTS = (
    Defect(
        name="assumed-roles",
        moto="acts in the one account whose number it was told, whichever account's role was assumed",
        aws="acts in the account of the role",
        mend=lambda: replace(BaseResponse, "get_current_account", _of_the_role),
    ),
)
