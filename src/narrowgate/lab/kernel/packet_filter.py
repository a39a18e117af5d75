"""Security groups, network ACLs and peering's limits as an nft ruleset, in AWS's order (RCH-01).

Every phase is a base chain of its own: `accept` ends that phase alone, `drop` ends the packet. Every drop is
logged to group 5 with its phase, the place and the rule. Places go by the plan's short names, never by a label:
an estate's own words are not fit to stand in a ruleset.
"""

from collections.abc import Iterator

from narrowgate.lab.beliefs import DNS_PORT, HTTPS_PORT
from narrowgate.lab.kernel.exit_rules import exit_chains
from narrowgate.lab.kernel.group_rules import GroupRules
from narrowgate.lab.kernel.matches import LOG_GROUP, by_family, drop, service
from narrowgate.lab.plan.types import Acl, Entry, Plan, Port, Router, Subnet

NOWHERE = "nowhere"
"""What has no route goes to a device of this name, where the filter sees it; a blackhole would hide it."""


def ruleset(plan: Plan, router: Router) -> str:
    """The whole ruleset of one router, for one `nft -f`."""
    return "\n".join(_Ruleset(plan, router).lines()) + "\n"


def hub_ruleset() -> str:
    """The ruleset of a transit gateway: it filters nothing, and says what it has no route for."""
    chain = (
        f'type filter hook forward priority 10; policy accept; oifname "{NOWHERE}" {drop("TGWROUTE", "-", "-")};'
    )
    return f"table inet gateway {{\n chain f_route {{ {chain} }}\n}}\n"


