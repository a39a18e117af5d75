"""A snapshot's facts as a scene."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from narrowgate.model.fact import known, name_tag
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.vpc import Vpc
from narrowgate.report.html.picture.scene import Box, Chip, Link, Scene, SubnetBox, VpcBox

_HOSTS_NAMED = 2
_ZONES_NAMED = 3
_UNKNOWN = "not told"


def gather(snapshot: Snapshot) -> Scene:
    """Everything that a picture of the estate shows."""
    links = (*_peerings(snapshot), *_attachments(snapshot))
    in_subnet = _chips_of_subnets(snapshot)
    of_vpc = _chips_of_vpcs(snapshot)
    subnets: dict[str, list[SubnetBox]] = defaultdict(list)
    for own, subnet in sorted(
        snapshot.facts.subnets.items(), key=lambda each: (each[1].availability_zone or "", each[0])
    ):
        subnets[subnet.vpc_id].append(
            SubnetBox(
                key=own,
                label=name_tag(subnet.tags) or own,
                cidr=subnet.cidr_block or "",
                zone=subnet.availability_zone or subnet.availability_zone_id or "",
                chips=tuple(in_subnet.get(own, ())),
            )
        )
    vpcs = [
        VpcBox(
            key=own,
            label=name_tag(vpc.tags) or own,
            cidrs=_cidrs(vpc),
            account=snapshot.account_of(own) or _UNKNOWN,
            region=snapshot.region_of(own) or _UNKNOWN,
            subnets=tuple(subnets.get(own, ())),
            chips=tuple(of_vpc.get(own, ())),
        )
        for own, vpc in snapshot.facts.vpcs.items()
    ]
    ordered = sorted(vpcs, key=lambda each: (each.account, each.region, each.label, each.key))
    return Scene(vpcs=tuple(ordered), boxes=(*_hubs(snapshot), *_apis(snapshot)), links=links)


def _cidrs(vpc: Vpc) -> tuple[str, ...]:
    first = known(vpc.cidr_block, "")
    others = (each.cidr_block for each in vpc.cidr_block_association_set if each.cidr_block != first)
    return tuple(block for block in (first, *others) if block)


def _chips_of_subnets(snapshot: Snapshot) -> dict[str, list[Chip]]:
    chips: dict[str, list[Chip]] = defaultdict(list)
    facts = snapshot.facts
    for own, endpoint in sorted(facts.vpc_endpoints.items()):
        for subnet in endpoint.subnet_ids:
            chips[subnet].append(_endpoint_chip(own, endpoint))
    for own, resolver in sorted(facts.resolver_endpoints.items()):
        for ip in facts.resolver_endpoint_ips.get(own, ()):
            where = f" {ip.ip or ip.ipv6}" if ip.ip or ip.ipv6 else ""
            label = f"{resolver.direction.lower()}{where}"
            chips[ip.subnet_id or ""].append(
                Chip(key=own, kind="resolver", label=label, title=f"{own} {resolver.name or ''}".strip())
            )
    for arn, balancer in sorted(facts.load_balancers.items()):
        for zone in balancer.availability_zones:
            chips[zone.subnet_id or ""].append(
                Chip(key=arn, kind="balancer", label=balancer.load_balancer_name or arn, title=arn)
            )
    for own, nat in sorted(facts.nat_gateways.items()):
        chips[nat.subnet_id or ""].append(Chip(key=own, kind="gateway", label="NAT", title=own))
    for subnet, hosts in _hosts(snapshot).items():
        chips[subnet].extend(hosts)
    return chips


def _hosts(snapshot: Snapshot) -> dict[str, list[Chip]]:
    """Instances: a few by name, many as a count."""
    found: dict[str, list[Chip]] = defaultdict(list)
    for own, instance in sorted(snapshot.facts.instances.items()):
        if instance.subnet_id:
            label = name_tag(instance.tags) or own
            title = f"{own} {instance.private_ip_address or ''}".strip()
            found[instance.subnet_id].append(Chip(key=own, kind="host", label=label, title=title))
    return {
        subnet: chips
        if len(chips) <= _HOSTS_NAMED
        else [
            Chip(
                key=f"hosts/{subnet}",
                kind="host",
                label=f"{len(chips)} instances",
                title=", ".join(each.label for each in chips[:20]),
                is_many=True,
            )
        ]
        for subnet, chips in found.items()
    }


def _endpoint_chip(own: str, endpoint: VpcEndpoint) -> Chip:
    service = known(endpoint.service_name, own)
    short = service.rpartition(".")[2] if service.startswith("com.amazonaws.") else service
    return Chip(key=own, kind="endpoint", label=short, title=f"{own} {name_tag(endpoint.tags) or ''} {service}")


def _chips_of_vpcs(snapshot: Snapshot) -> dict[str, list[Chip]]:
    chips: dict[str, list[Chip]] = defaultdict(list)
    facts = snapshot.facts
    for own, endpoint in sorted(facts.vpc_endpoints.items()):
        if not endpoint.subnet_ids:
            chips[endpoint.vpc_id].append(_endpoint_chip(own, endpoint))
    for own, gateway in sorted(facts.internet_gateways.items()):
        for attachment in gateway.attachments:
            chips[attachment.vpc_id].append(Chip(key=own, kind="gateway", label="internet gateway", title=own))
    for vpc, zones in sorted(_zones(snapshot).items()):
        chips[vpc].extend(_first(zones, f"zones/{vpc}", "zone", "zones"))
    return chips


def _zones(snapshot: Snapshot) -> dict[str, list[Chip]]:
    zones: dict[str, list[Chip]] = defaultdict(list)
    for own, vpcs in sorted(snapshot.facts.hosted_zone_vpcs.items()):
        zone = snapshot.facts.hosted_zones.get(own)
        name = zone.name.rstrip(".") if zone is not None else own
        for each in vpcs:
            zones[each.vpc_id or ""].append(Chip(key=own, kind="zone", label=name, title=f"private zone {own}"))
    return zones


def _first(chips: list[Chip], key: str, kind: str, plural: str) -> list[Chip]:
    """A few as they are; of more, the first ones and a count."""
    if len(chips) <= _ZONES_NAMED:
        return chips
    rest = chips[_ZONES_NAMED - 1 :]
    title = ", ".join(each.label for each in rest[:40])
    more = Chip(key=key, kind=kind, label=f"{len(rest)} more {plural}", title=title, is_many=True)
    return [*chips[: _ZONES_NAMED - 1], more]


def _peerings(snapshot: Snapshot) -> Iterator[Link]:
    for own, peering in sorted(snapshot.facts.vpc_peering_connections.items()):
        ends = (peering.requester_vpc_info.vpc_id or "", peering.accepter_vpc_info.vpc_id or "")
        status = peering.status.code
        state = "" if status == "active" else f" ({status})"
        name = name_tag(peering.tags) or own
        yield Link(
            key=own, kind="peering", ends=ends, label=f"peering {name}{state}", is_active=status == "active"
        )


def _attachments(snapshot: Snapshot) -> Iterator[Link]:
    for own, attachment in sorted(snapshot.facts.transit_gateway_vpc_attachments.items()):
        state = known(attachment.state, "available")
        yield Link(
            key=own,
            kind="attachment",
            ends=(attachment.vpc_id, attachment.transit_gateway_id),
            label=f"attachment {own}" + ("" if state == "available" else f" ({state})"),
            is_active=state == "available",
        )


def _hubs(snapshot: Snapshot) -> Iterable[Box]:
    for own, gateway in sorted(snapshot.facts.transit_gateways.items()):
        yield Box(
            key=own,
            kind="hub",
            label=name_tag(gateway.tags) or own,
            note="transit gateway",
            account=snapshot.account_of(own) or gateway.owner_id or _UNKNOWN,
            region=snapshot.region_of(own) or _UNKNOWN,
        )


def _apis(snapshot: Snapshot) -> Iterable[Box]:
    for own, api in sorted(snapshot.facts.rest_apis.items()):
        types = known(api.endpoint_configuration, None)
        is_private = types is not None and "PRIVATE" in types.types
        yield Box(
            key=own,
            kind="api" if is_private else "public-api",
            label=api.name or own,
            note=f"{'private' if is_private else 'public'} API {own}",
            account=snapshot.account_of(own) or _UNKNOWN,
            region=snapshot.region_of(own) or _UNKNOWN,
        )
