"""Orders to a running lab, from another process: see `control` for what it obeys."""

import json
import socket
from pathlib import Path
from typing import Any

from narrowgate.lab.control import SOCKET
from narrowgate.lab.kernel.spaces import LabError
from narrowgate.lab.state import State

_SECONDS = 10.0


def send_order(state: State, do: str, what: object = None) -> Any:
    """Send one order; what the lab says was done.

    Raises:
        LabError: the lab does not obey, or does not answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(_SECONDS)
        try:
            link.connect(str(Path(state.folder) / SOCKET))
            link.sendall(json.dumps({"do": do, "what": what}).encode() + b"\n")
            with link.makefile("rb") as answer:
                found = json.loads(answer.readline() or b"{}")
        except (OSError, ValueError) as error:
            raise LabError(
                f"the lab does not answer: {error}", help="`narrowgate lab status` says what runs"
            ) from None
    if "error" in found:
        raise LabError(str(found["error"]), help=str(found.get("help", "")))
    return found.get("done")
