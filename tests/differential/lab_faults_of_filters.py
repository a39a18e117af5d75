"""Planted faults: which ACL entry and which rule of a group decides, and what an endpoint serves."""

from typing import Any

from tests.differential.lab_mutants import Mutant, Patch, replace

from narrowgate.engine.network import (
    network_acls,
    path,
    references,
    replies,
    rule_trials,
    security_groups,
)
from narrowgate.engine.network.delivery import _from_attachment
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Leg


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
    replace(patch, rule_trials._try_reference, lambda ask, pair: rule_trials.Trial())


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


MUTANTS = (
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
