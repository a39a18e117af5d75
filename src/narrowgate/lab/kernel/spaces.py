"""Namespaces by file descriptor: made, entered, left; gone with the last process that holds them."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from narrowgate.model.errors import NarrowgateError

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


class LabError(NarrowgateError):
    """The kernel refused something that the lab needs."""


def unshare(flags: int) -> None:
    """Leave the namespaces of these kinds for new ones.

    Raises:
        OSError: the kernel refuses.
    """
    if _libc.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def set_namespace(descriptor: int, kind: int) -> None:
    """Enter a namespace, this thread alone.

    Raises:
        OSError: the kernel refuses.
    """
    if _libc.setns(descriptor, kind) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(source: str, target: str, kind: str | None, flags: int) -> None:
    """Mount, in this mount namespace.

    Raises:
        OSError: the kernel refuses.
    """
    encoded = kind.encode() if kind is not None else None
    if _libc.mount(source.encode(), target.encode(), encoded, ctypes.c_ulong(flags), None) != 0:
        raise OSError(ctypes.get_errno(), f"{os.strerror(ctypes.get_errno())}: mount {target}")


def enter_user_namespace() -> None:
    """Become root of a user namespace of one's own, with a mount and a network namespace in it.

    Root does so as well: one way for everybody, and nothing of the host can be touched by mistake. Must be called
    before any thread exists.

    Raises:
        OSError: the kernel refuses; `doctor` says why.
    """
    uid, gid = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS)


class Spaces:
    """The network namespaces of a lab, by name; closed together."""

    def __init__(self) -> None:
        """Start with the namespace that this process is in, as home."""
        self.home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._descriptors: dict[str, int] = {}

    def make(self, name: str) -> int:
        """A new namespace; its descriptor."""
        unshare(CLONE_NEWNET)
        try:
            self._descriptors[name] = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        finally:
            set_namespace(self.home, CLONE_NEWNET)
        return self._descriptors[name]

    def descriptor(self, name: str) -> int:
        """The descriptor of a namespace."""
        return self._descriptors[name]

    def names(self) -> tuple[str, ...]:
        """Every namespace that was made."""
        return tuple(self._descriptors)

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """This thread in a namespace, for as long as the block runs; sockets that it opens stay there."""
        set_namespace(self._descriptors[name], CLONE_NEWNET)
        try:
            yield
        finally:
            set_namespace(self.home, CLONE_NEWNET)

    def close(self) -> None:
        """Let go of every namespace: the kernel takes it down with all that is in it."""
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()
