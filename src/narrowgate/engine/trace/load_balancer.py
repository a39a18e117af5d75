"""A load balancer in front of an endpoint: a second hop, its own certificate and address (AGW-10, ALT-01)."""

from collections.abc import Sequence

import msgspec

from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.network.interfaces import interface
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.tls.server_identity import evaluate_server_identity, names_of, unlisted_names
from narrowgate.engine.trace.api_call import ApiCall, endpoint_of_interface, evaluate_api_call
from narrowgate.model.address import is_address, parse_address
from narrowgate.model.answer import Missing, ReachPath, Step, Verdict, conjunction, spread
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.loadbalancing import Certificate, Listener, LoadBalancer, TargetHealthDescription
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import Symptom

_SERVING = ("active", "active_impaired")
_PLAIN = ("TCP", "HTTP", "TCP_UDP")
"""Protocols of a target group by which its targets get no TLS from the balancer."""


def find_balancer(snapshot: Snapshot, interface_id: str) -> LoadBalancer | None:
    """The load balancer that an interface belongs to, or None."""
    found = interface(snapshot, interface_id)
    arn = found.load_balancer_arn if found is not None else None
    return snapshot.facts.load_balancers.get(arn) if arn is not None else None


def evaluate_balancer(
    snapshot: Snapshot, balancer: LoadBalancer, connection: ReachPath, request: HttpRequest, principal: str
) -> ApiCall:
    """Follow a call through a balancer's listener to the endpoint addresses that it forwards to."""
    if balancer.state.code not in _SERVING:
        text = f"the balancer is {balancer.state.code}"
        return _refused(balancer, text, Reason.BAD_STATE)
    listener = _listener(snapshot, balancer, request.port)
    if isinstance(listener, ApiCall):
        return listener
    targets = _targets(snapshot, balancer, listener)
    if isinstance(targets, ApiCall):
        return targets
    node = _node(snapshot, balancer, connection)
    calls = [_through(snapshot, balancer, listener, node, target, request, principal) for target in targets]
    verdict = spread([call.verdict for call in calls])
    shown = next((call for call in calls if call.verdict is verdict), calls[0])
    unknowns = tuple(missing for call in calls for missing in call.unknowns)
    return msgspec.structs.replace(shown, verdict=verdict, unknowns=unknowns)


def _through(
    snapshot: Snapshot,
    balancer: LoadBalancer,
    listener: Listener,
    node: Host,
    target: TargetHealthDescription,
    request: HttpRequest,
    principal: str,
) -> ApiCall:
    port = target.target.port or 443
    hop = evaluate_path(snapshot, node, parse_address(target.target.id), protocol="tcp", port=port)
    endpoint = endpoint_of_interface(snapshot, hop.target)
    if endpoint is None:
        missing = Missing(fact="what serves this target", resource=target.target.id, why="no execute-api endpoint")
        return _open(balancer, f"the target {target.target.id} is no endpoint of the snapshot", missing)
    certificate = _certificate(snapshot, balancer, listener, request)
    source = str(node.addresses[0]) if node.addresses else None
    call = evaluate_api_call(snapshot, endpoint, request, principal, source=source, certificate=certificate)
    verdict = conjunction((hop.verdict, call.verdict))
    is_cut = hop.verdict in (Verdict.DENIED, Verdict.INVALID)
    return msgspec.structs.replace(
        call,
        verdict=verdict,
        # The balancer answers for a target that it cannot reach; which 5xx is its own matter.
        symptom=None if is_cut else call.symptom,
        http=None if is_cut else call.http,
        steps=(*hop.forward, *hop.back, *call.steps),
        unknowns=(*hop.unknowns, *call.unknowns),
    )


def _listener(snapshot: Snapshot, balancer: LoadBalancer, port: int) -> Listener | ApiCall:
    arn = balancer.load_balancer_arn
    listeners = snapshot.facts.listeners.get(arn)
    if listeners is None:
        place = snapshot.place(arn)
        gap = snapshot.missing("elbv2.describe_listeners", place.account, place.region, parent=arn)
        if gap is not None:
            return _open(balancer, "the balancer's listeners are not known", gap)
        listeners = ()
    found = next((each for each in listeners if each.port == port), None)
    if found is not None:
        return found
    return _refused(balancer, f"the balancer has no listener on port {port}", Reason.NOTHING_LISTENS)


