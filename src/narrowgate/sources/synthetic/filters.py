"""Security groups, network ACLs and prefix lists, with short words for their rules."""

import re
from collections.abc import Sequence

from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.site import Site, name_tags

_PROTOCOL_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}
_LAST_RULE = 32767
_LAST_RULE_IPV6 = 32768
_GROUP = re.compile(r"(?:(?P<account>\d{12})/)?(?P<group>sg-[0-9a-f]+)")

Ports = int | tuple[int, int]


def tcp(ports: Ports, *peers: str) -> Record:
    """A permission for TCP: a port or a range, for CIDRs, groups (`sg-…`, `account/sg-…`) or prefix lists."""
    return _permission("tcp", ports, peers)


def udp(ports: Ports, *peers: str) -> Record:
    """A permission for UDP, with the same peers as `tcp`."""
    return _permission("udp", ports, peers)


def any_protocol(*peers: str) -> Record:
    """A permission for everything; EC2 sends no ports with protocol -1."""
    return _permission("-1", None, peers)


def allow(
    number: int, cidr: str, *, protocol: str = "all", ports: Ports | None = None, egress: bool = False
) -> Record:
    """An ACL entry that lets pass."""
    return _acl_entry("allow", number, cidr, (protocol, ports), egress=egress)


def deny(
    number: int, cidr: str, *, protocol: str = "all", ports: Ports | None = None, egress: bool = False
) -> Record:
    """An ACL entry that drops."""
    return _acl_entry("deny", number, cidr, (protocol, ports), egress=egress)


