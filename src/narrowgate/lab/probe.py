"""One call as a client makes it, with real packets: ask for the name, connect, shake hands, send, read."""

import asyncio
import random
import re
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import msgspec

from narrowgate.lab.dns.forwarding import reply_or_loss
from narrowgate.lab.https.signature import Signed, sign
from narrowgate.lab.kernel.watch import Event
from narrowgate.lab.plan.internet import PUBLIC_ADDRESS, PUBLIC_DNS
from narrowgate.lab.plan.types import Port, Router
from narrowgate.lab.world import World
from narrowgate.model.address import is_address

CONNECT_SECONDS, DNS_SECONDS = 2.0, 10.0
_GLIMPSES, _GLIMPSE_SECONDS = 20, 0.01
_REGION = re.compile(r"\.execute-api\.([a-z0-9-]+)\.")
_REFUSED = {"NXDOMAIN": "dns_nxdomain", "SERVFAIL": "dns_servfail"}


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a call by one address: the symptom in the engine's words, and the first drop that was seen."""

    symptom: str
    address: str | None = None
    status: int | None = None
    error_type: str | None = None
    body: str | None = None
    dropped_at: str | None = None
    """Phase and place of the first packet that was lost, such as `SGIN eni-…`."""
    arrived_at: str | None = None
    """The interface that the connection came to: addresses that overlap lead to others than one means."""
    onward: str | None = None
    """For a public answer: what came of the call to that address."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A call to make."""

    client: str
    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    source_port: int = 0
    """The port to call from; 0 for any: an ACL may let replies back to some ports only (ACL-07)."""
    principal: str | None = None
    """Who signs, with the lab's key for them; None for an anonymous call."""


def name_servers(world: World, router: Router) -> tuple[str, ...]:
    """The DNS servers that hosts of a VPC are told by DHCP; its own resolver where nothing else is (DNS-07)."""
    facts = world.snapshot.facts
    vpc = facts.vpcs[router.label]
    options = facts.dhcp_options.get(str(vpc.dhcp_options_id))
    configurations = options.dhcp_configurations if options is not None else ()
    told = [
        value.value
        for each in (configurations if isinstance(configurations, tuple) else ())
        if each.key == "domain-name-servers"
        for value in each.values
    ]
    return (
        tuple(router.resolvers[0] if each == "AmazonProvidedDNS" else each for each in told)
        or router.resolvers[:1]
    )


def _has_ipv6(port: Port) -> bool:
    return any(":" in each for each in port.addresses)


