"""Route 53: hosted zones."""

from collections.abc import Callable
from typing import Any

from moto.route53.models import FakeZone, RecordSet
from moto.route53.responses import Route53

from narrowgate.deploy.embedded.bridge.defect import Defect, replace


def _private_where_a_vpc_is_named(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(response: Any) -> Any:
        vpc_id = response._get_param("VPC.VPCId")
        if vpc_id is None:
            return original(response)
        real = response._get_bool_param
        response._get_bool_param = lambda name, *more: True if name.endswith("PrivateZone") else real(name, *more)
        try:
            return original(response)
        finally:
            del response._get_bool_param

    return create


def _associates_once(original: Callable[..., Any]) -> Callable[..., Any]:
    def add(zone: Any, vpc_id: str | None, vpc_region: str | None) -> Any:
        known = next((each for each in zone.vpcs if each.get("vpc_id") == vpc_id), None)
        return known or original(zone, vpc_id, vpc_region)

    return add


def _as_fully_qualified(original: Callable[..., Any]) -> Callable[..., Any]:
    def add(zone: Any, record_set: Any) -> Any:
        record = original(zone, record_set)
        target = record.alias_target if record is not None else None
        if target and not target["DNSName"].endswith("."):
            target["DNSName"] += "."
        return record

    return add


def _values(record: Any) -> list[dict[str, Any]] | None:
    # The SOA record of a new zone holds its value one level deeper than all others.
    values = [each["Value"] if isinstance(each, dict) else each for each in record.records or ()]
    return [{"Value": each} for each in values] or None


def _mend_records() -> None:
    replace(FakeZone, "add_rrset", _as_fully_qualified)
    replace(RecordSet, "resource_records", lambda _: property(_values))


DEFECTS = (
    Defect(
        name="private-zone",
        moto="makes a public zone unless the request says `PrivateZone`, which Terraform does not",
        aws="makes a private zone where the request names a VPC",
        mend=lambda: replace(Route53, "create_hosted_zone", _private_where_a_vpc_is_named),
    ),
    Defect(
        name="zone-associated-twice",
        moto="lists a VPC twice that is associated twice with a zone",
        aws="lists it once",
        mend=lambda: replace(FakeZone, "add_vpc", _associates_once),
    ),
    Defect(
        name="record-forms",
        moto="tells an alias's target as it was given, and the text of a dictionary in a new zone's SOA record",
        aws="tells fully qualified names, and the record",
        mend=_mend_records,
    ),
)
