"""Hosted zones and their records."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.estate import Declared, Properties, unknown_in
from narrowgate.sources.declared.values import listed, number, texts

_RECORDS = "route53.list_resource_record_sets"
_VPCS = "route53.get_hosted_zone"
_ZONES = "route53.list_hosted_zones"


def hosted_zone(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53::HostedZone`: private where it names VPCs; with its SOA and NS records."""
    own = declared.own_id(resource)
    name = declared.needed(resource, "Name", _ZONES)
    if name is None:
        return
    domain = absolute(name)
    vpcs = _vpcs(declared, resource, properties)
    private = "VPCs" in properties or bool(vpcs)
    element = {
        "Id": f"/hostedzone/{own}",
        "Name": domain,
        "Config": {"Comment": "", "PrivateZone": private},
    }
    declared.add(resource, _ZONES, element, own)
    fact = declared.ledger.by_id[own]
    if isinstance(vpcs, Unknown):
        declared.note(resource, "VPCs", vpcs)
        declared.withhold(resource, _VPCS, vpcs.why, own)
    else:
        declared.ledger.ask(
            declared.where(resource, _VPCS), _VPCS, own, {"Id": own}, {"HostedZone": fact, "VPCs": vpcs}
        )
    soa = "ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
    records = [
        {"Name": domain, "Type": "NS", "TTL": 172800, "ResourceRecords": [{"Value": "ns-0.awsdns-00.com."}]},
        {"Name": domain, "Type": "SOA", "TTL": 900, "ResourceRecords": [{"Value": soa}]},
    ]
    where = declared.where(resource, _RECORDS)
    declared.ledger.ask(where, _RECORDS, own, {"HostedZoneId": own}, {"ResourceRecordSets": records})
    call = "route53.list_vpc_association_authorizations"
    declared.ledger.ask(where, call, own, {"HostedZoneId": own}, {"HostedZoneId": own, "VPCs": []})


def _vpcs(declared: Declared, resource: Resource, properties: Properties) -> Any:
    """The VPCs of a zone: its own list, and associations by resources of their own (Terraform's)."""
    given = listed(properties, "VPCs")
    rows = given if isinstance(given, list) else []
    found = []
    own = declared.own_id(resource)
    separate = [
        declared.properties(each)
        for each in declared.of_type("Custom::HostedZoneVpcAssociation")
        if declared.properties(each).get("HostedZoneId") in (own, f"/hostedzone/{own}")
    ]
    if isinstance(given, Unknown):
        return given
    for each in (*rows, *separate):
        gap = unknown_in(each)
        if gap is not None:
            return gap
        vpc_id = str(each.get("VPCId"))
        known = declared.named(vpc_id)
        region = known.region if known else each.get("VPCRegion", resource.region)
        found.append({"VPCRegion": region, "VPCId": vpc_id})
    return found


def zone_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`Custom::HostedZoneVpcAssociation`: zones of the list have read it."""
    zone = properties.get("HostedZoneId")
    if isinstance(zone, Unknown):
        declared.note(resource, "HostedZoneId", zone)
        declared.withhold(resource, _ZONES, zone.why)
    elif declared.named(str(zone).removeprefix("/hostedzone/")) is None:
        # The VPC gets a zone of which nothing else is known.
        declared.warn(resource, f"its zone {zone} is not in the source")
        declared.withhold(resource, _ZONES, f"zone {zone} is associated, and not in the source")


def record_set(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53::RecordSet`."""
    _record(declared, resource, properties, _zone_of(declared, resource, properties))


