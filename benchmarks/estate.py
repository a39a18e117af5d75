"""A large estate, made up from a seed: about 100 kB of AWS responses for each VPC.

Units of 200 VPCs and 20 accounts stand beside each other, as business units do. In each, one VPC is the hub: it
has the `execute-api` endpoint with private DNS, the inbound and outbound Resolver endpoints, and owns the transit
gateway. Of the others about 55 % hang on the gateway, 25 % are peered with the hub, 12 % have an `execute-api`
endpoint of their own, the rest is connected to nothing. One VPC in ten has a private API, whose policy admits the
hub's endpoint or the hub's and its own VPC. Rules, zones, firewalls, groups and ACLs come in the usual numbers.

    python benchmarks/estate.py FOLDER --vpcs 1000 --seed 1
"""

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.guide.folder import manifest, write_snapshot
from narrowgate.guide.responses import (
    Estate,
    allow,
    firewall_rule,
    invoke_statement,
    policy_document,
    tcp,
    udp,
)

VPCS_PER_UNIT = 200
VPCS_PER_ACCOUNT = 10
REGION = "us-east-1"
DOMAIN = f"execute-api.{REGION}.amazonaws.com"
_MAX_VPCS = 16384
_ZONES = "abc"
_ALL_OF_IT = "10.0.0.0/8"
_EPHEMERAL = (1024, 65535)


class Unit(msgspec.Struct, kw_only=True):
    """One business unit in the making."""

    number: int
    dice: random.Random
    hub: Estate
    hub_vpc: str = ""
    hub_tables: list[str] = msgspec.field(default_factory=list)
    hub_endpoint: str = ""
    gateway: str = ""
    rule: str = ""


class Site(msgspec.Struct, kw_only=True):
    """One VPC in the making."""

    estate: Estate
    vpc: str
    number: int
    subnets: list[str]
    tables: list[str]
    groups: list[str]


def build_units(vpcs: int, seed: int) -> Iterator[Estate]:
    """Build an estate of that many VPCs, unit by unit; the same seed gives the same estate.

    Raises:
        ValueError: more VPCs than addresses.
    """
    if not 1 <= vpcs <= _MAX_VPCS:
        raise ValueError(f"1 to {_MAX_VPCS} VPCs")
    for first in range(0, vpcs, VPCS_PER_UNIT):
        number = first // VPCS_PER_UNIT
        dice = random.Random(f"{seed}/{number}")
        unit = Unit(number=number, dice=dice, hub=Estate(_account(first), REGION))
        for own in range(first, min(first + VPCS_PER_UNIT, vpcs)):
            _add_vpc(unit, own)
        yield unit.hub


def write_estate(folder: Path, vpcs: int, seed: int) -> None:
    """Write an estate as one snapshot folder, one unit in memory at a time."""
    whole: dict[str, Any] = {}
    for unit in build_units(vpcs, seed):
        write_snapshot(unit, folder)
        part = manifest(unit)
        for field in ("accounts", "calls"):
            part[field] = [*whole.get(field, ()), *part[field]]
        whole = part
    (folder / "snapshot.json").write_bytes(msgspec.json.encode(whole))


def _account(vpc_number: int) -> str:
    return f"{200000000000 + vpc_number // VPCS_PER_ACCOUNT:012d}"


def _add_vpc(unit: Unit, number: int) -> None:
    estate = unit.hub.at(_account(number))
    site = _vpc(unit, estate, number)
    _groups(unit, site)
    _acls(unit, site)
    _hosts(unit, site)
    _service_endpoints(unit, site)
    if number % VPCS_PER_UNIT == 0:
        _make_hub(unit, site)
    else:
        _connect(unit, site)
    if number % 2 == 0:
        _zone(unit, site)
    if number % 10 == 1:
        _private_api(unit, site)
    if number % 25 == 3:
        _firewall(site)


