"""Resolvers that listen in the lab: each VPC's +2, inbound endpoints, own servers."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from narrowgate.lab.beliefs import DNS_PORT
from narrowgate.lab.dns.forwarding import Forwarder, hops_of
from narrowgate.lab.dns.records import NOERROR, NXDOMAIN, SERVFAIL, Answer, answer_from, public_answer
from narrowgate.lab.dns.view import FORWARD, SYSTEM, View, is_below
from narrowgate.lab.kernel.spaces import Spaces
from narrowgate.lab.plan.internet import INTERNET, PUBLIC_DNS
from narrowgate.lab.plan.types import Plan, Port
from narrowgate.model.domain import normalise
from narrowgate.model.outside import DnsServer
from narrowgate.model.snapshot import Snapshot

_TTL = 60
_MOST_REDIRECTS = 8

Handler = Callable[[dns.message.Message, str], Awaitable[dns.message.Message]]
QueryLog = Callable[[dict[str, object]], None]


class Resolvers:
    """Every DNS server of a lab, in one event loop."""

    def __init__(
        self, snapshot: Snapshot, plan: Plan, spaces: Spaces, log: QueryLog, forwarder: Forwarder
    ) -> None:
        """Nothing listens yet."""
        self.snapshot = snapshot
        self.plan = plan
        self.spaces = spaces
        self.log = log
        self.forwarder = forwarder
        self.views = {each.label: View(snapshot, each.label) for each in plan.routers}
        self._udp: list[_Udp] = []
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        """Listen wherever AWS would: not at a +2 whose VPC has DNS support off (DNS-04)."""
        for router in self.plan.routers:
            if router.has_dns:
                for address in router.resolvers:
                    await self._listen(router.name, address, self._vpc(router.label))
        for port in self.plan.ports:
            # An inbound endpoint asks the resolver of its VPC; where DNS support is off, there is none (DNS-04).
            if port.service == "dns" and self.views[port.vpc].has_support:
                await self._listen(port.name, port.addresses[0], self._vpc(port.vpc))
        for server in self.snapshot.outside.dns_servers if self.snapshot.outside else ():
            found = next((each for each in self.plan.ports if server.ip in each.addresses), None)
            if found is not None:
                await self._listen(found.name, server.ip, self._own_server(server, found))
        for hub in self.plan.hubs:
            if hub.label == INTERNET:
                await self._listen(hub.name, PUBLIC_DNS, self._public)

    def close(self) -> None:
        """Stop listening."""
        for protocol in self._udp:
            protocol.close()
        for server in self._servers:
            server.close()

    # --- listening

    async def _listen(self, space: str, address: str, answer: Handler) -> None:
        loop = asyncio.get_running_loop()
        with self.spaces.inside(space):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            udp = socket.socket(family, socket.SOCK_DGRAM)
            udp.bind((address, DNS_PORT))
            tcp = socket.create_server((address, DNS_PORT), family=family, backlog=64)
        for each in (udp, tcp):
            each.setblocking(False)
        _, protocol = await loop.create_datagram_endpoint(lambda: _Udp(answer), sock=udp)
        self._udp.append(protocol)
        self._servers.append(await asyncio.start_server(_tcp(answer), sock=tcp))

    def _vpc(self, vpc_id: str) -> Handler:
        async def handle(query: dns.message.Message, client: str) -> dns.message.Message:
            question = query.question[0]
            name, kind = normalise(question.name.to_text()), dns.rdatatype.to_text(question.rdtype)
            found = await self.resolve(vpc_id, name, kind, hops_of(query))
            self.log(
                {
                    "vpc_id": vpc_id,
                    "query_name": name + ".",
                    "query_type": kind,
                    "rcode": found.rcode,
                    "srcaddr": client,
                }
            )
            return _response(query, found)

        return handle

    async def _public(self, query: dns.message.Message, _client: str) -> dns.message.Message:
        question = query.question[0]
        name, kind = normalise(question.name.to_text()), dns.rdatatype.to_text(question.rdtype)
        return _response(query, public_answer(self.snapshot, name, kind))

    def _own_server(self, server: DnsServer, port: Port) -> Handler:
        """A DNS server of one's own: its records, else the forwarder of the closest domain (CUST-01)."""

        async def handle(query: dns.message.Message, client: str) -> dns.message.Message:
            question = query.question[0]
            name, kind = normalise(question.name.to_text()), dns.rdatatype.to_text(question.rdtype)
            own = [each for each in server.answers if normalise(each.name) == name]
            if own:
                records = tuple((name, each.type, each.value) for each in own if each.type == kind)
                return _response(query, Answer(NOERROR, records))
            covering = [each for each in server.forward if is_below(name, normalise(each.domain))]
            best = max(covering, key=lambda each: len(normalise(each.domain)), default=None)
            if best is None or best.to == "public":
                return _response(query, public_answer(self.snapshot, name, kind))
            return _response(query, await self.forwarder.ask([port], [str(best.to)], name, kind, hops_of(query)))

        return handle

    # --- resolving

    async def resolve(self, vpc_id: str, name: str, kind: str, hops: int = 0) -> Answer:
        """What the resolver of a VPC answers; CNAME targets are looked up anew in the same view (RSLV-11)."""
        records: list[tuple[str, str, str]] = []
        wanted = name
        for _ in range(_MOST_REDIRECTS):
            found = await self._once(vpc_id, wanted, kind, hops)
            records += found.records
            if found.redirect is None:
                return Answer(found.rcode, tuple(records))
            wanted = found.redirect
        return Answer(SERVFAIL)

    async def _once(self, vpc_id: str, name: str, kind: str, hops: int) -> Answer:
        view = self.views[vpc_id]
        blocked = view.firewall(name)
        if blocked is not None and blocked.action == "BLOCK":
            if blocked.block_response == "OVERRIDE":
                target = normalise(blocked.block_override_domain or "")
                # The overriding record is the whole answer: nobody looks its target up (FW-03).
                return Answer(NOERROR, ((name, "CNAME", target),))
            return Answer(NXDOMAIN if blocked.block_response == "NXDOMAIN" else NOERROR)
        cover = view.choose(name)
        if cover is not None and cover.kind == SYSTEM:
            cover = view.choose(name, without=frozenset({FORWARD, SYSTEM}))
        if cover is None:
            return public_answer(self.snapshot, name, kind)
        if cover.kind != FORWARD:
            return answer_from(self.snapshot, cover, name, kind)
        rule = self.snapshot.facts.resolver_rules[cover.resource]
        senders = [each for each in self.plan.ports if each.owner == rule.resolver_endpoint_id]
        targets = [f"{each.ip}" for each in rule.target_ips if each.ip]
        return _first_step(await self.forwarder.ask(senders, targets, name, kind, hops), name, kind)


