"""A second opinion on the packet path: slow, plain, written from the rules alone.

It shares nothing with the engine but the facts. Addresses are `ipaddress` objects, port sets are sets of sample
ports, routes are searched one by one, and what AWS leaves open is tried in every way. It knows what the random
estates of `random_estates.py` contain and nothing else: one Region, IPv4, peerings, one or two transit gateways.

Where the rules name no code, it takes the product's: a route that leads elsewhere although a wider one would have
led there is `MORE_SPECIFIC_ROUTE`, a reply by another peering is `RETURN_ROUTE_MISMATCH` (RCH-03).
"""

import ipaddress
from itertools import product
from typing import Any, NamedTuple

from narrowgate.model.snapshot import Snapshot

Address = ipaddress.IPv4Address
MIDDLEBOXES = ("eni-", "nat-", "vpce-")
LEADS_ELSEWHERE = {
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
    "TGW_RTB_BAD_STATE_ROUTE",
    "TGW_RTB_CANNOT_ROUTE",
    "UNASSOCIATED_COMPONENT",
    "OVERLAPPING_CIDRS",
    "CANNOT_ROUTE",
}


class Finding(NamedTuple):
    """Something that is wrong (or unknown) on the way."""

    kind: str
    leg: str
    reason: str
    resource: str | None


class End(NamedTuple):
    """An interface."""

    id: str
    ip: Address
    vpc: str
    subnet: str
    groups: tuple[str, ...]


class Path(NamedTuple):
    """One leg's outcome: what went wrong, where the packet came out, by what, and which ports are left."""

    findings: list[Finding]
    vpc: str | None
    by: tuple[str, ...]
    ports: frozenset[int]


def net(text: str) -> ipaddress.IPv4Network:
    return ipaddress.ip_network(text, strict=False)  # type: ignore[return-value]


