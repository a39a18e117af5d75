"""The engine against unbound: the same zones, CNAME chains and forwards, the same questions (RSLV-03, PHZ-07).

unbound plays both resolvers on loopback: the requester's, with its private zones and forwards, and the one behind
the inbound endpoint. Only what both define is asked: names below a zone or forward, no ties between the two.
"""

import random
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from narrowgate import api
from narrowgate.guide.estate import CLIENT, Guide, build_guide
from narrowgate.guide.folder import snapshot_of

pytestmark = pytest.mark.judge

DOMAINS = ("corp.test", "a.corp.test", "b.a.corp.test", "other.test", "a.other.test", "x.y.test")
LABELS = ("a", "b", "c", "d")
WORLDS = 12
QUESTIONS = 60

Zones = dict[str, list[tuple[str, str, str]]]


@pytest.fixture(scope="module", autouse=True)
def unbound() -> str:
    found = shutil.which("unbound") or shutil.which("/usr/sbin/unbound")
    if found is None:
        pytest.skip("unbound is not installed (Debian: apt-get install unbound)")
    return found


class World:
    """Zones of two VPCs and the forwards from one to the other, made from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        chosen = self.chance.sample(DOMAINS, 5)
        self.near: Zones = {domain: self._records(domain) for domain in chosen[:2]}
        # unbound sends what lies below a forward there, even if a zone of its own is more specific: RSLV-03 does
        # not, so such pairs are no common ground.
        self.forwards = [each for each in chosen[2:4] if not any(zone.endswith("." + each) for zone in self.near)]
        behind = sorted({*chosen[2:], self.chance.choice(DOMAINS)})
        self.far: Zones = {domain: self._records(domain) for domain in behind}

    def _records(self, domain: str) -> list[tuple[str, str, str]]:
        records: dict[tuple[str, str], tuple[str, str, str]] = {}
        for _ in range(self.chance.randint(2, 9)):
            labels = [self.chance.choice(LABELS) for _ in range(self.chance.randint(0, 3))]
            if labels and self.chance.random() < 0.3:
                labels[0] = "*"
            name = ".".join([*labels, domain])
            kind = self.chance.choices(("A", "TXT", "CNAME"), (6, 2, 3))[0]
            if kind == "CNAME" and not labels:
                continue
            value = {
                "A": f"10.{self.chance.randint(0, 9)}.0.{self.chance.randint(1, 250)}",
                "TXT": '"text"',
                "CNAME": self.name(),
            }[kind]
            taken = {key[1] for key in records if key[0] == name}
            # A name with a CNAME has nothing else (RFC 1034): Route 53 refuses it as unbound does.
            if "CNAME" in taken or (kind == "CNAME" and taken):
                continue
            records[name, kind] = (name, kind, value)
        return list(records.values())

    def name(self) -> str:
        """A name below one of the domains, existing or not."""
        labels = [self.chance.choice(LABELS) for _ in range(self.chance.randint(0, 4))]
        return ".".join([*labels, self.chance.choice(DOMAINS)])

    def has_buried_wildcard(self, name: str) -> bool:
        """Whether a name that exists without records hides a wildcard above it.

        RFC 4592 (2.2.2) lets no wildcard reach below such a name; unbound 1.17 synthesises from it all the same.
        """
        zones = [zone for zones in (self.near, self.far) for zone in zones.items()]
        return any(_hides_a_wildcard({record[0] for record in records}, domain, name) for domain, records in zones)

    def is_near(self, name: str) -> bool:
        """Whether the most specific match is a zone of the requester itself."""
        covering = [each for each in (*self.near, *self.forwards) if name == each or name.endswith("." + each)]
        return bool(covering) and max(covering, key=len) in self.near

    def is_defined(self, name: str) -> bool:
        """Whether a zone or forward of the requester covers the name."""
        return _is_below(name, (*self.near, *self.forwards))

    def is_defined_far(self, name: str) -> bool:
        """Whether a zone behind the inbound endpoint covers the name."""
        return _is_below(name, self.far)


def _is_below(name: str, domains: Iterable[str]) -> bool:
    return any(name == each or name.endswith("." + each) for each in domains)


def _hides_a_wildcard(owners: set[str], domain: str, name: str) -> bool:
    """Whether a zone has a wildcard above the name, and between the two a name that exists without records."""
    if not name.endswith("." + domain):
        return False
    above = name
    while above != domain:
        above = above.partition(".")[2]
        is_bare = above not in owners and any(owner.endswith("." + above) for owner in owners)
        if is_bare and any(f"*.{each}" in owners for each in _parents(above, domain)):
            return True
    return False


def _parents(name: str, domain: str) -> Iterator[str]:
    while name != domain:
        name = name.partition(".")[2]
        yield name


def estate(world: World) -> Guide:
    guide = build_guide()
    near, far = guide.requester.estate, guide.api.estate
    for builder, vpc, zones in ((near, guide.requester.vpc, world.near), (far, guide.api.vpc, world.far)):
        for domain, records in zones.items():
            zone = builder.private_zone(domain, [vpc])
            for name, kind, value in records:
                builder.record(zone, name, kind, [value])
    targets = far.resolver_addresses(guide.api.resolver_endpoint)
    for domain in world.forwards:
        rule = near.resolver_rule(domain, guide.requester.resolver_endpoint, targets, name=domain)
        near.associate_rule(rule, guide.requester.vpc)
    return guide


class Server:
    """One unbound on loopback."""

    def __init__(self, program: str, folder: Path, zones: Zones, forwards: list[tuple[str, int]]) -> None:
        folder.mkdir()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        lines = [
            "server:",
            f'  directory: "{folder}"',
            '  chroot: ""',
            '  username: ""',
            '  pidfile: ""',
            "  use-syslog: no",
            '  logfile: ""',
            "  interface: 127.0.0.1",
            f"  port: {self.port}",
            "  do-ip6: no",
            "  do-not-query-localhost: no",
            '  module-config: "iterator"',
            "  qname-minimisation: no",
            '  local-zone: "test." nodefault',
            # Nothing leaves the machine: the only root server is loopback, where nobody answers for the root.
            '  root-hints: "root.hints"',
            "remote-control:",
            "  control-enable: no",
        ]
        for domain, records in zones.items():
            content = [
                f"{domain}. 60 IN SOA ns.{domain}. h.{domain}. 1 900 900 900 60",
                f"{domain}. 60 IN NS ns.{domain}.",
            ]
            content += [
                f"{name}. 60 IN {kind} {value}{'.' if kind == 'CNAME' else ''}" for name, kind, value in records
            ]
            (folder / f"{domain}.zone").write_text("\n".join(content) + "\n")
            lines += ["auth-zone:", f'  name: "{domain}"', f'  zonefile: "{domain}.zone"']
            lines += ["  for-downstream: no", "  for-upstream: yes", "  fallback-enabled: no"]
        for domain, port in forwards:
            lines += ["forward-zone:", f'  name: "{domain}"', f"  forward-addr: 127.0.0.1@{port}"]
        (folder / "root.hints").write_text(". 3600000 NS root.test.\nroot.test. 3600000 A 127.0.0.1\n")
        (folder / "unbound.conf").write_text("\n".join(lines) + "\n")
        self.process = subprocess.Popen(
            [program, "-d", "-c", str(folder / "unbound.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        for _ in range(200):
            try:
                dns.query.udp(
                    dns.message.make_query("version.bind", "TXT", "CH"), "127.0.0.1", 0.2, port=self.port
                )
            except (dns.exception.Timeout, OSError):
                assert self.process.poll() is None, "unbound did not start"
                continue
            return
        raise AssertionError("unbound does not answer")

    def ask(self, name: str, kind: str) -> tuple[str, frozenset[str]]:
        answer = dns.query.udp(dns.message.make_query(name, kind), "127.0.0.1", 5, port=self.port)
        values = frozenset(
            item.to_text()
            for rrset in answer.answer
            if rrset.rdtype == dns.rdatatype.from_text(kind)
            for item in rrset
        )
        code = dns.rcode.to_text(answer.rcode())
        return ("NODATA" if code == "NOERROR" and not values else code), values

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def judges(unbound: str, tmp_path: Path) -> Iterator[Any]:
    running: list[Server] = []

    def start(world: World) -> Server:
        far = Server(unbound, tmp_path / "far", world.far, [])
        running.append(far)
        near = Server(unbound, tmp_path / "near", world.near, [(each, far.port) for each in world.forwards])
        running.append(near)
        return near

    yield start
    for each in running:
        each.stop()


@pytest.mark.parametrize("seed", range(WORLDS))
def test_zones_and_forwards_answer_as_unbound_does(judges, seed):
    world = World(seed)
    near = judges(world)
    snapshot = snapshot_of(estate(world).estate)
    asked = compared = 0
    while asked < QUESTIONS:
        asked += 1
        name = world.name()
        if not world.is_defined(name):
            continue
        kind = world.chance.choice(("A", "TXT"))
        ours = api.resolve(snapshot, CLIENT, name, kind)
        chain = [each.split(" ")[2] for each in ours.records if " CNAME " in each]
        if not all(world.is_defined(target) for target in chain):
            # Out of every zone only public DNS could tell.
            continue
        if not world.is_near(name) and not all(world.is_defined_far(target) for target in chain):
            # The far side looks the CNAME's target up too, in public DNS, which is silent here.
            continue
        if any(world.has_buried_wildcard(each) for each in (name, *chain)):
            continue
        try:
            code, values = near.ask(name, kind)
        except dns.exception.Timeout:
            continue  # A chain of the far side that leaves for public DNS, which is silent here.
        told = frozenset(ours.addresses)
        if kind == "TXT":
            told = frozenset(each.split(" ", 2)[2] for each in ours.records if " TXT " in each)
        assert (str(ours.rcode), told) == (code, values), f"seed {seed}: {name} {kind}: {ours.records}"
        compared += 1
    assert compared > QUESTIONS // 6