class Prober:
    """Makes calls in a world."""

    def __init__(self, world: World) -> None:
        """Ask and call in a world."""
        self.world = world
        self.servers = {each.label: name_servers(world, each)[0] for each in world.plan.routers} | {"": PUBLIC_DNS}

    async def call(self, port: Port, wanted: Wanted) -> tuple[Observed, ...]:
        """Call by every address that the name has: a client takes any of them."""
        host = urlsplit(wanted.url).hostname or ""
        if is_address(host):
            addresses: Sequence[str] = (host,)
        else:
            found = await self._resolve(port, host)
            if isinstance(found, Observed) and found.symptom == "dns_nodata" and _has_ipv6(port):
                found = await self._resolve(port, host, "AAAA")
            if isinstance(found, Observed):
                return (await self._onward(port, wanted, found, host),)
            addresses = found
        return tuple([await self._connect(port, wanted, address, host) for address in addresses])

    async def _onward(self, port: Port, wanted: Wanted, found: Observed, host: str) -> Observed:
        """A public answer, and what comes of a call to it: by a way to the Internet, where there is one."""
        if found.symptom != "public_answer":
            return found
        called = await self._connect(port, wanted, PUBLIC_ADDRESS, host)
        return msgspec.structs.replace(found, onward=called.symptom, dropped_at=called.dropped_at)

    async def resolve(self, port: Port, name: str, kind: str = "A") -> tuple[Observed, ...]:
        """Ask the host's resolver for the records of a name, their values as addresses."""
        found = await self._resolve(port, name, kind)
        if isinstance(found, Observed):
            return (found,)
        return tuple(Observed(symptom="resolved", address=each) for each in found)

    async def reach(self, port: Port, address: str, number: int, *, source_port: int = 0) -> Observed:
        """Open a connection; an answer that refuses it was an answer, so the packets passed."""
        shown = f"[{address}]" if ":" in address else address
        wanted = Wanted(client=port.label, url=f"tcp://{shown}:{number}", source_port=source_port)
        found = await self._connect(port, wanted, address, "")
        is_there = found.symptom in ("connected", "connection_refused")
        return msgspec.structs.replace(found, symptom="reached" if is_there else found.symptom)

    async def _resolve(self, port: Port, name: str, kind: str = "A") -> Observed | tuple[str, ...]:
        server = self.servers[port.vpc]
        drops: list[Event] = []
        self.world.listeners.add(drops.append)
        try:
            reply = await self._ask(port, server, name, kind)
        finally:
            self.world.listeners.discard(drops.append)
        ours = (each for each in drops if each.is_drop and 53 in (each.source_port, each.target_port))
        place = next((f"{each.phase} {each.label}" for each in ours), None)
        if reply is None:
            return Observed(symptom="dns_timeout", dropped_at=place)
        code = dns.rcode.to_text(reply.rcode())
        if code != "NOERROR":
            return Observed(symptom=_REFUSED.get(code, "dns_servfail"), dropped_at=place)
        wanted = dns.rdatatype.from_text(kind)
        addresses = [value.to_text() for each in reply.answer if each.rdtype == wanted for value in each]
        if not addresses:
            return Observed(symptom="dns_nodata")
        if PUBLIC_ADDRESS in addresses:
            return Observed(symptom="public_answer", address=PUBLIC_ADDRESS)
        return tuple(sorted(addresses))

    async def _ask(self, port: Port, server: str, name: str, kind: str) -> dns.message.Message | None:
        loop = asyncio.get_running_loop()
        query = dns.message.make_query(name + ".", kind)
        query.id = random.randrange(1 << 16)  # noqa: S311 - an id to tell replies by
        with self.world.spaces.inside(port.name):
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with udp:
            udp.setblocking(False)
            try:
                await loop.sock_connect(udp, (server, 53))
                await loop.sock_sendall(udp, query.to_wire())
                return dns.message.from_wire(await reply_or_loss(udp, self.world.listeners, DNS_SECONDS))
            except (TimeoutError, OSError, dns.exception.DNSException):
                return None

    async def _connect(self, port: Port, wanted: Wanted, address: str, host: str) -> Observed:
        loop = asyncio.get_running_loop()
        with self.world.spaces.inside(port.name):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            tcp = socket.socket(family, socket.SOCK_STREAM)
        tcp.setblocking(False)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind((next(each for each in port.addresses if (":" in each) == (":" in address)), wanted.source_port))
        number = urlsplit(wanted.url).port or 443
        lost: asyncio.Future[Event] = loop.create_future()
        arrived: list[str] = []

        def seen(event: Event) -> None:
            """A drop of this connection, in either direction, is the end: no need to wait for the clock."""
            ours = (event.source_port, event.target_port)
            local = tcp.getsockname()[1] if tcp.fileno() >= 0 else -1
            if (
                event.is_drop
                and event.protocol == 6
                and ours in ((local, number), (number, local))
                and not lost.done()
            ):
                lost.set_result(event)
            elif ours == (local, number) and event.protocol == 6 and event.label != "-":
                arrived.append(event.label)

        self.world.listeners.add(seen)
        connecting: asyncio.Future[None] = asyncio.ensure_future(loop.sock_connect(tcp, (address, number)))
        try:
            waiting: set[asyncio.Future[Any]] = {connecting, lost}
            await asyncio.wait(waiting, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            # No filter sees what a host sends to itself.
            is_told = connecting.done() and address not in port.addresses
            for _ in range(_GLIMPSES if is_told else 0):
                if arrived:
                    break
                # The filter's word of a connection may be read after its reply.
                await asyncio.sleep(_GLIMPSE_SECONDS)
            if not connecting.done() or connecting.exception() is not None:
                place = f"{lost.result().phase} {lost.result().label}" if lost.done() else None
                refused = connecting.done() and isinstance(connecting.exception(), ConnectionRefusedError)
                return Observed(
                    symptom="connection_refused" if refused else "connect_timeout",
                    address=address,
                    dropped_at=place,
                    arrived_at=arrived[-1] if arrived else None,
                )
            if not host:
                return Observed(symptom="connected", address=address, arrived_at=arrived[-1] if arrived else None)
            return await self._request(tcp, wanted, address, host)
        finally:
            self.world.listeners.discard(seen)
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            tcp.close()

    async def _request(self, tcp: socket.socket, wanted: Wanted, address: str, host: str) -> Observed:
        context = ssl.create_default_context(cafile=str(self.world.authority.path))
        try:
            reader, writer = await asyncio.wait_for(
                asyncio.open_connection(sock=tcp, ssl=context, server_hostname=host), CONNECT_SECONDS
            )
        except ssl.SSLCertVerificationError:
            return Observed(symptom="tls_name_mismatch", address=address)
        except (TimeoutError, OSError):
            return Observed(symptom="connect_timeout", address=address)
        parts = urlsplit(wanted.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": host, "Connection": "close"} | dict(wanted.headers)
        headers |= self._signed(wanted, headers["Host"])
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"{wanted.method} {path} HTTP/1.1\r\n{head}\r\n".encode())
        try:
            data = await asyncio.wait_for(reader.read(-1), CONNECT_SECONDS)
        except (TimeoutError, OSError):
            return Observed(symptom="connect_timeout", address=address)
        finally:
            writer.close()
        head_bytes, _, body = data.partition(b"\r\n\r\n")
        lines = head_bytes.decode("latin-1").split("\r\n")
        if not lines[0].startswith("HTTP/"):
            return Observed(symptom="connection_closed", address=address)
        status = int(lines[0].split(" ")[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if fields.get("transfer-encoding") == "chunked":
            body = b"".join(body.split(b"\r\n")[1::2])
        return Observed(
            symptom=f"http_{status}",
            address=address,
            status=status,
            error_type=fields.get("x-amzn-errortype"),
            body=body.decode(errors="replace"),
        )

    def _signed(self, wanted: Wanted, host: str) -> dict[str, str]:
        """The headers of a signature, for a call that is signed."""
        key = next((each for each in self.world.keys if each.principal == wanted.principal), None)
        if key is None:
            return {}
        parts = urlsplit(wanted.url)
        named = _REGION.search(host)
        region = named[1] if named is not None else self.world.snapshot.region_of(wanted.client)
        request = Signed(
            method=wanted.method,
            path=parts.path or "/",
            query=parts.query,
            headers={"host": host},
            body=b"",
            region=region or "",
        )
        return sign(request, key, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
