"""Security groups and their rules, network ACLs: what admits a packet, and what might."""

from collections.abc import Iterator
from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.estate import Declared, Properties, unknown_in
from narrowgate.sources.declared.values import flag, listed, number, tags, text
from narrowgate.sources.declared.vpcs import last_entries
from narrowgate.sources.resources.vpcs import merged
from narrowgate.sources.synthetic.filters import any_protocol

Rule = dict[str, Any]
_ENTRIES = "ec2.get_managed_prefix_list_entries"


def security_group(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::SecurityGroup` with all rules that the list gives it.

    A group whose egress is not given lets everything out (SG-02); that rule vanishes once one is given, inline or
    by a resource of its own.
    """
    own = declared.own_id(resource)
    directions: dict[str, Any] = {}
    for field, inline, kind in (
        ("IpPermissions", "SecurityGroupIngress", "AWS::EC2::SecurityGroupIngress"),
        ("IpPermissionsEgress", "SecurityGroupEgress", "AWS::EC2::SecurityGroupEgress"),
    ):
        rules = _rules(declared, resource, inline, kind)
        if not rules and field == "IpPermissionsEgress" and inline not in properties:
            rules = [any_protocol(defaults.EVERYTHING_OUT)]
        directions[field] = merged(rules)
    element = {
        "GroupId": own,
        "GroupName": text(properties, "GroupName", resource.logical_id),
        "Description": text(properties, "GroupDescription", ""),
        "VpcId": properties.get("VpcId"),
        "OwnerId": resource.account,
        "Tags": tags(properties),
        **directions,
    }
    declared.add(resource, "ec2.describe_security_groups", element, own)


def _rules(declared: Declared, resource: Resource, inline: str, kind: str) -> list[Rule]:
    """The rules of one direction: inline ones, and those of resources of their own."""
    own = declared.own_id(resource)
    given = listed(declared.properties(resource), inline)
    if isinstance(given, Unknown):
        found = [_anything(declared, resource, inline, given)]
    else:
        found = [permission(declared, resource, f"{inline}[{at}]", each) for at, each in enumerate(given)]
    for each in declared.users(kind, "GroupId", own):
        properties = declared.properties(each)
        found.append(permission(declared, each, "", properties))
        for field in ("CidrIp", "CidrIpv6"):
            if isinstance(properties.get(field), str):
                declared.mark_part(own, properties[field], each)
    for each in declared.maybe_users(kind, "GroupId"):
        # A rule of a group that nobody knows might be this one's.
        found.append(_anything(declared, each, "GroupId", declared.properties(each)["GroupId"]))
    return found


def rule_of_group_outside(declared: Declared, resource: Resource, properties: Properties) -> None:
    """A rule for a group that is not in the list: the group's other rules stay unknown, and so does it."""
    group = properties.get("GroupId")
    if isinstance(group, Unknown):
        declared.note(resource, "GroupId", group)
    elif group is not None and declared.named(group) is None and not _is_default(declared, str(group)):
        declared.warn(resource, f"its group {group} is not in the source, so the group stays unknown")
    elif group is not None and declared.named(group) is None:
        fact = declared.ledger.by_id[str(group)]
        is_egress = resource.type.endswith("Egress")
        field = "IpPermissionsEgress" if is_egress else "IpPermissions"
        fact[field] = merged([*fact[field], permission(declared, resource, "", properties)])


def _is_default(declared: Declared, group: str) -> bool:
    return declared.ledger.by_id.get(group, {}).get("GroupName") == "default"


def permission(declared: Declared, resource: Resource, at: str, rule: Any) -> Rule:
    """One rule as EC2 lists it; what is not known of it becomes a prefix list whose entries nobody knows."""
    if not isinstance(rule, dict):
        return _anything(declared, resource, at, rule if isinstance(rule, Unknown) else Unknown("is no rule"))
    protocol = rule.get("IpProtocol", "-1")
    first, last = number(rule.get("FromPort")), number(rule.get("ToPort"))
    if isinstance(protocol, Unknown):
        return _anything(declared, resource, f"{at}.IpProtocol", protocol)
    element: Rule = {"IpProtocol": str(protocol).lower()}
    ports = next((each for each in (first, last) if isinstance(each, Unknown)), None)
    if ports is not None:
        declared.note(resource, f"{at}.FromPort".lstrip("."), ports)
    elif first is not None or last is not None:
        element |= {"FromPort": first, "ToPort": last}
    element |= {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
    for field, key, inner in _peers(rule):
        value = rule[key]
        gap = unknown_in(value)
        if gap is not None:
            element["PrefixListIds"].append({"PrefixListId": _unread(declared, resource, f"{at}.{key}", gap)})
        elif inner == "GroupId":
            pair = {"GroupId": value, "UserId": rule.get("SourceSecurityGroupOwnerId") or _owner(declared, value)}
            element[field].append({name: each for name, each in pair.items() if isinstance(each, str)})
        else:
            element[field].append({inner: value})
    return element


def _owner(declared: Declared, group: str) -> str | None:
    found = declared.named(group)
    return found.account if found else None


def _peers(rule: Rule) -> Iterator[tuple[str, str, str]]:
    for key, field, inner in (
        ("CidrIp", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("SourcePrefixListId", "PrefixListIds", "PrefixListId"),
        ("DestinationPrefixListId", "PrefixListIds", "PrefixListId"),
        ("SourceSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("DestinationSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("SourceSecurityGroupName", "UserIdGroupPairs", "GroupName"),
    ):
        if rule.get(key) is not None:
            yield field, key, inner


def _anything(declared: Declared, resource: Resource, at: str, gap: Unknown) -> Rule:
    """A rule of which nothing is known."""
    element = any_protocol()
    element["PrefixListIds"].append({"PrefixListId": _unread(declared, resource, at, gap)})
    return element


def _unread(declared: Declared, resource: Resource, at: str, gap: Unknown) -> str:
    """A prefix list that stands for a range which nobody knows: the engine says unknown where it matters."""
    at = at.lstrip(".")
    declared.note(resource, at, gap)
    return unread_list(declared, resource, f"{at} of {resource.logical_id}", gap.why)


def unread_list(declared: Declared, resource: Resource, what: str, why: str) -> str:
    """A prefix list without known entries, under a name that says what it stands for."""
    own = f"unknown: {what}"
    if own not in declared.ledger.by_id:
        declared.add(resource, "ec2.describe_managed_prefix_lists", {"PrefixListId": own}, own)
        declared.withhold(resource, _ENTRIES, why, own)
    return own


def network_acl(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::NetworkAcl` with the entries and subnets that the list gives it (ACL-01, ACL-02)."""
    call, own = "ec2.describe_network_acls", declared.own_id(resource)
    vpc_id = declared.needed(resource, "VpcId", call)
    if vpc_id is None:
        return
    entries: Any = []
    kind, field = "AWS::EC2::NetworkAclEntry", "NetworkAclId"
    for each in (*declared.users(kind, field, own), *declared.maybe_users(kind, field)):
        entry = _entry(declared, each, declared.properties(each))
        if isinstance(entry, Unknown):
            entries = entry
            break
        entries.append(entry)
    if not isinstance(entries, Unknown):
        with_v6 = any("Ipv6CidrBlock" in each for each in entries)
        entries += [each for egress in (True, False) for each in last_entries(egress, with_v6=with_v6)]
        entries.sort(key=lambda each: (not each["Egress"], each["RuleNumber"]))
    element = {
        "NetworkAclId": own,
        "VpcId": vpc_id,
        "OwnerId": resource.account,
        "IsDefault": False,
        "Entries": entries,
        "Associations": [],
        "Tags": tags(properties),
    }
    declared.add(resource, call, element, own)


def _entry(declared: Declared, resource: Resource, given: Properties) -> Rule | Unknown:
    gap = unknown_in({key: value for key, value in given.items() if key != "Tags"})
    if gap is not None:
        declared.note(resource, "an entry", gap)
        return gap
    egress, position = flag(given, "Egress", False), number(given.get("RuleNumber"))
    if isinstance(egress, Unknown) or not isinstance(position, int):
        return egress if isinstance(egress, Unknown) else Unknown("the entry has no rule number")
    entry: Rule = {
        "RuleNumber": position,
        "Protocol": str(given.get("Protocol", "-1")),
        "RuleAction": str(given.get("RuleAction", "deny")),
        "Egress": egress,
    }
    for field in ("CidrBlock", "Ipv6CidrBlock"):
        if given.get(field):
            entry[field] = str(given[field])
    ports = given.get("PortRange")
    if isinstance(ports, dict):
        entry["PortRange"] = {"From": number(ports.get("From")), "To": number(ports.get("To"))}
    return entry


def network_acl_entry(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::NetworkAclEntry` of a VPC's default ACL; an ACL of the list has read its entries itself."""
    own = properties.get("NetworkAclId")
    if not isinstance(own, str):
        declared.note(resource, "NetworkAclId", own if isinstance(own, Unknown) else Unknown("is not given"))
        return
    fact = declared.ledger.by_id.get(own)
    if fact is None:
        declared.warn(resource, f"its ACL {own} is not in the source, so the ACL stays unknown")
    elif fact.get("IsDefault") and "Entries" in fact:
        entry = _entry(declared, resource, properties)
        if isinstance(entry, Unknown):
            del fact["Entries"]
            return
        key = (entry["RuleNumber"], entry["Egress"])
        kept = [each for each in fact["Entries"] if (each["RuleNumber"], each["Egress"]) != key]
        fact["Entries"] = sorted([*kept, entry], key=lambda each: (not each["Egress"], each["RuleNumber"]))


def network_acl_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::SubnetNetworkAclAssociation`: a subnet has exactly one ACL; an unknown subnet could be any."""
    own, subnet = properties.get("NetworkAclId"), properties.get("SubnetId")
    acls = declared.ledger.elements.get((declared.where(resource), "ec2.describe_network_acls"), [])
    fact = declared.ledger.by_id.get(own) if isinstance(own, str) else None
    if not isinstance(subnet, str):
        declared.note(resource, "SubnetId", subnet if isinstance(subnet, Unknown) else Unknown("is not given"))
        for each in acls:
            if fact is None or each.get("VpcId") == fact.get("VpcId"):
                each.pop("Associations", None)
        return
    for each in acls:
        if "Associations" in each:
            each["Associations"] = [one for one in each["Associations"] if one["SubnetId"] != subnet]
    if fact is not None:
        fact.setdefault("Associations", []).append({"NetworkAclId": own, "SubnetId": subnet})
        return
    # The subnet has an ACL that is not in the list, so its VPC's default does not guard it.
    outside = own if isinstance(own, str) else f"unknown: NetworkAclId of {resource.logical_id}"
    element = {
        "NetworkAclId": outside,
        "VpcId": declared.ledger.by_id.get(subnet, {}).get("VpcId"),
        "Associations": [{"NetworkAclId": outside, "SubnetId": subnet}],
    }
    declared.add(resource, "ec2.describe_network_acls", element, outside)


def group_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::SecurityGroupVpcAssociation` (SG-11)."""
    call = "ec2.describe_security_group_vpc_associations"
    group, vpc_id = (declared.needed(resource, name, call) for name in ("GroupId", "VpcId"))
    if group and vpc_id:
        declared.add(resource, call, {"GroupId": group, "VpcId": vpc_id, "State": "associated"})
