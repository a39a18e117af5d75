"""rtnetlink requests, encoded by hand and sent many at a time: links, addresses, routes, rules, neighbours.

A library that sends one request at a time, or a process for each, takes ten times as long for a large lab.
"""

import os
import socket
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from narrowgate.lab.kernel.spaces import LabError

NEWLINK, GETLINK = 16, 18
NEWADDR, NEWROUTE, NEWNEIGH, NEWRULE = 20, 24, 28, 32
_REQUEST, _ACK, _EXCL, _CREATE = 1, 4, 0x200, 0x400
_REPLACE = 0x100
_NLMSG_ERROR = 2
_UP = 1
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MTU, _IFLA_LINKINFO, _IFLA_NET_NS_FD = 1, 3, 4, 18, 28
_INFO_KIND, _INFO_DATA, _VETH_PEER = 1, 2, 1
_IFA_ADDRESS, _IFA_LOCAL, _IFA_FLAGS = 1, 2, 8
_NOPREFIXROUTE, _NODAD = 0x200, 0x02
_RTA_DST, _RTA_OIF, _RTA_GATEWAY, _RTA_PREFSRC, _RTA_TABLE = 1, 4, 5, 7, 15
_RTN_UNICAST, _RTN_LOCAL, _RTN_THROW = 1, 2, 9
_SCOPE_LINK, _SCOPE_HOST = 253, 254
_RTNH_ONLINK = 4
_FRA_IIFNAME, _FRA_PRIORITY, _FRA_FWMARK, _FRA_TABLE = 3, 6, 10, 15
_NDA_DST, _NDA_LLADDR = 1, 2
_PERMANENT = 0x80
MAIN = 254


class Request(NamedTuple):
    """One request: type, flags, body; `text` says what it does, as `ip` would."""

    kind: int
    flags: int
    body: bytes
    text: str


def mac(number: int) -> bytes:
    """A locally administered hardware address."""
    return bytes((2, 0)) + number.to_bytes(4, "big")


def veth(index: int, name: str, peer: tuple[int, str, int], macs: tuple[bytes, bytes], mtu: int) -> Request:
    """A pair of devices: one here, its peer (index, name) in the namespace of a descriptor."""
    peer_index, peer_name, descriptor = peer
    other = _ifinfo(peer_index) + _attribute(_IFLA_IFNAME, peer_name.encode() + b"\0")
    other += _attribute(_IFLA_ADDRESS, macs[1]) + _attribute(_IFLA_MTU, struct.pack("=I", mtu))
    other += _attribute(_IFLA_NET_NS_FD, struct.pack("=I", descriptor))
    data = _attribute(_INFO_DATA, _attribute(_VETH_PEER, other))
    body = _ifinfo(index) + _attribute(_IFLA_IFNAME, name.encode() + b"\0") + _attribute(_IFLA_ADDRESS, macs[0])
    body += _attribute(_IFLA_MTU, struct.pack("=I", mtu))
    body += _attribute(_IFLA_LINKINFO, _attribute(_INFO_KIND, b"veth") + data)
    return Request(NEWLINK, _CREATE | _EXCL, body, f"link add {name} type veth peer name {peer_name}")


def up(index: int) -> Request:
    """Bring a device up."""
    body = struct.pack("=BxHiII", 0, 0, index, _UP, _UP)
    return Request(NEWLINK, 0, body, f"link set {index} up")


def down(index: int) -> Request:
    """Take a device down; its routes go with it."""
    body = struct.pack("=BxHiII", 0, 0, index, 0, _UP)
    return Request(NEWLINK, 0, body, f"link set {index} down")


def address(index: int, text: str, length: int) -> Request:
    """An address; its prefix makes no route, for every packet goes to the router."""
    packed = _packed(text)
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    body = struct.pack("=BBBBi", family, length, 0, 0, index)
    body += _attribute(_IFA_LOCAL, packed) + _attribute(_IFA_ADDRESS, packed)
    body += _attribute(_IFA_FLAGS, struct.pack("=I", _NOPREFIXROUTE | _NODAD))
    return Request(NEWADDR, _CREATE | _REPLACE, body, f"addr add {text}/{length} dev {index}")


class Route(NamedTuple):
    """A route: destination block (None: default), device and gateway, or a kind without a device."""

    block: str | None
    device: int | None = None
    gateway: str | None = None
    table: int = MAIN
    kind: str = "unicast"
    family: int = 4
    source: str | None = None
    """Whose address packets have that begin here."""