def _targets(
    snapshot: Snapshot, balancer: LoadBalancer, listener: Listener
) -> Sequence[TargetHealthDescription] | ApiCall:
    groups = [
        group
        for action in listener.default_actions
        for group in (
            action.target_group_arn,
            *(
                each.target_group_arn
                for each in (action.forward_config.target_groups if action.forward_config else ())
            ),
        )
        if group
    ]
    targets: list[TargetHealthDescription] = []
    for group in dict.fromkeys(groups):
        plain = _plain_behind_tls(snapshot, balancer, listener, group)
        if plain is not None:
            return plain
        health = snapshot.facts.target_health.get(group)
        if health is None:
            place = snapshot.place(balancer.load_balancer_arn)
            gap = snapshot.missing("elbv2.describe_target_health", place.account, place.region, parent=group)
            if gap is not None:
                return _open(balancer, "the balancer's targets are not known", gap)
            continue
        targets.extend(health)
    targets = [each for each in targets if is_address(each.target.id)]
    if not targets:
        missing = Missing(fact="targets by address", resource=balancer.load_balancer_arn, why="none is registered")
        return _open(balancer, "the balancer forwards to no address", missing)
    healthy = [each for each in targets if each.target_health.state == "healthy"]
    # A balancer whose targets are all unhealthy sends to all of them.
    return healthy or targets


def _plain_behind_tls(
    snapshot: Snapshot, balancer: LoadBalancer, listener: Listener, group_arn: str
) -> ApiCall | None:
    """A listener that ends TLS before a group that speaks none: an endpoint takes TLS alone (AGW-24)."""
    group = snapshot.facts.target_groups.get(group_arn)
    protocol = (group.protocol or "").upper() if group is not None else ""
    if not _ends_tls(listener) or protocol not in _PLAIN:
        return None
    text = (
        f"the balancer ends TLS, and {group_arn.rpartition('/')[0].rpartition('/')[2]} goes on in plain {protocol}"
    )
    step = Step(
        layer="load_balancer",
        component=balancer.load_balancer_arn,
        verdict=Verdict.DENIED,
        text=text,
        reason=Reason.PROTOCOL_RESTRICTION,
        rule="AGW-10",
    )
    return ApiCall(verdict=Verdict.DENIED, steps=(step,))


def _ends_tls(listener: Listener) -> bool:
    return (listener.protocol or "").upper() in ("TLS", "HTTPS")


def _node(snapshot: Snapshot, balancer: LoadBalancer, connection: ReachPath) -> Host:
    interface = snapshot.facts.network_interfaces[connection.target]
    address = interface.private_ip_address
    groups = () if isinstance(interface.groups, UnsetType) else tuple(each.group_id for each in interface.groups)
    return Host(
        label=balancer.load_balancer_name or balancer.load_balancer_arn,
        vpc_id=interface.vpc_id,
        subnet_id=interface.subnet_id,
        addresses=(parse_address(address),) if address else (),
        # A network balancer without groups filters nothing on its way out.
        security_groups=groups or None,
        network_interface_id=interface.network_interface_id,
    )


def _certificate(
    snapshot: Snapshot, balancer: LoadBalancer, listener: Listener, request: HttpRequest
) -> Step | None:
    """The balancer's own certificate; None for a TCP listener, which passes the endpoint's through (AGW-10)."""
    if (listener.protocol or "").upper() in {"TCP", "UDP", "TCP_UDP"}:
        return None
    held: list[Certificate] = []
    for each in listener.certificates:
        certificate = snapshot.facts.certificates.get(each.certificate_arn or "")
        if certificate is None:
            missing = Missing(fact="acm.list_certificates", resource=each.certificate_arn)
            return _step(balancer, "the listener's certificate is not known", missing)
        held.append(certificate)
    arn = balancer.load_balancer_arn
    return unlisted_names(arn, request.host, held) or evaluate_server_identity(
        arn,
        request.host,
        is_literal=request.is_literal,
        certificate_names=dict.fromkeys(name for each in held for name in names_of(each)),
    )


def _refused(balancer: LoadBalancer, text: str, reason: Reason) -> ApiCall:
    step = Step(
        layer="load_balancer",
        component=balancer.load_balancer_arn,
        verdict=Verdict.DENIED,
        text=text,
        reason=reason,
        rule="ALT-01",
    )
    return ApiCall(verdict=Verdict.DENIED, steps=(step,), symptom=Symptom.CONNECT_TIMEOUT)


def _open(balancer: LoadBalancer, text: str, missing: Missing) -> ApiCall:
    step = _step(balancer, text, missing)
    return ApiCall(verdict=Verdict.UNKNOWN, steps=(step,), unknowns=(missing,))


def _step(balancer: LoadBalancer, text: str, missing: Missing) -> Step:
    return Step(
        layer="load_balancer",
        component=balancer.load_balancer_arn,
        verdict=Verdict.UNKNOWN,
        text=text,
        rule="ALT-01",
        unknowns=(missing,),
    )
