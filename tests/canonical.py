"""Snapshots compared but for ids: two sources that tell one estate have equal canonical forms.

Ids that are made up differ from source to source. Here each is replaced by what the snapshot says about it, round
by round, until only the shape of the estate is left; fields that decide nothing are dropped by name.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from narrowgate.model.snapshot import Snapshot

IGNORED: dict[str, frozenset[str]] = {
    "vpcs": frozenset({"AssociationId"}),
    "subnets": frozenset({"AvailabilityZoneId", "SubnetArn", "AssociationId"}),
    "network_interfaces": frozenset(
        {"Attachment", "RequesterId", "GroupName", "AvailabilityZoneId", "PrivateDnsName"}
    ),
    "instances": frozenset({"GroupName", "Platform", "PlatformDetails", "PublicDnsName", "PrivateDnsName"}),
    "security_groups": frozenset({"GroupName", "Description"}),
    "network_acls": frozenset({"NetworkAclAssociationId"}),
    "route_tables": frozenset({"RouteTableAssociationId"}),
    "vpc_peering_connections": frozenset({"Message"}),
    "vpc_endpoints": frozenset({"GroupName", "DnsOptions"}),
    "dhcp_options": frozenset({"Tags"}),
    "rest_apis": frozenset({"ipAddressType", "apiStatus"}),
    "api_deployments": frozenset({"description", "createdDate"}),
    "api_authorizers": frozenset({"identitySource"}),
    "domain_names": frozenset({"ipAddressType", "securityPolicy", "domainNameStatus"}),
    "transit_gateway_attachments": frozenset({"Tags"}),
    "profile_associations": frozenset({"Name"}),
    "profile_resource_associations": frozenset({"Name"}),
    "profiles": frozenset({"Name"}),
    "resolver_endpoint_ips": frozenset({"Status"}),
    "load_balancers": frozenset({"LoadBalancerName", "DNSName", "CanonicalHostedZoneId"}),
    "target_groups": frozenset({"TargetGroupName", "LoadBalancerArns"}),
}
"""What differs between sources and decides nothing, by collection."""

LEFT_OUT = frozenset({"availability_zones", "api_gateway_accounts"})
"""Collections that a source may lack without a verdict changing."""

_MADE_UP = re.compile(
    r"\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{17}\b|\bZ[0-9A-Z]{13,20}\b|arn:aws:(?:acm|elasticloadbalancing|kms):[^\"\\ ]+"
)
_SUFFIX = re.compile(r"(vpce-[0-9a-f]{17})-[a-z0-9]{8}\b")
_ROUNDS = 6


def canonical(snapshot: Snapshot, rounds: int = _ROUNDS) -> dict[str, Counter[str]]:
    """A snapshot's rows by collection, every made-up id replaced by what is known about it."""
    rows = list(_rows(snapshot, _pattern(snapshot)))
    colours: dict[str, str] = {}
    for _ in range(rounds):
        seen: dict[str, list[str]] = {}
        for name, row in rows:
            for each in _ids(row):
                seen.setdefault(each, []).append(f"{name} {_render(row, {**colours, each: 'self'})}")
        colours = {
            each: hashlib.sha256("\n".join(sorted(views)).encode()).hexdigest()[:12]
            for each, views in seen.items()
        }
    found: dict[str, Counter[str]] = {}
    for name, row in rows:
        found.setdefault(name, Counter())[_render(row, colours)] += 1
    return found


class Id(str):
    """A made-up id inside a row."""


def _pattern(snapshot: Snapshot) -> re.Pattern[str]:
    parts = [re.escape(each) for each in sorted(_known_ids(snapshot), key=len, reverse=True)]
    parts += [rf"(?<![0-9.]){re.escape(each)}(?![0-9.])" for each in _chosen_addresses(snapshot)]
    return re.compile("|".join([*parts, _MADE_UP.pattern]))


def _split(pattern: re.Pattern[str], text: str) -> Any:
    pieces: list[Any] = []
    end = 0
    for match in pattern.finditer(text):
        pieces += [text[end : match.start()], Id(match[0])]
        end = match.end()
    return ("text", *pieces, text[end:]) if pieces else text


