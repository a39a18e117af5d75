"""What the packet filter says of packets, as it happens: drops with their place, connections that pass (NFLOG)."""

import asyncio
import ipaddress
import os
import socket
import struct
from collections.abc import Callable

import msgspec

from narrowgate.lab.kernel.matches import LOG_GROUP
from narrowgate.lab.kernel.spaces import Spaces

_NETLINK_NETFILTER = 12
_NFNL_SUBSYS_ULOG, _MSG_PACKET, _MSG_CONFIG = 4, 0, 1
_CFG_CMD, _CFG_MODE, _CFG_QTHRESH = 1, 2, 5
_BIND, _COPY_PACKET = 1, 2
_ATTR_PAYLOAD, _ATTR_PREFIX = 9, 10
_SNAP = 128


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One packet that the filter spoke of; `phase` is `ACCEPT` or where it was dropped."""

    router: str
    phase: str
    label: str
    rule: str
    protocol: int
    source: str
    target: str
    source_port: int = 0
    target_port: int = 0

    @property
    def is_drop(self) -> bool:
        """True for a packet that went no further."""
        return self.phase != "ACCEPT"


class Watch:
    """Listens in routers; every event goes to `tell`."""

    def __init__(self, spaces: Spaces, tell: Callable[[Event], None]) -> None:
        """Listen to nothing yet."""
        self.spaces = spaces
        self.tell = tell
        self._sockets: list[socket.socket] = []

    def start(self, router: str) -> None:
        """Listen in one router, from within a running event loop."""
        with self.spaces.inside(router):
            link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_NETFILTER)
            link.bind((0, 0))
        # Without a threshold of one, the kernel keeps packets back for up to a second.
        for attribute in (
            _attribute(_CFG_CMD, struct.pack("B", _BIND)),
            _attribute(_CFG_MODE, struct.pack(">IBx", _SNAP, _COPY_PACKET)),
            _attribute(_CFG_QTHRESH, struct.pack(">I", 1)),
        ):
            link.send(_message(attribute))
            link.recv(4096)
        link.setblocking(False)
        self._sockets.append(link)
        asyncio.get_running_loop().add_reader(link.fileno(), self._read, router, link)

    def close(self) -> None:
        """Stop listening."""
        for link in self._sockets:
            asyncio.get_running_loop().remove_reader(link.fileno())
            link.close()
        self._sockets.clear()

    def _read(self, router: str, link: socket.socket) -> None:
        try:
            data = link.recv(1 << 16)
        except OSError:
            return
        offset = 0
        while offset + 16 <= len(data):
            length, kind = struct.unpack_from("=IH", data, offset)
            if kind == (_NFNL_SUBSYS_ULOG << 8 | _MSG_PACKET):
                event = _event(router, data[offset + 20 : offset + length])
                if event is not None:
                    self.tell(event)
            offset += max((length + 3) & ~3, 16)


def _event(router: str, data: bytes) -> Event | None:
    prefix, packet, offset = "", b"", 0
    while offset + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        value = data[offset + 4 : offset + length]
        if kind & 0x7FFF == _ATTR_PREFIX:
            prefix = value.rstrip(b"\0").decode()
        elif kind & 0x7FFF == _ATTR_PAYLOAD:
            packet = value
        offset += max((length + 3) & ~3, 4)
    phase, label, rule = (*prefix.split(" "), "-", "-")[:3]
    if not packet:
        return None
    if packet[0] >> 4 == 4:
        header = (packet[0] & 15) * 4
        protocol, source, target = packet[9], packet[12:16], packet[16:20]
    else:
        header, protocol, source, target = 40, packet[6], packet[8:24], packet[24:40]
    ports = (
        struct.unpack_from(">HH", packet, header) if protocol in (6, 17) and len(packet) >= header + 4 else (0, 0)
    )
    return Event(
        router=router,
        phase=phase,
        label=label,
        rule=rule,
        protocol=protocol,
        source=str(ipaddress.ip_address(source)),
        target=str(ipaddress.ip_address(target)),
        source_port=ports[0],
        target_port=ports[1],
    )


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", len(value) + 4, kind) + value + b"\0" * (-len(value) % 4)


def _message(attribute: bytes) -> bytes:
    body = struct.pack(">BBH", socket.AF_UNSPEC, 0, LOG_GROUP) + attribute
    kind = _NFNL_SUBSYS_ULOG << 8 | _MSG_CONFIG
    return struct.pack("=IHHII", len(body) + 16, kind, 1 | 4, 1, os.getpid() & 0) + body