def route(each: Route) -> Request:
    """Add or replace a route."""
    base, _, length = (each.block or ("0.0.0.0/0" if each.family == 4 else "::/0")).partition("/")
    packed = _packed(base)
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    kind = {"unicast": _RTN_UNICAST, "local": _RTN_LOCAL, "throw": _RTN_THROW}[each.kind]
    near = {"unicast": 0 if each.gateway else _SCOPE_LINK, "local": _SCOPE_HOST}
    scope = near.get(each.kind, 0)
    bits = int(length or len(packed) * 8)
    flags = _RTNH_ONLINK if each.gateway else 0
    body = struct.pack(
        "=BBBBBBBBI", family, bits, 0, 0, each.table if each.table < 256 else 0, 4, scope, kind, flags
    )
    body += _attribute(_RTA_TABLE, struct.pack("=I", each.table))
    if bits:
        body += _attribute(_RTA_DST, packed)
    if each.device is not None:
        body += _attribute(_RTA_OIF, struct.pack("=I", each.device))
    if each.gateway:
        body += _attribute(_RTA_GATEWAY, _packed(each.gateway))
    if each.source:
        body += _attribute(_RTA_PREFSRC, _packed(each.source))
    via = f" via {each.gateway}" if each.gateway else ""
    text = f"route replace {each.kind} {each.block or 'default'}{via} dev {each.device} table {each.table}"
    return Request(NEWROUTE, _CREATE | _REPLACE, body, text)


def neighbour(index: int, text: str, hardware: bytes) -> Request:
    """A neighbour for ever: nobody has to ask for it."""
    packed = _packed(text)
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    body = struct.pack("=BxxxiHBB", family, index, _PERMANENT, 0, 1)
    body += _attribute(_NDA_DST, packed) + _attribute(_NDA_LLADDR, hardware)
    return Request(NEWNEIGH, _CREATE | _REPLACE, body, f"neigh replace {text} dev {index}")


def rule(
    priority: int, table: int, *, mark: int | None = None, iif: str | None = None, family: int = 4
) -> Request:
    """Which table decides: by the packet's mark, or by the device that it came in by."""
    number = socket.AF_INET if family == 4 else socket.AF_INET6
    body = struct.pack("=BBBBBBBBI", number, 0, 0, 0, 0, 0, 0, 1, 0)
    body += _attribute(_FRA_TABLE, struct.pack("=I", table)) + _attribute(
        _FRA_PRIORITY, struct.pack("=I", priority)
    )
    if mark is not None:
        body += _attribute(_FRA_FWMARK, struct.pack("=I", mark))
    if iif is not None:
        body += _attribute(_FRA_IIFNAME, iif.encode() + b"\0")
    return Request(
        NEWRULE, _CREATE | _EXCL, body, f"rule add pref {priority} fwmark {mark} iif {iif} table {table}"
    )


def send(requests: Sequence[Request]) -> None:
    """Send requests to the namespace that this thread is in, and read every answer.

    Raises:
        LabError: the kernel refused one; the message names it as `ip` would.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        link.bind((0, 0))
        # Fewer than a hundred at a time: the answers have to fit the socket's buffer.
        for start in range(0, len(requests), 64):
            _send(link, requests[start : start + 64], start)


def _send(link: socket.socket, requests: Sequence[Request], first: int) -> None:
    message = b"".join(
        _header(each.kind, each.flags | _REQUEST | _ACK, first + number, each.body)
        for number, each in enumerate(requests)
    )
    link.send(message)
    waiting = len(requests)
    while waiting:
        data = link.recv(1 << 16)
        offset = 0
        while offset + 16 <= len(data):
            length, kind, _, sequence = struct.unpack_from("=IHHI", data, offset)
            if kind == _NLMSG_ERROR:
                waiting -= 1
                (code,) = struct.unpack_from("=i", data, offset + 16)
                if code:
                    request = requests[sequence - first]
                    raise LabError(f"the kernel refused `ip {request.text}`: {os.strerror(-code)}")
            offset += (length + 3) & ~3


def is_up(index: int) -> bool:
    """Whether a device carries packets; asking makes a recent kernel finish what it still has to do for it."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE) as link:
        link.bind((0, 0))
        link.send(_header(GETLINK, _REQUEST, 1, _ifinfo(index)))
        data = link.recv(1 << 16)
    length, kind = struct.unpack_from("=IH", data, 0)
    if kind != NEWLINK:
        return False
    offset = 16 + 16
    while offset + 4 <= length:
        size, number = struct.unpack_from("=HH", data, offset)
        if number & 0x3FFF == 16:  # IFLA_OPERSTATE: 6 is up
            return data[offset + 4] == 6
        offset += max((size + 3) & ~3, 4)
    return False


def text(requests: Iterable[Request]) -> str:
    """Requests as the lines that `ip -batch` would take, for people to read."""
    return "\n".join(each.text for each in requests)


@lru_cache(maxsize=1 << 16)
def _packed(text: str) -> bytes:
    """An address as it travels; the same few thousand are asked for again and again."""
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def _ifinfo(index: int) -> bytes:
    return struct.pack("=BxHiII", 0, 0, index, 0, 0)


def _attribute(kind: int, value: bytes) -> bytes:
    length = len(value) + 4
    return struct.pack("=HH", length, kind) + value + b"\0" * (-length % 4)


def _header(kind: int, flags: int, sequence: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", len(body) + 16, kind, flags, sequence, 0) + body + b"\0" * (-len(body) % 4)
