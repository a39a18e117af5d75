"""What EC2 made with a VPC, taken over and given other rules: Terraform's `aws_default_*` resources."""

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.attributes import default_id
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.filters import permission
from narrowgate.sources.declared.values import listed
from narrowgate.sources.declared.vpcs import last_entries
from narrowgate.sources.resources.vpcs import merged


def default_security_group(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`Custom::DefaultSecurityGroup`: the VPC's default group with these rules and no others (SG-02)."""
    vpc_id = properties.get("VpcId")
    own = default_id(vpc_id, "sg") if isinstance(vpc_id, str) else ""
    fact = declared.ledger.by_id.get(own)
    if fact is None:
        why = vpc_id.why if isinstance(vpc_id, Unknown) else "it is not in the source"
        declared.warn(resource, f"the VPC whose default group it changes is not known: {why}")
        return
    for field, inline in (
        ("IpPermissions", "SecurityGroupIngress"),
        ("IpPermissionsEgress", "SecurityGroupEgress"),
    ):
        rules = listed(properties, inline)
        if isinstance(rules, Unknown):
            declared.note(resource, inline, rules)
            fact.pop(field, None)
            continue
        found = [permission(declared, resource, f"{inline}[{at}]", each) for at, each in enumerate(rules)]
        fact[field] = merged(found)
    declared.mark(own, resource)


def default_network_acl(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`Custom::DefaultNetworkAcl`: the VPC's default ACL without its own entries (ACL-01)."""
    own = properties.get("NetworkAclId")
    fact = declared.ledger.by_id.get(own) if isinstance(own, str) else None
    if fact is None or not isinstance(own, str):
        why = own.why if isinstance(own, Unknown) else "it is not in the source"
        declared.warn(resource, f"the default ACL that it changes is not known: {why}")
        return
    with_v6 = any("Ipv6CidrBlock" in each for each in fact.get("Entries", ()))
    fact["Entries"] = [each for egress in (True, False) for each in last_entries(egress, with_v6=with_v6)]
    declared.mark(own, resource)
