"""VPCs of a design: ranges, zones, and the subnets that a short design leaves to us."""

import ipaddress
import math

from narrowgate.model.design import PrivateZone, ServiceEndpoint, Subnet, Vpc
from narrowgate.model.domain import parse_query_name
from narrowgate.model.errors import InputError
from narrowgate.sources.design.fields import ENDPOINT, SUBNET, VPC
from narrowgate.sources.design.regions import AZ_LETTERS, read_region
from narrowgate.sources.design.scope import Scope
from narrowgate.sources.design.text import Value

_DEFAULT_ZONES = 2
_LARGEST, _SMALLEST = 16, 28
_USUAL_SUBNET = 24


def read_vpc(name: str, value: Value, scope: Scope) -> Vpc:
    """One VPC.

    Raises:
        InputError: wrong fields, ranges or zones.
    """
    fields = value.fields(VPC)
    if "cidr" not in fields:
        value.fail(f"`{value.label}.cidr` is missing", VPC["cidr"].doc)
    region = read_region(fields["region"]) if "region" in fields else scope.region
    cidrs = read_blocks(fields["cidr"], _LARGEST, _SMALLEST)
    subnets = _subnets(name, value, fields, cidrs, region)
    _refuse_uncovered_zones(fields, subnets, region)
    endpoints = tuple(_endpoint(each) for each in (fields["endpoints"].items() if "endpoints" in fields else ()))
    return Vpc(
        name=name,
        account=scope.account_of(fields["account"]) if "account" in fields else scope.account,
        region=region,
        cidrs=cidrs,
        subnets=subnets,
        id=_own_id(fields.get("id"), "vpc-"),
        dns_support=fields["dns_support"].boolean() if "dns_support" in fields else True,
        dns_hostnames=fields["dns_hostnames"].boolean() if "dns_hostnames" in fields else True,
        private_zones=_zones(fields.get("private_zones")),
        endpoints=endpoints,
        where=value.named_at,
    )


def read_blocks(value: Value, shortest: int, longest: int) -> tuple[str, ...]:
    """IPv4 ranges without host bits, of a size that AWS takes."""
    blocks = tuple(_block(each, shortest, longest) for each in value.items())
    if not blocks:
        value.fail(f"`{value.label}` names no range")
    return blocks


def _block(value: Value, shortest: int, longest: int) -> str:
    text = value.text()
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        value.fail(f"`{text[:60]}` is no CIDR block", "write it as 10.0.0.0/16")
    if isinstance(network, ipaddress.IPv6Network):
        value.fail(
            "designs have IPv4 ranges only", "a private API's endpoint answers over IPv4 by default (VPCE-09)"
        )
    if str(network) != text:
        value.fail(f"`{text}` has bits set behind its prefix", f"did you mean `{network}`?")
    if not shortest <= network.prefixlen <= longest:
        value.fail(f"`{text}` is a /{network.prefixlen}", f"/{shortest} to /{longest}")
    return text


def read_zone_letter(value: Value, region: str) -> str:
    """An Availability Zone by letter or whole name, as its letter."""
    text = value.text()
    letter = text.removeprefix(region)
    if letter not in set(AZ_LETTERS[region]):
        known = ", ".join(f"{region}{each}" for each in AZ_LETTERS[region])
        value.fail(f"unknown Availability Zone `{text[:40]}` in {region}", f"one of {known}")
    return letter


def _subnets(
    name: str, value: Value, fields: dict[str, Value], cidrs: tuple[str, ...], region: str
) -> tuple[Subnet, ...]:
    zones = _zones_of(fields.get("azs"), region)
    if "subnets" in fields:
        given = fields["subnets"].items()
        found = tuple(
            _subnet(name, each, zones[at] if at < len(zones) else None, region) for at, each in enumerate(given)
        )
        if not found:
            fields["subnets"].fail("no subnet is named", "leave `subnets` out to have them cut from the range")
        letters: dict[str, int] = {}
        for subnet in found:
            letters[subnet.az] = letters.get(subnet.az, 0) + 1
        return tuple(
            subnet if letters[subnet.az] == 1 else _numbered(subnet, at) for at, subnet in enumerate(found, 1)
        )
    if "id" in fields:
        value.fail(f"`{value.label}.subnets` is missing", "an existing VPC's subnets have to be named, with ids")
    try:
        blocks = _cut(cidrs[0], len(zones))
    except InputError as error:
        fields["cidr"].fail(error.message, error.help)
    return tuple(
        Subnet(name=f"{name}-{zone}", cidr=block, az=zone) for zone, block in zip(zones, blocks, strict=True)
    )


def _numbered(subnet: Subnet, number: int) -> Subnet:
    """Two subnets of one zone are told apart by their position."""
    return Subnet(
        name=f"{subnet.name}{number}",
        cidr=subnet.cidr,
        az=subnet.az,
        id=subnet.id,
        route_table=subnet.route_table,
    )