def _vpc(unit: Unit, estate: Estate, number: int) -> Site:
    network = f"10.{number >> 6}"
    base = (number & 63) * 4
    vpc = estate.vpc(f"{network}.{base}.0/22", f"vpc-{number:05d}")
    subnets = [
        estate.subnet(vpc, f"{network}.{base + row}.{half}/25", zone, f"{tier}-{zone}-{number:05d}")
        for row, zone in enumerate(_ZONES)
        for half, tier in ((0, "app"), (128, "data"))
    ]
    tables = [
        estate.route_table(vpc, f"{tier}-{number:05d}", subnets=subnets[offset::2])
        for offset, tier in enumerate(("app", "data"))
    ]
    gateway = estate.internet_gateway(vpc, f"igw-{number:05d}")
    estate.route(estate.main_route_table(vpc), "0.0.0.0/0", gateway)
    return Site(estate=estate, vpc=vpc, number=number, subnets=subnets, tables=tables, groups=[])


def _groups(unit: Unit, site: Site) -> None:
    """Ten groups: one that an interface endpoint takes, the others with many rules and references."""
    estate, dice = site.estate, unit.dice
    endpoint = estate.security_group(site.vpc, "endpoints", ingress=[tcp(443, _ALL_OF_IT)])
    site.groups.append(endpoint)
    for number in range(9):
        ranges = [f"10.{dice.randrange(256)}.{dice.randrange(0, 256, 4)}.0/22" for _ in range(12)]
        ingress = [
            tcp(443, *ranges[:4], dice.choice(site.groups)),
            tcp((8000 + number, 8100 + number), *ranges[4:8]),
            tcp(22, *ranges[8:10]),
            udp((dice.randrange(1024, 4096), 5000), *ranges[10:]),
            tcp(5432, dice.choice(site.groups)),
        ]
        egress = None if dice.random() < 0.7 else [tcp(443, "0.0.0.0/0"), udp(53, _ALL_OF_IT), tcp(53, _ALL_OF_IT)]
        site.groups.append(
            estate.security_group(site.vpc, f"service-{number:02d}", ingress=ingress, egress=egress)
        )


def _acls(unit: Unit, site: Site) -> None:
    """Half of the VPCs have an ACL of their own, which lets the private ranges pass."""
    if unit.dice.random() < 0.5:
        return
    entries = []
    for egress in (True, False):
        entries += [
            allow(100, _ALL_OF_IT, egress=egress),
            allow(110, "0.0.0.0/0", protocol="tcp", ports=443, egress=egress),
            allow(120, "0.0.0.0/0", protocol="tcp", ports=_EPHEMERAL, egress=egress),
            allow(130, "0.0.0.0/0", protocol="udp", ports=_EPHEMERAL, egress=egress),
        ]
    site.estate.network_acl(site.vpc, "data", entries=entries, subnets=site.subnets[1::2])


def _hosts(unit: Unit, site: Site) -> None:
    for number in range(9):
        groups = unit.dice.sample(site.groups[1:], k=unit.dice.choice((1, 1, 2, 3)))
        site.estate.instance(
            site.subnets[number % len(site.subnets)], f"host-{site.number:05d}-{number:02d}", groups
        )
    for number in range(2):
        site.estate.function(f"function-{site.number:05d}-{number}", site.subnets[:3], site.groups[1:2])


def _service_endpoints(unit: Unit, site: Site) -> None:
    for service in unit.dice.sample(("logs", "kms", "ssm", "ecr.api", "sts", "sqs"), k=2):
        site.estate.interface_endpoint(
            site.subnets[0:4:2], site.groups[:1], service=service, name=f"{service}-{site.number:05d}"
        )
    site.estate.gateway_endpoint(site.vpc, site.tables)