def _first_step(found: Answer, name: str, kind: str) -> Answer:
    """What came back, as far as it concerns the name itself: the target of a CNAME is looked up here (RSLV-11)."""
    for owner, own_kind, target in found.records:
        if kind != "CNAME" and (owner, own_kind) == (name, "CNAME"):
            return Answer(NOERROR, ((name, "CNAME", target),), target)
    return found


class _Udp(asyncio.DatagramProtocol):
    """Questions over UDP; what does not fit comes back truncated (PROTO-04)."""

    def __init__(self, answer: Handler) -> None:
        self.answer = answer
        self.tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own datagram transport does not derive from the class that it documents.
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.ensure_future(self._reply(data, addr))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def close(self) -> None:
        """Stop listening, and leave what is still being asked."""
        for task in self.tasks:
            task.cancel()
        self.transport.close()

    async def _reply(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return
        if not query.question:
            return
        response = await self.answer(query, addr[0])
        size = query.payload if query.edns >= 0 else 512
        try:
            wire = response.to_wire(max_size=max(size, 512))
        except dns.exception.TooBig:
            response.flags |= dns.flags.TC
            response.answer = []
            wire = response.to_wire()
        if not self.transport.is_closing():
            self.transport.sendto(wire, addr)


def _tcp(answer: Handler) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError, dns.exception.DNSException):
            size = int.from_bytes(await reader.readexactly(2), "big")
            query = dns.message.from_wire(await reader.readexactly(size))
            wire = (await answer(query, writer.get_extra_info("peername")[0])).to_wire()
            writer.write(len(wire).to_bytes(2, "big") + wire)
            await writer.drain()
        writer.close()

    return serve


def _response(query: dns.message.Message, found: Answer) -> dns.message.Message:
    response = dns.message.make_response(query, recursion_available=True)
    response.set_rcode(dns.rcode.from_text(found.rcode))
    for name, kind, value in found.records:
        text = value + "." if kind in ("CNAME", "NS", "PTR") and not value.endswith(".") else value
        with suppress(dns.exception.DNSException):
            owner = dns.name.from_text(name + ".")
            rrset = response.find_rrset(
                response.answer, owner, dns.rdataclass.IN, dns.rdatatype.from_text(kind), create=True
            )
            for record in dns.rrset.from_text(owner, _TTL, "IN", kind, text):
                rrset.add(record, _TTL)
    return response