def _zones_of(value: Value | None, region: str) -> list[str]:
    letters = AZ_LETTERS[region]
    if value is None:
        return list(letters[:_DEFAULT_ZONES])
    if value.is_list:
        zones = [read_zone_letter(each, region) for each in value.items()]
        if not zones or len(set(zones)) != len(zones):
            value.fail("each Availability Zone once, and at least one")
        return zones
    return list(letters[: value.integer(1, len(letters))])


def _cut(cidr: str, count: int) -> list[str]:
    """One subnet a zone: a /24 where the range is large enough, and not the first, as in most networks.

    Raises:
        InputError: the range is too small.
    """
    network = ipaddress.IPv4Network(cidr)
    bits = math.ceil(math.log2(count + 1))
    length = max(_USUAL_SUBNET, network.prefixlen + bits)
    if length > _SMALLEST:
        raise InputError(
            f"`{cidr}` is too small for {count} subnets", help=f"AWS's smallest subnet is a /{_SMALLEST}"
        )
    first = int(network.network_address)
    size = 1 << (32 - length)
    return [f"{ipaddress.IPv4Address(first + at * size)}/{length}" for at in range(1, count + 1)]


def _subnet(vpc: str, value: Value, zone: str | None, region: str) -> Subnet:
    if value.is_mapping:
        fields = value.fields(SUBNET)
        if "cidr" not in fields:
            value.fail(f"`{value.label}.cidr` is missing", SUBNET["cidr"].doc)
        cidr = read_blocks(fields["cidr"], _LARGEST, _SMALLEST)[0]
        zone = read_zone_letter(fields["az"], region) if "az" in fields else zone
        own_id, table = _own_id(fields.get("id"), "subnet-"), _own_id(fields.get("route_table"), "rtb-")
    else:
        cidr, own_id, table = _block(value, _LARGEST, _SMALLEST), None, None
    if zone is None:
        value.fail(f"which Availability Zone is `{cidr}` in?", "`{cidr: …, az: a}`")
    return Subnet(name=f"{vpc}-{zone}", cidr=cidr, az=zone, id=own_id, route_table=table)


def _refuse_uncovered_zones(fields: dict[str, Value], subnets: tuple[Subnet, ...], region: str) -> None:
    """An endpoint cannot stand in a zone that does not offer its service (LIM-06)."""
    if "execute_api_azs" not in fields:
        return
    offered = {read_zone_letter(each, region) for each in fields["execute_api_azs"].items()}
    for subnet in subnets:
        if subnet.az not in offered:
            place = fields.get("azs") or fields.get("subnets") or fields["execute_api_azs"]
            place.fail(
                f"execute-api is not offered in {region}{subnet.az} (LIM-06)",
                "choose among " + ", ".join(f"{region}{each}" for each in sorted(offered)),
            )


def _own_id(value: Value | None, prefix: str) -> str | None:
    if value is None:
        return None
    text = value.text()
    if not text.startswith(prefix):
        value.fail(f"`{text[:40]}` is no id of this kind", f"it starts with `{prefix}`")
    return text


def _zones(value: Value | None) -> tuple[PrivateZone, ...]:
    zones = []
    for key, content in value.pairs() if value is not None else ():
        zone = _domain(key)
        records = []
        for label, address in content.pairs():
            try:
                ipaddress.IPv4Address(address.text())
            except ValueError:
                address.fail(f"`{address.text()[:60]}` is no IPv4 address")
            host = _domain(label) if label.text() != "@" else ""
            records.append((f"{host}.{zone}" if host else zone, address.text()))
        zones.append(PrivateZone(name=zone, records=tuple(records)))
    return tuple(zones)


def _domain(key: Value) -> str:
    try:
        return parse_query_name(key.text())
    except InputError as error:
        key.fail(error.message)


def _endpoint(value: Value) -> ServiceEndpoint:
    if not value.is_mapping:
        return ServiceEndpoint(service=_service(value))
    fields = value.fields(ENDPOINT)
    if "service" not in fields:
        value.fail(f"`{value.label}.service` is missing", ENDPOINT["service"].doc)
    return ServiceEndpoint(
        service=_service(fields["service"]),
        id=_own_id(fields.get("id"), "vpce-"),
        private_dns=fields["private_dns"].boolean() if "private_dns" in fields else True,
        security_group=_own_id(fields.get("security_group"), "sg-"),
    )


def _service(value: Value) -> str:
    text = value.text()
    # `com.amazonaws.us-east-1.secretsmanager` is how AWS spells it; people write the last part.
    service = ".".join(text.split(".")[3:]) if text.startswith("com.amazonaws.") else text
    if not service or not all(character.isalnum() or character in "-._" for character in service):
        value.fail(f"`{text[:60]}` is no service", "`secretsmanager`, `execute-api`, …")
    return service
