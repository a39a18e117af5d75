"""Planted faults: which route a packet takes, in a VPC and at a transit gateway."""

from typing import Any

from tests.differential.lab_mutants import Mutant, Patch, replace

from narrowgate.engine.network import (
    departure,
    peering,
    replies,
    routing,
    transit_gateway,
    transit_gateway_attachments,
    transit_gateway_routes,
)
from narrowgate.engine.network.route_lookup import CompiledTable, Lookup, Origin
from narrowgate.engine.network.transit_gateway_table import GatewayRoute
from narrowgate.model.answer import Verdict


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
    true = routing.table_of_subnet

    def wrong(snapshot: Any, subnet_id: str) -> Any:
        vpc = snapshot.facts.subnets[subnet_id].vpc_id
        for each in snapshot.facts.route_tables.values():
            if each.vpc_id == vpc and any(one.main for one in each.associations):
                return routing._table(snapshot, each.route_table_id)
        return true(snapshot, subnet_id)

    replace(patch, routing.table_of_subnet, wrong)


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
    true = GatewayRoute.priority.fget

    def wrong(self: Any) -> Any:
        return tuple(-each for each in true(self))

    patch.setattr(GatewayRoute, "priority", property(wrong))


def _gateways_carry_ipv6(patch: Patch) -> None:
    replace(patch, transit_gateway_attachments.family_steps, lambda *_: [])


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
)
