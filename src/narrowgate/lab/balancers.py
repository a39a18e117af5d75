"""Load balancers that listen: each connection ends at a node, and another goes from there to a target (ALT-01)."""

import asyncio
import random
import socket
import ssl
from contextlib import suppress

from narrowgate.lab.https.certificates import Authority
from narrowgate.lab.kernel.spaces import Spaces
from narrowgate.lab.plan.balancers import Listening, listeners_of
from narrowgate.lab.plan.types import Plan, Port
from narrowgate.model.snapshot import Snapshot

_CONNECT_SECONDS = 1.0
_CHUNK = 1 << 16
_NO_TARGET = b"HTTP/1.1 504 Gateway Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Balancers:
    """Every load balancer of a lab. Bytes are passed on as they come: nothing is added to a call or rewritten."""

    def __init__(self, snapshot: Snapshot, plan: Plan, spaces: Spaces, authority: Authority) -> None:
        """Nothing listens yet."""
        self.snapshot = snapshot
        self.plan = plan
        self.spaces = spaces
        self.authority = authority
        self._servers: list[asyncio.Server] = []
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen at each node's addresses."""
        nodes = [each for each in self.plan.ports if each.service == "balancer"]
        for arn in dict.fromkeys(each.owner for each in nodes):
            for listening in listeners_of(self.snapshot, arn):
                context = self._context(f"{arn.rpartition('/')[2]}-{listening.port}", listening)
                for node in nodes:
                    if node.owner == arn:
                        await self._listen(node, listening, context)

    def close(self) -> None:
        """Stop listening, and cut what is open."""
        for server in self._servers:
            server.close()
        for task in self._open:
            task.cancel()

    def _context(self, label: str, listening: Listening) -> ssl.SSLContext | None:
        if not listening.names:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.authority.issue(label, listening.names))
        context.set_alpn_protocols(["http/1.1"])
        return context

    async def _listen(self, node: Port, listening: Listening, context: ssl.SSLContext | None) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._carry(node, listening, reader, writer))
            self._open.add(task)
            task.add_done_callback(self._open.discard)
            with suppress(asyncio.CancelledError, OSError):
                await task
            writer.close()

        for address in node.addresses:
            with self.spaces.inside(node.name):
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                waiting = socket.create_server((address, listening.port), family=family, backlog=64)
            self._servers.append(await asyncio.start_server(serve, sock=waiting, ssl=context))

    async def _carry(
        self, node: Port, listening: Listening, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        for target in random.sample(listening.targets, len(listening.targets)):
            onward = await self._connect(node, listening, target)
            if onward is not None:
                break
        else:
            # A balancer that has ended TLS can say so; one that passes it through closes.
            if listening.names:
                await reader.read(_CHUNK)
                writer.write(_NO_TARGET)
                await writer.drain()
            return
        try:
            await asyncio.gather(_pass(reader, onward[1]), _pass(onward[0], writer))
        finally:
            onward[1].close()

    async def _connect(
        self, node: Port, listening: Listening, target: tuple[str, int]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection from the node itself; a target that does not answer would fail its health check."""
        with self.spaces.inside(node.name):
            family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
            link = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        link.setblocking(False)
        context = None
        if listening.names is not None and listening.speaks_tls:
            # Balancers do not check their targets' certificates.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        try:
            loop = asyncio.get_running_loop()
            await asyncio.wait_for(loop.sock_connect(link, target), _CONNECT_SECONDS)
            name = "" if context is not None else None
            return await asyncio.open_connection(sock=link, ssl=context, server_hostname=name)
        except (TimeoutError, OSError):
            link.close()
            return None


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes one way, until one side has no more; then the other has none either."""
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
