"""Planted faults: which route, which ACL entry, which group decides."""

from typing import Any

from tests.differential.lab_mutants import Mutant, Patch, replace

from narrowgate.engine.network import (
    departure,
    network_acls,
    path,
    peering,
    references,
    replies,
    routing,
    security_groups,
    transit_gateway,
    transit_gateway_attachments,
    transit_gateway_routes,
)
from narrowgate.engine.network.delivery import _from_attachment
from narrowgate.engine.network.route_lookup import CompiledTable, Lookup, Origin
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Leg, Verdict


def _shortest_prefix(patch: Patch) -> None:
    made = CompiledTable.__init__

    def wrong(self: Any, *arguments: Any) -> None:
        made(self, *arguments)
        self._by_length = sorted(self._by_length, key=lambda each: each[0][1])

    patch.setattr(CompiledTable, "__init__", wrong)


def _blackholes_lead(patch: Patch) -> None:
    replace(patch, routing._state, lambda snapshot, route, target: "active")
    true = transit_gateway._follow

    def wrong(snapshot: Any, packet: Any, steps: Any, hop: Any, found: Any, at: Any) -> Any:
        good = tuple(each for each in found.matches if each.state == "active" and each.attachments)
        return true(snapshot, packet, steps, hop, found._replace(matches=good or found.matches), at)

    replace(patch, transit_gateway._follow, wrong)


def _blackholes_are_passed_over(patch: Patch) -> None:
    true = CompiledTable._look

    def wrong(self: Any, address: Any) -> Lookup:
        found = true(self, address)
        if found.chosen and found.chosen[0].state != "active":
            better = tuple(each for each in found.rejected if each.state == "active")
            return found._replace(chosen=better[:1], rejected=better[1:])
        return found

    patch.setattr(CompiledTable, "_look", wrong)


def _no_return_route(patch: Patch) -> None:
    replace(patch, replies.walk_back, lambda *_: [])


def _lists_before_routes(patch: Patch) -> None:
    order = {Origin.STATIC: 1, Origin.PREFIX_LIST: 0, Origin.PROPAGATED: 2}
    made = CompiledTable.__init__

    def wrong(self: Any, table: Any, candidates: Any, *others: Any) -> None:
        made(self, table, candidates, *others)
        for _, by_first in self._by_length:
            for group in by_first.values():
                group.sort(key=lambda each: order[each.origin])

    patch.setattr(CompiledTable, "__init__", wrong)


def _propagated_beats_local(patch: Patch) -> None:
    made = CompiledTable.__init__

    def wrong(self: Any, table: Any, candidates: Any, unread: Any, blocks: Any) -> None:
        made(self, table, candidates, unread, ())

    patch.setattr(CompiledTable, "__init__", wrong)


def _main_table_always(patch: Patch) -> None:
    true = routing._find

    def wrong(snapshot: Any, subnet_id: str) -> Any:
        vpc = snapshot.facts.subnets[subnet_id].vpc_id
        for each in snapshot.facts.route_tables.values():
            if each.vpc_id == vpc and any(one.main for one in each.associations):
                return routing._table(snapshot, each.route_table_id)
        return true(snapshot, subnet_id)

    replace(patch, routing._find, wrong)


def _any_state_of_peering(patch: Patch) -> None:
    _blackholes_lead(patch)
    true = peering._state

    def wrong(snapshot: Any, leg: Any, connection: Any) -> Any:
        step = true(snapshot, leg, connection)
        return peering.At(leg, "vpc_peering_connection", step.component, "PCX-01").passes("carries")

    replace(patch, peering._state, wrong)


def _no_zones_at_gateways(patch: Patch) -> None:
    true = transit_gateway_attachments.entry

    def wrong(snapshot: Any, packet: Any, sender: Any, attachment: Any) -> Any:
        step, subnets = true(snapshot, packet, sender, attachment)
        if step.verdict is not Verdict.DENIED:
            return step, subnets
        at = transit_gateway_attachments.At(packet.leg, step.layer, step.component, "TGW-02")
        return at.passes("enters anywhere"), attachment.subnet_ids[:1]

    replace(patch, transit_gateway_attachments.entry, wrong)


