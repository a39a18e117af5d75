"""Questions sent on, in real packets: from an outbound endpoint's addresses to a rule's targets (OUT-01)."""

import asyncio
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import cycle, product
from typing import Any

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from narrowgate.lab.beliefs import DNS_PORT, FORWARD_TRIES, FORWARD_TRY_SECONDS
from narrowgate.lab.dns.records import SERVFAIL, Answer
from narrowgate.lab.kernel.spaces import Spaces
from narrowgate.lab.kernel.watch import Event
from narrowgate.lab.plan.types import Port
from narrowgate.model.domain import normalise

UDP_SIZE = 1232
_HOPS = dns.edns.OptionType.make(65001)
"""An EDNS option for local use: how often a question was sent on. A loop would keep the machine busy for ever."""
_MOST_HOPS = 5


class Forwarder:
    """Sends questions on; a try ends by the clock, with `listeners` as soon as a packet of it is dropped."""

    def __init__(self, spaces: Spaces, listeners: set[Callable[[Event], None]] | None = None) -> None:
        """Nothing is asked yet."""
        self.spaces = spaces
        self.listeners = listeners

    async def ask(self, senders: list[Port], targets: list[str], name: str, kind: str, hops: int = 0) -> Answer:
        """Forward a question: targets in any order, one after the other, then SERVFAIL (OUT-03, OUT-04).

        Each try leaves from another address of the endpoint, so that one that is down is not asked with twice.
        """
        if not senders or not targets or hops >= _MOST_HOPS:
            return Answer(SERVFAIL)
        option = dns.edns.GenericOption(_HOPS, bytes([hops + 1]))
        query = dns.message.make_query(name + ".", kind, payload=UDP_SIZE, options=[option])
        for target, sender in self._tries(targets, senders, hops):
            reply = await self._exchange(sender, target, query)
            if reply is not None:
                return _read(reply)
        return Answer(SERVFAIL)

    def _tries(self, targets: list[str], senders: list[Port], hops: int) -> Iterator[tuple[str, Port]]:
        """Target and address of each try; in a hurry all pairs, unless the question goes round in a circle."""
        order = random.sample(targets, len(targets))
        leaving = random.sample(senders, len(senders))
        if self.listeners is not None and hops < _MOST_HOPS // 2:
            yield from product(order, leaving)
            return
        while len(order) < FORWARD_TRIES:
            order += targets
        yield from zip(order, cycle(leaving), strict=False)

    async def _exchange(self, sender: Port, target: str, query: dns.message.Message) -> dns.message.Message | None:
        loop = asyncio.get_running_loop()
        query.id = random.randrange(1 << 16)  # noqa: S311
        with self.spaces.inside(sender.name):
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.bind((sender.addresses[0], 0))
        with udp:
            udp.setblocking(False)
            try:
                await loop.sock_connect(udp, (target, DNS_PORT))
                await loop.sock_sendall(udp, query.to_wire())
                reply = dns.message.from_wire(await self._received(udp))
            except (TimeoutError, OSError, dns.exception.DNSException):
                return None
        if reply.id != query.id:
            return None
        return await self._over_tcp(sender, target, query) if reply.flags & dns.flags.TC else reply

    async def _received(self, udp: socket.socket) -> bytes:
        """The reply; a timeout once the clock says so, or, in a hurry, once a packet of this question is lost."""
        loop = asyncio.get_running_loop()
        if self.listeners is None:
            return await asyncio.wait_for(loop.sock_recv(udp, 65535), FORWARD_TRY_SECONDS)
        return await reply_or_loss(udp, self.listeners, FORWARD_TRY_SECONDS)

    async def _over_tcp(self, sender: Port, target: str, query: dns.message.Message) -> dns.message.Message | None:
        loop = asyncio.get_running_loop()
        with self.spaces.inside(sender.name):
            tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            tcp.bind((sender.addresses[0], 0))
        tcp.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_connect(tcp, (target, DNS_PORT)), FORWARD_TRY_SECONDS)
            reader, writer = await asyncio.open_connection(sock=tcp)
            wire = query.to_wire()
            writer.write(len(wire).to_bytes(2, "big") + wire)
            size = int.from_bytes(await asyncio.wait_for(reader.readexactly(2), FORWARD_TRY_SECONDS), "big")
            reply = dns.message.from_wire(await asyncio.wait_for(reader.readexactly(size), FORWARD_TRY_SECONDS))
            writer.close()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, dns.exception.DNSException):
            return None
        finally:
            with suppress(OSError):
                tcp.close()
        return reply


async def reply_or_loss(udp: socket.socket, listeners: set[Callable[[Event], None]], seconds: float) -> bytes:
    """What a connected socket receives.

    Raises:
        TimeoutError: nothing came in that time, or a packet of this socket, there or back, was dropped.
    """
    loop = asyncio.get_running_loop()
    own, other = udp.getsockname()[1], udp.getpeername()[1]
    lost: asyncio.Future[None] = loop.create_future()

    def seen(event: Event) -> None:
        ports = (event.source_port, event.target_port)
        is_ours = event.protocol == socket.IPPROTO_UDP and ports in ((own, other), (other, own))
        if event.is_drop and is_ours and not lost.done():
            lost.set_result(None)

    receiving = asyncio.ensure_future(loop.sock_recv(udp, 65535))
    listeners.add(seen)
    try:
        waiting: set[asyncio.Future[Any]] = {receiving, lost}
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not receiving.done():
            raise TimeoutError
        return receiving.result()
    finally:
        listeners.discard(seen)
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)


def hops_of(query: dns.message.Message) -> int:
    """How often a question was sent on before it came here."""
    return next((each.data[0] for each in query.options if each.otype == _HOPS and each.data), 0)


def _read(reply: dns.message.Message) -> Answer:
    records = []
    for each in reply.answer:
        name, kind = normalise(each.name.to_text()), dns.rdatatype.to_text(each.rdtype)
        records += [
            (name, kind, value.to_text().rstrip(".") if kind == "CNAME" else value.to_text()) for value in each
        ]
    return Answer(dns.rcode.to_text(reply.rcode()), tuple(records))