def _ids(row: Any) -> set[str]:
    match row:
        case Id():
            return {str(row)}
        case dict():
            return set().union(*(_ids(each) for each in (*row.keys(), *row.values())))
        case list() | tuple():
            return set().union(*(_ids(each) for each in row))
        case _:
            return set()


def _render(row: Any, colours: dict[str, str]) -> str:
    match row:
        case Id():
            return f"<{colours.get(str(row), '')}>"
        case ("text", *pieces):
            return "".join(_render(each, colours) for each in pieces)
        case dict():
            inner = sorted(f"{_render(key, colours)}: {_render(each, colours)}" for key, each in row.items())
            return "{" + ", ".join(inner) + "}"
        case list() | tuple():
            rendered = [_render(each, colours) for each in row]
            return "[" + ", ".join(sorted(rendered)) + "]"
        case _:
            return str(row)


def _known_ids(snapshot: Snapshot) -> set[str]:
    """Ids without a form of their own, from where the facts name them."""
    facts = snapshot.facts
    found = {*facts.rest_apis, *facts.hosted_zones}
    for resources in facts.api_resources.values():
        found |= {each.id for each in resources}
    for deployments in facts.api_deployments.values():
        found |= {each.id for each in deployments}
    for stages in facts.api_stages.values():
        found |= {each.deployment_id for each in stages if each.deployment_id}
    for authorizers in facts.api_authorizers.values():
        found |= {each.id for each in authorizers}
    found |= {each.domain_name_id for each in facts.domain_names.values() if each.domain_name_id}
    for each in facts.domain_name_access_associations:
        if each.domain_name_access_association_arn:
            found.add(each.domain_name_access_association_arn)
    return found


_CHOSEN = ("VPC Endpoint Interface", "ELB ", "Network Interface for Transit", "AWS Lambda", "Interface for NAT")


def _chosen_addresses(snapshot: Snapshot) -> set[str]:
    """Addresses that AWS chooses: which one stands for them depends on the order in which a source is read."""
    return {
        each.private_ip_address
        for each in snapshot.facts.network_interfaces.values()
        if each.private_ip_address and each.description.startswith(_CHOSEN)
    }


def _rows(snapshot: Snapshot, pattern: re.Pattern[str]) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(snapshot.facts):
        if field.name in LEFT_OUT:
            continue
        values = getattr(snapshot.facts, field.name)
        pairs = values.items() if isinstance(values, dict) else (("", each) for each in values)
        ignored = IGNORED.get(field.name, frozenset())
        for key, value in pairs:
            yield field.name, _plain([key, msgspec.to_builtins(value)], ignored, pattern)


def _plain(value: Any, ignored: frozenset[str], pattern: re.Pattern[str]) -> Any:
    """A value without what is empty or ignored, its ids marked; text that is JSON becomes the document."""
    if isinstance(value, dict):
        cleaned = {key: _plain(each, ignored, pattern) for key, each in value.items() if key not in ignored}
        return {_split(pattern, key): each for key, each in cleaned.items() if each not in (None, [], {}, "")}
    if isinstance(value, (list, tuple)):
        return [_plain(each, ignored, pattern) for each in value]
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        try:
            return _plain(json.loads(value.replace('\\"', '"')), ignored, pattern)
        except ValueError:
            pass
    return _split(pattern, _SUFFIX.sub(r"\1-suffix", value))


def differences(one: Snapshot, other: Snapshot, *, most: int = 4) -> list[str]:
    """Rows that only one snapshot has, as text for a failing test; empty where both tell one estate.

    Fewer rounds come first: what differs by itself is told, not all that hangs on it.
    """
    for rounds in range(_ROUNDS + 1):
        first, second = canonical(one, rounds), canonical(other, rounds)
        found = []
        for name in sorted({*first, *second}):
            for sign, left in (
                ("-", first.get(name, Counter()) - second.get(name, Counter())),
                ("+", second.get(name, Counter()) - first.get(name, Counter())),
            ):
                found += [f"{sign} {name} {text}" for text in sorted(left)[:most]]
        if found:
            return found
    return []