def _one_table_of_gateways(patch: Patch) -> None:
    def wrong(snapshot: Any, gateway_id: str, attachment_id: str) -> str:
        tables = snapshot.facts.transit_gateway_route_tables
        return next(
            own for own, each in sorted(tables.items()) if each.default_association_route_table is not False
        )

    replace(patch, transit_gateway_routes.associated_table, wrong)


def _propagated_first_at_gateways(patch: Patch) -> None:
    true = transit_gateway_routes.GatewayRoute.priority.fget

    def wrong(self: Any) -> Any:
        return tuple(-each for each in true(self))

    patch.setattr(transit_gateway_routes.GatewayRoute, "priority", property(wrong))


def _gateways_carry_ipv6(patch: Patch) -> None:
    replace(patch, transit_gateway_attachments.family_steps, lambda *_: [])


def _entries_backwards(patch: Patch) -> None:
    true = network_acls._ordered

    def wrong(entries: Any, *, is_egress: bool) -> Any:
        found = true(entries, is_egress=is_egress)
        own = [each for each in found if each.number < 32767]
        return (*reversed(own), *(each for each in found if each.number >= 32767))

    replace(patch, network_acls._ordered, wrong)


def _acls_keep_state(patch: Patch) -> None:
    true = network_acls.check_acl

    def wrong(snapshot: Any, packet: Any, subnet_id: Any, **options: Any) -> Any:
        if packet.leg is Leg.RETURN:
            at = network_acls.At(packet.leg, "network_acl", subnet_id, "ACL-03")
            return at.passes("a reply"), packet.ports
        return true(snapshot, packet, subnet_id, **options)

    replace(patch, network_acls.check_acl, wrong)


def _replies_to_the_service_port(patch: Patch) -> None:
    replace(patch, replies.reply_ports, lambda is_translated, ports: IntervalSet([(443, 443)]))


def _acls_inside_subnets(patch: Patch) -> None:
    true = path.travel

    def wrong(router: Any, packet: Any, sender: Any, receiver: Any, *others: Any) -> Any:
        arrival = true(router, packet, sender, receiver, *others)
        if receiver is not None and sender.subnet_id == receiver.subnet_id and sender.subnet_id is not None:
            for is_egress in (True, False):
                step, _ = network_acls.check_acl(router.snapshot, packet, sender.subnet_id, is_egress=is_egress)
                arrival.steps.append(step)
        return arrival

    replace(patch, path.travel, wrong)


def _acls_of_gateways_skipped(patch: Patch) -> None:
    true = _from_attachment

    def wrong(snapshot: Any, packet: Any, subnet_id: str, receiver: Any) -> Any:
        steps, ports = true(snapshot, packet, subnet_id, receiver)
        return steps[-1:] if len(steps) > 1 else steps, ports

    replace(patch, _from_attachment, wrong)


def _default_acl_always(patch: Patch) -> None:
    replace(patch, network_acls._acl_of_subnet, lambda snapshot: {})


def _no_egress(patch: Patch) -> None:
    true = security_groups.check_security_groups

    def wrong(snapshot: Any, flow: Any, subject: Any, peer: Any, direction: Any, carriage: Any) -> Any:
        if direction is security_groups.Direction.EGRESS:
            return security_groups.At(Leg.FORWARD, "security_group", subject.component, "SG-01").passes("out")
        return true(snapshot, flow, subject, peer, direction, carriage)

    replace(patch, security_groups.check_security_groups, wrong)


def _groups_without_state(patch: Patch) -> None:
    true = path._at_target

    def wrong(snapshot: Any, flow: Any, there: Any, target: Any, seen_as: Any) -> Any:
        steps = true(snapshot, flow, there, target, seen_as)
        back = flow._replace(port=flow.client_ports[0])
        egress = security_groups.Direction.EGRESS
        steps.append(
            security_groups.check_security_groups(snapshot, back, target, seen_as, egress, there.carriage)
        )
        return steps

    replace(patch, path._at_target, wrong)


