"""DNS Firewall and Route 53 Profiles: what filters names, and what carries DNS settings to many VPCs."""

from collections.abc import Sequence

from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import CREATED
from narrowgate.sources.synthetic.route53 import Route53Builder


class DnsPolicyBuilder(Route53Builder):
    """Builds DNS Firewall groups and Profiles."""

    def domain_list(self, name: str, domains: Sequence[str]) -> str:
        """A domain list of DNS Firewall; entries are exact names or start with `*` (FW-04)."""
        list_id = self._new_id("rslvr-fdl", name)
        element = {
            "Id": list_id,
            "Arn": self.arn("route53resolver", f"firewall-domain-list/{list_id}"),
            "Name": name,
            "CreatorRequestId": f"made-{list_id}",
        }
        self._add("route53resolver.list_firewall_domain_lists", element, list_id)
        self._ask(
            "route53resolver.list_firewall_domains",
            list_id,
            {"FirewallDomainListId": list_id},
            {"Domains": [domain if domain.endswith((".", "*")) else f"{domain}." for domain in domains]},
        )
        return list_id

    def firewall_group(self, name: str, rules: Sequence[Record]) -> str:
        """A rule group; see `firewall_rule` for its rules."""
        group_id = self._new_id("rslvr-frg", name)
        element = {
            "Id": group_id,
            "Arn": self.arn("route53resolver", f"firewall-rule-group/{group_id}"),
            "Name": name,
            "OwnerId": self.account,
            "CreatorRequestId": f"made-{group_id}",
            "ShareStatus": "NOT_SHARED",
        }
        self._add("route53resolver.list_firewall_rule_groups", element, group_id)
        self._ask(
            "route53resolver.list_firewall_rules",
            group_id,
            {"FirewallRuleGroupId": group_id},
            {"FirewallRules": [rule | {"FirewallRuleGroupId": group_id} for rule in rules]},
        )
        return group_id

    def associate_firewall(self, group_id: str, vpc_id: str, priority: int = 101) -> str:
        """Put a rule group into force in a VPC."""
        association_id = self._new_id("rslvr-frgassoc", f"{group_id}{vpc_id}")
        element = {
            "Id": association_id,
            "Arn": self.arn("route53resolver", f"firewall-rule-group-association/{association_id}"),
            "FirewallRuleGroupId": group_id,
            "VpcId": vpc_id,
            "Name": "",
            "Priority": priority,
            "MutationProtection": "DISABLED",
            "Status": "COMPLETE",
            "StatusMessage": "Finished rule group association update",
            "CreatorRequestId": f"made-{association_id}",
            "CreationTime": CREATED,
            "ModificationTime": CREATED,
        }
        self._add("route53resolver.list_firewall_rule_group_associations", element, association_id)
        return association_id

    def set_firewall_fail_open(self, vpc_id: str, *, fail_open: bool) -> None:
        """Say what happens while the firewall does not answer (FW-06)."""
        self._add(
            "route53resolver.list_firewall_configs",
            {
                "Id": self._new_id("rslvr-fc", vpc_id),
                "ResourceId": vpc_id,
                "OwnerId": self.account,
                "FirewallFailOpen": "ENABLED" if fail_open else "DISABLED",
            },
        )

    def profile(self, name: str, *, vpcs: Sequence[str] = (), resources: Sequence[tuple[str, str]] = ()) -> str:
        """A Profile with VPCs and resources, each resource as ARN and type (`VPC_ENDPOINT`, `HOSTED_ZONE`…)."""
        profile_id = self._new_id("rp", name)
        element = {
            "Id": profile_id,
            "Arn": self.arn("route53profiles", f"profile/{profile_id}"),
            "Name": name,
            "ShareStatus": "NOT_SHARED",
        }
        self._add("route53profiles.list_profiles", element, profile_id)
        self._ask(
            "route53profiles.list_profile_resource_associations",
            profile_id,
            {"ProfileId": profile_id},
            {
                "ProfileResourceAssociations": [
                    {
                        "Id": self._new_id("rpr", arn),
                        "Name": "",
                        "OwnerId": self.account,
                        "ProfileId": profile_id,
                        "ResourceArn": arn,
                        "ResourceType": kind,
                        "Status": "COMPLETE",
                        "StatusMessage": "",
                        "CreationTime": CREATED,
                        "ModificationTime": CREATED,
                    }
                    for arn, kind in resources
                ]
            },
        )
        for vpc_id in vpcs:
            association_id = self._new_id("rpassoc", f"{profile_id}{vpc_id}")
            self._add(
                "route53profiles.list_profile_associations",
                {
                    "Id": association_id,
                    "Name": "",
                    "OwnerId": self.account,
                    "ProfileId": profile_id,
                    "ResourceId": vpc_id,
                    "Status": "COMPLETE",
                    "StatusMessage": "",
                    "CreationTime": CREATED,
                    "ModificationTime": CREATED,
                },
                association_id,
            )
        return profile_id


def firewall_rule(priority: int, action: str, list_id: str, *, response: str | None = None) -> Record:
    """A rule of a firewall group: `ALLOW`, `ALERT`, or `BLOCK` with `NODATA`, `NXDOMAIN` or `OVERRIDE`."""
    rule: Record = {
        "FirewallDomainListId": list_id,
        "Name": f"rule-{priority}",
        "Priority": priority,
        "Action": action,
        "CreatorRequestId": f"made-rule-{priority}",
        "CreationTime": CREATED,
        "ModificationTime": CREATED,
        "FirewallDomainRedirectionAction": "INSPECT_REDIRECTION_DOMAIN",
    }
    if response is not None:
        rule["BlockResponse"] = response
    return rule