class _Ruleset:
    def __init__(self, plan: Plan, router: Router) -> None:
        self.plan = plan
        self.router = router
        self.ports = [each for each in plan.ports if each.vpc == router.label]
        self.subnets = {each.label: each for each in plan.subnets if each.vpc == router.label}
        self.acls = {each.name: each for each in plan.acls}
        self.groups = {each.label: each for each in plan.groups}
        self.links = [each for each in plan.links if router.name in each.sides]
        self.crossings = [each for each in plan.crossings if each[0] in self.subnets]

    def lines(self) -> Iterator[str]:
        yield "table inet vpc {"
        yield from GroupRules(self.plan, self.router, self.ports).lines()
        yield from self._acls()
        yield from self._ports()
        yield from self._base()
        yield from exit_chains(each for each in self.plan.exits if each.router == self.router.name)
        yield "}"

    # --- chains

    def _acls(self) -> Iterator[str]:
        used = {each.acl for each in self.subnets.values()}
        for name in sorted(used & set(self.acls)):
            acl = self.acls[name]
            for way, egress, field in (("i", False, "saddr"), ("o", True, "daddr")):
                yield f"  chain {name}{way} {{"
                for entry in acl.entries:
                    if entry.egress == egress:
                        yield from self._entry(acl, entry, field, way)
                yield f"    {drop('NACLOUT' if egress else 'NACLIN', acl.name, '*')}"
                yield "  }"

    def _entry(self, acl: Acl, entry: Entry, field: str, way: str) -> Iterator[str]:
        family = "ip6" if ":" in entry.block else "ip"
        what = service(entry.protocol, entry.ports)
        if entry.protocol == 1 and family == "ip6":
            return
        match = f"{family} {field} {entry.block} {what}".rstrip()
        # `return` leads back to the caller, which lets pass.
        verdict = (
            "return"
            if entry.allows
            else drop("NACLOUT" if entry.egress else "NACLIN", acl.name, str(entry.number))
        )
        yield f"    {match} {verdict}"

    def _ports(self) -> Iterator[str]:
        for port in self.ports:
            subnet = self.subnets[port.subnet]
            own = [each for each in port.addresses if ":" not in each]
            own6 = [each for each in port.addresses if ":" in each]
            yield f"  chain so_{port.name} {{"
            # An interface sends from its own addresses only (NET-11); a NAT gateway's has the check off.
            for family, addresses in (("ip", own), ("ip6", own6)):
                if addresses and port.service != "nat":
                    yield f"    {family} saddr != {{ {', '.join(addresses)} }} {drop('SRCDST', port.name, '-')}"
            yield "    ct state established,related accept"
            yield from self._egress(port)
            yield f"    {drop('SGOUT', port.name, '-')}"
            yield "  }"
            yield f"  chain si_{port.name} {{"
            yield "    ct state established,related accept"
            yield from self._service(port)
            yield from (
                f"    jump {self.groups[label].name}i" for label in port.groups or () if label in self.groups
            )
            yield f"    {drop('SGIN', port.name, '-')}"
            yield "  }"
            yield f"  chain fl_{port.name} {{"
            yield f'    log prefix "ACCEPT {port.name} -" group {LOG_GROUP} accept'
            yield "  }"
            yield from self._borders(port, subnet)

    def _egress(self, port: Port) -> Iterator[str]:
        if port.groups is None or port.filters_nothing:
            yield "    accept"
            return
        yield from (f"    jump {self.groups[label].name}o" for label in port.groups if label in self.groups)

    def _service(self, port: Port) -> Iterator[str]:
        """Endpoints are silent on every port but their own (VPCE-10, IN-03)."""
        if port.service == "https":
            yield f"    tcp dport != {HTTPS_PORT} {drop('NOSVC', port.name, '-')}"
            yield f"    meta l4proto != tcp {drop('NOSVC', port.name, '-')}"
        elif port.service == "dns":
            yield f"    meta l4proto {{ tcp, udp }} th dport != {DNS_PORT} {drop('NOSVC', port.name, '-')}"
        elif port.service == "balancer":
            ports = f"tcp dport != {{ {', '.join(map(str, port.listens))} }} " if port.listens else ""
            yield f"    {ports}{drop('NOSVC', port.name, '-')}"
            yield f"    meta l4proto != tcp {drop('NOSVC', port.name, '-')}"
        elif port.service in ("outbound", "down"):
            yield f"    {drop('NOSVC', port.name, '-')}"
        if port.filters_nothing:
            yield "    accept"

    def _borders(self, port: Port, subnet: Subnet) -> Iterator[str]:
        """ACLs act where a packet leaves or enters the subnet, never inside it (ACL-04)."""
        for way, field in (("o", "daddr"), ("i", "saddr")):
            yield f"  chain b{way}_{port.name} {{"
            for family, blocks in by_family(subnet.blocks):
                yield f"    {family} {field} {{ {', '.join(blocks)} }} return"
            if way == "i":
                # From a gateway whose attachment stands in this very subnet nothing is tested (ACL-10).
                yield from (
                    f'    iifname "{link}" return'
                    for label, link, attached in self.crossings
                    if label == subnet.label == attached
                )
            if subnet.acl:
                yield f"    jump {subnet.acl}{way}"
            yield "  }"
        yield from self._crossings(port, subnet)

    def _crossings(self, port: Port, subnet: Subnet) -> Iterator[str]:
        """The ACL of the attachment's subnet: in as a packet goes to the gateway, out as it comes (ACL-10)."""
        yield f"  chain xo_{port.name} {{"
        for label, link, attached in self.crossings:
            acl = self._acl_of(attached)
            if label == subnet.label and acl:
                yield f'    oifname "{link}" jump {acl}i'
        yield "  }"
        yield f"  chain xi_{port.name} {{"
        for label, link, attached in self.crossings:
            acl = self._acl_of(attached)
            if label == subnet.label and attached != label and acl:
                yield f'    iifname "{link}" jump {acl}o'
        yield "  }"

    def _acl_of(self, subnet_id: str) -> str:
        subnet = self.subnets.get(subnet_id)
        return subnet.acl if subnet is not None else ""

    # --- phases

    def _base(self) -> Iterator[str]:
        marks = [f'"{each.name}" : {self.subnets[each.subnet].number}' for each in self.ports]
        if not marks:
            return
        yield f"  map mark_of {{ type ifname : mark; elements = {{ {', '.join(marks)} }}; }}"
        local = "fib daddr type local accept"
        for name, hook, priority, body in (
            ("p_mark", "prerouting", -150, ["meta mark set iifname map @mark_of"]),
            ("p_sgout", "prerouting", -140, [local, f"iifname vmap {{ {self._jumps('so_')} }}"]),
            ("p_naclout", "prerouting", -130, [local, f"iifname vmap {{ {self._jumps('bo_')} }}"]),
            ("i_stranger", "input", 0, list(self._strangers())),
            ("f_route", "forward", 10, [f'oifname "{NOWHERE}" {drop("NOROUTE", "-", "-")}']),
            ("f_transit", "forward", 20, list(self._transit())),
            (
                "f_gateway",
                "forward",
                25,
                [f"iifname vmap {{ {self._jumps('xo_')} }}", f"oifname vmap {{ {self._jumps('xi_')} }}"],
            ),
            ("f_naclin", "forward", 30, [f"oifname vmap {{ {self._jumps('bi_')} }}"]),
            ("f_sgin", "forward", 40, [f"oifname vmap {{ {self._jumps('si_')} }}"]),
            (
                "f_flow",
                "forward",
                90,
                [
                    f"ct state new oifname vmap {{ {self._jumps('fl_')} }}",
                    f'ct state new log prefix "ACCEPT - -" group {LOG_GROUP}',
                ],
            ),
        ):
            yield f"  chain {name} {{"
            yield f"    type filter hook {hook} priority {priority}; policy accept;"
            yield from (f"    {line}" for line in body)
            yield "  }"

    def _jumps(self, prefix: str) -> str:
        return ", ".join(f'"{each.name}" : jump {prefix}{each.name}' for each in self.ports)

    def _strangers(self) -> Iterator[str]:
        """A VPC's resolver answers its own hosts alone; what comes to it by a link is lost (DNS-03, PCX-12)."""
        for link in self.links:
            yield f'iifname "{link.name}" meta l4proto {{ tcp, udp }} {drop("NOSVC", "-", "-")}'

    def _transit(self) -> Iterator[str]:
        """A peering carries packets of its two VPCs only; a gateway carries whatever it has a route for."""
        for link in self.links:
            if not link.carries_ipv6:
                lost = drop("TRANSIT", link.name, "-")
                yield from (f'{way} "{link.name}" meta nfproto ipv6 {lost}' for way in ("iifname", "oifname"))
            if not link.label.startswith("pcx-"):
                continue
            far = 1 if link.sides[0] == self.router.name else 0
            for family, blocks in by_family(link.blocks[far]):
                lost = drop("TRANSIT", link.name, "-")
                yield f'iifname "{link.name}" {family} saddr != {{ {", ".join(blocks)} }} {lost}'
                yield f'oifname "{link.name}" {family} daddr != {{ {", ".join(blocks)} }} {lost}'