class FilterBuilder(Site):
    """Builds what admits packets."""

    def security_group(
        self,
        vpc_id: str,
        name: str,
        *,
        ingress: Sequence[Record] = (),
        egress: Sequence[Record] | None = None,
        description: str = "",
    ) -> str:
        """A security group; without `egress` it has EC2's own start: everything out over IPv4 (SG-02)."""
        group_id = self._new_id("sg", name)
        out = [any_protocol("0.0.0.0/0")] if egress is None else list(egress)
        element = {
            "GroupId": group_id,
            "GroupName": name,
            "Description": description or name,
            "IpPermissions": [],
            "IpPermissionsEgress": [],
            "OwnerId": self.account,
            "VpcId": vpc_id,
            "SecurityGroupArn": self.arn("ec2", f"security-group/{group_id}"),
            "Tags": name_tags(name) if name != "default" else [],
        }
        self._add("ec2.describe_security_groups", element, group_id)
        self.set_permissions(group_id, ingress=list(ingress), egress=out)
        return group_id

    def set_permissions(
        self, group_id: str, *, ingress: Sequence[Record] | None = None, egress: Sequence[Record] | None = None
    ) -> None:
        """Replace a group's permissions of one or both directions; `self` in a pair means the group itself."""
        group = self.resource(group_id)
        for field, permissions in (("IpPermissions", ingress), ("IpPermissionsEgress", egress)):
            if permissions is None:
                continue
            for permission in permissions:
                for pair in permission["UserIdGroupPairs"]:
                    pair.setdefault("UserId", group["OwnerId"])
            group[field] = list(permissions)

    def associate_group(self, group_id: str, vpc_id: str) -> None:
        """Use a group in a further VPC of the Region (SG-11)."""
        self._add(
            "ec2.describe_security_group_vpc_associations",
            {
                "GroupId": group_id,
                "VpcId": vpc_id,
                "VpcOwnerId": self.resource(vpc_id)["OwnerId"],
                "State": "associated",
                "GroupOwnerId": self.resource(group_id)["OwnerId"],
            },
        )

    def network_acl(
        self,
        vpc_id: str,
        name: str = "",
        *,
        entries: Sequence[Record] = (),
        subnets: Sequence[str] = (),
        is_default: bool = False,
    ) -> str:
        """A network ACL; AWS's own last entry, which denies, is added. Subnets move over to it."""
        acl_id = self._new_id("acl", name)
        element: Record = {
            "NetworkAclId": acl_id,
            "VpcId": vpc_id,
            "OwnerId": self.account,
            "IsDefault": is_default,
            "Associations": [],
            "Entries": [],
            "Tags": name_tags(name) if not is_default else [],
        }
        self._add("ec2.describe_network_acls", element, acl_id)
        self.set_entries(acl_id, entries)
        for subnet_id in subnets:
            self.move_to_acl(subnet_id, acl_id)
        return acl_id

    def set_entries(self, acl_id: str, entries: Sequence[Record]) -> None:
        """Replace an ACL's entries; the last ones, which deny all the rest, stand by themselves."""
        acl = self.resource(acl_id)
        has_ipv6 = any("Ipv6CidrBlock" in entry for entry in entries)
        last = [deny(_LAST_RULE, "0.0.0.0/0", egress=egress) for egress in (True, False)]
        if has_ipv6:
            last += [deny(_LAST_RULE_IPV6, "::/0", egress=egress) for egress in (True, False)]
        acl["Entries"] = sorted([*entries, *last], key=lambda entry: (not entry["Egress"], entry["RuleNumber"]))

    def move_to_acl(self, subnet_id: str, acl_id: str) -> None:
        """Put a subnet under an ACL: a subnet has exactly one (ACL-01)."""
        for acl in self.ledger.elements[(self.ledger.home[acl_id], "ec2.describe_network_acls")]:
            acl["Associations"] = [each for each in acl["Associations"] if each["SubnetId"] != subnet_id]
        self.resource(acl_id)["Associations"].append(
            {
                "NetworkAclAssociationId": self._new_id("aclassoc", subnet_id),
                "NetworkAclId": acl_id,
                "SubnetId": subnet_id,
            }
        )

    def prefix_list(self, name: str, cidrs: Sequence[str]) -> str:
        """A customer-managed prefix list of one family."""
        list_id = self._new_id("pl", name)
        element: Record = {
            "PrefixListId": list_id,
            "AddressFamily": "IPv6" if cidrs and ":" in cidrs[0] else "IPv4",
            "State": "create-complete",
            "PrefixListArn": self.arn("ec2", f"prefix-list/{list_id}"),
            "PrefixListName": name,
            "MaxEntries": max(10, len(cidrs)),
            "Version": 1,
            "Tags": [],
            "OwnerId": self.account,
        }
        self._add("ec2.describe_managed_prefix_lists", element, list_id)
        self._ask(
            "ec2.get_managed_prefix_list_entries",
            list_id,
            {"PrefixListId": list_id},
            {"Entries": [{"Cidr": cidr, "Description": ""} for cidr in cidrs]},
        )
        return list_id


def _permission(protocol: str, ports: Ports | None, peers: Sequence[str]) -> Record:
    element: Record = {"IpProtocol": protocol}
    if ports is not None:
        first, last = (ports, ports) if isinstance(ports, int) else ports
        element |= {"FromPort": first, "ToPort": last}
    element |= {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
    for peer in peers:
        group = _GROUP.fullmatch(peer)
        if group:
            pair = {"GroupId": group["group"]}
            element["UserIdGroupPairs"].append(pair | ({"UserId": group["account"]} if group["account"] else {}))
        elif peer.startswith("pl-"):
            element["PrefixListIds"].append({"PrefixListId": peer})
        elif ":" in peer:
            element["Ipv6Ranges"].append({"CidrIpv6": peer})
        else:
            element["IpRanges"].append({"CidrIp": peer})
    return element


def _acl_entry(action: str, number: int, cidr: str, what: tuple[str, Ports | None], *, egress: bool) -> Record:
    protocol, ports = what
    entry: Record = {"Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr, "Egress": egress}
    if ports is not None:
        first, last = (ports, ports) if isinstance(ports, int) else ports
        entry["PortRange"] = {"From": first, "To": last}
    return entry | {
        "Protocol": _PROTOCOL_NUMBERS.get(protocol, protocol),
        "RuleAction": action,
        "RuleNumber": number,
    }
