"""Work in a process of its own, which may enter namespaces and leaves the caller as it was."""

import ctypes
import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

import msgspec

from narrowgate.lab.kernel.spaces import LabError
from narrowgate.model.errors import NarrowgateError


class Outcome(msgspec.Struct, frozen=True):
    """What a child process came to: a result, or the words of what went wrong."""

    result: bytes = b""
    error: str = ""
    help: str = ""


def in_child(work: Callable[[Callable[[bytes], None]], None], *, waits_for_end: bool = True) -> bytes:
    """Run something in a process of its own, which may enter namespaces; its first word is the result.

    Args:
        work: is given a function to tell the result with; what it raises comes back as the same kind of error.
        waits_for_end: False leaves the process running once it has told its result.

    Raises:
        NarrowgateError: what the work raised.
    """
    read_end, write_end = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(read_end)
        _work(work, write_end, detached=not waits_for_end)
    os.close(write_end)
    try:
        with os.fdopen(read_end, "rb") as pipe:
            data = pipe.read()
    except BaseException:
        # Interrupted: what is half built must not go on living behind.
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        raise
    if waits_for_end or not data:
        with suppress(ChildProcessError):
            os.waitpid(process, 0)
    if not data:
        raise LabError("the lab's process ended before it was ready")
    outcome = msgspec.msgpack.decode(data, type=Outcome)
    if outcome.error:
        with suppress(ChildProcessError):
            os.waitpid(process, 0)
        raise LabError(outcome.error, help=outcome.help)
    return outcome.result


def _said(error: OSError) -> tuple[str, str]:
    """What the kernel refused, and where to look."""
    what = f"{error.strerror or error}"
    if error.filename is not None:
        what = f"{error.filename}: {what}"
    elif error.errno == errno.ENOSPC:
        what = "no more namespaces"
    return f"the kernel refuses: {what}", "`narrowgate lab doctor` says what is missing"


def _work(work: Callable[[Callable[[bytes], None]], None], write_end: int, *, detached: bool) -> None:
    """The child: never returns."""

    def tell(result: bytes, error: str = "", way_out: str = "") -> None:
        with suppress(OSError), os.fdopen(os.dup(write_end), "wb") as pipe:
            pipe.write(msgspec.msgpack.encode(Outcome(result, error, way_out)))
        with suppress(OSError):
            os.close(write_end)

    status = 1
    try:
        if not detached:
            # A child that is waited for must not outlive the one who waits.
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        work(tell)
        status = 0
    except NarrowgateError as error:
        tell(b"", str(error.message), error.help)
    except OSError as error:
        tell(b"", *_said(error))
    except BaseException as error:
        tell(b"", f"internal error: {type(error).__name__}: {error}", "NARROWGATE_DEBUG=1 shows where it happened")
        if os.environ.get("NARROWGATE_DEBUG"):
            traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)