def record_set_group(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53::RecordSetGroup`: records of one zone, or each of its own."""
    rows = listed(properties, "RecordSets")
    zone = _zone_of(declared, resource, properties)
    if isinstance(rows, Unknown):
        _unknown_record(declared, resource, zone, rows)
        return
    for each in rows:
        if isinstance(each, dict):
            own = _zone_of(declared, resource, each) if {"HostedZoneId", "HostedZoneName"} & set(each) else zone
            _record(declared, resource, each, own)
        else:
            _unknown_record(declared, resource, zone, each if isinstance(each, Unknown) else Unknown("is a gap"))


def _zone_of(declared: Declared, resource: Resource, properties: Properties) -> str | Unknown | None:
    """The zone of a record: by id, or by name where one zone of the list has it; None for one outside."""
    zone = properties.get("HostedZoneId")
    if isinstance(zone, Unknown):
        return zone
    if zone is not None:
        own = str(zone).removeprefix("/hostedzone/")
        return own if own in declared.ledger.by_id else None
    name = properties.get("HostedZoneName")
    if isinstance(name, Unknown):
        return name
    if name is None:
        return Unknown("names no zone")
    named = [
        declared.own_id(each)
        for each in declared.of_type("AWS::Route53::HostedZone")
        if declared.ledger.by_id.get(declared.own_id(each), {}).get("Name") == absolute(str(name))
    ]
    if len(named) > 1:
        return Unknown(f"{len(named)} zones are called {name}")
    return named[0] if named else None


def _record(declared: Declared, resource: Resource, given: Properties, zone: str | Unknown | None) -> None:
    name, kind = given.get("Name"), given.get("Type")
    if zone is None:
        declared.warn(resource, "its zone is not in the source, so the zone stays unknown")
        return
    gap = next((each for each in (zone, name, kind) if isinstance(each, Unknown)), None)
    if gap is not None or not isinstance(zone, str) or name is None or kind is None:
        _unknown_record(declared, resource, zone, gap or Unknown("has no name or type"))
        return
    element: dict[str, Any] = {"Name": absolute(str(name)).replace("*", "\\052"), "Type": str(kind)}
    element |= _values(declared, resource, given)
    for field in ("SetIdentifier", "Region", "Failover", "HealthCheckId"):
        if isinstance(given.get(field), str):
            element[field] = given[field]
    if isinstance(weight := number(given.get("Weight")), int):
        element["Weight"] = weight
    if str(given.get("MultiValueAnswer")).lower() == "true":
        element["MultiValueAnswer"] = True
    declared.ledger.answer(_RECORDS, zone)["ResourceRecordSets"].append(element)


def _values(declared: Declared, resource: Resource, given: Properties) -> dict[str, Any]:
    """The values of a record; with any of them unknown it has none, and the engine says that nobody knows."""
    alias = given.get("AliasTarget")
    if alias is not None:
        gap = unknown_in(alias)
        if gap is not None or not isinstance(alias, dict):
            declared.note(resource, "AliasTarget", gap or Unknown("is no alias"))
            return {}
        return {
            "AliasTarget": {
                "HostedZoneId": str(alias.get("HostedZoneId", "")),
                "DNSName": absolute(str(alias.get("DNSName", ""))),
                "EvaluateTargetHealth": str(alias.get("EvaluateTargetHealth", False)).lower() == "true",
            }
        }
    values = texts(given, "ResourceRecords")
    if isinstance(values, Unknown):
        declared.note(resource, "ResourceRecords", values)
        return {}
    ttl = number(given.get("TTL", 300))
    return {
        "TTL": ttl if isinstance(ttl, int) else 300,
        "ResourceRecords": [{"Value": value} for value in values],
    }


def _unknown_record(declared: Declared, resource: Resource, zone: str | Unknown | None, gap: Unknown) -> None:
    """A record that nobody can name could be any record of its zone, or of every zone."""
    declared.warn(resource, f"a record is not known: {gap.why}")
    zones = [zone] if isinstance(zone, str) else []
    if isinstance(zone, Unknown):
        zones = [declared.own_id(each) for each in declared.of_type("AWS::Route53::HostedZone")]
    for each in zones:
        declared.withhold(resource, _RECORDS, gap.why, each)


def absolute(name: str) -> str:
    """A name with its final dot."""
    return name if name.endswith(".") else f"{name}."