class Naive:
    """The rules, read off one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.facts = snapshot.facts

    # ------------------------------------------------------------------ the question

    def reach(
        self, client: str, target: str, protocol: str, port: int, client_ports: tuple[int, int]
    ) -> tuple[str, Finding | None]:
        """RCH-01: verdict and first cause between two interfaces."""
        c, t = self.end(client), self.end(target)
        outcomes = [self._one_world(c, t, protocol, port, client_ports, (0, 0))]
        if outcomes[0][2]:
            every_pick = product(range(2), range(2))
            outcomes += [self._one_world(c, t, protocol, port, client_ports, picks) for picks in every_pick]
        verdicts = {verdict for verdict, _, _ in outcomes}
        if len(verdicts) == 1:
            return outcomes[0][0], outcomes[0][1]
        if "unknown" in verdicts:
            return "unknown", None
        table = next(conflict for _, _, conflicts in outcomes for conflict in conflicts)
        return "indeterminate", Finding("indeterminate", table[0], "PREFIX_LIST_CONFLICT", table[1])

    def _one_world(
        self,
        c: End,
        t: End,
        protocol: str,
        port: int,
        client_ports: tuple[int, int],
        picks: tuple[int, int],
    ) -> tuple[str, Finding | None, list[tuple[str, str]]]:
        conflicts: list[tuple[str, str]] = []
        there = self.walk("forward", c, t, protocol, frozenset([port]), picks[0], conflicts)
        findings = list(self.client_side(c))
        findings += self.groups("egress", c, t, protocol, port, there)
        findings += there.findings
        findings += self.target_side(t)
        findings += self.groups("ingress", t, c, protocol, port, there)
        findings += self.listens(t, protocol, port)
        samples = self.sample_ports(client_ports)
        back = self.walk("return", t, c, protocol, samples, picks[1], conflicts, there.by)
        findings += back.findings
        for kind in ("invalid", "denied", "unknown", "partial"):
            found = [each for each in findings if each.kind == kind]
            if found:
                return kind, None if kind == "unknown" else found[0], conflicts
        return "allowed", None, conflicts

    # ------------------------------------------------------------------ ends

    def end(self, interface_id: str) -> End:
        fact = self.facts.network_interfaces[interface_id]
        return End(
            interface_id,
            ipaddress.IPv4Address(fact.private_ip_address),
            fact.vpc_id or "",
            fact.subnet_id or "",
            tuple(group.group_id for group in fact.groups),  # type: ignore[union-attr]
        )

    def endpoint_of(self, interface_id: str) -> Any:
        for endpoint in self.facts.vpc_endpoints.values():
            if interface_id in (endpoint.network_interface_ids or ()):
                return endpoint
        return None

    def client_side(self, c: End) -> list[Finding]:
        endpoint = self.endpoint_of(c.id)
        if endpoint:
            return [Finding("denied", "forward", "VPCE_INTRA_VPC_TRAFFIC", endpoint.vpc_endpoint_id)]
        return []

    def target_side(self, t: End) -> list[Finding]:
        endpoint = self.endpoint_of(t.id)
        if endpoint and endpoint.state.lower() not in ("available", "partial"):
            return [Finding("denied", "forward", "BAD_STATE", endpoint.vpc_endpoint_id)]
        return []

    def listens(self, t: End, protocol: str, port: int) -> list[Finding]:
        endpoint = self.endpoint_of(t.id)
        if not endpoint:
            return []
        if protocol != "tcp":
            return [Finding("denied", "forward", "PROTOCOL_RESTRICTION", endpoint.vpc_endpoint_id)]
        if port != 443:
            return [Finding("denied", "forward", "NOTHING_LISTENS", endpoint.vpc_endpoint_id)]
        return []

    # ------------------------------------------------------------------ security groups

    def groups(self, way: str, own: End, other: End, protocol: str, port: int, there: Path) -> list[Finding]:
        """SG-01: one matching rule of any group admits."""
        resource = own.groups[0] if len(own.groups) == 1 else own.id
        obstacles, unknown, count = [], False, 0
        for group_id in own.groups:
            group = self.facts.security_groups.get(group_id)
            if group is None:
                unknown, count = True, count + 1
                continue
            rules = group.ip_permissions_egress if way == "egress" else group.ip_permissions
            for rule in rules:  # type: ignore[union-attr]
                count += 1
                if not self.rule_covers(rule, protocol, port):
                    continue
                if any(other.ip in net(each.cidr_ip) for each in rule.ip_ranges):
                    return []
                for each in rule.prefix_list_ids:
                    entries = self.facts.prefix_list_entries[each.prefix_list_id]
                    if any(other.ip in net(entry.cidr) for entry in entries):
                        return []
                for pair in rule.user_id_group_pairs:
                    if pair.group_id in other.groups:
                        answer = self.reference(way, own, other, there)
                        if answer == "yes":
                            return []
                        if answer == "unknown":
                            unknown = True
                        else:
                            obstacles.append(answer)
        if unknown:
            return [Finding("unknown", "forward", "", resource)]
        reason = "ENI_SG_RULES_MISMATCH" if count else "SG_HAS_NO_RULES"
        return [Finding("denied", "forward", obstacles[0] if obstacles else reason, resource)]

    def rule_covers(self, rule: Any, protocol: str, port: int) -> bool:
        """SG-03."""
        if rule.ip_protocol == "-1":
            return True
        return rule.ip_protocol == protocol and rule.from_port <= port <= rule.to_port

    def reference(self, way: str, own: End, other: End, there: Path) -> str:
        """SG-09: same VPC yes, peering yes (an endpoint: undocumented), gateway only inbound and switched on."""
        if own.vpc == other.vpc:
            return "yes"
        if there.by in ((), ("local",)):
            return "unknown"
        if there.by[0].startswith("pcx-"):
            endpoint = other if way == "egress" else own
            return "unknown" if self.endpoint_of(endpoint.id) else "yes"
        if way == "egress" or self.endpoint_of(own.id):
            return "SG_REFERENCES_NOT_PRESERVED"
        gateway = self.facts.transit_gateways[there.by[0]]
        settings = [gateway.options.security_group_referencing_support]
        for attachment_id in there.by[1:]:
            attachment = self.facts.transit_gateway_vpc_attachments[attachment_id]
            settings.append(attachment.options.security_group_referencing_support)  # type: ignore[union-attr]
        return "yes" if all(each == "enable" for each in settings) else "SG_REFERENCING_SUPPORT"

    # ------------------------------------------------------------------ network ACLs

    def acl_of(self, subnet: str) -> Any:
        for acl in self.facts.network_acls.values():
            if any(each.subnet_id == subnet for each in acl.associations):
                return acl
        raise AssertionError(subnet)

    def acl_passes(self, acl: Any, egress: bool, peer: Address, protocol: str, port: int) -> bool:
        """ACL-02: the lowest number that matches decides; nothing matches: deny."""
        number = {"tcp": "6", "udp": "17"}[protocol]
        for entry in sorted(acl.entries, key=lambda each: each.rule_number):
            if entry.egress != egress or entry.cidr_block is None or peer not in net(entry.cidr_block):
                continue
            if entry.protocol == "-1":
                return bool(entry.rule_action == "allow")
            if entry.protocol == number and entry.port_range.from_port <= port <= entry.port_range.to_port:
                return bool(entry.rule_action == "allow")
        return False

    def cross(
        self, leg: str, subnet: str, egress: bool, peer: Address, protocol: str, ports: frozenset[int]
    ) -> tuple[list[Finding], frozenset[int]]:
        """ACL-07: all ports pass, none, or some."""
        acl = self.acl_of(subnet)
        passed = frozenset(port for port in ports if self.acl_passes(acl, egress, peer, protocol, port))
        if passed == ports:
            return [], ports
        if not passed:
            return [Finding("denied", leg, "SUBNET_ACL_RESTRICTION", acl.network_acl_id)], ports
        return [Finding("partial", leg, "ACL_EPHEMERAL_PARTIAL", acl.network_acl_id)], passed

    def sample_ports(self, client_ports: tuple[int, int]) -> frozenset[int]:
        """Every port at which some ACL entry changes its mind, and both ends of the client's range."""
        first, last = client_ports
        edges = {first, last}
        for acl in self.facts.network_acls.values():
            for entry in acl.entries:  # type: ignore[union-attr]
                if entry.port_range is not None:
                    low, high = entry.port_range.from_port or 0, entry.port_range.to_port or 0
                    edges |= {low - 1, low, high, high + 1}
        return frozenset(port for port in edges if first <= port <= last)

    # ------------------------------------------------------------------ routes

    def blocks(self, vpc: str) -> list[ipaddress.IPv4Network]:
        return [net(each.cidr_block) for each in self.facts.vpcs[vpc].cidr_block_association_set]

    def table_of(self, subnet: str) -> Any:
        """NET-01."""
        vpc = self.facts.subnets[subnet].vpc_id
        main = None
        for table in self.facts.route_tables.values():
            for each in table.associations:  # type: ignore[union-attr]
                if each.subnet_id == subnet:
                    return table
                if each.main and table.vpc_id == vpc:
                    main = table
        return main

    def matching(self, table: Any, ip: Address) -> list[tuple[int, int, str, str]]:
        """(prefix length, priority, target, state) of every route that covers the address, best first."""
        own = self.blocks(table.vpc_id)
        is_inside = any(ip in block for block in own)
        listed = [route.destination_cidr_block for route in table.routes]
        found = [
            (block.prefixlen, 0, "local", "active") for block in own if ip in block and str(block) not in listed
        ]
        for route in table.routes:
            target = (
                route.vpc_peering_connection_id
                or route.transit_gateway_id
                or route.network_interface_id
                or route.gateway_id
            )
            if route.destination_prefix_list_id:
                entries = self.facts.prefix_list_entries[route.destination_prefix_list_id]
                covering = [net(entry.cidr) for entry in entries if ip in net(entry.cidr)]
                found += [(block.prefixlen, 1, target, route.state) for block in covering]
            elif ip in net(route.destination_cidr_block):
                is_propagated = route.origin == "EnableVgwRoutePropagation"
                if is_propagated and is_inside:
                    continue  # NET-07
                found.append(
                    (net(route.destination_cidr_block).prefixlen, 2 if is_propagated else 0, target, route.state)
                )
        return sorted(found, key=lambda each: (-each[0], each[1]))

    def walk(
        self,
        leg: str,
        a: End,
        b: End,
        protocol: str,
        ports: frozenset[int],
        pick: int,
        conflicts: list[tuple[str, str]],
        came_by: tuple[str, ...] = (),
    ) -> Path:
        """One direction, RCH-01 steps 2 to 6."""
        if a.subnet == b.subnet:
            return Path([], b.vpc, ("same",), ports)
        findings, ports = self.cross(leg, a.subnet, True, b.ip, protocol, ports)
        table = self.table_of(a.subnet)
        matches = self.matching(table, b.ip)
        if not matches:
            findings.append(Finding("denied", leg, "NO_ROUTE_TO_DESTINATION", table.route_table_id))
            return self.enter(leg, a, b, protocol, Path(findings, None, (), ports))
        best = [each for each in matches if each[:2] == matches[0][:2]]
        targets = list(dict.fromkeys(each[2] for each in best))
        if len(targets) > 1:
            conflicts.append((leg, table.route_table_id))
        wanted = targets[min(pick, len(targets) - 1)]
        chosen = next(each for each in best if each[2] == wanted)
        if chosen[3] != "active":
            findings.append(Finding("denied", leg, "BAD_STATE_ROUTE", table.route_table_id))
            return self.enter(leg, a, b, protocol, Path(findings, None, (), ports))
        if self.is_refused(table, chosen, b.ip):
            findings.append(Finding("invalid", "config", "INVALID_ROUTE", table.route_table_id))
            return self.enter(leg, a, b, protocol, Path(findings, None, (), ports))
        beyond = self.follow(leg, a, b, chosen[2], protocol, ports)
        wrong = self.wrong_way(leg, a, b, table, matches, chosen, beyond, protocol, came_by, ports)
        findings += [*wrong, *beyond.findings]
        return self.enter(leg, a, b, protocol, Path(findings, beyond.vpc, beyond.by, beyond.ports))

    def is_refused(self, table: Any, chosen: tuple[int, int, str, str], ip: Address) -> bool:
        """NET-06: inside the own block only to a middlebox, and only for exactly one subnet."""
        block = net(f"{ip}/{chosen[0]}")
        if (
            chosen[2] == "local"
            or chosen[1] == 2
            or not any(block.subnet_of(own) for own in self.blocks(table.vpc_id))
        ):
            return False
        if not chosen[2].startswith(MIDDLEBOXES):
            return True
        subnets = [net(each.cidr_block) for each in self.facts.subnets.values() if each.vpc_id == table.vpc_id]  # type: ignore[arg-type]
        return block not in subnets and block not in self.blocks(table.vpc_id)

    def follow(self, leg: str, a: End, b: End, target: str, protocol: str, ports: frozenset[int]) -> Path:
        if target == "local":
            return Path([], a.vpc, ("local",), ports)
        if target.startswith("pcx-"):
            return self.peering(leg, a, b, target, ports)
        if target.startswith("tgw-"):
            return self.gateway(leg, a, b, target, protocol, ports)
        if target.startswith("eni-"):
            fact = self.facts.network_interfaces.get(target)
            if fact and fact.source_dest_check and fact.private_ip_address != str(b.ip):
                return Path([Finding("denied", leg, "ENI_SOURCE_DEST_CHECK_RESTRICTION", target)], None, (), ports)
        return Path([Finding("unknown", leg, "", target)], None, (), ports)

    def peering(self, leg: str, a: End, b: End, target: str, ports: frozenset[int]) -> Path:
        """PCX-01, PCX-04, PCX-06."""
        connection = self.facts.vpc_peering_connections[target]
        sides = [connection.requester_vpc_info.vpc_id, connection.accepter_vpc_info.vpc_id]
        if a.vpc not in sides:
            return Path([Finding("invalid", "config", "INVALID_ROUTE", target)], None, (), ports)
        other = sides[1] if sides[0] == a.vpc else sides[0]
        assert other is not None
        findings = []
        if connection.status.code != "active":
            findings.append(Finding("denied", leg, "BAD_STATE", target))
        elif leg == "forward" and any(
            mine.overlaps(theirs) for mine in self.blocks(a.vpc) for theirs in self.blocks(other)
        ):
            findings.append(Finding("invalid", "config", "OVERLAPPING_CIDRS", target))
        if not any(b.ip in block for block in self.blocks(other)):
            findings.append(Finding("denied", leg, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", target))
            return Path(findings, None, (), ports)
        return Path(findings, other, (target,), ports)

    def wrong_way(
        self,
        leg: str,
        a: End,
        b: End,
        table: Any,
        matches: list[tuple[int, int, str, str]],
        chosen: tuple[int, int, str, str],
        beyond: Path,
        protocol: str,
        came_by: tuple[str, ...],
        ports: frozenset[int],
    ) -> list[Finding]:
        """The route leads to another VPC, or to nothing, for want of a better one or although there is one."""
        stopped = [each for each in beyond.findings if each.kind in ("denied", "invalid")]
        is_elsewhere = beyond.vpc is not None and beyond.vpc != b.vpc
        if not is_elsewhere and not (stopped and stopped[0].reason in LEADS_ELSEWHERE):
            return []
        own = table.route_table_id
        if is_elsewhere and leg == "return" and beyond.by[0].startswith("pcx-") and beyond.by[:1] != came_by[:1]:
            return [Finding("denied", leg, "RETURN_ROUTE_MISMATCH", own)]
        best = [each for each in matches if each[:2] == chosen[:2]]
        for other in matches:
            if other in best or other[3] != "active" or self.is_refused(table, other, b.ip):
                continue
            trial = self.follow(leg, a, b, other[2], protocol, ports)
            if trial.vpc == b.vpc and not any(each.kind in ("denied", "invalid") for each in trial.findings):
                reason = "HIGHER_PRIORITY_ROUTE" if other[0] == chosen[0] else "MORE_SPECIFIC_ROUTE"
                return [Finding("denied", leg, reason, own)]
        if not is_elsewhere or stopped:
            return []
        reason = "VPC_LOCAL_ROUTE_CIDR_RESTRICTION" if beyond.by == ("local",) else "CANNOT_ROUTE"
        return [Finding("denied", leg, reason, own)]

    # ------------------------------------------------------------------ transit gateways

    def zone(self, subnet: str) -> str | None:
        return self.facts.subnets[subnet].availability_zone_id

    def gateway(self, leg: str, a: End, b: End, gateway_id: str, protocol: str, ports: frozenset[int]) -> Path:
        """TGW-01 to TGW-06 and the sender's half of ACL-10."""
        findings: list[Finding] = []
        if self.facts.transit_gateways[gateway_id].state != "available":
            findings.append(Finding("denied", leg, "BAD_STATE", gateway_id))
        mine = next(
            (
                each
                for each in self.facts.transit_gateway_vpc_attachments.values()
                if each.vpc_id == a.vpc and each.transit_gateway_id == gateway_id
            ),
            None,
        )
        if mine is None:
            findings.append(Finding("denied", leg, "UNASSOCIATED_COMPONENT", gateway_id))
            return Path(findings, None, (), ports)
        own_id = mine.transit_gateway_attachment_id
        if mine.state != "available":
            findings.append(Finding("denied", leg, "BAD_STATE_ATTACHMENT", own_id))
        entry = [each for each in mine.subnet_ids if self.zone(each) == self.zone(a.subnet)]  # type: ignore[union-attr]
        if a.subnet in mine.subnet_ids:  # type: ignore[operator]
            entry = [a.subnet]
        if entry:
            found, ports = self.cross(leg, entry[0], False, a.ip, protocol, ports)
            findings += found
        else:
            findings.append(Finding("denied", leg, "TGW_ROUTE_AZ_RESTRICTION", own_id))
        table = self.associated(own_id)
        if table is None:
            findings.append(Finding("denied", leg, "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", own_id))
            return Path(findings, None, (), ports)
        return self.gateway_route(leg, b, gateway_id, own_id, table, findings, ports)

    def associated(self, attachment_id: str) -> str | None:
        for table, associations in self.facts.transit_gateway_associations.items():
            if any(each.transit_gateway_attachment_id == attachment_id for each in associations):
                return table
        return None

    def gateway_route(
        self,
        leg: str,
        b: End,
        gateway_id: str,
        own_id: str,
        table: str,
        findings: list[Finding],
        ports: frozenset[int],
    ) -> Path:
        routes = [
            route
            for query in self.facts.transit_gateway_route_queries[table]
            for route in query.routes
            if b.ip in net(route.destination_cidr_block or "")
        ]
        routes.sort(key=lambda each: (-net(each.destination_cidr_block or "").prefixlen, each.type != "static"))
        if not routes:
            findings.append(Finding("denied", leg, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", table))
            return Path(findings, None, (), ports)
        best = routes[0]
        if best.state != "active":
            findings.append(Finding("denied", leg, "TGW_RTB_BAD_STATE_ROUTE", table))
            return Path(findings, None, (), ports)
        there = self._attached(best)
        if there.vpc_id != b.vpc:
            findings.append(Finding("denied", leg, self._wrong_attachment(routes, b, there.vpc_id), table))
        if there.state != "available":
            findings.append(Finding("denied", leg, "BAD_STATE_ATTACHMENT", there.transit_gateway_attachment_id))
        by = (gateway_id, own_id, there.transit_gateway_attachment_id)
        return Path(findings, there.vpc_id, by, ports)

    def _attached(self, route: Any) -> Any:
        attachment_id = route.transit_gateway_attachments[0].transit_gateway_attachment_id
        return self.facts.transit_gateway_vpc_attachments[attachment_id]

    def _wrong_attachment(self, routes: list[Any], b: End, got: str) -> str:
        length = net(routes[0].destination_cidr_block).prefixlen
        for other in routes[1:]:
            if other.state == "active" and self._attached(other).vpc_id == b.vpc:
                is_same = net(other.destination_cidr_block).prefixlen == length
                return "TGW_RTB_HIGHER_PRIORITY_ROUTE" if is_same else "TGW_RTB_MORE_SPECIFIC_ROUTE"
        if any(b.ip in block for block in self.blocks(got)):
            return "OVERLAPPING_CIDRS"
        return "TGW_RTB_CANNOT_ROUTE"

    # ------------------------------------------------------------------ into the receiver's subnet

    def enter(self, leg: str, a: End, b: End, protocol: str, so_far: Path) -> Path:
        """The receiver's border; a gateway's interface in the receiver's own subnet delivers untested (ACL-10)."""
        findings, ports = list(so_far.findings), so_far.ports
        if so_far.vpc is not None and so_far.vpc != b.vpc:
            return so_far
        if so_far.vpc is None:
            attached = [
                each for each in self.facts.transit_gateway_vpc_attachments.values() if each.vpc_id == b.vpc
            ]
            if any(b.subnet in each.subnet_ids for each in attached):  # type: ignore[operator]
                return so_far
        if so_far.by and so_far.by[0].startswith("tgw-"):
            found, ports = self.delivered(leg, a, b, protocol, so_far)
        else:
            found, ports = self.cross(leg, b.subnet, False, a.ip, protocol, ports)
        return Path(findings + found, so_far.vpc, so_far.by, ports)

    def delivered(
        self, leg: str, a: End, b: End, protocol: str, so_far: Path
    ) -> tuple[list[Finding], frozenset[int]]:
        attachment = self.facts.transit_gateway_vpc_attachments[so_far.by[2]]
        subnets = list(attachment.subnet_ids)  # type: ignore[arg-type]
        is_appliance = attachment.options.appliance_mode_support == "enable"  # type: ignore[union-attr]
        if not is_appliance:
            near = [each for each in subnets if self.zone(each) == self.zone(a.subnet)]
            subnets = near or subnets
        outcomes = []
        for subnet in subnets:
            if subnet == b.subnet:
                outcomes.append(([], so_far.ports))
                continue
            out, ports = self.cross(leg, subnet, True, b.ip, protocol, so_far.ports)
            matches = self.matching(self.table_of(subnet), b.ip)
            if matches[0][2] != "local":
                out = [*out, Finding("unknown", leg, "", subnet)]
            into, ports = self.cross(leg, b.subnet, False, a.ip, protocol, ports)
            outcomes.append(([*out, *into], ports))
        order = ["allowed", "partial", "unknown", "denied"]
        ranks = [max((order.index(each.kind) for each in findings), default=0) for findings, _ in outcomes]
        worst = ranks.index(max(ranks))
        findings, ports = outcomes[worst]
        if ranks[worst] == 3 and 2 in ranks:
            # Which of the subnets delivers nobody knows: a refusal beside what is not known is no denial.
            return outcomes[ranks.index(2)]
        if ranks[worst] == 3 and 0 in ranks:
            findings = [each._replace(kind="partial") if each.kind == "denied" else each for each in findings]
            ports = so_far.ports
        return findings, ports
