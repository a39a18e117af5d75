"""A hosted zone for the one API name, or the record that a zone lacks (PHZ-04, PHZ-05)."""

from collections.abc import Iterator

from narrowgate.engine.http.names import parse_api_name
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.route53 import AliasTarget, HostedZone, HostedZoneConfig, ResourceRecordSet, ZoneVpc
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.scene import Scene


def zone_for_the_name(scene: Scene) -> Iterator[Change]:
    """A private hosted zone for the API's name on the callers' VPCs, its apex an alias to the endpoint."""
    if parse_api_name(scene.host_name) is None:
        return
    for endpoint in scene.endpoints or scene.execute_api_endpoints:
        alias = _alias(endpoint)
        if alias is None or not scene.asking_vpcs:
            continue
        zone_id = f"/hostedzone/NEW-{endpoint.vpc_endpoint_id}"
        vpcs = tuple(ZoneVpc(vpc_region=scene.snapshot.region_of(each), vpc_id=each) for each in scene.asking_vpcs)
        zone = HostedZone(id=zone_id, name=f"{scene.host_name}.", config=HostedZoneConfig(private_zone=True))
        record = ResourceRecordSet(name=f"{scene.host_name}.", type="A", alias_target=alias)
        first, *others = vpcs
        owner = scene.snapshot.place(str(first.vpc_id)).account
        yield Change(
            kind="hosted_zone",
            # The first VPC of a zone is of the zone's own account (PHZ-02).
            resource=str(first.vpc_id),
            text=f"a private hosted zone for {scene.host_name} on {', '.join(scene.asking_vpcs)}, an alias to "
            f"{endpoint.vpc_endpoint_id}",
            commands=(
                f"ZONE=$(aws route53 create-hosted-zone --name {scene.host_name} "
                f"--caller-reference {scene.host_name}-{first.vpc_id} "
                f"--vpc VPCRegion={first.vpc_region},VPCId={first.vpc_id} --query HostedZone.Id --output text)",
                *(command for each in others for command in _association(scene, '"$ZONE"', owner, each)),
                _record_command('"$ZONE"', scene.host_name, alias),
            ),
            edits=(
                Edit("hosted_zones", zone_id, zone),
                Edit("hosted_zone_vpcs", zone_id, vpcs),
                Edit("record_sets", zone_id, (record,)),
            ),
            rule="PHZ-05",
            width=2,
        )


def record_in_zone(scene: Scene, zone_id: str) -> Iterator[Change]:
    """The record that a zone lacks: an alias to the endpoint."""
    records = scene.facts.record_sets.get(zone_id)
    if records is None:
        return
    for endpoint in scene.endpoints or scene.execute_api_endpoints:
        alias = _alias(endpoint)
        if alias is None:
            continue
        record = ResourceRecordSet(name=f"{scene.host_name}.", type="A", alias_target=alias)
        yield Change(
            kind="zone_record",
            resource=zone_id,
            text=f"{zone_id}: an alias record {scene.host_name} to {endpoint.vpc_endpoint_id}",
            commands=(_record_command(zone_id, scene.host_name, alias),),
            edits=(Edit("record_sets", zone_id, (*records, record)),),
            rule="PHZ-04",
        )


def zone_association(scene: Scene, zone_id: str) -> Iterator[Change]:
    """A zone that holds the name, on the callers' VPCs as well (PHZ-01)."""
    known = scene.facts.hosted_zone_vpcs.get(zone_id, ())
    missing = [each for each in scene.asking_vpcs if all(vpc.vpc_id != each for vpc in known)]
    if not missing or zone_id not in scene.facts.hosted_zones:
        return
    owner = scene.snapshot.place(zone_id.removeprefix("/hostedzone/")).account
    added = tuple(ZoneVpc(vpc_region=scene.snapshot.region_of(each), vpc_id=each) for each in missing)
    yield Change(
        kind="zone_association",
        resource=zone_id,
        text=f"{zone_id}: associate the zone with {', '.join(missing)}",
        commands=tuple(command for each in added for command in _association(scene, zone_id, owner, each)),
        edits=(Edit("hosted_zone_vpcs", zone_id, (*known, *added)),),
        rule="PHZ-01",
    )


def _association(scene: Scene, zone: str, owner: str | None, vpc: ZoneVpc) -> Iterator[str]:
    """The association; a VPC of another account is authorized by the zone's owner first (PHZ-02)."""
    asked = f"--hosted-zone-id {zone} --vpc VPCRegion={vpc.vpc_region},VPCId={vpc.vpc_id}"
    account = scene.snapshot.place(str(vpc.vpc_id)).account
    is_foreign = None not in (owner, account) and owner != account
    if is_foreign:
        yield f"aws route53 create-vpc-association-authorization {asked}"
    yield f"aws route53 associate-vpc-with-hosted-zone {asked}" + (
        f"  # as account {account}" if is_foreign else ""
    )
    if is_foreign:
        yield f"aws route53 delete-vpc-association-authorization {asked}"


def _alias(endpoint: VpcEndpoint) -> AliasTarget | None:
    if isinstance(endpoint.dns_entries, UnsetType) or not endpoint.dns_entries:
        return None
    entry = endpoint.dns_entries[0]
    if entry.dns_name is None:
        return None
    return AliasTarget(dns_name=f"{entry.dns_name}.", hosted_zone_id=entry.hosted_zone_id)


def _record_command(zone: str, name: str, alias: AliasTarget) -> str:
    target = (
        f'{{"HostedZoneId":"{alias.hosted_zone_id}","DNSName":"{alias.dns_name}","EvaluateTargetHealth":false}}'
    )
    change = f'{{"Name":"{name}","Type":"A","AliasTarget":{target}}}'
    return (
        f"aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch "
        f'\'{{"Changes":[{{"Action":"UPSERT","ResourceRecordSet":{change}}}]}}\''
    )
