"""The one way out of a lab: connections to loopback addresses that the person named, made outside and handed in.

A lab's process has left the machine's network and cannot come back. Before it leaves, it forks a relay that stays;
asked for the number of an address, the relay connects and passes the connection's descriptor through a Unix
socket. It knows only what was named on the command line, resolves no names, and ends with the lab.
"""

import ctypes
import os
import signal
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

_CONNECT_SECONDS = 2.0
_DONE = b"ok"


class Relay:
    """The lab's end."""

    def __init__(self, addresses: Sequence[tuple[str, int]]) -> None:
        """Fork the relay; in a process with one thread that is still in the machine's own network."""
        self.addresses = tuple(dict.fromkeys(addresses))
        self._link, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        parent = os.getpid()
        self.process = os.fork()
        if self.process == 0:
            try:
                _keep_only(far.fileno())
                _serve(socket.socket(fileno=far.detach()), self.addresses, parent)
            finally:
                os._exit(0)
        far.close()

    def connect(self, address: tuple[str, int]) -> socket.socket:
        """A connection to one of the addresses; blocks, so call it from a thread.

        Raises:
            OSError: nothing answers there, or the relay is gone.
        """
        with self._lock:
            self._link.send(str(self.addresses.index(address)).encode())
            text, descriptors, _, _ = socket.recv_fds(self._link, 256, 1)
        if not descriptors:
            raise OSError(text.decode() or "the relay is gone")
        return socket.socket(fileno=descriptors[0])

    def close(self) -> None:
        """End the relay."""
        self._link.close()
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)


def _serve(link: socket.socket, addresses: Sequence[tuple[str, int]], parent: int) -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        return
    while asked := link.recv(16):
        try:
            with socket.create_connection(addresses[int(asked)], timeout=_CONNECT_SECONDS) as found:
                found.setblocking(True)
                socket.send_fds(link, [_DONE], [found.fileno()])
        except (OSError, ValueError, IndexError) as error:
            link.send(str(error).encode()[:200] or b"refused")


def _keep_only(descriptor: int) -> None:
    """Nothing else of the lab's may stay open here: whoever waits for the lab waits for its pipe to close."""
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 1 << 16)