def _first_group_only(patch: Patch) -> None:
    true = security_groups._try_groups
    replace(patch, true, lambda ask, groups: true(ask, groups[:1]))


def _first_rule_only(patch: Patch) -> None:
    true = security_groups.group_rules

    def wrong(snapshot: Any, group_id: str, direction: Any) -> Any:
        found = true(snapshot, group_id, direction)
        return found[:1] if isinstance(found, tuple) else found

    replace(patch, true, wrong)


def _references_never(patch: Patch) -> None:
    replace(patch, security_groups._try_reference, lambda ask, pair: security_groups._Trial())


def _references_everywhere(patch: Patch) -> None:
    replace(patch, references.carries_reference, lambda *_: references.Carried.YES)


def _group_ports_ignored(patch: Patch) -> None:
    true = security_groups._try_rule
    replace(patch, true, lambda ask, rule: true(ask, rule._replace(ports=(0, 65535))))


def _group_protocol_ignored(patch: Patch) -> None:
    true = security_groups._try_rule
    replace(patch, true, lambda ask, rule: true(ask, rule._replace(protocol=ask.flow.protocol)))


def _endpoints_serve_every_port(patch: Patch) -> None:
    replace(patch, path.check_listening, lambda *_: [])


def _endpoints_in_every_state(patch: Patch) -> None:
    replace(patch, path.check_target, lambda *_: [])


def _overlaps_found_by_address(patch: Patch) -> None:
    """The interface that is meant is taken for the one that the route leads to."""
    patch.setattr(departure.Router, "_wrong_way", lambda *_: None)


MUTANTS = (
    Mutant("route", "the shortest prefix wins", _shortest_prefix),
    Mutant("route", "blackholes carry packets", _blackholes_lead),
    Mutant("route", "a wider route stands in for a blackhole", _blackholes_are_passed_over),
    Mutant("route", "the reply needs no route", _no_return_route),
    Mutant("route", "prefix lists before static routes", _lists_before_routes),
    Mutant("route", "propagated routes beat local", _propagated_beats_local),
    Mutant("route", "the main table for every subnet", _main_table_always),
    Mutant("route", "a peering in any state carries", _any_state_of_peering),
    Mutant("route", "routes to the wrong VPC are right", _overlaps_found_by_address),
    Mutant("transit gateway", "entered from every zone", _no_zones_at_gateways),
    Mutant("transit gateway", "one table for all attachments", _one_table_of_gateways),
    Mutant("transit gateway", "propagated before static", _propagated_first_at_gateways),
    Mutant("transit gateway", "IPv6 on every attachment", _gateways_carry_ipv6),
    Mutant("ACL", "entries from the last to the first", _entries_backwards),
    Mutant("ACL", "replies pass (with state)", _acls_keep_state),
    Mutant("ACL", "replies go to the service's port", _replies_to_the_service_port),
    Mutant("ACL", "asked inside a subnet too", _acls_inside_subnets),
    Mutant("ACL", "not asked where a gateway delivers", _acls_of_gateways_skipped),
    Mutant("ACL", "the default one for every subnet", _default_acl_always),
    Mutant("security group", "nothing asked on the way out", _no_egress),
    Mutant("security group", "replies asked as well (without state)", _groups_without_state),
    Mutant("security group", "only the first of several", _first_group_only),
    Mutant("security group", "only the first rule", _first_rule_only),
    Mutant("security group", "references match nobody", _references_never),
    Mutant("security group", "references on every way", _references_everywhere),
    Mutant("security group", "ports ignored", _group_ports_ignored),
    Mutant("security group", "protocol ignored", _group_protocol_ignored),
    Mutant("endpoint", "serves every port", _endpoints_serve_every_port),
    Mutant("endpoint", "serves in every state", _endpoints_in_every_state),
)