def _make_hub(unit: Unit, site: Site) -> None:
    estate = site.estate
    unit.hub_vpc, unit.hub_tables = site.vpc, site.tables
    unit.hub_endpoint = estate.interface_endpoint(site.subnets[::2], site.groups[:1], name="execute-api")
    dns = [udp(53, _ALL_OF_IT), tcp(53, _ALL_OF_IT)]
    group = estate.security_group(site.vpc, "resolver", ingress=dns)
    inbound = estate.resolver_endpoint("INBOUND", site.subnets[::2], [group], name="inbound")
    outbound = estate.resolver_endpoint("OUTBOUND", site.subnets[::2], [group], name="outbound")
    unit.rule = estate.resolver_rule(DOMAIN, outbound, estate.resolver_addresses(inbound), name="execute-api")
    accounts = sorted({_account(site.number + step) for step in range(VPCS_PER_UNIT)} - {estate.account})
    unit.gateway = estate.transit_gateway("hub", shared_with=accounts)
    _attach(unit, site)


def _connect(unit: Unit, site: Site) -> None:
    drawn = unit.dice.random()
    if drawn < 0.55:
        _attach(unit, site)
        _use_rule(unit, site)
    elif drawn < 0.80:
        peering = site.estate.peering(site.vpc, unit.hub_vpc, f"to-hub-{site.number:05d}")
        hub_cidr = str(unit.hub.resource(unit.hub_vpc)["CidrBlock"])
        own_cidr = str(site.estate.resource(site.vpc)["CidrBlock"])
        for table in site.tables:
            site.estate.route(table, hub_cidr, peering)
        for table in unit.hub_tables:
            unit.hub.route(table, own_cidr, peering)
        _use_rule(unit, site)
    elif drawn < 0.92:
        site.estate.interface_endpoint(
            site.subnets[0:4:2],
            site.groups[:1],
            name=f"execute-api-{site.number:05d}",
            private_dns=unit.dice.random() < 0.7,
        )


def _attach(unit: Unit, site: Site) -> None:
    site.estate.attach_vpc(unit.gateway, site.subnets[1::2])
    for table in site.tables:
        site.estate.route(table, _ALL_OF_IT, unit.gateway)


def _use_rule(unit: Unit, site: Site) -> None:
    if unit.dice.random() < 0.8:
        site.estate.associate_rule(unit.rule, site.vpc)


def _zone(unit: Unit, site: Site) -> None:
    name = f"team-{site.number:05d}.internal"
    zone = site.estate.private_zone(name, [site.vpc])
    for number in range(12):
        value = f"10.{site.number >> 6}.{(site.number & 63) * 4}.{number + 10}"
        site.estate.record(zone, f"service-{number:02d}.{name}", "A", [value])
    site.estate.record(zone, f"*.{name}", "CNAME", [f"service-00.{name}"])


def _private_api(unit: Unit, site: Site) -> None:
    conditions: dict[str, str | list[str]]
    drawn = unit.dice.random()
    if drawn < 0.7:
        conditions = {"aws:SourceVpce": [unit.hub_endpoint]}
    else:
        conditions = {"aws:SourceVpc": [unit.hub_vpc, site.vpc]}
    paths = {f"/v1/resource-{number:02d}": ["GET", "POST"] for number in range(6)}
    api = site.estate.rest_api(
        f"api-{site.number:05d}",
        paths,
        policy=policy_document(invoke_statement("Allow", StringEquals=conditions)),
        endpoints=[unit.hub_endpoint],
    )
    site.estate.deploy(api)


def _firewall(site: Site) -> None:
    blocked = site.estate.domain_list(
        f"blocked-{site.number:05d}", [f"bad-{number:03d}.example.com" for number in range(100)]
    )
    group = site.estate.firewall_group(
        f"names-{site.number:05d}", [firewall_rule(100, "BLOCK", blocked, response="NXDOMAIN")]
    )
    site.estate.associate_firewall(group, site.vpc)


def main() -> int:
    """Write an estate and say how large it is."""
    parser = argparse.ArgumentParser(description="Write a large made-up estate as a snapshot folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vpcs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    write_estate(options.folder, options.vpcs, options.seed)
    size = sum(path.stat().st_size for path in options.folder.rglob("*.json"))
    print(f"{options.vpcs} VPCs, {size / 1e6:.0f} MB, {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
