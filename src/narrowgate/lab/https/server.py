"""HTTPS at every endpoint of the lab: sockets in its namespaces, certificates by name, HTTP/1.1 and HTTP/2."""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from narrowgate.lab.beliefs import HTTPS_PORT
from narrowgate.lab.https.app import AccessLog, Application, Behind, another_service, application
from narrowgate.lab.https.certificates import Authority
from narrowgate.lab.https.gateway import Gateway
from narrowgate.lab.https.signature import Key
from narrowgate.lab.kernel.spaces import Spaces
from narrowgate.lab.plan.internet import INTERNET, PUBLIC_ADDRESS
from narrowgate.lab.plan.types import Plan
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot

_ALPN = ["h2", "http/1.1"]


class _Config(Config):
    """Hypercorn with the lab's own TLS context: the certificate is chosen by the name that the client sends."""

    context: ssl.SSLContext

    def create_ssl_context(self) -> ssl.SSLContext:
        """The context of the endpoint."""
        return self.context

    @property
    def ssl_enabled(self) -> bool:
        """Always."""
        return True


class Endpoints:
    """Every interface endpoint of a lab that has an interface."""

    def __init__(
        self,
        snapshot: Snapshot,
        plan: Plan,
        spaces: Spaces,
        authority: Authority,
        keys: Mapping[str, Key],
        log: AccessLog,
        behind: Behind,
    ) -> None:
        """Nothing listens yet; `behind` answers calls that are admitted."""
        self.snapshot = snapshot
        self.plan = plan
        self.spaces = spaces
        self.authority = authority
        self.keys = keys
        self.log = log
        self.behind = behind
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen on 443 in each endpoint's namespaces."""
        for endpoint in self.snapshot.facts.vpc_endpoints.values():
            ports = [each for each in self.plan.ports if each.owner == endpoint.vpc_endpoint_id]
            if not ports or str(endpoint.state).lower() not in ("available", "partial"):
                continue
            places = [(port.name, address) for port in ports for address in port.addresses]
            service = str(endpoint.service_name).removeprefix("com.amazonaws.").partition(".")[2]
            if service == "execute-api":
                self._serve(self._app(endpoint), self._context(endpoint), places)
            else:
                self._serve(another_service, self._other_context(endpoint, service), places)
        for hub in self.plan.hubs:
            if hub.label == INTERNET:
                self._serve(self._app(None), self._public_context(), [(hub.name, PUBLIC_ADDRESS)])
        await asyncio.sleep(0)

    def _app(self, endpoint: VpcEndpoint | None) -> Application:
        return application(Gateway(self.snapshot, endpoint, self.keys), self.behind, self.log)

    def _serve(self, app: Application, context: ssl.SSLContext, places: Iterable[tuple[str, str]]) -> None:
        config = _Config()
        config.bind = [f"fd://{self._listening(space, address).detach()}" for space, address in places]
        config.context = context
        config.alpn_protocols = _ALPN
        config.graceful_timeout = 0.1
        config.include_server_header = False
        config.h11_pass_raw_headers = True
        config.errorlog = None
        self._tasks.append(asyncio.ensure_future(serve(app, config, shutdown_trigger=self._stop.wait)))

    def _listening(self, space: str, address: str) -> socket.socket:
        with self.spaces.inside(space):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((address, HTTPS_PORT))
            listening.listen(128)
        return listening

    def _other_context(self, endpoint: VpcEndpoint, service: str) -> ssl.SSLContext:
        name = f"{service or 'service'}.{self.snapshot.region_of(endpoint.vpc_endpoint_id)}.amazonaws.com"
        return _context(self.authority.issue(endpoint.vpc_endpoint_id, (name, f"*.{name}")))

    def _public_context(self) -> ssl.SSLContext:
        """The certificates of every Region in one: what a client checks is its own Region's name."""
        regions = sorted(
            {region for own in self.snapshot.facts.rest_apis if (region := self.snapshot.region_of(own))}
        )
        names = tuple(f"*.execute-api.{region}.amazonaws.com" for region in regions)
        return _context(self.authority.issue("public", names or ("*.amazonaws.com",)))

    def _context(self, endpoint: VpcEndpoint) -> ssl.SSLContext:
        """AWS's certificate, and those of private custom domain names that the endpoint may serve (AGW-12)."""
        region = self.snapshot.region_of(endpoint.vpc_endpoint_id)
        suffix = f"execute-api.{region}"
        default = _context(
            self.authority.issue(
                endpoint.vpc_endpoint_id,
                (f"*.{suffix}.amazonaws.com", f"{suffix}.amazonaws.com", f"*.{suffix}.vpce.amazonaws.com"),
            )
        )
        others: dict[str, ssl.SSLContext] = {}
        for domain in self.snapshot.facts.domain_names.values():
            if any(
                each.domain_name_arn == domain.domain_name_arn
                and each.access_association_source == endpoint.vpc_endpoint_id
                for each in self.snapshot.facts.domain_name_access_associations
            ):
                names = self._certificate_names(domain.certificate_arn) or (domain.domain_name,)
                others[domain.domain_name] = _context(self.authority.issue(domain.domain_name, names))

        def choose(connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
            connection.context = others.get(name or "", context)

        default.sni_callback = choose
        return default

    def _certificate_names(self, arn: str | None) -> tuple[str, ...]:
        found = self.snapshot.facts.certificates.get(arn or "")
        if found is None:
            return ()
        names = (found.domain_name or "", *found.subject_alternative_name_summaries)
        return tuple(dict.fromkeys(each for each in names if each))

    async def stop(self) -> None:
        """Stop listening, and wait until every server has stopped."""
        self._stop.set()
        for task in self._tasks:
            with suppress(Exception):
                await asyncio.wait_for(task, 2)


def _context(files: tuple[Any, Any]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # LIM-02
    context.load_cert_chain(*files)
    context.set_alpn_protocols(_ALPN)
    return context
